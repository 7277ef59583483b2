// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RegisterControllerRecord` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `RegisterControllerRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RegisterControllerRecord {
    /// Versions 0.
    pub controller_id: i32,
    /// Versions 0.
    pub incarnation_id: Uuid,
    /// Versions 0.
    pub zk_migration_ready: bool,
    /// Versions 0.
    pub end_points: Vec<ControllerEndpoint>,
    /// Versions 0.
    pub features: Vec<ControllerFeature>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for RegisterControllerRecord {
    const NAME: &'static str = "RegisterControllerRecord";
    const KEY: Option<i16> = Some(27);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RegisterControllerRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.controller_id);
        out.uuid(self.incarnation_id);
        out.bool(self.zk_migration_ready);
        out.structs(&self.end_points, version, true, "RegisterControllerRecord.EndPoints")?;
        out.structs(&self.features, version, true, "RegisterControllerRecord.Features")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "RegisterControllerRecord", version)
    }
}

impl Decode for RegisterControllerRecord {
    const MIN_LENGTH: usize = 24;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            controller_id: input.i32()?,
            incarnation_id: input.uuid()?,
            zk_migration_ready: input.bool()?,
            end_points: input.structs(version, true, "RegisterControllerRecord.EndPoints")?,
            features: input.structs(version, true, "RegisterControllerRecord.Features")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ControllerEndpoint`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ControllerEndpoint {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub host: Str,
    /// Versions 0.
    pub port: u16,
    /// Versions 0.
    pub security_protocol: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ControllerEndpoint {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "ControllerEndpoint.Name")?;
        out.string(&self.host, true, "ControllerEndpoint.Host")?;
        out.u16(self.port);
        out.i16(self.security_protocol);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ControllerEndpoint", version)
    }
}

impl Decode for ControllerEndpoint {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "ControllerEndpoint.Name")?,
            host: input.string(true, "ControllerEndpoint.Host")?,
            port: input.u16()?,
            security_protocol: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ControllerFeature`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ControllerFeature {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub min_supported_version: i16,
    /// Versions 0.
    pub max_supported_version: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ControllerFeature {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "ControllerFeature.Name")?;
        out.i16(self.min_supported_version);
        out.i16(self.max_supported_version);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ControllerFeature", version)
    }
}

impl Decode for ControllerFeature {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "ControllerFeature.Name")?,
            min_supported_version: input.i16()?,
            max_supported_version: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
