// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! `StreamsGroupTargetAssignmentMemberValue` versions 0, flexible 0+.

use crate::{
    Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Message, Str, TaggedFields,
    VersionRange,
};

/// `StreamsGroupTargetAssignmentMemberValue`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StreamsGroupTargetAssignmentMemberValue {
    /// Versions 0.
    pub active_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub standby_tasks: Vec<TaskIds>,
    /// Versions 0.
    pub warmup_tasks: Vec<TaskIds>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupTargetAssignmentMemberValue {
    const NAME: &'static str = "StreamsGroupTargetAssignmentMemberValue";
    const KEY: Option<i16> = Some(21);
    const VALID_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const FLEXIBLE_VERSIONS: VersionRange = VersionRange::new(0, 0);
    const LATEST_VERSION_UNSTABLE: bool = false;
}

impl Encode for StreamsGroupTargetAssignmentMemberValue {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.check_version::<Self>(version)?;
        out.structs(
            &self.active_tasks,
            version,
            true,
            "StreamsGroupTargetAssignmentMemberValue.ActiveTasks",
        )?;
        out.structs(
            &self.standby_tasks,
            version,
            true,
            "StreamsGroupTargetAssignmentMemberValue.StandbyTasks",
        )?;
        out.structs(
            &self.warmup_tasks,
            version,
            true,
            "StreamsGroupTargetAssignmentMemberValue.WarmupTasks",
        )?;
        out.tagged_fields(
            &self.unknown_tagged_fields,
            true,
            "StreamsGroupTargetAssignmentMemberValue",
            version,
        )
    }
}

impl Decode for StreamsGroupTargetAssignmentMemberValue {
    const MIN_LENGTH: usize = 4;
    fn decode(input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        input.check_version::<Self>(version)?;
        Ok(Self {
            active_tasks: input.structs(
                version,
                true,
                "StreamsGroupTargetAssignmentMemberValue.ActiveTasks",
            )?,
            standby_tasks: input.structs(
                version,
                true,
                "StreamsGroupTargetAssignmentMemberValue.StandbyTasks",
            )?,
            warmup_tasks: input.structs(
                version,
                true,
                "StreamsGroupTargetAssignmentMemberValue.WarmupTasks",
            )?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}

/// `TaskIds`, versions 0.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TaskIds {
    /// Versions 0.
    pub subtopology_id: Str,
    /// Versions 0.
    pub partitions: Vec<i32>,
    /// Tagged fields this release does not know.
    pub unknown_tagged_fields: TaggedFields,
}

impl Encode for TaskIds {
    fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        out.string(&self.subtopology_id, true, "TaskIds.SubtopologyId")?;
        out.plains(&self.partitions, true, "TaskIds.Partitions")?;
        out.tagged_fields(&self.unknown_tagged_fields, true, "TaskIds", version)
    }
}

impl Decode for TaskIds {
    const MIN_LENGTH: usize = 3;
    fn decode(input: &mut Decoder, _version: i16) -> Result<Self, DecodeError> {
        Ok(Self {
            subtopology_id: input.string(true, "TaskIds.SubtopologyId")?,
            partitions: input.plains(true, "TaskIds.Partitions")?,
            unknown_tagged_fields: input.tagged_fields(true)?,
        })
    }
}
