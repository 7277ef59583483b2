// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ProducerSnapshot` versions 1, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ProducerSnapshot`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ProducerSnapshot {
    /// Versions 1.
    pub crc: u32,
    /// Versions 1.
    pub producer_entries: Vec<ProducerEntry>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ProducerSnapshot {
    const NAME: &'static str = "ProducerSnapshot";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ProducerSnapshot {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.u32(self.crc);
        out.structs(&self.producer_entries, version, false, "ProducerSnapshot.ProducerEntries")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "ProducerSnapshot", version)
    }
}

impl Decode for ProducerSnapshot {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            crc: input.u32()?,
            producer_entries: input.structs(version, false, "ProducerSnapshot.ProducerEntries")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}

/// `ProducerEntry`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ProducerEntry {
    /// Versions 1.
    pub producer_id: i64,
    /// Versions 1.
    pub epoch: i16,
    /// Versions 1.
    pub last_sequence: i32,
    /// Versions 1.
    pub last_offset: i64,
    /// Versions 1.
    pub offset_delta: i32,
    /// Versions 1.
    pub timestamp: i64,
    /// Versions 1.
    pub coordinator_epoch: i32,
    /// Versions 1.
    pub current_txn_first_offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ProducerEntry {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i64(self.producer_id);
        out.i16(self.epoch);
        out.i32(self.last_sequence);
        out.i64(self.last_offset);
        out.i32(self.offset_delta);
        out.i64(self.timestamp);
        out.i32(self.coordinator_epoch);
        out.i64(self.current_txn_first_offset);
        out.tagged_fields(&self.unknown_tagged_fields, false, "ProducerEntry", version)
    }
}

impl Decode for ProducerEntry {
    const MIN_LENGTH: usize = 46;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            producer_id: input.i64()?,
            epoch: input.i16()?,
            last_sequence: input.i32()?,
            last_offset: input.i64()?,
            offset_delta: input.i32()?,
            timestamp: input.i64()?,
            coordinator_epoch: input.i32()?,
            current_txn_first_offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
