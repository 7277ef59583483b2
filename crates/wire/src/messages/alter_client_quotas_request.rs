// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterClientQuotasRequest` versions 0-1, flexible 1+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterClientQuotasRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterClientQuotasRequest {
    /// Versions 0-1.
    pub entries: Vec<EntryData>,
    /// Versions 0-1.
    pub validate_only: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterClientQuotasRequest {
    const NAME: &'static str = "AlterClientQuotasRequest";
    const KEY: Option<i16> = Some(49);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterClientQuotasRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.structs(&self.entries, version, flexible, "AlterClientQuotasRequest.Entries")?;
        out.bool(self.validate_only);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AlterClientQuotasRequest",
            version,
        )
    }
}

impl Decode for AlterClientQuotasRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        Ok(Self {
            entries: input.structs(version, flexible, "AlterClientQuotasRequest.Entries")?,
            validate_only: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `EntryData`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EntryData {
    /// Versions 0-1.
    pub entity: Vec<EntityData>,
    /// Versions 0-1.
    pub ops: Vec<OpData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for EntryData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.structs(&self.entity, version, flexible, "EntryData.Entity")?;
        out.structs(&self.ops, version, flexible, "EntryData.Ops")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "EntryData", version)
    }
}

impl Decode for EntryData {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            entity: input.structs(version, flexible, "EntryData.Entity")?,
            ops: input.structs(version, flexible, "EntryData.Ops")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `EntityData`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityData {
    /// Versions 0-1.
    pub entity_type: Str,
    /// Versions 0-1, nullable 0-1.
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
        let flexible = version >= 1;
        out.string(&self.entity_type, flexible, "EntityData.EntityType")?;
        out.string_or_null(self.entity_name.as_ref(), flexible, true, "EntityData.EntityName")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "EntityData", version)
    }
}

impl Decode for EntityData {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            entity_type: input.string(flexible, "EntityData.EntityType")?,
            entity_name: input.string_or_null(flexible, true, "EntityData.EntityName")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OpData`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OpData {
    /// Versions 0-1.
    pub key: Str,
    /// Versions 0-1.
    pub value: f64,
    /// Versions 0-1.
    pub remove: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OpData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.string(&self.key, flexible, "OpData.Key")?;
        out.f64(self.value);
        out.bool(self.remove);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "OpData", version)
    }
}

impl Decode for OpData {
    const MIN_LENGTH: usize = 11;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            key: input.string(flexible, "OpData.Key")?,
            value: input.f64()?,
            remove: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
