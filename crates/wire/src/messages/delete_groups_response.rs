// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DeleteGroupsResponse` versions 0-2, flexible 2+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DeleteGroupsResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeleteGroupsResponse {
    /// Versions 0-2.
    pub throttle_time_ms: i32,
    /// Versions 0-2.
    pub results: Vec<DeletableGroupResult>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DeleteGroupsResponse {
    const NAME: &'static str = "DeleteGroupsResponse";
    const KEY: Option<i16> = Some(42);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(2, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DeleteGroupsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 2;
        out.i32(self.throttle_time_ms);
        out.structs(&self.results, version, flexible, "DeleteGroupsResponse.Results")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeleteGroupsResponse", version)
    }
}

impl Decode for DeleteGroupsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 2;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            results: input.structs(version, flexible, "DeleteGroupsResponse.Results")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DeletableGroupResult`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DeletableGroupResult {
    /// Versions 0-2.
    pub group_id: Str,
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DeletableGroupResult {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        out.string(&self.group_id, flexible, "DeletableGroupResult.GroupId")?;
        out.i16(self.error_code.code());
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DeletableGroupResult", version)
    }
}

impl Decode for DeletableGroupResult {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        Ok(Self {
            group_id: input.string(flexible, "DeletableGroupResult.GroupId")?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
