// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `PartitionChangeRecord` versions 0-2, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `PartitionChangeRecord`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionChangeRecord {
    /// Versions 0-2, default -1.
    pub partition_id: i32,
    /// Versions 0-2.
    pub topic_id: Uuid,
    /// Versions 0-2, nullable 0-2, tag 0, default null.
    pub isr: Option<Vec<i32>>,
    /// Versions 0-2, tag 1, default -2.
    pub leader: i32,
    /// Versions 0-2, nullable 0-2, tag 2, default null.
    pub replicas: Option<Vec<i32>>,
    /// Versions 0-2, nullable 0-2, tag 3, default null.
    pub removing_replicas: Option<Vec<i32>>,
    /// Versions 0-2, nullable 0-2, tag 4, default null.
    pub adding_replicas: Option<Vec<i32>>,
    /// Versions 0-2, tag 5, default -1.
    pub leader_recovery_state: i8,
    /// Versions 1-2, nullable 1-2, tag 8, default null.
    pub directories: Option<Vec<Uuid>>,
    /// Versions 2, nullable 2, tag 6, default null.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// Versions 2, nullable 2, tag 7, default null.
    pub last_known_elr: Option<Vec<i32>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionChangeRecord {
    fn default() -> Self {
        Self {
            partition_id: -1,
            topic_id: Uuid::ZERO,
            isr: None,
            leader: -2,
            replicas: None,
            removing_replicas: None,
            adding_replicas: None,
            leader_recovery_state: -1,
            directories: None,
            eligible_leader_replicas: None,
            last_known_elr: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for PartitionChangeRecord {
    const NAME: &'static str = "PartitionChangeRecord";
    const KEY: Option<i16> = Some(5);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for PartitionChangeRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.partition_id);
        out.uuid(self.topic_id);
        if version < 2 {
            out.only_default(
                self.eligible_leader_replicas.is_none(),
                "PartitionChangeRecord.EligibleLeaderReplicas",
                version,
            )?;
        }
        if version < 2 {
            out.only_default(
                self.last_known_elr.is_none(),
                "PartitionChangeRecord.LastKnownElr",
                version,
            )?;
        }
        if version < 1 {
            out.only_default(
                self.directories.is_none(),
                "PartitionChangeRecord.Directories",
                version,
            )?;
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.isr.is_some() {
            out.begin_tag(&mut tags, 0)?;
            out.plains_or_null(self.isr.as_ref(), true, true, "PartitionChangeRecord.Isr")?;
            out.end_tag(&tags)?;
        }
        if self.leader != -2 {
            out.begin_tag(&mut tags, 1)?;
            out.i32(self.leader);
            out.end_tag(&tags)?;
        }
        if self.replicas.is_some() {
            out.begin_tag(&mut tags, 2)?;
            out.plains_or_null(
                self.replicas.as_ref(),
                true,
                true,
                "PartitionChangeRecord.Replicas",
            )?;
            out.end_tag(&tags)?;
        }
        if self.removing_replicas.is_some() {
            out.begin_tag(&mut tags, 3)?;
            out.plains_or_null(
                self.removing_replicas.as_ref(),
                true,
                true,
                "PartitionChangeRecord.RemovingReplicas",
            )?;
            out.end_tag(&tags)?;
        }
        if self.adding_replicas.is_some() {
            out.begin_tag(&mut tags, 4)?;
            out.plains_or_null(
                self.adding_replicas.as_ref(),
                true,
                true,
                "PartitionChangeRecord.AddingReplicas",
            )?;
            out.end_tag(&tags)?;
        }
        if self.leader_recovery_state != -1 {
            out.begin_tag(&mut tags, 5)?;
            out.i8(self.leader_recovery_state);
            out.end_tag(&tags)?;
        }
        if version >= 2 && self.eligible_leader_replicas.is_some() {
            out.begin_tag(&mut tags, 6)?;
            out.plains_or_null(
                self.eligible_leader_replicas.as_ref(),
                true,
                true,
                "PartitionChangeRecord.EligibleLeaderReplicas",
            )?;
            out.end_tag(&tags)?;
        }
        if version >= 2 && self.last_known_elr.is_some() {
            out.begin_tag(&mut tags, 7)?;
            out.plains_or_null(
                self.last_known_elr.as_ref(),
                true,
                true,
                "PartitionChangeRecord.LastKnownElr",
            )?;
            out.end_tag(&tags)?;
        }
        if version >= 1 && self.directories.is_some() {
            out.begin_tag(&mut tags, 8)?;
            out.plains_or_null(
                self.directories.as_ref(),
                true,
                true,
                "PartitionChangeRecord.Directories",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for PartitionChangeRecord {
    const MIN_LENGTH: usize = 21;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            partition_id: input.i32()?,
            topic_id: input.uuid()?,
            isr: None,
            leader: -2,
            replicas: None,
            removing_replicas: None,
            adding_replicas: None,
            leader_recovery_state: -1,
            directories: None,
            eligible_leader_replicas: None,
            last_known_elr: None,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.isr = value.plains_or_null(true, true, "PartitionChangeRecord.Isr")?,
                1 => this.leader = value.i32()?,
                2 => {
                    this.replicas =
                        value.plains_or_null(true, true, "PartitionChangeRecord.Replicas")?
                }
                3 => {
                    this.removing_replicas = value.plains_or_null(
                        true,
                        true,
                        "PartitionChangeRecord.RemovingReplicas",
                    )?
                }
                4 => {
                    this.adding_replicas =
                        value.plains_or_null(true, true, "PartitionChangeRecord.AddingReplicas")?
                }
                5 => this.leader_recovery_state = value.i8()?,
                8 if version >= 1 => {
                    this.directories =
                        value.plains_or_null(true, true, "PartitionChangeRecord.Directories")?
                }
                8 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "PartitionChangeRecord",
                        tag: 8,
                        version,
                    });
                }
                6 if version >= 2 => {
                    this.eligible_leader_replicas = value.plains_or_null(
                        true,
                        true,
                        "PartitionChangeRecord.EligibleLeaderReplicas",
                    )?
                }
                6 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "PartitionChangeRecord",
                        tag: 6,
                        version,
                    });
                }
                7 if version >= 2 => {
                    this.last_known_elr =
                        value.plains_or_null(true, true, "PartitionChangeRecord.LastKnownElr")?
                }
                7 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "PartitionChangeRecord",
                        tag: 7,
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
