// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeDelegationTokenRequest` versions 1-3, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeDelegationTokenRequest`, versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeDelegationTokenRequest {
    /// Versions 1-3, nullable 1-3.
    pub owners: Option<Vec<DescribeDelegationTokenOwner>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeDelegationTokenRequest {
    fn default() -> Self {
        Self { owners: Some(Vec::new()), unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Message for DescribeDelegationTokenRequest {
    const NAME: &'static str = "DescribeDelegationTokenRequest";
    const KEY: Option<i16> = Some(41);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeDelegationTokenRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.structs_or_null(
            self.owners.as_ref(),
            version,
            flexible,
            true,
            "DescribeDelegationTokenRequest.Owners",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "DescribeDelegationTokenRequest",
            version,
        )
    }
}

impl Decode for DescribeDelegationTokenRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            owners: input.structs_or_null(
                version,
                flexible,
                true,
                "DescribeDelegationTokenRequest.Owners",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribeDelegationTokenOwner`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeDelegationTokenOwner {
    /// Versions 1-3.
    pub principal_type: Str,
    /// Versions 1-3.
    pub principal_name: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribeDelegationTokenOwner {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.principal_type, flexible, "DescribeDelegationTokenOwner.PrincipalType")?;
        out.string(&self.principal_name, flexible, "DescribeDelegationTokenOwner.PrincipalName")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "DescribeDelegationTokenOwner",
            version,
        )
    }
}

impl Decode for DescribeDelegationTokenOwner {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            principal_type: input.string(flexible, "DescribeDelegationTokenOwner.PrincipalType")?,
            principal_name: input.string(flexible, "DescribeDelegationTokenOwner.PrincipalName")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
