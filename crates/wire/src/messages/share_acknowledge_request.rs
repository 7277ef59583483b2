// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareAcknowledgeRequest` versions 1-2, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareAcknowledgeRequest`, versions 1-2.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareAcknowledgeRequest {
    /// Versions 1-2, nullable 1-2, default null.
    pub group_id: Option<Str>,
    /// Versions 1-2, nullable 1-2.
    pub member_id: Option<Str>,
    /// Versions 1-2.
    pub share_session_epoch: i32,
    /// Versions 2.
    pub is_renew_ack: bool,
    /// Versions 1-2.
    pub topics: Vec<AcknowledgeTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ShareAcknowledgeRequest {
    fn default() -> Self {
        Self {
            group_id: None,
            member_id: Some(Str::default()),
            share_session_epoch: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ShareAcknowledgeRequest {
    const NAME: &'static str = "ShareAcknowledgeRequest";
    const KEY: Option<i16> = Some(79);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareAcknowledgeRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string_or_null(self.group_id.as_ref(), true, true, "ShareAcknowledgeRequest.GroupId")?;
        out.string_or_null(
            self.member_id.as_ref(),
            true,
            true,
            "ShareAcknowledgeRequest.MemberId",
        )?;
        out.i32(self.share_session_epoch);
        if version >= 2 {
            out.bool(self.is_renew_ack);
        } else {
            out.only_default(!self.is_renew_ack, "ShareAcknowledgeRequest.IsRenewAck", version)?;
        }
        out.structs(&self.topics, version, true, "ShareAcknowledgeRequest.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ShareAcknowledgeRequest", version)
    }
}

impl Decode for ShareAcknowledgeRequest {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string_or_null(true, true, "ShareAcknowledgeRequest.GroupId")?,
            member_id: input.string_or_null(true, true, "ShareAcknowledgeRequest.MemberId")?,
            share_session_epoch: input.i32()?,
            is_renew_ack: if version >= 2 { input.bool()? } else { false },
            topics: input.structs(version, true, "ShareAcknowledgeRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AcknowledgeTopic`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AcknowledgeTopic {
    /// Versions 1-2.
    pub topic_id: Uuid,
    /// Versions 1-2.
    pub partitions: Vec<AcknowledgePartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AcknowledgeTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "AcknowledgeTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "AcknowledgeTopic", version)
    }
}

impl Decode for AcknowledgeTopic {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "AcknowledgeTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AcknowledgePartition`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AcknowledgePartition {
    /// Versions 1-2.
    pub partition_index: i32,
    /// Versions 1-2.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AcknowledgePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.structs(
            &self.acknowledgement_batches,
            version,
            true,
            "AcknowledgePartition.AcknowledgementBatches",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "AcknowledgePartition", version)
    }
}

impl Decode for AcknowledgePartition {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            acknowledgement_batches: input.structs(
                version,
                true,
                "AcknowledgePartition.AcknowledgementBatches",
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
