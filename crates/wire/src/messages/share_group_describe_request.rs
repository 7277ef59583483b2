// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareGroupDescribeRequest` versions 1, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareGroupDescribeRequest`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareGroupDescribeRequest {
    /// Versions 1.
    pub group_ids: Vec<Str>,
    /// Versions 1.
    pub include_authorized_operations: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupDescribeRequest {
    const NAME: &'static str = "ShareGroupDescribeRequest";
    const KEY: Option<i16> = Some(77);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareGroupDescribeRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.strings(&self.group_ids, true, "ShareGroupDescribeRequest.GroupIds")?;
        out.bool(self.include_authorized_operations);
        out.tagged_fields(&self.unknown_tagged_fields, true, "ShareGroupDescribeRequest", version)
    }
}

impl Decode for ShareGroupDescribeRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_ids: input.strings(true, "ShareGroupDescribeRequest.GroupIds")?,
            include_authorized_operations: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
