// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `UpdateFeaturesResponse` versions 0-2, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `UpdateFeaturesResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateFeaturesResponse {
    /// Versions 0-2.
    pub throttle_time_ms: i32,
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 0-2, nullable 0-2.
    pub error_message: Option<Str>,
    /// Versions 0-1.
    pub results: Vec<UpdatableFeatureResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for UpdateFeaturesResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            results: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for UpdateFeaturesResponse {
    const NAME: &'static str = "UpdateFeaturesResponse";
    const KEY: Option<i16> = Some(57);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for UpdateFeaturesResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "UpdateFeaturesResponse.ErrorMessage",
        )?;
        if version <= 1 {
            out.structs(&self.results, version, true, "UpdateFeaturesResponse.Results")?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "UpdateFeaturesResponse", version)
    }
}

impl Decode for UpdateFeaturesResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "UpdateFeaturesResponse.ErrorMessage",
            )?,
            results: if version <= 1 {
                input.structs(version, true, "UpdateFeaturesResponse.Results")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `UpdatableFeatureResult`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdatableFeatureResult {
    /// Versions 0-1.
    pub feature: Str,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1, nullable 0-1.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for UpdatableFeatureResult {
    fn default() -> Self {
        Self {
            feature: Str::default(),
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for UpdatableFeatureResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.feature, true, "UpdatableFeatureResult.Feature")?;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "UpdatableFeatureResult.ErrorMessage",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "UpdatableFeatureResult", version)
    }
}

impl Decode for UpdatableFeatureResult {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            feature: input.string(true, "UpdatableFeatureResult.Feature")?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "UpdatableFeatureResult.ErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
