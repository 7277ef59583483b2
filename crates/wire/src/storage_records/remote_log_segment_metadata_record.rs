// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RemoteLogSegmentMetadataRecord` versions 0, flexible 0+.

use bytes::Bytes;
use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `RemoteLogSegmentMetadataRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RemoteLogSegmentMetadataRecord {
    /// Versions 0.
    pub remote_log_segment_id: RemoteLogSegmentIdEntry,
    /// Versions 0.
    pub start_offset: i64,
    /// Versions 0.
    pub end_offset: i64,
    /// Versions 0.
    pub broker_id: i32,
    /// Versions 0.
    pub max_timestamp_ms: i64,
    /// Versions 0.
    pub event_timestamp_ms: i64,
    /// Versions 0.
    pub segment_leader_epochs: Vec<SegmentLeaderEpochEntry>,
    /// Versions 0.
    pub segment_size_in_bytes: i32,
    /// Versions 0, nullable 0, default null.
    pub custom_metadata: Option<Bytes>,
    /// Versions 0.
    pub remote_log_segment_state: i8,
    /// Versions 0, tag 0.
    pub txn_index_empty: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for RemoteLogSegmentMetadataRecord {
    const NAME: &'static str = "RemoteLogSegmentMetadataRecord";
    const KEY: Option<i16> = Some(0);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RemoteLogSegmentMetadataRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        self.remote_log_segment_id.encode(out, version)?;
        out.i64(self.start_offset);
        out.i64(self.end_offset);
        out.i32(self.broker_id);
        out.i64(self.max_timestamp_ms);
        out.i64(self.event_timestamp_ms);
        out.structs(
            &self.segment_leader_epochs,
            version,
            true,
            "RemoteLogSegmentMetadataRecord.SegmentLeaderEpochs",
        )?;
        out.i32(self.segment_size_in_bytes);
        out.bytes_or_null(
            self.custom_metadata.as_ref(),
            true,
            true,
            "RemoteLogSegmentMetadataRecord.CustomMetadata",
        )?;
        out.i8(self.remote_log_segment_state);
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.txn_index_empty {
            out.begin_tag(&mut tags, 0)?;
            out.bool(self.txn_index_empty);
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for RemoteLogSegmentMetadataRecord {
    const MIN_LENGTH: usize = 83;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            remote_log_segment_id: RemoteLogSegmentIdEntry::decode(input, version)?,
            start_offset: input.i64()?,
            end_offset: input.i64()?,
            broker_id: input.i32()?,
            max_timestamp_ms: input.i64()?,
            event_timestamp_ms: input.i64()?,
            segment_leader_epochs: input.structs(
                version,
                true,
                "RemoteLogSegmentMetadataRecord.SegmentLeaderEpochs",
            )?,
            segment_size_in_bytes: input.i32()?,
            custom_metadata: input.bytes_or_null(
                true,
                true,
                "RemoteLogSegmentMetadataRecord.CustomMetadata",
            )?,
            remote_log_segment_state: input.i8()?,
            txn_index_empty: false,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.txn_index_empty = value.bool()?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `RemoteLogSegmentIdEntry`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RemoteLogSegmentIdEntry {
    /// Versions 0.
    pub topic_id_partition: TopicIdPartitionEntry,
    /// Versions 0.
    pub id: Uuid,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for RemoteLogSegmentIdEntry {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        self.topic_id_partition.encode(out, version)?;
        out.uuid(self.id);
        out.tagged_fields(&self.unknown_tagged_fields, true, "RemoteLogSegmentIdEntry", version)
    }
}

impl Decode for RemoteLogSegmentIdEntry {
    const MIN_LENGTH: usize = 39;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id_partition: TopicIdPartitionEntry::decode(input, version)?,
            id: input.uuid()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicIdPartitionEntry`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicIdPartitionEntry {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub id: Uuid,
    /// Versions 0.
    pub partition: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicIdPartitionEntry {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "TopicIdPartitionEntry.Name")?;
        out.uuid(self.id);
        out.i32(self.partition);
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicIdPartitionEntry", version)
    }
}

impl Decode for TopicIdPartitionEntry {
    const MIN_LENGTH: usize = 22;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "TopicIdPartitionEntry.Name")?,
            id: input.uuid()?,
            partition: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `SegmentLeaderEpochEntry`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SegmentLeaderEpochEntry {
    /// Versions 0.
    pub leader_epoch: i32,
    /// Versions 0.
    pub offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for SegmentLeaderEpochEntry {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.leader_epoch);
        out.i64(self.offset);
        out.tagged_fields(&self.unknown_tagged_fields, true, "SegmentLeaderEpochEntry", version)
    }
}

impl Decode for SegmentLeaderEpochEntry {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            leader_epoch: input.i32()?,
            offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
