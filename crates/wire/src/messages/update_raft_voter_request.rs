// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `UpdateRaftVoterRequest` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `UpdateRaftVoterRequest`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateRaftVoterRequest {
    /// Versions 0, nullable 0.
    pub cluster_id: Option<Str>,
    /// Versions 0.
    pub current_leader_epoch: i32,
    /// Versions 0.
    pub voter_id: i32,
    /// Versions 0.
    pub voter_directory_id: Uuid,
    /// Versions 0.
    pub listeners: Vec<Listener>,
    /// Versions 0.
    pub kraft_version_feature: KRaftVersionFeature,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for UpdateRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(Str::default()),
            current_leader_epoch: 0,
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            listeners: Vec::new(),
            kraft_version_feature: KRaftVersionFeature::default(),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for UpdateRaftVoterRequest {
    const NAME: &'static str = "UpdateRaftVoterRequest";
    const KEY: Option<i16> = Some(82);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for UpdateRaftVoterRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string_or_null(
            self.cluster_id.as_ref(),
            true,
            true,
            "UpdateRaftVoterRequest.ClusterId",
        )?;
        out.i32(self.current_leader_epoch);
        out.i32(self.voter_id);
        out.uuid(self.voter_directory_id);
        out.structs(&self.listeners, version, true, "UpdateRaftVoterRequest.Listeners")?;
        self.kraft_version_feature.encode(out, version)?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "UpdateRaftVoterRequest", version)
    }
}

impl Decode for UpdateRaftVoterRequest {
    const MIN_LENGTH: usize = 32;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            cluster_id: input.string_or_null(true, true, "UpdateRaftVoterRequest.ClusterId")?,
            current_leader_epoch: input.i32()?,
            voter_id: input.i32()?,
            voter_directory_id: input.uuid()?,
            listeners: input.structs(version, true, "UpdateRaftVoterRequest.Listeners")?,
            kraft_version_feature: KRaftVersionFeature::decode(input, version)?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Listener`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Listener {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub host: Str,
    /// Versions 0.
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

/// `KRaftVersionFeature`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct KRaftVersionFeature {
    /// Versions 0.
    pub min_supported_version: i16,
    /// Versions 0.
    pub max_supported_version: i16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for KRaftVersionFeature {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i16(self.min_supported_version);
        out.i16(self.max_supported_version);
        out.tagged_fields(&self.unknown_tagged_fields, true, "KRaftVersionFeature", version)
    }
}

impl Decode for KRaftVersionFeature {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            min_supported_version: input.i16()?,
            max_supported_version: input.i16()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
