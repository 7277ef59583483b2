// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareGroupStatePartitionMetadataKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareGroupStatePartitionMetadataKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareGroupStatePartitionMetadataKey {
    /// Versions 0.
    pub group_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupStatePartitionMetadataKey {
    const NAME: &'static str = "ShareGroupStatePartitionMetadataKey";
    const KEY: Option<i16> = Some(15);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareGroupStatePartitionMetadataKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "ShareGroupStatePartitionMetadataKey.GroupId")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "ShareGroupStatePartitionMetadataKey",
            version,
        )
    }
}

impl Decode for ShareGroupStatePartitionMetadataKey {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "ShareGroupStatePartitionMetadataKey.GroupId")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
