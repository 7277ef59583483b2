// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListOffsetsRequest` versions 1-11, flexible 6+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ListOffsetsRequest`, versions 1-11.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListOffsetsRequest {
    /// Versions 1-11.
    pub replica_id: i32,
    /// Versions 2-11.
    pub isolation_level: i8,
    /// Versions 1-11.
    pub topics: Vec<ListOffsetsTopic>,
    /// Versions 10-11.
    pub timeout_ms: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListOffsetsRequest {
    const NAME: &'static str = "ListOffsetsRequest";
    const KEY: Option<i16> = Some(2);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 11);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(6, 11);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListOffsetsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 6;
        out.i32(self.replica_id);
        if version >= 2 {
            out.i8(self.isolation_level);
        } else {
            out.only_default(
                self.isolation_level == 0,
                "ListOffsetsRequest.IsolationLevel",
                version,
            )?;
        }
        out.structs(&self.topics, version, flexible, "ListOffsetsRequest.Topics")?;
        if version >= 10 {
            out.i32(self.timeout_ms);
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ListOffsetsRequest", version)
    }
}

impl Decode for ListOffsetsRequest {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 6;
        Ok(Self {
            replica_id: input.i32()?,
            isolation_level: if version >= 2 { input.i8()? } else { 0 },
            topics: input.structs(version, flexible, "ListOffsetsRequest.Topics")?,
            timeout_ms: if version >= 10 { input.i32()? } else { 0 },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `ListOffsetsTopic`, versions 1-11.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListOffsetsTopic {
    /// Versions 1-11.
    pub name: Str,
    /// Versions 1-11.
    pub partitions: Vec<ListOffsetsPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ListOffsetsTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        out.string(&self.name, flexible, "ListOffsetsTopic.Name")?;
        out.structs(&self.partitions, version, flexible, "ListOffsetsTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ListOffsetsTopic", version)
    }
}

impl Decode for ListOffsetsTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        Ok(Self {
            name: input.string(flexible, "ListOffsetsTopic.Name")?,
            partitions: input.structs(version, flexible, "ListOffsetsTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `ListOffsetsPartition`, versions 1-11.
#[derive(Clone, Debug, PartialEq)]
pub struct ListOffsetsPartition {
    /// Versions 1-11.
    pub partition_index: i32,
    /// Versions 4-11, default -1.
    pub current_leader_epoch: i32,
    /// Versions 1-11.
    pub timestamp: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListOffsetsPartition {
    fn default() -> Self {
        Self {
            partition_index: 0,
            current_leader_epoch: -1,
            timestamp: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for ListOffsetsPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        out.i32(self.partition_index);
        if version >= 4 {
            out.i32(self.current_leader_epoch);
        }
        out.i64(self.timestamp);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ListOffsetsPartition", version)
    }
}

impl Decode for ListOffsetsPartition {
    const MIN_LENGTH: usize = 12;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        Ok(Self {
            partition_index: input.i32()?,
            current_leader_epoch: if version >= 4 { input.i32()? } else { -1 },
            timestamp: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
