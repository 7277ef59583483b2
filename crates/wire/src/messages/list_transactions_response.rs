// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListTransactionsResponse` versions 0-2, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ListTransactionsResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListTransactionsResponse {
    /// Versions 0-2.
    pub throttle_time_ms: i32,
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 0-2.
    pub unknown_state_filters: Vec<Str>,
    /// Versions 0-2.
    pub transaction_states: Vec<TransactionState>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListTransactionsResponse {
    const NAME: &'static str = "ListTransactionsResponse";
    const KEY: Option<i16> = Some(66);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListTransactionsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.strings(
            &self.unknown_state_filters,
            true,
            "ListTransactionsResponse.UnknownStateFilters",
        )?;
        out.structs(
            &self.transaction_states,
            version,
            true,
            "ListTransactionsResponse.TransactionStates",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ListTransactionsResponse", version)
    }
}

impl Decode for ListTransactionsResponse {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_state_filters: input
                .strings(true, "ListTransactionsResponse.UnknownStateFilters")?,
            transaction_states: input.structs(
                version,
                true,
                "ListTransactionsResponse.TransactionStates",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TransactionState`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TransactionState {
    /// Versions 0-2.
    pub transactional_id: Str,
    /// Versions 0-2.
    pub producer_id: i64,
    /// Versions 0-2.
    pub transaction_state: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TransactionState {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.transactional_id, true, "TransactionState.TransactionalId")?;
        out.i64(self.producer_id);
        out.string(&self.transaction_state, true, "TransactionState.TransactionState")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TransactionState", version)
    }
}

impl Decode for TransactionState {
    const MIN_LENGTH: usize = 11;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            transactional_id: input.string(true, "TransactionState.TransactionalId")?,
            producer_id: input.i64()?,
            transaction_state: input.string(true, "TransactionState.TransactionState")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
