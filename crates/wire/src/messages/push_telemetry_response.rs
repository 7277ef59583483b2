// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `PushTelemetryResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `PushTelemetryResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PushTelemetryResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for PushTelemetryResponse {
    const NAME: &'static str = "PushTelemetryResponse";
    const KEY: Option<i16> = Some(72);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for PushTelemetryResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.tagged_fields(&self.unknown_tagged_fields, true, "PushTelemetryResponse", version)
    }
}

impl Decode for PushTelemetryResponse {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
