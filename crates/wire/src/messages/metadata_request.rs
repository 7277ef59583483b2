// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `MetadataRequest` versions 0-13, flexible 9+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `MetadataRequest`, versions 0-13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataRequest {
    /// Versions 0-13, nullable 1-13.
    pub topics: Option<Vec<MetadataRequestTopic>>,
    /// Versions 4-13, default true.
    pub allow_auto_topic_creation: bool,
    /// Versions 8-10.
    pub include_cluster_authorized_operations: bool,
    /// Versions 8-13.
    pub include_topic_authorized_operations: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataRequest {
    fn default() -> Self {
        Self {
            topics: Some(Vec::new()),
            allow_auto_topic_creation: true,
            include_cluster_authorized_operations: false,
            include_topic_authorized_operations: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for MetadataRequest {
    const NAME: &'static str = "MetadataRequest";
    const KEY: Option<i16> = Some(3);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 13);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(9, 13);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for MetadataRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 9;
        out.structs_or_null(
            self.topics.as_ref(),
            version,
            flexible,
            version >= 1,
            "MetadataRequest.Topics",
        )?;
        if version >= 4 {
            out.bool(self.allow_auto_topic_creation);
        } else {
            out.only_default(
                self.allow_auto_topic_creation,
                "MetadataRequest.AllowAutoTopicCreation",
                version,
            )?;
        }
        if (8..=10).contains(&version) {
            out.bool(self.include_cluster_authorized_operations);
        } else {
            out.only_default(
                !self.include_cluster_authorized_operations,
                "MetadataRequest.IncludeClusterAuthorizedOperations",
                version,
            )?;
        }
        if version >= 8 {
            out.bool(self.include_topic_authorized_operations);
        } else {
            out.only_default(
                !self.include_topic_authorized_operations,
                "MetadataRequest.IncludeTopicAuthorizedOperations",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "MetadataRequest", version)
    }
}

impl Decode for MetadataRequest {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 9;
        Ok(Self {
            topics: input.structs_or_null(
                version,
                flexible,
                version >= 1,
                "MetadataRequest.Topics",
            )?,
            allow_auto_topic_creation: if version >= 4 { input.bool()? } else { true },
            include_cluster_authorized_operations: if (8..=10).contains(&version) {
                input.bool()?
            } else {
                false
            },
            include_topic_authorized_operations: if version >= 8 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `MetadataRequestTopic`, versions 0-13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataRequestTopic {
    /// Versions 10-13.
    pub topic_id: Uuid,
    /// Versions 0-13, nullable 10-13.
    pub name: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataRequestTopic {
    fn default() -> Self {
        Self {
            topic_id: Uuid::ZERO,
            name: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for MetadataRequestTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        if version >= 10 {
            out.uuid(self.topic_id);
        }
        out.string_or_null(
            self.name.as_ref(),
            flexible,
            version >= 10,
            "MetadataRequestTopic.Name",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "MetadataRequestTopic", version)
    }
}

impl Decode for MetadataRequestTopic {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        Ok(Self {
            topic_id: if version >= 10 { input.uuid()? } else { Uuid::ZERO },
            name: input.string_or_null(flexible, version >= 10, "MetadataRequestTopic.Name")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
