// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `BrokerHeartbeatRequest` versions 0-2, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `BrokerHeartbeatRequest`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerHeartbeatRequest {
    /// Versions 0-2.
    pub broker_id: i32,
    /// Versions 0-2, default -1.
    pub broker_epoch: i64,
    /// Versions 0-2.
    pub current_metadata_offset: i64,
    /// Versions 0-2.
    pub want_fence: bool,
    /// Versions 0-2.
    pub want_shut_down: bool,
    /// Versions 1-2, tag 0.
    pub offline_log_dirs: Vec<Uuid>,
    /// Versions 2, nullable 2, tag 1, default null.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerHeartbeatRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            current_metadata_offset: 0,
            want_fence: false,
            want_shut_down: false,
            offline_log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for BrokerHeartbeatRequest {
    const NAME: &'static str = "BrokerHeartbeatRequest";
    const KEY: Option<i16> = Some(63);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for BrokerHeartbeatRequest {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.broker_id);
        out.i64(self.broker_epoch);
        out.i64(self.current_metadata_offset);
        out.bool(self.want_fence);
        out.bool(self.want_shut_down);
        if version < 1 {
            out.only_default(
                self.offline_log_dirs.is_empty(),
                "BrokerHeartbeatRequest.OfflineLogDirs",
                version,
            )?;
        }
        if version < 2 {
            out.only_default(
                self.cordoned_log_dirs.is_none(),
                "BrokerHeartbeatRequest.CordonedLogDirs",
                version,
            )?;
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if version >= 1 && !self.offline_log_dirs.is_empty() {
            out.begin_tag(&mut tags, 0)?;
            out.plains(&self.offline_log_dirs, true, "BrokerHeartbeatRequest.OfflineLogDirs")?;
            out.end_tag(&tags)?;
        }
        if version >= 2 && self.cordoned_log_dirs.is_some() {
            out.begin_tag(&mut tags, 1)?;
            out.plains_or_null(
                self.cordoned_log_dirs.as_ref(),
                true,
                true,
                "BrokerHeartbeatRequest.CordonedLogDirs",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for BrokerHeartbeatRequest {
    const MIN_LENGTH: usize = 23;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            broker_id: input.i32()?,
            broker_epoch: input.i64()?,
            current_metadata_offset: input.i64()?,
            want_fence: input.bool()?,
            want_shut_down: input.bool()?,
            offline_log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 if version >= 1 => {
                    this.offline_log_dirs =
                        value.plains(true, "BrokerHeartbeatRequest.OfflineLogDirs")?
                }
                0 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "BrokerHeartbeatRequest",
                        tag: 0,
                        version,
                    });
                }
                1 if version >= 2 => {
                    this.cordoned_log_dirs = value.plains_or_null(
                        true,
                        true,
                        "BrokerHeartbeatRequest.CordonedLogDirs",
                    )?
                }
                1 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "BrokerHeartbeatRequest",
                        tag: 1,
                        version,
                    });
                }
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}
