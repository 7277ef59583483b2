// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `GroupMetadataValue` versions 0-4, flexible 4+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `GroupMetadataValue`, versions 0-4.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupMetadataValue {
    /// Versions 0-4.
    pub protocol_type: Str,
    /// Versions 0-4.
    pub generation: i32,
    /// Versions 0-4, nullable 0-4.
    pub protocol: Option<Str>,
    /// Versions 0-4, nullable 0-4.
    pub leader: Option<Str>,
    /// Versions 2-4, default -1.
    pub current_state_timestamp: i64,
    /// Versions 0-4.
    pub members: Vec<MemberMetadata>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for GroupMetadataValue {
    fn default() -> Self {
        Self {
            protocol_type: Str::default(),
            generation: 0,
            protocol: Some(Str::default()),
            leader: Some(Str::default()),
            current_state_timestamp: -1,
            members: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for GroupMetadataValue {
    const NAME: &'static str = "GroupMetadataValue";
    const KEY: Option<i16> = Some(2);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for GroupMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        out.string(&self.protocol_type, flexible, "GroupMetadataValue.protocolType")?;
        out.i32(self.generation);
        out.string_or_null(self.protocol.as_ref(), flexible, true, "GroupMetadataValue.protocol")?;
        out.string_or_null(self.leader.as_ref(), flexible, true, "GroupMetadataValue.leader")?;
        if version >= 2 {
            out.i64(self.current_state_timestamp);
        }
        out.structs(&self.members, version, flexible, "GroupMetadataValue.members")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "GroupMetadataValue", version)
    }
}

impl Decode for GroupMetadataValue {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            protocol_type: input.string(flexible, "GroupMetadataValue.protocolType")?,
            generation: input.i32()?,
            protocol: input.string_or_null(flexible, true, "GroupMetadataValue.protocol")?,
            leader: input.string_or_null(flexible, true, "GroupMetadataValue.leader")?,
            current_state_timestamp: if version >= 2 { input.i64()? } else { -1 },
            members: input.structs(version, flexible, "GroupMetadataValue.members")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `MemberMetadata`, versions 0-4.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberMetadata {
    /// Versions 0-4.
    pub member_id: Str,
    /// Versions 3-4, nullable 3-4, default null.
    pub group_instance_id: Option<Str>,
    /// Versions 0-4.
    pub client_id: Str,
    /// Versions 0-4.
    pub client_host: Str,
    /// Versions 1-4, default -1.
    pub rebalance_timeout: i32,
    /// Versions 0-4.
    pub session_timeout: i32,
    /// Versions 0-4.
    pub subscription: Bytes,
    /// Versions 0-4.
    pub assignment: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MemberMetadata {
    fn default() -> Self {
        Self {
            member_id: Str::default(),
            group_instance_id: None,
            client_id: Str::default(),
            client_host: Str::default(),
            rebalance_timeout: -1,
            session_timeout: 0,
            subscription: Bytes::new(),
            assignment: Bytes::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for MemberMetadata {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        out.string(&self.member_id, flexible, "MemberMetadata.memberId")?;
        if version >= 3 {
            out.string_or_null(
                self.group_instance_id.as_ref(),
                flexible,
                true,
                "MemberMetadata.groupInstanceId",
            )?;
        }
        out.string(&self.client_id, flexible, "MemberMetadata.clientId")?;
        out.string(&self.client_host, flexible, "MemberMetadata.clientHost")?;
        if version >= 1 {
            out.i32(self.rebalance_timeout);
        }
        out.i32(self.session_timeout);
        out.bytes(&self.subscription, flexible, "MemberMetadata.subscription")?;
        out.bytes(&self.assignment, flexible, "MemberMetadata.assignment")?;
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "MemberMetadata", version)
    }
}

impl Decode for MemberMetadata {
    const MIN_LENGTH: usize = 15;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        Ok(Self {
            member_id: input.string(flexible, "MemberMetadata.memberId")?,
            group_instance_id: if version >= 3 {
                input.string_or_null(flexible, true, "MemberMetadata.groupInstanceId")?
            } else {
                None
            },
            client_id: input.string(flexible, "MemberMetadata.clientId")?,
            client_host: input.string(flexible, "MemberMetadata.clientHost")?,
            rebalance_timeout: if version >= 1 { input.i32()? } else { -1 },
            session_timeout: input.i32()?,
            subscription: input.bytes(flexible, "MemberMetadata.subscription")?,
            assignment: input.bytes(flexible, "MemberMetadata.assignment")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
