// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeDelegationTokenResponse` versions 1-3, flexible 2+.

use bytes::Bytes;
use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeDelegationTokenResponse`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeDelegationTokenResponse {
    /// Versions 1-3.
    pub error_code: ErrorCode,
    /// Versions 1-3.
    pub tokens: Vec<DescribedDelegationToken>,
    /// Versions 1-3.
    pub throttle_time_ms: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeDelegationTokenResponse {
    const NAME: &'static str = "DescribeDelegationTokenResponse";
    const KEY: Option<i16> = Some(41);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeDelegationTokenResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i16(self.error_code.code());
        out.structs(&self.tokens, version, flexible, "DescribeDelegationTokenResponse.Tokens")?;
        out.i32(self.throttle_time_ms);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "DescribeDelegationTokenResponse",
            version,
        )
    }
}

impl Decode for DescribeDelegationTokenResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            tokens: input.structs(version, flexible, "DescribeDelegationTokenResponse.Tokens")?,
            throttle_time_ms: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribedDelegationToken`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribedDelegationToken {
    /// Versions 1-3.
    pub principal_type: Str,
    /// Versions 1-3.
    pub principal_name: Str,
    /// Versions 3.
    pub token_requester_principal_type: Str,
    /// Versions 3.
    pub token_requester_principal_name: Str,
    /// Versions 1-3.
    pub issue_timestamp: i64,
    /// Versions 1-3.
    pub expiry_timestamp: i64,
    /// Versions 1-3.
    pub max_timestamp: i64,
    /// Versions 1-3.
    pub token_id: Str,
    /// Versions 1-3.
    pub hmac: Bytes,
    /// Versions 1-3.
    pub renewers: Vec<DescribedDelegationTokenRenewer>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribedDelegationToken {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.principal_type, flexible, "DescribedDelegationToken.PrincipalType")?;
        out.string(&self.principal_name, flexible, "DescribedDelegationToken.PrincipalName")?;
        if version >= 3 {
            out.string(
                &self.token_requester_principal_type,
                flexible,
                "DescribedDelegationToken.TokenRequesterPrincipalType",
            )?;
        } else {
            out.only_default(
                self.token_requester_principal_type.is_empty(),
                "DescribedDelegationToken.TokenRequesterPrincipalType",
                version,
            )?;
        }
        if version >= 3 {
            out.string(
                &self.token_requester_principal_name,
                flexible,
                "DescribedDelegationToken.TokenRequesterPrincipalName",
            )?;
        } else {
            out.only_default(
                self.token_requester_principal_name.is_empty(),
                "DescribedDelegationToken.TokenRequesterPrincipalName",
                version,
            )?;
        }
        out.i64(self.issue_timestamp);
        out.i64(self.expiry_timestamp);
        out.i64(self.max_timestamp);
        out.string(&self.token_id, flexible, "DescribedDelegationToken.TokenId")?;
        out.bytes(&self.hmac, flexible, "DescribedDelegationToken.Hmac")?;
        out.structs(&self.renewers, version, flexible, "DescribedDelegationToken.Renewers")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "DescribedDelegationToken",
            version,
        )
    }
}

impl Decode for DescribedDelegationToken {
    const MIN_LENGTH: usize = 30;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            principal_type: input.string(flexible, "DescribedDelegationToken.PrincipalType")?,
            principal_name: input.string(flexible, "DescribedDelegationToken.PrincipalName")?,
            token_requester_principal_type: if version >= 3 {
                input.string(flexible, "DescribedDelegationToken.TokenRequesterPrincipalType")?
            } else {
                Str::default()
            },
            token_requester_principal_name: if version >= 3 {
                input.string(flexible, "DescribedDelegationToken.TokenRequesterPrincipalName")?
            } else {
                Str::default()
            },
            issue_timestamp: input.i64()?,
            expiry_timestamp: input.i64()?,
            max_timestamp: input.i64()?,
            token_id: input.string(flexible, "DescribedDelegationToken.TokenId")?,
            hmac: input.bytes(flexible, "DescribedDelegationToken.Hmac")?,
            renewers: input.structs(version, flexible, "DescribedDelegationToken.Renewers")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribedDelegationTokenRenewer`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribedDelegationTokenRenewer {
    /// Versions 1-3.
    pub principal_type: Str,
    /// Versions 1-3.
    pub principal_name: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribedDelegationTokenRenewer {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(
            &self.principal_type,
            flexible,
            "DescribedDelegationTokenRenewer.PrincipalType",
        )?;
        out.string(
            &self.principal_name,
            flexible,
            "DescribedDelegationTokenRenewer.PrincipalName",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "DescribedDelegationTokenRenewer",
            version,
        )
    }
}

impl Decode for DescribedDelegationTokenRenewer {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            principal_type: input
                .string(flexible, "DescribedDelegationTokenRenewer.PrincipalType")?,
            principal_name: input
                .string(flexible, "DescribedDelegationTokenRenewer.PrincipalName")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
