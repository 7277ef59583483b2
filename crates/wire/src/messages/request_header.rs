// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RequestHeader` versions 1-2, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `RequestHeader`, versions 1-2.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestHeader {
    /// Versions 1-2.
    pub request_api_key: i16,
    /// Versions 1-2.
    pub request_api_version: i16,
    /// Versions 1-2.
    pub correlation_id: i32,
    /// Versions 1-2, nullable 1-2.
    pub client_id: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for RequestHeader {
    fn default() -> Self {
        Self {
            request_api_key: 0,
            request_api_version: 0,
            correlation_id: 0,
            client_id: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for RequestHeader {
    const NAME: &'static str = "RequestHeader";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RequestHeader {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i16(self.request_api_key);
        out.i16(self.request_api_version);
        out.i32(self.correlation_id);
        out.string_or_null(self.client_id.as_ref(), false, true, "RequestHeader.ClientId")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "RequestHeader", version)
    }
}

impl Decode for RequestHeader {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            request_api_key: input.i16()?,
            request_api_version: input.i16()?,
            correlation_id: input.i32()?,
            client_id: input.string_or_null(false, true, "RequestHeader.ClientId")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
