// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `BrokerRegistrationResponse` versions 0-4, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `BrokerRegistrationResponse`, versions 0-4.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerRegistrationResponse {
    /// Versions 0-4.
    pub throttle_time_ms: i32,
    /// Versions 0-4.
    pub error_code: ErrorCode,
    /// Versions 0-4, default -1.
    pub broker_epoch: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerRegistrationResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            broker_epoch: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for BrokerRegistrationResponse {
    const NAME: &'static str = "BrokerRegistrationResponse";
    const KEY: Option<i16> = Some(62);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for BrokerRegistrationResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.i64(self.broker_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "BrokerRegistrationResponse", version)
    }
}

impl Decode for BrokerRegistrationResponse {
    const MIN_LENGTH: usize = 15;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            broker_epoch: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
