// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ReadShareGroupStateSummaryResponse` versions 0-1, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ReadShareGroupStateSummaryResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReadShareGroupStateSummaryResponse {
    /// Versions 0-1.
    pub results: Vec<ReadStateSummaryResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ReadShareGroupStateSummaryResponse {
    const NAME: &'static str = "ReadShareGroupStateSummaryResponse";
    const KEY: Option<i16> = Some(87);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ReadShareGroupStateSummaryResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.results, version, true, "ReadShareGroupStateSummaryResponse.Results")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ReadShareGroupStateSummaryResponse",
            version,
        )
    }
}

impl Decode for ReadShareGroupStateSummaryResponse {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            results: input.structs(version, true, "ReadShareGroupStateSummaryResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ReadStateSummaryResult`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReadStateSummaryResult {
    /// Versions 0-1.
    pub topic_id: Uuid,
    /// Versions 0-1.
    pub partitions: Vec<PartitionResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ReadStateSummaryResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "ReadStateSummaryResult.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReadStateSummaryResult", version)
    }
}

impl Decode for ReadStateSummaryResult {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "ReadStateSummaryResult.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionResult`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionResult {
    /// Versions 0-1.
    pub partition: i32,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1, nullable 0-1, default null.
    pub error_message: Option<Str>,
    /// Versions 0-1.
    pub state_epoch: i32,
    /// Versions 0-1.
    pub leader_epoch: i32,
    /// Versions 0-1.
    pub start_offset: i64,
    /// Versions 1, default -1.
    pub delivery_complete_count: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionResult {
    fn default() -> Self {
        Self {
            partition: 0,
            error_code: ErrorCode::NONE,
            error_message: None,
            state_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
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
        out.i32(self.leader_epoch);
        out.i64(self.start_offset);
        if version >= 1 {
            out.i32(self.delivery_complete_count);
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionResult", version)
    }
}

impl Decode for PartitionResult {
    const MIN_LENGTH: usize = 24;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(true, true, "PartitionResult.ErrorMessage")?,
            state_epoch: input.i32()?,
            leader_epoch: input.i32()?,
            start_offset: input.i64()?,
            delivery_complete_count: if version >= 1 { input.i32()? } else { -1 },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
