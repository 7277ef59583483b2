// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AddPartitionsToTxnResponse` versions 0-5, flexible 3+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AddPartitionsToTxnResponse`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AddPartitionsToTxnResponse {
    /// Versions 0-5.
    pub throttle_time_ms: i32,
    /// Versions 4-5.
    pub error_code: ErrorCode,
    /// Versions 4-5.
    pub results_by_transaction: Vec<AddPartitionsToTxnResult>,
    /// Versions 0-3.
    pub results_by_topic_v3_and_below: Vec<AddPartitionsToTxnTopicResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AddPartitionsToTxnResponse {
    const NAME: &'static str = "AddPartitionsToTxnResponse";
    const KEY: Option<i16> = Some(24);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AddPartitionsToTxnResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        out.i32(self.throttle_time_ms);
        if version >= 4 {
            out.i16(self.error_code.code());
        }
        if version >= 4 {
            out.structs(
                &self.results_by_transaction,
                version,
                flexible,
                "AddPartitionsToTxnResponse.ResultsByTransaction",
            )?;
        } else {
            out.only_default(
                self.results_by_transaction.is_empty(),
                "AddPartitionsToTxnResponse.ResultsByTransaction",
                version,
            )?;
        }
        if version <= 3 {
            out.structs(
                &self.results_by_topic_v3_and_below,
                version,
                flexible,
                "AddPartitionsToTxnResponse.ResultsByTopicV3AndBelow",
            )?;
        } else {
            out.only_default(
                self.results_by_topic_v3_and_below.is_empty(),
                "AddPartitionsToTxnResponse.ResultsByTopicV3AndBelow",
                version,
            )?;
        }
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AddPartitionsToTxnResponse",
            version,
        )
    }
}

impl Decode for AddPartitionsToTxnResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: if version >= 4 {
                ErrorCode::from_code(input.i16()?)
            } else {
                ErrorCode::NONE
            },
            results_by_transaction: if version >= 4 {
                input.structs(
                    version,
                    flexible,
                    "AddPartitionsToTxnResponse.ResultsByTransaction",
                )?
            } else {
                Vec::new()
            },
            results_by_topic_v3_and_below: if version <= 3 {
                input.structs(
                    version,
                    flexible,
                    "AddPartitionsToTxnResponse.ResultsByTopicV3AndBelow",
                )?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AddPartitionsToTxnResult`, versions 4-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AddPartitionsToTxnResult {
    /// Versions 4-5.
    pub transactional_id: Str,
    /// Versions 4-5.
    pub topic_results: Vec<AddPartitionsToTxnTopicResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AddPartitionsToTxnResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.transactional_id, true, "AddPartitionsToTxnResult.TransactionalId")?;
        out.structs(&self.topic_results, version, true, "AddPartitionsToTxnResult.TopicResults")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "AddPartitionsToTxnResult", version)
    }
}

impl Decode for AddPartitionsToTxnResult {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            transactional_id: input.string(true, "AddPartitionsToTxnResult.TransactionalId")?,
            topic_results: input.structs(version, true, "AddPartitionsToTxnResult.TopicResults")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `AddPartitionsToTxnTopicResult`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AddPartitionsToTxnTopicResult {
    /// Versions 0-5.
    pub name: Str,
    /// Versions 0-5.
    pub results_by_partition: Vec<AddPartitionsToTxnPartitionResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AddPartitionsToTxnTopicResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        out.string(&self.name, flexible, "AddPartitionsToTxnTopicResult.Name")?;
        out.structs(
            &self.results_by_partition,
            version,
            flexible,
            "AddPartitionsToTxnTopicResult.ResultsByPartition",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AddPartitionsToTxnTopicResult",
            version,
        )
    }
}

impl Decode for AddPartitionsToTxnTopicResult {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        Ok(Self {
            name: input.string(flexible, "AddPartitionsToTxnTopicResult.Name")?,
            results_by_partition: input.structs(
                version,
                flexible,
                "AddPartitionsToTxnTopicResult.ResultsByPartition",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `AddPartitionsToTxnPartitionResult`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct AddPartitionsToTxnPartitionResult {
    /// Versions 0-5.
    pub partition_index: i32,
    /// Versions 0-5.
    pub partition_error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for AddPartitionsToTxnPartitionResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        out.i32(self.partition_index);
        out.i16(self.partition_error_code.code());
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "AddPartitionsToTxnPartitionResult",
            version,
        )
    }
}

impl Decode for AddPartitionsToTxnPartitionResult {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        Ok(Self {
            partition_index: input.i32()?,
            partition_error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
