// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `HeartbeatRequest` versions 0-4, flexible 4+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `HeartbeatRequest`, versions 0-4.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct HeartbeatRequest {
    /// Versions 0-4.
    pub group_id: Str,
    /// Versions 0-4.
    pub generation_id: i32,
    /// Versions 0-4.
    pub member_id: Str,
    /// Versions 3-4, nullable 3-4, default null.
    pub group_instance_id: Option<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for HeartbeatRequest {
    const NAME: &'static str = "HeartbeatRequest";
    const KEY: Option<i16> = Some(12);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 4);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(4, 4);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for HeartbeatRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        let flexible = version >= 4;
        out.string(&self.group_id, flexible, "HeartbeatRequest.GroupId")?;
        out.i32(self.generation_id);
        out.string(&self.member_id, flexible, "HeartbeatRequest.MemberId")?;
        if version >= 3 {
            out.string_or_null(
                self.group_instance_id.as_ref(),
                flexible,
                true,
                "HeartbeatRequest.GroupInstanceId",
            )?;
        } else {
            out.only_default(
                self.group_instance_id.is_none(),
                "HeartbeatRequest.GroupInstanceId",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, flexible, "HeartbeatRequest", version)
    }
}

impl Decode for HeartbeatRequest {
    const MIN_LENGTH: usize = 8;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let flexible = version >= 4;
        Ok(Self {
            group_id: input.string(flexible, "HeartbeatRequest.GroupId")?,
            generation_id: input.i32()?,
            member_id: input.string(flexible, "HeartbeatRequest.MemberId")?,
            group_instance_id: if version >= 3 {
                input.string_or_null(flexible, true, "HeartbeatRequest.GroupInstanceId")?
            } else {
                None
            },
            unknown_tagged_fields: input.tagged_fields(flexible)?,
        })
    }
}
