// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `OffsetCommitRequest` versions 2-10, flexible 8+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `OffsetCommitRequest`, versions 2-10.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCommitRequest {
    /// Versions 2-10.
    pub group_id: Str,
    /// Versions 2-10, default -1.
    pub generation_id_or_member_epoch: i32,
    /// Versions 2-10.
    pub member_id: Str,
    /// Versions 7-10, nullable 7-10, default null.
    pub group_instance_id: Option<Str>,
    /// Versions 2-4, default -1.
    pub retention_time_ms: i64,
    /// Versions 2-10.
    pub topics: Vec<OffsetCommitRequestTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetCommitRequest {
    fn default() -> Self {
        Self {
            group_id: Str::default(),
            generation_id_or_member_epoch: -1,
            member_id: Str::default(),
            group_instance_id: None,
            retention_time_ms: -1,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for OffsetCommitRequest {
    const NAME: &'static str = "OffsetCommitRequest";
    const KEY: Option<i16> = Some(8);
    const VALID_VERSIONS: VersionRange = VersionRange::new(2, 10);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(8, 10);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for OffsetCommitRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 8;
        out.string(&self.group_id, flexible, "OffsetCommitRequest.GroupId")?;
        out.i32(self.generation_id_or_member_epoch);
        out.string(&self.member_id, flexible, "OffsetCommitRequest.MemberId")?;
        if version >= 7 {
            out.string_or_null(
                self.group_instance_id.as_ref(),
                flexible,
                true,
                "OffsetCommitRequest.GroupInstanceId",
            )?;
        } else {
            out.only_default(
                self.group_instance_id.is_none(),
                "OffsetCommitRequest.GroupInstanceId",
                version,
            )?;
        }
        if version <= 4 {
            out.i64(self.retention_time_ms);
        }
        out.structs(&self.topics, version, flexible, "OffsetCommitRequest.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "OffsetCommitRequest", version)
    }
}

impl Decode for OffsetCommitRequest {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 8;
        Ok(Self {
            group_id: input.string(flexible, "OffsetCommitRequest.GroupId")?,
            generation_id_or_member_epoch: input.i32()?,
            member_id: input.string(flexible, "OffsetCommitRequest.MemberId")?,
            group_instance_id: if version >= 7 {
                input.string_or_null(flexible, true, "OffsetCommitRequest.GroupInstanceId")?
            } else {
                None
            },
            retention_time_ms: if version <= 4 { input.i64()? } else { -1 },
            topics: input.structs(version, flexible, "OffsetCommitRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetCommitRequestTopic`, versions 2-10.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetCommitRequestTopic {
    /// Versions 2-9.
    pub name: Str,
    /// Versions 10.
    pub topic_id: Uuid,
    /// Versions 2-10.
    pub partitions: Vec<OffsetCommitRequestPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetCommitRequestTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 8;
        if version <= 9 {
            out.string(&self.name, flexible, "OffsetCommitRequestTopic.Name")?;
        }
        if version >= 10 {
            out.uuid(self.topic_id);
        }
        out.structs(&self.partitions, version, flexible, "OffsetCommitRequestTopic.Partitions")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetCommitRequestTopic",
            version,
        )
    }
}

impl Decode for OffsetCommitRequestTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        Ok(Self {
            name: if version <= 9 {
                input.string(flexible, "OffsetCommitRequestTopic.Name")?
            } else {
                Str::default()
            },
            topic_id: if version >= 10 { input.uuid()? } else { Uuid::ZERO },
            partitions: input.structs(version, flexible, "OffsetCommitRequestTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetCommitRequestPartition`, versions 2-10.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCommitRequestPartition {
    /// Versions 2-10.
    pub partition_index: i32,
    /// Versions 2-10.
    pub committed_offset: i64,
    /// Versions 6-10, default -1.
    pub committed_leader_epoch: i32,
    /// Versions 2-10, nullable 2-10.
    pub committed_metadata: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetCommitRequestPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for OffsetCommitRequestPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 8;
        out.i32(self.partition_index);
        out.i64(self.committed_offset);
        if version >= 6 {
            out.i32(self.committed_leader_epoch);
        }
        out.string_or_null(
            self.committed_metadata.as_ref(),
            flexible,
            true,
            "OffsetCommitRequestPartition.CommittedMetadata",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetCommitRequestPartition",
            version,
        )
    }
}

impl Decode for OffsetCommitRequestPartition {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        Ok(Self {
            partition_index: input.i32()?,
            committed_offset: input.i64()?,
            committed_leader_epoch: if version >= 6 { input.i32()? } else { -1 },
            committed_metadata: input.string_or_null(
                flexible,
                true,
                "OffsetCommitRequestPartition.CommittedMetadata",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
