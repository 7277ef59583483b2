// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AssignReplicasToDirsRequest` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `AssignReplicasToDirsRequest`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct AssignReplicasToDirsRequest {
    /// Versions 0.
    pub broker_id: i32,
    /// Versions 0, default -1.
    pub broker_epoch: i64,
    /// Versions 0.
    pub directories: Vec<DirectoryData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AssignReplicasToDirsRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            directories: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for AssignReplicasToDirsRequest {
    const NAME: &'static str = "AssignReplicasToDirsRequest";
    const KEY: Option<i16> = Some(73);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AssignReplicasToDirsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.broker_id);
        out.i64(self.broker_epoch);
        out.structs(&self.directories, version, true, "AssignReplicasToDirsRequest.Directories")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "AssignReplicasToDirsRequest", version)
    }
}

impl Decode for AssignReplicasToDirsRequest {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            broker_id: input.i32()?,
            broker_epoch: input.i64()?,
            directories: input.structs(version, true, "AssignReplicasToDirsRequest.Directories")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DirectoryData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DirectoryData {
    /// Versions 0.
    pub id: Uuid,
    /// Versions 0.
    pub topics: Vec<TopicData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DirectoryData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.id);
        out.structs(&self.topics, version, true, "DirectoryData.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "DirectoryData", version)
    }
}

impl Decode for DirectoryData {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            id: input.uuid()?,
            topics: input.structs(version, true, "DirectoryData.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicData {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "TopicData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicData", version)
    }
}

impl Decode for TopicData {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "TopicData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionData {
    /// Versions 0.
    pub partition_index: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
