// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `OffsetFetchResponse` versions 1-10, flexible 6+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `OffsetFetchResponse`, versions 1-10.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetFetchResponse {
    /// Versions 3-10.
    pub throttle_time_ms: i32,
    /// Versions 1-7.
    pub topics: Vec<OffsetFetchResponseTopic>,
    /// Versions 2-7.
    pub error_code: ErrorCode,
    /// Versions 8-10.
    pub groups: Vec<OffsetFetchResponseGroup>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for OffsetFetchResponse {
    const NAME: &'static str = "OffsetFetchResponse";
    const KEY: Option<i16> = Some(9);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 10);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(6, 10);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for OffsetFetchResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 6;
        if version >= 3 {
            out.i32(self.throttle_time_ms);
        }
        if version <= 7 {
            out.structs(&self.topics, version, flexible, "OffsetFetchResponse.Topics")?;
        } else {
            out.only_default(self.topics.is_empty(), "OffsetFetchResponse.Topics", version)?;
        }
        if (2..=7).contains(&version) {
            out.i16(self.error_code.code());
        }
        if version >= 8 {
            out.structs(&self.groups, version, flexible, "OffsetFetchResponse.Groups")?;
        } else {
            out.only_default(self.groups.is_empty(), "OffsetFetchResponse.Groups", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "OffsetFetchResponse", version)
    }
}

impl Decode for OffsetFetchResponse {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 6;
        Ok(Self {
            throttle_time_ms: if version >= 3 { input.i32()? } else { 0 },
            topics: if version <= 7 {
                input.structs(version, flexible, "OffsetFetchResponse.Topics")?
            } else {
                Vec::new()
            },
            error_code: if (2..=7).contains(&version) {
                ErrorCode::from_code(input.i16()?)
            } else {
                ErrorCode::NONE
            },
            groups: if version >= 8 {
                input.structs(version, flexible, "OffsetFetchResponse.Groups")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetFetchResponseTopic`, versions 1-7.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetFetchResponseTopic {
    /// Versions 1-7.
    pub name: Str,
    /// Versions 1-7.
    pub partitions: Vec<OffsetFetchResponsePartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetFetchResponseTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        out.string(&self.name, flexible, "OffsetFetchResponseTopic.Name")?;
        out.structs(&self.partitions, version, flexible, "OffsetFetchResponseTopic.Partitions")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetFetchResponseTopic",
            version,
        )
    }
}

impl Decode for OffsetFetchResponseTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        Ok(Self {
            name: input.string(flexible, "OffsetFetchResponseTopic.Name")?,
            partitions: input.structs(version, flexible, "OffsetFetchResponseTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetFetchResponsePartition`, versions 1-7.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchResponsePartition {
    /// Versions 1-7.
    pub partition_index: i32,
    /// Versions 1-7.
    pub committed_offset: i64,
    /// Versions 5-7, default -1.
    pub committed_leader_epoch: i32,
    /// Versions 1-7, nullable 1-7.
    pub metadata: Option<Str>,
    /// Versions 1-7.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetFetchResponsePartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(Str::default()),
            error_code: ErrorCode::NONE,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for OffsetFetchResponsePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        out.i32(self.partition_index);
        out.i64(self.committed_offset);
        if version >= 5 {
            out.i32(self.committed_leader_epoch);
        }
        out.string_or_null(
            self.metadata.as_ref(),
            flexible,
            true,
            "OffsetFetchResponsePartition.Metadata",
        )?;
        out.i16(self.error_code.code());
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "OffsetFetchResponsePartition",
            version,
        )
    }
}

impl Decode for OffsetFetchResponsePartition {
    const MIN_LENGTH: usize = 16;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        Ok(Self {
            partition_index: input.i32()?,
            committed_offset: input.i64()?,
            committed_leader_epoch: if version >= 5 { input.i32()? } else { -1 },
            metadata: input.string_or_null(
                flexible,
                true,
                "OffsetFetchResponsePartition.Metadata",
            )?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetFetchResponseGroup`, versions 8-10.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetFetchResponseGroup {
    /// Versions 8-10.
    pub group_id: Str,
    /// Versions 8-10.
    pub topics: Vec<OffsetFetchResponseTopics>,
    /// Versions 8-10.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetFetchResponseGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.group_id, true, "OffsetFetchResponseGroup.GroupId")?;
        out.structs(&self.topics, version, true, "OffsetFetchResponseGroup.Topics")?;
        out.i16(self.error_code.code());
        out.tagged_fields(&self.unknown_tagged_fields, true, "OffsetFetchResponseGroup", version)
    }
}

impl Decode for OffsetFetchResponseGroup {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            group_id: input.string(true, "OffsetFetchResponseGroup.GroupId")?,
            topics: input.structs(version, true, "OffsetFetchResponseGroup.Topics")?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `OffsetFetchResponseTopics`, versions 8-10.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetFetchResponseTopics {
    /// Versions 8-9.
    pub name: Str,
    /// Versions 10.
    pub topic_id: Uuid,
    /// Versions 8-10.
    pub partitions: Vec<OffsetFetchResponsePartitions>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetFetchResponseTopics {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        if version <= 9 {
            out.string(&self.name, true, "OffsetFetchResponseTopics.Name")?;
        }
        if version >= 10 {
            out.uuid(self.topic_id);
        }
        out.structs(&self.partitions, version, true, "OffsetFetchResponseTopics.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "OffsetFetchResponseTopics", version)
    }
}

impl Decode for OffsetFetchResponseTopics {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: if version <= 9 {
                input.string(true, "OffsetFetchResponseTopics.Name")?
            } else {
                Str::default()
            },
            topic_id: if version >= 10 { input.uuid()? } else { Uuid::ZERO },
            partitions: input.structs(version, true, "OffsetFetchResponseTopics.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `OffsetFetchResponsePartitions`, versions 8-10.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchResponsePartitions {
    /// Versions 8-10.
    pub partition_index: i32,
    /// Versions 8-10.
    pub committed_offset: i64,
    /// Versions 8-10, default -1.
    pub committed_leader_epoch: i32,
    /// Versions 8-10, nullable 8-10.
    pub metadata: Option<Str>,
    /// Versions 8-10.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetFetchResponsePartitions {
    fn default() -> Self {
        Self {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(Str::default()),
            error_code: ErrorCode::NONE,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for OffsetFetchResponsePartitions {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i64(self.committed_offset);
        out.i32(self.committed_leader_epoch);
        out.string_or_null(
            self.metadata.as_ref(),
            true,
            true,
            "OffsetFetchResponsePartitions.Metadata",
        )?;
        out.i16(self.error_code.code());
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "OffsetFetchResponsePartitions",
            version,
        )
    }
}

impl Decode for OffsetFetchResponsePartitions {
    const MIN_LENGTH: usize = 20;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            committed_offset: input.i64()?,
            committed_leader_epoch: input.i32()?,
            metadata: input.string_or_null(true, true, "OffsetFetchResponsePartitions.Metadata")?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
