// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `VoteResponse` versions 0-2, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `VoteResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct VoteResponse {
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 0-2.
    pub topics: Vec<TopicData>,
    /// Versions 1-2, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for VoteResponse {
    const NAME: &'static str = "VoteResponse";
    const KEY: Option<i16> = Some(52);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for VoteResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.error_code.code());
        out.structs(&self.topics, version, true, "VoteResponse.Topics")?;
        if version < 1 {
            out.only_default(
                self.node_endpoints.is_empty(),
                "VoteResponse.NodeEndpoints",
                version,
            )?;
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if version >= 1 && !self.node_endpoints.is_empty() {
            out.begin_tag(&mut tags, 0)?;
            out.structs(&self.node_endpoints, version, true, "VoteResponse.NodeEndpoints")?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for VoteResponse {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            error_code: ErrorCode::from_code(input.i16()?),
            topics: input.structs(version, true, "VoteResponse.Topics")?,
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 if version >= 1 => {
                    this.node_endpoints =
                        value.structs(version, true, "VoteResponse.NodeEndpoints")?
                }
                0 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "VoteResponse",
                        tag: 0,
                        version,
                    });
                }
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
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
    pub error_code: ErrorCode,
    /// Versions 0-2.
    pub leader_id: i32,
    /// Versions 0-2.
    pub leader_epoch: i32,
    /// Versions 0-2.
    pub vote_granted: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        out.bool(self.vote_granted);
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 16;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
            vote_granted: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `NodeEndpoint`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NodeEndpoint {
    /// Versions 1-2.
    pub node_id: i32,
    /// Versions 1-2.
    pub host: Str,
    /// Versions 1-2.
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
