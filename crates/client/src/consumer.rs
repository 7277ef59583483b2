//! Reading records: by hand-picked partitions, or as a member of a group.
//!
//! [`Consumer::poll`] does everything: it keeps the membership, finds positions, keeps fetches under
//! way and hands out records. A task beside it sends heartbeats, so a slow reader stays in its group
//! up to `max.poll.interval.ms`. Positions move when records are handed out; commits are of
//! positions.

mod buffer;
mod config;
mod fetch;
mod group;
mod membership;
mod positions;

pub use config::{ConsumerConfig, ConsumerRecord, OffsetAndMetadata, OffsetReset, RebalanceEvent};

use crate::admin::{Admin, ApiResult, GroupOffset, OffsetSpec, fetch_offsets};
use crate::client::Client;
use crate::error::ClientError;
use buffer::Buffer;
use fetch::Fetches;
use group::Group;
use keld_env::Monotonic;
use keld_types::{LeaderEpoch, Offset, TopicName, TopicPartition};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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
    /// The leader epoch of the record before the position, where it is known.
    leader_epoch: Option<LeaderEpoch>,
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
                    leader_epoch: reading.leader_epoch.unwrap_or(LeaderEpoch::NONE),
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
