// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareFetchRequest` versions 1-2, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareFetchRequest`, versions 1-2.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareFetchRequest {
    /// Versions 1-2, nullable 1-2, default null.
    pub group_id: Option<Str>,
    /// Versions 1-2, nullable 1-2.
    pub member_id: Option<Str>,
    /// Versions 1-2.
    pub share_session_epoch: i32,
    /// Versions 1-2.
    pub max_wait_ms: i32,
    /// Versions 1-2.
    pub min_bytes: i32,
    /// Versions 1-2, default 0x7fffffff.
    pub max_bytes: i32,
    /// Versions 1-2.
    pub max_records: i32,
    /// Versions 1-2.
    pub batch_size: i32,
    /// Versions 2.
    pub share_acquire_mode: i8,
    /// Versions 2.
    pub is_renew_ack: bool,
    /// Versions 1-2.
    pub topics: Vec<FetchTopic>,
    /// Versions 1-2.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ShareFetchRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: Some(Str::default()),
            share_session_epoch: 0,
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: 2147483647,
            max_records: 0,
            batch_size: 0,
            share_acquire_mode: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ShareFetchRequest {
    const NAME: &'static str = "ShareFetchRequest";
    const KEY: Option<i16> = Some(78);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareFetchRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string_or_null(self.group_id.as_ref(), true, true, "ShareFetchRequest.GroupId")?;
        out.string_or_null(self.member_id.as_ref(), true, true, "ShareFetchRequest.MemberId")?;
        out.i32(self.share_session_epoch);
        out.i32(self.max_wait_ms);
        out.i32(self.min_bytes);
        out.i32(self.max_bytes);
        out.i32(self.max_records);
        out.i32(self.batch_size);
        if version >= 2 {
            out.i8(self.share_acquire_mode);
        }
        if version >= 2 {
            out.bool(self.is_renew_ack);
        } else {
            out.only_default(!self.is_renew_ack, "ShareFetchRequest.IsRenewAck", version)?;
        }
        out.structs(&self.topics, version, true, "ShareFetchRequest.Topics")?;
        out.structs(
            &self.forgotten_topics_data,
            version,
            true,
            "ShareFetchRequest.ForgottenTopicsData",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ShareFetchRequest", version)
    }
}

impl Decode for ShareFetchRequest {
    const MIN_LENGTH: usize = 29;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string_or_null(true, true, "ShareFetchRequest.GroupId")?,
            member_id: input.string_or_null(true, true, "ShareFetchRequest.MemberId")?,
            share_session_epoch: input.i32()?,
            max_wait_ms: input.i32()?,
            min_bytes: input.i32()?,
            max_bytes: input.i32()?,
            max_records: input.i32()?,
            batch_size: input.i32()?,
            share_acquire_mode: if version >= 2 { input.i8()? } else { 0 },
            is_renew_ack: if version >= 2 { input.bool()? } else { false },
            topics: input.structs(version, true, "ShareFetchRequest.Topics")?,
            forgotten_topics_data: input.structs(
                version,
                true,
                "ShareFetchRequest.ForgottenTopicsData",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `FetchTopic`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FetchTopic {
    /// Versions 1-2.
    pub topic_id: Uuid,
    /// Versions 1-2.
    pub partitions: Vec<FetchPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for FetchTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "FetchTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "FetchTopic", version)
    }
}

impl Decode for FetchTopic {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "FetchTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `FetchPartition`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FetchPartition {
    /// Versions 1-2.
    pub partition_index: i32,
    /// Versions 1-2.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for FetchPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.structs(
            &self.acknowledgement_batches,
            version,
            true,
            "FetchPartition.AcknowledgementBatches",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "FetchPartition", version)
    }
}

impl Decode for FetchPartition {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            acknowledgement_batches: input.structs(
                version,
                true,
                "FetchPartition.AcknowledgementBatches",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AcknowledgementBatch`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AcknowledgementBatch {
    /// Versions 1-2.
    pub first_offset: i64,
    /// Versions 1-2.
    pub last_offset: i64,
    /// Versions 1-2.
    pub acknowledge_types: Vec<i8>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AcknowledgementBatch {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i64(self.first_offset);
        out.i64(self.last_offset);
        out.plains(&self.acknowledge_types, true, "AcknowledgementBatch.AcknowledgeTypes")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "AcknowledgementBatch", version)
    }
}

impl Decode for AcknowledgementBatch {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            first_offset: input.i64()?,
            last_offset: input.i64()?,
            acknowledge_types: input.plains(true, "AcknowledgementBatch.AcknowledgeTypes")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ForgottenTopic`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ForgottenTopic {
    /// Versions 1-2.
    pub topic_id: Uuid,
    /// Versions 1-2.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ForgottenTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.plains(&self.partitions, true, "ForgottenTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ForgottenTopic", version)
    }
}

impl Decode for ForgottenTopic {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.plains(true, "ForgottenTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
