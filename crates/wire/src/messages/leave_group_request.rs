// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `LeaveGroupRequest` versions 0-5, flexible 4+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `LeaveGroupRequest`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LeaveGroupRequest {
    /// Versions 0-5.
    pub group_id: Str,
    /// Versions 0-2.
    pub member_id: Str,
    /// Versions 3-5.
    pub members: Vec<MemberIdentity>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for LeaveGroupRequest {
    const NAME: &'static str = "LeaveGroupRequest";
    const KEY: Option<i16> = Some(13);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for LeaveGroupRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        out.string(&self.group_id, flexible, "LeaveGroupRequest.GroupId")?;
        if version <= 2 {
            out.string(&self.member_id, flexible, "LeaveGroupRequest.MemberId")?;
        } else {
            out.only_default(self.member_id.is_empty(), "LeaveGroupRequest.MemberId", version)?;
        }
        if version >= 3 {
            out.structs(&self.members, version, flexible, "LeaveGroupRequest.Members")?;
        } else {
            out.only_default(self.members.is_empty(), "LeaveGroupRequest.Members", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "LeaveGroupRequest", version)
    }
}

impl Decode for LeaveGroupRequest {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            group_id: input.string(flexible, "LeaveGroupRequest.GroupId")?,
            member_id: if version <= 2 {
                input.string(flexible, "LeaveGroupRequest.MemberId")?
            } else {
                Str::default()
            },
            members: if version >= 3 {
                input.structs(version, flexible, "LeaveGroupRequest.Members")?
            } else {
                Vec::new()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `MemberIdentity`, versions 3-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct MemberIdentity {
    /// Versions 3-5.
    pub member_id: Str,
    /// Versions 3-5, nullable 3-5, default null.
    pub group_instance_id: Option<Str>,
    /// Versions 5, nullable 5, default null.
    pub reason: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for MemberIdentity {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.string(&self.member_id, flexible, "MemberIdentity.MemberId")?;
        out.string_or_null(
            self.group_instance_id.as_ref(),
            flexible,
            true,
            "MemberIdentity.GroupInstanceId",
        )?;
        if version >= 5 {
            out.string_or_null(self.reason.as_ref(), flexible, true, "MemberIdentity.Reason")?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "MemberIdentity", version)
    }
}

impl Decode for MemberIdentity {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            member_id: input.string(flexible, "MemberIdentity.MemberId")?,
            group_instance_id: input.string_or_null(
                flexible,
                true,
                "MemberIdentity.GroupInstanceId",
            )?,
            reason: if version >= 5 {
                input.string_or_null(flexible, true, "MemberIdentity.Reason")?
            } else {
                None
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
