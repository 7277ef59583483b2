// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `EndTxnResponse` versions 0-5, flexible 3+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `EndTxnResponse`, versions 0-5.
#[derive(Clone, Debug, PartialEq)]
pub struct EndTxnResponse {
    /// Versions 0-5.
    pub throttle_time_ms: i32,
    /// Versions 0-5.
    pub error_code: ErrorCode,
    /// Versions 5, default -1.
    pub producer_id: i64,
    /// Versions 5, default -1.
    pub producer_epoch: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EndTxnResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            producer_id: -1,
            producer_epoch: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for EndTxnResponse {
    const NAME: &'static str = "EndTxnResponse";
    const KEY: Option<i16> = Some(26);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for EndTxnResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        if version >= 5 {
            out.i64(self.producer_id);
        }
        if version >= 5 {
            out.i16(self.producer_epoch);
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "EndTxnResponse", version)
    }
}

impl Decode for EndTxnResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            producer_id: if version >= 5 { input.i64()? } else { -1 },
            producer_epoch: if version >= 5 { input.i16()? } else { -1 },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
