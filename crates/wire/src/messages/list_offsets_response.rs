// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListOffsetsResponse` versions 1-11, flexible 6+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ListOffsetsResponse`, versions 1-11.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListOffsetsResponse {
    /// Versions 2-11.
    pub throttle_time_ms: i32,
    /// Versions 1-11.
    pub topics: Vec<ListOffsetsTopicResponse>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListOffsetsResponse {
    const NAME: &'static str = "ListOffsetsResponse";
    const KEY: Option<i16> = Some(2);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 11);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(6, 11);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListOffsetsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 6;
        if version >= 2 {
            out.i32(self.throttle_time_ms);
        }
        out.structs(&self.topics, version, flexible, "ListOffsetsResponse.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ListOffsetsResponse", version)
    }
}

impl Decode for ListOffsetsResponse {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 6;
        Ok(Self {
            throttle_time_ms: if version >= 2 { input.i32()? } else { 0 },
            topics: input.structs(version, flexible, "ListOffsetsResponse.Topics")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `ListOffsetsTopicResponse`, versions 1-11.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListOffsetsTopicResponse {
    /// Versions 1-11.
    pub name: Str,
    /// Versions 1-11.
    pub partitions: Vec<ListOffsetsPartitionResponse>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ListOffsetsTopicResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        out.string(&self.name, flexible, "ListOffsetsTopicResponse.Name")?;
        out.structs(&self.partitions, version, flexible, "ListOffsetsTopicResponse.Partitions")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "ListOffsetsTopicResponse",
            version,
        )
    }
}

impl Decode for ListOffsetsTopicResponse {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        Ok(Self {
            name: input.string(flexible, "ListOffsetsTopicResponse.Name")?,
            partitions: input.structs(version, flexible, "ListOffsetsTopicResponse.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `ListOffsetsPartitionResponse`, versions 1-11.
#[derive(Clone, Debug, PartialEq)]
pub struct ListOffsetsPartitionResponse {
    /// Versions 1-11.
    pub partition_index: i32,
    /// Versions 1-11.
    pub error_code: ErrorCode,
    /// Versions 1-11, default -1.
    pub timestamp: i64,
    /// Versions 1-11, default -1.
    pub offset: i64,
    /// Versions 4-11, default -1.
    pub leader_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ListOffsetsPartitionResponse {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: ErrorCode::NONE,
            timestamp: -1,
            offset: -1,
            leader_epoch: -1,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for ListOffsetsPartitionResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.i64(self.timestamp);
        out.i64(self.offset);
        if version >= 4 {
            out.i32(self.leader_epoch);
        } else {
            out.only_default(
                self.leader_epoch == -1,
                "ListOffsetsPartitionResponse.LeaderEpoch",
                version,
            )?;
        }
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "ListOffsetsPartitionResponse",
            version,
        )
    }
}

impl Decode for ListOffsetsPartitionResponse {
    const MIN_LENGTH: usize = 22;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            timestamp: input.i64()?,
            offset: input.i64()?,
            leader_epoch: if version >= 4 { input.i32()? } else { -1 },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
