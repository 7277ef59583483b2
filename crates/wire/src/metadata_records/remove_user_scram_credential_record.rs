// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RemoveUserScramCredentialRecord` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `RemoveUserScramCredentialRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RemoveUserScramCredentialRecord {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub mechanism: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for RemoveUserScramCredentialRecord {
    const NAME: &'static str = "RemoveUserScramCredentialRecord";
    const KEY: Option<i16> = Some(22);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RemoveUserScramCredentialRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.name, true, "RemoveUserScramCredentialRecord.Name")?;
        out.i8(self.mechanism);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "RemoveUserScramCredentialRecord",
            version,
        )
    }
}

impl Decode for RemoveUserScramCredentialRecord {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            name: input.string(true, "RemoveUserScramCredentialRecord.Name")?,
            mechanism: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
