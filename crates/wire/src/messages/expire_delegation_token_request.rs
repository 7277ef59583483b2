// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ExpireDelegationTokenRequest` versions 1-2, flexible 2+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ExpireDelegationTokenRequest`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ExpireDelegationTokenRequest {
    /// Versions 1-2.
    pub hmac: Bytes,
    /// Versions 1-2.
    pub expiry_time_period_ms: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ExpireDelegationTokenRequest {
    const NAME: &'static str = "ExpireDelegationTokenRequest";
    const KEY: Option<i16> = Some(40);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ExpireDelegationTokenRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.bytes(&self.hmac, flexible, "ExpireDelegationTokenRequest.Hmac")?;
        out.i64(self.expiry_time_period_ms);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "ExpireDelegationTokenRequest",
            version,
        )
    }
}

impl Decode for ExpireDelegationTokenRequest {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            hmac: input.bytes(flexible, "ExpireDelegationTokenRequest.Hmac")?,
            expiry_time_period_ms: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
