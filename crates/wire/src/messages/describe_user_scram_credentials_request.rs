// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeUserScramCredentialsRequest` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeUserScramCredentialsRequest`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeUserScramCredentialsRequest {
    /// Versions 0, nullable 0.
    pub users: Option<Vec<UserName>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeUserScramCredentialsRequest {
    fn default() -> Self {
        Self { users: Some(Vec::new()), unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Message for DescribeUserScramCredentialsRequest {
    const NAME: &'static str = "DescribeUserScramCredentialsRequest";
    const KEY: Option<i16> = Some(50);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeUserScramCredentialsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs_or_null(
            self.users.as_ref(),
            version,
            true,
            true,
            "DescribeUserScramCredentialsRequest.Users",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "DescribeUserScramCredentialsRequest",
            version,
        )
    }
}

impl Decode for DescribeUserScramCredentialsRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            users: input.structs_or_null(
                version,
                true,
                true,
                "DescribeUserScramCredentialsRequest.Users",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `UserName`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct UserName {
    /// Versions 0.
    pub name: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for UserName {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "UserName.Name")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "UserName", version)
    }
}

impl Decode for UserName {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "UserName.Name")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
