// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeConfigsResponse` versions 1-4, flexible 4+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeConfigsResponse`, versions 1-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeConfigsResponse {
    /// Versions 1-4.
    pub throttle_time_ms: i32,
    /// Versions 1-4.
    pub results: Vec<DescribeConfigsResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeConfigsResponse {
    const NAME: &'static str = "DescribeConfigsResponse";
    const KEY: Option<i16> = Some(32);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeConfigsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        out.i32(self.throttle_time_ms);
        out.structs(&self.results, version, flexible, "DescribeConfigsResponse.Results")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeConfigsResponse", version)
    }
}

impl Decode for DescribeConfigsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            results: input.structs(version, flexible, "DescribeConfigsResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribeConfigsResult`, versions 1-4.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResult {
    /// Versions 1-4.
    pub error_code: ErrorCode,
    /// Versions 1-4, nullable 1-4.
    pub error_message: Option<Str>,
    /// Versions 1-4.
    pub resource_type: i8,
    /// Versions 1-4.
    pub resource_name: Str,
    /// Versions 1-4.
    pub configs: Vec<DescribeConfigsResourceResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeConfigsResult {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            resource_type: 0,
            resource_name: Str::default(),
            configs: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeConfigsResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "DescribeConfigsResult.ErrorMessage",
        )?;
        out.i8(self.resource_type);
        out.string(&self.resource_name, flexible, "DescribeConfigsResult.ResourceName")?;
        out.structs(&self.configs, version, flexible, "DescribeConfigsResult.Configs")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeConfigsResult", version)
    }
}

impl Decode for DescribeConfigsResult {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "DescribeConfigsResult.ErrorMessage",
            )?,
            resource_type: input.i8()?,
            resource_name: input.string(flexible, "DescribeConfigsResult.ResourceName")?,
            configs: input.structs(version, flexible, "DescribeConfigsResult.Configs")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribeConfigsResourceResult`, versions 1-4.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResourceResult {
    /// Versions 1-4.
    pub name: Str,
    /// Versions 1-4, nullable 1-4.
    pub value: Option<Str>,
    /// Versions 1-4.
    pub read_only: bool,
    /// Versions 1-4, default -1.
    pub config_source: i8,
    /// Versions 1-4.
    pub is_sensitive: bool,
    /// Versions 1-4.
    pub synonyms: Vec<DescribeConfigsSynonym>,
    /// Versions 3-4.
    pub config_type: i8,
    /// Versions 3-4, nullable 3-4.
    pub documentation: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeConfigsResourceResult {
    fn default() -> Self {
        Self {
            name: Str::default(),
            value: Some(Str::default()),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
            synonyms: Vec::new(),
            config_type: 0,
            documentation: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeConfigsResourceResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.string(&self.name, flexible, "DescribeConfigsResourceResult.Name")?;
        out.string_or_null(
            self.value.as_ref(),
            flexible,
            true,
            "DescribeConfigsResourceResult.Value",
        )?;
        out.bool(self.read_only);
        out.i8(self.config_source);
        out.bool(self.is_sensitive);
        out.structs(&self.synonyms, version, flexible, "DescribeConfigsResourceResult.Synonyms")?;
        if version >= 3 {
            out.i8(self.config_type);
        }
        if version >= 3 {
            out.string_or_null(
                self.documentation.as_ref(),
                flexible,
                true,
                "DescribeConfigsResourceResult.Documentation",
            )?;
        }
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "DescribeConfigsResourceResult",
            version,
        )
    }
}

impl Decode for DescribeConfigsResourceResult {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            name: input.string(flexible, "DescribeConfigsResourceResult.Name")?,
            value: input.string_or_null(flexible, true, "DescribeConfigsResourceResult.Value")?,
            read_only: input.bool()?,
            config_source: input.i8()?,
            is_sensitive: input.bool()?,
            synonyms: input.structs(version, flexible, "DescribeConfigsResourceResult.Synonyms")?,
            config_type: if version >= 3 { input.i8()? } else { 0 },
            documentation: if version >= 3 {
                input.string_or_null(
                    flexible,
                    true,
                    "DescribeConfigsResourceResult.Documentation",
                )?
            } else {
                Some(Str::default())
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribeConfigsSynonym`, versions 1-4.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsSynonym {
    /// Versions 1-4.
    pub name: Str,
    /// Versions 1-4, nullable 1-4.
    pub value: Option<Str>,
    /// Versions 1-4.
    pub source: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeConfigsSynonym {
    fn default() -> Self {
        Self {
            name: Str::default(),
            value: Some(Str::default()),
            source: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeConfigsSynonym {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.string(&self.name, flexible, "DescribeConfigsSynonym.Name")?;
        out.string_or_null(self.value.as_ref(), flexible, true, "DescribeConfigsSynonym.Value")?;
        out.i8(self.source);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeConfigsSynonym", version)
    }
}

impl Decode for DescribeConfigsSynonym {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            name: input.string(flexible, "DescribeConfigsSynonym.Name")?,
            value: input.string_or_null(flexible, true, "DescribeConfigsSynonym.Value")?,
            source: input.i8()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
