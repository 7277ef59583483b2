// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupMetadataValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ConsumerGroupMetadataValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ConsumerGroupMetadataValue {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0, tag 0.
    pub metadata_hash: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupMetadataValue {
    const NAME: &'static str = "ConsumerGroupMetadataValue";
    const KEY: Option<i16> = Some(3);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.epoch);
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.metadata_hash != 0 {
            out.begin_tag(&mut tags, 0)?;
            out.i64(self.metadata_hash);
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for ConsumerGroupMetadataValue {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            epoch: input.i32()?,
            metadata_hash: 0,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.metadata_hash = value.i64()?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}
