// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteGroupsRequest` versions 0-2, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteGroupsRequest`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteGroupsRequest {
    /// Versions 0-2.
    pub groups_names: Vec<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteGroupsRequest {
    const NAME: &'static str = "DeleteGroupsRequest";
    const KEY: Option<i16> = Some(42);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteGroupsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.strings(&self.groups_names, flexible, "DeleteGroupsRequest.GroupsNames")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteGroupsRequest", version)
    }
}

impl Decode for DeleteGroupsRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            groups_names: input.strings(flexible, "DeleteGroupsRequest.GroupsNames")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
