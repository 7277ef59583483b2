// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `ShareGroupMemberMetadataValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `ShareGroupMemberMetadataValue`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareGroupMemberMetadataValue {
    /// Versions 0, nullable 0.
    pub rack_id: Option<Str>,
    /// Versions 0.
    pub client_id: Str,
    /// Versions 0.
    pub client_host: Str,
    /// Versions 0.
    pub subscribed_topic_names: Vec<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ShareGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            rack_id: Some(Str::default()),
            client_id: Str::default(),
            client_host: Str::default(),
            subscribed_topic_names: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for ShareGroupMemberMetadataValue {
    const NAME: &'static str = "ShareGroupMemberMetadataValue";
    const KEY: Option<i16> = Some(10);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for ShareGroupMemberMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string_or_null(
            self.rack_id.as_ref(),
            true,
            true,
            "ShareGroupMemberMetadataValue.RackId",
        )?;
        out.string(&self.client_id, true, "ShareGroupMemberMetadataValue.ClientId")?;
        out.string(&self.client_host, true, "ShareGroupMemberMetadataValue.ClientHost")?;
        out.strings(
            &self.subscribed_topic_names,
            true,
            "ShareGroupMemberMetadataValue.SubscribedTopicNames",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "ShareGroupMemberMetadataValue",
            version,
        )
    }
}

impl Decode for ShareGroupMemberMetadataValue {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            rack_id: input.string_or_null(true, true, "ShareGroupMemberMetadataValue.RackId")?,
            client_id: input.string(true, "ShareGroupMemberMetadataValue.ClientId")?,
            client_host: input.string(true, "ShareGroupMemberMetadataValue.ClientHost")?,
            subscribed_topic_names: input
                .strings(true, "ShareGroupMemberMetadataValue.SubscribedTopicNames")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
