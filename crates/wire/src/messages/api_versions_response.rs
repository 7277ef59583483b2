// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ApiVersionsResponse` versions 0-4, flexible 3+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ApiVersionsResponse`, versions 0-4.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiVersionsResponse {
    /// Versions 0-4.
    pub error_code: ErrorCode,
    /// Versions 0-4.
    pub api_keys: Vec<ApiVersion>,
    /// Versions 1-4.
    pub throttle_time_ms: i32,
    /// Versions 3-4, tag 0.
    pub supported_features: Vec<SupportedFeatureKey>,
    /// Versions 3-4, tag 1, default -1.
    pub finalized_features_epoch: i64,
    /// Versions 3-4, tag 2.
    pub finalized_features: Vec<FinalizedFeatureKey>,
    /// Versions 3-4, tag 3.
    pub zk_migration_ready: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ApiVersionsResponse {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            api_keys: Vec::new(),
            throttle_time_ms: 0,
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ApiVersionsResponse {
    const NAME: &'static str = "ApiVersionsResponse";
    const KEY: Option<i16> = Some(18);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ApiVersionsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        out.i16(self.error_code.code());
        out.structs(&self.api_keys, version, flexible, "ApiVersionsResponse.ApiKeys")?;
        if version >= 1 {
            out.i32(self.throttle_time_ms);
        }
        if !flexible {
            return out.tagged_fields(
                &self.unknown_tagged_fields,
                false,
                "ApiVersionsResponse",
                version,
            );
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if !self.supported_features.is_empty() {
            out.begin_tag(&mut tags, 0)?;
            out.structs(
                &self.supported_features,
                version,
                flexible,
                "ApiVersionsResponse.SupportedFeatures",
            )?;
            out.end_tag(&tags)?;
        }
        if self.finalized_features_epoch != -1 {
            out.begin_tag(&mut tags, 1)?;
            out.i64(self.finalized_features_epoch);
            out.end_tag(&tags)?;
        }
        if !self.finalized_features.is_empty() {
            out.begin_tag(&mut tags, 2)?;
            out.structs(
                &self.finalized_features,
                version,
                flexible,
                "ApiVersionsResponse.FinalizedFeatures",
            )?;
            out.end_tag(&tags)?;
        }
        if self.zk_migration_ready {
            out.begin_tag(&mut tags, 3)?;
            out.bool(self.zk_migration_ready);
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for ApiVersionsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        let mut this = Self {
            error_code: ErrorCode::from_code(input.i16()?),
            api_keys: input.structs(version, flexible, "ApiVersionsResponse.ApiKeys")?,
            throttle_time_ms: if version >= 1 { input.i32()? } else { 0 },
            supported_features: Vec::new(),
            finalized_features_epoch: -1,
            finalized_features: Vec::new(),
            zk_migration_ready: false,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => {
                    this.supported_features =
                        value.structs(version, flexible, "ApiVersionsResponse.SupportedFeatures")?
                }
                1 => this.finalized_features_epoch = value.i64()?,
                2 => {
                    this.finalized_features =
                        value.structs(version, flexible, "ApiVersionsResponse.FinalizedFeatures")?
                }
                3 => this.zk_migration_ready = value.bool()?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `ApiVersion`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ApiVersion {
    /// Versions 0-4.
    pub api_key: i16,
    /// Versions 0-4.
    pub min_version: i16,
    /// Versions 0-4.
    pub max_version: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ApiVersion {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        out.i16(self.api_key);
        out.i16(self.min_version);
        out.i16(self.max_version);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ApiVersion", version)
    }
}

impl Decode for ApiVersion {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        Ok(Self {
            api_key: input.i16()?,
            min_version: input.i16()?,
            max_version: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `SupportedFeatureKey`, versions 3-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SupportedFeatureKey {
    /// Versions 3-4.
    pub name: Str,
    /// Versions 3-4.
    pub min_version: i16,
    /// Versions 3-4.
    pub max_version: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for SupportedFeatureKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "SupportedFeatureKey.Name")?;
        out.i16(self.min_version);
        out.i16(self.max_version);
        out.tagged_fields(&self.unknown_tagged_fields, true, "SupportedFeatureKey", version)
    }
}

impl Decode for SupportedFeatureKey {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "SupportedFeatureKey.Name")?,
            min_version: input.i16()?,
            max_version: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `FinalizedFeatureKey`, versions 3-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct FinalizedFeatureKey {
    /// Versions 3-4.
    pub name: Str,
    /// Versions 3-4.
    pub max_version_level: i16,
    /// Versions 3-4.
    pub min_version_level: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for FinalizedFeatureKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "FinalizedFeatureKey.Name")?;
        out.i16(self.max_version_level);
        out.i16(self.min_version_level);
        out.tagged_fields(&self.unknown_tagged_fields, true, "FinalizedFeatureKey", version)
    }
}

impl Decode for FinalizedFeatureKey {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "FinalizedFeatureKey.Name")?,
            max_version_level: input.i16()?,
            min_version_level: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
