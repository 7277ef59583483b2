// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterUserScramCredentialsResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterUserScramCredentialsResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterUserScramCredentialsResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub results: Vec<AlterUserScramCredentialsResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterUserScramCredentialsResponse {
    const NAME: &'static str = "AlterUserScramCredentialsResponse";
    const KEY: Option<i16> = Some(51);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterUserScramCredentialsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.structs(&self.results, version, true, "AlterUserScramCredentialsResponse.Results")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterUserScramCredentialsResponse",
            version,
        )
    }
}

impl Decode for AlterUserScramCredentialsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            results: input.structs(version, true, "AlterUserScramCredentialsResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AlterUserScramCredentialsResult`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterUserScramCredentialsResult {
    /// Versions 0.
    pub user: Str,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterUserScramCredentialsResult {
    fn default() -> Self {
        Self {
            user: Str::default(),
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for AlterUserScramCredentialsResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.user, true, "AlterUserScramCredentialsResult.User")?;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "AlterUserScramCredentialsResult.ErrorMessage",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterUserScramCredentialsResult",
            version,
        )
    }
}

impl Decode for AlterUserScramCredentialsResult {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            user: input.string(true, "AlterUserScramCredentialsResult.User")?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "AlterUserScramCredentialsResult.ErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
