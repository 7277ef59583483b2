//! What a call to the shard wants done: records to append, replies to send.

use crate::config::CoordinatorConfig;
use crate::now::Now;
use crate::record::CoordinatorRecord;
use crate::timers::{TimerAction, TimerKey, Timers};
use bytes::Bytes;
use keld_types::{ErrorCode, Generation, GroupId, MemberId};
use keld_wire::messages::delete_groups_response::DeletableGroupResult;
use keld_wire::messages::offset_fetch_response::OffsetFetchResponseGroup;
use keld_wire::messages::{
    JoinGroupResponse, LeaveGroupResponse, OffsetCommitResponse, OffsetDeleteResponse,
    SyncGroupResponse,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Names a request that waits for its reply. Drawn by the driver, never twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ReplyToken(u64);

impl ReplyToken {
    /// Wraps a number the driver counted.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The plain number.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// The answer to one request.
#[derive(Clone, PartialEq, Debug)]
pub enum Reply {
    /// To JoinGroup.
    JoinGroup(JoinGroupResponse),
    /// To SyncGroup.
    SyncGroup(SyncGroupResponse),
    /// To LeaveGroup.
    LeaveGroup(LeaveGroupResponse),
    /// To OffsetCommit.
    OffsetCommit(OffsetCommitResponse),
    /// To one group of an OffsetFetch.
    OffsetFetch(OffsetFetchResponseGroup),
    /// To OffsetDelete.
    OffsetDelete(OffsetDeleteResponse),
    /// To the groups of a DeleteGroups that belong to this shard.
    DeleteGroups(Vec<DeletableGroupResult>),
    /// The request failed as a whole; each API has its own way to say so at each version.
    Error(ErrorCode),
}

/// What a call wants done, in this order: send the replies; if there are records, append them as
/// one batch and tell the shard with [`crate::GroupShard::appended`] or
/// [`crate::GroupShard::append_failed`] before any other call.
#[derive(Clone, PartialEq, Debug, Default)]
#[must_use]
pub struct Step {
    /// To be appended together or not at all.
    pub records: Vec<CoordinatorRecord>,
    /// To be sent now.
    pub replies: Vec<(ReplyToken, Reply)>,
}

/// What has to happen once the records of a step are committed, or could not be written.
#[derive(Debug)]
pub(crate) enum Action {
    /// The leader's assignment: handed out and the group made Stable.
    Assignment { group: GroupId, generation: Generation, assignments: BTreeMap<MemberId, Bytes> },
    /// A static member came back under a new member id.
    StaticMember(StaticMember),
    /// A group has lost its last member.
    EmptyGroup(GroupId),
    /// A group was made; without its record it must not stay.
    NewGroup(GroupId),
}

/// What is needed to finish, or to undo, the return of a static member.
#[derive(Debug)]
pub(crate) struct StaticMember {
    pub(crate) group: GroupId,
    pub(crate) instance_id: Arc<str>,
    pub(crate) new_member: MemberId,
    pub(crate) old_member: MemberId,
    pub(crate) old_protocols: Vec<(Arc<str>, Bytes)>,
    pub(crate) old_rebalance_timeout_ms: i32,
    pub(crate) old_session_timeout_ms: i32,
    pub(crate) old_leader: Option<MemberId>,
    pub(crate) skips_assignment: bool,
}

/// The step that is being made.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) records: Vec<CoordinatorRecord>,
    pub(crate) replies: Vec<(ReplyToken, Reply)>,
    pub(crate) pending: Pending,
}

/// What waits for a commit.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) held: Vec<(ReplyToken, Reply)>,
    pub(crate) actions: Vec<Action>,
}

/// What the logic of a group may reach beside the group.
#[derive(Debug)]
pub(crate) struct Io<'a> {
    pub(crate) config: &'a CoordinatorConfig,
    pub(crate) timers: &'a mut Timers,
    pub(crate) out: &'a mut Outbox,
    pub(crate) now: Now,
}

impl Io<'_> {
    /// Answers at once.
    pub(crate) fn reply(&mut self, token: ReplyToken, reply: Reply) {
        self.out.replies.push((token, reply));
    }

    /// Answers once all that was appended up to now, this step included, is committed.
    pub(crate) fn hold(&mut self, token: ReplyToken, reply: Reply) {
        self.out.pending.held.push((token, reply));
    }

    pub(crate) fn record(&mut self, record: CoordinatorRecord) {
        self.out.records.push(record);
    }

    pub(crate) fn then(&mut self, action: Action) {
        self.out.pending.actions.push(action);
    }

    pub(crate) fn schedule(&mut self, key: TimerKey, action: TimerAction, delay: Duration) {
        self.timers.schedule(key, action, self.now.monotonic.saturating_add(delay));
    }

    pub(crate) fn cancel(&mut self, key: &TimerKey) {
        self.timers.cancel(key);
    }
}

/// A timeout from a request; negative ones end at once.
pub(crate) fn milliseconds(timeout_ms: i32) -> Duration {
    Duration::from_millis(u64::try_from(timeout_ms).unwrap_or(0))
}

/// The error a client sees for an error of the log.
pub(crate) fn coordinator_error(error: ErrorCode) -> ErrorCode {
    match error {
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
        | ErrorCode::NOT_ENOUGH_REPLICAS
        | ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND
        | ErrorCode::REQUEST_TIMED_OUT => ErrorCode::COORDINATOR_NOT_AVAILABLE,
        ErrorCode::NOT_LEADER_OR_FOLLOWER | ErrorCode::KAFKA_STORAGE_ERROR => {
            ErrorCode::NOT_COORDINATOR
        }
        ErrorCode::MESSAGE_TOO_LARGE
        | ErrorCode::RECORD_LIST_TOO_LARGE
        | ErrorCode::INVALID_FETCH_SIZE => ErrorCode::UNKNOWN_SERVER_ERROR,
        other => other,
    }
}
