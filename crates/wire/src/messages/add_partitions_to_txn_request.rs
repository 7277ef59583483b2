// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AddPartitionsToTxnRequest` versions 0-5, flexible 3+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AddPartitionsToTxnRequest`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AddPartitionsToTxnRequest {
    /// Versions 4-5.
    pub transactions: Vec<AddPartitionsToTxnTransaction>,
    /// Versions 0-3.
    pub v3_and_below_transactional_id: Str,
    /// Versions 0-3.
    pub v3_and_below_producer_id: i64,
    /// Versions 0-3.
    pub v3_and_below_producer_epoch: i16,
    /// Versions 0-3.
    pub v3_and_below_topics: Vec<AddPartitionsToTxnTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AddPartitionsToTxnRequest {
    const NAME: &'static str = "AddPartitionsToTxnRequest";
    const KEY: Option<i16> = Some(24);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AddPartitionsToTxnRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 4 {
            out.structs(
                &self.transactions,
                version,
                flexible,
                "AddPartitionsToTxnRequest.Transactions",
            )?;
        } else {
            out.only_default(
                self.transactions.is_empty(),
                "AddPartitionsToTxnRequest.Transactions",
                version,
            )?;
        }
        if version <= 3 {
            out.string(
                &self.v3_and_below_transactional_id,
                flexible,
                "AddPartitionsToTxnRequest.V3AndBelowTransactionalId",
            )?;
        } else {
            out.only_default(
                self.v3_and_below_transactional_id.is_empty(),
                "AddPartitionsToTxnRequest.V3AndBelowTransactionalId",
                version,
            )?;
        }
        if version <= 3 {
            out.i64(self.v3_and_below_producer_id);
        } else {
            out.only_default(
                self.v3_and_below_producer_id == 0,
                "AddPartitionsToTxnRequest.V3AndBelowProducerId",
                version,
            )?;
        }
        if version <= 3 {
            out.i16(self.v3_and_below_producer_epoch);
        } else {
            out.only_default(
                self.v3_and_below_producer_epoch == 0,
                "AddPartitionsToTxnRequest.V3AndBelowProducerEpoch",
                version,
            )?;
        }
        if version <= 3 {
            out.structs(
                &self.v3_and_below_topics,
                version,
                flexible,
                "AddPartitionsToTxnRequest.V3AndBelowTopics",
            )?;
        } else {
            out.only_default(
                self.v3_and_below_topics.is_empty(),
                "AddPartitionsToTxnRequest.V3AndBelowTopics",
                version,
            )?;
        }
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AddPartitionsToTxnRequest",
            version,
        )
    }
}

impl Decode for AddPartitionsToTxnRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            transactions: if version >= 4 {
                input.structs(version, flexible, "AddPartitionsToTxnRequest.Transactions")?
            } else {
                Vec::new()
            },
            v3_and_below_transactional_id: if version <= 3 {
                input.string(flexible, "AddPartitionsToTxnRequest.V3AndBelowTransactionalId")?
            } else {
                Str::default()
            },
            v3_and_below_producer_id: if version <= 3 { input.i64()? } else { 0 },
            v3_and_below_producer_epoch: if version <= 3 { input.i16()? } else { 0 },
            v3_and_below_topics: if version <= 3 {
                input.structs(version, flexible, "AddPartitionsToTxnRequest.V3AndBelowTopics")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AddPartitionsToTxnTransaction`, versions 4-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AddPartitionsToTxnTransaction {
    /// Versions 4-5.
    pub transactional_id: Str,
    /// Versions 4-5.
    pub producer_id: i64,
    /// Versions 4-5.
    pub producer_epoch: i16,
    /// Versions 4-5.
    pub verify_only: bool,
    /// Versions 4-5.
    pub topics: Vec<AddPartitionsToTxnTopic>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AddPartitionsToTxnTransaction {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.transactional_id, true, "AddPartitionsToTxnTransaction.TransactionalId")?;
        out.i64(self.producer_id);
        out.i16(self.producer_epoch);
        out.bool(self.verify_only);
        out.structs(&self.topics, version, true, "AddPartitionsToTxnTransaction.Topics")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AddPartitionsToTxnTransaction",
            version,
        )
    }
}

impl Decode for AddPartitionsToTxnTransaction {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            transactional_id: input
                .string(true, "AddPartitionsToTxnTransaction.TransactionalId")?,
            producer_id: input.i64()?,
            producer_epoch: input.i16()?,
            verify_only: input.bool()?,
            topics: input.structs(version, true, "AddPartitionsToTxnTransaction.Topics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AddPartitionsToTxnTopic`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AddPartitionsToTxnTopic {
    /// Versions 0-5.
    pub name: Str,
    /// Versions 0-5.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AddPartitionsToTxnTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        out.string(&self.name, flexible, "AddPartitionsToTxnTopic.Name")?;
        out.plains(&self.partitions, flexible, "AddPartitionsToTxnTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "AddPartitionsToTxnTopic", version)
    }
}

impl Decode for AddPartitionsToTxnTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        Ok(Self {
            name: input.string(flexible, "AddPartitionsToTxnTopic.Name")?,
            partitions: input.plains(flexible, "AddPartitionsToTxnTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
