// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ProduceResponse` versions 3-13, flexible 9+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ProduceResponse`, versions 3-13.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ProduceResponse {
    /// Versions 3-13.
    pub responses: Vec<TopicProduceResponse>,
    /// Versions 3-13.
    pub throttle_time_ms: i32,
    /// Versions 10-13, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ProduceResponse {
    const NAME: &'static str = "ProduceResponse";
    const KEY: Option<i16> = Some(0);
    const VALID_VERSIONS: VersionRange = VersionRange::new(3, 13);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(9, 13);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ProduceResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 9;
        out.structs(&self.responses, version, flexible, "ProduceResponse.Responses")?;
        out.i32(self.throttle_time_ms);
        if version < 10 {
            out.only_default(
                self.node_endpoints.is_empty(),
                "ProduceResponse.NodeEndpoints",
                version,
            )?;
        }
        if !flexible {
            return out.tagged_fields(
                &self.unknown_tagged_fields,
                false,
                "ProduceResponse",
                version,
            );
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if version >= 10 && !self.node_endpoints.is_empty() {
            out.begin_tag(&mut tags, 0)?;
            out.structs(&self.node_endpoints, version, flexible, "ProduceResponse.NodeEndpoints")?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for ProduceResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 9;
        let mut this = Self {
            responses: input.structs(version, flexible, "ProduceResponse.Responses")?,
            throttle_time_ms: input.i32()?,
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 if version >= 10 => {
                    this.node_endpoints =
                        value.structs(version, flexible, "ProduceResponse.NodeEndpoints")?
                }
                0 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "ProduceResponse",
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

/// `TopicProduceResponse`, versions 3-13.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicProduceResponse {
    /// Versions 3-12.
    pub name: Str,
    /// Versions 13.
    pub topic_id: Uuid,
    /// Versions 3-13.
    pub partition_responses: Vec<PartitionProduceResponse>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicProduceResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        if version <= 12 {
            out.string(&self.name, flexible, "TopicProduceResponse.Name")?;
        }
        if version >= 13 {
            out.uuid(self.topic_id);
        }
        out.structs(
            &self.partition_responses,
            version,
            flexible,
            "TopicProduceResponse.PartitionResponses",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "TopicProduceResponse", version)
    }
}

impl Decode for TopicProduceResponse {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        Ok(Self {
            name: if version <= 12 {
                input.string(flexible, "TopicProduceResponse.Name")?
            } else {
                Str::default()
            },
            topic_id: if version >= 13 { input.uuid()? } else { Uuid::ZERO },
            partition_responses: input.structs(
                version,
                flexible,
                "TopicProduceResponse.PartitionResponses",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `PartitionProduceResponse`, versions 3-13.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionProduceResponse {
    /// Versions 3-13.
    pub index: i32,
    /// Versions 3-13.
    pub error_code: ErrorCode,
    /// Versions 3-13.
    pub base_offset: i64,
    /// Versions 3-13, default -1.
    pub log_append_time_ms: i64,
    /// Versions 5-13, default -1.
    pub log_start_offset: i64,
    /// Versions 8-13.
    pub record_errors: Vec<BatchIndexAndErrorMessage>,
    /// Versions 8-13, nullable 8-13, default null.
    pub error_message: Option<Str>,
    /// Versions 10-13, tag 0.
    pub current_leader: LeaderIdAndEpoch,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionProduceResponse {
    fn default() -> Self {
        Self {
            index: 0,
            error_code: ErrorCode::NONE,
            base_offset: 0,
            log_append_time_ms: -1,
            log_start_offset: -1,
            record_errors: Vec::new(),
            error_message: None,
            current_leader: LeaderIdAndEpoch::default(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for PartitionProduceResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        out.i32(self.index);
        out.i16(self.error_code.code());
        out.i64(self.base_offset);
        out.i64(self.log_append_time_ms);
        if version >= 5 {
            out.i64(self.log_start_offset);
        }
        if version >= 8 {
            out.structs(
                &self.record_errors,
                version,
                flexible,
                "PartitionProduceResponse.RecordErrors",
            )?;
        }
        if version >= 8 {
            out.string_or_null(
                self.error_message.as_ref(),
                flexible,
                true,
                "PartitionProduceResponse.ErrorMessage",
            )?;
        }
        if version < 10 {
            out.only_default(
                self.current_leader == LeaderIdAndEpoch::default(),
                "PartitionProduceResponse.CurrentLeader",
                version,
            )?;
        }
        if !flexible {
            return out.tagged_fields(
                &self.unknown_tagged_fields,
                false,
                "PartitionProduceResponse",
                version,
            );
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if version >= 10 && self.current_leader != LeaderIdAndEpoch::default() {
            out.begin_tag(&mut tags, 0)?;
            self.current_leader.encode(out, version)?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for PartitionProduceResponse {
    const MIN_LENGTH: usize = 22;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut this = Self {
            index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            base_offset: input.i64()?,
            log_append_time_ms: input.i64()?,
            log_start_offset: if version >= 5 { input.i64()? } else { -1 },
            record_errors: if version >= 8 {
                input.structs(version, flexible, "PartitionProduceResponse.RecordErrors")?
            } else {
                Vec::new()
            },
            error_message: if version >= 8 {
                input.string_or_null(flexible, true, "PartitionProduceResponse.ErrorMessage")?
            } else {
                None
            },
            current_leader: LeaderIdAndEpoch::default(),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 if version >= 10 => {
                    this.current_leader = LeaderIdAndEpoch::decode(&mut value, version)?
                }
                0 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "PartitionProduceResponse",
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

/// `BatchIndexAndErrorMessage`, versions 8-13.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct BatchIndexAndErrorMessage {
    /// Versions 8-13.
    pub batch_index: i32,
    /// Versions 8-13, nullable 8-13, default null.
    pub batch_index_error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for BatchIndexAndErrorMessage {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        out.i32(self.batch_index);
        out.string_or_null(
            self.batch_index_error_message.as_ref(),
            flexible,
            true,
            "BatchIndexAndErrorMessage.BatchIndexErrorMessage",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "BatchIndexAndErrorMessage",
            version,
        )
    }
}

impl Decode for BatchIndexAndErrorMessage {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        Ok(Self {
            batch_index: input.i32()?,
            batch_index_error_message: input.string_or_null(
                flexible,
                true,
                "BatchIndexAndErrorMessage.BatchIndexErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `LeaderIdAndEpoch`, versions 10-13.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// Versions 10-13, default -1.
    pub leader_id: i32,
    /// Versions 10-13, default -1.
    pub leader_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self { leader_id: -1, leader_epoch: -1, unknown_tagged_fields: TaggedFields::default() }
    }
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

/// `NodeEndpoint`, versions 10-13.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NodeEndpoint {
    /// Versions 10-13.
    pub node_id: i32,
    /// Versions 10-13.
    pub host: Str,
    /// Versions 10-13.
    pub port: i32,
    /// Versions 10-13, nullable 10-13, default null.
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
