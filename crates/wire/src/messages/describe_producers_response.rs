// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeProducersResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeProducersResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeProducersResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub topics: Vec<TopicResponse>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeProducersResponse {
    const NAME: &'static str = "DescribeProducersResponse";
    const KEY: Option<i16> = Some(61);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeProducersResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.structs(&self.topics, version, true, "DescribeProducersResponse.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "DescribeProducersResponse", version)
    }
}

impl Decode for DescribeProducersResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            topics: input.structs(version, true, "DescribeProducersResponse.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicResponse {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub partitions: Vec<PartitionResponse>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "TopicResponse.Name")?;
        out.structs(&self.partitions, version, true, "TopicResponse.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicResponse", version)
    }
}

impl Decode for TopicResponse {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "TopicResponse.Name")?,
            partitions: input.structs(version, true, "TopicResponse.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionResponse {
    /// Versions 0.
    pub partition_index: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0, default null.
    pub error_message: Option<Str>,
    /// Versions 0.
    pub active_producers: Vec<ProducerState>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "PartitionResponse.ErrorMessage",
        )?;
        out.structs(&self.active_producers, version, true, "PartitionResponse.ActiveProducers")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionResponse", version)
    }
}

impl Decode for PartitionResponse {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(true, true, "PartitionResponse.ErrorMessage")?,
            active_producers: input.structs(version, true, "PartitionResponse.ActiveProducers")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ProducerState`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ProducerState {
    /// Versions 0.
    pub producer_id: i64,
    /// Versions 0.
    pub producer_epoch: i32,
    /// Versions 0, default -1.
    pub last_sequence: i32,
    /// Versions 0, default -1.
    pub last_timestamp: i64,
    /// Versions 0.
    pub coordinator_epoch: i32,
    /// Versions 0, default -1.
    pub current_txn_start_offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ProducerState {
    fn default() -> Self {
        Self {
            producer_id: 0,
            producer_epoch: 0,
            last_sequence: -1,
            last_timestamp: -1,
            coordinator_epoch: 0,
            current_txn_start_offset: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for ProducerState {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i64(self.producer_id);
        out.i32(self.producer_epoch);
        out.i32(self.last_sequence);
        out.i64(self.last_timestamp);
        out.i32(self.coordinator_epoch);
        out.i64(self.current_txn_start_offset);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ProducerState", version)
    }
}

impl Decode for ProducerState {
    const MIN_LENGTH: usize = 37;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            producer_id: input.i64()?,
            producer_epoch: input.i32()?,
            last_sequence: input.i32()?,
            last_timestamp: input.i64()?,
            coordinator_epoch: input.i32()?,
            current_txn_start_offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
