// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RenewDelegationTokenRequest` versions 1-2, flexible 2+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `RenewDelegationTokenRequest`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RenewDelegationTokenRequest {
    /// Versions 1-2.
    pub hmac: Bytes,
    /// Versions 1-2.
    pub renew_period_ms: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for RenewDelegationTokenRequest {
    const NAME: &'static str = "RenewDelegationTokenRequest";
    const KEY: Option<i16> = Some(39);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RenewDelegationTokenRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.bytes(&self.hmac, flexible, "RenewDelegationTokenRequest.Hmac")?;
        out.i64(self.renew_period_ms);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "RenewDelegationTokenRequest",
            version,
        )
    }
}

impl Decode for RenewDelegationTokenRequest {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            hmac: input.bytes(flexible, "RenewDelegationTokenRequest.Hmac")?,
            renew_period_ms: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
