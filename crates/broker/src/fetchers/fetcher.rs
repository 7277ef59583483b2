//! One fetcher: asks one broker for what is new in the partitions it leads, one request at a time.
//!
//! A partition is asked for unless it backs off after an error. Before a request is sent everything
//! it tells of is durable where only that counts, so that a fetch offset means "flushed" then. An
//! answer that is late, or corrupt, changes nothing. A partition that comes in while the leader
//! holds a request back ends that request: nobody waits for another partition's long poll.

use super::request::{self, Terms};
use super::session::{Session, Wish};
use super::{Key, key_of};
use crate::node::Node;
use crate::peers::{Peer, PeerError};
use futures_util::future::join_all;
use keld_env::{Address, Monotonic};
use keld_log::EpochEndOffset;
use keld_replication::{
    Allowance, Fetched, FollowerPosition, Partition, PartitionError, Truncated,
};
use keld_types::{BrokerId, ErrorCode, LeaderEpoch, Offset};
use keld_wire::messages::fetch_response::PartitionData;
use keld_wire::messages::{FetchRequest, FetchResponse};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// How long a partition backs off after its first failure, and twice as long after each that
/// follows, up to `replica.fetch.backoff.ms`: a leader that has not heard of its leadership yet, or
/// of a replica that came back, will have in a moment.
const BACKOFF_FIRST: Duration = Duration::from_millis(20);
/// A held request is not ended more often than this.
const INTERRUPT_PAUSE: Duration = Duration::from_millis(100);

/// A fetcher, as the node has it.
#[derive(Debug)]
pub(super) struct Fetcher {
    leader: BrokerId,
    inbox: Mutex<Vec<Move>>,
    has_moves: Notify,
}

/// A partition comes or goes.
#[derive(Debug)]
enum Move {
    Add(Arc<Partition>),
    Remove(Key),
}

impl Fetcher {
    pub(super) fn new(leader: BrokerId) -> Self {
        Self { leader, inbox: Mutex::default(), has_moves: Notify::new() }
    }

    fn inbox(&self) -> MutexGuard<'_, Vec<Move>> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether partitions came that are not fetched yet.
    fn has_new(&self) -> bool {
        self.inbox().iter().any(|moved| matches!(moved, Move::Add(_)))
    }

    pub(super) fn add(&self, partition: Arc<Partition>) {
        self.inbox().push(Move::Add(partition));
        self.has_moves.notify_one();
    }

    pub(super) fn remove(&self, key: Key) {
        self.inbox().push(Move::Remove(key));
        self.has_moves.notify_one();
    }
}

/// A partition that is fetched.
struct Tracked {
    partition: Arc<Partition>,
    position: FollowerPosition,
    /// Not asked for before.
    until: Monotonic,
    /// It had all that was committed at the last answer: it is not throttled.
    is_in_sync: bool,
    /// How often it failed in a row.
    failures: u32,
}

/// What is asked for in one request.
#[derive(Default)]
struct Wanted {
    positions: BTreeMap<Key, FollowerPosition>,
    /// Most bytes of the throttled ones.
    throttled: BTreeMap<Key, i32>,
    /// Others are left out because of the throttle for so long.
    pause: Option<Duration>,
}

/// What a fetcher's task has.
struct Task {
    node: Arc<Node>,
    fetcher: Arc<Fetcher>,
    peer: Option<Peer>,
    session: Session,
    tracked: BTreeMap<Key, Tracked>,
    interrupted_at: Monotonic,
    /// Nobody listened when it was asked last.
    is_refused: bool,
}

/// What became of a request.
enum Outcome {
    Answered(Box<FetchResponse>),
    Failed(PeerError),
    /// Partitions came meanwhile, and the request was given up.
    Interrupted,
    Stopping,
}

/// Runs until the node stops.
pub(super) async fn run(node: Arc<Node>, fetcher: Arc<Fetcher>) {
    let interrupted_at = node.env.clock.monotonic();
    let mut task = Task {
        node,
        fetcher,
        peer: None,
        session: Session::default(),
        tracked: BTreeMap::new(),
        interrupted_at,
        is_refused: false,
    };
    while task.step().await {}
}

impl Task {
    fn now(&self) -> Monotonic {
        self.node.env.clock.monotonic()
    }

    /// `replica.socket.timeout.ms`: how long a leader may take beyond what it may wait.
    fn answer_timeout(&self) -> Duration {
        let timeout = self.node.config().replication.replica_socket_timeout_ms;
        Duration::from_millis(u64::try_from(timeout).unwrap_or(0))
    }

    fn backoff(&self, failures: u32) -> Duration {
        let backoff = self.node.config().replication.replica_fetch_backoff_ms;
        let longest = Duration::from_millis(u64::try_from(backoff).unwrap_or(0));
        BACKOFF_FIRST.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX)).min(longest)
    }

    /// One request, or one wait. False when the node stops.
    async fn step(&mut self) -> bool {
        if self.node.stopping.is_cancelled() {
            return false;
        }
        self.take_moves();
        self.flush().await;
        let now = self.now();
        let wanted = self.wanted(now);
        if wanted.positions.is_empty() {
            return self.idle(now, wanted.pause).await;
        }
        let Some(peer) = self.peer() else {
            self.delay_all(wanted.positions.keys().copied().collect());
            return true;
        };
        let wish = self.session.next(&wanted.positions);
        let terms = self.terms(&wanted);
        match self.ask(&peer, wish, terms).await {
            Outcome::Stopping => return false,
            Outcome::Interrupted => {
                peer.disconnect();
                self.session.restart();
            }
            Outcome::Failed(error) => {
                tracing::debug!(leader = %self.fetcher.leader, %error, "fetch failed");
                self.note_refusal(&error);
                peer.disconnect();
                self.session.restart();
                self.delay_all(wanted.positions.into_keys().collect());
            }
            Outcome::Answered(response) => {
                if std::mem::take(&mut self.is_refused) {
                    self.node.fetchers.unreachable.note_answered(self.fetcher.leader);
                }
                self.take_answer(&peer, *response).await;
            }
        }
        true
    }

    /// Clients are not sent to a leader that nobody listens for.
    fn note_refusal(&mut self, error: &PeerError) {
        let leader = self.fetcher.leader;
        if !matches!(error, PeerError::Connect { is_refused: true, .. }) {
            return;
        }
        if let Some(broker) = self.node.image.load().broker(leader) {
            self.is_refused = true;
            self.node.fetchers.unreachable.note_refused(leader, broker.epoch, self.now());
        }
    }

    /// What is to be asked for now. To keep the ISR whole only those are throttled that are not in
    /// sync: they share what is allowed, or are left out.
    fn wanted(&self, now: Monotonic) -> Wanted {
        let mut wanted = Wanted::default();
        let allowance = self.node.throttles.follower.allowance(now);
        for (key, tracked) in self.tracked.iter().filter(|(_, tracked)| tracked.until <= now) {
            let is_throttled = allowance != Allowance::Unlimited
                && !tracked.is_in_sync
                && tracked.partition.is_throttled_following();
            if is_throttled && let Some(pause) = allowance.pause() {
                wanted.pause = Some(pause);
                continue;
            }
            wanted.positions.insert(*key, tracked.position);
            if is_throttled {
                wanted.throttled.insert(*key, 0);
            }
        }
        let share = allowance.bytes_max() / wanted.throttled.len().max(1);
        let share = i32::try_from(share).unwrap_or(i32::MAX).max(1);
        wanted.throttled.values_mut().for_each(|max| *max = share);
        wanted
    }

    fn take_moves(&mut self) {
        let moves = std::mem::take(&mut *self.fetcher.inbox());
        for moved in moves {
            match moved {
                Move::Add(partition) => {
                    // It begins anew, whatever failed before.
                    self.tracked.remove(&key_of(&partition));
                    self.track(partition, Duration::ZERO);
                }
                Move::Remove(key) => {
                    self.tracked.remove(&key);
                }
            }
        }
    }

    /// Has a partition fetched from where it is, unless it follows somebody else by now.
    fn track(&mut self, partition: Arc<Partition>, until: Monotonic) {
        let key = key_of(&partition);
        match partition.follower_position() {
            Ok(Some(position)) if position.leader == self.fetcher.leader => {
                let is_in_sync = self.tracked.get(&key).is_some_and(|held| {
                    held.is_in_sync && held.position.leader_epoch == position.leader_epoch
                });
                let failures = self.tracked.get(&key).map_or(0, |tracked| tracked.failures);
                let tracked = Tracked { partition, position, until, is_in_sync, failures };
                self.tracked.insert(key, tracked);
            }
            Ok(_) => {
                self.tracked.remove(&key);
            }
            Err(error) => {
                tracing::error!(partition = %partition.topic_partition(), %error, "not replicated");
                self.tracked.remove(&key);
            }
        }
    }

    /// Looks anew where a partition is.
    fn refresh(&mut self, key: &Key, until: Monotonic) {
        if let Some(tracked) = self.tracked.get(key) {
            let partition = Arc::clone(&tracked.partition);
            self.track(partition, until);
        }
    }

    fn delay(&mut self, key: &Key) {
        let Some(tracked) = self.tracked.get_mut(key) else { return };
        let failures = tracked.failures;
        tracked.failures = failures.saturating_add(1);
        let until = self.now() + self.backoff(failures);
        self.refresh(key, until);
    }

    fn delay_all(&mut self, keys: Vec<Key>) {
        keys.iter().for_each(|key| self.delay(key));
    }

    /// Has durable what the next request tells of, where only that counts.
    async fn flush(&mut self) {
        let waiting = self.tracked.values().filter(|tracked| tracked.position.awaits_durability);
        let flushes: Vec<_> = waiting
            .map(|tracked| {
                let FollowerPosition { fetch_offset, leader_epoch, .. } = tracked.position;
                tracked.partition.durable(fetch_offset, leader_epoch)
            })
            .collect();
        if flushes.is_empty() {
            return;
        }
        tokio::select! {
            biased;
            () = self.node.stopping.cancelled() => return,
            _ = join_all(flushes) => {}
        }
        let waiting = self.tracked.iter().filter(|(_, tracked)| tracked.position.awaits_durability);
        let keys: Vec<Key> = waiting.map(|(key, _)| *key).collect();
        for key in keys {
            self.refresh(&key, Duration::ZERO);
        }
    }

    /// Waits for partitions, or for the end of a back-off or of a throttle's pause.
    async fn idle(&mut self, now: Monotonic, pause: Option<Duration>) -> bool {
        // Those that are ready are throttled.
        let waiting = self.tracked.values().filter(|tracked| tracked.until > now);
        let next = waiting.map(|tracked| tracked.until).min();
        let clock = Arc::clone(&self.node.env.clock);
        let fetcher = Arc::clone(&self.fetcher);
        let backed_off = async {
            match next {
                Some(until) => clock.sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let node = Arc::clone(&self.node);
        let throttled = async {
            match pause {
                Some(pause) => node.throttles.follower.wait(clock.as_ref(), pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = self.node.stopping.cancelled() => false,
            () = fetcher.has_moves.notified() => true,
            () = backed_off => true,
            () = throttled => true,
        }
    }

    /// The leader's broker, where the metadata says it is now.
    fn peer(&mut self) -> Option<Peer> {
        let config = self.node.config();
        let image = self.node.image.load();
        let broker = image.broker(self.fetcher.leader)?;
        let endpoint = broker.endpoint(config.inter_broker_listener_name.as_str())?;
        let address = Address { host: endpoint.host.clone(), port: endpoint.port };
        if self.peer.as_ref().is_none_or(|held| *held.address() != address) {
            let client = format!("broker-{}-fetcher", config.node_id);
            self.peer = Some(Peer::new(&self.node.env, &client, address));
            self.session = Session::default();
        }
        self.peer.clone()
    }

    fn terms(&self, wanted: &Wanted) -> Terms {
        let config = self.node.config();
        let replication = &config.replication;
        // Those that are left out come in when their pause is over.
        let pause = wanted.pause.and_then(|pause| i32::try_from(pause.as_millis()).ok());
        Terms {
            replica: config.node_id,
            broker_epoch: self.node.broker_epoch(),
            max_wait_ms: replication.replica_fetch_wait_max_ms.min(pause.unwrap_or(i32::MAX)),
            min_bytes: replication.replica_fetch_min_bytes,
            max_bytes: replication.replica_fetch_response_max_bytes,
            partition_max_bytes: replication.replica_fetch_max_bytes,
            throttled: wanted.throttled.clone(),
        }
    }

    async fn ask(&mut self, peer: &Peer, wish: Wish, terms: Terms) -> Outcome {
        let wait = Duration::from_millis(u64::try_from(terms.max_wait_ms).unwrap_or(0));
        let timeout = self.answer_timeout() + wait;
        let unsupported = || PeerError::Unsupported { peer: peer.address().clone(), api: "Fetch" };
        let call = async {
            let versions = peer.versions(keld_wire::ApiKey::Fetch).await?;
            if versions.max < request::FETCH_VERSION_MIN {
                return Err(unsupported());
            }
            let build = |version| -> FetchRequest { request::fetch(&terms, &wish, version) };
            peer.call_with(timeout, build).await
        };
        let clock = Arc::clone(&self.node.env.clock);
        let may_interrupt = self.interrupted_at + INTERRUPT_PAUSE;
        let fetcher = Arc::clone(&self.fetcher);
        let interrupted = async {
            // What is signalled may have been taken already.
            while !fetcher.has_new() {
                fetcher.has_moves.notified().await;
            }
            // More may come with it.
            clock.sleep_until(may_interrupt.max(clock.monotonic())).await;
        };
        tokio::select! {
            biased;
            () = self.node.stopping.cancelled() => Outcome::Stopping,
            answer = call => match answer {
                Ok(response) => Outcome::Answered(Box::new(response)),
                Err(error) => Outcome::Failed(error),
            },
            () = interrupted => {
                self.interrupted_at = self.now();
                Outcome::Interrupted
            }
        }
    }

    async fn take_answer(&mut self, peer: &Peer, response: FetchResponse) {
        if !self.session.take(response.error_code, response.session_id) {
            let code = response.error_code;
            let is_session = code == ErrorCode::FETCH_SESSION_ID_NOT_FOUND
                || code == ErrorCode::INVALID_FETCH_SESSION_EPOCH
                || code == ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR;
            if !is_session {
                tracing::warn!(leader = %self.fetcher.leader, ?code, "fetch refused");
                self.delay_all(self.tracked.keys().copied().collect());
            }
            return;
        }
        for (key, data) in request::partitions(response) {
            // Only what was asked for, as it was asked.
            let Some(asked) = self.session.told(&key).copied() else { continue };
            let Some(tracked) = self.tracked.get(&key) else { continue };
            let partition = Arc::clone(&tracked.partition);
            match data.error_code {
                ErrorCode::NONE if data.diverging_epoch.epoch >= 0 => {
                    self.truncate(&key, partition, asked, &data).await;
                }
                ErrorCode::NONE => self.append(&key, &partition, &asked, data),
                ErrorCode::OFFSET_OUT_OF_RANGE => {
                    self.reset(&key, peer, partition, asked).await;
                }
                ErrorCode::FENCED_LEADER_EPOCH => self.park(&key, &asked),
                code => {
                    let name = partition.topic_partition();
                    tracing::debug!(partition = %name, ?code, "the leader does not serve it");
                    self.delay(&key);
                }
            }
        }
    }

    fn append(
        &mut self,
        key: &Key,
        partition: &Arc<Partition>,
        asked: &FollowerPosition,
        data: PartitionData,
    ) {
        let records = data.records.and_then(|records| records.to_bytes()).unwrap_or_default();
        let fetched = Fetched {
            records,
            high_watermark: Offset::new(data.high_watermark),
            log_start: Offset::new(data.log_start_offset),
        };
        match partition.append_fetched(asked, &fetched) {
            Ok(Some(appended)) => {
                if appended.is_throttled {
                    // Those in sync count too: the limit is for all that is fetched.
                    self.node.throttles.follower.record(appended.bytes, self.now());
                }
                if let Some(tracked) = self.tracked.get_mut(key) {
                    tracked.position = appended.next;
                    tracked.is_in_sync = fetched.high_watermark <= appended.next.fetch_offset;
                    tracked.failures = 0;
                }
            }
            Ok(None) => self.refresh(key, Duration::ZERO),
            Err(error) => self.refused(key, partition, &error),
        }
    }

    /// What cannot be taken: the partition backs off, and is asked for again from where it is.
    fn refused(&mut self, key: &Key, partition: &Partition, error: &PartitionError) {
        tracing::error!(
            partition = %partition.topic_partition(), leader = %self.fetcher.leader, %error,
            "the leader's answer is not taken"
        );
        self.delay(key);
    }

    async fn truncate(
        &mut self,
        key: &Key,
        partition: Arc<Partition>,
        asked: FollowerPosition,
        data: &PartitionData,
    ) {
        let diverging = EpochEndOffset {
            leader_epoch: LeaderEpoch::new(data.diverging_epoch.epoch),
            end_offset: Offset::new(data.diverging_epoch.end_offset),
        };
        tracing::info!(
            partition = %partition.topic_partition(), ?asked, ?diverging, "the leader's log diverges"
        );
        let held = Arc::clone(&partition);
        let work = move || held.truncate_diverging(&asked, diverging);
        let cut = self.node.block("truncate", Box::new(work)).await;
        self.was_cut(key, &partition, cut);
    }

    /// The leader has nothing at our offset.
    async fn reset(
        &mut self,
        key: &Key,
        peer: &Peer,
        partition: Arc<Partition>,
        asked: FollowerPosition,
    ) {
        let name = partition.topic_partition();
        let replica = self.node.config().node_id;
        let mut ends = [Offset::ZERO; 2];
        for (end, timestamp) in ends.iter_mut().zip([request::EARLIEST, request::LATEST]) {
            let request = request::list_offsets(replica, name, asked.leader_epoch, timestamp);
            let answer = peer.call(request, self.answer_timeout()).await;
            let found = answer.map_err(|error| error.to_string()).and_then(|response| {
                request::listed_offset(&response).map_err(|code| format!("{code:?}"))
            });
            match found {
                Ok(offset) => *end = offset,
                Err(error) => {
                    tracing::info!(partition = %name, %error, "the leader's offsets are not known");
                    self.delay(key);
                    return;
                }
            }
        }
        let [leader_start, leader_end] = ends;
        tracing::warn!(
            partition = %name, ?asked, %leader_start, %leader_end, "out of the leader's range"
        );
        let held = Arc::clone(&partition);
        let work = move || held.reset_to_leader(&asked, leader_start, leader_end);
        let cut = self.node.block("truncate", Box::new(work)).await;
        let is_as_before = matches!(&cut, Some(Ok(Some(cut))) if cut.log_end == asked.fetch_offset);
        self.was_cut(key, &partition, cut);
        if is_as_before {
            // Asked again at once it would be out of range again.
            self.delay(key);
        }
    }

    fn was_cut(
        &mut self,
        key: &Key,
        partition: &Partition,
        cut: Option<Result<Option<Truncated>, PartitionError>>,
    ) {
        match cut {
            Some(Ok(cut)) => {
                if cut.is_some_and(|cut| cut.is_below_high_watermark) {
                    self.node.fetchers.unclean_truncations.fetch_add(1, Ordering::Relaxed);
                }
                self.refresh(key, Duration::ZERO);
            }
            Some(Err(error)) => self.refused(key, partition, &error),
            None => self.delay(key),
        }
    }

    /// The leader is in a newer epoch than this node knows of: only the metadata helps.
    fn park(&mut self, key: &Key, asked: &FollowerPosition) {
        self.refresh(key, Duration::ZERO);
        if self
            .tracked
            .get(key)
            .is_some_and(|held| held.position.leader_epoch == asked.leader_epoch)
        {
            self.tracked.remove(key);
        }
    }
}
