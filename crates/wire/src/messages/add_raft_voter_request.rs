// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `AddRaftVoterRequest` versions 0-1, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `AddRaftVoterRequest`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct AddRaftVoterRequest {
    /// Versions 0-1, nullable 0-1.
    pub cluster_id: Option<Str>,
    /// Versions 0-1.
    pub timeout_ms: i32,
    /// Versions 0-1.
    pub voter_id: i32,
    /// Versions 0-1.
    pub voter_directory_id: Uuid,
    /// Versions 0-1.
    pub listeners: Vec<Listener>,
    /// Versions 1, default true.
    pub ack_when_committed: bool,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AddRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(Str::default()),
            timeout_ms: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            ack_when_committed: true,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for AddRaftVoterRequest {
    const NAME: &'static str = "AddRaftVoterRequest";
    const KEY: Option<i16> = Some(80);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for AddRaftVoterRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string_or_null(self.cluster_id.as_ref(), true, true, "AddRaftVoterRequest.ClusterId")?;
        out.i32(self.timeout_ms);
        out.i32(self.voter_id);
        out.uuid(self.voter_directory_id);
        out.structs(&self.listeners, version, true, "AddRaftVoterRequest.Listeners")?;
        if version >= 1 {
            out.bool(self.ack_when_committed);
        } else {
            out.only_default(
                self.ack_when_committed,
                "AddRaftVoterRequest.AckWhenCommitted",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "AddRaftVoterRequest", version)
    }
}

impl Decode for AddRaftVoterRequest {
    const MIN_LENGTH: usize = 27;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            cluster_id: input.string_or_null(true, true, "AddRaftVoterRequest.ClusterId")?,
            timeout_ms: input.i32()?,
            voter_id: input.i32()?,
            voter_directory_id: input.uuid()?,
            listeners: input.structs(version, true, "AddRaftVoterRequest.Listeners")?,
            ack_when_committed: if version >= 1 { input.bool()? } else { true },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Listener`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Listener {
    /// Versions 0-1.
    pub name: Str,
    /// Versions 0-1.
    pub host: Str,
    /// Versions 0-1.
    pub port: u16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Listener {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "Listener.Name")?;
        out.string(&self.host, true, "Listener.Host")?;
        out.u16(self.port);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Listener", version)
    }
}

impl Decode for Listener {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "Listener.Name")?,
            host: input.string(true, "Listener.Host")?,
            port: input.u16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
