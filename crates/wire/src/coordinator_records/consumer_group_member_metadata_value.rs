// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupMemberMetadataValue` versions 0, flexible 0+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerGroupMemberMetadataValue`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerGroupMemberMetadataValue {
    /// Versions 0, nullable 0.
    pub instance_id: Option<Str>,
    /// Versions 0, nullable 0.
    pub rack_id: Option<Str>,
    /// Versions 0.
    pub client_id: Str,
    /// Versions 0.
    pub client_host: Str,
    /// Versions 0.
    pub subscribed_topic_names: Vec<Str>,
    /// Versions 0, nullable 0.
    pub subscribed_topic_regex: Option<Str>,
    /// Versions 0, default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0, nullable 0.
    pub server_assignor: Option<Str>,
    /// Versions 0, nullable 0, tag 0.
    pub classic_member_metadata: Option<ClassicMemberMetadata>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ConsumerGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(Str::default()),
            rack_id: Some(Str::default()),
            client_id: Str::default(),
            client_host: Str::default(),
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: Some(Str::default()),
            rebalance_timeout_ms: -1,
            server_assignor: Some(Str::default()),
            classic_member_metadata: Some(ClassicMemberMetadata::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ConsumerGroupMemberMetadataValue {
    const NAME: &'static str = "ConsumerGroupMemberMetadataValue";
    const KEY: Option<i16> = Some(5);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupMemberMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string_or_null(
            self.instance_id.as_ref(),
            true,
            true,
            "ConsumerGroupMemberMetadataValue.InstanceId",
        )?;
        out.string_or_null(
            self.rack_id.as_ref(),
            true,
            true,
            "ConsumerGroupMemberMetadataValue.RackId",
        )?;
        out.string(&self.client_id, true, "ConsumerGroupMemberMetadataValue.ClientId")?;
        out.string(&self.client_host, true, "ConsumerGroupMemberMetadataValue.ClientHost")?;
        out.strings(
            &self.subscribed_topic_names,
            true,
            "ConsumerGroupMemberMetadataValue.SubscribedTopicNames",
        )?;
        out.string_or_null(
            self.subscribed_topic_regex.as_ref(),
            true,
            true,
            "ConsumerGroupMemberMetadataValue.SubscribedTopicRegex",
        )?;
        out.i32(self.rebalance_timeout_ms);
        out.string_or_null(
            self.server_assignor.as_ref(),
            true,
            true,
            "ConsumerGroupMemberMetadataValue.ServerAssignor",
        )?;
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.classic_member_metadata != Some(ClassicMemberMetadata::default()) {
            out.begin_tag(&mut tags, 0)?;
            out.tagged_struct_or_null(
                self.classic_member_metadata.as_ref(),
                version,
                "ConsumerGroupMemberMetadataValue.ClassicMemberMetadata",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for ConsumerGroupMemberMetadataValue {
    const MIN_LENGTH: usize = 12;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            instance_id: input.string_or_null(
                true,
                true,
                "ConsumerGroupMemberMetadataValue.InstanceId",
            )?,
            rack_id: input.string_or_null(true, true, "ConsumerGroupMemberMetadataValue.RackId")?,
            client_id: input.string(true, "ConsumerGroupMemberMetadataValue.ClientId")?,
            client_host: input.string(true, "ConsumerGroupMemberMetadataValue.ClientHost")?,
            subscribed_topic_names: input
                .strings(true, "ConsumerGroupMemberMetadataValue.SubscribedTopicNames")?,
            subscribed_topic_regex: input.string_or_null(
                true,
                true,
                "ConsumerGroupMemberMetadataValue.SubscribedTopicRegex",
            )?,
            rebalance_timeout_ms: input.i32()?,
            server_assignor: input.string_or_null(
                true,
                true,
                "ConsumerGroupMemberMetadataValue.ServerAssignor",
            )?,
            classic_member_metadata: Some(ClassicMemberMetadata::default()),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.classic_member_metadata = value.tagged_struct_or_null(version)?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `ClassicMemberMetadata`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ClassicMemberMetadata {
    /// Versions 0.
    pub session_timeout_ms: i32,
    /// Versions 0.
    pub supported_protocols: Vec<ClassicProtocol>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ClassicMemberMetadata {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.session_timeout_ms);
        out.structs(
            &self.supported_protocols,
            version,
            true,
            "ClassicMemberMetadata.SupportedProtocols",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ClassicMemberMetadata", version)
    }
}

impl Decode for ClassicMemberMetadata {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            session_timeout_ms: input.i32()?,
            supported_protocols: input.structs(
                version,
                true,
                "ClassicMemberMetadata.SupportedProtocols",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ClassicProtocol`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ClassicProtocol {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub metadata: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ClassicProtocol {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "ClassicProtocol.Name")?;
        out.bytes(&self.metadata, true, "ClassicProtocol.Metadata")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ClassicProtocol", version)
    }
}

impl Decode for ClassicProtocol {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "ClassicProtocol.Name")?,
            metadata: input.bytes(true, "ClassicProtocol.Metadata")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
