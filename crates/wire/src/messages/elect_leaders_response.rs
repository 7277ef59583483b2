// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ElectLeadersResponse` versions 0-2, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ElectLeadersResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ElectLeadersResponse {
    /// Versions 0-2.
    pub throttle_time_ms: i32,
    /// Versions 1-2.
    pub error_code: ErrorCode,
    /// Versions 0-2.
    pub replica_election_results: Vec<ReplicaElectionResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ElectLeadersResponse {
    const NAME: &'static str = "ElectLeadersResponse";
    const KEY: Option<i16> = Some(43);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ElectLeadersResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        if version >= 1 {
            out.i16(self.error_code.code());
        } else {
            out.only_default(
                self.error_code == ErrorCode::NONE,
                "ElectLeadersResponse.ErrorCode",
                version,
            )?;
        }
        out.structs(
            &self.replica_election_results,
            version,
            flexible,
            "ElectLeadersResponse.ReplicaElectionResults",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ElectLeadersResponse", version)
    }
}

impl Decode for ElectLeadersResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: if version >= 1 {
                ErrorCode::from_code(input.i16()?)
            } else {
                ErrorCode::NONE
            },
            replica_election_results: input.structs(
                version,
                flexible,
                "ElectLeadersResponse.ReplicaElectionResults",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `ReplicaElectionResult`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReplicaElectionResult {
    /// Versions 0-2.
    pub topic: Str,
    /// Versions 0-2.
    pub partition_result: Vec<PartitionResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ReplicaElectionResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.topic, flexible, "ReplicaElectionResult.Topic")?;
        out.structs(
            &self.partition_result,
            version,
            flexible,
            "ReplicaElectionResult.PartitionResult",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ReplicaElectionResult", version)
    }
}

impl Decode for ReplicaElectionResult {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            topic: input.string(flexible, "ReplicaElectionResult.Topic")?,
            partition_result: input.structs(
                version,
                flexible,
                "ReplicaElectionResult.PartitionResult",
            )?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `PartitionResult`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionResult {
    /// Versions 0-2.
    pub partition_id: i32,
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 0-2, nullable 0-2.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionResult {
    fn default() -> Self {
        Self {
            partition_id: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for PartitionResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i32(self.partition_id);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            flexible,
            true,
            "PartitionResult.ErrorMessage",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "PartitionResult", version)
    }
}

impl Decode for PartitionResult {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            partition_id: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(flexible, true, "PartitionResult.ErrorMessage")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
