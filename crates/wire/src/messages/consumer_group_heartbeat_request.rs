// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerGroupHeartbeatRequest` versions 0-1, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerGroupHeartbeatRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerGroupHeartbeatRequest {
    /// Versions 0-1.
    pub group_id: Str,
    /// Versions 0-1.
    pub member_id: Str,
    /// Versions 0-1.
    pub member_epoch: i32,
    /// Versions 0-1, nullable 0-1, default null.
    pub instance_id: Option<Str>,
    /// Versions 0-1, nullable 0-1, default null.
    pub rack_id: Option<Str>,
    /// Versions 0-1, default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0-1, nullable 0-1, default null.
    pub subscribed_topic_names: Option<Vec<Str>>,
    /// Versions 1, nullable 1, default null.
    pub subscribed_topic_regex: Option<Str>,
    /// Versions 0-1, nullable 0-1, default null.
    pub server_assignor: Option<Str>,
    /// Versions 0-1, nullable 0-1, default null.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ConsumerGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: Str::default(),
            member_id: Str::default(),
            member_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            subscribed_topic_names: None,
            subscribed_topic_regex: None,
            server_assignor: None,
            topic_partitions: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ConsumerGroupHeartbeatRequest {
    const NAME: &'static str = "ConsumerGroupHeartbeatRequest";
    const KEY: Option<i16> = Some(68);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerGroupHeartbeatRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "ConsumerGroupHeartbeatRequest.GroupId")?;
        out.string(&self.member_id, true, "ConsumerGroupHeartbeatRequest.MemberId")?;
        out.i32(self.member_epoch);
        out.string_or_null(
            self.instance_id.as_ref(),
            true,
            true,
            "ConsumerGroupHeartbeatRequest.InstanceId",
        )?;
        out.string_or_null(
            self.rack_id.as_ref(),
            true,
            true,
            "ConsumerGroupHeartbeatRequest.RackId",
        )?;
        out.i32(self.rebalance_timeout_ms);
        out.strings_or_null(
            self.subscribed_topic_names.as_ref(),
            true,
            true,
            "ConsumerGroupHeartbeatRequest.SubscribedTopicNames",
        )?;
        if version >= 1 {
            out.string_or_null(
                self.subscribed_topic_regex.as_ref(),
                true,
                true,
                "ConsumerGroupHeartbeatRequest.SubscribedTopicRegex",
            )?;
        } else {
            out.only_default(
                self.subscribed_topic_regex.is_none(),
                "ConsumerGroupHeartbeatRequest.SubscribedTopicRegex",
                version,
            )?;
        }
        out.string_or_null(
            self.server_assignor.as_ref(),
            true,
            true,
            "ConsumerGroupHeartbeatRequest.ServerAssignor",
        )?;
        out.structs_or_null(
            self.topic_partitions.as_ref(),
            version,
            true,
            true,
            "ConsumerGroupHeartbeatRequest.TopicPartitions",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ConsumerGroupHeartbeatRequest",
            version,
        )
    }
}

impl Decode for ConsumerGroupHeartbeatRequest {
    const MIN_LENGTH: usize = 16;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "ConsumerGroupHeartbeatRequest.GroupId")?,
            member_id: input.string(true, "ConsumerGroupHeartbeatRequest.MemberId")?,
            member_epoch: input.i32()?,
            instance_id: input.string_or_null(
                true,
                true,
                "ConsumerGroupHeartbeatRequest.InstanceId",
            )?,
            rack_id: input.string_or_null(true, true, "ConsumerGroupHeartbeatRequest.RackId")?,
            rebalance_timeout_ms: input.i32()?,
            subscribed_topic_names: input.strings_or_null(
                true,
                true,
                "ConsumerGroupHeartbeatRequest.SubscribedTopicNames",
            )?,
            subscribed_topic_regex: if version >= 1 {
                input.string_or_null(
                    true,
                    true,
                    "ConsumerGroupHeartbeatRequest.SubscribedTopicRegex",
                )?
            } else {
                None
            },
            server_assignor: input.string_or_null(
                true,
                true,
                "ConsumerGroupHeartbeatRequest.ServerAssignor",
            )?,
            topic_partitions: input.structs_or_null(
                version,
                true,
                true,
                "ConsumerGroupHeartbeatRequest.TopicPartitions",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicPartitions`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartitions {
    /// Versions 0-1.
    pub topic_id: Uuid,
    /// Versions 0-1.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartitions {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.plains(&self.partitions, true, "TopicPartitions.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicPartitions", version)
    }
}

impl Decode for TopicPartitions {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.plains(true, "TopicPartitions.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
