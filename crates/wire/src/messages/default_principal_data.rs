// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DefaultPrincipalData` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DefaultPrincipalData`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DefaultPrincipalData {
    /// Versions 0.
    pub r#type: Str,
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub token_authenticated: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DefaultPrincipalData {
    const NAME: &'static str = "DefaultPrincipalData";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DefaultPrincipalData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.r#type, true, "DefaultPrincipalData.Type")?;
        out.string(&self.name, true, "DefaultPrincipalData.Name")?;
        out.bool(self.token_authenticated);
        out.tagged_fields(&self.unknown_tagged_fields, true, "DefaultPrincipalData", version)
    }
}

impl Decode for DefaultPrincipalData {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            r#type: input.string(true, "DefaultPrincipalData.Type")?,
            name: input.string(true, "DefaultPrincipalData.Name")?,
            token_authenticated: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
