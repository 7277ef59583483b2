// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareSnapshotKey` versions 0, flexible none.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareSnapshotKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareSnapshotKey {
    /// Versions 0.
    pub group_id: Str,
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partition: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareSnapshotKey {
    const NAME: &'static str = "ShareSnapshotKey";
    const KEY: Option<i16> = Some(0);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareSnapshotKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, false, "ShareSnapshotKey.GroupId")?;
        out.uuid(self.topic_id);
        out.i32(self.partition);
        out.tagged_fields(&self.unknown_tagged_fields, false, "ShareSnapshotKey", version)
    }
}

impl Decode for ShareSnapshotKey {
    const MIN_LENGTH: usize = 22;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(false, "ShareSnapshotKey.GroupId")?,
            topic_id: input.uuid()?,
            partition: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
