// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `PushTelemetryRequest` versions 0, flexible 0+.

use bytes::Bytes;
use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `PushTelemetryRequest`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PushTelemetryRequest {
    /// Versions 0.
    pub client_instance_id: Uuid,
    /// Versions 0.
    pub subscription_id: i32,
    /// Versions 0.
    pub terminating: bool,
    /// Versions 0.
    pub compression_type: i8,
    /// Versions 0.
    pub metrics: Bytes,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for PushTelemetryRequest {
    const NAME: &'static str = "PushTelemetryRequest";
    const KEY: Option<i16> = Some(72);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for PushTelemetryRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.uuid(self.client_instance_id);
        out.i32(self.subscription_id);
        out.bool(self.terminating);
        out.i8(self.compression_type);
        out.bytes(&self.metrics, true, "PushTelemetryRequest.Metrics")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "PushTelemetryRequest", version)
    }
}

impl Decode for PushTelemetryRequest {
    const MIN_LENGTH: usize = 24;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            client_instance_id: input.uuid()?,
            subscription_id: input.i32()?,
            terminating: input.bool()?,
            compression_type: input.i8()?,
            metrics: input.bytes(true, "PushTelemetryRequest.Metrics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
