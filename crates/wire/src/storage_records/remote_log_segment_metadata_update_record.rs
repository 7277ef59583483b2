// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RemoteLogSegmentMetadataUpdateRecord` versions 0, flexible 0+.

use bytes::Bytes;
use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `RemoteLogSegmentMetadataUpdateRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RemoteLogSegmentMetadataUpdateRecord {
    /// Versions 0.
    pub remote_log_segment_id: RemoteLogSegmentIdEntry,
    /// Versions 0.
    pub broker_id: i32,
    /// Versions 0.
    pub event_timestamp_ms: i64,
    /// Versions 0, nullable 0, default null.
    pub custom_metadata: Option<Bytes>,
    /// Versions 0.
    pub remote_log_segment_state: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for RemoteLogSegmentMetadataUpdateRecord {
    const NAME: &'static str = "RemoteLogSegmentMetadataUpdateRecord";
    const KEY: Option<i16> = Some(1);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RemoteLogSegmentMetadataUpdateRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        self.remote_log_segment_id.encode(out, version)?;
        out.i32(self.broker_id);
        out.i64(self.event_timestamp_ms);
        out.bytes_or_null(
            self.custom_metadata.as_ref(),
            true,
            true,
            "RemoteLogSegmentMetadataUpdateRecord.CustomMetadata",
        )?;
        out.i8(self.remote_log_segment_state);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "RemoteLogSegmentMetadataUpdateRecord",
            version,
        )
    }
}

impl Decode for RemoteLogSegmentMetadataUpdateRecord {
    const MIN_LENGTH: usize = 54;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            remote_log_segment_id: RemoteLogSegmentIdEntry::decode(input, version)?,
            broker_id: input.i32()?,
            event_timestamp_ms: input.i64()?,
            custom_metadata: input.bytes_or_null(
                true,
                true,
                "RemoteLogSegmentMetadataUpdateRecord.CustomMetadata",
            )?,
            remote_log_segment_state: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
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
