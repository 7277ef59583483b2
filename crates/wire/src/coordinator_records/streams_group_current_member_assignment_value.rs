// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupCurrentMemberAssignmentValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupCurrentMemberAssignmentValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StreamsGroupCurrentMemberAssignmentValue {
    /// Versions 0.
    pub member_epoch: i32,
    /// Versions 0.
    pub previous_member_epoch: i32,
    /// Versions 0.
    pub state: i8,
    /// Versions 0.
    pub active_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub standby_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub warmup_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub active_tasks_pending_revocation: Vec<TaskIds>,
    /// Versions 0.
    pub standby_tasks_pending_revocation: Vec<TaskIds>,
    /// Versions 0.
    pub warmup_tasks_pending_revocation: Vec<TaskIds>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupCurrentMemberAssignmentValue {
    const NAME: &'static str = "StreamsGroupCurrentMemberAssignmentValue";
    const KEY: Option<i16> = Some(22);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupCurrentMemberAssignmentValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.i32(self.member_epoch);
        out.i32(self.previous_member_epoch);
        out.i8(self.state);
        out.structs(
            &self.active_tasks,
            version,
            true,
            "StreamsGroupCurrentMemberAssignmentValue.ActiveTasks",
        )?;
        out.structs(
            &self.standby_tasks,
            version,
            true,
            "StreamsGroupCurrentMemberAssignmentValue.StandbyTasks",
        )?;
        out.structs(
            &self.warmup_tasks,
            version,
            true,
            "StreamsGroupCurrentMemberAssignmentValue.WarmupTasks",
        )?;
        out.structs(
            &self.active_tasks_pending_revocation,
            version,
            true,
            "StreamsGroupCurrentMemberAssignmentValue.ActiveTasksPendingRevocation",
        )?;
        out.structs(
            &self.standby_tasks_pending_revocation,
            version,
            true,
            "StreamsGroupCurrentMemberAssignmentValue.StandbyTasksPendingRevocation",
        )?;
        out.structs(
            &self.warmup_tasks_pending_revocation,
            version,
            true,
            "StreamsGroupCurrentMemberAssignmentValue.WarmupTasksPendingRevocation",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "StreamsGroupCurrentMemberAssignmentValue",
            version,
        )
    }
}

impl Decode for StreamsGroupCurrentMemberAssignmentValue {
    const MIN_LENGTH: usize = 16;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            member_epoch: input.i32()?,
            previous_member_epoch: input.i32()?,
            state: input.i8()?,
            active_tasks: input.structs(
                version,
                true,
                "StreamsGroupCurrentMemberAssignmentValue.ActiveTasks",
            )?,
            standby_tasks: input.structs(
                version,
                true,
                "StreamsGroupCurrentMemberAssignmentValue.StandbyTasks",
            )?,
            warmup_tasks: input.structs(
                version,
                true,
                "StreamsGroupCurrentMemberAssignmentValue.WarmupTasks",
            )?,
            active_tasks_pending_revocation: input.structs(
                version,
                true,
                "StreamsGroupCurrentMemberAssignmentValue.ActiveTasksPendingRevocation",
            )?,
            standby_tasks_pending_revocation: input.structs(
                version,
                true,
                "StreamsGroupCurrentMemberAssignmentValue.StandbyTasksPendingRevocation",
            )?,
            warmup_tasks_pending_revocation: input.structs(
                version,
                true,
                "StreamsGroupCurrentMemberAssignmentValue.WarmupTasksPendingRevocation",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TaskIds`, versions 0.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskIds {
    /// Versions 0.
    pub subtopology_id: Str,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Versions 0, nullable 0, tag 0.
    pub assignment_epochs: Option<Vec<i32>>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for TaskIds {
    fn default() -> Self {
        Self {
            subtopology_id: Str::default(),
            partitions: Vec::new(),
            assignment_epochs: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        }
    }
}

impl Encode for TaskIds {
    fn encode(&self, out: &mut Encoder, _version: i16) -> Result<(), EncodeError> {
        out.string(&self.subtopology_id, true, "TaskIds.SubtopologyId")?;
        out.plains(&self.partitions, true, "TaskIds.Partitions")?;
        let mut tags = out.begin_tags(&self.unknown_tagged_fields);
        if !self.assignment_epochs.as_ref().is_some_and(|value| value.is_empty()) {
            out.begin_tag(&mut tags, 0)?;
            out.plains_or_null(
                self.assignment_epochs.as_ref(),
                true,
                true,
                "TaskIds.AssignmentEpochs",
            )?;
            out.end_tag(&tags)?;
        }
        out.end_tags(tags)
    }
}

impl Decode for TaskIds {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        let mut this = Self {
            subtopology_id: input.string(true, "TaskIds.SubtopologyId")?,
            partitions: input.plains(true, "TaskIds.Partitions")?,
            assignment_epochs: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::default(),
        };
        let mut tags = input.tags(true)?;
        while let Some((tag, mut value)) = input.next_tag(&mut tags)? {
            match tag {
                0 => {
                    this.assignment_epochs =
                        value.plains_or_null(true, true, "TaskIds.AssignmentEpochs")?
                }
                _ => this.unknown_tagged_fields.insert(tag, value.rest()),
            }
            input.finish_tag(tag, &value)?;
        }
        Ok(this)
    }
}
