// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `CreateTopicsRequest` versions 2-7, flexible 5+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `CreateTopicsRequest`, versions 2-7.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTopicsRequest {
    /// Versions 2-7.
    pub topics: Vec<CreatableTopic>,
    /// Versions 2-7, default 60000.
    pub timeout_ms: i32,
    /// Versions 2-7.
    pub validate_only: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreateTopicsRequest {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            timeout_ms: 60000,
            validate_only: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for CreateTopicsRequest {
    const NAME: &'static str = "CreateTopicsRequest";
    const KEY: Option<i16> = Some(19);
    const VALID_VERSIONS: VersionRange = VersionRange::new(2, 7);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(5, 7);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for CreateTopicsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 5;
        out.structs(&self.topics, version, flexible, "CreateTopicsRequest.Topics")?;
        out.i32(self.timeout_ms);
        out.bool(self.validate_only);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "CreateTopicsRequest", version)
    }
}

impl Decode for CreateTopicsRequest {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 5;
        Ok(Self {
            topics: input.structs(version, flexible, "CreateTopicsRequest.Topics")?,
            timeout_ms: input.i32()?,
            validate_only: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `CreatableTopic`, versions 2-7.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreatableTopic {
    /// Versions 2-7.
    pub name: Str,
    /// Versions 2-7.
    pub num_partitions: i32,
    /// Versions 2-7.
    pub replication_factor: i16,
    /// Versions 2-7.
    pub assignments: Vec<CreatableReplicaAssignment>,
    /// Versions 2-7.
    pub configs: Vec<CreatableTopicConfig>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for CreatableTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        out.string(&self.name, flexible, "CreatableTopic.Name")?;
        out.i32(self.num_partitions);
        out.i16(self.replication_factor);
        out.structs(&self.assignments, version, flexible, "CreatableTopic.Assignments")?;
        out.structs(&self.configs, version, flexible, "CreatableTopic.Configs")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "CreatableTopic", version)
    }
}

impl Decode for CreatableTopic {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        Ok(Self {
            name: input.string(flexible, "CreatableTopic.Name")?,
            num_partitions: input.i32()?,
            replication_factor: input.i16()?,
            assignments: input.structs(version, flexible, "CreatableTopic.Assignments")?,
            configs: input.structs(version, flexible, "CreatableTopic.Configs")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `CreatableReplicaAssignment`, versions 2-7.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CreatableReplicaAssignment {
    /// Versions 2-7.
    pub partition_index: i32,
    /// Versions 2-7.
    pub broker_ids: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for CreatableReplicaAssignment {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        out.i32(self.partition_index);
        out.plains(&self.broker_ids, flexible, "CreatableReplicaAssignment.BrokerIds")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "CreatableReplicaAssignment",
            version,
        )
    }
}

impl Decode for CreatableReplicaAssignment {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        Ok(Self {
            partition_index: input.i32()?,
            broker_ids: input.plains(flexible, "CreatableReplicaAssignment.BrokerIds")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `CreatableTopicConfig`, versions 2-7.
#[derive(Clone, Debug, PartialEq)]
pub struct CreatableTopicConfig {
    /// Versions 2-7.
    pub name: Str,
    /// Versions 2-7, nullable 2-7.
    pub value: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreatableTopicConfig {
    fn default() -> Self {
        Self {
            name: Str::default(),
            value: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for CreatableTopicConfig {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        out.string(&self.name, flexible, "CreatableTopicConfig.Name")?;
        out.string_or_null(self.value.as_ref(), flexible, true, "CreatableTopicConfig.Value")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "CreatableTopicConfig", version)
    }
}

impl Decode for CreatableTopicConfig {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        Ok(Self {
            name: input.string(flexible, "CreatableTopicConfig.Name")?,
            value: input.string_or_null(flexible, true, "CreatableTopicConfig.Value")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
