// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareUpdateValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ShareUpdateValue`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareUpdateValue {
    /// Versions 0.
    pub snapshot_epoch: i32,
    /// Versions 0.
    pub leader_epoch: i32,
    /// Versions 0.
    pub start_offset: i64,
    /// Versions 0, tag 0, default -1.
    pub delivery_complete_count: i32,
    /// Versions 0.
    pub state_batches: Vec<StateBatch>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ShareUpdateValue {
    fn default() -> Self {
        Self {
            snapshot_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            state_batches: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ShareUpdateValue {
    const NAME: &'static str = "ShareUpdateValue";
    const KEY: Option<i16> = Some(1);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareUpdateValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.snapshot_epoch);
        out.i32(self.leader_epoch);
        out.i64(self.start_offset);
        out.structs(&self.state_batches, version, true, "ShareUpdateValue.StateBatches")?;
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.delivery_complete_count != -1 {
            out.begin_tag(&mut tags, 0)?;
            out.i32(self.delivery_complete_count);
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for ShareUpdateValue {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            snapshot_epoch: input.i32()?,
            leader_epoch: input.i32()?,
            start_offset: input.i64()?,
            delivery_complete_count: -1,
            state_batches: input.structs(version, true, "ShareUpdateValue.StateBatches")?,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.delivery_complete_count = value.i32()?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `StateBatch`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StateBatch {
    /// Versions 0.
    pub first_offset: i64,
    /// Versions 0.
    pub last_offset: i64,
    /// Versions 0.
    pub delivery_state: i8,
    /// Versions 0.
    pub delivery_count: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for StateBatch {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i64(self.first_offset);
        out.i64(self.last_offset);
        out.i8(self.delivery_state);
        out.i16(self.delivery_count);
        out.tagged_fields(&self.unknown_tagged_fields, true, "StateBatch", version)
    }
}

impl Decode for StateBatch {
    const MIN_LENGTH: usize = 20;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            first_offset: input.i64()?,
            last_offset: input.i64()?,
            delivery_state: input.i8()?,
            delivery_count: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
