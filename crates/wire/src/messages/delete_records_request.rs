// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteRecordsRequest` versions 0-2, flexible 2+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteRecordsRequest`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteRecordsRequest {
    /// Versions 0-2.
    pub topics: Vec<DeleteRecordsTopic>,
    /// Versions 0-2.
    pub timeout_ms: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteRecordsRequest {
    const NAME: &'static str = "DeleteRecordsRequest";
    const KEY: Option<i16> = Some(21);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteRecordsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.structs(&self.topics, version, flexible, "DeleteRecordsRequest.Topics")?;
        out.i32(self.timeout_ms);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteRecordsRequest", version)
    }
}

impl Decode for DeleteRecordsRequest {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            topics: input.structs(version, flexible, "DeleteRecordsRequest.Topics")?,
            timeout_ms: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DeleteRecordsTopic`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteRecordsTopic {
    /// Versions 0-2.
    pub name: Str,
    /// Versions 0-2.
    pub partitions: Vec<DeleteRecordsPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DeleteRecordsTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.name, flexible, "DeleteRecordsTopic.Name")?;
        out.structs(&self.partitions, version, flexible, "DeleteRecordsTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteRecordsTopic", version)
    }
}

impl Decode for DeleteRecordsTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            name: input.string(flexible, "DeleteRecordsTopic.Name")?,
            partitions: input.structs(version, flexible, "DeleteRecordsTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DeleteRecordsPartition`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteRecordsPartition {
    /// Versions 0-2.
    pub partition_index: i32,
    /// Versions 0-2.
    pub offset: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DeleteRecordsPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i32(self.partition_index);
        out.i64(self.offset);
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteRecordsPartition", version)
    }
}

impl Decode for DeleteRecordsPartition {
    const MIN_LENGTH: usize = 12;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            partition_index: input.i32()?,
            offset: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
