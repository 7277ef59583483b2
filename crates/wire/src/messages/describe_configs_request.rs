// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeConfigsRequest` versions 1-4, flexible 4+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeConfigsRequest`, versions 1-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeConfigsRequest {
    /// Versions 1-4.
    pub resources: Vec<DescribeConfigsResource>,
    /// Versions 1-4.
    pub include_synonyms: bool,
    /// Versions 3-4.
    pub include_documentation: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeConfigsRequest {
    const NAME: &'static str = "DescribeConfigsRequest";
    const KEY: Option<i16> = Some(32);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeConfigsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        out.structs(&self.resources, version, flexible, "DescribeConfigsRequest.Resources")?;
        out.bool(self.include_synonyms);
        if version >= 3 {
            out.bool(self.include_documentation);
        } else {
            out.only_default(
                !self.include_documentation,
                "DescribeConfigsRequest.IncludeDocumentation",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeConfigsRequest", version)
    }
}

impl Decode for DescribeConfigsRequest {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            resources: input.structs(version, flexible, "DescribeConfigsRequest.Resources")?,
            include_synonyms: input.bool()?,
            include_documentation: if version >= 3 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribeConfigsResource`, versions 1-4.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResource {
    /// Versions 1-4.
    pub resource_type: i8,
    /// Versions 1-4.
    pub resource_name: Str,
    /// Versions 1-4, nullable 1-4.
    pub configuration_keys: Option<Vec<Str>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeConfigsResource {
    fn default() -> Self {
        Self {
            resource_type: 0,
            resource_name: Str::default(),
            configuration_keys: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeConfigsResource {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.i8(self.resource_type);
        out.string(&self.resource_name, flexible, "DescribeConfigsResource.ResourceName")?;
        out.strings_or_null(
            self.configuration_keys.as_ref(),
            flexible,
            true,
            "DescribeConfigsResource.ConfigurationKeys",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeConfigsResource", version)
    }
}

impl Decode for DescribeConfigsResource {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            resource_type: input.i8()?,
            resource_name: input.string(flexible, "DescribeConfigsResource.ResourceName")?,
            configuration_keys: input.strings_or_null(
                flexible,
                true,
                "DescribeConfigsResource.ConfigurationKeys",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
