// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `EndTxnRequest` versions 0-5, flexible 3+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `EndTxnRequest`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EndTxnRequest {
    /// Versions 0-5.
    pub transactional_id: Str,
    /// Versions 0-5.
    pub producer_id: i64,
    /// Versions 0-5.
    pub producer_epoch: i16,
    /// Versions 0-5.
    pub committed: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for EndTxnRequest {
    const NAME: &'static str = "EndTxnRequest";
    const KEY: Option<i16> = Some(26);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for EndTxnRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        out.string(&self.transactional_id, flexible, "EndTxnRequest.TransactionalId")?;
        out.i64(self.producer_id);
        out.i16(self.producer_epoch);
        out.bool(self.committed);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "EndTxnRequest", version)
    }
}

impl Decode for EndTxnRequest {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            transactional_id: input.string(flexible, "EndTxnRequest.TransactionalId")?,
            producer_id: input.i64()?,
            producer_epoch: input.i16()?,
            committed: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
