// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `QuorumStateData` versions 0-1, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `QuorumStateData`, versions 0-1.
#[derive(Clone, Debug, PartialEq)]
pub struct QuorumStateData {
    /// Versions 0.
    pub cluster_id: Str,
    /// Versions 0-1, default -1.
    pub leader_id: i32,
    /// Versions 0-1, default -1.
    pub leader_epoch: i32,
    /// Versions 0-1, default -1.
    pub voted_id: i32,
    /// Versions 1.
    pub voted_directory_id: Uuid,
    /// Versions 0.
    pub applied_offset: i64,
    /// Versions 0, nullable 0.
    pub current_voters: Option<Vec<Voter>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for QuorumStateData {
    fn default() -> Self {
        Self {
            cluster_id: Str::default(),
            leader_id: -1,
            leader_epoch: -1,
            voted_id: -1,
            voted_directory_id: Uuid::ZERO,
            applied_offset: 0,
            current_voters: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for QuorumStateData {
    const NAME: &'static str = "QuorumStateData";
    const KEY: Option<i16> = None;
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 1);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for QuorumStateData {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        if version <= 0 {
            out.string(&self.cluster_id, true, "QuorumStateData.ClusterId")?;
        } else {
            out.only_default(self.cluster_id.is_empty(), "QuorumStateData.ClusterId", version)?;
        }
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        out.i32(self.voted_id);
        if version >= 1 {
            out.uuid(self.voted_directory_id);
        } else {
            out.only_default(
                self.voted_directory_id.is_zero(),
                "QuorumStateData.VotedDirectoryId",
                version,
            )?;
        }
        if version <= 0 {
            out.i64(self.applied_offset);
        } else {
            out.only_default(self.applied_offset == 0, "QuorumStateData.AppliedOffset", version)?;
        }
        if version <= 0 {
            out.structs_or_null(
                self.current_voters.as_ref(),
                version,
                true,
                true,
                "QuorumStateData.CurrentVoters",
            )?;
        } else {
            out.only_default(
                self.current_voters.as_ref().is_some_and(|value| value.is_empty()),
                "QuorumStateData.CurrentVoters",
                version,
            )?;
        }
        out.tagged_fields(&self.unknown_tagged_fields, true, "QuorumStateData", version)
    }
}

impl Decode for QuorumStateData {
    const MIN_LENGTH: usize = 23;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            cluster_id: if version <= 0 {
                input.string(true, "QuorumStateData.ClusterId")?
            } else {
                Str::default()
            },
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
            voted_id: input.i32()?,
            voted_directory_id: if version >= 1 { input.uuid()? } else { Uuid::ZERO },
            applied_offset: if version <= 0 { input.i64()? } else { 0 },
            current_voters: if version <= 0 {
                input.structs_or_null(version, true, true, "QuorumStateData.CurrentVoters")?
            } else {
                Some(Vec::new())
            },
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `Voter`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Voter {
    /// Versions 0.
    pub voter_id: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for Voter {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.voter_id);
        out.tagged_fields(&self.unknown_tagged_fields, true, "Voter", version)
    }
}

impl Decode for Voter {
    const MIN_LENGTH: usize = 5;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self { voter_id: input.i32()?, unknown_tagged_fields: input.tagged_fields(true)? })
    }
}
