// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `BeginQuorumEpochRequest` versions 0-1, flexible 1+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `BeginQuorumEpochRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct BeginQuorumEpochRequest {
    /// Versions 0-1, nullable 0-1, default null.
    pub cluster_id: Option<Str>,
    /// Versions 1, default -1.
    pub voter_id: i32,
    /// Versions 0-1.
    pub topics: Vec<TopicData>,
    /// Versions 1.
    pub leader_endpoints: Vec<LeaderEndpoint>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BeginQuorumEpochRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            voter_id: -1,
            topics: Vec::new(),
            leader_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for BeginQuorumEpochRequest {
    const NAME: &'static str = "BeginQuorumEpochRequest";
    const KEY: Option<i16> = Some(53);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for BeginQuorumEpochRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.string_or_null(
            self.cluster_id.as_ref(),
            flexible,
            true,
            "BeginQuorumEpochRequest.ClusterId",
        )?;
        if version >= 1 {
            out.i32(self.voter_id);
        }
        out.structs(&self.topics, version, flexible, "BeginQuorumEpochRequest.Topics")?;
        if version >= 1 {
            out.structs(
                &self.leader_endpoints,
                version,
                flexible,
                "BeginQuorumEpochRequest.LeaderEndpoints",
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "BeginQuorumEpochRequest", version)
    }
}

impl Decode for BeginQuorumEpochRequest {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        Ok(Self {
            cluster_id: input.string_or_null(
                flexible,
                true,
                "BeginQuorumEpochRequest.ClusterId",
            )?,
            voter_id: if version >= 1 { input.i32()? } else { -1 },
            topics: input.structs(version, flexible, "BeginQuorumEpochRequest.Topics")?,
            leader_endpoints: if version >= 1 {
                input.structs(version, flexible, "BeginQuorumEpochRequest.LeaderEndpoints")?
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
    /// Versions 1.
    pub voter_directory_id: Uuid,
    /// Versions 0-1.
    pub leader_id: i32,
    /// Versions 0-1.
    pub leader_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.i32(self.partition_index);
        if version >= 1 {
            out.uuid(self.voter_directory_id);
        }
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 12;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            partition_index: input.i32()?,
            voter_directory_id: if version >= 1 { input.uuid()? } else { Uuid::ZERO },
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
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
