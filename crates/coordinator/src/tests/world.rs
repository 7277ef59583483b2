//! A shard, its log, and a clock that only moves when told.

use crate::record::CoordinatorRecord;
use crate::{CoordinatorConfig, GroupShard, Now, Reply, ReplyToken, RequestContext, Step};
use bytes::Bytes;
use keld_types::{ErrorCode, Offset, ProducerId};
use std::sync::Arc;
use std::time::Duration;

/// What stands in the log.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    Record { offset: Offset, record: CoordinatorRecord, producer: Option<ProducerId> },
    Marker { producer: ProducerId, committed: bool },
}

pub(super) struct World {
    pub(super) config: CoordinatorConfig,
    pub(super) shard: GroupShard,
    pub(super) now: Now,
    pub(super) log: Vec<Entry>,
    pub(super) next_offset: i64,
    /// The high watermark stands still while this is set.
    pub(super) holds_commits: bool,
    /// The error of the next append.
    pub(super) failure: Option<ErrorCode>,
    /// Replies that came since they were last taken.
    pub(super) replies: Vec<(ReplyToken, Reply)>,
    next_token: u64,
    next_random: u128,
}

impl World {
    pub(super) fn new(config: CoordinatorConfig) -> Self {
        let now = Now { wall_ms: 1_000_000, monotonic: Duration::from_secs(1) };
        let mut world = Self {
            shard: GroupShard::new(config.clone()),
            config,
            now,
            log: Vec::new(),
            next_offset: 0,
            holds_commits: false,
            failure: None,
            replies: Vec::new(),
            next_token: 0,
            next_random: 0,
        };
        let step = world.shard.finish_loading(now);
        world.drive(step);
        world
    }

    pub(super) fn token(&mut self) -> ReplyToken {
        self.next_token += 1;
        ReplyToken::new(self.next_token)
    }

    pub(super) fn context(&mut self, api_version: i16, client: &str) -> RequestContext {
        self.next_random += 1;
        RequestContext {
            api_version,
            client_id: Arc::from(client),
            client_host: Arc::from("/127.0.0.1"),
            random: self.next_random.to_be_bytes(),
        }
    }

    /// Does what a step wants, as the driver does.
    pub(super) fn drive(&mut self, mut step: Step) {
        loop {
            self.replies.append(&mut step.replies);
            if step.records.is_empty() {
                break;
            }
            step = match self.failure.take() {
                Some(error) => self.shard.append_failed(error, self.now),
                None => {
                    let base = Offset::new(self.next_offset);
                    for record in step.records {
                        self.append(record, None);
                    }
                    self.shard.appended(base)
                }
            };
        }
        if !self.holds_commits {
            let committed = self.shard.committed(Offset::new(self.next_offset), self.now);
            self.replies.extend(committed.replies);
            assert!(committed.records.is_empty(), "a commit asked for more records");
        }
    }

    /// Lets the high watermark catch up.
    pub(super) fn release(&mut self) {
        self.holds_commits = false;
        self.drive(Step::default());
    }

    fn append(&mut self, record: CoordinatorRecord, producer: Option<ProducerId>) {
        let offset = Offset::new(self.next_offset);
        self.log.push(Entry::Record { offset, record, producer });
        self.next_offset += 1;
    }

    /// A record that somebody else wrote (a transaction; Kafka, before we came).
    pub(super) fn foreign(&mut self, record: CoordinatorRecord, producer: Option<ProducerId>) {
        self.shard.replay(&record, Offset::new(self.next_offset), producer);
        self.append(record, producer);
    }

    pub(super) fn end_transaction(&mut self, producer: ProducerId, committed: bool) {
        self.shard.replay_marker(producer, committed);
        self.log.push(Entry::Marker { producer, committed });
        self.next_offset += 1;
    }

    /// Moves the clock on, stopping at each deadline on the way.
    pub(super) fn advance(&mut self, by: Duration) {
        let end = self.now.monotonic + by;
        while let Some(deadline) = self.shard.next_deadline().filter(|it| *it <= end) {
            self.set_clock(deadline.max(self.now.monotonic));
            while let Some(step) = self.shard.fire(self.now) {
                self.drive(step);
            }
        }
        self.set_clock(end);
    }

    fn set_clock(&mut self, monotonic: Duration) {
        let by = monotonic - self.now.monotonic;
        self.now.monotonic = monotonic;
        self.now.wall_ms += i64::try_from(by.as_millis()).expect("scenarios are short");
    }

    /// A shard that has read this log.
    pub(super) fn load(&self, log: &[Entry]) -> GroupShard {
        let mut shard = GroupShard::new(self.config.clone());
        for entry in log {
            match entry {
                Entry::Record { offset, record, producer } => {
                    shard.replay(record, *offset, *producer);
                }
                Entry::Marker { producer, committed, .. } => {
                    shard.replay_marker(*producer, *committed);
                }
            }
        }
        let step = shard.finish_loading(self.now);
        assert_eq!(step, Step::default(), "loading asked for something");
        shard
    }

    /// The node restarts.
    pub(super) fn reload(&mut self, log: &[Entry]) {
        let step = self.shard.give_up(self.now);
        self.drive(step);
        self.shard = self.load(log);
    }
}

/// The subscription of a consumer that reads these topics, at version 0.
pub(super) fn subscription(topics: &[&str]) -> Bytes {
    use keld_wire::Str;
    use keld_wire::consumer_protocol::ConsumerProtocolSubscription;
    let subscription = ConsumerProtocolSubscription {
        topics: topics.iter().map(|topic| Str::from(*topic)).collect(),
        ..ConsumerProtocolSubscription::default()
    };
    crate::record::encode(0, &subscription, 0)
}
