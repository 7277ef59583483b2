// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `FetchSnapshotRequest` versions 0-1, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `FetchSnapshotRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchSnapshotRequest {
    /// Versions 0-1, nullable 0-1, tag 0, default null.
    pub cluster_id: Option<Str>,
    /// Versions 0-1, default -1.
    pub replica_id: i32,
    /// Versions 0-1, default 0x7fffffff.
    pub max_bytes: i32,
    /// Versions 0-1.
    pub topics: Vec<TopicSnapshot>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FetchSnapshotRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            max_bytes: 2147483647,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for FetchSnapshotRequest {
    const NAME: &'static str = "FetchSnapshotRequest";
    const KEY: Option<i16> = Some(59);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for FetchSnapshotRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.replica_id);
        out.i32(self.max_bytes);
        out.structs(&self.topics, version, true, "FetchSnapshotRequest.Topics")?;
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.cluster_id.is_some() {
            out.begin_tag(&mut tags, 0)?;
            out.string_or_null(
                self.cluster_id.as_ref(),
                true,
                true,
                "FetchSnapshotRequest.ClusterId",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for FetchSnapshotRequest {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            cluster_id: None,
            replica_id: input.i32()?,
            max_bytes: input.i32()?,
            topics: input.structs(version, true, "FetchSnapshotRequest.Topics")?,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => {
                    this.cluster_id =
                        value.string_or_null(true, true, "FetchSnapshotRequest.ClusterId")?
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
    pub partition: i32,
    /// Versions 0-1.
    pub current_leader_epoch: i32,
    /// Versions 0-1.
    pub snapshot_id: SnapshotId,
    /// Versions 0-1.
    pub position: i64,
    /// Versions 1, tag 0.
    pub replica_directory_id: Uuid,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionSnapshot {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition);
        out.i32(self.current_leader_epoch);
        self.snapshot_id.encode(out, version)?;
        out.i64(self.position);
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if version >= 1 && !self.replica_directory_id.is_zero() {
            out.begin_tag(&mut tags, 0)?;
            out.uuid(self.replica_directory_id);
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for PartitionSnapshot {
    const MIN_LENGTH: usize = 30;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let mut this = Self {
            partition: input.i32()?,
            current_leader_epoch: input.i32()?,
            snapshot_id: SnapshotId::decode(input, version)?,
            position: input.i64()?,
            replica_directory_id: Uuid::ZERO,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 if version >= 1 => this.replica_directory_id = value.uuid()?,
                0 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "PartitionSnapshot",
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
