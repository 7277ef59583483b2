// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RemoteLogSegmentMetadataSnapshotRecord` versions 0, flexible 0+.

use bytes::Bytes;
use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `RemoteLogSegmentMetadataSnapshotRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RemoteLogSegmentMetadataSnapshotRecord {
    /// Versions 0.
    pub segment_id: Uuid,
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

impl Message for RemoteLogSegmentMetadataSnapshotRecord {
    const NAME: &'static str = "RemoteLogSegmentMetadataSnapshotRecord";
    const KEY: Option<i16> = Some(3);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RemoteLogSegmentMetadataSnapshotRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.uuid(self.segment_id);
        out.i64(self.start_offset);
        out.i64(self.end_offset);
        out.i32(self.broker_id);
        out.i64(self.max_timestamp_ms);
        out.i64(self.event_timestamp_ms);
        out.structs(
            &self.segment_leader_epochs,
            version,
            true,
            "RemoteLogSegmentMetadataSnapshotRecord.SegmentLeaderEpochs",
        )?;
        out.i32(self.segment_size_in_bytes);
        out.bytes_or_null(
            self.custom_metadata.as_ref(),
            true,
            true,
            "RemoteLogSegmentMetadataSnapshotRecord.CustomMetadata",
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

impl Decode for RemoteLogSegmentMetadataSnapshotRecord {
    const MIN_LENGTH: usize = 60;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            segment_id: input.uuid()?,
            start_offset: input.i64()?,
            end_offset: input.i64()?,
            broker_id: input.i32()?,
            max_timestamp_ms: input.i64()?,
            event_timestamp_ms: input.i64()?,
            segment_leader_epochs: input.structs(
                version,
                true,
                "RemoteLogSegmentMetadataSnapshotRecord.SegmentLeaderEpochs",
            )?,
            segment_size_in_bytes: input.i32()?,
            custom_metadata: input.bytes_or_null(
                true,
                true,
                "RemoteLogSegmentMetadataSnapshotRecord.CustomMetadata",
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
