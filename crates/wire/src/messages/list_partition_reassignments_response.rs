// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListPartitionReassignmentsResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ListPartitionReassignmentsResponse`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPartitionReassignmentsResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0.
    pub error_message: Option<Str>,
    /// Versions 0.
    pub topics: Vec<OngoingTopicReassignment>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListPartitionReassignmentsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ListPartitionReassignmentsResponse {
    const NAME: &'static str = "ListPartitionReassignmentsResponse";
    const KEY: Option<i16> = Some(46);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListPartitionReassignmentsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "ListPartitionReassignmentsResponse.ErrorMessage",
        )?;
        out.structs(&self.topics, version, true, "ListPartitionReassignmentsResponse.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ListPartitionReassignmentsResponse",
            version,
        )
    }
}

impl Decode for ListPartitionReassignmentsResponse {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "ListPartitionReassignmentsResponse.ErrorMessage",
            )?,
            topics: input.structs(version, true, "ListPartitionReassignmentsResponse.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `OngoingTopicReassignment`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OngoingTopicReassignment {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub partitions: Vec<OngoingPartitionReassignment>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OngoingTopicReassignment {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "OngoingTopicReassignment.Name")?;
        out.structs(&self.partitions, version, true, "OngoingTopicReassignment.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "OngoingTopicReassignment", version)
    }
}

impl Decode for OngoingTopicReassignment {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "OngoingTopicReassignment.Name")?,
            partitions: input.structs(version, true, "OngoingTopicReassignment.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `OngoingPartitionReassignment`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct OngoingPartitionReassignment {
    /// Versions 0.
    pub partition_index: i32,
    /// Versions 0.
    pub replicas: Vec<i32>,
    /// Versions 0.
    pub adding_replicas: Vec<i32>,
    /// Versions 0.
    pub removing_replicas: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for OngoingPartitionReassignment {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.plains(&self.replicas, true, "OngoingPartitionReassignment.Replicas")?;
        out.plains(&self.adding_replicas, true, "OngoingPartitionReassignment.AddingReplicas")?;
        out.plains(&self.removing_replicas, true, "OngoingPartitionReassignment.RemovingReplicas")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "OngoingPartitionReassignment",
            version,
        )
    }
}

impl Decode for OngoingPartitionReassignment {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            replicas: input.plains(true, "OngoingPartitionReassignment.Replicas")?,
            adding_replicas: input.plains(true, "OngoingPartitionReassignment.AddingReplicas")?,
            removing_replicas: input
                .plains(true, "OngoingPartitionReassignment.RemovingReplicas")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
