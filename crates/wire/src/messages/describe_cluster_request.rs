// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `DescribeClusterRequest` versions 0-2, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `DescribeClusterRequest`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClusterRequest {
    /// Versions 0-2.
    pub include_cluster_authorized_operations: bool,
    /// Versions 1-2, default 1.
    pub endpoint_type: i8,
    /// Versions 2.
    pub include_fenced_brokers: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeClusterRequest {
    fn default() -> Self {
        Self {
            include_cluster_authorized_operations: false,
            endpoint_type: 1,
            include_fenced_brokers: false,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for DescribeClusterRequest {
    const NAME: &'static str = "DescribeClusterRequest";
    const KEY: Option<i16> = Some(60);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for DescribeClusterRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.bool(self.include_cluster_authorized_operations);
        if version >= 1 {
            out.i8(self.endpoint_type);
        } else {
            out.only_default(
                self.endpoint_type == 1,
                "DescribeClusterRequest.EndpointType",
                version,
            )?;
        }
        if version >= 2 {
            out.bool(self.include_fenced_brokers);
        } else {
            out.only_default(
                !self.include_fenced_brokers,
                "DescribeClusterRequest.IncludeFencedBrokers",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "DescribeClusterRequest", version)
    }
}

impl Decode for DescribeClusterRequest {
    const MIN_LENGTH: usize = 2;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            include_cluster_authorized_operations: input.bool()?,
            endpoint_type: if version >= 1 { input.i8()? } else { 1 },
            include_fenced_brokers: if version >= 2 { input.bool()? } else { false },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
