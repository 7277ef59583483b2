// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `PartitionRecord` versions 0-2, flexible 0+.

use keld_types::Uuid;

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, TaggedFields, VersionRange,
};

/// `PartitionRecord`, versions 0-2.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionRecord {
    /// Versions 0-2, default -1.
    pub partition_id: i32,
    /// Versions 0-2.
    pub topic_id: Uuid,
    /// Versions 0-2.
    pub replicas: Vec<i32>,
    /// Versions 0-2.
    pub isr: Vec<i32>,
    /// Versions 0-2.
    pub removing_replicas: Vec<i32>,
    /// Versions 0-2.
    pub adding_replicas: Vec<i32>,
    /// Versions 0-2, default -1.
    pub leader: i32,
    /// Versions 0-2, tag 0.
    pub leader_recovery_state: i8,
    /// Versions 0-2, default -1.
    pub leader_epoch: i32,
    /// Versions 0-2, default -1.
    pub partition_epoch: i32,
    /// Versions 1-2.
    pub directories: Vec<Uuid>,
    /// Versions 2, nullable 2, tag 1, default null.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// Versions 2, nullable 2, tag 2, default null.
    pub last_known_elr: Option<Vec<i32>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionRecord {
    fn default() -> Self {
        Self {
            partition_id: -1,
            topic_id: Uuid::ZERO,
            replicas: Vec::new(),
            isr: Vec::new(),
            removing_replicas: Vec::new(),
            adding_replicas: Vec::new(),
            leader: -1,
            leader_recovery_state: 0,
            leader_epoch: -1,
            partition_epoch: -1,
            directories: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Message for PartitionRecord {
    const NAME: &'static str = "PartitionRecord";
    const KEY: Option<i16> = Some(3);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 2);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for PartitionRecord {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.partition_id);
        out.uuid(self.topic_id);
        out.plains(&self.replicas, true, "PartitionRecord.Replicas")?;
        out.plains(&self.isr, true, "PartitionRecord.Isr")?;
        out.plains(&self.removing_replicas, true, "PartitionRecord.RemovingReplicas")?;
        out.plains(&self.adding_replicas, true, "PartitionRecord.AddingReplicas")?;
        out.i32(self.leader);
        out.i32(self.leader_epoch);
        out.i32(self.partition_epoch);
        if version >= 1 {
            out.plains(&self.directories, true, "PartitionRecord.Directories")?;
        } else {
            out.only_default(self.directories.is_empty(), "PartitionRecord.Directories", version)?;
        }
        if version < 2 {
            out.only_default(
                self.eligible_leader_replicas.is_none(),
                "PartitionRecord.EligibleLeaderReplicas",
                version,
            )?;
        }
        if version < 2 {
            out.only_default(
                self.last_known_elr.is_none(),
                "PartitionRecord.LastKnownElr",
                version,
            )?;
        }
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if self.leader_recovery_state != 0 {
            out.begin_tag(&mut tags, 0)?;
            out.i8(self.leader_recovery_state);
            out.end_tag(&tags)?;
        }
        if version >= 2 && self.eligible_leader_replicas.is_some() {
            out.begin_tag(&mut tags, 1)?;
            out.plains_or_null(
                self.eligible_leader_replicas.as_ref(),
                true,
                true,
                "PartitionRecord.EligibleLeaderReplicas",
            )?;
            out.end_tag(&tags)?;
        }
        if version >= 2 && self.last_known_elr.is_some() {
            out.begin_tag(&mut tags, 2)?;
            out.plains_or_null(
                self.last_known_elr.as_ref(),
                true,
                true,
                "PartitionRecord.LastKnownElr",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for PartitionRecord {
    const MIN_LENGTH: usize = 37;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        let mut this = Self {
            partition_id: input.i32()?,
            topic_id: input.uuid()?,
            replicas: input.plains(true, "PartitionRecord.Replicas")?,
            isr: input.plains(true, "PartitionRecord.Isr")?,
            removing_replicas: input.plains(true, "PartitionRecord.RemovingReplicas")?,
            adding_replicas: input.plains(true, "PartitionRecord.AddingReplicas")?,
            leader: input.i32()?,
            leader_recovery_state: 0,
            leader_epoch: input.i32()?,
            partition_epoch: input.i32()?,
            directories: if version >= 1 {
                input.plains(true, "PartitionRecord.Directories")?
            } else {
                Vec::new()
            },
            eligible_leader_replicas: None,
            last_known_elr: None,
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => this.leader_recovery_state = value.i8()?,
                1 if version >= 2 => {
                    this.eligible_leader_replicas = value.plains_or_null(
                        true,
                        true,
                        "PartitionRecord.EligibleLeaderReplicas",
                    )?
                }
                1 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "PartitionRecord",
                        tag: 1,
                        version,
                    });
                }
                2 if version >= 2 => {
                    this.last_known_elr =
                        value.plains_or_null(true, true, "PartitionRecord.LastKnownElr")?
                }
                2 => {
                    return Err(DecodeError::TagNotInVersion {
                        message: "PartitionRecord",
                        tag: 2,
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
