// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ReadShareGroupStateResponse` versions 0, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ReadShareGroupStateResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReadShareGroupStateResponse {
    /// Versions 0.
    pub results: Vec<ReadStateResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ReadShareGroupStateResponse {
    const NAME: &'static str = "ReadShareGroupStateResponse";
    const KEY: Option<i16> = Some(84);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ReadShareGroupStateResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.results, version, true, "ReadShareGroupStateResponse.Results")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReadShareGroupStateResponse", version)
    }
}

impl Decode for ReadShareGroupStateResponse {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            results: input.structs(version, true, "ReadShareGroupStateResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ReadStateResult`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReadStateResult {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<PartitionResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ReadStateResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "ReadStateResult.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReadStateResult", version)
    }
}

impl Decode for ReadStateResult {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "ReadStateResult.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionResult`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionResult {
    /// Versions 0.
    pub partition: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0, default null.
    pub error_message: Option<Str>,
    /// Versions 0.
    pub state_epoch: i32,
    /// Versions 0.
    pub start_offset: i64,
    /// Versions 0.
    pub state_batches: Vec<StateBatch>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "PartitionResult.ErrorMessage",
        )?;
        out.i32(self.state_epoch);
        out.i64(self.start_offset);
        out.structs(&self.state_batches, version, true, "PartitionResult.StateBatches")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionResult", version)
    }
}

impl Decode for PartitionResult {
    const MIN_LENGTH: usize = 21;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(true, true, "PartitionResult.ErrorMessage")?,
            state_epoch: input.i32()?,
            start_offset: input.i64()?,
            state_batches: input.structs(version, true, "PartitionResult.StateBatches")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `StateBatch`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StateBatch {
    /// Versions 0.
    pub first_offset: i64,
    /// Versions 0.
    pub last_offset: i64,
    /// Versions 0.
    pub delivery_state: i8,
    /// Versions 0.
    pub delivery_count: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for StateBatch {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i64(self.first_offset);
        out.i64(self.last_offset);
        out.i8(self.delivery_state);
        out.i16(self.delivery_count);
        out.tagged_fields(&self.unknown_tagged_fields, true, "StateBatch", version)
    }
}

impl Decode for StateBatch {
    const MIN_LENGTH: usize = 20;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            first_offset: input.i64()?,
            last_offset: input.i64()?,
            delivery_state: input.i8()?,
            delivery_count: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
