// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ConsumerProtocolSubscription` versions 0-3, flexible none.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ConsumerProtocolSubscription`, versions 0-3.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerProtocolSubscription {
    /// Versions 0-3.
    pub topics: Vec<Str>,
    /// Versions 0-3, nullable 0-3, default null.
    pub user_data: Option<Bytes>,
    /// Versions 1-3.
    pub owned_partitions: Vec<TopicPartition>,
    /// Versions 2-3, default -1.
    pub generation_id: i32,
    /// Versions 3, nullable 3, default null.
    pub rack_id: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ConsumerProtocolSubscription {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            user_data: None,
            owned_partitions: Vec::new(),
            generation_id: -1,
            rack_id: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ConsumerProtocolSubscription {
    const NAME: &'static str = "ConsumerProtocolSubscription";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::NONE;
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ConsumerProtocolSubscription {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.strings(&self.topics, false, "ConsumerProtocolSubscription.Topics")?;
        out.bytes_or_null(
            self.user_data.as_ref(),
            false,
            true,
            "ConsumerProtocolSubscription.UserData",
        )?;
        if version >= 1 {
            out.structs(
                &self.owned_partitions,
                version,
                false,
                "ConsumerProtocolSubscription.OwnedPartitions",
            )?;
        }
        if version >= 2 {
            out.i32(self.generation_id);
        }
        if version >= 3 {
            out.string_or_null(
                self.rack_id.as_ref(),
                false,
                true,
                "ConsumerProtocolSubscription.RackId",
            )?;
        }
        out.tagged_fields(
            &self.unknown_tagged_fields,
            false,
            "ConsumerProtocolSubscription",
            version,
        )
    }
}

impl Decode for ConsumerProtocolSubscription {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            topics: input.strings(false, "ConsumerProtocolSubscription.Topics")?,
            user_data: input.bytes_or_null(false, true, "ConsumerProtocolSubscription.UserData")?,
            owned_partitions: if version >= 1 {
                input.structs(version, false, "ConsumerProtocolSubscription.OwnedPartitions")?
            } else {
                Vec::new()
            },
            generation_id: if version >= 2 { input.i32()? } else { -1 },
            rack_id: if version >= 3 {
                input.string_or_null(false, true, "ConsumerProtocolSubscription.RackId")?
            } else {
                None
            },
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}

/// `TopicPartition`, versions 1-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartition {
    /// Versions 1-3.
    pub topic: Str,
    /// Versions 1-3.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.topic, false, "TopicPartition.Topic")?;
        out.plains(&self.partitions, false, "TopicPartition.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, false, "TopicPartition", version)
    }
}

impl Decode for TopicPartition {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic: input.string(false, "TopicPartition.Topic")?,
            partitions: input.plains(false, "TopicPartition.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(false)?,
        })
    }
}
