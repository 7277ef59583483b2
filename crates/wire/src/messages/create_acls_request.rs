// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `CreateAclsRequest` versions 1-3, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `CreateAclsRequest`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreateAclsRequest {
    /// Versions 1-3.
    pub creations: Vec<AclCreation>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreateAclsRequest {
    const NAME: &'static str = "CreateAclsRequest";
    const KEY: Option<i16> = Some(30);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for CreateAclsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.structs(&self.creations, version, flexible, "CreateAclsRequest.Creations")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "CreateAclsRequest", version)
    }
}

impl Decode for CreateAclsRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            creations: input.structs(version, flexible, "CreateAclsRequest.Creations")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AclCreation`, versions 1-3.
#[derive(Clone, Debug, PartialEq)]
pub struct AclCreation {
    /// Versions 1-3.
    pub resource_type: i8,
    /// Versions 1-3.
    pub resource_name: Str,
    /// Versions 1-3, default 3.
    pub resource_pattern_type: i8,
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

impl Default for AclCreation {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: Str::default(),
            resource_pattern_type: 3,
            principal: Str::default(),
            host: Str::default(),
            operation: 0,
            permission_type: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for AclCreation {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i8(self.resource_type);
        out.string(&self.resource_name, flexible, "AclCreation.ResourceName")?;
        out.i8(self.resource_pattern_type);
        out.string(&self.principal, flexible, "AclCreation.Principal")?;
        out.string(&self.host, flexible, "AclCreation.Host")?;
        out.i8(self.operation);
        out.i8(self.permission_type);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AclCreation", version)
    }
}

impl Decode for AclCreation {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            resource_type: input.i8()?,
            resource_name: input.string(flexible, "AclCreation.ResourceName")?,
            resource_pattern_type: input.i8()?,
            principal: input.string(flexible, "AclCreation.Principal")?,
            host: input.string(flexible, "AclCreation.Host")?,
            operation: input.i8()?,
            permission_type: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
