// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RegisterBrokerRecord` versions 0-4, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `RegisterBrokerRecord`, versions 0-4.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterBrokerRecord {
    /// Versions 0-4.
    pub broker_id: i32,
    /// Versions 2-4.
    pub is_migrating_zk_broker: bool,
    /// Versions 0-4.
    pub incarnation_id: Uuid,
    /// Versions 0-4.
    pub broker_epoch: i64,
    /// Versions 0-4.
    pub end_points: Vec<BrokerEndpoint>,
    /// Versions 0-4.
    pub features: Vec<BrokerFeature>,
    /// Versions 0-4, nullable 0-4.
    pub rack: Option<Str>,
    /// Versions 0-4, default true.
    pub fenced: bool,
    /// Versions 1-4.
    pub in_controlled_shutdown: bool,
    /// Versions 3-4, tag 0.
    pub log_dirs: Vec<Uuid>,
    /// Versions 4, nullable 4, tag 1, default null.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for RegisterBrokerRecord {
    fn default() -> Self {
        Self {
            broker_id: 0,
            is_migrating_zk_broker: false,
            incarnation_id: Uuid::ZERO,
            broker_epoch: 0,
            end_points: Vec::new(),
            features: Vec::new(),
            rack: Some(Str::default()),
            fenced: true,
            in_controlled_shutdown: false,
            log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for RegisterBrokerRecord {
    const NAME: &'static str = "RegisterBrokerRecord";
    const KEY: Option<i16> = Some(0);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RegisterBrokerRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.broker_id);
        if version >= 2 {
            out.bool(self.is_migrating_zk_broker);
        } else {
            out.only_default(
                !self.is_migrating_zk_broker,
                "RegisterBrokerRecord.IsMigratingZkBroker",
                version,
            )?;
        }
        out.uuid(self.incarnation_id);
        out.i64(self.broker_epoch);
        out.structs(&self.end_points, version, true, "RegisterBrokerRecord.EndPoints")?;
        out.structs(&self.features, version, true, "RegisterBrokerRecord.Features")?;
        out.string_or_null(self.rack.as_ref(), true, true, "RegisterBrokerRecord.Rack")?;
        out.bool(self.fenced);
        if version >= 1 {
            out.bool(self.in_controlled_shutdown);
        } else {
            out.only_default(
                !self.in_controlled_shutdown,
                "RegisterBrokerRecord.InControlledShutdown",
                version,
            )?;
        }
        if version < 3 {
            out.only_default(self.log_dirs.is_empty(), "RegisterBrokerRecord.LogDirs", version)?;
        }
        if version < 4 {
            out.only_default(
                self.cordoned_log_dirs.is_none(),
                "RegisterBrokerRecord.CordonedLogDirs",
                version,
            )?;
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if version >= 3 && !self.log_dirs.is_empty() {
            out.begin_tag(&mut tags, 0)?;
            out.plains(&self.log_dirs, true, "RegisterBrokerRecord.LogDirs")?;
            out.end_tag(&tags)?;
        }
        if version >= 4 && self.cordoned_log_dirs.is_some() {
            out.begin_tag(&mut tags, 1)?;
            out.plains_or_null(
                self.cordoned_log_dirs.as_ref(),
                true,
                true,
                "RegisterBrokerRecord.CordonedLogDirs",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for RegisterBrokerRecord {
    const MIN_LENGTH: usize = 33;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            broker_id: input.i32()?,
            is_migrating_zk_broker: if version >= 2 { input.bool()? } else { false },
            incarnation_id: input.uuid()?,
            broker_epoch: input.i64()?,
            end_points: input.structs(version, true, "RegisterBrokerRecord.EndPoints")?,
            features: input.structs(version, true, "RegisterBrokerRecord.Features")?,
            rack: input.string_or_null(true, true, "RegisterBrokerRecord.Rack")?,
            fenced: input.bool()?,
            in_controlled_shutdown: if version >= 1 { input.bool()? } else { false },
            log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 if version >= 3 => {
                    this.log_dirs = value.plains(true, "RegisterBrokerRecord.LogDirs")?
                }
                0 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "RegisterBrokerRecord",
                        tag: 0,
                        version,
                    });
                }
                1 if version >= 4 => {
                    this.cordoned_log_dirs =
                        value.plains_or_null(true, true, "RegisterBrokerRecord.CordonedLogDirs")?
                }
                1 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "RegisterBrokerRecord",
                        tag: 1,
                        version,
                    });
                }
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `BrokerEndpoint`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct BrokerEndpoint {
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

impl Encode for BrokerEndpoint {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "BrokerEndpoint.Name")?;
        out.string(&self.host, true, "BrokerEndpoint.Host")?;
        out.u16(self.port);
        out.i16(self.security_protocol);
        out.tagged_fields(&self.unknown_tagged_fields, true, "BrokerEndpoint", version)
    }
}

impl Decode for BrokerEndpoint {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "BrokerEndpoint.Name")?,
            host: input.string(true, "BrokerEndpoint.Host")?,
            port: input.u16()?,
            security_protocol: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `BrokerFeature`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct BrokerFeature {
    /// Versions 0-4.
    pub name: Str,
    /// Versions 0-4.
    pub min_supported_version: i16,
    /// Versions 0-4.
    pub max_supported_version: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for BrokerFeature {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "BrokerFeature.Name")?;
        out.i16(self.min_supported_version);
        out.i16(self.max_supported_version);
        out.tagged_fields(&self.unknown_tagged_fields, true, "BrokerFeature", version)
    }
}

impl Decode for BrokerFeature {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "BrokerFeature.Name")?,
            min_supported_version: input.i16()?,
            max_supported_version: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
