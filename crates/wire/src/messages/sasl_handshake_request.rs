// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `SaslHandshakeRequest` versions 0-1, flexible none.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `SaslHandshakeRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SaslHandshakeRequest {
    /// Versions 0-1.
    pub mechanism: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SaslHandshakeRequest {
    const NAME: &'static str = "SaslHandshakeRequest";
    const KEY: Option<i16> = Some(17);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for SaslHandshakeRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.mechanism, false, "SaslHandshakeRequest.Mechanism")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "SaslHandshakeRequest", version)
    }
}

impl Decode for SaslHandshakeRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            mechanism: input.string(false, "SaslHandshakeRequest.Mechanism")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
