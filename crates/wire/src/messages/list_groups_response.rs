// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ListGroupsResponse` versions 0-5, flexible 3+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ListGroupsResponse`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListGroupsResponse {
    /// Versions 1-5.
    pub throttle_time_ms: i32,
    /// Versions 0-5.
    pub error_code: ErrorCode,
    /// Versions 0-5.
    pub groups: Vec<ListedGroup>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListGroupsResponse {
    const NAME: &'static str = "ListGroupsResponse";
    const KEY: Option<i16> = Some(16);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 5);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(3, 5);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ListGroupsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 3;
        if version >= 1 {
            out.i32(self.throttle_time_ms);
        }
        out.i16(self.error_code.code());
        out.structs(&self.groups, version, flexible, "ListGroupsResponse.Groups")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ListGroupsResponse", version)
    }
}

impl Decode for ListGroupsResponse {
    const MIN_LENGTH: usize = 6;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 3;
        Ok(Self {
            throttle_time_ms: if version >= 1 { input.i32()? } else { 0 },
            error_code: ErrorCode::from_code(input.i16()?),
            groups: input.structs(version, flexible, "ListGroupsResponse.Groups")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `ListedGroup`, versions 0-5.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ListedGroup {
    /// Versions 0-5.
    pub group_id: Str,
    /// Versions 0-5.
    pub protocol_type: Str,
    /// Versions 4-5.
    pub group_state: Str,
    /// Versions 5.
    pub group_type: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for ListedGroup {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        out.string(&self.group_id, flexible, "ListedGroup.GroupId")?;
        out.string(&self.protocol_type, flexible, "ListedGroup.ProtocolType")?;
        if version >= 4 {
            out.string(&self.group_state, flexible, "ListedGroup.GroupState")?;
        }
        if version >= 5 {
            out.string(&self.group_type, flexible, "ListedGroup.GroupType")?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "ListedGroup", version)
    }
}

impl Decode for ListedGroup {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        Ok(Self {
            group_id: input.string(flexible, "ListedGroup.GroupId")?,
            protocol_type: input.string(flexible, "ListedGroup.ProtocolType")?,
            group_state: if version >= 4 {
                input.string(flexible, "ListedGroup.GroupState")?
            } else {
                Str::default()
            },
            group_type: if version >= 5 {
                input.string(flexible, "ListedGroup.GroupType")?
            } else {
                Str::default()
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
