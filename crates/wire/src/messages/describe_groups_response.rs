// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeGroupsResponse` versions 0-6, flexible 5+.

use bytes::Bytes;
use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeGroupsResponse`, versions 0-6.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeGroupsResponse {
    /// Versions 1-6.
    pub throttle_time_ms: i32,
    /// Versions 0-6.
    pub groups: Vec<DescribedGroup>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for DescribeGroupsResponse {
    const NAME: &'static str = "DescribeGroupsResponse";
    const KEY: Option<i16> = Some(15);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 6);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(5, 6);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeGroupsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 5;
        if version >= 1 {
            out.i32(self.throttle_time_ms);
        }
        out.structs(&self.groups, version, flexible, "DescribeGroupsResponse.Groups")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribeGroupsResponse", version)
    }
}

impl Decode for DescribeGroupsResponse {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 5;
        Ok(Self {
            throttle_time_ms: if version >= 1 { input.i32()? } else { 0 },
            groups: input.structs(version, flexible, "DescribeGroupsResponse.Groups")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribedGroup`, versions 0-6.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// Versions 0-6.
    pub error_code: ErrorCode,
    /// Versions 6, nullable 6, default null.
    pub error_message: Option<Str>,
    /// Versions 0-6.
    pub group_id: Str,
    /// Versions 0-6.
    pub group_state: Str,
    /// Versions 0-6.
    pub protocol_type: Str,
    /// Versions 0-6.
    pub protocol_data: Str,
    /// Versions 0-6.
    pub members: Vec<DescribedGroupMember>,
    /// Versions 3-6, default -2147483648.
    pub authorized_operations: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: ErrorCode::NONE,
            error_message: None,
            group_id: Str::default(),
            group_state: Str::default(),
            protocol_type: Str::default(),
            protocol_data: Str::default(),
            members: Vec::new(),
            authorized_operations: -2147483648,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for DescribedGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        out.i16(self.error_code.code());
        if version >= 6 {
            out.string_or_null(
                self.error_message.as_ref(),
                flexible,
                true,
                "DescribedGroup.ErrorMessage",
            )?;
        } else {
            out.only_default(self.error_message.is_none(), "DescribedGroup.ErrorMessage", version)?;
        }
        out.string(&self.group_id, flexible, "DescribedGroup.GroupId")?;
        out.string(&self.group_state, flexible, "DescribedGroup.GroupState")?;
        out.string(&self.protocol_type, flexible, "DescribedGroup.ProtocolType")?;
        out.string(&self.protocol_data, flexible, "DescribedGroup.ProtocolData")?;
        out.structs(&self.members, version, flexible, "DescribedGroup.Members")?;
        if version >= 3 {
            out.i32(self.authorized_operations);
        } else {
            out.only_default(
                self.authorized_operations == -2147483648,
                "DescribedGroup.AuthorizedOperations",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribedGroup", version)
    }
}

impl Decode for DescribedGroup {
    const MIN_LENGTH: usize = 12;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        Ok(Self {
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: if version >= 6 {
                input.string_or_null(flexible, true, "DescribedGroup.ErrorMessage")?
            } else {
                None
            },
            group_id: input.string(flexible, "DescribedGroup.GroupId")?,
            group_state: input.string(flexible, "DescribedGroup.GroupState")?,
            protocol_type: input.string(flexible, "DescribedGroup.ProtocolType")?,
            protocol_data: input.string(flexible, "DescribedGroup.ProtocolData")?,
            members: input.structs(version, flexible, "DescribedGroup.Members")?,
            authorized_operations: if version >= 3 { input.i32()? } else { -2147483648 },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `DescribedGroupMember`, versions 0-6.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribedGroupMember {
    /// Versions 0-6.
    pub member_id: Str,
    /// Versions 4-6, nullable 4-6, default null.
    pub group_instance_id: Option<Str>,
    /// Versions 0-6.
    pub client_id: Str,
    /// Versions 0-6.
    pub client_host: Str,
    /// Versions 0-6.
    pub member_metadata: Bytes,
    /// Versions 0-6.
    pub member_assignment: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribedGroupMember {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        out.string(&self.member_id, flexible, "DescribedGroupMember.MemberId")?;
        if version >= 4 {
            out.string_or_null(
                self.group_instance_id.as_ref(),
                flexible,
                true,
                "DescribedGroupMember.GroupInstanceId",
            )?;
        }
        out.string(&self.client_id, flexible, "DescribedGroupMember.ClientId")?;
        out.string(&self.client_host, flexible, "DescribedGroupMember.ClientHost")?;
        out.bytes(&self.member_metadata, flexible, "DescribedGroupMember.MemberMetadata")?;
        out.bytes(&self.member_assignment, flexible, "DescribedGroupMember.MemberAssignment")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "DescribedGroupMember", version)
    }
}

impl Decode for DescribedGroupMember {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        Ok(Self {
            member_id: input.string(flexible, "DescribedGroupMember.MemberId")?,
            group_instance_id: if version >= 4 {
                input.string_or_null(flexible, true, "DescribedGroupMember.GroupInstanceId")?
            } else {
                None
            },
            client_id: input.string(flexible, "DescribedGroupMember.ClientId")?,
            client_host: input.string(flexible, "DescribedGroupMember.ClientHost")?,
            member_metadata: input.bytes(flexible, "DescribedGroupMember.MemberMetadata")?,
            member_assignment: input.bytes(flexible, "DescribedGroupMember.MemberAssignment")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
