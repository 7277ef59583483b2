// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `MetadataResponse` versions 0-13, flexible 9+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `MetadataResponse`, versions 0-13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponse {
    /// Versions 3-13.
    pub throttle_time_ms: i32,
    /// Versions 0-13.
    pub brokers: Vec<MetadataResponseBroker>,
    /// Versions 2-13, nullable 2-13, default null.
    pub cluster_id: Option<Str>,
    /// Versions 1-13, default -1.
    pub controller_id: i32,
    /// Versions 0-13.
    pub topics: Vec<MetadataResponseTopic>,
    /// Versions 8-10, default -2147483648.
    pub cluster_authorized_operations: i32,
    /// Versions 13.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            brokers: Vec::new(),
            cluster_id: None,
            controller_id: -1,
            topics: Vec::new(),
            cluster_authorized_operations: -2147483648,
            error_code: ErrorCode::NONE,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for MetadataResponse {
    const NAME: &'static str = "MetadataResponse";
    const KEY: Option<i16> = Some(3);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 13);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(9, 13);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for MetadataResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 9;
        if version >= 3 {
            out.i32(self.throttle_time_ms);
        }
        out.structs(&self.brokers, version, flexible, "MetadataResponse.Brokers")?;
        if version >= 2 {
            out.string_or_null(
                self.cluster_id.as_ref(),
                flexible,
                true,
                "MetadataResponse.ClusterId",
            )?;
        }
        if version >= 1 {
            out.i32(self.controller_id);
        }
        out.structs(&self.topics, version, flexible, "MetadataResponse.Topics")?;
        if (8..=10).contains(&version) {
            out.i32(self.cluster_authorized_operations);
        } else {
            out.only_default(
                self.cluster_authorized_operations == -2147483648,
                "MetadataResponse.ClusterAuthorizedOperations",
                version,
            )?;
        }
        if version >= 13 {
            out.i16(self.error_code.code());
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "MetadataResponse", version)
    }
}

impl Decode for MetadataResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 9;
        Ok(Self {
            throttle_time_ms: if version >= 3 { input.i32()? } else { 0 },
            brokers: input.structs(version, flexible, "MetadataResponse.Brokers")?,
            cluster_id: if version >= 2 {
                input.string_or_null(flexible, true, "MetadataResponse.ClusterId")?
            } else {
                None
            },
            controller_id: if version >= 1 { input.i32()? } else { -1 },
            topics: input.structs(version, flexible, "MetadataResponse.Topics")?,
            cluster_authorized_operations: if (8..=10).contains(&version) {
                input.i32()?
            } else {
                -2147483648
            },
            error_code: if version >= 13 {
                ErrorCode::from_code(input.i16()?)
            } else {
                ErrorCode::NONE
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `MetadataResponseBroker`, versions 0-13.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MetadataResponseBroker {
    /// Versions 0-13.
    pub node_id: i32,
    /// Versions 0-13.
    pub host: Str,
    /// Versions 0-13.
    pub port: i32,
    /// Versions 1-13, nullable 1-13, default null.
    pub rack: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for MetadataResponseBroker {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        out.i32(self.node_id);
        out.string(&self.host, flexible, "MetadataResponseBroker.Host")?;
        out.i32(self.port);
        if version >= 1 {
            out.string_or_null(self.rack.as_ref(), flexible, true, "MetadataResponseBroker.Rack")?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "MetadataResponseBroker", version)
    }
}

impl Decode for MetadataResponseBroker {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        Ok(Self {
            node_id: input.i32()?,
            host: input.string(flexible, "MetadataResponseBroker.Host")?,
            port: input.i32()?,
            rack: if version >= 1 {
                input.string_or_null(flexible, true, "MetadataResponseBroker.Rack")?
            } else {
                None
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `MetadataResponseTopic`, versions 0-13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponseTopic {
    /// Versions 0-13.
    pub error_code: ErrorCode,
    /// Versions 0-13, nullable 12-13.
    pub name: Option<Str>,
    /// Versions 10-13.
    pub topic_id: Uuid,
    /// Versions 1-13.
    pub is_internal: bool,
    /// Versions 0-13.
    pub partitions: Vec<MetadataResponsePartition>,
    /// Versions 8-13, default -2147483648.
    pub topic_authorized_operations: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataResponseTopic {
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

impl Encode for MetadataResponseTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.name.as_ref(),
            flexible,
            version >= 12,
            "MetadataResponseTopic.Name",
        )?;
        if version >= 10 {
            out.uuid(self.topic_id);
        }
        if version >= 1 {
            out.bool(self.is_internal);
        }
        out.structs(&self.partitions, version, flexible, "MetadataResponseTopic.Partitions")?;
        if version >= 8 {
            out.i32(self.topic_authorized_operations);
        } else {
            out.only_default(
                self.topic_authorized_operations == -2147483648,
                "MetadataResponseTopic.TopicAuthorizedOperations",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "MetadataResponseTopic", version)
    }
}

impl Decode for MetadataResponseTopic {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            name: input.string_or_null(flexible, version >= 12, "MetadataResponseTopic.Name")?,
            topic_id: if version >= 10 { input.uuid()? } else { Uuid::ZERO },
            is_internal: if version >= 1 { input.bool()? } else { false },
            partitions: input.structs(version, flexible, "MetadataResponseTopic.Partitions")?,
            topic_authorized_operations: if version >= 8 { input.i32()? } else { -2147483648 },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `MetadataResponsePartition`, versions 0-13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponsePartition {
    /// Versions 0-13.
    pub error_code: ErrorCode,
    /// Versions 0-13.
    pub partition_index: i32,
    /// Versions 0-13.
    pub leader_id: i32,
    /// Versions 7-13, default -1.
    pub leader_epoch: i32,
    /// Versions 0-13.
    pub replica_nodes: Vec<i32>,
    /// Versions 0-13.
    pub isr_nodes: Vec<i32>,
    /// Versions 5-13.
    pub offline_replicas: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataResponsePartition {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            offline_replicas: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for MetadataResponsePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        out.i16(self.error_code.code());
        out.i32(self.partition_index);
        out.i32(self.leader_id);
        if version >= 7 {
            out.i32(self.leader_epoch);
        }
        out.plains(&self.replica_nodes, flexible, "MetadataResponsePartition.ReplicaNodes")?;
        out.plains(&self.isr_nodes, flexible, "MetadataResponsePartition.IsrNodes")?;
        if version >= 5 {
            out.plains(
                &self.offline_replicas,
                flexible,
                "MetadataResponsePartition.OfflineReplicas",
            )?;
        }
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "MetadataResponsePartition",
            version,
        )
    }
}

impl Decode for MetadataResponsePartition {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            partition_index: input.i32()?,
            leader_id: input.i32()?,
            leader_epoch: if version >= 7 { input.i32()? } else { -1 },
            replica_nodes: input.plains(flexible, "MetadataResponsePartition.ReplicaNodes")?,
            isr_nodes: input.plains(flexible, "MetadataResponsePartition.IsrNodes")?,
            offline_replicas: if version >= 5 {
                input.plains(flexible, "MetadataResponsePartition.OfflineReplicas")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
