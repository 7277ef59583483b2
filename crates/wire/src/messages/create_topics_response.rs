// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `CreateTopicsResponse` versions 2-7, flexible 5+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `CreateTopicsResponse`, versions 2-7.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreateTopicsResponse {
    /// Versions 2-7.
    pub throttle_time_ms: i32,
    /// Versions 2-7.
    pub topics: Vec<CreatableTopicResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreateTopicsResponse {
    const NAME: &'static str = "CreateTopicsResponse";
    const KEY: Option<i16> = Some(19);
    const VALID_VERSIONS: VersionRange = VersionRange::new(2, 7);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(5, 7);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for CreateTopicsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 5;
        out.i32(self.throttle_time_ms);
        out.structs(&self.topics, version, flexible, "CreateTopicsResponse.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "CreateTopicsResponse", version)
    }
}

impl Decode for CreateTopicsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 5;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            topics: input.structs(version, flexible, "CreateTopicsResponse.Topics")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `CreatableTopicResult`, versions 2-7.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicResult {
    /// Versions 2-7.
    pub name: Str,
    /// Versions 7.
    pub topic_id: Uuid,
    /// Versions 2-7.
    pub error_code: ErrorCode,
    /// Versions 2-7, nullable 2-7.
    pub error_message: Option<Str>,
    /// Versions 5-7, tag 0.
    pub topic_config_error_code: ErrorCode,
    /// Versions 5-7, default -1.
    pub num_partitions: i32,
    /// Versions 5-7, default -1.
    pub replication_factor: i16,
    /// Versions 5-7, nullable 5-7.
    pub configs: Option<Vec<CreatableTopicConfigs>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreatableTopicResult {
    fn default() -> Self {
        Self {
            name: Str::default(),
            topic_id: Uuid::ZERO,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            topic_config_error_code: ErrorCode::NONE,
            num_partitions: -1,
            replication_factor: -1,
            configs: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for CreatableTopicResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        out.string(&self.name, flexible, "CreatableTopicResult.Name")?;
        if version >= 7 {
            out.uuid(self.topic_id);
        }
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "CreatableTopicResult.ErrorMessage",
        )?;
        if version >= 5 {
            out.i32(self.num_partitions);
        }
        if version >= 5 {
            out.i16(self.replication_factor);
        }
        if version >= 5 {
            out.structs_or_null(
                self.configs.as_ref(),
                version,
                flexible,
                true,
                "CreatableTopicResult.Configs",
            )?;
        }
        if !flexible {
            return out.tagged_fields(
                &self.unknown_tagged_fields,
                false,
                "CreatableTopicResult",
                version,
            );
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.topic_config_error_code != ErrorCode::NONE {
            out.begin_tag(&mut tags, 0)?;
            out.i16(self.topic_config_error_code.code());
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for CreatableTopicResult {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let mut this = Self {
            name: input.string(flexible, "CreatableTopicResult.Name")?,
            topic_id: if version >= 7 { input.uuid()? } else { Uuid::ZERO },
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                flexible,
                true,
                "CreatableTopicResult.ErrorMessage",
            )?,
            topic_config_error_code: ErrorCode::NONE,
            num_partitions: if version >= 5 { input.i32()? } else { -1 },
            replication_factor: if version >= 5 { input.i16()? } else { -1 },
            configs: if version >= 5 {
                input.structs_or_null(version, flexible, true, "CreatableTopicResult.Configs")?
            } else {
                Some(Vec::new())
            },
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.topic_config_error_code = ErrorCode::from_code(value.i16()?),
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `CreatableTopicConfigs`, versions 5-7.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicConfigs {
    /// Versions 5-7.
    pub name: Str,
    /// Versions 5-7, nullable 5-7.
    pub value: Option<Str>,
    /// Versions 5-7.
    pub read_only: bool,
    /// Versions 5-7, default -1.
    pub config_source: i8,
    /// Versions 5-7.
    pub is_sensitive: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreatableTopicConfigs {
    fn default() -> Self {
        Self {
            name: Str::default(),
            value: Some(Str::default()),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for CreatableTopicConfigs {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "CreatableTopicConfigs.Name")?;
        out.string_or_null(self.value.as_ref(), true, true, "CreatableTopicConfigs.Value")?;
        out.bool(self.read_only);
        out.i8(self.config_source);
        out.bool(self.is_sensitive);
        out.tagged_fields(&self.unknown_tagged_fields, true, "CreatableTopicConfigs", version)
    }
}

impl Decode for CreatableTopicConfigs {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "CreatableTopicConfigs.Name")?,
            value: input.string_or_null(true, true, "CreatableTopicConfigs.Value")?,
            read_only: input.bool()?,
            config_source: input.i8()?,
            is_sensitive: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
