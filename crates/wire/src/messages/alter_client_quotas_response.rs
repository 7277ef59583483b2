// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterClientQuotasResponse` versions 0-1, flexible 1+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterClientQuotasResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterClientQuotasResponse {
    /// Versions 0-1.
    pub throttle_time_ms: i32,
    /// Versions 0-1.
    pub entries: Vec<EntryData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterClientQuotasResponse {
    const NAME: &'static str = "AlterClientQuotasResponse";
    const KEY: Option<i16> = Some(49);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterClientQuotasResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.i32(self.throttle_time_ms);
        out.structs(&self.entries, version, flexible, "AlterClientQuotasResponse.Entries")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AlterClientQuotasResponse",
            version,
        )
    }
}

impl Decode for AlterClientQuotasResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            entries: input.structs(version, flexible, "AlterClientQuotasResponse.Entries")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `EntryData`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryData {
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1, nullable 0-1.
    pub error_message: Option<Str>,
    /// Versions 0-1.
    pub entity: Vec<EntityData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EntryData {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            entity: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for EntryData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.i16(self.error_code.code());
        out.string_or_null(self.error_message.as_ref(), flexible, true, "EntryData.ErrorMessage")?;
        out.structs(&self.entity, version, flexible, "EntryData.Entity")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "EntryData", version)
    }
}

impl Decode for EntryData {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(flexible, true, "EntryData.ErrorMessage")?,
            entity: input.structs(version, flexible, "EntryData.Entity")?,
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
