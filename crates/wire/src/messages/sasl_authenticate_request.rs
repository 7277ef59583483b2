// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `SaslAuthenticateRequest` versions 0-2, flexible 2+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `SaslAuthenticateRequest`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SaslAuthenticateRequest {
    /// Versions 0-2.
    pub auth_bytes: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SaslAuthenticateRequest {
    const NAME: &'static str = "SaslAuthenticateRequest";
    const KEY: Option<i16> = Some(36);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for SaslAuthenticateRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.bytes(&self.auth_bytes, flexible, "SaslAuthenticateRequest.AuthBytes")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "SaslAuthenticateRequest", version)
    }
}

impl Decode for SaslAuthenticateRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            auth_bytes: input.bytes(flexible, "SaslAuthenticateRequest.AuthBytes")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
