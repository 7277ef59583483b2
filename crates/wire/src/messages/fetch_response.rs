// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `FetchResponse` versions 4-18, flexible 12+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Records, Str,
    TaggedFields, VersionRange,
};

/// `FetchResponse`, versions 4-18.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FetchResponse {
    /// Versions 4-18.
    pub throttle_time_ms: i32,
    /// Versions 7-18.
    pub error_code: ErrorCode,
    /// Versions 7-18.
    pub session_id: i32,
    /// Versions 4-18.
    pub responses: Vec<FetchableTopicResponse>,
    /// Versions 16-18, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for FetchResponse {
    const NAME: &'static str = "FetchResponse";
    const KEY: Option<i16> = Some(1);
    const VALID_VERSIONS: VersionRange = VersionRange::new(4, 18);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(12, 18);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for FetchResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 12;
        out.i32(self.throttle_time_ms);
        if version >= 7 {
            out.i16(self.error_code.code());
        }
        if version >= 7 {
            out.i32(self.session_id);
        } else {
            out.only_default(self.session_id == 0, "FetchResponse.SessionId", version)?;
        }
        out.structs(&self.responses, version, flexible, "FetchResponse.Responses")?;
        if version < 16 {
            out.only_default(
                self.node_endpoints.is_empty(),
                "FetchResponse.NodeEndpoints",
                version,
            )?;
        }
        if !flexible {
            return out.tagged_fields(&self.unknown_tagged_fields, false, "FetchResponse", version);
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if version >= 16 && !self.node_endpoints.is_empty() {
            out.begin_tag(&mut tags, 0)?;
            out.structs(&self.node_endpoints, version, flexible, "FetchResponse.NodeEndpoints")?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for FetchResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 12;
        let mut this = Self {
            throttle_time_ms: input.i32()?,
            error_code: if version >= 7 {
                ErrorCode::from_code(input.i16()?)
            } else {
                ErrorCode::NONE
            },
            session_id: if version >= 7 { input.i32()? } else { 0 },
            responses: input.structs(version, flexible, "FetchResponse.Responses")?,
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 if version >= 16 => {
                    this.node_endpoints =
                        value.structs(version, flexible, "FetchResponse.NodeEndpoints")?
                }
                0 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "FetchResponse",
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

/// `FetchableTopicResponse`, versions 4-18.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FetchableTopicResponse {
    /// Versions 4-12.
    pub topic: Str,
    /// Versions 13-18.
    pub topic_id: Uuid,
    /// Versions 4-18.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for FetchableTopicResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        if version <= 12 {
            out.string(&self.topic, flexible, "FetchableTopicResponse.Topic")?;
        }
        if version >= 13 {
            out.uuid(self.topic_id);
        }
        out.structs(&self.partitions, version, flexible, "FetchableTopicResponse.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "FetchableTopicResponse", version)
    }
}

impl Decode for FetchableTopicResponse {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        Ok(Self {
            topic: if version <= 12 {
                input.string(flexible, "FetchableTopicResponse.Topic")?
            } else {
                Str::default()
            },
            topic_id: if version >= 13 { input.uuid()? } else { Uuid::ZERO },
            partitions: input.structs(version, flexible, "FetchableTopicResponse.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `PartitionData`, versions 4-18.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionData {
    /// Versions 4-18.
    pub partition_index: i32,
    /// Versions 4-18.
    pub error_code: ErrorCode,
    /// Versions 4-18.
    pub high_watermark: i64,
    /// Versions 4-18, default -1.
    pub last_stable_offset: i64,
    /// Versions 5-18, default -1.
    pub log_start_offset: i64,
    /// Versions 12-18, tag 0.
    pub diverging_epoch: EpochEndOffset,
    /// Versions 12-18, tag 1.
    pub current_leader: LeaderIdAndEpoch,
    /// Versions 12-18, tag 2.
    pub snapshot_id: SnapshotId,
    /// Versions 4-18, nullable 4-18.
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
    /// Versions 11-18, default -1.
    pub preferred_read_replica: i32,
    /// Versions 4-18, nullable 4-18.
    pub records: Option<Records>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionData {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: ErrorCode::NONE,
            high_watermark: 0,
            last_stable_offset: -1,
            log_start_offset: -1,
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: Some(Vec::new()),
            preferred_read_replica: -1,
            records: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.i64(self.high_watermark);
        out.i64(self.last_stable_offset);
        if version >= 5 {
            out.i64(self.log_start_offset);
        }
        out.structs_or_null(
            self.aborted_transactions.as_ref(),
            version,
            flexible,
            true,
            "PartitionData.AbortedTransactions",
        )?;
        if version >= 11 {
            out.i32(self.preferred_read_replica);
        } else {
            out.only_default(
                self.preferred_read_replica == -1,
                "PartitionData.PreferredReadReplica",
                version,
            )?;
        }
        out.records_or_null(self.records.as_ref(), flexible, true, "PartitionData.Records")?;
        if !flexible {
            out.only_default(
                self.diverging_epoch == EpochEndOffset::default(),
                "PartitionData.DivergingEpoch",
                version,
            )?;
        }
        if !flexible {
            out.only_default(
                self.current_leader == LeaderIdAndEpoch::default(),
                "PartitionData.CurrentLeader",
                version,
            )?;
        }
        if !flexible {
            out.only_default(
                self.snapshot_id == SnapshotId::default(),
                "PartitionData.SnapshotId",
                version,
            )?;
        }
        if !flexible {
            return out.tagged_fields(&self.unknown_tagged_fields, false, "PartitionData", version);
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.diverging_epoch != EpochEndOffset::default() {
            out.begin_tag(&mut tags, 0)?;
            self.diverging_epoch.encode(out, version)?;
            out.end_tag(&tags)?;
        }
        if self.current_leader != LeaderIdAndEpoch::default() {
            out.begin_tag(&mut tags, 1)?;
            self.current_leader.encode(out, version)?;
            out.end_tag(&tags)?;
        }
        if self.snapshot_id != SnapshotId::default() {
            out.begin_tag(&mut tags, 2)?;
            self.snapshot_id.encode(out, version)?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 30;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut this = Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            high_watermark: input.i64()?,
            last_stable_offset: input.i64()?,
            log_start_offset: if version >= 5 { input.i64()? } else { -1 },
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: input.structs_or_null(
                version,
                flexible,
                true,
                "PartitionData.AbortedTransactions",
            )?,
            preferred_read_replica: if version >= 11 { input.i32()? } else { -1 },
            records: input.records_or_null(flexible, true, "PartitionData.Records")?,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.diverging_epoch = EpochEndOffset::decode(&mut value, version)?,
                1 => this.current_leader = LeaderIdAndEpoch::decode(&mut value, version)?,
                2 => this.snapshot_id = SnapshotId::decode(&mut value, version)?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `EpochEndOffset`, versions 12-18.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochEndOffset {
    /// Versions 12-18, default -1.
    pub epoch: i32,
    /// Versions 12-18, default -1.
    pub end_offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        Self { epoch: -1, end_offset: -1, unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Encode for EpochEndOffset {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.epoch);
        out.i64(self.end_offset);
        out.tagged_fields(&self.unknown_tagged_fields, true, "EpochEndOffset", version)
    }
}

impl Decode for EpochEndOffset {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            epoch: input.i32()?,
            end_offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `LeaderIdAndEpoch`, versions 12-18.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// Versions 12-18, default -1.
    pub leader_id: i32,
    /// Versions 12-18, default -1.
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

/// `SnapshotId`, versions 12-18.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotId {
    /// Versions 12-18, default -1.
    pub end_offset: i64,
    /// Versions 12-18, default -1.
    pub epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for SnapshotId {
    fn default() -> Self {
        Self { end_offset: -1, epoch: -1, unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Encode for SnapshotId {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i64(self.end_offset);
        out.i32(self.epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "SnapshotId", version)
    }
}

impl Decode for SnapshotId {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            end_offset: input.i64()?,
            epoch: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AbortedTransaction`, versions 4-18.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AbortedTransaction {
    /// Versions 4-18.
    pub producer_id: i64,
    /// Versions 4-18.
    pub first_offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AbortedTransaction {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        out.i64(self.producer_id);
        out.i64(self.first_offset);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AbortedTransaction", version)
    }
}

impl Decode for AbortedTransaction {
    const MIN_LENGTH: usize = 16;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        Ok(Self {
            producer_id: input.i64()?,
            first_offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `NodeEndpoint`, versions 16-18.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NodeEndpoint {
    /// Versions 16-18.
    pub node_id: i32,
    /// Versions 16-18.
    pub host: Str,
    /// Versions 16-18.
    pub port: i32,
    /// Versions 16-18, nullable 16-18, default null.
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
