// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `UpdateRaftVoterResponse` versions 0, flexible 0+.

use keld_types::ErrorCode;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `UpdateRaftVoterResponse`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct UpdateRaftVoterResponse {
    /// Versions 0.
    pub throttle_time_ms: i32,
    /// Versions 0.
    pub error_code: ErrorCode,
    /// Versions 0, tag 0.
    pub current_leader: CurrentLeader,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for UpdateRaftVoterResponse {
    const NAME: &'static str = "UpdateRaftVoterResponse";
    const KEY: Option<i16> = Some(82);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for UpdateRaftVoterResponse {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.throttle_time_ms);
        out.i16(self.error_code.code());
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.current_leader != CurrentLeader::default() {
            out.begin_tag(&mut tags, 0)?;
            self.current_leader.encode(out, version)?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for UpdateRaftVoterResponse {
    const MIN_LENGTH: usize = 7;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            throttle_time_ms: input.i32()?,
            error_code: ErrorCode::from_code(input.i16()?),
            current_leader: CurrentLeader::default(),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.current_leader = CurrentLeader::decode(&mut value, version)?,
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}

/// `CurrentLeader`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct CurrentLeader {
    /// Versions 0, default -1.
    pub leader_id: i32,
    /// Versions 0, default -1.
    pub leader_epoch: i32,
    /// Versions 0.
    pub host: Str,
    /// Versions 0.
    pub port: i32,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CurrentLeader {
    fn default() -> Self {
        Self {
            leader_id: -1,
            leader_epoch: -1,
            host: Str::default(),
            port: 0,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for CurrentLeader {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.i32(self.leader_id);
        out.i32(self.leader_epoch);
        out.string(&self.host, true, "CurrentLeader.Host")?;
        out.i32(self.port);
        out.tagged_fields(&self.unknown_tagged_fields, true, "CurrentLeader", version)
    }
}

impl Decode for CurrentLeader {
    const MIN_LENGTH: usize = 14;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            leader_id: input.i32()?,
            leader_epoch: input.i32()?,
            host: input.string(true, "CurrentLeader.Host")?,
            port: input.i32()?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
