// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `WriteTxnMarkersResponse` versions 1-2, flexible 1+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `WriteTxnMarkersResponse`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WriteTxnMarkersResponse {
    /// Versions 1-2.
    pub markers: Vec<WritableTxnMarkerResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for WriteTxnMarkersResponse {
    const NAME: &'static str = "WriteTxnMarkersResponse";
    const KEY: Option<i16> = Some(27);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for WriteTxnMarkersResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.markers, version, true, "WriteTxnMarkersResponse.Markers")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "WriteTxnMarkersResponse", version)
    }
}

impl Decode for WriteTxnMarkersResponse {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            markers: input.structs(version, true, "WriteTxnMarkersResponse.Markers")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `WritableTxnMarkerResult`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WritableTxnMarkerResult {
    /// Versions 1-2.
    pub producer_id: i64,
    /// Versions 1-2.
    pub topics: Vec<WritableTxnMarkerTopicResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for WritableTxnMarkerResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i64(self.producer_id);
        out.structs(&self.topics, version, true, "WritableTxnMarkerResult.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "WritableTxnMarkerResult", version)
    }
}

impl Decode for WritableTxnMarkerResult {
    const MIN_LENGTH: usize = 10;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            producer_id: input.i64()?,
            topics: input.structs(version, true, "WritableTxnMarkerResult.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `WritableTxnMarkerTopicResult`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WritableTxnMarkerTopicResult {
    /// Versions 1-2.
    pub name: Str,
    /// Versions 1-2.
    pub partitions: Vec<WritableTxnMarkerPartitionResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for WritableTxnMarkerTopicResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "WritableTxnMarkerTopicResult.Name")?;
        out.structs(&self.partitions, version, true, "WritableTxnMarkerTopicResult.Partitions")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "WritableTxnMarkerTopicResult",
            version,
        )
    }
}

impl Decode for WritableTxnMarkerTopicResult {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "WritableTxnMarkerTopicResult.Name")?,
            partitions: input.structs(version, true, "WritableTxnMarkerTopicResult.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `WritableTxnMarkerPartitionResult`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WritableTxnMarkerPartitionResult {
    /// Versions 1-2.
    pub partition_index: i32,
    /// Versions 1-2.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for WritableTxnMarkerPartitionResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "WritableTxnMarkerPartitionResult",
            version,
        )
    }
}

impl Decode for WritableTxnMarkerPartitionResult {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
