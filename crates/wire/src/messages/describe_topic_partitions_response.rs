// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeTopicPartitionsResponse` versions 0, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeTopicPartitionsResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeTopicPartitionsResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub topics: Vec<DescribeTopicPartitionsResponseTopic>,
    /// Versions 0, nullable 0, default null.
    pub next_cursor: Option<Cursor>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeTopicPartitionsResponse {
    const NAME: &'static str = "DescribeTopicPartitionsResponse";
    const KEY: Option<i16> = Some(75);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeTopicPartitionsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.structs(&self.topics, version, true, "DescribeTopicPartitionsResponse.Topics")?;
        out.struct_or_null(
            self.next_cursor.as_ref(),
            version,
            true,
            "DescribeTopicPartitionsResponse.NextCursor",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeTopicPartitionsResponse",
            version,
        )
    }
}

impl Decode for DescribeTopicPartitionsResponse {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            topics: input.structs(version, true, "DescribeTopicPartitionsResponse.Topics")?,
            next_cursor: input.struct_or_null(
                version,
                true,
                "DescribeTopicPartitionsResponse.NextCursor",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribeTopicPartitionsResponseTopic`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsResponseTopic {
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0.
    pub name: Option<Str>,
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub is_internal: bool,
    /// Versions 0.
    pub partitions: Vec<DescribeTopicPartitionsResponsePartition>,
    /// Versions 0, default -2147483648.
    pub topic_authorized_operations: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeTopicPartitionsResponseTopic {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            name: Some(Str::default()),
            topic_id: Uuid::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: -2147483648,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeTopicPartitionsResponseTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i16(self.error_code.code());
        out.string_or_null(
            self.name.as_ref(),
            true,
            true,
            "DescribeTopicPartitionsResponseTopic.Name",
        )?;
        out.uuid(self.topic_id);
        out.bool(self.is_internal);
        out.structs(
            &self.partitions,
            version,
            true,
            "DescribeTopicPartitionsResponseTopic.Partitions",
        )?;
        out.i32(self.topic_authorized_operations);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeTopicPartitionsResponseTopic",
            version,
        )
    }
}

impl Decode for DescribeTopicPartitionsResponseTopic {
    const MIN_LENGTH: usize = 26;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            name: input.string_or_null(true, true, "DescribeTopicPartitionsResponseTopic.Name")?,
            topic_id: input.uuid()?,
            is_internal: input.bool()?,
            partitions: input.structs(
                version,
                true,
                "DescribeTopicPartitionsResponseTopic.Partitions",
            )?,
            topic_authorized_operations: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribeTopicPartitionsResponsePartition`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsResponsePartition {
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0.
    pub partition_index: i32,
    /// Versions 0.
    pub leader_id: i32,
    /// Versions 0, default -1.
    pub leader_epoch: i32,
    /// Versions 0.
    pub replica_nodes: Vec<i32>,
    /// Versions 0.
    pub isr_nodes: Vec<i32>,
    /// Versions 0, nullable 0, default null.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// Versions 0, nullable 0, default null.
    pub last_known_elr: Option<Vec<i32>>,
    /// Versions 0.
    pub offline_replicas: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeTopicPartitionsResponsePartition {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            offline_replicas: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeTopicPartitionsResponsePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i16(self.error_code.code());
        out.i32(self.partition_index);
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        out.plains(
            &self.replica_nodes,
            true,
            "DescribeTopicPartitionsResponsePartition.ReplicaNodes",
        )?;
        out.plains(&self.isr_nodes, true, "DescribeTopicPartitionsResponsePartition.IsrNodes")?;
        out.plains_or_null(
            self.eligible_leader_replicas.as_ref(),
            true,
            true,
            "DescribeTopicPartitionsResponsePartition.EligibleLeaderReplicas",
        )?;
        out.plains_or_null(
            self.last_known_elr.as_ref(),
            true,
            true,
            "DescribeTopicPartitionsResponsePartition.LastKnownElr",
        )?;
        out.plains(
            &self.offline_replicas,
            true,
            "DescribeTopicPartitionsResponsePartition.OfflineReplicas",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeTopicPartitionsResponsePartition",
            version,
        )
    }
}

impl Decode for DescribeTopicPartitionsResponsePartition {
    const MIN_LENGTH: usize = 20;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            partition_index: input.i32()?,
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
            replica_nodes: input
                .plains(true, "DescribeTopicPartitionsResponsePartition.ReplicaNodes")?,
            isr_nodes: input.plains(true, "DescribeTopicPartitionsResponsePartition.IsrNodes")?,
            eligible_leader_replicas: input.plains_or_null(
                true,
                true,
                "DescribeTopicPartitionsResponsePartition.EligibleLeaderReplicas",
            )?,
            last_known_elr: input.plains_or_null(
                true,
                true,
                "DescribeTopicPartitionsResponsePartition.LastKnownElr",
            )?,
            offline_replicas: input
                .plains(true, "DescribeTopicPartitionsResponsePartition.OfflineReplicas")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Cursor`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Cursor {
    /// Versions 0.
    pub topic_name: Str,
    /// Versions 0.
    pub partition_index: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Cursor {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic_name, true, "Cursor.TopicName")?;
        out.i32(self.partition_index);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Cursor", version)
    }
}

impl Decode for Cursor {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_name: input.string(true, "Cursor.TopicName")?,
            partition_index: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
