// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `BrokerRegistrationRequest` versions 0-4, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `BrokerRegistrationRequest`, versions 0-4.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerRegistrationRequest {
    /// Versions 0-4.
    pub broker_id: i32,
    /// Versions 0-4.
    pub cluster_id: Str,
    /// Versions 0-4.
    pub incarnation_id: Uuid,
    /// Versions 0-4.
    pub listeners: Vec<Listener>,
    /// Versions 0-4.
    pub features: Vec<Feature>,
    /// Versions 0-4, nullable 0-4.
    pub rack: Option<Str>,
    /// Versions 1-4.
    pub is_migrating_zk_broker: bool,
    /// Versions 2-4.
    pub log_dirs: Vec<Uuid>,
    /// Versions 3-4, default -1.
    pub previous_broker_epoch: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerRegistrationRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            cluster_id: Str::default(),
            incarnation_id: Uuid::ZERO,
            listeners: Vec::new(),
            features: Vec::new(),
            rack: Some(Str::default()),
            is_migrating_zk_broker: false,
            log_dirs: Vec::new(),
            previous_broker_epoch: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for BrokerRegistrationRequest {
    const NAME: &'static str = "BrokerRegistrationRequest";
    const KEY: Option<i16> = Some(62);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for BrokerRegistrationRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.broker_id);
        out.string(&self.cluster_id, true, "BrokerRegistrationRequest.ClusterId")?;
        out.uuid(self.incarnation_id);
        out.structs(&self.listeners, version, true, "BrokerRegistrationRequest.Listeners")?;
        out.structs(&self.features, version, true, "BrokerRegistrationRequest.Features")?;
        out.string_or_null(self.rack.as_ref(), true, true, "BrokerRegistrationRequest.Rack")?;
        if version >= 1 {
            out.bool(self.is_migrating_zk_broker);
        } else {
            out.only_default(
                !self.is_migrating_zk_broker,
                "BrokerRegistrationRequest.IsMigratingZkBroker",
                version,
            )?;
        }
        if version >= 2 {
            out.plains(&self.log_dirs, true, "BrokerRegistrationRequest.LogDirs")?;
        }
        if version >= 3 {
            out.i64(self.previous_broker_epoch);
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "BrokerRegistrationRequest", version)
    }
}

impl Decode for BrokerRegistrationRequest {
    const MIN_LENGTH: usize = 25;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            broker_id: input.i32()?,
            cluster_id: input.string(true, "BrokerRegistrationRequest.ClusterId")?,
            incarnation_id: input.uuid()?,
            listeners: input.structs(version, true, "BrokerRegistrationRequest.Listeners")?,
            features: input.structs(version, true, "BrokerRegistrationRequest.Features")?,
            rack: input.string_or_null(true, true, "BrokerRegistrationRequest.Rack")?,
            is_migrating_zk_broker: if version >= 1 { input.bool()? } else { false },
            log_dirs: if version >= 2 {
                input.plains(true, "BrokerRegistrationRequest.LogDirs")?
            } else {
                Vec::new()
            },
            previous_broker_epoch: if version >= 3 { input.i64()? } else { -1 },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Listener`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Listener {
    /// Versions 0-4.
    pub name: Str,
    /// Versions 0-4.
    pub host: Str,
    /// Versions 0-4.
    pub port: u16,
    /// Versions 0-4.
    pub security_protocol: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Listener {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "Listener.Name")?;
        out.string(&self.host, true, "Listener.Host")?;
        out.u16(self.port);
        out.i16(self.security_protocol);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Listener", version)
    }
}

impl Decode for Listener {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "Listener.Name")?,
            host: input.string(true, "Listener.Host")?,
            port: input.u16()?,
            security_protocol: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Feature`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Feature {
    /// Versions 0-4.
    pub name: Str,
    /// Versions 0-4.
    pub min_supported_version: i16,
    /// Versions 0-4.
    pub max_supported_version: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Feature {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "Feature.Name")?;
        out.i16(self.min_supported_version);
        out.i16(self.max_supported_version);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Feature", version)
    }
}

impl Decode for Feature {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "Feature.Name")?,
            min_supported_version: input.i16()?,
            max_supported_version: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
