// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `VotersRecord` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `VotersRecord`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct VotersRecord {
    /// Versions 0.
    pub version: i16,
    /// Versions 0.
    pub voters: Vec<Voter>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for VotersRecord {
    const NAME: &'static str = "VotersRecord";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for VotersRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.version);
        out.structs(&self.voters, version, true, "VotersRecord.Voters")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "VotersRecord", version)
    }
}

impl Decode for VotersRecord {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            version: input.i16()?,
            voters: input.structs(version, true, "VotersRecord.Voters")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Voter`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Voter {
    /// Versions 0.
    pub voter_id: i32,
    /// Versions 0.
    pub voter_directory_id: Uuid,
    /// Versions 0.
    pub endpoints: Vec<Endpoint>,
    /// Versions 0.
    pub kraft_version_feature: KRaftVersionFeature,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Voter {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.voter_id);
        out.uuid(self.voter_directory_id);
        out.structs(&self.endpoints, version, true, "Voter.Endpoints")?;
        self.kraft_version_feature.encode(out, version)?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "Voter", version)
    }
}

impl Decode for Voter {
    const MIN_LENGTH: usize = 27;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            voter_id: input.i32()?,
            voter_directory_id: input.uuid()?,
            endpoints: input.structs(version, true, "Voter.Endpoints")?,
            kraft_version_feature: KRaftVersionFeature::decode(input, version)?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Endpoint`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Endpoint {
    /// Versions 0.
    pub name: Str,
    /// Versions 0.
    pub host: Str,
    /// Versions 0.
    pub port: u16,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Endpoint {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.name, true, "Endpoint.Name")?;
        out.string(&self.host, true, "Endpoint.Host")?;
        out.u16(self.port);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Endpoint", version)
    }
}

impl Decode for Endpoint {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            name: input.string(true, "Endpoint.Name")?,
            host: input.string(true, "Endpoint.Host")?,
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
