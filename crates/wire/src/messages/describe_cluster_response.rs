// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeClusterResponse` versions 0-2, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `DescribeClusterResponse`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClusterResponse {
    /// Versions 0-2.
    pub throttle_time_ms: i32,
    /// Versions 0-2.
    pub error_code: ErrorCode,
    /// Versions 0-2, nullable 0-2, default null.
    pub error_message: Option<Str>,
    /// Versions 1-2, default 1.
    pub endpoint_type: i8,
    /// Versions 0-2.
    pub cluster_id: Str,
    /// Versions 0-2, default -1.
    pub controller_id: i32,
    /// Versions 0-2.
    pub brokers: Vec<DescribeClusterBroker>,
    /// Versions 0-2, default -2147483648.
    pub cluster_authorized_operations: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeClusterResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: ErrorCode::NONE,
            error_message: None,
            endpoint_type: 1,
            cluster_id: Str::default(),
            controller_id: -1,
            brokers: Vec::new(),
            cluster_authorized_operations: -2147483648,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for DescribeClusterResponse {
    const NAME: &'static str = "DescribeClusterResponse";
    const KEY: Option<i16> = Some(60);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeClusterResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        out.string_or_null(
            self.error_message.as_ref(),
            true,
            true,
            "DescribeClusterResponse.ErrorMessage",
        )?;
        if version >= 1 {
            out.i8(self.endpoint_type);
        } else {
            out.only_default(
                self.endpoint_type == 1,
                "DescribeClusterResponse.EndpointType",
                version,
            )?;
        }
        out.string(&self.cluster_id, true, "DescribeClusterResponse.ClusterId")?;
        out.i32(self.controller_id);
        out.structs(&self.brokers, version, true, "DescribeClusterResponse.Brokers")?;
        out.i32(self.cluster_authorized_operations);
        out.tagged_fields(&self.unknown_tagged_fields, true, "DescribeClusterResponse", version)
    }
}

impl Decode for DescribeClusterResponse {
    const MIN_LENGTH: usize = 18;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            error_message: input.string_or_null(
                true,
                true,
                "DescribeClusterResponse.ErrorMessage",
            )?,
            endpoint_type: if version >= 1 { input.i8()? } else { 1 },
            cluster_id: input.string(true, "DescribeClusterResponse.ClusterId")?,
            controller_id: input.i32()?,
            brokers: input.structs(version, true, "DescribeClusterResponse.Brokers")?,
            cluster_authorized_operations: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `DescribeClusterBroker`, versions 0-2.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DescribeClusterBroker {
    /// Versions 0-2.
    pub broker_id: i32,
    /// Versions 0-2.
    pub host: Str,
    /// Versions 0-2.
    pub port: i32,
    /// Versions 0-2, nullable 0-2, default null.
    pub rack: Option<Str>,
    /// Versions 2.
    pub is_fenced: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for DescribeClusterBroker {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.broker_id);
        out.string(&self.host, true, "DescribeClusterBroker.Host")?;
        out.i32(self.port);
        out.string_or_null(self.rack.as_ref(), true, true, "DescribeClusterBroker.Rack")?;
        if version >= 2 {
            out.bool(self.is_fenced);
        } else {
            out.only_default(!self.is_fenced, "DescribeClusterBroker.IsFenced", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "DescribeClusterBroker", version)
    }
}

impl Decode for DescribeClusterBroker {
    const MIN_LENGTH: usize = 11;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            broker_id: input.i32()?,
            host: input.string(true, "DescribeClusterBroker.Host")?,
            port: input.i32()?,
            rack: input.string_or_null(true, true, "DescribeClusterBroker.Rack")?,
            is_fenced: if version >= 2 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
