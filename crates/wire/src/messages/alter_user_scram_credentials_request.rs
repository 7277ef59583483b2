// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterUserScramCredentialsRequest` versions 0, flexible 0+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterUserScramCredentialsRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterUserScramCredentialsRequest {
    /// Versions 0.
    pub deletions: Vec<ScramCredentialDeletion>,
    /// Versions 0.
    pub upsertions: Vec<ScramCredentialUpsertion>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterUserScramCredentialsRequest {
    const NAME: &'static str = "AlterUserScramCredentialsRequest";
    const KEY: Option<i16> = Some(51);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterUserScramCredentialsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.deletions, version, true, "AlterUserScramCredentialsRequest.Deletions")?;
        out.structs(
            &self.upsertions,
            version,
            true,
            "AlterUserScramCredentialsRequest.Upsertions",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterUserScramCredentialsRequest",
            version,
        )
    }
}

impl Decode for AlterUserScramCredentialsRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            deletions: input.structs(
                version,
                true,
                "AlterUserScramCredentialsRequest.Deletions",
            )?,
            upsertions: input.structs(
                version,
                true,
                "AlterUserScramCredentialsRequest.Upsertions",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ScramCredentialDeletion`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ScramCredentialDeletion {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub mechanism: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ScramCredentialDeletion {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "ScramCredentialDeletion.Name")?;
        out.i8(self.mechanism);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ScramCredentialDeletion", version)
    }
}

impl Decode for ScramCredentialDeletion {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "ScramCredentialDeletion.Name")?,
            mechanism: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ScramCredentialUpsertion`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ScramCredentialUpsertion {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub mechanism: i8,
    /// Versions 0.
    pub iterations: i32,
    /// Versions 0.
    pub salt: Bytes,
    /// Versions 0.
    pub salted_password: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ScramCredentialUpsertion {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "ScramCredentialUpsertion.Name")?;
        out.i8(self.mechanism);
        out.i32(self.iterations);
        out.bytes(&self.salt, true, "ScramCredentialUpsertion.Salt")?;
        out.bytes(&self.salted_password, true, "ScramCredentialUpsertion.SaltedPassword")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ScramCredentialUpsertion", version)
    }
}

impl Decode for ScramCredentialUpsertion {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "ScramCredentialUpsertion.Name")?,
            mechanism: input.i8()?,
            iterations: input.i32()?,
            salt: input.bytes(true, "ScramCredentialUpsertion.Salt")?,
            salted_password: input.bytes(true, "ScramCredentialUpsertion.SaltedPassword")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
