// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `WriteTxnMarkersRequest` versions 1-2, flexible 1+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `WriteTxnMarkersRequest`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WriteTxnMarkersRequest {
    /// Versions 1-2.
    pub markers: Vec<WritableTxnMarker>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for WriteTxnMarkersRequest {
    const NAME: &'static str = "WriteTxnMarkersRequest";
    const KEY: Option<i16> = Some(27);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for WriteTxnMarkersRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.markers, version, true, "WriteTxnMarkersRequest.Markers")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "WriteTxnMarkersRequest", version)
    }
}

impl Decode for WriteTxnMarkersRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            markers: input.structs(version, true, "WriteTxnMarkersRequest.Markers")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `WritableTxnMarker`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WritableTxnMarker {
    /// Versions 1-2.
    pub producer_id: i64,
    /// Versions 1-2.
    pub producer_epoch: i16,
    /// Versions 1-2.
    pub transaction_result: bool,
    /// Versions 1-2.
    pub topics: Vec<WritableTxnMarkerTopic>,
    /// Versions 1-2.
    pub coordinator_epoch: i32,
    /// Versions 2.
    pub transaction_version: i8,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for WritableTxnMarker {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i64(self.producer_id);
        out.i16(self.producer_epoch);
        out.bool(self.transaction_result);
        out.structs(&self.topics, version, true, "WritableTxnMarker.Topics")?;
        out.i32(self.coordinator_epoch);
        if version >= 2 {
            out.i8(self.transaction_version);
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "WritableTxnMarker", version)
    }
}

impl Decode for WritableTxnMarker {
    const MIN_LENGTH: usize = 17;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            producer_id: input.i64()?,
            producer_epoch: input.i16()?,
            transaction_result: input.bool()?,
            topics: input.structs(version, true, "WritableTxnMarker.Topics")?,
            coordinator_epoch: input.i32()?,
            transaction_version: if version >= 2 { input.i8()? } else { 0 },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `WritableTxnMarkerTopic`, versions 1-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct WritableTxnMarkerTopic {
    /// Versions 1-2.
    pub name: Str,
    /// Versions 1-2.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for WritableTxnMarkerTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "WritableTxnMarkerTopic.Name")?;
        out.plains(&self.partition_indexes, true, "WritableTxnMarkerTopic.PartitionIndexes")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "WritableTxnMarkerTopic", version)
    }
}

impl Decode for WritableTxnMarkerTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "WritableTxnMarkerTopic.Name")?,
            partition_indexes: input.plains(true, "WritableTxnMarkerTopic.PartitionIndexes")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
