// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ElectLeadersRequest` versions 0-2, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ElectLeadersRequest`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct ElectLeadersRequest {
    /// Versions 1-2.
    pub election_type: i8,
    /// Versions 0-2, nullable 0-2.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    /// Versions 0-2, default 60000.
    pub timeout_ms: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ElectLeadersRequest {
    fn default() -> Self {
        Self {
            election_type: 0,
            topic_partitions: Some(Vec::new()),
            timeout_ms: 60000,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ElectLeadersRequest {
    const NAME: &'static str = "ElectLeadersRequest";
    const KEY: Option<i16> = Some(43);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ElectLeadersRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        if version >= 1 {
            out.i8(self.election_type);
        } else {
            out.only_default(self.election_type == 0, "ElectLeadersRequest.ElectionType", version)?;
        }
        out.structs_or_null(
            self.topic_partitions.as_ref(),
            version,
            flexible,
            true,
            "ElectLeadersRequest.TopicPartitions",
        )?;
        out.i32(self.timeout_ms);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ElectLeadersRequest", version)
    }
}

impl Decode for ElectLeadersRequest {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            election_type: if version >= 1 { input.i8()? } else { 0 },
            topic_partitions: input.structs_or_null(
                version,
                flexible,
                true,
                "ElectLeadersRequest.TopicPartitions",
            )?,
            timeout_ms: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `TopicPartitions`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicPartitions {
    /// Versions 0-2.
    pub topic: Str,
    /// Versions 0-2.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicPartitions {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.topic, flexible, "TopicPartitions.Topic")?;
        out.plains(&self.partitions, flexible, "TopicPartitions.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "TopicPartitions", version)
    }
}

impl Decode for TopicPartitions {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            topic: input.string(flexible, "TopicPartitions.Topic")?,
            partitions: input.plains(flexible, "TopicPartitions.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
