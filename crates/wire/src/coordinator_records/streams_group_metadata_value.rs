// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupMetadataValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupMetadataValue`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupMetadataValue {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0.
    pub metadata_hash: i64,
    /// Versions 0, tag 0, default -1.
    pub validated_topology_epoch: i32,
    /// Versions 0, nullable 0, tag 1.
    pub last_assignment_configs: Option<Vec<LastAssignmentConfig>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for StreamsGroupMetadataValue {
    fn default() -> Self {
        Self {
            epoch: 0,
            metadata_hash: 0,
            validated_topology_epoch: -1,
            last_assignment_configs: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for StreamsGroupMetadataValue {
    const NAME: &'static str = "StreamsGroupMetadataValue";
    const KEY: Option<i16> = Some(17);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.epoch);
        out.i64(self.metadata_hash);
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.validated_topology_epoch != -1 {
            out.begin_tag(&mut tags, 0)?;
            out.i32(self.validated_topology_epoch);
            out.end_tag(&tags)?;
        }
        if !self.last_assignment_configs.as_ref().is_some_and(|value| value.is_empty()) {
            out.begin_tag(&mut tags, 1)?;
            out.structs_or_null(
                self.last_assignment_configs.as_ref(),
                version,
                true,
                true,
                "StreamsGroupMetadataValue.LastAssignmentConfigs",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for StreamsGroupMetadataValue {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            epoch: input.i32()?,
            metadata_hash: input.i64()?,
            validated_topology_epoch: -1,
            last_assignment_configs: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.validated_topology_epoch = value.i32()?,
                1 => {
                    this.last_assignment_configs = value.structs_or_null(
                        version,
                        true,
                        true,
                        "StreamsGroupMetadataValue.LastAssignmentConfigs",
                    )?
                }
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `LastAssignmentConfig`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LastAssignmentConfig {
    /// Versions 0.
    pub key: Str,
    /// Versions 0.
    pub value: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for LastAssignmentConfig {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.key, true, "LastAssignmentConfig.Key")?;
        out.string(&self.value, true, "LastAssignmentConfig.Value")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "LastAssignmentConfig", version)
    }
}

impl Decode for LastAssignmentConfig {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            key: input.string(true, "LastAssignmentConfig.Key")?,
            value: input.string(true, "LastAssignmentConfig.Value")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
