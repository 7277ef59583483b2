// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `RemoveRaftVoterRequest` versions 0, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `RemoveRaftVoterRequest`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct RemoveRaftVoterRequest {
    /// Versions 0, nullable 0.
    pub cluster_id: Option<Str>,
    /// Versions 0.
    pub voter_id: i32,
    /// Versions 0.
    pub voter_directory_id: Uuid,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for RemoveRaftVoterRequest {
    fn default() -> Self {
        Self {
            cluster_id: Some(Str::default()),
            voter_id: 0,
            voter_directory_id: Uuid::ZERO,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for RemoveRaftVoterRequest {
    const NAME: &'static str = "RemoveRaftVoterRequest";
    const KEY: Option<i16> = Some(81);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for RemoveRaftVoterRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.string_or_null(
            self.cluster_id.as_ref(),
            true,
            true,
            "RemoveRaftVoterRequest.ClusterId",
        )?;
        out.i32(self.voter_id);
        out.uuid(self.voter_directory_id);
        out.tagged_fields(&self.unknown_tagged_fields, true, "RemoveRaftVoterRequest", version)
    }
}

impl Decode for RemoveRaftVoterRequest {
    const MIN_LENGTH: usize = 22;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            cluster_id: input.string_or_null(true, true, "RemoveRaftVoterRequest.ClusterId")?,
            voter_id: input.i32()?,
            voter_directory_id: input.uuid()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
