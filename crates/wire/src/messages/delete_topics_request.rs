// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteTopicsRequest` versions 1-6, flexible 4+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteTopicsRequest`, versions 1-6.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteTopicsRequest {
    /// Versions 6.
    pub topics: Vec<DeleteTopicState>,
    /// Versions 1-5.
    pub topic_names: Vec<Str>,
    /// Versions 1-6.
    pub timeout_ms: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteTopicsRequest {
    const NAME: &'static str = "DeleteTopicsRequest";
    const KEY: Option<i16> = Some(20);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 6);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 6);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteTopicsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        if version >= 6 {
            out.structs(&self.topics, version, flexible, "DeleteTopicsRequest.Topics")?;
        } else {
            out.only_default(self.topics.is_empty(), "DeleteTopicsRequest.Topics", version)?;
        }
        if version <= 5 {
            out.strings(&self.topic_names, flexible, "DeleteTopicsRequest.TopicNames")?;
        }
        out.i32(self.timeout_ms);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteTopicsRequest", version)
    }
}

impl Decode for DeleteTopicsRequest {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            topics: if version >= 6 {
                input.structs(version, flexible, "DeleteTopicsRequest.Topics")?
            } else {
                Vec::new()
            },
            topic_names: if version <= 5 {
                input.strings(flexible, "DeleteTopicsRequest.TopicNames")?
            } else {
                Vec::new()
            },
            timeout_ms: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DeleteTopicState`, versions 6.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteTopicState {
    /// Versions 6, nullable 6, default null.
    pub name: Option<Str>,
    /// Versions 6.
    pub topic_id: Uuid,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DeleteTopicState {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string_or_null(self.name.as_ref(), true, true, "DeleteTopicState.Name")?;
        out.uuid(self.topic_id);
        out.tagged_fields(&self.unknown_tagged_fields, true, "DeleteTopicState", version)
    }
}

impl Decode for DeleteTopicState {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string_or_null(true, true, "DeleteTopicState.Name")?,
            topic_id: input.uuid()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
