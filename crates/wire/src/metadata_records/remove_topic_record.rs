// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RemoveTopicRecord` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `RemoveTopicRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RemoveTopicRecord {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for RemoveTopicRecord {
    const NAME: &'static str = "RemoveTopicRecord";
    const KEY: Option<i16> = Some(9);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RemoveTopicRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.uuid(self.topic_id);
        out.tagged_fields(&self.unknown_tagged_fields, true, "RemoveTopicRecord", version)
    }
}

impl Decode for RemoveTopicRecord {
    const MIN_LENGTH: usize = 17;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self { topic_id: input.uuid()?, unknown_tagged_fields: input.tagged_fields(true)? })
    }
}
