// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `GetTelemetrySubscriptionsRequest` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `GetTelemetrySubscriptionsRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct GetTelemetrySubscriptionsRequest {
    /// Versions 0.
    pub client_instance_id: Uuid,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for GetTelemetrySubscriptionsRequest {
    const NAME: &'static str = "GetTelemetrySubscriptionsRequest";
    const KEY: Option<i16> = Some(71);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for GetTelemetrySubscriptionsRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.uuid(self.client_instance_id);
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "GetTelemetrySubscriptionsRequest",
            version,
        )
    }
}

impl Decode for GetTelemetrySubscriptionsRequest {
    const MIN_LENGTH: usize = 17;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            client_instance_id: input.uuid()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
