// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `TxnOffsetCommitRequest` versions 0-5, flexible 3+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `TxnOffsetCommitRequest`, versions 0-5.
#[derive(Clone, Debug, PartialEq)]
pub struct TxnOffsetCommitRequest {
    /// Versions 0-5.
    pub transactional_id: Str,
    /// Versions 0-5.
    pub group_id: Str,
    /// Versions 0-5.
    pub producer_id: i64,
    /// Versions 0-5.
    pub producer_epoch: i16,
    /// Versions 3-5, default -1.
    pub generation_id: i32,
    /// Versions 3-5.
    pub member_id: Str,
    /// Versions 3-5, nullable 3-5, default null.
    pub group_instance_id: Option<Str>,
    /// Versions 0-5.
    pub topics: Vec<TxnOffsetCommitRequestTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for TxnOffsetCommitRequest {
    fn default() -> Self {
        Self {
            transactional_id: Str::default(),
            group_id: Str::default(),
            producer_id: 0,
            producer_epoch: 0,
            generation_id: -1,
            member_id: Str::default(),
            group_instance_id: None,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for TxnOffsetCommitRequest {
    const NAME: &'static str = "TxnOffsetCommitRequest";
    const KEY: Option<i16> = Some(28);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for TxnOffsetCommitRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        out.string(&self.transactional_id, flexible, "TxnOffsetCommitRequest.TransactionalId")?;
        out.string(&self.group_id, flexible, "TxnOffsetCommitRequest.GroupId")?;
        out.i64(self.producer_id);
        out.i16(self.producer_epoch);
        if version >= 3 {
            out.i32(self.generation_id);
        } else {
            out.only_default(
                self.generation_id == -1,
                "TxnOffsetCommitRequest.GenerationId",
                version,
            )?;
        }
        if version >= 3 {
            out.string(&self.member_id, flexible, "TxnOffsetCommitRequest.MemberId")?;
        } else {
            out.only_default(
                self.member_id.is_empty(),
                "TxnOffsetCommitRequest.MemberId",
                version,
            )?;
        }
        if version >= 3 {
            out.string_or_null(
                self.group_instance_id.as_ref(),
                flexible,
                true,
                "TxnOffsetCommitRequest.GroupInstanceId",
            )?;
        } else {
            out.only_default(
                self.group_instance_id.is_none(),
                "TxnOffsetCommitRequest.GroupInstanceId",
                version,
            )?;
        }
        out.structs(&self.topics, version, flexible, "TxnOffsetCommitRequest.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "TxnOffsetCommitRequest", version)
    }
}

impl Decode for TxnOffsetCommitRequest {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            transactional_id: input.string(flexible, "TxnOffsetCommitRequest.TransactionalId")?,
            group_id: input.string(flexible, "TxnOffsetCommitRequest.GroupId")?,
            producer_id: input.i64()?,
            producer_epoch: input.i16()?,
            generation_id: if version >= 3 { input.i32()? } else { -1 },
            member_id: if version >= 3 {
                input.string(flexible, "TxnOffsetCommitRequest.MemberId")?
            } else {
                Str::default()
            },
            group_instance_id: if version >= 3 {
                input.string_or_null(flexible, true, "TxnOffsetCommitRequest.GroupInstanceId")?
            } else {
                None
            },
            topics: input.structs(version, flexible, "TxnOffsetCommitRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `TxnOffsetCommitRequestTopic`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TxnOffsetCommitRequestTopic {
    /// Versions 0-5.
    pub name: Str,
    /// Versions 0-5.
    pub partitions: Vec<TxnOffsetCommitRequestPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TxnOffsetCommitRequestTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        out.string(&self.name, flexible, "TxnOffsetCommitRequestTopic.Name")?;
        out.structs(&self.partitions, version, flexible, "TxnOffsetCommitRequestTopic.Partitions")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "TxnOffsetCommitRequestTopic",
            version,
        )
    }
}

impl Decode for TxnOffsetCommitRequestTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        Ok(Self {
            name: input.string(flexible, "TxnOffsetCommitRequestTopic.Name")?,
            partitions: input.structs(
                version,
                flexible,
                "TxnOffsetCommitRequestTopic.Partitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `TxnOffsetCommitRequestPartition`, versions 0-5.
#[derive(Clone, Debug, PartialEq)]
pub struct TxnOffsetCommitRequestPartition {
    /// Versions 0-5.
    pub partition_index: i32,
    /// Versions 0-5.
    pub committed_offset: i64,
    /// Versions 2-5, default -1.
    pub committed_leader_epoch: i32,
    /// Versions 0-5, nullable 0-5.
    pub committed_metadata: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for TxnOffsetCommitRequestPartition {
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

impl Encode for TxnOffsetCommitRequestPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        out.i32(self.partition_index);
        out.i64(self.committed_offset);
        if version >= 2 {
            out.i32(self.committed_leader_epoch);
        }
        out.string_or_null(
            self.committed_metadata.as_ref(),
            flexible,
            true,
            "TxnOffsetCommitRequestPartition.CommittedMetadata",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "TxnOffsetCommitRequestPartition",
            version,
        )
    }
}

impl Decode for TxnOffsetCommitRequestPartition {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        Ok(Self {
            partition_index: input.i32()?,
            committed_offset: input.i64()?,
            committed_leader_epoch: if version >= 2 { input.i32()? } else { -1 },
            committed_metadata: input.string_or_null(
                flexible,
                true,
                "TxnOffsetCommitRequestPartition.CommittedMetadata",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
