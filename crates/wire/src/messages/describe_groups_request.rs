// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeGroupsRequest` versions 0-6, flexible 5+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeGroupsRequest`, versions 0-6.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeGroupsRequest {
    /// Versions 0-6.
    pub groups: Vec<Str>,
    /// Versions 3-6.
    pub include_authorized_operations: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeGroupsRequest {
    const NAME: &'static str = "DescribeGroupsRequest";
    const KEY: Option<i16> = Some(15);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 6);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(5, 6);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeGroupsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 5;
        out.strings(&self.groups, flexible, "DescribeGroupsRequest.Groups")?;
        if version >= 3 {
            out.bool(self.include_authorized_operations);
        } else {
            out.only_default(
                !self.include_authorized_operations,
                "DescribeGroupsRequest.IncludeAuthorizedOperations",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeGroupsRequest", version)
    }
}

impl Decode for DescribeGroupsRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 5;
        Ok(Self {
            groups: input.strings(flexible, "DescribeGroupsRequest.Groups")?,
            include_authorized_operations: if version >= 3 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
