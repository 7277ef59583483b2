// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `OffsetFetchRequest` versions 1-10, flexible 6+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `OffsetFetchRequest`, versions 1-10.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchRequest {
    /// Versions 1-7.
    pub group_id: Str,
    /// Versions 1-7, nullable 2-7.
    pub topics: Option<Vec<OffsetFetchRequestTopic>>,
    /// Versions 8-10.
    pub groups: Vec<OffsetFetchRequestGroup>,
    /// Versions 7-10.
    pub require_stable: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetFetchRequest {
    fn default() -> Self {
        Self {
            group_id: Str::default(),
            topics: Some(Vec::new()),
            groups: Vec::new(),
            require_stable: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for OffsetFetchRequest {
    const NAME: &'static str = "OffsetFetchRequest";
    const KEY: Option<i16> = Some(9);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 10);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(6, 10);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for OffsetFetchRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 6;
        if version <= 7 {
            out.string(&self.group_id, flexible, "OffsetFetchRequest.GroupId")?;
        } else {
            out.only_default(self.group_id.is_empty(), "OffsetFetchRequest.GroupId", version)?;
        }
        if version <= 7 {
            out.structs_or_null(
                self.topics.as_ref(),
                version,
                flexible,
                (2..=7).contains(&version),
                "OffsetFetchRequest.Topics",
            )?;
        } else {
            out.only_default(
                self.topics.as_ref().is_some_and(|value| value.is_empty()),
                "OffsetFetchRequest.Topics",
                version,
            )?;
        }
        if version >= 8 {
            out.structs(&self.groups, version, flexible, "OffsetFetchRequest.Groups")?;
        } else {
            out.only_default(self.groups.is_empty(), "OffsetFetchRequest.Groups", version)?;
        }
        if version >= 7 {
            out.bool(self.require_stable);
        } else {
            out.only_default(!self.require_stable, "OffsetFetchRequest.RequireStable", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "OffsetFetchRequest", version)
    }
}

impl Decode for OffsetFetchRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 6;
        Ok(Self {
            group_id: if version <= 7 {
                input.string(flexible, "OffsetFetchRequest.GroupId")?
            } else {
                Str::default()
            },
            topics: if version <= 7 {
                input.structs_or_null(
                    version,
                    flexible,
                    (2..=7).contains(&version),
                    "OffsetFetchRequest.Topics",
                )?
            } else {
                Some(Vec::new())
            },
            groups: if version >= 8 {
                input.structs(version, flexible, "OffsetFetchRequest.Groups")?
            } else {
                Vec::new()
            },
            require_stable: if version >= 7 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetFetchRequestTopic`, versions 1-7.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetFetchRequestTopic {
    /// Versions 1-7.
    pub name: Str,
    /// Versions 1-7.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetFetchRequestTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        out.string(&self.name, flexible, "OffsetFetchRequestTopic.Name")?;
        out.plains(&self.partition_indexes, flexible, "OffsetFetchRequestTopic.PartitionIndexes")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "OffsetFetchRequestTopic", version)
    }
}

impl Decode for OffsetFetchRequestTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        Ok(Self {
            name: input.string(flexible, "OffsetFetchRequestTopic.Name")?,
            partition_indexes: input
                .plains(flexible, "OffsetFetchRequestTopic.PartitionIndexes")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `OffsetFetchRequestGroup`, versions 8-10.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchRequestGroup {
    /// Versions 8-10.
    pub group_id: Str,
    /// Versions 9-10, nullable 9-10, default null.
    pub member_id: Option<Str>,
    /// Versions 9-10, default -1.
    pub member_epoch: i32,
    /// Versions 8-10, nullable 8-10.
    pub topics: Option<Vec<OffsetFetchRequestTopics>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetFetchRequestGroup {
    fn default() -> Self {
        Self {
            group_id: Str::default(),
            member_id: None,
            member_epoch: -1,
            topics: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for OffsetFetchRequestGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.group_id, true, "OffsetFetchRequestGroup.GroupId")?;
        if version >= 9 {
            out.string_or_null(
                self.member_id.as_ref(),
                true,
                true,
                "OffsetFetchRequestGroup.MemberId",
            )?;
        }
        if version >= 9 {
            out.i32(self.member_epoch);
        }
        out.structs_or_null(
            self.topics.as_ref(),
            version,
            true,
            true,
            "OffsetFetchRequestGroup.Topics",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "OffsetFetchRequestGroup", version)
    }
}

impl Decode for OffsetFetchRequestGroup {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            group_id: input.string(true, "OffsetFetchRequestGroup.GroupId")?,
            member_id: if version >= 9 {
                input.string_or_null(true, true, "OffsetFetchRequestGroup.MemberId")?
            } else {
                None
            },
            member_epoch: if version >= 9 { input.i32()? } else { -1 },
            topics: input.structs_or_null(version, true, true, "OffsetFetchRequestGroup.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `OffsetFetchRequestTopics`, versions 8-10.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OffsetFetchRequestTopics {
    /// Versions 8-9.
    pub name: Str,
    /// Versions 10.
    pub topic_id: Uuid,
    /// Versions 8-10.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OffsetFetchRequestTopics {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        if version <= 9 {
            out.string(&self.name, true, "OffsetFetchRequestTopics.Name")?;
        }
        if version >= 10 {
            out.uuid(self.topic_id);
        }
        out.plains(&self.partition_indexes, true, "OffsetFetchRequestTopics.PartitionIndexes")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "OffsetFetchRequestTopics", version)
    }
}

impl Decode for OffsetFetchRequestTopics {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: if version <= 9 {
                input.string(true, "OffsetFetchRequestTopics.Name")?
            } else {
                Str::default()
            },
            topic_id: if version >= 10 { input.uuid()? } else { Uuid::ZERO },
            partition_indexes: input.plains(true, "OffsetFetchRequestTopics.PartitionIndexes")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
