// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AllocateProducerIdsRequest` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `AllocateProducerIdsRequest`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct AllocateProducerIdsRequest {
    /// Versions 0.
    pub broker_id: i32,
    /// Versions 0, default -1.
    pub broker_epoch: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AllocateProducerIdsRequest {
    fn default() -> Self {
        Self { broker_id: 0, broker_epoch: -1, unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Message for AllocateProducerIdsRequest {
    const NAME: &'static str = "AllocateProducerIdsRequest";
    const KEY: Option<i16> = Some(67);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AllocateProducerIdsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.broker_id);
        out.i64(self.broker_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "AllocateProducerIdsRequest", version)
    }
}

impl Decode for AllocateProducerIdsRequest {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            broker_id: input.i32()?,
            broker_epoch: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
