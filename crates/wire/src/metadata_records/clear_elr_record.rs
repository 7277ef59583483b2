// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ClearElrRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ClearElrRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ClearElrRecord {
    /// Versions 0.
    pub topic_name: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ClearElrRecord {
    const NAME: &'static str = "ClearElrRecord";
    const KEY: Option<i16> = Some(28);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ClearElrRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.topic_name, true, "ClearElrRecord.TopicName")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ClearElrRecord", version)
    }
}

impl Decode for ClearElrRecord {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            topic_name: input.string(true, "ClearElrRecord.TopicName")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
