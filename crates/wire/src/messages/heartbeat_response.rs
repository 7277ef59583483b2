// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `HeartbeatResponse` versions 0-4, flexible 4+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `HeartbeatResponse`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct HeartbeatResponse {
    /// Versions 1-4.
    pub throttle_time_ms: i32,
    /// Versions 0-4.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for HeartbeatResponse {
    const NAME: &'static str = "HeartbeatResponse";
    const KEY: Option<i16> = Some(12);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for HeartbeatResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        if version >= 1 {
            out.i32(self.throttle_time_ms);
        }
        out.i16(self.error_code.code());
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "HeartbeatResponse", version)
    }
}

impl Decode for HeartbeatResponse {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            throttle_time_ms: if version >= 1 { input.i32()? } else { 0 },
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
