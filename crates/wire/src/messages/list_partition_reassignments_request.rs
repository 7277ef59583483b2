// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListPartitionReassignmentsRequest` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ListPartitionReassignmentsRequest`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPartitionReassignmentsRequest {
    /// Versions 0, default 60000.
    pub timeout_ms: i32,
    /// Versions 0, nullable 0, default null.
    pub topics: Option<Vec<ListPartitionReassignmentsTopics>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListPartitionReassignmentsRequest {
    fn default() -> Self {
        Self { timeout_ms: 60000, topics: None, unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Message for ListPartitionReassignmentsRequest {
    const NAME: &'static str = "ListPartitionReassignmentsRequest";
    const KEY: Option<i16> = Some(46);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListPartitionReassignmentsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.timeout_ms);
        out.structs_or_null(
            self.topics.as_ref(),
            version,
            true,
            true,
            "ListPartitionReassignmentsRequest.Topics",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ListPartitionReassignmentsRequest",
            version,
        )
    }
}

impl Decode for ListPartitionReassignmentsRequest {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            timeout_ms: input.i32()?,
            topics: input.structs_or_null(
                version,
                true,
                true,
                "ListPartitionReassignmentsRequest.Topics",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ListPartitionReassignmentsTopics`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListPartitionReassignmentsTopics {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ListPartitionReassignmentsTopics {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "ListPartitionReassignmentsTopics.Name")?;
        out.plains(
            &self.partition_indexes,
            true,
            "ListPartitionReassignmentsTopics.PartitionIndexes",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ListPartitionReassignmentsTopics",
            version,
        )
    }
}

impl Decode for ListPartitionReassignmentsTopics {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "ListPartitionReassignmentsTopics.Name")?,
            partition_indexes: input
                .plains(true, "ListPartitionReassignmentsTopics.PartitionIndexes")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
