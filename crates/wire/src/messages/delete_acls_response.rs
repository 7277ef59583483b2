// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteAclsResponse` versions 1-3, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteAclsResponse`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteAclsResponse {
    /// Versions 1-3.
    pub throttle_time_ms: i32,
    /// Versions 1-3.
    pub filter_results: Vec<DeleteAclsFilterResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteAclsResponse {
    const NAME: &'static str = "DeleteAclsResponse";
    const KEY: Option<i16> = Some(31);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteAclsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        out.structs(&self.filter_results, version, flexible, "DeleteAclsResponse.FilterResults")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteAclsResponse", version)
    }
}

impl Decode for DeleteAclsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            filter_results: input.structs(version, flexible, "DeleteAclsResponse.FilterResults")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DeleteAclsFilterResult`, versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteAclsFilterResult {
    /// Versions 1-3.
    pub error_code: ErrorCode,
    /// Versions 1-3, nullable 1-3.
    pub error_message: Option<Str>,
    /// Versions 1-3.
    pub matching_acls: Vec<DeleteAclsMatchingAcl>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DeleteAclsFilterResult {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            matching_acls: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DeleteAclsFilterResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "DeleteAclsFilterResult.ErrorMessage",
        )?;
        out.structs(&self.matching_acls, version, flexible, "DeleteAclsFilterResult.MatchingAcls")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteAclsFilterResult", version)
    }
}

impl Decode for DeleteAclsFilterResult {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "DeleteAclsFilterResult.ErrorMessage",
            )?,
            matching_acls: input.structs(
                version,
                flexible,
                "DeleteAclsFilterResult.MatchingAcls",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DeleteAclsMatchingAcl`, versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteAclsMatchingAcl {
    /// Versions 1-3.
    pub error_code: ErrorCode,
    /// Versions 1-3, nullable 1-3.
    pub error_message: Option<Str>,
    /// Versions 1-3.
    pub resource_type: i8,
    /// Versions 1-3.
    pub resource_name: Str,
    /// Versions 1-3, default 3.
    pub pattern_type: i8,
    /// Versions 1-3.
    pub principal: Str,
    /// Versions 1-3.
    pub host: Str,
    /// Versions 1-3.
    pub operation: i8,
    /// Versions 1-3.
    pub permission_type: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DeleteAclsMatchingAcl {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            resource_type: 0,
            resource_name: Str::default(),
            pattern_type: 3,
            principal: Str::default(),
            host: Str::default(),
            operation: 0,
            permission_type: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DeleteAclsMatchingAcl {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "DeleteAclsMatchingAcl.ErrorMessage",
        )?;
        out.i8(self.resource_type);
        out.string(&self.resource_name, flexible, "DeleteAclsMatchingAcl.ResourceName")?;
        out.i8(self.pattern_type);
        out.string(&self.principal, flexible, "DeleteAclsMatchingAcl.Principal")?;
        out.string(&self.host, flexible, "DeleteAclsMatchingAcl.Host")?;
        out.i8(self.operation);
        out.i8(self.permission_type);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteAclsMatchingAcl", version)
    }
}

impl Decode for DeleteAclsMatchingAcl {
    const MIN_LENGTH: usize = 11;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "DeleteAclsMatchingAcl.ErrorMessage",
            )?,
            resource_type: input.i8()?,
            resource_name: input.string(flexible, "DeleteAclsMatchingAcl.ResourceName")?,
            pattern_type: input.i8()?,
            principal: input.string(flexible, "DeleteAclsMatchingAcl.Principal")?,
            host: input.string(flexible, "DeleteAclsMatchingAcl.Host")?,
            operation: input.i8()?,
            permission_type: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
