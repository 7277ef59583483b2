// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteShareGroupOffsetsRequest` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteShareGroupOffsetsRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteShareGroupOffsetsRequest {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub topics: Vec<DeleteShareGroupOffsetsRequestTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteShareGroupOffsetsRequest {
    const NAME: &'static str = "DeleteShareGroupOffsetsRequest";
    const KEY: Option<i16> = Some(92);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteShareGroupOffsetsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "DeleteShareGroupOffsetsRequest.GroupId")?;
        out.structs(&self.topics, version, true, "DeleteShareGroupOffsetsRequest.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DeleteShareGroupOffsetsRequest",
            version,
        )
    }
}

impl Decode for DeleteShareGroupOffsetsRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "DeleteShareGroupOffsetsRequest.GroupId")?,
            topics: input.structs(version, true, "DeleteShareGroupOffsetsRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DeleteShareGroupOffsetsRequestTopic`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteShareGroupOffsetsRequestTopic {
    /// Versions 0.
    pub topic_name: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DeleteShareGroupOffsetsRequestTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic_name, true, "DeleteShareGroupOffsetsRequestTopic.TopicName")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DeleteShareGroupOffsetsRequestTopic",
            version,
        )
    }
}

impl Decode for DeleteShareGroupOffsetsRequestTopic {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_name: input.string(true, "DeleteShareGroupOffsetsRequestTopic.TopicName")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
