// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ClientQuotaRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ClientQuotaRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ClientQuotaRecord {
    /// Versions 0.
    pub entity: Vec<EntityData>,
    /// Versions 0.
    pub key: Str,
    /// Versions 0.
    pub value: f64,
    /// Versions 0.
    pub remove: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ClientQuotaRecord {
    const NAME: &'static str = "ClientQuotaRecord";
    const KEY: Option<i16> = Some(14);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ClientQuotaRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.entity, version, true, "ClientQuotaRecord.Entity")?;
        out.string(&self.key, true, "ClientQuotaRecord.Key")?;
        out.f64(self.value);
        out.bool(self.remove);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ClientQuotaRecord", version)
    }
}

impl Decode for ClientQuotaRecord {
    const MIN_LENGTH: usize = 12;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            entity: input.structs(version, true, "ClientQuotaRecord.Entity")?,
            key: input.string(true, "ClientQuotaRecord.Key")?,
            value: input.f64()?,
            remove: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `EntityData`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityData {
    /// Versions 0.
    pub entity_type: Str,
    /// Versions 0, nullable 0.
    pub entity_name: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EntityData {
    fn default() -> Self {
        Self {
            entity_type: Str::default(),
            entity_name: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for EntityData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.entity_type, true, "EntityData.EntityType")?;
        out.string_or_null(self.entity_name.as_ref(), true, true, "EntityData.EntityName")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "EntityData", version)
    }
}

impl Decode for EntityData {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            entity_type: input.string(true, "EntityData.EntityType")?,
            entity_name: input.string_or_null(true, true, "EntityData.EntityName")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
