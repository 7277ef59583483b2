// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `TransactionLogValue` versions 0-1, flexible 1+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `TransactionLogValue`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct TransactionLogValue {
    /// Versions 0-1.
    pub producer_id: i64,
    /// Versions 1, tag 0, default -1.
    pub previous_producer_id: i64,
    /// Versions 1, tag 1, default -1.
    pub next_producer_id: i64,
    /// Versions 0-1.
    pub producer_epoch: i16,
    /// Versions 1, tag 3, default -1.
    pub next_producer_epoch: i16,
    /// Versions 0-1.
    pub transaction_timeout_ms: i32,
    /// Versions 0-1.
    pub transaction_status: i8,
    /// Versions 0-1, nullable 0-1.
    pub transaction_partitions: Option<Vec<PartitionsSchema>>,
    /// Versions 0-1.
    pub transaction_last_update_timestamp_ms: i64,
    /// Versions 0-1.
    pub transaction_start_timestamp_ms: i64,
    /// Versions 1, tag 2.
    pub client_transaction_version: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for TransactionLogValue {
    fn default() -> Self {
        Self {
            producer_id: 0,
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: 0,
            next_producer_epoch: -1,
            transaction_timeout_ms: 0,
            transaction_status: 0,
            transaction_partitions: Some(Vec::new()),
            transaction_last_update_timestamp_ms: 0,
            transaction_start_timestamp_ms: 0,
            client_transaction_version: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for TransactionLogValue {
    const NAME: &'static str = "TransactionLogValue";
    const KEY: Option<i16> = Some(0);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for TransactionLogValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 1;
        out.i64(self.producer_id);
        out.i16(self.producer_epoch);
        out.i32(self.transaction_timeout_ms);
        out.i8(self.transaction_status);
        out.structs_or_null(
            self.transaction_partitions.as_ref(),
            version,
            flexible,
            true,
            "TransactionLogValue.TransactionPartitions",
        )?;
        out.i64(self.transaction_last_update_timestamp_ms);
        out.i64(self.transaction_start_timestamp_ms);
        if !flexible {
            out.only_default(
                self.previous_producer_id == -1,
                "TransactionLogValue.PreviousProducerId",
                version,
            )?;
        }
        if !flexible {
            out.only_default(
                self.next_producer_id == -1,
                "TransactionLogValue.NextProducerId",
                version,
            )?;
        }
        if !flexible {
            out.only_default(
                self.client_transaction_version == 0,
                "TransactionLogValue.ClientTransactionVersion",
                version,
            )?;
        }
        if !flexible {
            out.only_default(
                self.next_producer_epoch == -1,
                "TransactionLogValue.NextProducerEpoch",
                version,
            )?;
        }
        if !flexible {
            return out.tagged_fields(
                &self.unknown_tagged_fields,
                false,
                "TransactionLogValue",
                version,
            );
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.previous_producer_id != -1 {
            out.begin_tag(&mut tags, 0)?;
            out.i64(self.previous_producer_id);
            out.end_tag(&tags)?;
        }
        if self.next_producer_id != -1 {
            out.begin_tag(&mut tags, 1)?;
            out.i64(self.next_producer_id);
            out.end_tag(&tags)?;
        }
        if self.client_transaction_version != 0 {
            out.begin_tag(&mut tags, 2)?;
            out.i16(self.client_transaction_version);
            out.end_tag(&tags)?;
        }
        if self.next_producer_epoch != -1 {
            out.begin_tag(&mut tags, 3)?;
            out.i16(self.next_producer_epoch);
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for TransactionLogValue {
    const MIN_LENGTH: usize = 33;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 1;
        let mut this = Self {
            producer_id: input.i64()?,
            previous_producer_id: -1,
            next_producer_id: -1,
            producer_epoch: input.i16()?,
            next_producer_epoch: -1,
            transaction_timeout_ms: input.i32()?,
            transaction_status: input.i8()?,
            transaction_partitions: input.structs_or_null(
                version,
                flexible,
                true,
                "TransactionLogValue.TransactionPartitions",
            )?,
            transaction_last_update_timestamp_ms: input.i64()?,
            transaction_start_timestamp_ms: input.i64()?,
            client_transaction_version: 0,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(flexible)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.previous_producer_id = value.i64()?,
                1 => this.next_producer_id = value.i64()?,
                3 => this.next_producer_epoch = value.i16()?,
                2 => this.client_transaction_version = value.i16()?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `PartitionsSchema`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionsSchema {
    /// Versions 0-1.
    pub topic: Str,
    /// Versions 0-1.
    pub partition_ids: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionsSchema {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        out.string(&self.topic, flexible, "PartitionsSchema.Topic")?;
        out.plains(&self.partition_ids, flexible, "PartitionsSchema.PartitionIds")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "PartitionsSchema", version)
    }
}

impl Decode for PartitionsSchema {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        Ok(Self {
            topic: input.string(flexible, "PartitionsSchema.Topic")?,
            partition_ids: input.plains(flexible, "PartitionsSchema.PartitionIds")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
