// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `CreateDelegationTokenRequest` versions 1-3, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `CreateDelegationTokenRequest`, versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateDelegationTokenRequest {
    /// Versions 3, nullable 3.
    pub owner_principal_type: Option<Str>,
    /// Versions 3, nullable 3.
    pub owner_principal_name: Option<Str>,
    /// Versions 1-3.
    pub renewers: Vec<CreatableRenewers>,
    /// Versions 1-3.
    pub max_lifetime_ms: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreateDelegationTokenRequest {
    fn default() -> Self {
        Self {
            owner_principal_type: Some(Str::default()),
            owner_principal_name: Some(Str::default()),
            renewers: Vec::new(),
            max_lifetime_ms: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for CreateDelegationTokenRequest {
    const NAME: &'static str = "CreateDelegationTokenRequest";
    const KEY: Option<i16> = Some(38);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for CreateDelegationTokenRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        if version >= 3 {
            out.string_or_null(
                self.owner_principal_type.as_ref(),
                flexible,
                true,
                "CreateDelegationTokenRequest.OwnerPrincipalType",
            )?;
        } else {
            out.only_default(
                self.owner_principal_type.as_ref().is_some_and(|value| value.is_empty()),
                "CreateDelegationTokenRequest.OwnerPrincipalType",
                version,
            )?;
        }
        if version >= 3 {
            out.string_or_null(
                self.owner_principal_name.as_ref(),
                flexible,
                true,
                "CreateDelegationTokenRequest.OwnerPrincipalName",
            )?;
        } else {
            out.only_default(
                self.owner_principal_name.as_ref().is_some_and(|value| value.is_empty()),
                "CreateDelegationTokenRequest.OwnerPrincipalName",
                version,
            )?;
        }
        out.structs(&self.renewers, version, flexible, "CreateDelegationTokenRequest.Renewers")?;
        out.i64(self.max_lifetime_ms);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "CreateDelegationTokenRequest",
            version,
        )
    }
}

impl Decode for CreateDelegationTokenRequest {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            owner_principal_type: if version >= 3 {
                input.string_or_null(
                    flexible,
                    true,
                    "CreateDelegationTokenRequest.OwnerPrincipalType",
                )?
            } else {
                Some(Str::default())
            },
            owner_principal_name: if version >= 3 {
                input.string_or_null(
                    flexible,
                    true,
                    "CreateDelegationTokenRequest.OwnerPrincipalName",
                )?
            } else {
                Some(Str::default())
            },
            renewers: input.structs(version, flexible, "CreateDelegationTokenRequest.Renewers")?,
            max_lifetime_ms: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `CreatableRenewers`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreatableRenewers {
    /// Versions 1-3.
    pub principal_type: Str,
    /// Versions 1-3.
    pub principal_name: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for CreatableRenewers {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.principal_type, flexible, "CreatableRenewers.PrincipalType")?;
        out.string(&self.principal_name, flexible, "CreatableRenewers.PrincipalName")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "CreatableRenewers", version)
    }
}

impl Decode for CreatableRenewers {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            principal_type: input.string(flexible, "CreatableRenewers.PrincipalType")?,
            principal_name: input.string(flexible, "CreatableRenewers.PrincipalName")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
