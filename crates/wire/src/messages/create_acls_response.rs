// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `CreateAclsResponse` versions 1-3, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `CreateAclsResponse`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreateAclsResponse {
    /// Versions 1-3.
    pub throttle_time_ms: i32,
    /// Versions 1-3.
    pub results: Vec<AclCreationResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreateAclsResponse {
    const NAME: &'static str = "CreateAclsResponse";
    const KEY: Option<i16> = Some(30);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for CreateAclsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        out.structs(&self.results, version, flexible, "CreateAclsResponse.Results")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "CreateAclsResponse", version)
    }
}

impl Decode for CreateAclsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            results: input.structs(version, flexible, "CreateAclsResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AclCreationResult`, versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct AclCreationResult {
    /// Versions 1-3.
    pub error_code: ErrorCode,
    /// Versions 1-3, nullable 1-3.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AclCreationResult {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for AclCreationResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "AclCreationResult.ErrorMessage",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AclCreationResult", version)
    }
}

impl Decode for AclCreationResult {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "AclCreationResult.ErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
