// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `EndQuorumEpochResponse` versions 0-1, flexible 1+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `EndQuorumEpochResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EndQuorumEpochResponse {
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1.
    pub topics: Vec<TopicData>,
    /// Versions 1, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for EndQuorumEpochResponse {
    const NAME: &'static str = "EndQuorumEpochResponse";
    const KEY: Option<i16> = Some(54);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for EndQuorumEpochResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.i16(self.error_code.code());
        out.structs(&self.topics, version, flexible, "EndQuorumEpochResponse.Topics")?;
        if !flexible {
            out.only_default(
                self.node_endpoints.is_empty(),
                "EndQuorumEpochResponse.NodeEndpoints",
                version,
            )?;
        }
        if !flexible {
            return out.tagged_fields(
                &self.unknown_tagged_fields,
                false,
                "EndQuorumEpochResponse",
                version,
            );
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if !self.node_endpoints.is_empty() {
            out.begin_tag(&mut tags, 0)?;
            out.structs(
                &self.node_endpoints,
                version,
                flexible,
                "EndQuorumEpochResponse.NodeEndpoints",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for EndQuorumEpochResponse {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        let mut this = Self {
            error_code: ErrorCode::from_code(input.i16()?),
            topics: input.structs(version, flexible, "EndQuorumEpochResponse.Topics")?,
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => {
                    this.node_endpoints =
                        value.structs(version, flexible, "EndQuorumEpochResponse.NodeEndpoints")?
                }
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
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
    pub error_code: ErrorCode,
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
        out.i16(self.error_code.code());
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `NodeEndpoint`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NodeEndpoint {
    /// Versions 1.
    pub node_id: i32,
    /// Versions 1.
    pub host: Str,
    /// Versions 1.
    pub port: u16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for NodeEndpoint {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.node_id);
        out.string(&self.host, true, "NodeEndpoint.Host")?;
        out.u16(self.port);
        out.tagged_fields(&self.unknown_tagged_fields, true, "NodeEndpoint", version)
    }
}

impl Decode for NodeEndpoint {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            node_id: input.i32()?,
            host: input.string(true, "NodeEndpoint.Host")?,
            port: input.u16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
