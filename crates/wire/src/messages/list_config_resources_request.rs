// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListConfigResourcesRequest` versions 0-1, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `ListConfigResourcesRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListConfigResourcesRequest {
    /// Versions 1.
    pub resource_types: Vec<i8>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListConfigResourcesRequest {
    const NAME: &'static str = "ListConfigResourcesRequest";
    const KEY: Option<i16> = Some(74);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListConfigResourcesRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        if version >= 1 {
            out.plains(&self.resource_types, true, "ListConfigResourcesRequest.ResourceTypes")?;
        } else {
            out.only_default(
                self.resource_types.is_empty(),
                "ListConfigResourcesRequest.ResourceTypes",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "ListConfigResourcesRequest", version)
    }
}

impl Decode for ListConfigResourcesRequest {
    const MIN_LENGTH: usize = 1;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            resource_types: if version >= 1 {
                input.plains(true, "ListConfigResourcesRequest.ResourceTypes")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
