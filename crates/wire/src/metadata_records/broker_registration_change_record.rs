// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `BrokerRegistrationChangeRecord` versions 0-3, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `BrokerRegistrationChangeRecord`, versions 0-3.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct BrokerRegistrationChangeRecord {
    /// Versions 0-3.
    pub broker_id: i32,
    /// Versions 0-3.
    pub broker_epoch: i64,
    /// Versions 0-3, tag 0.
    pub fenced: i8,
    /// Versions 1-3, tag 1.
    pub in_controlled_shutdown: i8,
    /// Versions 2-3, tag 2.
    pub log_dirs: Vec<Uuid>,
    /// Versions 3, nullable 3, tag 3, default null.
    pub cordoned_log_dirs: Option<Vec<Uuid>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for BrokerRegistrationChangeRecord {
    const NAME: &'static str = "BrokerRegistrationChangeRecord";
    const KEY: Option<i16> = Some(17);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 3);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 3);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for BrokerRegistrationChangeRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.broker_id);
        out.i64(self.broker_epoch);
        if version < 1 {
            out.only_default(
                self.in_controlled_shutdown == 0,
                "BrokerRegistrationChangeRecord.InControlledShutdown",
                version,
            )?;
        }
        if version < 2 {
            out.only_default(
                self.log_dirs.is_empty(),
                "BrokerRegistrationChangeRecord.LogDirs",
                version,
            )?;
        }
        if version < 3 {
            out.only_default(
                self.cordoned_log_dirs.is_none(),
                "BrokerRegistrationChangeRecord.CordonedLogDirs",
                version,
            )?;
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.fenced != 0 {
            out.begin_tag(&mut tags, 0)?;
            out.i8(self.fenced);
            out.end_tag(&tags)?;
        }
        if version >= 1 && self.in_controlled_shutdown != 0 {
            out.begin_tag(&mut tags, 1)?;
            out.i8(self.in_controlled_shutdown);
            out.end_tag(&tags)?;
        }
        if version >= 2 && !self.log_dirs.is_empty() {
            out.begin_tag(&mut tags, 2)?;
            out.plains(&self.log_dirs, true, "BrokerRegistrationChangeRecord.LogDirs")?;
            out.end_tag(&tags)?;
        }
        if version >= 3 && self.cordoned_log_dirs.is_some() {
            out.begin_tag(&mut tags, 3)?;
            out.plains_or_null(
                self.cordoned_log_dirs.as_ref(),
                true,
                true,
                "BrokerRegistrationChangeRecord.CordonedLogDirs",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for BrokerRegistrationChangeRecord {
    const MIN_LENGTH: usize = 13;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            broker_id: input.i32()?,
            broker_epoch: input.i64()?,
            fenced: 0,
            in_controlled_shutdown: 0,
            log_dirs: Vec::new(),
            cordoned_log_dirs: None,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.fenced = value.i8()?,
                1 if version >= 1 => this.in_controlled_shutdown = value.i8()?,
                1 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "BrokerRegistrationChangeRecord",
                        tag: 1,
                        version,
                    });
                }
                2 if version >= 2 => {
                    this.log_dirs = value.plains(true, "BrokerRegistrationChangeRecord.LogDirs")?
                }
                2 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "BrokerRegistrationChangeRecord",
                        tag: 2,
                        version,
                    });
                }
                3 if version >= 3 => {
                    this.cordoned_log_dirs = value.plains_or_null(
                        true,
                        true,
                        "BrokerRegistrationChangeRecord.CordonedLogDirs",
                    )?
                }
                3 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "BrokerRegistrationChangeRecord",
                        tag: 3,
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
