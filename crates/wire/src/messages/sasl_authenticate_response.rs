// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `SaslAuthenticateResponse` versions 0-2, flexible 2+.

use bytes::Bytes;
use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `SaslAuthenticateResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct SaslAuthenticateResponse {
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 0-2, nullable 0-2.
    pub error_message: Option<Str>,
    /// Versions 0-2.
    pub auth_bytes: Bytes,
    /// Versions 1-2.
    pub session_lifetime_ms: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for SaslAuthenticateResponse {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            auth_bytes: Bytes::new(),
            session_lifetime_ms: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for SaslAuthenticateResponse {
    const NAME: &'static str = "SaslAuthenticateResponse";
    const KEY: Option<i16> = Some(36);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for SaslAuthenticateResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "SaslAuthenticateResponse.ErrorMessage",
        )?;
        out.bytes(&self.auth_bytes, flexible, "SaslAuthenticateResponse.AuthBytes")?;
        if version >= 1 {
            out.i64(self.session_lifetime_ms);
        }
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "SaslAuthenticateResponse",
            version,
        )
    }
}

impl Decode for SaslAuthenticateResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "SaslAuthenticateResponse.ErrorMessage",
            )?,
            auth_bytes: input.bytes(flexible, "SaslAuthenticateResponse.AuthBytes")?,
            session_lifetime_ms: if version >= 1 { input.i64()? } else { 0 },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
