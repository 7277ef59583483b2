// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteAclsRequest` versions 1-3, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteAclsRequest`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteAclsRequest {
    /// Versions 1-3.
    pub filters: Vec<DeleteAclsFilter>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteAclsRequest {
    const NAME: &'static str = "DeleteAclsRequest";
    const KEY: Option<i16> = Some(31);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteAclsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.structs(&self.filters, version, flexible, "DeleteAclsRequest.Filters")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteAclsRequest", version)
    }
}

impl Decode for DeleteAclsRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            filters: input.structs(version, flexible, "DeleteAclsRequest.Filters")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DeleteAclsFilter`, versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteAclsFilter {
    /// Versions 1-3.
    pub resource_type_filter: i8,
    /// Versions 1-3, nullable 1-3.
    pub resource_name_filter: Option<Str>,
    /// Versions 1-3, default 3.
    pub pattern_type_filter: i8,
    /// Versions 1-3, nullable 1-3.
    pub principal_filter: Option<Str>,
    /// Versions 1-3, nullable 1-3.
    pub host_filter: Option<Str>,
    /// Versions 1-3.
    pub operation: i8,
    /// Versions 1-3.
    pub permission_type: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DeleteAclsFilter {
    fn default() -> Self {
        Self {
            resource_type_filter: 0,
            resource_name_filter: Some(Str::default()),
            pattern_type_filter: 3,
            principal_filter: Some(Str::default()),
            host_filter: Some(Str::default()),
            operation: 0,
            permission_type: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DeleteAclsFilter {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i8(self.resource_type_filter);
        out.string_or_null(
            self.resource_name_filter.as_ref(),
            flexible,
            true,
            "DeleteAclsFilter.ResourceNameFilter",
        )?;
        out.i8(self.pattern_type_filter);
        out.string_or_null(
            self.principal_filter.as_ref(),
            flexible,
            true,
            "DeleteAclsFilter.PrincipalFilter",
        )?;
        out.string_or_null(
            self.host_filter.as_ref(),
            flexible,
            true,
            "DeleteAclsFilter.HostFilter",
        )?;
        out.i8(self.operation);
        out.i8(self.permission_type);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteAclsFilter", version)
    }
}

impl Decode for DeleteAclsFilter {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            resource_type_filter: input.i8()?,
            resource_name_filter: input.string_or_null(
                flexible,
                true,
                "DeleteAclsFilter.ResourceNameFilter",
            )?,
            pattern_type_filter: input.i8()?,
            principal_filter: input.string_or_null(
                flexible,
                true,
                "DeleteAclsFilter.PrincipalFilter",
            )?,
            host_filter: input.string_or_null(flexible, true, "DeleteAclsFilter.HostFilter")?,
            operation: input.i8()?,
            permission_type: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
