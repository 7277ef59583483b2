// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareGroupHeartbeatRequest` versions 1, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareGroupHeartbeatRequest`, versions 1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ShareGroupHeartbeatRequest {
    /// Versions 1.
    pub group_id: Str,
    /// Versions 1.
    pub member_id: Str,
    /// Versions 1.
    pub member_epoch: i32,
    /// Versions 1, nullable 1, default null.
    pub rack_id: Option<Str>,
    /// Versions 1, nullable 1, default null.
    pub subscribed_topic_names: Option<Vec<Str>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupHeartbeatRequest {
    const NAME: &'static str = "ShareGroupHeartbeatRequest";
    const KEY: Option<i16> = Some(76);
    const VALID_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(1, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareGroupHeartbeatRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string(&self.group_id, true, "ShareGroupHeartbeatRequest.GroupId")?;
        out.string(&self.member_id, true, "ShareGroupHeartbeatRequest.MemberId")?;
        out.i32(self.member_epoch);
        out.string_or_null(self.rack_id.as_ref(), true, true, "ShareGroupHeartbeatRequest.RackId")?;
        out.strings_or_null(
            self.subscribed_topic_names.as_ref(),
            true,
            true,
            "ShareGroupHeartbeatRequest.SubscribedTopicNames",
        )?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "ShareGroupHeartbeatRequest", version)
    }
}

impl Decode for ShareGroupHeartbeatRequest {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            group_id: input.string(true, "ShareGroupHeartbeatRequest.GroupId")?,
            member_id: input.string(true, "ShareGroupHeartbeatRequest.MemberId")?,
            member_epoch: input.i32()?,
            rack_id: input.string_or_null(true, true, "ShareGroupHeartbeatRequest.RackId")?,
            subscribed_topic_names: input.strings_or_null(
                true,
                true,
                "ShareGroupHeartbeatRequest.SubscribedTopicNames",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
