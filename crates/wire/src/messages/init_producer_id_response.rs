// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `InitProducerIdResponse` versions 0-6, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `InitProducerIdResponse`, versions 0-6.
#[derive(Clone, Debug, PartialEq)]
pub struct InitProducerIdResponse {
    /// Versions 0-6.
    pub throttle_time_ms: i32,
    /// Versions 0-6.
    pub error_code: ErrorCode,
    /// Versions 0-6, default -1.
    pub producer_id: i64,
    /// Versions 0-6.
    pub producer_epoch: i16,
    /// Versions 6, default -1.
    pub ongoing_txn_producer_id: i64,
    /// Versions 6, default -1.
    pub ongoing_txn_producer_epoch: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for InitProducerIdResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            producer_id: -1,
            producer_epoch: 0,
            ongoing_txn_producer_id: -1,
            ongoing_txn_producer_epoch: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for InitProducerIdResponse {
    const NAME: &'static str = "InitProducerIdResponse";
    const KEY: Option<i16> = Some(22);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 6);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 6);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for InitProducerIdResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.i64(self.producer_id);
        out.i16(self.producer_epoch);
        if version >= 6 {
            out.i64(self.ongoing_txn_producer_id);
        } else {
            out.only_default(
                self.ongoing_txn_producer_id == -1,
                "InitProducerIdResponse.OngoingTxnProducerId",
                version,
            )?;
        }
        if version >= 6 {
            out.i16(self.ongoing_txn_producer_epoch);
        } else {
            out.only_default(
                self.ongoing_txn_producer_epoch == -1,
                "InitProducerIdResponse.OngoingTxnProducerEpoch",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "InitProducerIdResponse", version)
    }
}

impl Decode for InitProducerIdResponse {
    const MIN_LENGTH: usize = 16;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            producer_id: input.i64()?,
            producer_epoch: input.i16()?,
            ongoing_txn_producer_id: if version >= 6 { input.i64()? } else { -1 },
            ongoing_txn_producer_epoch: if version >= 6 { input.i16()? } else { -1 },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
