// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupMemberMetadataValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupMemberMetadataValue`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupMemberMetadataValue {
    /// Versions 0, nullable 0.
    pub instance_id: Option<Str>,
    /// Versions 0, nullable 0.
    pub rack_id: Option<Str>,
    /// Versions 0.
    pub client_id: Str,
    /// Versions 0.
    pub client_host: Str,
    /// Versions 0, default -1.
    pub rebalance_timeout_ms: i32,
    /// Versions 0.
    pub topology_epoch: i32,
    /// Versions 0.
    pub process_id: Str,
    /// Versions 0, nullable 0, default null.
    pub user_endpoint: Option<Endpoint>,
    /// Versions 0.
    pub client_tags: Vec<KeyValue>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for StreamsGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(Str::default()),
            rack_id: Some(Str::default()),
            client_id: Str::default(),
            client_host: Str::default(),
            rebalance_timeout_ms: -1,
            topology_epoch: 0,
            process_id: Str::default(),
            user_endpoint: None,
            client_tags: Vec::new(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for StreamsGroupMemberMetadataValue {
    const NAME: &'static str = "StreamsGroupMemberMetadataValue";
    const KEY: Option<i16> = Some(19);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupMemberMetadataValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string_or_null(
            self.instance_id.as_ref(),
            true,
            true,
            "StreamsGroupMemberMetadataValue.InstanceId",
        )?;
        out.string_or_null(
            self.rack_id.as_ref(),
            true,
            true,
            "StreamsGroupMemberMetadataValue.RackId",
        )?;
        out.string(&self.client_id, true, "StreamsGroupMemberMetadataValue.ClientId")?;
        out.string(&self.client_host, true, "StreamsGroupMemberMetadataValue.ClientHost")?;
        out.i32(self.rebalance_timeout_ms);
        out.i32(self.topology_epoch);
        out.string(&self.process_id, true, "StreamsGroupMemberMetadataValue.ProcessId")?;
        out.struct_or_null(
            self.user_endpoint.as_ref(),
            version,
            true,
            "StreamsGroupMemberMetadataValue.UserEndpoint",
        )?;
        out.structs(
            &self.client_tags,
            version,
            true,
            "StreamsGroupMemberMetadataValue.ClientTags",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "StreamsGroupMemberMetadataValue",
            version,
        )
    }
}

impl Decode for StreamsGroupMemberMetadataValue {
    const MIN_LENGTH: usize = 16;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            instance_id: input.string_or_null(
                true,
                true,
                "StreamsGroupMemberMetadataValue.InstanceId",
            )?,
            rack_id: input.string_or_null(true, true, "StreamsGroupMemberMetadataValue.RackId")?,
            client_id: input.string(true, "StreamsGroupMemberMetadataValue.ClientId")?,
            client_host: input.string(true, "StreamsGroupMemberMetadataValue.ClientHost")?,
            rebalance_timeout_ms: input.i32()?,
            topology_epoch: input.i32()?,
            process_id: input.string(true, "StreamsGroupMemberMetadataValue.ProcessId")?,
            user_endpoint: input.struct_or_null(
                version,
                true,
                "StreamsGroupMemberMetadataValue.UserEndpoint",
            )?,
            client_tags: input.structs(
                version,
                true,
                "StreamsGroupMemberMetadataValue.ClientTags",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Endpoint`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Endpoint {
    /// Versions 0.
    pub host: Str,
    /// Versions 0.
    pub port: u16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Endpoint {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.host, true, "Endpoint.Host")?;
        out.u16(self.port);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Endpoint", version)
    }
}

impl Decode for Endpoint {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            host: input.string(true, "Endpoint.Host")?,
            port: input.u16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `KeyValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct KeyValue {
    /// Versions 0.
    pub key: Str,
    /// Versions 0.
    pub value: Str,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for KeyValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.key, true, "KeyValue.Key")?;
        out.string(&self.value, true, "KeyValue.Value")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "KeyValue", version)
    }
}

impl Decode for KeyValue {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            key: input.string(true, "KeyValue.Key")?,
            value: input.string(true, "KeyValue.Value")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
