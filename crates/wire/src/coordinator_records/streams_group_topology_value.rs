// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupTopologyValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupTopologyValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StreamsGroupTopologyValue {
    /// Versions 0.
    pub epoch: i32,
    /// Versions 0.
    pub subtopologies: Vec<Subtopology>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupTopologyValue {
    const NAME: &'static str = "StreamsGroupTopologyValue";
    const KEY: Option<i16> = Some(23);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupTopologyValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.epoch);
        out.structs(&self.subtopologies, version, true, "StreamsGroupTopologyValue.Subtopologies")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "StreamsGroupTopologyValue", version)
    }
}

impl Decode for StreamsGroupTopologyValue {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            epoch: input.i32()?,
            subtopologies: input.structs(
                version,
                true,
                "StreamsGroupTopologyValue.Subtopologies",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Subtopology`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Subtopology {
    /// Versions 0.
    pub subtopology_id: Str,
    /// Versions 0.
    pub source_topics: Vec<Str>,
    /// Versions 0.
    pub source_topic_regex: Vec<Str>,
    /// Versions 0.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// Versions 0.
    pub repartition_sink_topics: Vec<Str>,
    /// Versions 0.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// Versions 0.
    pub copartition_groups: Vec<CopartitionGroup>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Subtopology {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.subtopology_id, true, "Subtopology.SubtopologyId")?;
        out.strings(&self.source_topics, true, "Subtopology.SourceTopics")?;
        out.strings(&self.source_topic_regex, true, "Subtopology.SourceTopicRegex")?;
        out.structs(
            &self.state_changelog_topics,
            version,
            true,
            "Subtopology.StateChangelogTopics",
        )?;
        out.strings(&self.repartition_sink_topics, true, "Subtopology.RepartitionSinkTopics")?;
        out.structs(
            &self.repartition_source_topics,
            version,
            true,
            "Subtopology.RepartitionSourceTopics",
        )?;
        out.structs(&self.copartition_groups, version, true, "Subtopology.CopartitionGroups")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Subtopology", version)
    }
}

impl Decode for Subtopology {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            subtopology_id: input.string(true, "Subtopology.SubtopologyId")?,
            source_topics: input.strings(true, "Subtopology.SourceTopics")?,
            source_topic_regex: input.strings(true, "Subtopology.SourceTopicRegex")?,
            state_changelog_topics: input.structs(
                version,
                true,
                "Subtopology.StateChangelogTopics",
            )?,
            repartition_sink_topics: input.strings(true, "Subtopology.RepartitionSinkTopics")?,
            repartition_source_topics: input.structs(
                version,
                true,
                "Subtopology.RepartitionSourceTopics",
            )?,
            copartition_groups: input.structs(version, true, "Subtopology.CopartitionGroups")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `CopartitionGroup`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CopartitionGroup {
    /// Versions 0.
    pub source_topics: Vec<i16>,
    /// Versions 0.
    pub source_topic_regex: Vec<i16>,
    /// Versions 0.
    pub repartition_source_topics: Vec<i16>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for CopartitionGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.plains(&self.source_topics, true, "CopartitionGroup.SourceTopics")?;
        out.plains(&self.source_topic_regex, true, "CopartitionGroup.SourceTopicRegex")?;
        out.plains(
            &self.repartition_source_topics,
            true,
            "CopartitionGroup.RepartitionSourceTopics",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "CopartitionGroup", version)
    }
}

impl Decode for CopartitionGroup {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            source_topics: input.plains(true, "CopartitionGroup.SourceTopics")?,
            source_topic_regex: input.plains(true, "CopartitionGroup.SourceTopicRegex")?,
            repartition_source_topics: input
                .plains(true, "CopartitionGroup.RepartitionSourceTopics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicConfig`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicConfig {
    /// Versions 0.
    pub key: Str,
    /// Versions 0.
    pub value: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicConfig {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.key, true, "TopicConfig.key")?;
        out.string(&self.value, true, "TopicConfig.value")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicConfig", version)
    }
}

impl Decode for TopicConfig {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            key: input.string(true, "TopicConfig.key")?,
            value: input.string(true, "TopicConfig.value")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicInfo`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicInfo {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub partitions: i32,
    /// Versions 0.
    pub replication_factor: i16,
    /// Versions 0.
    pub topic_configs: Vec<TopicConfig>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicInfo {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "TopicInfo.Name")?;
        out.i32(self.partitions);
        out.i16(self.replication_factor);
        out.structs(&self.topic_configs, version, true, "TopicInfo.TopicConfigs")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicInfo", version)
    }
}

impl Decode for TopicInfo {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "TopicInfo.Name")?,
            partitions: input.i32()?,
            replication_factor: input.i16()?,
            topic_configs: input.structs(version, true, "TopicInfo.TopicConfigs")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
