// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `SyncGroupRequest` versions 0-5, flexible 4+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `SyncGroupRequest`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SyncGroupRequest {
    /// Versions 0-5.
    pub group_id: Str,
    /// Versions 0-5.
    pub generation_id: i32,
    /// Versions 0-5.
    pub member_id: Str,
    /// Versions 3-5, nullable 3-5, default null.
    pub group_instance_id: Option<Str>,
    /// Versions 5, nullable 5, default null.
    pub protocol_type: Option<Str>,
    /// Versions 5, nullable 5, default null.
    pub protocol_name: Option<Str>,
    /// Versions 0-5.
    pub assignments: Vec<SyncGroupRequestAssignment>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for SyncGroupRequest {
    const NAME: &'static str = "SyncGroupRequest";
    const KEY: Option<i16> = Some(14);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for SyncGroupRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        out.string(&self.group_id, flexible, "SyncGroupRequest.GroupId")?;
        out.i32(self.generation_id);
        out.string(&self.member_id, flexible, "SyncGroupRequest.MemberId")?;
        if version >= 3 {
            out.string_or_null(
                self.group_instance_id.as_ref(),
                flexible,
                true,
                "SyncGroupRequest.GroupInstanceId",
            )?;
        } else {
            out.only_default(
                self.group_instance_id.is_none(),
                "SyncGroupRequest.GroupInstanceId",
                version,
            )?;
        }
        if version >= 5 {
            out.string_or_null(
                self.protocol_type.as_ref(),
                flexible,
                true,
                "SyncGroupRequest.ProtocolType",
            )?;
        }
        if version >= 5 {
            out.string_or_null(
                self.protocol_name.as_ref(),
                flexible,
                true,
                "SyncGroupRequest.ProtocolName",
            )?;
        }
        out.structs(&self.assignments, version, flexible, "SyncGroupRequest.Assignments")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "SyncGroupRequest", version)
    }
}

impl Decode for SyncGroupRequest {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            group_id: input.string(flexible, "SyncGroupRequest.GroupId")?,
            generation_id: input.i32()?,
            member_id: input.string(flexible, "SyncGroupRequest.MemberId")?,
            group_instance_id: if version >= 3 {
                input.string_or_null(flexible, true, "SyncGroupRequest.GroupInstanceId")?
            } else {
                None
            },
            protocol_type: if version >= 5 {
                input.string_or_null(flexible, true, "SyncGroupRequest.ProtocolType")?
            } else {
                None
            },
            protocol_name: if version >= 5 {
                input.string_or_null(flexible, true, "SyncGroupRequest.ProtocolName")?
            } else {
                None
            },
            assignments: input.structs(version, flexible, "SyncGroupRequest.Assignments")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `SyncGroupRequestAssignment`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SyncGroupRequestAssignment {
    /// Versions 0-5.
    pub member_id: Str,
    /// Versions 0-5.
    pub assignment: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for SyncGroupRequestAssignment {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.string(&self.member_id, flexible, "SyncGroupRequestAssignment.MemberId")?;
        out.bytes(&self.assignment, flexible, "SyncGroupRequestAssignment.Assignment")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "SyncGroupRequestAssignment",
            version,
        )
    }
}

impl Decode for SyncGroupRequestAssignment {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            member_id: input.string(flexible, "SyncGroupRequestAssignment.MemberId")?,
            assignment: input.bytes(flexible, "SyncGroupRequestAssignment.Assignment")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
