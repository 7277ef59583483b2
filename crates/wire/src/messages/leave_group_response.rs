// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `LeaveGroupResponse` versions 0-5, flexible 4+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `LeaveGroupResponse`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LeaveGroupResponse {
    /// Versions 1-5.
    pub throttle_time_ms: i32,
    /// Versions 0-5.
    pub error_code: ErrorCode,
    /// Versions 3-5.
    pub members: Vec<MemberResponse>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for LeaveGroupResponse {
    const NAME: &'static str = "LeaveGroupResponse";
    const KEY: Option<i16> = Some(13);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for LeaveGroupResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        if version >= 1 {
            out.i32(self.throttle_time_ms);
        }
        out.i16(self.error_code.code());
        if version >= 3 {
            out.structs(&self.members, version, flexible, "LeaveGroupResponse.Members")?;
        } else {
            out.only_default(self.members.is_empty(), "LeaveGroupResponse.Members", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "LeaveGroupResponse", version)
    }
}

impl Decode for LeaveGroupResponse {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            throttle_time_ms: if version >= 1 { input.i32()? } else { 0 },
            error_code: ErrorCode::from_code(input.i16()?),
            members: if version >= 3 {
                input.structs(version, flexible, "LeaveGroupResponse.Members")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `MemberResponse`, versions 3-5.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberResponse {
    /// Versions 3-5.
    pub member_id: Str,
    /// Versions 3-5, nullable 3-5.
    pub group_instance_id: Option<Str>,
    /// Versions 3-5.
    pub error_code: ErrorCode,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MemberResponse {
    fn default() -> Self {
        Self {
            member_id: Str::default(),
            group_instance_id: Some(Str::default()),
            error_code: ErrorCode::NONE,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for MemberResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.string(&self.member_id, flexible, "MemberResponse.MemberId")?;
        out.string_or_null(
            self.group_instance_id.as_ref(),
            flexible,
            true,
            "MemberResponse.GroupInstanceId",
        )?;
        out.i16(self.error_code.code());
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "MemberResponse", version)
    }
}

impl Decode for MemberResponse {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            member_id: input.string(flexible, "MemberResponse.MemberId")?,
            group_instance_id: input.string_or_null(
                flexible,
                true,
                "MemberResponse.GroupInstanceId",
            )?,
            error_code: ErrorCode::from_code(input.i16()?),
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
