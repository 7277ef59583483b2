// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `OffsetCommitValue` versions 0-4, flexible 4+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `OffsetCommitValue`, versions 0-4.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCommitValue {
    /// Versions 0-4.
    pub offset: i64,
    /// Versions 3-4, default -1.
    pub leader_epoch: i32,
    /// Versions 0-4.
    pub metadata: Str,
    /// Versions 0-4.
    pub commit_timestamp: i64,
    /// Versions 1, default -1.
    pub expire_timestamp: i64,
    /// Versions 4, tag 0.
    pub topic_id: Uuid,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetCommitValue {
    fn default() -> Self {
        Self {
            offset: 0,
            leader_epoch: -1,
            metadata: Str::default(),
            commit_timestamp: 0,
            expire_timestamp: -1,
            topic_id: Uuid::ZERO,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for OffsetCommitValue {
    const NAME: &'static str = "OffsetCommitValue";
    const KEY: Option<i16> = Some(1);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for OffsetCommitValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        out.i64(self.offset);
        if version >= 3 {
            out.i32(self.leader_epoch);
        }
        out.string(&self.metadata, flexible, "OffsetCommitValue.metadata")?;
        out.i64(self.commit_timestamp);
        if version == 1 {
            out.i64(self.expire_timestamp);
        }
        if !flexible {
            return out.tagged_fields(
                &self.unknown_tagged_fields,
                false,
                "OffsetCommitValue",
                version,
            );
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if !self.topic_id.is_zero() {
            out.begin_tag(&mut tags, 0)?;
            out.uuid(self.topic_id);
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for OffsetCommitValue {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        let mut this = Self {
            offset: input.i64()?,
            leader_epoch: if version >= 3 { input.i32()? } else { -1 },
            metadata: input.string(flexible, "OffsetCommitValue.metadata")?,
            commit_timestamp: input.i64()?,
            expire_timestamp: if version == 1 { input.i64()? } else { -1 },
            topic_id: Uuid::ZERO,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.topic_id = value.uuid()?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}
