// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `EnvelopeRequest` versions 0, flexible 0+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `EnvelopeRequest`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvelopeRequest {
    /// Versions 0.
    pub request_data: Bytes,
    /// Versions 0, nullable 0.
    pub request_principal: Option<Bytes>,
    /// Versions 0.
    pub client_host_address: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for EnvelopeRequest {
    fn default() -> Self {
        Self {
            request_data: Bytes::new(),
            request_principal: Some(Bytes::new()),
            client_host_address: Bytes::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for EnvelopeRequest {
    const NAME: &'static str = "EnvelopeRequest";
    const KEY: Option<i16> = Some(58);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for EnvelopeRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.bytes(&self.request_data, true, "EnvelopeRequest.RequestData")?;
        out.bytes_or_null(
            self.request_principal.as_ref(),
            true,
            true,
            "EnvelopeRequest.RequestPrincipal",
        )?;
        out.bytes(&self.client_host_address, true, "EnvelopeRequest.ClientHostAddress")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "EnvelopeRequest", version)
    }
}

impl Decode for EnvelopeRequest {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            request_data: input.bytes(true, "EnvelopeRequest.RequestData")?,
            request_principal: input.bytes_or_null(
                true,
                true,
                "EnvelopeRequest.RequestPrincipal",
            )?,
            client_host_address: input.bytes(true, "EnvelopeRequest.ClientHostAddress")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
