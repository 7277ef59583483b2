// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `InitializeShareGroupStateResponse` versions 0, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `InitializeShareGroupStateResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct InitializeShareGroupStateResponse {
    /// Versions 0.
    pub results: Vec<InitializeStateResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for InitializeShareGroupStateResponse {
    const NAME: &'static str = "InitializeShareGroupStateResponse";
    const KEY: Option<i16> = Some(83);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for InitializeShareGroupStateResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(&self.results, version, true, "InitializeShareGroupStateResponse.Results")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "InitializeShareGroupStateResponse",
            version,
        )
    }
}

impl Decode for InitializeShareGroupStateResponse {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            results: input.structs(version, true, "InitializeShareGroupStateResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `InitializeStateResult`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct InitializeStateResult {
    /// Versions 0.
    pub topic_id: Uuid,
    /// Versions 0.
    pub partitions: Vec<PartitionResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for InitializeStateResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.uuid(self.topic_id);
        out.structs(&self.partitions, version, true, "InitializeStateResult.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "InitializeStateResult", version)
    }
}

impl Decode for InitializeStateResult {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            topic_id: input.uuid()?,
            partitions: input.structs(version, true, "InitializeStateResult.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `PartitionResult`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PartitionResult {
    /// Versions 0.
    pub partition: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, nullable 0, default null.
    pub error_message: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for PartitionResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.partition);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "PartitionResult.ErrorMessage",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "PartitionResult", version)
    }
}

impl Decode for PartitionResult {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            partition: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(true, true, "PartitionResult.ErrorMessage")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
