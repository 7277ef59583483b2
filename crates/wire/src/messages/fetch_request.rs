// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `FetchRequest` versions 4-18, flexible 12+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `FetchRequest`, versions 4-18.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchRequest {
    /// Versions 12-18, nullable 12-18, tag 0, default null.
    pub cluster_id: Option<Str>,
    /// Versions 4-14, default -1.
    pub replica_id: i32,
    /// Versions 15-18, tag 1.
    pub replica_state: ReplicaState,
    /// Versions 4-18.
    pub max_wait_ms: i32,
    /// Versions 4-18.
    pub min_bytes: i32,
    /// Versions 4-18, default 0x7fffffff.
    pub max_bytes: i32,
    /// Versions 4-18.
    pub isolation_level: i8,
    /// Versions 7-18.
    pub session_id: i32,
    /// Versions 7-18, default -1.
    pub session_epoch: i32,
    /// Versions 4-18.
    pub topics: Vec<FetchTopic>,
    /// Versions 7-18.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// Versions 11-18.
    pub rack_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FetchRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            replica_state: ReplicaState::default(),
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: 2147483647,
            isolation_level: 0,
            session_id: 0,
            session_epoch: -1,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            rack_id: Str::default(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for FetchRequest {
    const NAME: &'static str = "FetchRequest";
    const KEY: Option<i16> = Some(1);
    const VALID_VERSIONS: VersionRange = VersionRange::new(4, 18);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(12, 18);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for FetchRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 12;
        if version <= 14 {
            out.i32(self.replica_id);
        } else {
            out.only_default(self.replica_id == -1, "FetchRequest.ReplicaId", version)?;
        }
        out.i32(self.max_wait_ms);
        out.i32(self.min_bytes);
        out.i32(self.max_bytes);
        out.i8(self.isolation_level);
        if version >= 7 {
            out.i32(self.session_id);
        }
        if version >= 7 {
            out.i32(self.session_epoch);
        }
        out.structs(&self.topics, version, flexible, "FetchRequest.Topics")?;
        if version >= 7 {
            out.structs(
                &self.forgotten_topics_data,
                version,
                flexible,
                "FetchRequest.ForgottenTopicsData",
            )?;
        } else {
            out.only_default(
                self.forgotten_topics_data.is_empty(),
                "FetchRequest.ForgottenTopicsData",
                version,
            )?;
        }
        if version >= 11 {
            out.string(&self.rack_id, flexible, "FetchRequest.RackId")?;
        }
        if version < 15 {
            out.only_default(
                self.replica_state == ReplicaState::default(),
                "FetchRequest.ReplicaState",
                version,
            )?;
        }
        if !flexible {
            return out.tagged_fields(&self.unknown_tagged_fields, false, "FetchRequest", version);
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.cluster_id.is_some() {
            out.begin_tag(&mut tags, 0)?;
            out.string_or_null(self.cluster_id.as_ref(), flexible, true, "FetchRequest.ClusterId")?;
            out.end_tag(&tags)?;
        }
        if version >= 15 && self.replica_state != ReplicaState::default() {
            out.begin_tag(&mut tags, 1)?;
            self.replica_state.encode(out, version)?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for FetchRequest {
    const MIN_LENGTH: usize = 21;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 12;
        let mut this = Self {
            cluster_id: None,
            replica_id: if version <= 14 { input.i32()? } else { -1 },
            replica_state: ReplicaState::default(),
            max_wait_ms: input.i32()?,
            min_bytes: input.i32()?,
            max_bytes: input.i32()?,
            isolation_level: input.i8()?,
            session_id: if version >= 7 { input.i32()? } else { 0 },
            session_epoch: if version >= 7 { input.i32()? } else { -1 },
            topics: input.structs(version, flexible, "FetchRequest.Topics")?,
            forgotten_topics_data: if version >= 7 {
                input.structs(version, flexible, "FetchRequest.ForgottenTopicsData")?
            } else {
                Vec::new()
            },
            rack_id: if version >= 11 {
                input.string(flexible, "FetchRequest.RackId")?
            } else {
                Str::default()
            },
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => {
                    this.cluster_id =
                        value.string_or_null(flexible, true, "FetchRequest.ClusterId")?
                }
                1 if version >= 15 => {
                    this.replica_state = ReplicaState::decode(&mut value, version)?
                }
                1 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "FetchRequest",
                        tag: 1,
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

/// `ReplicaState`, versions 15-18.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaState {
    /// Versions 15-18, default -1.
    pub replica_id: i32,
    /// Versions 15-18, default -1.
    pub replica_epoch: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self { replica_id: -1, replica_epoch: -1, unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Encode for ReplicaState {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.replica_id);
        out.i64(self.replica_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReplicaState", version)
    }
}

impl Decode for ReplicaState {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            replica_id: input.i32()?,
            replica_epoch: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `FetchTopic`, versions 4-18.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FetchTopic {
    /// Versions 4-12.
    pub topic: Str,
    /// Versions 13-18.
    pub topic_id: Uuid,
    /// Versions 4-18.
    pub partitions: Vec<FetchPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for FetchTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        if version <= 12 {
            out.string(&self.topic, flexible, "FetchTopic.Topic")?;
        }
        if version >= 13 {
            out.uuid(self.topic_id);
        }
        out.structs(&self.partitions, version, flexible, "FetchTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "FetchTopic", version)
    }
}

impl Decode for FetchTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        Ok(Self {
            topic: if version <= 12 {
                input.string(flexible, "FetchTopic.Topic")?
            } else {
                Str::default()
            },
            topic_id: if version >= 13 { input.uuid()? } else { Uuid::ZERO },
            partitions: input.structs(version, flexible, "FetchTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `FetchPartition`, versions 4-18.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchPartition {
    /// Versions 4-18.
    pub partition: i32,
    /// Versions 9-18, default -1.
    pub current_leader_epoch: i32,
    /// Versions 4-18.
    pub fetch_offset: i64,
    /// Versions 12-18, default -1.
    pub last_fetched_epoch: i32,
    /// Versions 5-18, default -1.
    pub log_start_offset: i64,
    /// Versions 4-18.
    pub partition_max_bytes: i32,
    /// Versions 17-18, tag 0.
    pub replica_directory_id: Uuid,
    /// Versions 18, tag 1, default 9223372036854775807.
    pub high_watermark: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FetchPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            fetch_offset: 0,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            partition_max_bytes: 0,
            replica_directory_id: Uuid::ZERO,
            high_watermark: 9223372036854775807,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for FetchPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        out.i32(self.partition);
        if version >= 9 {
            out.i32(self.current_leader_epoch);
        }
        out.i64(self.fetch_offset);
        if version >= 12 {
            out.i32(self.last_fetched_epoch);
        } else {
            out.only_default(
                self.last_fetched_epoch == -1,
                "FetchPartition.LastFetchedEpoch",
                version,
            )?;
        }
        if version >= 5 {
            out.i64(self.log_start_offset);
        }
        out.i32(self.partition_max_bytes);
        if !flexible {
            return out.tagged_fields(
                &self.unknown_tagged_fields,
                false,
                "FetchPartition",
                version,
            );
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if version >= 17 && !self.replica_directory_id.is_zero() {
            out.begin_tag(&mut tags, 0)?;
            out.uuid(self.replica_directory_id);
            out.end_tag(&tags)?;
        }
        if version >= 18 && self.high_watermark != 9223372036854775807 {
            out.begin_tag(&mut tags, 1)?;
            out.i64(self.high_watermark);
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for FetchPartition {
    const MIN_LENGTH: usize = 16;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut this = Self {
            partition: input.i32()?,
            current_leader_epoch: if version >= 9 { input.i32()? } else { -1 },
            fetch_offset: input.i64()?,
            last_fetched_epoch: if version >= 12 { input.i32()? } else { -1 },
            log_start_offset: if version >= 5 { input.i64()? } else { -1 },
            partition_max_bytes: input.i32()?,
            replica_directory_id: Uuid::ZERO,
            high_watermark: 9223372036854775807,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 if version >= 17 => this.replica_directory_id = value.uuid()?,
                0 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "FetchPartition",
                        tag: 0,
                        version,
                    });
                }
                1 if version >= 18 => this.high_watermark = value.i64()?,
                1 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "FetchPartition",
                        tag: 1,
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

/// `ForgottenTopic`, versions 7-18.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ForgottenTopic {
    /// Versions 7-12.
    pub topic: Str,
    /// Versions 13-18.
    pub topic_id: Uuid,
    /// Versions 7-18.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ForgottenTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        if version <= 12 {
            out.string(&self.topic, flexible, "ForgottenTopic.Topic")?;
        }
        if version >= 13 {
            out.uuid(self.topic_id);
        }
        out.plains(&self.partitions, flexible, "ForgottenTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ForgottenTopic", version)
    }
}

impl Decode for ForgottenTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        Ok(Self {
            topic: if version <= 12 {
                input.string(flexible, "ForgottenTopic.Topic")?
            } else {
                Str::default()
            },
            topic_id: if version >= 13 { input.uuid()? } else { Uuid::ZERO },
            partitions: input.plains(flexible, "ForgottenTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
