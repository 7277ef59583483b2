// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `EndQuorumEpochRequest` versions 0-1, flexible 1+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `EndQuorumEpochRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EndQuorumEpochRequest {
    /// Versions 0-1, nullable 0-1, default null.
    pub cluster_id: Option<Str>,
    /// Versions 0-1.
    pub topics: Vec<TopicData>,
    /// Versions 1.
    pub leader_endpoints: Vec<LeaderEndpoint>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for EndQuorumEpochRequest {
    const NAME: &'static str = "EndQuorumEpochRequest";
    const KEY: Option<i16> = Some(54);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for EndQuorumEpochRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.string_or_null(
            self.cluster_id.as_ref(),
            flexible,
            true,
            "EndQuorumEpochRequest.ClusterId",
        )?;
        out.structs(&self.topics, version, flexible, "EndQuorumEpochRequest.Topics")?;
        if version >= 1 {
            out.structs(
                &self.leader_endpoints,
                version,
                flexible,
                "EndQuorumEpochRequest.LeaderEndpoints",
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "EndQuorumEpochRequest", version)
    }
}

impl Decode for EndQuorumEpochRequest {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        Ok(Self {
            cluster_id: input.string_or_null(flexible, true, "EndQuorumEpochRequest.ClusterId")?,
            topics: input.structs(version, flexible, "EndQuorumEpochRequest.Topics")?,
            leader_endpoints: if version >= 1 {
                input.structs(version, flexible, "EndQuorumEpochRequest.LeaderEndpoints")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `TopicData`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicData {
    /// Versions 0-1.
    pub topic_name: Str,
    /// Versions 0-1.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.string(&self.topic_name, flexible, "TopicData.TopicName")?;
        out.structs(&self.partitions, version, flexible, "TopicData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "TopicData", version)
    }
}

impl Decode for TopicData {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            topic_name: input.string(flexible, "TopicData.TopicName")?,
            partitions: input.structs(version, flexible, "TopicData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `PartitionData`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionData {
    /// Versions 0-1.
    pub partition_index: i32,
    /// Versions 0-1.
    pub leader_id: i32,
    /// Versions 0-1.
    pub leader_epoch: i32,
    /// Versions 0.
    pub preferred_successors: Vec<i32>,
    /// Versions 1.
    pub preferred_candidates: Vec<ReplicaInfo>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.i32(self.partition_index);
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        if version <= 0 {
            out.plains(&self.preferred_successors, flexible, "PartitionData.PreferredSuccessors")?;
        }
        if version >= 1 {
            out.structs(
                &self.preferred_candidates,
                version,
                flexible,
                "PartitionData.PreferredCandidates",
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            partition_index: input.i32()?,
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
            preferred_successors: if version <= 0 {
                input.plains(flexible, "PartitionData.PreferredSuccessors")?
            } else {
                Vec::new()
            },
            preferred_candidates: if version >= 1 {
                input.structs(version, flexible, "PartitionData.PreferredCandidates")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `ReplicaInfo`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReplicaInfo {
    /// Versions 1.
    pub candidate_id: i32,
    /// Versions 1.
    pub candidate_directory_id: Uuid,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ReplicaInfo {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.candidate_id);
        out.uuid(self.candidate_directory_id);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReplicaInfo", version)
    }
}

impl Decode for ReplicaInfo {
    const MIN_LENGTH: usize = 21;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            candidate_id: input.i32()?,
            candidate_directory_id: input.uuid()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `LeaderEndpoint`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LeaderEndpoint {
    /// Versions 1.
    pub name: Str,
    /// Versions 1.
    pub host: Str,
    /// Versions 1.
    pub port: u16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for LeaderEndpoint {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "LeaderEndpoint.Name")?;
        out.string(&self.host, true, "LeaderEndpoint.Host")?;
        out.u16(self.port);
        out.tagged_fields(&self.unknown_tagged_fields, true, "LeaderEndpoint", version)
    }
}

impl Decode for LeaderEndpoint {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "LeaderEndpoint.Name")?,
            host: input.string(true, "LeaderEndpoint.Host")?,
            port: input.u16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
