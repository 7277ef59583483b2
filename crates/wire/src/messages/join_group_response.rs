// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `JoinGroupResponse` versions 0-9, flexible 6+.

use bytes::Bytes;
use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `JoinGroupResponse`, versions 0-9.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinGroupResponse {
    /// Versions 2-9.
    pub throttle_time_ms: i32,
    /// Versions 0-9.
    pub error_code: ErrorCode,
    /// Versions 0-9, default -1.
    pub generation_id: i32,
    /// Versions 7-9, nullable 7-9, default null.
    pub protocol_type: Option<Str>,
    /// Versions 0-9, nullable 7-9.
    pub protocol_name: Option<Str>,
    /// Versions 0-9.
    pub leader: Str,
    /// Versions 9.
    pub skip_assignment: bool,
    /// Versions 0-9.
    pub member_id: Str,
    /// Versions 0-9.
    pub members: Vec<JoinGroupResponseMember>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for JoinGroupResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            generation_id: -1,
            protocol_type: None,
            protocol_name: Some(Str::default()),
            leader: Str::default(),
            skip_assignment: false,
            member_id: Str::default(),
            members: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for JoinGroupResponse {
    const NAME: &'static str = "JoinGroupResponse";
    const KEY: Option<i16> = Some(11);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 9);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(6, 9);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for JoinGroupResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 6;
        if version >= 2 {
            out.i32(self.throttle_time_ms);
        }
        out.i16(self.error_code.code());
        out.i32(self.generation_id);
        if version >= 7 {
            out.string_or_null(
                self.protocol_type.as_ref(),
                flexible,
                true,
                "JoinGroupResponse.ProtocolType",
            )?;
        }
        out.string_or_null(
            self.protocol_name.as_ref(),
            flexible,
            version >= 7,
            "JoinGroupResponse.ProtocolName",
        )?;
        out.string(&self.leader, flexible, "JoinGroupResponse.Leader")?;
        if version >= 9 {
            out.bool(self.skip_assignment);
        } else {
            out.only_default(!self.skip_assignment, "JoinGroupResponse.SkipAssignment", version)?;
        }
        out.string(&self.member_id, flexible, "JoinGroupResponse.MemberId")?;
        out.structs(&self.members, version, flexible, "JoinGroupResponse.Members")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "JoinGroupResponse", version)
    }
}

impl Decode for JoinGroupResponse {
    const MIN_LENGTH: usize = 15;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 6;
        Ok(Self {
            throttle_time_ms: if version >= 2 { input.i32()? } else { 0 },
            error_code: ErrorCode::from_code(input.i16()?),
            generation_id: input.i32()?,
            protocol_type: if version >= 7 {
                input.string_or_null(flexible, true, "JoinGroupResponse.ProtocolType")?
            } else {
                None
            },
            protocol_name: input.string_or_null(
                flexible,
                version >= 7,
                "JoinGroupResponse.ProtocolName",
            )?,
            leader: input.string(flexible, "JoinGroupResponse.Leader")?,
            skip_assignment: if version >= 9 { input.bool()? } else { false },
            member_id: input.string(flexible, "JoinGroupResponse.MemberId")?,
            members: input.structs(version, flexible, "JoinGroupResponse.Members")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `JoinGroupResponseMember`, versions 0-9.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct JoinGroupResponseMember {
    /// Versions 0-9.
    pub member_id: Str,
    /// Versions 5-9, nullable 5-9, default null.
    pub group_instance_id: Option<Str>,
    /// Versions 0-9.
    pub metadata: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for JoinGroupResponseMember {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        out.string(&self.member_id, flexible, "JoinGroupResponseMember.MemberId")?;
        if version >= 5 {
            out.string_or_null(
                self.group_instance_id.as_ref(),
                flexible,
                true,
                "JoinGroupResponseMember.GroupInstanceId",
            )?;
        }
        out.bytes(&self.metadata, flexible, "JoinGroupResponseMember.Metadata")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "JoinGroupResponseMember", version)
    }
}

impl Decode for JoinGroupResponseMember {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        Ok(Self {
            member_id: input.string(flexible, "JoinGroupResponseMember.MemberId")?,
            group_instance_id: if version >= 5 {
                input.string_or_null(flexible, true, "JoinGroupResponseMember.GroupInstanceId")?
            } else {
                None
            },
            metadata: input.bytes(flexible, "JoinGroupResponseMember.Metadata")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
