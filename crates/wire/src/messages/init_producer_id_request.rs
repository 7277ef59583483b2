// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `InitProducerIdRequest` versions 0-6, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `InitProducerIdRequest`, versions 0-6.
#[derive(Clone, Debug, PartialEq)]
pub struct InitProducerIdRequest {
    /// Versions 0-6, nullable 0-6.
    pub transactional_id: Option<Str>,
    /// Versions 0-6.
    pub transaction_timeout_ms: i32,
    /// Versions 3-6, default -1.
    pub producer_id: i64,
    /// Versions 3-6, default -1.
    pub producer_epoch: i16,
    /// Versions 6.
    pub enable2_pc: bool,
    /// Versions 6.
    pub keep_prepared_txn: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for InitProducerIdRequest {
    fn default() -> Self {
        Self {
            transactional_id: Some(Str::default()),
            transaction_timeout_ms: 0,
            producer_id: -1,
            producer_epoch: -1,
            enable2_pc: false,
            keep_prepared_txn: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for InitProducerIdRequest {
    const NAME: &'static str = "InitProducerIdRequest";
    const KEY: Option<i16> = Some(22);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 6);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 6);
    const LATEST_VERSION_UNSTABLE: bool = true;
}

impl Encode for InitProducerIdRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.string_or_null(
            self.transactional_id.as_ref(),
            flexible,
            true,
            "InitProducerIdRequest.TransactionalId",
        )?;
        out.i32(self.transaction_timeout_ms);
        if version >= 3 {
            out.i64(self.producer_id);
        } else {
            out.only_default(self.producer_id == -1, "InitProducerIdRequest.ProducerId", version)?;
        }
        if version >= 3 {
            out.i16(self.producer_epoch);
        } else {
            out.only_default(
                self.producer_epoch == -1,
                "InitProducerIdRequest.ProducerEpoch",
                version,
            )?;
        }
        if version >= 6 {
            out.bool(self.enable2_pc);
        } else {
            out.only_default(!self.enable2_pc, "InitProducerIdRequest.Enable2Pc", version)?;
        }
        if version >= 6 {
            out.bool(self.keep_prepared_txn);
        } else {
            out.only_default(
                !self.keep_prepared_txn,
                "InitProducerIdRequest.KeepPreparedTxn",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "InitProducerIdRequest", version)
    }
}

impl Decode for InitProducerIdRequest {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            transactional_id: input.string_or_null(
                flexible,
                true,
                "InitProducerIdRequest.TransactionalId",
            )?,
            transaction_timeout_ms: input.i32()?,
            producer_id: if version >= 3 { input.i64()? } else { -1 },
            producer_epoch: if version >= 3 { input.i16()? } else { -1 },
            enable2_pc: if version >= 6 { input.bool()? } else { false },
            keep_prepared_txn: if version >= 6 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
