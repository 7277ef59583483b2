// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DelegationTokenRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DelegationTokenRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DelegationTokenRecord {
    /// Versions 0.
    pub owner: Str,
    /// Versions 0.
    pub requester: Str,
    /// Versions 0.
    pub renewers: Vec<Str>,
    /// Versions 0.
    pub issue_timestamp: i64,
    /// Versions 0.
    pub max_timestamp: i64,
    /// Versions 0.
    pub expiration_timestamp: i64,
    /// Versions 0.
    pub token_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DelegationTokenRecord {
    const NAME: &'static str = "DelegationTokenRecord";
    const KEY: Option<i16> = Some(10);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DelegationTokenRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.owner, true, "DelegationTokenRecord.Owner")?;
        out.string(&self.requester, true, "DelegationTokenRecord.Requester")?;
        out.strings(&self.renewers, true, "DelegationTokenRecord.Renewers")?;
        out.i64(self.issue_timestamp);
        out.i64(self.max_timestamp);
        out.i64(self.expiration_timestamp);
        out.string(&self.token_id, true, "DelegationTokenRecord.TokenId")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "DelegationTokenRecord", version)
    }
}

impl Decode for DelegationTokenRecord {
    const MIN_LENGTH: usize = 29;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            owner: input.string(true, "DelegationTokenRecord.Owner")?,
            requester: input.string(true, "DelegationTokenRecord.Requester")?,
            renewers: input.strings(true, "DelegationTokenRecord.Renewers")?,
            issue_timestamp: input.i64()?,
            max_timestamp: input.i64()?,
            expiration_timestamp: input.i64()?,
            token_id: input.string(true, "DelegationTokenRecord.TokenId")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
