// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AlterPartitionReassignmentsResponse` versions 0-1, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AlterPartitionReassignmentsResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionReassignmentsResponse {
    /// Versions 0-1.
    pub throttle_time_ms: i32,
    /// Versions 1, default true.
    pub allow_replication_factor_change: bool,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1, nullable 0-1.
    pub error_message: Option<Str>,
    /// Versions 0-1.
    pub responses: Vec<ReassignableTopicResponse>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterPartitionReassignmentsResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            allow_replication_factor_change: true,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            responses: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for AlterPartitionReassignmentsResponse {
    const NAME: &'static str = "AlterPartitionReassignmentsResponse";
    const KEY: Option<i16> = Some(45);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AlterPartitionReassignmentsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        if version >= 1 {
            out.bool(self.allow_replication_factor_change);
        }
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "AlterPartitionReassignmentsResponse.ErrorMessage",
        )?;
        out.structs(
            &self.responses,
            version,
            true,
            "AlterPartitionReassignmentsResponse.Responses",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "AlterPartitionReassignmentsResponse",
            version,
        )
    }
}

impl Decode for AlterPartitionReassignmentsResponse {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            allow_replication_factor_change: if version >= 1 { input.bool()? } else { true },
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "AlterPartitionReassignmentsResponse.ErrorMessage",
            )?,
            responses: input.structs(
                version,
                true,
                "AlterPartitionReassignmentsResponse.Responses",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ReassignableTopicResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ReassignableTopicResponse {
    /// Versions 0-1.
    pub name: Str,
    /// Versions 0-1.
    pub partitions: Vec<ReassignablePartitionResponse>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ReassignableTopicResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "ReassignableTopicResponse.Name")?;
        out.structs(&self.partitions, version, true, "ReassignableTopicResponse.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ReassignableTopicResponse", version)
    }
}

impl Decode for ReassignableTopicResponse {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "ReassignableTopicResponse.Name")?,
            partitions: input.structs(version, true, "ReassignableTopicResponse.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `ReassignablePartitionResponse`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct ReassignablePartitionResponse {
    /// Versions 0-1.
    pub partition_index: i32,
    /// Versions 0-1.
    pub error_code: ErrorCode,
    /// Versions 0-1, nullable 0-1.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ReassignablePartitionResponse {
    fn default() -> Self {
        Self {
            partition_index: 0,
            error_code: ErrorCode::NONE,
            error_message: Some(Str::default()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for ReassignablePartitionResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition_index);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "ReassignablePartitionResponse.ErrorMessage",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ReassignablePartitionResponse",
            version,
        )
    }
}

impl Decode for ReassignablePartitionResponse {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition_index: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "ReassignablePartitionResponse.ErrorMessage",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
