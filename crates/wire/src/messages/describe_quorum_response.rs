// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeQuorumResponse` versions 0-2, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeQuorumResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeQuorumResponse {
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 2, nullable 2.
    pub error_message: Option<Str>,
    /// Versions 0-2.
    pub topics: Vec<TopicData>,
    /// Versions 2.
    pub nodes: Vec<Node>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeQuorumResponse {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            topics: Vec::new(),
            nodes: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for DescribeQuorumResponse {
    const NAME: &'static str = "DescribeQuorumResponse";
    const KEY: Option<i16> = Some(55);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeQuorumResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.error_code.code());
        if version >= 2 {
            out.string_or_null(
                self.error_message.as_ref(),
                true,
                true,
                "DescribeQuorumResponse.ErrorMessage",
            )?;
        }
        out.structs(&self.topics, version, true, "DescribeQuorumResponse.Topics")?;
        if version >= 2 {
            out.structs(&self.nodes, version, true, "DescribeQuorumResponse.Nodes")?;
        } else {
            out.only_default(self.nodes.is_empty(), "DescribeQuorumResponse.Nodes", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "DescribeQuorumResponse", version)
    }
}

impl Decode for DescribeQuorumResponse {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: if version >= 2 {
                input.string_or_null(true, true, "DescribeQuorumResponse.ErrorMessage")?
            } else {
                Some(Str::default())
            },
            topics: input.structs(version, true, "DescribeQuorumResponse.Topics")?,
            nodes: if version >= 2 {
                input.structs(version, true, "DescribeQuorumResponse.Nodes")?
            } else {
                Vec::new()
            },
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
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionData {
    /// Versions 0-2.
    pub partition_index: i32,
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 2, nullable 2.
    pub error_message: Option<Str>,
    /// Versions 0-2.
    pub leader_id: i32,
    /// Versions 0-2.
    pub leader_epoch: i32,
    /// Versions 0-2.
    pub high_watermark: i64,
    /// Versions 0-2.
    pub current_voters: Vec<ReplicaState>,
    /// Versions 0-2.
    pub observers: Vec<ReplicaState>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            leader_id: 0,
            leader_epoch: 0,
            high_watermark: 0,
            current_voters: Vec::new(),
            observers: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        if version >= 2 {
            out.string_or_null(
                self.error_message.as_ref(),
                true,
                true,
                "PartitionData.ErrorMessage",
            )?;
        }
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        out.i64(self.high_watermark);
        out.structs(&self.current_voters, version, true, "PartitionData.CurrentVoters")?;
        out.structs(&self.observers, version, true, "PartitionData.Observers")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 25;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: if version >= 2 {
                input.string_or_null(true, true, "PartitionData.ErrorMessage")?
            } else {
                Some(Str::default())
            },
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
            high_watermark: input.i64()?,
            current_voters: input.structs(version, true, "PartitionData.CurrentVoters")?,
            observers: input.structs(version, true, "PartitionData.Observers")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Node`, versions 2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Node {
    /// Versions 2.
    pub node_id: i32,
    /// Versions 2.
    pub listeners: Vec<Listener>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Node {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.node_id);
        out.structs(&self.listeners, version, true, "Node.Listeners")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Node", version)
    }
}

impl Decode for Node {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            node_id: input.i32()?,
            listeners: input.structs(version, true, "Node.Listeners")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Listener`, versions 2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Listener {
    /// Versions 2.
    pub name: Str,
    /// Versions 2.
    pub host: Str,
    /// Versions 2.
    pub port: u16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Listener {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "Listener.Name")?;
        out.string(&self.host, true, "Listener.Host")?;
        out.u16(self.port);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Listener", version)
    }
}

impl Decode for Listener {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "Listener.Name")?,
            host: input.string(true, "Listener.Host")?,
            port: input.u16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ReplicaState`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaState {
    /// Versions 0-2.
    pub replica_id: i32,
    /// Versions 2.
    pub replica_directory_id: Uuid,
    /// Versions 0-2.
    pub log_end_offset: i64,
    /// Versions 1-2, default -1.
    pub last_fetch_timestamp: i64,
    /// Versions 1-2, default -1.
    pub last_caught_up_timestamp: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            replica_id: 0,
            replica_directory_id: Uuid::ZERO,
            log_end_offset: 0,
            last_fetch_timestamp: -1,
            last_caught_up_timestamp: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for ReplicaState {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.replica_id);
        if version >= 2 {
            out.uuid(self.replica_directory_id);
        } else {
            out.only_default(
                self.replica_directory_id.is_zero(),
                "ReplicaState.ReplicaDirectoryId",
                version,
            )?;
        }
        out.i64(self.log_end_offset);
        if version >= 1 {
            out.i64(self.last_fetch_timestamp);
        }
        if version >= 1 {
            out.i64(self.last_caught_up_timestamp);
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReplicaState", version)
    }
}

impl Decode for ReplicaState {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            replica_id: input.i32()?,
            replica_directory_id: if version >= 2 { input.uuid()? } else { Uuid::ZERO },
            log_end_offset: input.i64()?,
            last_fetch_timestamp: if version >= 1 { input.i64()? } else { -1 },
            last_caught_up_timestamp: if version >= 1 { input.i64()? } else { -1 },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
