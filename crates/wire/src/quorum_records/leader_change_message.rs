// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `LeaderChangeMessage` versions 0-1, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `LeaderChangeMessage`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct LeaderChangeMessage {
    /// Versions 0-1.
    pub version: i16,
    /// Versions 0-1.
    pub leader_id: i32,
    /// Versions 0-1.
    pub voters: Vec<Voter>,
    /// Versions 0-1.
    pub granting_voters: Vec<Voter>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for LeaderChangeMessage {
    const NAME: &'static str = "LeaderChangeMessage";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for LeaderChangeMessage {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i16(self.version);
        out.i32(self.leader_id);
        out.structs(&self.voters, version, true, "LeaderChangeMessage.Voters")?;
        out.structs(&self.granting_voters, version, true, "LeaderChangeMessage.GrantingVoters")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "LeaderChangeMessage", version)
    }
}

impl Decode for LeaderChangeMessage {
    const MIN_LENGTH: usize = 9;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            version: input.i16()?,
            leader_id: input.i32()?,
            voters: input.structs(version, true, "LeaderChangeMessage.Voters")?,
            granting_voters: input.structs(version, true, "LeaderChangeMessage.GrantingVoters")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Voter`, versions 0-1.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Voter {
    /// Versions 0-1.
    pub voter_id: i32,
    /// Versions 1.
    pub voter_directory_id: Uuid,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Voter {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.voter_id);
        if version >= 1 {
            out.uuid(self.voter_directory_id);
        } else {
            out.only_default(self.voter_directory_id.is_zero(), "Voter.VoterDirectoryId", version)?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "Voter", version)
    }
}

impl Decode for Voter {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            voter_id: input.i32()?,
            voter_directory_id: if version >= 1 { input.uuid()? } else { Uuid::ZERO },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
