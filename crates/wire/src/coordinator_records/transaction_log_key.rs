// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `TransactionLogKey` versions 0, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `TransactionLogKey`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TransactionLogKey {
    /// Versions 0.
    pub transactional_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for TransactionLogKey {
    const NAME: &'static str = "TransactionLogKey";
    const KEY: Option<i16> = Some(0);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for TransactionLogKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.transactional_id, false, "TransactionLogKey.TransactionalId")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "TransactionLogKey", version)
    }
}

impl Decode for TransactionLogKey {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            transactional_id: input.string(false, "TransactionLogKey.TransactionalId")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
