// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AddOffsetsToTxnResponse` versions 0-4, flexible 3+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `AddOffsetsToTxnResponse`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AddOffsetsToTxnResponse {
    /// Versions 0-4.
    pub throttle_time_ms: i32,
    /// Versions 0-4.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AddOffsetsToTxnResponse {
    const NAME: &'static str = "AddOffsetsToTxnResponse";
    const KEY: Option<i16> = Some(25);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AddOffsetsToTxnResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AddOffsetsToTxnResponse", version)
    }
}

impl Decode for AddOffsetsToTxnResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
