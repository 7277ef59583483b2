// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `WriteShareGroupStateRequest` versions 0-1, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `WriteShareGroupStateRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WriteShareGroupStateRequest {
    /// Versions 0-1.
    pub group_id: Str,
    /// Versions 0-1.
    pub topics: Vec<WriteStateData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for WriteShareGroupStateRequest {
    const NAME: &'static str = "WriteShareGroupStateRequest";
    const KEY: Option<i16> = Some(85);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for WriteShareGroupStateRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "WriteShareGroupStateRequest.GroupId")?;
        out.structs(&self.topics, version, true, "WriteShareGroupStateRequest.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "WriteShareGroupStateRequest", version)
    }
}

impl Decode for WriteShareGroupStateRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "WriteShareGroupStateRequest.GroupId")?,
            topics: input.structs(version, true, "WriteShareGroupStateRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `WriteStateData`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WriteStateData {
    /// Versions 0-1.
    pub topic_id: Uuid,
    /// Versions 0-1.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for WriteStateData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "WriteStateData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "WriteStateData", version)
    }
}

impl Decode for WriteStateData {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "WriteStateData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionData`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionData {
    /// Versions 0-1.
    pub partition: i32,
    /// Versions 0-1.
    pub state_epoch: i32,
    /// Versions 0-1.
    pub leader_epoch: i32,
    /// Versions 0-1.
    pub start_offset: i64,
    /// Versions 1, default -1.
    pub delivery_complete_count: i32,
    /// Versions 0-1.
    pub state_batches: Vec<StateBatch>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition: 0,
            state_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            state_batches: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition);
        out.i32(self.state_epoch);
        out.i32(self.leader_epoch);
        out.i64(self.start_offset);
        if version >= 1 {
            out.i32(self.delivery_complete_count);
        }
        out.structs(&self.state_batches, version, true, "PartitionData.StateBatches")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 22;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition: input.i32()?,
            state_epoch: input.i32()?,
            leader_epoch: input.i32()?,
            start_offset: input.i64()?,
            delivery_complete_count: if version >= 1 { input.i32()? } else { -1 },
            state_batches: input.structs(version, true, "PartitionData.StateBatches")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `StateBatch`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StateBatch {
    /// Versions 0-1.
    pub first_offset: i64,
    /// Versions 0-1.
    pub last_offset: i64,
    /// Versions 0-1.
    pub delivery_state: i8,
    /// Versions 0-1.
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
