// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `CreatePartitionsResponse` versions 0-3, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `CreatePartitionsResponse`, versions 0-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreatePartitionsResponse {
    /// Versions 0-3.
    pub throttle_time_ms: i32,
    /// Versions 0-3.
    pub results: Vec<CreatePartitionsTopicResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreatePartitionsResponse {
    const NAME: &'static str = "CreatePartitionsResponse";
    const KEY: Option<i16> = Some(37);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for CreatePartitionsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        out.structs(&self.results, version, flexible, "CreatePartitionsResponse.Results")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "CreatePartitionsResponse",
            version,
        )
    }
}

impl Decode for CreatePartitionsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            results: input.structs(version, flexible, "CreatePartitionsResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `CreatePartitionsTopicResult`, versions 0-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreatePartitionsTopicResult {
    /// Versions 0-3.
    pub name: Str,
    /// Versions 0-3.
    pub error_code: ErrorCode,
    /// Versions 0-3, nullable 0-3, default null.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for CreatePartitionsTopicResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.name, flexible, "CreatePartitionsTopicResult.Name")?;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "CreatePartitionsTopicResult.ErrorMessage",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "CreatePartitionsTopicResult",
            version,
        )
    }
}

impl Decode for CreatePartitionsTopicResult {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            name: input.string(flexible, "CreatePartitionsTopicResult.Name")?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "CreatePartitionsTopicResult.ErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
