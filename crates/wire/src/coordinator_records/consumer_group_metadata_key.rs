// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupMetadataKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerGroupMetadataKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerGroupMetadataKey {
    /// Versions 0.
    pub group_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupMetadataKey {
    const NAME: &'static str = "ConsumerGroupMetadataKey";
    const KEY: Option<i16> = Some(3);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupMetadataKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "ConsumerGroupMetadataKey.GroupId")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "ConsumerGroupMetadataKey", version)
    }
}

impl Decode for ConsumerGroupMetadataKey {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "ConsumerGroupMetadataKey.GroupId")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
