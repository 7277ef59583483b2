// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `UnfenceBrokerRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `UnfenceBrokerRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct UnfenceBrokerRecord {
    /// Versions 0.
    pub id: i32,
    /// Versions 0.
    pub epoch: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for UnfenceBrokerRecord {
    const NAME: &'static str = "UnfenceBrokerRecord";
    const KEY: Option<i16> = Some(8);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for UnfenceBrokerRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.id);
        out.i64(self.epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "UnfenceBrokerRecord", version)
    }
}

impl Decode for UnfenceBrokerRecord {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            id: input.i32()?,
            epoch: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
