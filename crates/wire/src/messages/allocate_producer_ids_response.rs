// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AllocateProducerIdsResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `AllocateProducerIdsResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AllocateProducerIdsResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0.
    pub producer_id_start: i64,
    /// Versions 0.
    pub producer_id_len: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AllocateProducerIdsResponse {
    const NAME: &'static str = "AllocateProducerIdsResponse";
    const KEY: Option<i16> = Some(67);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AllocateProducerIdsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.i64(self.producer_id_start);
        out.i32(self.producer_id_len);
        out.tagged_fields(&self.unknown_tagged_fields, true, "AllocateProducerIdsResponse", version)
    }
}

impl Decode for AllocateProducerIdsResponse {
    const MIN_LENGTH: usize = 19;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            producer_id_start: input.i64()?,
            producer_id_len: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
