// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterPartitionRequest` versions 2-3, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `AlterPartitionRequest`, versions 2-3.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionRequest {
    /// Versions 2-3.
    pub broker_id: i32,
    /// Versions 2-3, default -1.
    pub broker_epoch: i64,
    /// Versions 2-3.
    pub topics: Vec<TopicData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterPartitionRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for AlterPartitionRequest {
    const NAME: &'static str = "AlterPartitionRequest";
    const KEY: Option<i16> = Some(56);
    const VALID_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterPartitionRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.broker_id);
        out.i64(self.broker_epoch);
        out.structs(&self.topics, version, true, "AlterPartitionRequest.Topics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "AlterPartitionRequest", version)
    }
}

impl Decode for AlterPartitionRequest {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            broker_id: input.i32()?,
            broker_epoch: input.i64()?,
            topics: input.structs(version, true, "AlterPartitionRequest.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TopicData`, versions 2-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TopicData {
    /// Versions 2-3.
    pub topic_id: Uuid,
    /// Versions 2-3.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TopicData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "TopicData.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TopicData", version)
    }
}

impl Decode for TopicData {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "TopicData.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionData`, versions 2-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionData {
    /// Versions 2-3.
    pub partition_index: i32,
    /// Versions 2-3.
    pub leader_epoch: i32,
    /// Versions 2.
    pub new_isr: Vec<i32>,
    /// Versions 3.
    pub new_isr_with_epochs: Vec<BrokerState>,
    /// Versions 2-3.
    pub leader_recovery_state: i8,
    /// Versions 2-3.
    pub partition_epoch: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i32(self.leader_epoch);
        if version <= 2 {
            out.plains(&self.new_isr, true, "PartitionData.NewIsr")?;
        } else {
            out.only_default(self.new_isr.is_empty(), "PartitionData.NewIsr", version)?;
        }
        if version >= 3 {
            out.structs(
                &self.new_isr_with_epochs,
                version,
                true,
                "PartitionData.NewIsrWithEpochs",
            )?;
        } else {
            out.only_default(
                self.new_isr_with_epochs.is_empty(),
                "PartitionData.NewIsrWithEpochs",
                version,
            )?;
        }
        out.i8(self.leader_recovery_state);
        out.i32(self.partition_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionData", version)
    }
}

impl Decode for PartitionData {
    const MIN_LENGTH: usize = 15;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            leader_epoch: input.i32()?,
            new_isr: if version <= 2 {
                input.plains(true, "PartitionData.NewIsr")?
            } else {
                Vec::new()
            },
            new_isr_with_epochs: if version >= 3 {
                input.structs(version, true, "PartitionData.NewIsrWithEpochs")?
            } else {
                Vec::new()
            },
            leader_recovery_state: input.i8()?,
            partition_epoch: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `BrokerState`, versions 3.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerState {
    /// Versions 3.
    pub broker_id: i32,
    /// Versions 3, default -1.
    pub broker_epoch: i64,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerState {
    fn default() -> Self {
        Self { broker_id: 0, broker_epoch: -1, unknown_tagged_fields: TaggedFields::default() }
    }
}

impl Encode for BrokerState {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.broker_id);
        out.i64(self.broker_epoch);
        out.tagged_fields(&self.unknown_tagged_fields, true, "BrokerState", version)
    }
}

impl Decode for BrokerState {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            broker_id: input.i32()?,
            broker_epoch: input.i64()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
