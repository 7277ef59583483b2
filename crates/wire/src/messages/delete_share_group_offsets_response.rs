// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteShareGroupOffsetsResponse` versions 0, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteShareGroupOffsetsResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteShareGroupOffsetsResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0, default null.
    pub error_message: Option<Str>,
    /// Versions 0.
    pub responses: Vec<DeleteShareGroupOffsetsResponseTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteShareGroupOffsetsResponse {
    const NAME: &'static str = "DeleteShareGroupOffsetsResponse";
    const KEY: Option<i16> = Some(92);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteShareGroupOffsetsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "DeleteShareGroupOffsetsResponse.ErrorMessage",
        )?;
        out.structs(&self.responses, version, true, "DeleteShareGroupOffsetsResponse.Responses")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DeleteShareGroupOffsetsResponse",
            version,
        )
    }
}

impl Decode for DeleteShareGroupOffsetsResponse {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "DeleteShareGroupOffsetsResponse.ErrorMessage",
            )?,
            responses: input.structs(version, true, "DeleteShareGroupOffsetsResponse.Responses")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DeleteShareGroupOffsetsResponseTopic`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteShareGroupOffsetsResponseTopic {
    /// Versions 0.
    pub topic_name: Str,
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0, default null.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DeleteShareGroupOffsetsResponseTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic_name, true, "DeleteShareGroupOffsetsResponseTopic.TopicName")?;
        out.uuid(self.topic_id);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "DeleteShareGroupOffsetsResponseTopic.ErrorMessage",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DeleteShareGroupOffsetsResponseTopic",
            version,
        )
    }
}

impl Decode for DeleteShareGroupOffsetsResponseTopic {
    const MIN_LENGTH: usize = 21;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_name: input.string(true, "DeleteShareGroupOffsetsResponseTopic.TopicName")?,
            topic_id: input.uuid()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "DeleteShareGroupOffsetsResponseTopic.ErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
