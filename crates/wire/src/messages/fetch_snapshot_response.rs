// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `FetchSnapshotResponse` versions 0-1, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Records, Str,
    TaggedFields, VersionRange,
};

/// `FetchSnapshotResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FetchSnapshotResponse {
    /// Versions 0-1.
    pub throttle_time_ms: i32,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1.
    pub topics: Vec<TopicSnapshot>,
    /// Versions 1, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for FetchSnapshotResponse {
    const NAME: &'static str = "FetchSnapshotResponse";
    const KEY: Option<i16> = Some(59);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for FetchSnapshotResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.structs(&self.topics, version, true, "FetchSnapshotResponse.Topics")?;
        if version < 1 {
            out.only_default(
                self.node_endpoints.is_empty(),
                "FetchSnapshotResponse.NodeEndpoints",
                version,
            )?;
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if version >= 1 && !self.node_endpoints.is_empty() {
            out.begin_tag(&mut tags, 0)?;
            out.structs(
                &self.node_endpoints,
                version,
                true,
                "FetchSnapshotResponse.NodeEndpoints",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for FetchSnapshotResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            topics: input.structs(version, true, "FetchSnapshotResponse.Topics")?,
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 if version >= 1 => {
                    this.node_endpoints =
                        value.structs(version, true, "FetchSnapshotResponse.NodeEndpoints")?
                }
                0 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "FetchSnapshotResponse",
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

/// `TopicSnapshot`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicSnapshot {
    /// Versions 0-1.
    pub name: Str,
    /// Versions 0-1.
    pub partitions: Vec<PartitionSnapshot>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicSnapshot {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "TopicSnapshot.Name")?;
        out.structs(&self.partitions, version, true, "TopicSnapshot.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicSnapshot", version)
    }
}

impl Decode for TopicSnapshot {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "TopicSnapshot.Name")?,
            partitions: input.structs(version, true, "TopicSnapshot.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionSnapshot`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionSnapshot {
    /// Versions 0-1.
    pub index: i32,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1.
    pub snapshot_id: SnapshotId,
    /// Versions 0-1, tag 0.
    pub current_leader: LeaderIdAndEpoch,
    /// Versions 0-1.
    pub size: i64,
    /// Versions 0-1.
    pub position: i64,
    /// Versions 0-1.
    pub unaligned_records: Records,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionSnapshot {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.index);
        out.i16(self.error_code.code());
        self.snapshot_id.encode(out, version)?;
        out.i64(self.size);
        out.i64(self.position);
        out.records(&self.unaligned_records, true, "PartitionSnapshot.UnalignedRecords")?;
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.current_leader != LeaderIdAndEpoch::default() {
            out.begin_tag(&mut tags, 0)?;
            self.current_leader.encode(out, version)?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for PartitionSnapshot {
    const MIN_LENGTH: usize = 37;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let mut this = Self {
            index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            snapshot_id: SnapshotId::decode(input, version)?,
            current_leader: LeaderIdAndEpoch::default(),
            size: input.i64()?,
            position: input.i64()?,
            unaligned_records: input.records(true, "PartitionSnapshot.UnalignedRecords")?,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.current_leader = LeaderIdAndEpoch::decode(&mut value, version)?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `SnapshotId`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SnapshotId {
    /// Versions 0-1.
    pub end_offset: i64,
    /// Versions 0-1.
    pub epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
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

/// `LeaderIdAndEpoch`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LeaderIdAndEpoch {
    /// Versions 0-1.
    pub leader_id: i32,
    /// Versions 0-1.
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
