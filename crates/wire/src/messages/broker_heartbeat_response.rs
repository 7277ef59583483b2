// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `BrokerHeartbeatResponse` versions 0-2, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `BrokerHeartbeatResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerHeartbeatResponse {
    /// Versions 0-2.
    pub throttle_time_ms: i32,
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 0-2.
    pub is_caught_up: bool,
    /// Versions 0-2, default true.
    pub is_fenced: bool,
    /// Versions 0-2.
    pub should_shut_down: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            is_caught_up: false,
            is_fenced: true,
            should_shut_down: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for BrokerHeartbeatResponse {
    const NAME: &'static str = "BrokerHeartbeatResponse";
    const KEY: Option<i16> = Some(63);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for BrokerHeartbeatResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.bool(self.is_caught_up);
        out.bool(self.is_fenced);
        out.bool(self.should_shut_down);
        out.tagged_fields(&self.unknown_tagged_fields, true, "BrokerHeartbeatResponse", version)
    }
}

impl Decode for BrokerHeartbeatResponse {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            is_caught_up: input.bool()?,
            is_fenced: input.bool()?,
            should_shut_down: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
