// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `IncrementalAlterConfigsRequest` versions 0-1, flexible 1+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `IncrementalAlterConfigsRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct IncrementalAlterConfigsRequest {
    /// Versions 0-1.
    pub resources: Vec<AlterConfigsResource>,
    /// Versions 0-1.
    pub validate_only: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for IncrementalAlterConfigsRequest {
    const NAME: &'static str = "IncrementalAlterConfigsRequest";
    const KEY: Option<i16> = Some(44);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for IncrementalAlterConfigsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.structs(
            &self.resources,
            version,
            flexible,
            "IncrementalAlterConfigsRequest.Resources",
        )?;
        out.bool(self.validate_only);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "IncrementalAlterConfigsRequest",
            version,
        )
    }
}

impl Decode for IncrementalAlterConfigsRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        Ok(Self {
            resources: input.structs(
                version,
                flexible,
                "IncrementalAlterConfigsRequest.Resources",
            )?,
            validate_only: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AlterConfigsResource`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AlterConfigsResource {
    /// Versions 0-1.
    pub resource_type: i8,
    /// Versions 0-1.
    pub resource_name: Str,
    /// Versions 0-1.
    pub configs: Vec<AlterableConfig>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AlterConfigsResource {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.i8(self.resource_type);
        out.string(&self.resource_name, flexible, "AlterConfigsResource.ResourceName")?;
        out.structs(&self.configs, version, flexible, "AlterConfigsResource.Configs")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AlterConfigsResource", version)
    }
}

impl Decode for AlterConfigsResource {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            resource_type: input.i8()?,
            resource_name: input.string(flexible, "AlterConfigsResource.ResourceName")?,
            configs: input.structs(version, flexible, "AlterConfigsResource.Configs")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AlterableConfig`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterableConfig {
    /// Versions 0-1.
    pub name: Str,
    /// Versions 0-1.
    pub config_operation: i8,
    /// Versions 0-1, nullable 0-1.
    pub value: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterableConfig {
    fn default() -> Self {
        Self {
            name: Str::default(),
            config_operation: 0,
            value: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for AlterableConfig {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.string(&self.name, flexible, "AlterableConfig.Name")?;
        out.i8(self.config_operation);
        out.string_or_null(self.value.as_ref(), flexible, true, "AlterableConfig.Value")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AlterableConfig", version)
    }
}

impl Decode for AlterableConfig {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            name: input.string(flexible, "AlterableConfig.Name")?,
            config_operation: input.i8()?,
            value: input.string_or_null(flexible, true, "AlterableConfig.Value")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
