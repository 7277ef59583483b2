// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeAclsResponse` versions 1-3, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeAclsResponse`, versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeAclsResponse {
    /// Versions 1-3.
    pub throttle_time_ms: i32,
    /// Versions 1-3.
    pub error_code: ErrorCode,
    /// Versions 1-3, nullable 1-3.
    pub error_message: Option<Str>,
    /// Versions 1-3.
    pub resources: Vec<DescribeAclsResource>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeAclsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            resources: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for DescribeAclsResponse {
    const NAME: &'static str = "DescribeAclsResponse";
    const KEY: Option<i16> = Some(29);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeAclsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "DescribeAclsResponse.ErrorMessage",
        )?;
        out.structs(&self.resources, version, flexible, "DescribeAclsResponse.Resources")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeAclsResponse", version)
    }
}

impl Decode for DescribeAclsResponse {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "DescribeAclsResponse.ErrorMessage",
            )?,
            resources: input.structs(version, flexible, "DescribeAclsResponse.Resources")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribeAclsResource`, versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeAclsResource {
    /// Versions 1-3.
    pub resource_type: i8,
    /// Versions 1-3.
    pub resource_name: Str,
    /// Versions 1-3, default 3.
    pub pattern_type: i8,
    /// Versions 1-3.
    pub acls: Vec<AclDescription>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeAclsResource {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: Str::default(),
            pattern_type: 3,
            acls: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeAclsResource {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i8(self.resource_type);
        out.string(&self.resource_name, flexible, "DescribeAclsResource.ResourceName")?;
        out.i8(self.pattern_type);
        out.structs(&self.acls, version, flexible, "DescribeAclsResource.Acls")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeAclsResource", version)
    }
}

impl Decode for DescribeAclsResource {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            resource_type: input.i8()?,
            resource_name: input.string(flexible, "DescribeAclsResource.ResourceName")?,
            pattern_type: input.i8()?,
            acls: input.structs(version, flexible, "DescribeAclsResource.Acls")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AclDescription`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AclDescription {
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

impl Encode for AclDescription {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.principal, flexible, "AclDescription.Principal")?;
        out.string(&self.host, flexible, "AclDescription.Host")?;
        out.i8(self.operation);
        out.i8(self.permission_type);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AclDescription", version)
    }
}

impl Decode for AclDescription {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            principal: input.string(flexible, "AclDescription.Principal")?,
            host: input.string(flexible, "AclDescription.Host")?,
            operation: input.i8()?,
            permission_type: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
