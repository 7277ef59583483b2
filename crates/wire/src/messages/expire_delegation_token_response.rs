// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ExpireDelegationTokenResponse` versions 1-2, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ExpireDelegationTokenResponse`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ExpireDelegationTokenResponse {
    /// Versions 1-2.
    pub error_code: ErrorCode,
    /// Versions 1-2.
    pub expiry_timestamp_ms: i64,
    /// Versions 1-2.
    pub throttle_time_ms: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ExpireDelegationTokenResponse {
    const NAME: &'static str = "ExpireDelegationTokenResponse";
    const KEY: Option<i16> = Some(40);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ExpireDelegationTokenResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i16(self.error_code.code());
        out.i64(self.expiry_timestamp_ms);
        out.i32(self.throttle_time_ms);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "ExpireDelegationTokenResponse",
            version,
        )
    }
}

impl Decode for ExpireDelegationTokenResponse {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            expiry_timestamp_ms: input.i64()?,
            throttle_time_ms: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
