//! Reading records: by hand-picked partitions, or as a member of a group.
//!
//! [`Consumer::poll`] does everything: it keeps the membership, finds positions, keeps fetches under
//! way and hands out records. A task beside it sends heartbeats, so a slow reader stays in its group
//! up to `max.poll.interval.ms`. Positions move when records are handed out; commits are of
//! positions.

mod buffer;
mod fetch;
mod group;

use crate::admin::{Admin, ApiResult, GroupOffset, OffsetSpec, fetch_offsets};
use crate::assignor::Assignor;
use crate::client::Client;
use crate::error::ClientError;
use buffer::Buffer;
use bytes::Bytes;
use fetch::Fetches;
use group::{Group, Joined};
use keld_env::Monotonic;
use keld_record::{Header, TimestampType};
use keld_types::{GroupId, IsolationLevel, LeaderEpoch, Offset, TopicName, TopicPartition};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Where to start without a committed offset.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OffsetReset {
    /// At the log start offset.
    Earliest,
    /// At the end.
    #[default]
    Latest,
    /// Nowhere: an error.
    None,
}

/// Settings of a consumer, with Kafka's defaults.
#[derive(Clone, Debug)]
pub struct ConsumerConfig {
    /// `group.id`; without one only [`Consumer::assign`] works and nothing is committed.
    pub group: Option<GroupId>,
    /// `group.instance.id`: makes the member static.
    pub instance_id: Option<String>,
    /// `partition.assignment.strategy`, best first.
    pub assignors: Vec<Assignor>,
    /// `enable.auto.commit`.
    pub auto_commit: bool,
    /// `auto.commit.interval.ms`.
    pub auto_commit_interval: Duration,
    /// `auto.offset.reset`.
    pub offset_reset: OffsetReset,
    /// `isolation.level`.
    pub isolation: IsolationLevel,
    /// `session.timeout.ms`.
    pub session_timeout: Duration,
    /// `heartbeat.interval.ms`.
    pub heartbeat_interval: Duration,
    /// `max.poll.interval.ms`.
    pub poll_interval_max: Duration,
    /// `max.poll.records`.
    pub poll_records_max: usize,
    /// `fetch.min.bytes`.
    pub fetch_bytes_min: i32,
    /// `fetch.max.bytes`.
    pub fetch_bytes_max: i32,
    /// `max.partition.fetch.bytes`.
    pub partition_fetch_bytes_max: i32,
    /// `fetch.max.wait.ms`.
    pub fetch_wait_max: Duration,
    /// `allow.auto.create.topics`.
    pub create_topics: bool,
}

impl Default for ConsumerConfig {
    fn default() -> Self {
        Self {
            group: None,
            instance_id: None,
            assignors: vec![Assignor::Range, Assignor::CooperativeSticky],
            auto_commit: true,
            auto_commit_interval: Duration::from_secs(5),
            offset_reset: OffsetReset::Latest,
            isolation: IsolationLevel::ReadUncommitted,
            session_timeout: Duration::from_secs(45),
            heartbeat_interval: Duration::from_secs(3),
            poll_interval_max: Duration::from_secs(300),
            poll_records_max: 500,
            fetch_bytes_min: 1,
            fetch_bytes_max: 50 << 20,
            partition_fetch_bytes_max: 1 << 20,
            fetch_wait_max: Duration::from_millis(500),
            create_topics: true,
        }
    }
}

/// A record that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsumerRecord {
    /// Its partition.
    pub partition: TopicPartition,
    /// Its offset.
    pub offset: Offset,
    /// The epoch of the leader that wrote it.
    pub leader_epoch: LeaderEpoch,
    /// Milliseconds since 1970, or −1.
    pub timestamp: i64,
    /// Who set the timestamp.
    pub timestamp_type: TimestampType,
    /// The key.
    pub key: Option<Bytes>,
    /// The value; `None` is a tombstone.
    pub value: Option<Bytes>,
    /// The headers.
    pub headers: Vec<Header>,
}

/// A position to commit, with a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OffsetAndMetadata {
    /// The next record to read.
    pub offset: Offset,
    /// A note for whoever looks.
    pub metadata: String,
}

/// What happened to the assignment, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RebalanceEvent {
    /// These are ours from now on.
    Assigned(Vec<TopicPartition>),
    /// These were given up; their positions were committed if auto-commit is on.
    Revoked(Vec<TopicPartition>),
    /// These were lost without being asked: somebody else may read them already.
    Lost(Vec<TopicPartition>),
}

type TopicFilter = Arc<dyn Fn(&TopicName) -> bool + Send + Sync>;

#[derive(Clone)]
enum Subscription {
    None,
    Topics(BTreeSet<TopicName>),
    Matching(TopicFilter),
    Manual,
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Topics(topics) => f.debug_tuple("Topics").field(topics).finish(),
            Self::Matching(_) => f.write_str("Matching(..)"),
            Self::Manual => f.write_str("Manual"),
        }
    }
}

/// What is known of one partition that is read.
#[derive(Debug, Default)]
struct Reading {
    /// The next record to hand out.
    position: Option<Offset>,
    /// Where to look for a position: set by seeks and resets.
    reset: Option<OffsetSpec>,
    is_paused: bool,
    high_watermark: Option<Offset>,
    buffer: Option<Buffer>,
    /// Fetched last while others wait their turn.
    turn: u64,
}

/// Reads records. One owner: polls are not concurrent.
#[derive(Debug)]
pub struct Consumer {
    client: Client,
    admin: Admin,
    config: ConsumerConfig,
    subscription: Subscription,
    group: Option<Group>,
    reading: BTreeMap<TopicPartition, Reading>,
    fetches: Fetches,
    events: Vec<RebalanceEvent>,
    committed_at: Monotonic,
    turn: u64,
    /// Topics and partition counts when the group was joined, if this member leads it.
    snapshot: Option<BTreeMap<TopicName, usize>>,
    matched: BTreeSet<TopicName>,
    retry_at: Option<Monotonic>,
}

impl Consumer {
    /// A consumer with connections of its own.
    pub fn new(client: &Client, config: ConsumerConfig) -> Result<Self, ClientError> {
        let refuse = |what: &str| Err(ClientError::Misuse(what.to_owned()));
        if config.assignors.is_empty() {
            return refuse("`partition.assignment.strategy` must name an assignor");
        }
        if config.heartbeat_interval >= config.session_timeout {
            return refuse("`heartbeat.interval.ms` must be below `session.timeout.ms`");
        }
        if config.poll_records_max == 0 {
            return refuse("`max.poll.records` must be positive");
        }
        let client = client.separate();
        let group = config.group.clone().map(|id| Group::new(&client, id, &config));
        Ok(Self {
            admin: Admin::new(client.clone()),
            fetches: Fetches::new(client.separate()),
            committed_at: client.env().clock.monotonic(),
            client,
            config,
            subscription: Subscription::None,
            group,
            reading: BTreeMap::new(),
            events: Vec::new(),
            turn: 0,
            snapshot: None,
            matched: BTreeSet::new(),
            retry_at: None,
        })
    }

    /// Reads topics as a member of the group; what was read before is given up at the next poll.
    pub fn subscribe(
        &mut self,
        topics: impl IntoIterator<Item = TopicName>,
    ) -> Result<(), ClientError> {
        self.set_subscription(Subscription::Topics(topics.into_iter().collect()))
    }

    /// Reads every topic that passes the filter, also those that are made later.
    pub fn subscribe_matching(
        &mut self,
        filter: impl Fn(&TopicName) -> bool + Send + Sync + 'static,
    ) -> Result<(), ClientError> {
        self.set_subscription(Subscription::Matching(Arc::new(filter)))
    }

    fn set_subscription(&mut self, subscription: Subscription) -> Result<(), ClientError> {
        let Some(group) = &self.group else {
            let what = "subscribing needs a `group.id`; without one, assign partitions";
            return Err(ClientError::Misuse(what.to_owned()));
        };
        if matches!(self.subscription, Subscription::Manual) {
            self.reading.clear();
        }
        group.rejoin();
        self.subscription = subscription;
        self.matched.clear();
        Ok(())
    }

    /// Reads these partitions and no others, outside of any rebalance.
    pub fn assign(
        &mut self,
        partitions: impl IntoIterator<Item = TopicPartition>,
    ) -> Result<(), ClientError> {
        if matches!(self.subscription, Subscription::Topics(_) | Subscription::Matching(_)) {
            let what = "partitions cannot be assigned to a consumer that subscribes to topics";
            return Err(ClientError::Misuse(what.to_owned()));
        }
        self.subscription = Subscription::Manual;
        let wanted: BTreeSet<TopicPartition> = partitions.into_iter().collect();
        self.reading.retain(|partition, _| wanted.contains(partition));
        for partition in wanted {
            self.reading.entry(partition).or_default();
        }
        Ok(())
    }

    /// The partitions that are read.
    pub fn assignment(&self) -> Vec<TopicPartition> {
        self.reading.keys().cloned().collect()
    }

    /// What happened to the assignment since the last call.
    pub fn take_events(&mut self) -> Vec<RebalanceEvent> {
        std::mem::take(&mut self.events)
    }

    /// The member's id in the group, once it has one.
    pub fn member_id(&self) -> Option<String> {
        self.group.as_ref().and_then(Group::member_id)
    }

    /// Continues at an offset.
    pub fn seek(&mut self, partition: &TopicPartition, offset: Offset) -> Result<(), ClientError> {
        let reading = self.read_mut(partition)?;
        *reading = Reading {
            position: Some(offset),
            is_paused: reading.is_paused,
            turn: reading.turn,
            ..Reading::default()
        };
        Ok(())
    }

    /// Continues where the spec says, looked up at the next poll.
    pub fn seek_to(
        &mut self,
        partition: &TopicPartition,
        spec: OffsetSpec,
    ) -> Result<(), ClientError> {
        let reading = self.read_mut(partition)?;
        *reading = Reading {
            reset: Some(spec),
            is_paused: reading.is_paused,
            turn: reading.turn,
            ..Reading::default()
        };
        Ok(())
    }

    /// Stops handing out records of partitions, without giving them up.
    pub fn pause(&mut self, partitions: &[TopicPartition]) -> Result<(), ClientError> {
        partitions.iter().try_for_each(|partition| {
            self.read_mut(partition).map(|reading| reading.is_paused = true)
        })
    }

    /// Hands out records of paused partitions again.
    pub fn resume(&mut self, partitions: &[TopicPartition]) -> Result<(), ClientError> {
        partitions.iter().try_for_each(|partition| {
            self.read_mut(partition).map(|reading| reading.is_paused = false)
        })
    }

    fn read_mut(&mut self, partition: &TopicPartition) -> Result<&mut Reading, ClientError> {
        self.reading.get_mut(partition).ok_or_else(|| {
            ClientError::Misuse(format!("{partition} is not assigned to this consumer"))
        })
    }

    /// The offset of the next record to hand out, looked up if need be.
    pub async fn position(&mut self, partition: &TopicPartition) -> Result<Offset, ClientError> {
        self.read_mut(partition)?;
        let clock = Arc::clone(&self.client.env().clock);
        let after = self.client.config().api_timeout;
        let deadline = clock.monotonic() + after;
        loop {
            self.find_positions().await?;
            if let Some(position) = self.read_mut(partition)?.position {
                return Ok(position);
            }
            if clock.monotonic() >= deadline {
                let what = format!("finding the position of {partition}");
                return Err(ClientError::Timeout { what, after });
            }
            crate::timer::sleep(&*clock, self.client.config().retry_backoff).await;
        }
    }

    /// How many records are left up to the high watermark that the last fetch saw.
    pub fn lag(&self, partition: &TopicPartition) -> Option<i64> {
        let reading = self.reading.get(partition)?;
        Some((reading.high_watermark? - reading.position?).max(0))
    }

    /// The group's committed offsets of partitions.
    pub async fn committed(
        &self,
        partitions: &[TopicPartition],
    ) -> Result<BTreeMap<TopicPartition, ApiResult<GroupOffset>>, ClientError> {
        let group = self.group()?;
        fetch_offsets(&self.admin, group.id(), Some(partitions), false).await
    }

    /// Commits the positions of everything that is read.
    pub async fn commit(&mut self) -> Result<(), ClientError> {
        let positions = self.positions(|_| true);
        self.group()?.commit(&positions).await
    }

    /// Commits offsets.
    pub async fn commit_offsets(
        &mut self,
        offsets: &BTreeMap<TopicPartition, OffsetAndMetadata>,
    ) -> Result<(), ClientError> {
        let offsets = offsets
            .iter()
            .map(|(partition, offset)| {
                let offset = GroupOffset {
                    offset: offset.offset,
                    leader_epoch: LeaderEpoch::NONE,
                    metadata: offset.metadata.clone(),
                };
                (partition.clone(), offset)
            })
            .collect();
        self.group()?.commit(&offsets).await
    }

    fn group(&self) -> Result<&Group, ClientError> {
        self.group
            .as_ref()
            .ok_or_else(|| ClientError::Misuse("committing needs a `group.id`".to_owned()))
    }

    fn positions(
        &self,
        of: impl Fn(&TopicPartition) -> bool,
    ) -> BTreeMap<TopicPartition, GroupOffset> {
        self.reading
            .iter()
            .filter(|(partition, _)| of(partition))
            .filter_map(|(partition, reading)| {
                let offset = GroupOffset {
                    offset: reading.position?,
                    leader_epoch: LeaderEpoch::NONE,
                    metadata: String::new(),
                };
                Some((partition.clone(), offset))
            })
            .collect()
    }

    /// Waits for records, at most for `timeout`; none when there are none, or while the group
    /// rebalances.
    pub async fn poll(&mut self, timeout: Duration) -> Result<Vec<ConsumerRecord>, ClientError> {
        let clock = Arc::clone(&self.client.env().clock);
        let deadline = clock.monotonic() + timeout;
        if matches!(self.subscription, Subscription::None) {
            let what = "a consumer reads nothing until it subscribes or is assigned partitions";
            return Err(ClientError::Misuse(what.to_owned()));
        }
        loop {
            let now = clock.monotonic();
            if let Some(group) = &self.group {
                group.polled(now);
            }
            self.keep_metadata().await?;
            self.keep_membership().await?;
            self.commit_if_due(now).await;
            self.find_positions().await?;
            let records = self.hand_out()?;
            self.start_fetches();
            if !records.is_empty() || now >= deadline {
                return Ok(records);
            }
            let wake = self.retry_at.take().map_or(deadline, |at| at.min(deadline));
            // In a fixed order: the simulator must see the same run for the same seed.
            tokio::select! {
                biased;
                joined = group::event(&mut self.group) => {
                    if let Some(joined) = joined {
                        self.take_join(joined).await?;
                    }
                }
                Some(fetched) = self.fetches.next() => self.take_in(fetched)?,
                () = clock.sleep_until(wake) => {}
            }
        }
    }

    /// Refreshes metadata when it is old, or a subscription needs topics that are not known.
    async fn keep_metadata(&mut self) -> Result<(), ClientError> {
        let is_stale = self.client.is_stale();
        match self.subscription.clone() {
            Subscription::Matching(filter) => {
                if is_stale || self.matched.is_empty() {
                    let metadata = self.client.refresh_all().await?;
                    let matched: BTreeSet<TopicName> = metadata
                        .topics
                        .values()
                        .filter(|topic| !topic.is_internal && filter(&topic.name))
                        .map(|topic| topic.name.clone())
                        .collect();
                    if matched.is_empty() {
                        self.wait_a_moment();
                    }
                    if matched != self.matched {
                        self.matched = matched;
                        self.rejoin();
                    }
                }
            }
            Subscription::Topics(topics) => {
                let known = self.client.metadata();
                let is_missing = topics.iter().any(|topic| !known.topics.contains_key(topic));
                if is_stale || is_missing {
                    let create = self.config.create_topics;
                    let known = self.client.refresh_topics(topics.iter().cloned(), create).await?;
                    self.check_refused(&known)?;
                    if topics.iter().any(|topic| !known.topics.contains_key(topic)) {
                        self.wait_a_moment();
                    }
                }
            }
            Subscription::Manual | Subscription::None => {
                let topics: BTreeSet<TopicName> =
                    self.reading.keys().map(|partition| partition.topic.clone()).collect();
                let known = self.client.metadata();
                let is_missing = topics.iter().any(|topic| !known.topics.contains_key(topic));
                if is_stale || is_missing {
                    let known = self.client.refresh_topics(topics, false).await?;
                    self.check_refused(&known)?;
                    if is_missing {
                        self.wait_a_moment();
                    }
                }
            }
        }
        let is_changed = self.snapshot.as_ref().is_some_and(|snapshot| {
            let known = self.client.metadata();
            snapshot.iter().any(|(topic, count)| {
                known.topics.get(topic).map_or(0, |topic| topic.partitions.len()) != *count
            })
        });
        if is_changed {
            self.snapshot = None;
            self.rejoin();
        }
        Ok(())
    }

    fn check_refused(
        &self,
        metadata: &crate::metadata::ClusterMetadata,
    ) -> Result<(), ClientError> {
        // A topic that does not exist may come; one that may not be read will not.
        let is_final = |code| {
            matches!(
                code,
                keld_types::ErrorCode::TOPIC_AUTHORIZATION_FAILED
                    | keld_types::ErrorCode::INVALID_TOPIC_EXCEPTION
            )
        };
        for (topic, error) in &metadata.refused {
            let is_ours = match &self.subscription {
                Subscription::Topics(topics) => topics.contains(topic),
                Subscription::Manual => self.reading.keys().any(|p| p.topic == *topic),
                Subscription::Matching(_) | Subscription::None => false,
            };
            if is_ours && is_final(error.code) {
                let what = format!("reading topic {topic}");
                return Err(ClientError::Api { what, error: error.clone() });
            }
        }
        Ok(())
    }

    /// Lets the next wait end after a short pause.
    fn wait_a_moment(&mut self) {
        let at = self.client.env().clock.monotonic() + self.client.config().retry_backoff;
        self.retry_at = Some(self.retry_at.map_or(at, |known| known.min(at)));
    }

    fn rejoin(&self) {
        if let Some(group) = &self.group {
            group.rejoin();
        }
    }

    /// Begins to join when the group asks for it.
    async fn keep_membership(&mut self) -> Result<(), ClientError> {
        let topics = match &self.subscription {
            Subscription::Topics(topics) => topics.clone(),
            Subscription::Matching(_) => self.matched.clone(),
            Subscription::Manual | Subscription::None => return Ok(()),
        };
        let Some(group) = &self.group else { return Ok(()) };
        group.check_fatal()?;
        let is_lost = group.take_lost();
        if is_lost {
            let lost = self.assignment();
            self.reading.clear();
            self.note(RebalanceEvent::Lost, lost);
        }
        let Some(group) = &self.group else { return Ok(()) };
        let is_due = group.needs_join() && !topics.is_empty();
        if !is_due {
            return Ok(());
        }
        if let Some(at) = group.join_not_before()
            && at > self.client.env().clock.monotonic()
        {
            self.retry_at = Some(self.retry_at.map_or(at, |known| known.min(at)));
            return Ok(());
        }
        if self.config.auto_commit {
            self.commit_quietly(|_| true).await;
        }
        let is_cooperative = self.config.assignors.iter().all(|a| a.is_cooperative());
        if !is_cooperative {
            let revoked = self.assignment();
            self.reading.clear();
            self.note(RebalanceEvent::Revoked, revoked);
        } else {
            // Of topics that are no longer subscribed to nothing is kept.
            let revoked: Vec<TopicPartition> =
                self.reading.keys().filter(|p| !topics.contains(&p.topic)).cloned().collect();
            self.reading.retain(|partition, _| topics.contains(&partition.topic));
            self.note(RebalanceEvent::Revoked, revoked);
        }
        let owned = self.reading.keys().cloned().collect();
        if let Some(group) = &mut self.group {
            group.start_join(topics, owned);
        }
        Ok(())
    }

    fn note(
        &mut self,
        event: impl FnOnce(Vec<TopicPartition>) -> RebalanceEvent,
        partitions: Vec<TopicPartition>,
    ) {
        if !partitions.is_empty() {
            self.events.push(event(partitions));
        }
    }

    /// Takes over a new assignment.
    async fn take_join(&mut self, joined: Result<Joined, ClientError>) -> Result<(), ClientError> {
        let joined = match joined {
            Ok(joined) => joined,
            Err(error) if error.is_retriable() => {
                tracing::debug!(%error, "joining the group failed");
                self.wait_a_moment();
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.snapshot = joined.snapshot;
        let assigned: BTreeSet<TopicPartition> = joined.assignment.into_iter().collect();
        let revoked: Vec<TopicPartition> = self
            .reading
            .keys()
            .filter(|partition| !assigned.contains(*partition))
            .cloned()
            .collect();
        if !revoked.is_empty() {
            if self.config.auto_commit {
                self.commit_quietly(|partition| !assigned.contains(partition)).await;
            }
            self.reading.retain(|partition, _| assigned.contains(partition));
            self.note(RebalanceEvent::Revoked, revoked);
            // Whoever waits for them gets them in the next round (KIP-429).
            self.rejoin();
        }
        let added: Vec<TopicPartition> = assigned
            .into_iter()
            .filter(|partition| !self.reading.contains_key(partition))
            .collect();
        for partition in &added {
            self.reading.insert(partition.clone(), Reading::default());
        }
        self.note(RebalanceEvent::Assigned, added);
        Ok(())
    }

    async fn commit_if_due(&mut self, now: Monotonic) {
        let is_due = now.saturating_sub(self.committed_at) >= self.config.auto_commit_interval;
        if self.group.is_some() && self.config.auto_commit && is_due {
            self.commit_quietly(|_| true).await;
            self.committed_at = now;
        }
    }

    /// Commits positions where a failure is survived by reading some records again.
    async fn commit_quietly(&self, of: impl Fn(&TopicPartition) -> bool) {
        let positions = self.positions(of);
        let Some(group) = self.group.as_ref().filter(|_| !positions.is_empty()) else { return };
        if let Err(error) = group.commit(&positions).await {
            tracing::warn!(group = %group.id(), %error, "offsets were not committed");
        }
    }

    /// Finds a position for each partition that has none: committed, sought, or reset.
    async fn find_positions(&mut self) -> Result<(), ClientError> {
        let fresh: Vec<TopicPartition> = self
            .reading
            .iter()
            .filter(|(_, reading)| reading.position.is_none() && reading.reset.is_none())
            .map(|(partition, _)| partition.clone())
            .collect();
        if !fresh.is_empty() {
            let committed = match &self.group {
                Some(group) => {
                    let id = group.id().clone();
                    fetch_offsets(&self.admin, &id, Some(&fresh), true).await?
                }
                None => BTreeMap::new(),
            };
            for partition in fresh {
                match committed.get(&partition) {
                    Some(Ok(offset)) => self.read_mut(&partition)?.position = Some(offset.offset),
                    Some(Err(error)) => {
                        let what = format!("the committed offset of {partition}");
                        return Err(ClientError::Api { what, error: error.clone() });
                    }
                    None => self.reset(&partition)?,
                }
            }
        }
        let wanted: BTreeMap<TopicPartition, OffsetSpec> = self
            .reading
            .iter()
            .filter_map(|(partition, reading)| Some((partition.clone(), reading.reset?)))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let found = self.admin.list_offsets(&wanted, self.config.isolation).await?;
        for (partition, spec) in wanted {
            match found.get(&partition) {
                Some(Ok(listed)) if listed.offset >= Offset::ZERO => {
                    let reading = self.read_mut(&partition)?;
                    reading.position = Some(listed.offset);
                    reading.reset = None;
                }
                // No record is that young: continue at the end.
                Some(Ok(_)) if spec != OffsetSpec::Latest => {
                    self.read_mut(&partition)?.reset = Some(OffsetSpec::Latest);
                    self.wait_a_moment();
                }
                Some(Err(error)) if !error.code.is_retriable() => {
                    let what = format!("looking up an offset of {partition}");
                    return Err(ClientError::Api { what, error: error.clone() });
                }
                Some(Ok(_) | Err(_)) | None => self.wait_a_moment(),
            }
        }
        Ok(())
    }

    /// Applies `auto.offset.reset`.
    fn reset(&mut self, partition: &TopicPartition) -> Result<(), ClientError> {
        let spec = match self.config.offset_reset {
            OffsetReset::Earliest => OffsetSpec::Earliest,
            OffsetReset::Latest => OffsetSpec::Latest,
            OffsetReset::None => {
                return Err(ClientError::NoOffset { partition: partition.clone() });
            }
        };
        let reading = self.read_mut(partition)?;
        reading.position = None;
        reading.buffer = None;
        reading.reset = Some(spec);
        Ok(())
    }

    /// Commits if auto-commit is on, and leaves the group; at most for `timeout`.
    pub async fn close(mut self, timeout: Duration) -> Result<(), ClientError> {
        let clock = Arc::clone(&self.client.env().clock);
        let deadline = clock.monotonic() + timeout;
        let close = async {
            let is_member =
                matches!(self.subscription, Subscription::Topics(_) | Subscription::Matching(_));
            if self.config.auto_commit {
                self.commit_quietly(|_| true).await;
            }
            match self.group.take() {
                Some(group) if is_member => group.leave("the consumer is being closed").await,
                Some(_) | None => Ok(()),
            }
        };
        crate::timer::until(&*clock, deadline, close).await.unwrap_or_else(
            |crate::timer::Elapsed| {
                Err(ClientError::Timeout {
                    what: "closing the consumer".to_owned(),
                    after: timeout,
                })
            },
        )
    }
}

#[cfg(test)]
mod tests;
