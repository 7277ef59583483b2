// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `UpdateFeaturesRequest` versions 0-2, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `UpdateFeaturesRequest`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateFeaturesRequest {
    /// Versions 0-2, default 60000.
    pub timeout_ms: i32,
    /// Versions 0-2.
    pub feature_updates: Vec<FeatureUpdateKey>,
    /// Versions 1-2.
    pub validate_only: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for UpdateFeaturesRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            feature_updates: Vec::new(),
            validate_only: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for UpdateFeaturesRequest {
    const NAME: &'static str = "UpdateFeaturesRequest";
    const KEY: Option<i16> = Some(57);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for UpdateFeaturesRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.timeout_ms);
        out.structs(&self.feature_updates, version, true, "UpdateFeaturesRequest.FeatureUpdates")?;
        if version >= 1 {
            out.bool(self.validate_only);
        } else {
            out.only_default(!self.validate_only, "UpdateFeaturesRequest.ValidateOnly", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "UpdateFeaturesRequest", version)
    }
}

impl Decode for UpdateFeaturesRequest {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            timeout_ms: input.i32()?,
            feature_updates: input.structs(
                version,
                true,
                "UpdateFeaturesRequest.FeatureUpdates",
            )?,
            validate_only: if version >= 1 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `FeatureUpdateKey`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureUpdateKey {
    /// Versions 0-2.
    pub feature: Str,
    /// Versions 0-2.
    pub max_version_level: i16,
    /// Versions 0.
    pub allow_downgrade: bool,
    /// Versions 1-2, default 1.
    pub upgrade_type: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FeatureUpdateKey {
    fn default() -> Self {
        Self {
            feature: Str::default(),
            max_version_level: 0,
            allow_downgrade: false,
            upgrade_type: 1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for FeatureUpdateKey {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.feature, true, "FeatureUpdateKey.Feature")?;
        out.i16(self.max_version_level);
        if version <= 0 {
            out.bool(self.allow_downgrade);
        } else {
            out.only_default(!self.allow_downgrade, "FeatureUpdateKey.AllowDowngrade", version)?;
        }
        if version >= 1 {
            out.i8(self.upgrade_type);
        } else {
            out.only_default(self.upgrade_type == 1, "FeatureUpdateKey.UpgradeType", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "FeatureUpdateKey", version)
    }
}

impl Decode for FeatureUpdateKey {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            feature: input.string(true, "FeatureUpdateKey.Feature")?,
            max_version_level: input.i16()?,
            allow_downgrade: if version <= 0 { input.bool()? } else { false },
            upgrade_type: if version >= 1 { input.i8()? } else { 1 },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
