// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListGroupsRequest` versions 0-5, flexible 3+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ListGroupsRequest`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListGroupsRequest {
    /// Versions 4-5.
    pub states_filter: Vec<Str>,
    /// Versions 5.
    pub types_filter: Vec<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListGroupsRequest {
    const NAME: &'static str = "ListGroupsRequest";
    const KEY: Option<i16> = Some(16);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListGroupsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 4 {
            out.strings(&self.states_filter, flexible, "ListGroupsRequest.StatesFilter")?;
        } else {
            out.only_default(
                self.states_filter.is_empty(),
                "ListGroupsRequest.StatesFilter",
                version,
            )?;
        }
        if version >= 5 {
            out.strings(&self.types_filter, flexible, "ListGroupsRequest.TypesFilter")?;
        } else {
            out.only_default(
                self.types_filter.is_empty(),
                "ListGroupsRequest.TypesFilter",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ListGroupsRequest", version)
    }
}

impl Decode for ListGroupsRequest {
    const MIN_LENGTH: usize = 1;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            states_filter: if version >= 4 {
                input.strings(flexible, "ListGroupsRequest.StatesFilter")?
            } else {
                Vec::new()
            },
            types_filter: if version >= 5 {
                input.strings(flexible, "ListGroupsRequest.TypesFilter")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
