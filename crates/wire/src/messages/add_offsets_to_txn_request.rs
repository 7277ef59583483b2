// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AddOffsetsToTxnRequest` versions 0-4, flexible 3+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AddOffsetsToTxnRequest`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AddOffsetsToTxnRequest {
    /// Versions 0-4.
    pub transactional_id: Str,
    /// Versions 0-4.
    pub producer_id: i64,
    /// Versions 0-4.
    pub producer_epoch: i16,
    /// Versions 0-4.
    pub group_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AddOffsetsToTxnRequest {
    const NAME: &'static str = "AddOffsetsToTxnRequest";
    const KEY: Option<i16> = Some(25);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AddOffsetsToTxnRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        out.string(&self.transactional_id, flexible, "AddOffsetsToTxnRequest.TransactionalId")?;
        out.i64(self.producer_id);
        out.i16(self.producer_epoch);
        out.string(&self.group_id, flexible, "AddOffsetsToTxnRequest.GroupId")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AddOffsetsToTxnRequest", version)
    }
}

impl Decode for AddOffsetsToTxnRequest {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            transactional_id: input.string(flexible, "AddOffsetsToTxnRequest.TransactionalId")?,
            producer_id: input.i64()?,
            producer_epoch: input.i16()?,
            group_id: input.string(flexible, "AddOffsetsToTxnRequest.GroupId")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
