// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeClientQuotasResponse` versions 0-1, flexible 1+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeClientQuotasResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClientQuotasResponse {
    /// Versions 0-1.
    pub throttle_time_ms: i32,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1, nullable 0-1.
    pub error_message: Option<Str>,
    /// Versions 0-1, nullable 0-1.
    pub entries: Option<Vec<EntryData>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeClientQuotasResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            entries: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for DescribeClientQuotasResponse {
    const NAME: &'static str = "DescribeClientQuotasResponse";
    const KEY: Option<i16> = Some(48);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeClientQuotasResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "DescribeClientQuotasResponse.ErrorMessage",
        )?;
        out.structs_or_null(
            self.entries.as_ref(),
            version,
            flexible,
            true,
            "DescribeClientQuotasResponse.Entries",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "DescribeClientQuotasResponse",
            version,
        )
    }
}

impl Decode for DescribeClientQuotasResponse {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "DescribeClientQuotasResponse.ErrorMessage",
            )?,
            entries: input.structs_or_null(
                version,
                flexible,
                true,
                "DescribeClientQuotasResponse.Entries",
            )?,
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
    pub values: Vec<ValueData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for EntryData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.structs(&self.entity, version, flexible, "EntryData.Entity")?;
        out.structs(&self.values, version, flexible, "EntryData.Values")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "EntryData", version)
    }
}

impl Decode for EntryData {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            entity: input.structs(version, flexible, "EntryData.Entity")?,
            values: input.structs(version, flexible, "EntryData.Values")?,
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

/// `ValueData`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ValueData {
    /// Versions 0-1.
    pub key: Str,
    /// Versions 0-1.
    pub value: f64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ValueData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.string(&self.key, flexible, "ValueData.Key")?;
        out.f64(self.value);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ValueData", version)
    }
}

impl Decode for ValueData {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            key: input.string(flexible, "ValueData.Key")?,
            value: input.f64()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
