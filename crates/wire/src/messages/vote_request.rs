// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `VoteRequest` versions 0-2, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `VoteRequest`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct VoteRequest {
    /// Versions 0-2, nullable 0-2, default null.
    pub cluster_id: Option<Str>,
    /// Versions 1-2, default -1.
    pub voter_id: i32,
    /// Versions 0-2.
    pub topics: Vec<TopicData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for VoteRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            voter_id: -1,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for VoteRequest {
    const NAME: &'static str = "VoteRequest";
    const KEY: Option<i16> = Some(52);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for VoteRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string_or_null(self.cluster_id.as_ref(), true, true, "VoteRequest.ClusterId")?;
        if version >= 1 {
            out.i32(self.voter_id);
        }
        out.structs(&self.topics, version, true, "VoteRequest.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "VoteRequest", version)
    }
}

impl Decode for VoteRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            cluster_id: input.string_or_null(true, true, "VoteRequest.ClusterId")?,
            voter_id: if version >= 1 { input.i32()? } else { -1 },
            topics: input.structs(version, true, "VoteRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicData`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicData {
    /// Versions 0-2.
    pub topic_name: Str,
    /// Versions 0-2.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic_name, true, "TopicData.TopicName")?;
        out.structs(&self.partitions, version, true, "TopicData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicData", version)
    }
}

impl Decode for TopicData {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_name: input.string(true, "TopicData.TopicName")?,
            partitions: input.structs(version, true, "TopicData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionData`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionData {
    /// Versions 0-2.
    pub partition_index: i32,
    /// Versions 0-2.
    pub replica_epoch: i32,
    /// Versions 0-2.
    pub replica_id: i32,
    /// Versions 1-2.
    pub replica_directory_id: Uuid,
    /// Versions 1-2.
    pub voter_directory_id: Uuid,
    /// Versions 0-2.
    pub last_offset_epoch: i32,
    /// Versions 0-2.
    pub last_offset: i64,
    /// Versions 2.
    pub pre_vote: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i32(self.replica_epoch);
        out.i32(self.replica_id);
        if version >= 1 {
            out.uuid(self.replica_directory_id);
        }
        if version >= 1 {
            out.uuid(self.voter_directory_id);
        }
        out.i32(self.last_offset_epoch);
        out.i64(self.last_offset);
        if version >= 2 {
            out.bool(self.pre_vote);
        } else {
            out.only_default(!self.pre_vote, "PartitionData.PreVote", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 25;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            replica_epoch: input.i32()?,
            replica_id: input.i32()?,
            replica_directory_id: if version >= 1 { input.uuid()? } else { Uuid::ZERO },
            voter_directory_id: if version >= 1 { input.uuid()? } else { Uuid::ZERO },
            last_offset_epoch: input.i32()?,
            last_offset: input.i64()?,
            pre_vote: if version >= 2 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
