// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `EnvelopeResponse` versions 0, flexible 0+.

use bytes::Bytes;
use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `EnvelopeResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EnvelopeResponse {
    /// Versions 0, nullable 0, default null.
    pub response_data: Option<Bytes>,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for EnvelopeResponse {
    const NAME: &'static str = "EnvelopeResponse";
    const KEY: Option<i16> = Some(58);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for EnvelopeResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.bytes_or_null(
            self.response_data.as_ref(),
            true,
            true,
            "EnvelopeResponse.ResponseData",
        )?;
        out.i16(self.error_code.code());
        out.tagged_fields(&self.unknown_tagged_fields, true, "EnvelopeResponse", version)
    }
}

impl Decode for EnvelopeResponse {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            response_data: input.bytes_or_null(true, true, "EnvelopeResponse.ResponseData")?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
