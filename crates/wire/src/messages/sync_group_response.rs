// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `SyncGroupResponse` versions 0-5, flexible 4+.

use bytes::Bytes;
use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `SyncGroupResponse`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SyncGroupResponse {
    /// Versions 1-5.
    pub throttle_time_ms: i32,
    /// Versions 0-5.
    pub error_code: ErrorCode,
    /// Versions 5, nullable 5, default null.
    pub protocol_type: Option<Str>,
    /// Versions 5, nullable 5, default null.
    pub protocol_name: Option<Str>,
    /// Versions 0-5.
    pub assignment: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SyncGroupResponse {
    const NAME: &'static str = "SyncGroupResponse";
    const KEY: Option<i16> = Some(14);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for SyncGroupResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        if version >= 1 {
            out.i32(self.throttle_time_ms);
        }
        out.i16(self.error_code.code());
        if version >= 5 {
            out.string_or_null(
                self.protocol_type.as_ref(),
                flexible,
                true,
                "SyncGroupResponse.ProtocolType",
            )?;
        }
        if version >= 5 {
            out.string_or_null(
                self.protocol_name.as_ref(),
                flexible,
                true,
                "SyncGroupResponse.ProtocolName",
            )?;
        }
        out.bytes(&self.assignment, flexible, "SyncGroupResponse.Assignment")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "SyncGroupResponse", version)
    }
}

impl Decode for SyncGroupResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            throttle_time_ms: if version >= 1 { input.i32()? } else { 0 },
            error_code: ErrorCode::from_code(input.i16()?),
            protocol_type: if version >= 5 {
                input.string_or_null(flexible, true, "SyncGroupResponse.ProtocolType")?
            } else {
                None
            },
            protocol_name: if version >= 5 {
                input.string_or_null(flexible, true, "SyncGroupResponse.ProtocolName")?
            } else {
                None
            },
            assignment: input.bytes(flexible, "SyncGroupResponse.Assignment")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
