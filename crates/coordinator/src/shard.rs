//! One partition of `__consumer_offsets`: its groups, its offsets, and the order of things.
//!
//! The order: a call makes a [`Step`]; its records are appended, and applied at once
//! ([`GroupShard::appended`]), so that the next call decides on what is in the log; its replies
//! wait until the records are committed ([`GroupShard::committed`]). A read waits for whatever was
//! appended before it, so that nobody is told what may yet be lost.

mod apply;
#[cfg(test)]
mod digest;
mod expiry;
mod groups;
mod offsets;

use crate::classic::ClassicGroup;
use crate::config::CoordinatorConfig;
use crate::modern::ModernGroup;
use crate::now::Now;
use crate::offsets::Offsets;
use crate::record::CoordinatorRecord;
use crate::step::{Action, Io, Outbox, Pending, Reply, Step, coordinator_error};
use crate::timers::{TimerAction, TimerKey, Timers};
use keld_types::{ErrorCode, GroupId, Offset, TopicId, TopicName};
use keld_wire::coordinator_records::GroupMetadataValue;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How long a failed removal of deleted topics' offsets waits before it is tried again.
const TOPIC_DELETION_RETRY: Duration = Duration::from_secs(10);

/// The state of one partition of `__consumer_offsets`.
///
/// ```text
/// loading --finish_loading--> serving --give_up--> (drop it)
/// ```
///
/// Invariants:
/// - every group that has an offset, committed or in an open transaction, is in `classic` or
///   `modern` (once loaded), never in both;
/// - between a step with records and `appended` or `append_failed` there is no other call.
#[derive(Debug)]
pub struct GroupShard {
    config: CoordinatorConfig,
    offsets: Offsets,
    classic: BTreeMap<GroupId, ClassicGroup>,
    modern: BTreeMap<GroupId, ModernGroup>,
    /// While loading: the latest record of each classic group, and where it stands.
    loading: Option<BTreeMap<GroupId, (Offset, GroupMetadataValue)>>,
    timers: Timers,
    out: Outbox,
    appending: Option<Appending>,
    /// In the order of the log.
    uncommitted: VecDeque<Uncommitted>,
    /// Topics whose offsets have not all been removed yet.
    deleted_topics: Vec<(TopicName, TopicId)>,
    skipped_records: u64,
}

#[derive(Debug)]
struct Appending {
    records: Vec<CoordinatorRecord>,
    pending: Pending,
}

#[derive(Debug)]
struct Uncommitted {
    last_offset: Offset,
    pending: Pending,
}

impl GroupShard {
    /// An empty shard, ready to replay its log.
    pub fn new(config: CoordinatorConfig) -> Self {
        Self {
            config,
            offsets: Offsets::default(),
            classic: BTreeMap::new(),
            modern: BTreeMap::new(),
            loading: Some(BTreeMap::new()),
            timers: Timers::default(),
            out: Outbox::default(),
            appending: None,
            uncommitted: VecDeque::new(),
            deleted_topics: Vec::new(),
            skipped_records: 0,
        }
    }

    /// The log is replayed: sessions begin, and the shard serves.
    pub fn finish_loading(&mut self, now: Now) -> Step {
        let Some(loading) = self.loading.take() else { return Step::default() };
        for (id, (offset, value)) in loading {
            // A name can have changed protocols; compaction may have kept records of both.
            if self.modern.get(&id).is_some_and(|modern| modern.last_offset() > offset) {
                continue;
            }
            self.modern.remove(&id);
            self.classic.insert(id.clone(), ClassicGroup::load(id, &value));
        }
        let with_offsets: Vec<GroupId> = self
            .offsets
            .groups()
            .chain(self.offsets.pending())
            .map(|(group, _)| group.clone())
            .collect();
        for id in with_offsets {
            self.ensure_known(id);
        }
        let classic: Vec<GroupId> = self.classic.keys().cloned().collect();
        for id in classic {
            self.with_group(&id, now, |group, io| {
                let members: Vec<_> = group.members().map(|member| member.id.clone()).collect();
                for member in &members {
                    group.refresh_session(io, member);
                }
                if members.len() > io.config.group_size_max {
                    group.prepare_rebalance(io);
                }
            });
        }
        let session = self.config.modern_session_timeout;
        for (id, group) in &self.modern {
            if !group.is_empty() {
                let key = TimerKey::ModernSession(id.clone());
                let deadline = now.monotonic.saturating_add(session);
                self.timers.schedule(key, TimerAction::Expire, deadline);
            }
        }
        self.schedule(TimerKey::Sweep, self.config.retention_check_interval, now);
        self.step()
    }

    /// Records that were not understood and left alone.
    pub fn skipped_records(&self) -> u64 {
        self.skipped_records
    }

    /// The partition is no longer ours: everybody who waits is told to look for the coordinator
    /// again. The shard must not be used after this.
    pub fn give_up(&mut self, now: Now) -> Step {
        let ids: Vec<GroupId> = self.classic.keys().cloned().collect();
        for id in ids {
            self.with_group(&id, now, |group, io| group.give_up(io));
        }
        let appending = self.appending.take().map(|appending| appending.pending);
        let waiting = std::mem::take(&mut self.uncommitted).into_iter().map(|it| it.pending);
        for pending in waiting.chain(appending) {
            let tokens = pending.held.into_iter().map(|(token, _)| token);
            let refused = tokens.map(|token| (token, Reply::Error(ErrorCode::NOT_COORDINATOR)));
            self.out.replies.extend(refused);
        }
        self.timers.clear();
        self.step()
    }

    /// When [`Self::fire`] has to be called, if anything is to happen by itself.
    pub fn next_deadline(&self) -> Option<Duration> {
        self.timers.earliest()
    }

    /// Does what one deadline that has passed asks for; `None` when none has.
    pub fn fire(&mut self, now: Now) -> Option<Step> {
        self.assert_may_act();
        let (key, action) = self.timers.pop(now.monotonic)?;
        match (key, action) {
            (TimerKey::Heartbeat(group, member), _) => {
                self.with_group(&group, now, |group, io| group.expire_session(io, &member));
            }
            (TimerKey::Join(group), TimerAction::InitialJoin { delay_ms, remaining_ms }) => {
                self.with_group(&group, now, |group, io| {
                    group.initial_join_passed(io, delay_ms, remaining_ms);
                });
            }
            (TimerKey::Join(group), TimerAction::Expire | TimerAction::Generation(_)) => {
                self.with_group(&group, now, |group, io| group.complete_join(io));
            }
            (TimerKey::Sync(group), TimerAction::Generation(generation)) => {
                self.with_group(&group, now, |group, io| group.expire_sync(io, generation));
            }
            (TimerKey::Sync(_), TimerAction::Expire | TimerAction::InitialJoin { .. }) => {}
            (TimerKey::EmptyGroup(group), _) => {
                self.with_group(&group, now, |group, io| group.rewrite_empty(io));
            }
            (TimerKey::ModernSession(group), _) => {
                if let Some(modern) = self.modern.get(&group) {
                    self.out.records.extend(modern.expire_members());
                }
            }
            (TimerKey::Sweep, _) => self.sweep(now),
            (TimerKey::TopicDeletion, _) => self.remove_deleted_topics(now),
        }
        Some(self.step())
    }

    /// The records of the last step stand in the log from `base_offset` on.
    pub fn appended(&mut self, base_offset: Offset) -> Step {
        let Some(Appending { records, pending }) = self.appending.take() else {
            return Step::default();
        };
        let mut offset = base_offset;
        let mut last_offset = base_offset;
        for record in &records {
            self.apply(record, offset, None);
            last_offset = offset;
            offset = offset.next();
        }
        self.uncommitted.push_back(Uncommitted { last_offset, pending });
        Step::default()
    }

    /// The records of the last step could not be appended.
    pub fn append_failed(&mut self, error: ErrorCode, now: Now) -> Step {
        let Some(Appending { pending, .. }) = self.appending.take() else {
            return Step::default();
        };
        for action in pending.actions {
            match action {
                Action::Assignment { group, generation, .. } => {
                    self.with_group(&group, now, |group, io| {
                        group.undo_assignment(io, generation, error);
                    });
                }
                Action::StaticMember(change) => {
                    let id = change.group.clone();
                    self.with_group(&id, now, |group, io| {
                        group.undo_static_member(io, change, error);
                    });
                }
                Action::EmptyGroup(id) => {
                    self.with_group(&id, now, |group, io| group.retry_empty(io));
                }
                Action::NewGroup(id) => self.abandon_new_group(&id, error, now),
            }
        }
        for (token, _) in pending.held {
            self.out.replies.push((token, Reply::Error(coordinator_error(error))));
        }
        // Work that goes on by itself must not spin on a log that refuses.
        if self.timers.is_due(&TimerKey::Sweep, now.monotonic) {
            self.schedule(TimerKey::Sweep, self.config.retention_check_interval, now);
        }
        if !self.deleted_topics.is_empty() {
            self.schedule(TimerKey::TopicDeletion, TOPIC_DELETION_RETRY, now);
        }
        self.step()
    }

    /// All records below `high_watermark` are committed.
    pub fn committed(&mut self, high_watermark: Offset, now: Now) -> Step {
        while let Some(first) = self.uncommitted.front() {
            if first.last_offset >= high_watermark {
                break;
            }
            let Some(Uncommitted { pending, .. }) = self.uncommitted.pop_front() else { break };
            for action in pending.actions {
                match action {
                    Action::Assignment { group, generation, assignments } => {
                        self.with_group(&group, now, |group, io| {
                            group.finish_assignment(io, generation, assignments);
                        });
                    }
                    Action::StaticMember(change) => {
                        self.with_group(&change.group, now, |group, io| {
                            group.finish_static_member(io, &change);
                        });
                    }
                    Action::EmptyGroup(_) | Action::NewGroup(_) => {}
                }
            }
            self.out.replies.extend(pending.held);
        }
        self.step()
    }

    /// Whether something waits for a commit.
    pub fn has_uncommitted(&self) -> bool {
        !self.uncommitted.is_empty()
    }

    fn assert_may_act(&self) {
        assert!(self.appending.is_none(), "a step's records have not been appended yet");
        assert!(self.loading.is_none(), "the shard is still loading");
    }

    fn schedule(&mut self, key: TimerKey, delay: Duration, now: Now) {
        self.timers.schedule(key, TimerAction::Expire, now.monotonic.saturating_add(delay));
    }

    fn io(&mut self, now: Now) -> Io<'_> {
        Io { config: &self.config, timers: &mut self.timers, out: &mut self.out, now }
    }

    fn with_group<R>(
        &mut self,
        id: &GroupId,
        now: Now,
        act: impl FnOnce(&mut ClassicGroup, &mut Io<'_>) -> R,
    ) -> Option<R> {
        let Self { classic, config, timers, out, .. } = self;
        let group = classic.get_mut(id)?;
        Some(act(group, &mut Io { config, timers, out, now }))
    }

    /// Finishes the step that was being made.
    fn step(&mut self) -> Step {
        let Outbox { records, mut replies, pending } = std::mem::take(&mut self.out);
        if records.is_empty() {
            debug_assert!(pending.actions.is_empty(), "an action without a record to wait for");
            match self.uncommitted.back_mut() {
                Some(earlier) => earlier.pending.held.extend(pending.held),
                None => replies.extend(pending.held),
            }
        } else {
            self.appending = Some(Appending { records: records.clone(), pending });
        }
        Step { records, replies }
    }
}
