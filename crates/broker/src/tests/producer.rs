//! A producer as a stock client behaves: acks of all, retries after 100 ms, hints of leaders taken
//! at once. It takes the time of each acknowledgement, so that a test can say for how long there was
//! none.

use super::support::batch;
use crate::peers::Peer;
use keld_env::{Address, Env};
use keld_types::{ErrorCode, TopicId};
use keld_wire::messages as wire;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// `retry.backoff.ms` of Kafka's clients.
const RETRY_PAUSE: Duration = Duration::from_millis(100);
/// Between records.
const PAUSE: Duration = Duration::from_millis(2);
const TIMEOUT: Duration = Duration::from_secs(30);

/// When records of one partition were acknowledged.
#[derive(Clone, Debug, Default)]
pub(super) struct Acknowledged(Arc<Mutex<Vec<Duration>>>);

impl Acknowledged {
    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// The longest time without one, from `since` to the last.
    pub(super) fn longest_gap(&self, since: Duration) -> Duration {
        let times = self.0.lock().unwrap();
        let mut before = since;
        let mut longest = Duration::ZERO;
        for at in times.iter().filter(|at| **at > since) {
            longest = longest.max(*at - before);
            before = *at;
        }
        longest
    }
}

/// Produces to a partition of topic `t` for ever.
pub(super) fn produce(
    env: &Env,
    (topic_id, partition): (TopicId, i32),
    brokers: &[i32],
) -> Acknowledged {
    let acknowledged = Acknowledged::default();
    let peers = brokers.iter().map(|id| {
        let address = Address { host: format!("node{id}"), port: 9092 };
        (*id, Peer::new(env, "producer", address))
    });
    let producer = Producer {
        env: env.clone(),
        topic_id,
        partition,
        peers: peers.collect(),
        acknowledged: acknowledged.clone(),
    };
    env.spawn.spawn("producer", Box::pin(producer.run()));
    acknowledged
}

struct Producer {
    env: Env,
    topic_id: TopicId,
    partition: i32,
    peers: BTreeMap<i32, Peer>,
    acknowledged: Acknowledged,
}

impl Producer {
    async fn run(self) {
        let clock = &self.env.clock;
        let mut leader = None;
        loop {
            let Some(asked) = leader else {
                leader = self.find_leader().await;
                if leader.is_none() {
                    clock.sleep_until(clock.monotonic() + RETRY_PAUSE).await;
                }
                continue;
            };
            match self.send(asked).await {
                Some((ErrorCode::NONE, _)) => {
                    self.acknowledged.0.lock().unwrap().push(clock.monotonic());
                    clock.sleep_until(clock.monotonic() + PAUSE).await;
                }
                Some((_, hint)) if self.peers.contains_key(&hint) && hint != asked => {
                    leader = Some(hint);
                }
                _ => {
                    leader = None;
                    clock.sleep_until(clock.monotonic() + RETRY_PAUSE).await;
                }
            }
        }
    }

    /// Code and hint; `None` when the broker does not answer.
    async fn send(&self, leader: i32) -> Option<(ErrorCode, i32)> {
        use wire::produce_request as request;
        let build = |version: i16| {
            let partition = request::PartitionProduceData {
                index: self.partition,
                records: Some(batch(&["value"]).into()),
                ..Default::default()
            };
            let mut topic =
                request::TopicProduceData { partition_data: vec![partition], ..Default::default() };
            if version >= 13 {
                topic.topic_id = self.topic_id.uuid();
            } else {
                topic.name = "t".into();
            }
            wire::ProduceRequest {
                acks: -1,
                timeout_ms: 30_000,
                topic_data: vec![topic],
                ..Default::default()
            }
        };
        let answer = self.peers[&leader].call_with(TIMEOUT, build).await.ok()?;
        let partition = &answer.responses[0].partition_responses[0];
        Some((partition.error_code, partition.current_leader.leader_id))
    }

    async fn find_leader(&self) -> Option<i32> {
        for peer in self.peers.values() {
            let topic = wire::metadata_request::MetadataRequestTopic {
                name: Some("t".into()),
                ..Default::default()
            };
            let request = wire::MetadataRequest { topics: Some(vec![topic]), ..Default::default() };
            let Ok(answer) = peer.call(request, TIMEOUT).await else { continue };
            let mut partitions = answer.topics[0].partitions.iter();
            let known = partitions.find(|known| known.partition_index == self.partition);
            return known.map(|known| known.leader_id).filter(|id| self.peers.contains_key(id));
        }
        None
    }
}
