// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AccessControlEntryRecord` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AccessControlEntryRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AccessControlEntryRecord {
    /// Versions 0.
    pub id: Uuid,
    /// Versions 0.
    pub resource_type: i8,
    /// Versions 0.
    pub resource_name: Str,
    /// Versions 0.
    pub pattern_type: i8,
    /// Versions 0.
    pub principal: Str,
    /// Versions 0.
    pub host: Str,
    /// Versions 0.
    pub operation: i8,
    /// Versions 0.
    pub permission_type: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AccessControlEntryRecord {
    const NAME: &'static str = "AccessControlEntryRecord";
    const KEY: Option<i16> = Some(18);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AccessControlEntryRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.uuid(self.id);
        out.i8(self.resource_type);
        out.string(&self.resource_name, true, "AccessControlEntryRecord.ResourceName")?;
        out.i8(self.pattern_type);
        out.string(&self.principal, true, "AccessControlEntryRecord.Principal")?;
        out.string(&self.host, true, "AccessControlEntryRecord.Host")?;
        out.i8(self.operation);
        out.i8(self.permission_type);
        out.tagged_fields(&self.unknown_tagged_fields, true, "AccessControlEntryRecord", version)
    }
}

impl Decode for AccessControlEntryRecord {
    const MIN_LENGTH: usize = 24;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            id: input.uuid()?,
            resource_type: input.i8()?,
            resource_name: input.string(true, "AccessControlEntryRecord.ResourceName")?,
            pattern_type: input.i8()?,
            principal: input.string(true, "AccessControlEntryRecord.Principal")?,
            host: input.string(true, "AccessControlEntryRecord.Host")?,
            operation: input.i8()?,
            permission_type: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
