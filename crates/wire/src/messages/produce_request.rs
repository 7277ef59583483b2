// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ProduceRequest` versions 3-13, flexible 9+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Records, Str,
    TaggedFields, VersionRange,
};

/// `ProduceRequest`, versions 3-13.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ProduceRequest {
    /// Versions 3-13, nullable 3-13, default null.
    pub transactional_id: Option<Str>,
    /// Versions 3-13.
    pub acks: i16,
    /// Versions 3-13.
    pub timeout_ms: i32,
    /// Versions 3-13.
    pub topic_data: Vec<TopicProduceData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ProduceRequest {
    const NAME: &'static str = "ProduceRequest";
    const KEY: Option<i16> = Some(0);
    const VALID_VERSIONS: VersionRange = VersionRange::new(3, 13);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(9, 13);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ProduceRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 9;
        out.string_or_null(
            self.transactional_id.as_ref(),
            flexible,
            true,
            "ProduceRequest.TransactionalId",
        )?;
        out.i16(self.acks);
        out.i32(self.timeout_ms);
        out.structs(&self.topic_data, version, flexible, "ProduceRequest.TopicData")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ProduceRequest", version)
    }
}

impl Decode for ProduceRequest {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 9;
        Ok(Self {
            transactional_id: input.string_or_null(
                flexible,
                true,
                "ProduceRequest.TransactionalId",
            )?,
            acks: input.i16()?,
            timeout_ms: input.i32()?,
            topic_data: input.structs(version, flexible, "ProduceRequest.TopicData")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `TopicProduceData`, versions 3-13.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicProduceData {
    /// Versions 3-12.
    pub name: Str,
    /// Versions 13.
    pub topic_id: Uuid,
    /// Versions 3-13.
    pub partition_data: Vec<PartitionProduceData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicProduceData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        if version <= 12 {
            out.string(&self.name, flexible, "TopicProduceData.Name")?;
        }
        if version >= 13 {
            out.uuid(self.topic_id);
        }
        out.structs(&self.partition_data, version, flexible, "TopicProduceData.PartitionData")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "TopicProduceData", version)
    }
}

impl Decode for TopicProduceData {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        Ok(Self {
            name: if version <= 12 {
                input.string(flexible, "TopicProduceData.Name")?
            } else {
                Str::default()
            },
            topic_id: if version >= 13 { input.uuid()? } else { Uuid::ZERO },
            partition_data: input.structs(version, flexible, "TopicProduceData.PartitionData")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `PartitionProduceData`, versions 3-13.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionProduceData {
    /// Versions 3-13.
    pub index: i32,
    /// Versions 3-13, nullable 3-13.
    pub records: Option<Records>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionProduceData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        out.i32(self.index);
        out.records_or_null(self.records.as_ref(), flexible, true, "PartitionProduceData.Records")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "PartitionProduceData", version)
    }
}

impl Decode for PartitionProduceData {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        Ok(Self {
            index: input.i32()?,
            records: input.records_or_null(flexible, true, "PartitionProduceData.Records")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
