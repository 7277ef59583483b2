// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeClientQuotasRequest` versions 0-1, flexible 1+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeClientQuotasRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeClientQuotasRequest {
    /// Versions 0-1.
    pub components: Vec<ComponentData>,
    /// Versions 0-1.
    pub strict: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeClientQuotasRequest {
    const NAME: &'static str = "DescribeClientQuotasRequest";
    const KEY: Option<i16> = Some(48);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeClientQuotasRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.structs(&self.components, version, flexible, "DescribeClientQuotasRequest.Components")?;
        out.bool(self.strict);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "DescribeClientQuotasRequest",
            version,
        )
    }
}

impl Decode for DescribeClientQuotasRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        Ok(Self {
            components: input.structs(
                version,
                flexible,
                "DescribeClientQuotasRequest.Components",
            )?,
            strict: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `ComponentData`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentData {
    /// Versions 0-1.
    pub entity_type: Str,
    /// Versions 0-1.
    pub match_type: i8,
    /// Versions 0-1, nullable 0-1.
    pub r#match: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ComponentData {
    fn default() -> Self {
        Self {
            entity_type: Str::default(),
            match_type: 0,
            r#match: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for ComponentData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.string(&self.entity_type, flexible, "ComponentData.EntityType")?;
        out.i8(self.match_type);
        out.string_or_null(self.r#match.as_ref(), flexible, true, "ComponentData.Match")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ComponentData", version)
    }
}

impl Decode for ComponentData {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            entity_type: input.string(flexible, "ComponentData.EntityType")?,
            match_type: input.i8()?,
            r#match: input.string_or_null(flexible, true, "ComponentData.Match")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
