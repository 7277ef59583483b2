// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterPartitionReassignmentsRequest` versions 0-1, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterPartitionReassignmentsRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionReassignmentsRequest {
    /// Versions 0-1, default 60000.
    pub timeout_ms: i32,
    /// Versions 1, default true.
    pub allow_replication_factor_change: bool,
    /// Versions 0-1.
    pub topics: Vec<ReassignableTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterPartitionReassignmentsRequest {
    fn default() -> Self {
        Self {
            timeout_ms: 60000,
            allow_replication_factor_change: true,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for AlterPartitionReassignmentsRequest {
    const NAME: &'static str = "AlterPartitionReassignmentsRequest";
    const KEY: Option<i16> = Some(45);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterPartitionReassignmentsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.timeout_ms);
        if version >= 1 {
            out.bool(self.allow_replication_factor_change);
        } else {
            out.only_default(
                self.allow_replication_factor_change,
                "AlterPartitionReassignmentsRequest.AllowReplicationFactorChange",
                version,
            )?;
        }
        out.structs(&self.topics, version, true, "AlterPartitionReassignmentsRequest.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterPartitionReassignmentsRequest",
            version,
        )
    }
}

impl Decode for AlterPartitionReassignmentsRequest {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            timeout_ms: input.i32()?,
            allow_replication_factor_change: if version >= 1 { input.bool()? } else { true },
            topics: input.structs(version, true, "AlterPartitionReassignmentsRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ReassignableTopic`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReassignableTopic {
    /// Versions 0-1.
    pub name: Str,
    /// Versions 0-1.
    pub partitions: Vec<ReassignablePartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ReassignableTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "ReassignableTopic.Name")?;
        out.structs(&self.partitions, version, true, "ReassignableTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReassignableTopic", version)
    }
}

impl Decode for ReassignableTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "ReassignableTopic.Name")?,
            partitions: input.structs(version, true, "ReassignableTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ReassignablePartition`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReassignablePartition {
    /// Versions 0-1.
    pub partition_index: i32,
    /// Versions 0-1, nullable 0-1, default null.
    pub replicas: Option<Vec<i32>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ReassignablePartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.plains_or_null(self.replicas.as_ref(), true, true, "ReassignablePartition.Replicas")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReassignablePartition", version)
    }
}

impl Decode for ReassignablePartition {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            replicas: input.plains_or_null(true, true, "ReassignablePartition.Replicas")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
