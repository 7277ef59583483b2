// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `UserScramCredentialRecord` versions 0, flexible 0+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `UserScramCredentialRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct UserScramCredentialRecord {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub mechanism: i8,
    /// Versions 0.
    pub salt: Bytes,
    /// Versions 0.
    pub stored_key: Bytes,
    /// Versions 0.
    pub server_key: Bytes,
    /// Versions 0.
    pub iterations: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for UserScramCredentialRecord {
    const NAME: &'static str = "UserScramCredentialRecord";
    const KEY: Option<i16> = Some(11);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for UserScramCredentialRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.name, true, "UserScramCredentialRecord.Name")?;
        out.i8(self.mechanism);
        out.bytes(&self.salt, true, "UserScramCredentialRecord.Salt")?;
        out.bytes(&self.stored_key, true, "UserScramCredentialRecord.StoredKey")?;
        out.bytes(&self.server_key, true, "UserScramCredentialRecord.ServerKey")?;
        out.i32(self.iterations);
        out.tagged_fields(&self.unknown_tagged_fields, true, "UserScramCredentialRecord", version)
    }
}

impl Decode for UserScramCredentialRecord {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            name: input.string(true, "UserScramCredentialRecord.Name")?,
            mechanism: input.i8()?,
            salt: input.bytes(true, "UserScramCredentialRecord.Salt")?,
            stored_key: input.bytes(true, "UserScramCredentialRecord.StoredKey")?,
            server_key: input.bytes(true, "UserScramCredentialRecord.ServerKey")?,
            iterations: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
