//! A shard with its mutex, its partition, and the requests that wait for it.

use super::append::{append, compression_of};
use super::now;
use crate::node::Node;
use keld_coordinator::{CoordinatorRecord, GroupShard, Now, Reply, ReplyToken, Step};
use keld_replication::Partition;
use keld_types::{ErrorCode, LeaderEpoch, Offset, PartitionIndex, TopicId, TopicName};
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// One partition of `__consumer_offsets` that this node leads.
#[derive(Debug)]
pub(crate) struct Shard {
    index: PartitionIndex,
    partition: Arc<Partition>,
    leader_epoch: LeaderEpoch,
    state: Mutex<State>,
}

/// ```text
/// Loading → Serving → GivenUp
///    └──────────────────↑
/// ```
#[derive(Debug)]
enum State {
    /// The log is being read; topics that were deleted meanwhile are remembered.
    Loading(Vec<(TopicName, TopicId)>),
    Serving(Box<Serving>),
    /// Another epoch, another leader, or a log that cannot be read.
    GivenUp,
}

#[derive(Debug)]
struct Serving {
    shard: GroupShard,
    waiting: HashMap<ReplyToken, oneshot::Sender<Reply>>,
    /// The high watermark the coordinator knows.
    committed: Offset,
    /// A task waits for the high watermark.
    is_watching: bool,
}

/// What became of a request.
pub(crate) enum Asked {
    /// The reply is here.
    Now(Reply),
    /// It will come; if it does not, the shard is gone.
    Later(oneshot::Receiver<Reply>),
}

impl Asked {
    /// The reply; NOT_COORDINATOR when the shard went away.
    pub(crate) async fn reply(self) -> Reply {
        match self {
            Self::Now(reply) => reply,
            Self::Later(receiver) => {
                receiver.await.unwrap_or(Reply::Error(ErrorCode::NOT_COORDINATOR))
            }
        }
    }
}

/// A request that no shard took.
fn ask_error(error: ErrorCode) -> Asked {
    Asked::Now(Reply::Error(error))
}

impl Shard {
    pub(super) fn new(
        index: PartitionIndex,
        partition: Arc<Partition>,
        leader_epoch: LeaderEpoch,
    ) -> Self {
        let state = Mutex::new(State::Loading(Vec::new()));
        Self { index, partition, leader_epoch, state }
    }

    pub(super) fn index(&self) -> PartitionIndex {
        self.index
    }

    pub(super) fn leader_epoch(&self) -> LeaderEpoch {
        self.leader_epoch
    }

    pub(super) fn partition(&self) -> &Arc<Partition> {
        &self.partition
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The log is read: the shard serves, unless it was given up meanwhile.
    pub(super) fn loaded(self: &Arc<Self>, node: &Arc<Node>, mut shard: GroupShard) {
        let mut state = self.state();
        let State::Loading(deleted) = &mut *state else { return };
        let deleted = std::mem::take(deleted);
        let first = shard.finish_loading(now(&node.env));
        let mut serving = Box::new(Serving {
            shard,
            waiting: HashMap::new(),
            committed: Offset::NONE,
            is_watching: false,
        });
        self.drive(node, &mut serving, first);
        if !deleted.is_empty() {
            let step = serving.shard.topics_deleted(deleted, now(&node.env));
            self.drive(node, &mut serving, step);
        }
        *state = State::Serving(serving);
    }

    /// The log cannot be read: requests are refused until the next leader epoch.
    pub(super) fn cannot_load(&self) {
        *self.state() = State::GivenUp;
    }

    /// Refuses whoever waits, and everybody who comes.
    pub(super) fn give_up(&self, node: &Node) {
        let before = std::mem::replace(&mut *self.state(), State::GivenUp);
        if let State::Serving(mut serving) = before {
            let step = serving.shard.give_up(now(&node.env));
            send(&mut serving.waiting, step.replies);
        }
    }

    /// Hands a request to the coordinator.
    fn ask(
        self: &Arc<Self>,
        node: &Arc<Node>,
        request: impl FnOnce(&mut GroupShard, ReplyToken, Now) -> Step,
    ) -> Asked {
        let mut state = self.state();
        let serving = match &mut *state {
            State::Serving(serving) => serving,
            State::Loading(_) => return ask_error(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS),
            State::GivenUp => return ask_error(ErrorCode::NOT_COORDINATOR),
        };
        let token = ReplyToken::new(node.groups.next_token.fetch_add(1, Ordering::Relaxed));
        let (sender, mut receiver) = oneshot::channel();
        serving.waiting.insert(token, sender);
        let before = serving.shard.next_deadline();
        let step = request(&mut serving.shard, token, now(&node.env));
        self.drive(node, serving, step);
        let after = serving.shard.next_deadline();
        drop(state);
        if is_sooner(after, before) {
            node.groups.sooner.notify_one();
        }
        match receiver.try_recv() {
            Ok(reply) => Asked::Now(reply),
            Err(_) => Asked::Later(receiver),
        }
    }

    /// Looks at the state without changing it.
    fn look<T>(&self, look: impl FnOnce(&GroupShard) -> T) -> Result<T, ErrorCode> {
        match &*self.state() {
            State::Serving(serving) => Ok(look(&serving.shard)),
            State::Loading(_) => Err(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS),
            State::GivenUp => Err(ErrorCode::NOT_COORDINATOR),
        }
    }

    pub(super) fn topics_deleted(
        self: &Arc<Self>,
        node: &Arc<Node>,
        topics: &[(TopicName, TopicId)],
    ) {
        match &mut *self.state() {
            State::Serving(serving) => {
                let step = serving.shard.topics_deleted(topics.to_vec(), now(&node.env));
                self.drive(node, serving, step);
            }
            State::Loading(deleted) => deleted.extend_from_slice(topics),
            State::GivenUp => {}
        }
        node.groups.sooner.notify_one();
    }

    /// Does what is due. Returns the next deadline.
    pub(super) fn fire_due(self: &Arc<Self>, node: &Arc<Node>) -> Option<Duration> {
        let mut state = self.state();
        let State::Serving(serving) = &mut *state else { return None };
        while let Some(step) = serving.shard.fire(now(&node.env)) {
            self.drive(node, serving, step);
        }
        serving.shard.next_deadline()
    }

    /// Does what a step wants: replies, records, and what follows from those.
    fn drive(self: &Arc<Self>, node: &Arc<Node>, serving: &mut Serving, mut step: Step) {
        loop {
            send(&mut serving.waiting, step.replies);
            let now = now(&node.env);
            step = if !step.records.is_empty() {
                self.append(node, serving, &step.records, now)
            } else if let Some(seen) = self.committed_news(serving) {
                serving.shard.committed(seen, now)
            } else {
                break;
            };
        }
        self.watch(node, serving);
    }

    fn append(
        &self,
        node: &Node,
        serving: &mut Serving,
        records: &[CoordinatorRecord],
        now: Now,
    ) -> Step {
        let compression = compression_of(node.config().offsets.topic_compression_codec);
        match append(&self.partition, self.leader_epoch, records, now.wall_ms, compression) {
            Ok(appended) => serving.shard.appended(appended.info.first_offset),
            Err(error) => serving.shard.append_failed(error, now),
        }
    }

    /// The high watermark, if it is news to a coordinator that waits for it.
    fn committed_news(&self, serving: &mut Serving) -> Option<Offset> {
        if !serving.shard.has_uncommitted() {
            return None;
        }
        let seen = self.partition.offsets()?.high_watermark;
        if seen <= serving.committed {
            return None;
        }
        serving.committed = seen;
        Some(seen)
    }

    /// Sees to it that the coordinator hears of the commits it still waits for.
    fn watch(self: &Arc<Self>, node: &Arc<Node>, serving: &mut Serving) {
        if serving.shard.has_uncommitted() && !serving.is_watching {
            serving.is_watching = true;
            let task = watch_commits(Arc::clone(node), Arc::clone(self), serving.committed);
            node.env.spawn.spawn("group commits", Box::pin(task));
        }
    }
}

/// Waits for the high watermark while something of the shard is not committed.
async fn watch_commits(node: Arc<Node>, shard: Arc<Shard>, mut seen: Offset) {
    loop {
        let moved = shard.partition.committed(seen.next(), shard.leader_epoch).await;
        let mut state = shard.state();
        let State::Serving(serving) = &mut *state else { return };
        if moved.is_err() {
            // Another leader's log, or none: what is not committed here may be lost.
            drop(state);
            shard.give_up(&node);
            return;
        }
        shard.drive(&node, serving, Step::default());
        seen = serving.committed;
        if !serving.shard.has_uncommitted() {
            serving.is_watching = false;
            drop(state);
            node.groups.sooner.notify_one();
            return;
        }
    }
}

fn send(
    waiting: &mut HashMap<ReplyToken, oneshot::Sender<Reply>>,
    replies: Vec<(ReplyToken, Reply)>,
) {
    for (token, reply) in replies {
        if let Some(sender) = waiting.remove(&token) {
            // A connection that is gone hears nothing.
            drop(sender.send(reply));
        }
    }
}

fn is_sooner(after: Option<Duration>, before: Option<Duration>) -> bool {
    match (after, before) {
        (Some(after), Some(before)) => after < before,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

impl Node {
    /// Hands a request for a group to its shard.
    pub(crate) fn ask_group(
        self: &Arc<Self>,
        group: &str,
        request: impl FnOnce(&mut GroupShard, ReplyToken, Now) -> Step,
    ) -> Asked {
        self.ask_shard(self.group_partition(group), request)
    }

    /// Hands a request to a shard.
    pub(crate) fn ask_shard(
        self: &Arc<Self>,
        index: PartitionIndex,
        request: impl FnOnce(&mut GroupShard, ReplyToken, Now) -> Step,
    ) -> Asked {
        match self.groups.shard(index) {
            Some(shard) => shard.ask(self, request),
            None => ask_error(ErrorCode::NOT_COORDINATOR),
        }
    }

    /// A heartbeat is answered at once, and changes nothing but a deadline.
    pub(crate) fn group_heartbeat(
        self: &Arc<Self>,
        group: &str,
        beat: impl FnOnce(&mut GroupShard, Now) -> ErrorCode,
    ) -> ErrorCode {
        let Some(shard) = self.groups.shard(self.group_partition(group)) else {
            return ErrorCode::NOT_COORDINATOR;
        };
        match &mut *shard.state() {
            State::Serving(serving) => beat(&mut serving.shard, now(&self.env)),
            // The group is still to come: nobody must lose his place over that.
            State::Loading(_) => ErrorCode::NONE,
            State::GivenUp => ErrorCode::NOT_COORDINATOR,
        }
    }

    /// Looks at the shard of a group.
    pub(crate) fn look_at_group<T>(
        &self,
        group: &str,
        look: impl FnOnce(&GroupShard) -> T,
    ) -> Result<T, ErrorCode> {
        let shard = self.groups.shard(self.group_partition(group));
        shard.ok_or(ErrorCode::NOT_COORDINATOR)?.look(look)
    }

    /// Looks at every shard; one that is loading spoils the whole.
    pub(crate) fn look_at_groups<T>(
        &self,
        mut look: impl FnMut(&GroupShard) -> T,
    ) -> Result<Vec<T>, ErrorCode> {
        let mut found = Vec::new();
        for shard in self.groups.shards() {
            match shard.look(&mut look) {
                Ok(it) => found.push(it),
                Err(ErrorCode::NOT_COORDINATOR) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}
