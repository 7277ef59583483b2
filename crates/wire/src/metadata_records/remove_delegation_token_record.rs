// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RemoveDelegationTokenRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `RemoveDelegationTokenRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RemoveDelegationTokenRecord {
    /// Versions 0.
    pub token_id: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for RemoveDelegationTokenRecord {
    const NAME: &'static str = "RemoveDelegationTokenRecord";
    const KEY: Option<i16> = Some(26);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RemoveDelegationTokenRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.token_id, true, "RemoveDelegationTokenRecord.TokenId")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "RemoveDelegationTokenRecord", version)
    }
}

impl Decode for RemoveDelegationTokenRecord {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            token_id: input.string(true, "RemoveDelegationTokenRecord.TokenId")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
