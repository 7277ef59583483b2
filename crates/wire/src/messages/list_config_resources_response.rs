// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListConfigResourcesResponse` versions 0-1, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ListConfigResourcesResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListConfigResourcesResponse {
    /// Versions 0-1.
    pub throttle_time_ms: i32,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1.
    pub config_resources: Vec<ConfigResource>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListConfigResourcesResponse {
    const NAME: &'static str = "ListConfigResourcesResponse";
    const KEY: Option<i16> = Some(74);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListConfigResourcesResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.structs(
            &self.config_resources,
            version,
            true,
            "ListConfigResourcesResponse.ConfigResources",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ListConfigResourcesResponse", version)
    }
}

impl Decode for ListConfigResourcesResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            config_resources: input.structs(
                version,
                true,
                "ListConfigResourcesResponse.ConfigResources",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ConfigResource`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigResource {
    /// Versions 0-1.
    pub resource_name: Str,
    /// Versions 1, default 16.
    pub resource_type: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ConfigResource {
    fn default() -> Self {
        Self {
            resource_name: Str::default(),
            resource_type: 16,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for ConfigResource {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.resource_name, true, "ConfigResource.ResourceName")?;
        if version >= 1 {
            out.i8(self.resource_type);
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "ConfigResource", version)
    }
}

impl Decode for ConfigResource {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            resource_name: input.string(true, "ConfigResource.ResourceName")?,
            resource_type: if version >= 1 { input.i8()? } else { 16 },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
