// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeUserScramCredentialsResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeUserScramCredentialsResponse`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeUserScramCredentialsResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0.
    pub error_message: Option<Str>,
    /// Versions 0.
    pub results: Vec<DescribeUserScramCredentialsResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeUserScramCredentialsResponse {
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

impl Message for DescribeUserScramCredentialsResponse {
    const NAME: &'static str = "DescribeUserScramCredentialsResponse";
    const KEY: Option<i16> = Some(50);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeUserScramCredentialsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "DescribeUserScramCredentialsResponse.ErrorMessage",
        )?;
        out.structs(&self.results, version, true, "DescribeUserScramCredentialsResponse.Results")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeUserScramCredentialsResponse",
            version,
        )
    }
}

impl Decode for DescribeUserScramCredentialsResponse {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "DescribeUserScramCredentialsResponse.ErrorMessage",
            )?,
            results: input.structs(
                version,
                true,
                "DescribeUserScramCredentialsResponse.Results",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribeUserScramCredentialsResult`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeUserScramCredentialsResult {
    /// Versions 0.
    pub user: Str,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0.
    pub error_message: Option<Str>,
    /// Versions 0.
    pub credential_infos: Vec<CredentialInfo>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeUserScramCredentialsResult {
    fn default() -> Self {
        Self {
            user: Str::default(),
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            credential_infos: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeUserScramCredentialsResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.user, true, "DescribeUserScramCredentialsResult.User")?;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "DescribeUserScramCredentialsResult.ErrorMessage",
        )?;
        out.structs(
            &self.credential_infos,
            version,
            true,
            "DescribeUserScramCredentialsResult.CredentialInfos",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeUserScramCredentialsResult",
            version,
        )
    }
}

impl Decode for DescribeUserScramCredentialsResult {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            user: input.string(true, "DescribeUserScramCredentialsResult.User")?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "DescribeUserScramCredentialsResult.ErrorMessage",
            )?,
            credential_infos: input.structs(
                version,
                true,
                "DescribeUserScramCredentialsResult.CredentialInfos",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `CredentialInfo`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CredentialInfo {
    /// Versions 0.
    pub mechanism: i8,
    /// Versions 0.
    pub iterations: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for CredentialInfo {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i8(self.mechanism);
        out.i32(self.iterations);
        out.tagged_fields(&self.unknown_tagged_fields, true, "CredentialInfo", version)
    }
}

impl Decode for CredentialInfo {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            mechanism: input.i8()?,
            iterations: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
