// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeLogDirsResponse` versions 1-5, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeLogDirsResponse`, versions 1-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeLogDirsResponse {
    /// Versions 1-5.
    pub throttle_time_ms: i32,
    /// Versions 3-5.
    pub error_code: ErrorCode,
    /// Versions 1-5.
    pub results: Vec<DescribeLogDirsResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeLogDirsResponse {
    const NAME: &'static str = "DescribeLogDirsResponse";
    const KEY: Option<i16> = Some(35);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeLogDirsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        if version >= 3 {
            out.i16(self.error_code.code());
        }
        out.structs(&self.results, version, flexible, "DescribeLogDirsResponse.Results")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeLogDirsResponse", version)
    }
}

impl Decode for DescribeLogDirsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: if version >= 3 {
                ErrorCode::from_code(input.i16()?)
            } else {
                ErrorCode::NONE
            },
            results: input.structs(version, flexible, "DescribeLogDirsResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribeLogDirsResult`, versions 1-5.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeLogDirsResult {
    /// Versions 1-5.
    pub error_code: ErrorCode,
    /// Versions 1-5.
    pub log_dir: Str,
    /// Versions 1-5.
    pub topics: Vec<DescribeLogDirsTopic>,
    /// Versions 4-5, default -1.
    pub total_bytes: i64,
    /// Versions 4-5, default -1.
    pub usable_bytes: i64,
    /// Versions 5.
    pub is_cordoned: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeLogDirsResult {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            log_dir: Str::default(),
            topics: Vec::new(),
            total_bytes: -1,
            usable_bytes: -1,
            is_cordoned: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribeLogDirsResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i16(self.error_code.code());
        out.string(&self.log_dir, flexible, "DescribeLogDirsResult.LogDir")?;
        out.structs(&self.topics, version, flexible, "DescribeLogDirsResult.Topics")?;
        if version >= 4 {
            out.i64(self.total_bytes);
        }
        if version >= 4 {
            out.i64(self.usable_bytes);
        }
        if version >= 5 {
            out.bool(self.is_cordoned);
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeLogDirsResult", version)
    }
}

impl Decode for DescribeLogDirsResult {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            log_dir: input.string(flexible, "DescribeLogDirsResult.LogDir")?,
            topics: input.structs(version, flexible, "DescribeLogDirsResult.Topics")?,
            total_bytes: if version >= 4 { input.i64()? } else { -1 },
            usable_bytes: if version >= 4 { input.i64()? } else { -1 },
            is_cordoned: if version >= 5 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribeLogDirsTopic`, versions 1-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeLogDirsTopic {
    /// Versions 1-5.
    pub name: Str,
    /// Versions 1-5.
    pub partitions: Vec<DescribeLogDirsPartition>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribeLogDirsTopic {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.name, flexible, "DescribeLogDirsTopic.Name")?;
        out.structs(&self.partitions, version, flexible, "DescribeLogDirsTopic.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeLogDirsTopic", version)
    }
}

impl Decode for DescribeLogDirsTopic {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            name: input.string(flexible, "DescribeLogDirsTopic.Name")?,
            partitions: input.structs(version, flexible, "DescribeLogDirsTopic.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribeLogDirsPartition`, versions 1-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeLogDirsPartition {
    /// Versions 1-5.
    pub partition_index: i32,
    /// Versions 1-5.
    pub partition_size: i64,
    /// Versions 1-5.
    pub offset_lag: i64,
    /// Versions 1-5.
    pub is_future_key: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribeLogDirsPartition {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.i32(self.partition_index);
        out.i64(self.partition_size);
        out.i64(self.offset_lag);
        out.bool(self.is_future_key);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "DescribeLogDirsPartition",
            version,
        )
    }
}

impl Decode for DescribeLogDirsPartition {
    const MIN_LENGTH: usize = 21;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            partition_index: input.i32()?,
            partition_size: input.i64()?,
            offset_lag: input.i64()?,
            is_future_key: input.bool()?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
