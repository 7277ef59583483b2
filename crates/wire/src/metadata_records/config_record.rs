// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConfigRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConfigRecord`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigRecord {
    /// Versions 0.
    pub resource_type: i8,
    /// Versions 0.
    pub resource_name: Str,
    /// Versions 0.
    pub name: Str,
    /// Versions 0, nullable 0.
    pub value: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ConfigRecord {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: Str::default(),
            name: Str::default(),
            value: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ConfigRecord {
    const NAME: &'static str = "ConfigRecord";
    const KEY: Option<i16> = Some(4);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConfigRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i8(self.resource_type);
        out.string(&self.resource_name, true, "ConfigRecord.ResourceName")?;
        out.string(&self.name, true, "ConfigRecord.Name")?;
        out.string_or_null(self.value.as_ref(), true, true, "ConfigRecord.Value")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ConfigRecord", version)
    }
}

impl Decode for ConfigRecord {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            resource_type: input.i8()?,
            resource_name: input.string(true, "ConfigRecord.ResourceName")?,
            name: input.string(true, "ConfigRecord.Name")?,
            value: input.string_or_null(true, true, "ConfigRecord.Value")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
