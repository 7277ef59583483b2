// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `OffsetForLeaderEpochRequest` versions 2-4, flexible 4+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `OffsetForLeaderEpochRequest`, versions 2-4.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetForLeaderEpochRequest {
    /// Versions 3-4, default -2.
    pub replica_id: i32,
    /// Versions 2-4.
    pub topics: Vec<OffsetForLeaderTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetForLeaderEpochRequest {
    fn default() -> Self {
        Self { replica_id: -2, topics: Vec::new(), unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Message for OffsetForLeaderEpochRequest {
    const NAME: &'static str = "OffsetForLeaderEpochRequest";
    const KEY: Option<i16> = Some(23);
    const VALID_VERSIONS: VersionRange = VersionRange::new(2, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for OffsetForLeaderEpochRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        if version >= 3 {
            out.i32(self.replica_id);
        }
        out.structs(&self.topics, version, flexible, "OffsetForLeaderEpochRequest.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetForLeaderEpochRequest",
            version,
        )
    }
}

impl Decode for OffsetForLeaderEpochRequest {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            replica_id: if version >= 3 { input.i32()? } else { -2 },
            topics: input.structs(version, flexible, "OffsetForLeaderEpochRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetForLeaderTopic`, versions 2-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetForLeaderTopic {
    /// Versions 2-4.
    pub topic: Str,
    /// Versions 2-4.
    pub partitions: Vec<OffsetForLeaderPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetForLeaderTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.string(&self.topic, flexible, "OffsetForLeaderTopic.Topic")?;
        out.structs(&self.partitions, version, flexible, "OffsetForLeaderTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "OffsetForLeaderTopic", version)
    }
}

impl Decode for OffsetForLeaderTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            topic: input.string(flexible, "OffsetForLeaderTopic.Topic")?,
            partitions: input.structs(version, flexible, "OffsetForLeaderTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetForLeaderPartition`, versions 2-4.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetForLeaderPartition {
    /// Versions 2-4.
    pub partition: i32,
    /// Versions 2-4, default -1.
    pub current_leader_epoch: i32,
    /// Versions 2-4.
    pub leader_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetForLeaderPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            leader_epoch: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for OffsetForLeaderPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.i32(self.partition);
        out.i32(self.current_leader_epoch);
        out.i32(self.leader_epoch);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetForLeaderPartition",
            version,
        )
    }
}

impl Decode for OffsetForLeaderPartition {
    const MIN_LENGTH: usize = 12;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            partition: input.i32()?,
            current_leader_epoch: input.i32()?,
            leader_epoch: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
