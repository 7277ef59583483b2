// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RemotePartitionDeleteMetadataRecord` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `RemotePartitionDeleteMetadataRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RemotePartitionDeleteMetadataRecord {
    /// Versions 0.
    pub topic_id_partition: TopicIdPartitionEntry,
    /// Versions 0.
    pub broker_id: i32,
    /// Versions 0.
    pub event_timestamp_ms: i64,
    /// Versions 0.
    pub remote_partition_delete_state: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for RemotePartitionDeleteMetadataRecord {
    const NAME: &'static str = "RemotePartitionDeleteMetadataRecord";
    const KEY: Option<i16> = Some(2);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RemotePartitionDeleteMetadataRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        self.topic_id_partition.encode(out, version)?;
        out.i32(self.broker_id);
        out.i64(self.event_timestamp_ms);
        out.i8(self.remote_partition_delete_state);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "RemotePartitionDeleteMetadataRecord",
            version,
        )
    }
}

impl Decode for RemotePartitionDeleteMetadataRecord {
    const MIN_LENGTH: usize = 36;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            topic_id_partition: TopicIdPartitionEntry::decode(input, version)?,
            broker_id: input.i32()?,
            event_timestamp_ms: input.i64()?,
            remote_partition_delete_state: input.i8()?,
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
