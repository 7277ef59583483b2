// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ReadShareGroupStateSummaryRequest` versions 0-1, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ReadShareGroupStateSummaryRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReadShareGroupStateSummaryRequest {
    /// Versions 0-1.
    pub group_id: Str,
    /// Versions 0-1.
    pub topics: Vec<ReadStateSummaryData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ReadShareGroupStateSummaryRequest {
    const NAME: &'static str = "ReadShareGroupStateSummaryRequest";
    const KEY: Option<i16> = Some(87);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ReadShareGroupStateSummaryRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "ReadShareGroupStateSummaryRequest.GroupId")?;
        out.structs(&self.topics, version, true, "ReadShareGroupStateSummaryRequest.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ReadShareGroupStateSummaryRequest",
            version,
        )
    }
}

impl Decode for ReadShareGroupStateSummaryRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "ReadShareGroupStateSummaryRequest.GroupId")?,
            topics: input.structs(version, true, "ReadShareGroupStateSummaryRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ReadStateSummaryData`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReadStateSummaryData {
    /// Versions 0-1.
    pub topic_id: Uuid,
    /// Versions 0-1.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ReadStateSummaryData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "ReadStateSummaryData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReadStateSummaryData", version)
    }
}

impl Decode for ReadStateSummaryData {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "ReadStateSummaryData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionData`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionData {
    /// Versions 0-1.
    pub partition: i32,
    /// Versions 0-1.
    pub leader_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition);
        out.i32(self.leader_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition: input.i32()?,
            leader_epoch: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
