// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `JoinGroupRequest` versions 0-9, flexible 6+.

use bytes::Bytes;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `JoinGroupRequest`, versions 0-9.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinGroupRequest {
    /// Versions 0-9.
    pub group_id: Str,
    /// Versions 0-9.
    pub session_timeout_ms: i32,
    /// Versions 1-9, default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0-9.
    pub member_id: Str,
    /// Versions 5-9, nullable 5-9, default null.
    pub group_instance_id: Option<Str>,
    /// Versions 0-9.
    pub protocol_type: Str,
    /// Versions 0-9.
    pub protocols: Vec<JoinGroupRequestProtocol>,
    /// Versions 8-9, nullable 8-9, default null.
    pub reason: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for JoinGroupRequest {
    fn default() -> Self {
        Self {
            group_id: Str::default(),
            session_timeout_ms: 0,
            rebalance_timeout_ms: -1,
            member_id: Str::default(),
            group_instance_id: None,
            protocol_type: Str::default(),
            protocols: Vec::new(),
            reason: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for JoinGroupRequest {
    const NAME: &'static str = "JoinGroupRequest";
    const KEY: Option<i16> = Some(11);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 9);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(6, 9);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for JoinGroupRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 6;
        out.string(&self.group_id, flexible, "JoinGroupRequest.GroupId")?;
        out.i32(self.session_timeout_ms);
        if version >= 1 {
            out.i32(self.rebalance_timeout_ms);
        }
        out.string(&self.member_id, flexible, "JoinGroupRequest.MemberId")?;
        if version >= 5 {
            out.string_or_null(
                self.group_instance_id.as_ref(),
                flexible,
                true,
                "JoinGroupRequest.GroupInstanceId",
            )?;
        } else {
            out.only_default(
                self.group_instance_id.is_none(),
                "JoinGroupRequest.GroupInstanceId",
                version,
            )?;
        }
        out.string(&self.protocol_type, flexible, "JoinGroupRequest.ProtocolType")?;
        out.structs(&self.protocols, version, flexible, "JoinGroupRequest.Protocols")?;
        if version >= 8 {
            out.string_or_null(self.reason.as_ref(), flexible, true, "JoinGroupRequest.Reason")?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "JoinGroupRequest", version)
    }
}

impl Decode for JoinGroupRequest {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 6;
        Ok(Self {
            group_id: input.string(flexible, "JoinGroupRequest.GroupId")?,
            session_timeout_ms: input.i32()?,
            rebalance_timeout_ms: if version >= 1 { input.i32()? } else { -1 },
            member_id: input.string(flexible, "JoinGroupRequest.MemberId")?,
            group_instance_id: if version >= 5 {
                input.string_or_null(flexible, true, "JoinGroupRequest.GroupInstanceId")?
            } else {
                None
            },
            protocol_type: input.string(flexible, "JoinGroupRequest.ProtocolType")?,
            protocols: input.structs(version, flexible, "JoinGroupRequest.Protocols")?,
            reason: if version >= 8 {
                input.string_or_null(flexible, true, "JoinGroupRequest.Reason")?
            } else {
                None
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}

/// `JoinGroupRequestProtocol`, versions 0-9.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct JoinGroupRequestProtocol {
    /// Versions 0-9.
    pub name: Str,
    /// Versions 0-9.
    pub metadata: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for JoinGroupRequestProtocol {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        out.string(&self.name, flexible, "JoinGroupRequestProtocol.Name")?;
        out.bytes(&self.metadata, flexible, "JoinGroupRequestProtocol.Metadata")?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            flexible,
            "JoinGroupRequestProtocol",
            version,
        )
    }
}

impl Decode for JoinGroupRequestProtocol {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        Ok(Self {
            name: input.string(flexible, "JoinGroupRequestProtocol.Name")?,
            metadata: input.bytes(flexible, "JoinGroupRequestProtocol.Metadata")?,
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
