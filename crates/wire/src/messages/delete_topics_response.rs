// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteTopicsResponse` versions 1-6, flexible 4+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteTopicsResponse`, versions 1-6.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteTopicsResponse {
    /// Versions 1-6.
    pub throttle_time_ms: i32,
    /// Versions 1-6.
    pub responses: Vec<DeletableTopicResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteTopicsResponse {
    const NAME: &'static str = "DeleteTopicsResponse";
    const KEY: Option<i16> = Some(20);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 6);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 6);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteTopicsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        out.i32(self.throttle_time_ms);
        out.structs(&self.responses, version, flexible, "DeleteTopicsResponse.Responses")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteTopicsResponse", version)
    }
}

impl Decode for DeleteTopicsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            responses: input.structs(version, flexible, "DeleteTopicsResponse.Responses")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DeletableTopicResult`, versions 1-6.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletableTopicResult {
    /// Versions 1-6, nullable 6.
    pub name: Option<Str>,
    /// Versions 6.
    pub topic_id: Uuid,
    /// Versions 1-6.
    pub error_code: ErrorCode,
    /// Versions 5-6, nullable 5-6, default null.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DeletableTopicResult {
    fn default() -> Self {
        Self {
            name: Some(Str::default()),
            topic_id: Uuid::ZERO,
            error_code: ErrorCode::NONE,
            error_message: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DeletableTopicResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.string_or_null(
            self.name.as_ref(),
            flexible,
            version >= 6,
            "DeletableTopicResult.Name",
        )?;
        if version >= 6 {
            out.uuid(self.topic_id);
        }
        out.i16(self.error_code.code());
        if version >= 5 {
            out.string_or_null(
                self.error_message.as_ref(),
                flexible,
                true,
                "DeletableTopicResult.ErrorMessage",
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeletableTopicResult", version)
    }
}

impl Decode for DeletableTopicResult {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            name: input.string_or_null(flexible, version >= 6, "DeletableTopicResult.Name")?,
            topic_id: if version >= 6 { input.uuid()? } else { Uuid::ZERO },
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: if version >= 5 {
                input.string_or_null(flexible, true, "DeletableTopicResult.ErrorMessage")?
            } else {
                None
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
