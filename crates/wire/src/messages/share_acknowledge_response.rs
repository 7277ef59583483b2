// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareAcknowledgeResponse` versions 1-2, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareAcknowledgeResponse`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareAcknowledgeResponse {
    /// Versions 1-2.
    pub throttle_time_ms: i32,
    /// Versions 1-2.
    pub error_code: ErrorCode,
    /// Versions 1-2, nullable 1-2, default null.
    pub error_message: Option<Str>,
    /// Versions 2.
    pub acquisition_lock_timeout_ms: i32,
    /// Versions 1-2.
    pub responses: Vec<ShareAcknowledgeTopicResponse>,
    /// Versions 1-2.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareAcknowledgeResponse {
    const NAME: &'static str = "ShareAcknowledgeResponse";
    const KEY: Option<i16> = Some(79);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareAcknowledgeResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "ShareAcknowledgeResponse.ErrorMessage",
        )?;
        if version >= 2 {
            out.i32(self.acquisition_lock_timeout_ms);
        }
        out.structs(&self.responses, version, true, "ShareAcknowledgeResponse.Responses")?;
        out.structs(&self.node_endpoints, version, true, "ShareAcknowledgeResponse.NodeEndpoints")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ShareAcknowledgeResponse", version)
    }
}

impl Decode for ShareAcknowledgeResponse {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "ShareAcknowledgeResponse.ErrorMessage",
            )?,
            acquisition_lock_timeout_ms: if version >= 2 { input.i32()? } else { 0 },
            responses: input.structs(version, true, "ShareAcknowledgeResponse.Responses")?,
            node_endpoints: input.structs(
                version,
                true,
                "ShareAcknowledgeResponse.NodeEndpoints",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ShareAcknowledgeTopicResponse`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareAcknowledgeTopicResponse {
    /// Versions 1-2.
    pub topic_id: Uuid,
    /// Versions 1-2.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ShareAcknowledgeTopicResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "ShareAcknowledgeTopicResponse.Partitions")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ShareAcknowledgeTopicResponse",
            version,
        )
    }
}

impl Decode for ShareAcknowledgeTopicResponse {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "ShareAcknowledgeTopicResponse.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionData`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionData {
    /// Versions 1-2.
    pub partition_index: i32,
    /// Versions 1-2.
    pub error_code: ErrorCode,
    /// Versions 1-2, nullable 1-2, default null.
    pub error_message: Option<Str>,
    /// Versions 1-2.
    pub current_leader: LeaderIdAndEpoch,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.string_or_null(self.error_message.as_ref(), true, true, "PartitionData.ErrorMessage")?;
        self.current_leader.encode(out, version)?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 17;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(true, true, "PartitionData.ErrorMessage")?,
            current_leader: LeaderIdAndEpoch::decode(input, version)?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `LeaderIdAndEpoch`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LeaderIdAndEpoch {
    /// Versions 1-2.
    pub leader_id: i32,
    /// Versions 1-2.
    pub leader_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for LeaderIdAndEpoch {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "LeaderIdAndEpoch", version)
    }
}

impl Decode for LeaderIdAndEpoch {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
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
    pub port: i32,
    /// Versions 1-2, nullable 1-2, default null.
    pub rack: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for NodeEndpoint {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.node_id);
        out.string(&self.host, true, "NodeEndpoint.Host")?;
        out.i32(self.port);
        out.string_or_null(self.rack.as_ref(), true, true, "NodeEndpoint.Rack")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "NodeEndpoint", version)
    }
}

impl Decode for NodeEndpoint {
    const MIN_LENGTH: usize = 11;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            node_id: input.i32()?,
            host: input.string(true, "NodeEndpoint.Host")?,
            port: input.i32()?,
            rack: input.string_or_null(true, true, "NodeEndpoint.Rack")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
