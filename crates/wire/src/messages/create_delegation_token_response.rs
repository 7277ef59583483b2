// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `CreateDelegationTokenResponse` versions 1-3, flexible 2+.

use bytes::Bytes;
use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `CreateDelegationTokenResponse`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreateDelegationTokenResponse {
    /// Versions 1-3.
    pub error_code: ErrorCode,
    /// Versions 1-3.
    pub principal_type: Str,
    /// Versions 1-3.
    pub principal_name: Str,
    /// Versions 3.
    pub token_requester_principal_type: Str,
    /// Versions 3.
    pub token_requester_principal_name: Str,
    /// Versions 1-3.
    pub issue_timestamp_ms: i64,
    /// Versions 1-3.
    pub expiry_timestamp_ms: i64,
    /// Versions 1-3.
    pub max_timestamp_ms: i64,
    /// Versions 1-3.
    pub token_id: Str,
    /// Versions 1-3.
    pub hmac: Bytes,
    /// Versions 1-3.
    pub throttle_time_ms: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreateDelegationTokenResponse {
    const NAME: &'static str = "CreateDelegationTokenResponse";
    const KEY: Option<i16> = Some(38);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for CreateDelegationTokenResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i16(self.error_code.code());
        out.string(&self.principal_type, flexible, "CreateDelegationTokenResponse.PrincipalType")?;
        out.string(&self.principal_name, flexible, "CreateDelegationTokenResponse.PrincipalName")?;
        if version >= 3 {
            out.string(
                &self.token_requester_principal_type,
                flexible,
                "CreateDelegationTokenResponse.TokenRequesterPrincipalType",
            )?;
        } else {
            out.only_default(
                self.token_requester_principal_type.is_empty(),
                "CreateDelegationTokenResponse.TokenRequesterPrincipalType",
                version,
            )?;
        }
        if version >= 3 {
            out.string(
                &self.token_requester_principal_name,
                flexible,
                "CreateDelegationTokenResponse.TokenRequesterPrincipalName",
            )?;
        } else {
            out.only_default(
                self.token_requester_principal_name.is_empty(),
                "CreateDelegationTokenResponse.TokenRequesterPrincipalName",
                version,
            )?;
        }
        out.i64(self.issue_timestamp_ms);
        out.i64(self.expiry_timestamp_ms);
        out.i64(self.max_timestamp_ms);
        out.string(&self.token_id, flexible, "CreateDelegationTokenResponse.TokenId")?;
        out.bytes(&self.hmac, flexible, "CreateDelegationTokenResponse.Hmac")?;
        out.i32(self.throttle_time_ms);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "CreateDelegationTokenResponse",
            version,
        )
    }
}

impl Decode for CreateDelegationTokenResponse {
    const MIN_LENGTH: usize = 35;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            principal_type: input
                .string(flexible, "CreateDelegationTokenResponse.PrincipalType")?,
            principal_name: input
                .string(flexible, "CreateDelegationTokenResponse.PrincipalName")?,
            token_requester_principal_type: if version >= 3 {
                input
                    .string(flexible, "CreateDelegationTokenResponse.TokenRequesterPrincipalType")?
            } else {
                Str::default()
            },
            token_requester_principal_name: if version >= 3 {
                input
                    .string(flexible, "CreateDelegationTokenResponse.TokenRequesterPrincipalName")?
            } else {
                Str::default()
            },
            issue_timestamp_ms: input.i64()?,
            expiry_timestamp_ms: input.i64()?,
            max_timestamp_ms: input.i64()?,
            token_id: input.string(flexible, "CreateDelegationTokenResponse.TokenId")?,
            hmac: input.bytes(flexible, "CreateDelegationTokenResponse.Hmac")?,
            throttle_time_ms: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
