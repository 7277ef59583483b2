// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeTransactionsResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeTransactionsResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeTransactionsResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub transaction_states: Vec<TransactionState>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeTransactionsResponse {
    const NAME: &'static str = "DescribeTransactionsResponse";
    const KEY: Option<i16> = Some(65);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeTransactionsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.structs(
            &self.transaction_states,
            version,
            true,
            "DescribeTransactionsResponse.TransactionStates",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeTransactionsResponse",
            version,
        )
    }
}

impl Decode for DescribeTransactionsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            transaction_states: input.structs(
                version,
                true,
                "DescribeTransactionsResponse.TransactionStates",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TransactionState`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TransactionState {
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0.
    pub transactional_id: Str,
    /// Versions 0.
    pub transaction_state: Str,
    /// Versions 0.
    pub transaction_timeout_ms: i32,
    /// Versions 0.
    pub transaction_start_time_ms: i64,
    /// Versions 0.
    pub producer_id: i64,
    /// Versions 0.
    pub producer_epoch: i16,
    /// Versions 0.
    pub topics: Vec<TopicData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TransactionState {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i16(self.error_code.code());
        out.string(&self.transactional_id, true, "TransactionState.TransactionalId")?;
        out.string(&self.transaction_state, true, "TransactionState.TransactionState")?;
        out.i32(self.transaction_timeout_ms);
        out.i64(self.transaction_start_time_ms);
        out.i64(self.producer_id);
        out.i16(self.producer_epoch);
        out.structs(&self.topics, version, true, "TransactionState.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TransactionState", version)
    }
}

impl Decode for TransactionState {
    const MIN_LENGTH: usize = 28;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            transactional_id: input.string(true, "TransactionState.TransactionalId")?,
            transaction_state: input.string(true, "TransactionState.TransactionState")?,
            transaction_timeout_ms: input.i32()?,
            transaction_start_time_ms: input.i64()?,
            producer_id: input.i64()?,
            producer_epoch: input.i16()?,
            topics: input.structs(version, true, "TransactionState.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicData {
    /// Versions 0.
    pub topic: Str,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic, true, "TopicData.Topic")?;
        out.plains(&self.partitions, true, "TopicData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicData", version)
    }
}

impl Decode for TopicData {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic: input.string(true, "TopicData.Topic")?,
            partitions: input.plains(true, "TopicData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
