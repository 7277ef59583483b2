// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `SaslHandshakeResponse` versions 0-1, flexible none.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `SaslHandshakeResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SaslHandshakeResponse {
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1.
    pub mechanisms: Vec<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SaslHandshakeResponse {
    const NAME: &'static str = "SaslHandshakeResponse";
    const KEY: Option<i16> = Some(17);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for SaslHandshakeResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.error_code.code());
        out.strings(&self.mechanisms, false, "SaslHandshakeResponse.Mechanisms")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "SaslHandshakeResponse", version)
    }
}

impl Decode for SaslHandshakeResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            mechanisms: input.strings(false, "SaslHandshakeResponse.Mechanisms")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
