// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `GetTelemetrySubscriptionsResponse` versions 0, flexible 0+.

use keld_types::{ErrorCode, Uuid};

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `GetTelemetrySubscriptionsResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct GetTelemetrySubscriptionsResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0.
    pub client_instance_id: Uuid,
    /// Versions 0.
    pub subscription_id: i32,
    /// Versions 0.
    pub accepted_compression_types: Vec<i8>,
    /// Versions 0.
    pub push_interval_ms: i32,
    /// Versions 0.
    pub telemetry_max_bytes: i32,
    /// Versions 0.
    pub delta_temporality: bool,
    /// Versions 0.
    pub requested_metrics: Vec<Str>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for GetTelemetrySubscriptionsResponse {
    const NAME: &'static str = "GetTelemetrySubscriptionsResponse";
    const KEY: Option<i16> = Some(71);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for GetTelemetrySubscriptionsResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.uuid(self.client_instance_id);
        out.i32(self.subscription_id);
        out.plains(
            &self.accepted_compression_types,
            true,
            "GetTelemetrySubscriptionsResponse.AcceptedCompressionTypes",
        )?;
        out.i32(self.push_interval_ms);
        out.i32(self.telemetry_max_bytes);
        out.bool(self.delta_temporality);
        out.strings(
            &self.requested_metrics,
            true,
            "GetTelemetrySubscriptionsResponse.RequestedMetrics",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "GetTelemetrySubscriptionsResponse",
            version,
        )
    }
}

impl Decode for GetTelemetrySubscriptionsResponse {
    const MIN_LENGTH: usize = 38;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            client_instance_id: input.uuid()?,
            subscription_id: input.i32()?,
            accepted_compression_types: input
                .plains(true, "GetTelemetrySubscriptionsResponse.AcceptedCompressionTypes")?,
            push_interval_ms: input.i32()?,
            telemetry_max_bytes: input.i32()?,
            delta_temporality: input.bool()?,
            requested_metrics: input
                .strings(true, "GetTelemetrySubscriptionsResponse.RequestedMetrics")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
