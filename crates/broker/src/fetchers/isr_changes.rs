//! Changes of ISRs on their way to the controller: one request in flight, with all that waits.

use crate::node::Node;
use keld_controller::{Command, Reply};
use keld_replication::{IsrAnswer, IsrChange, IsrOutcome, Partition};
use keld_types::{BrokerId, ErrorCode, LeaderEpoch, PartitionEpoch, TopicId};
use keld_wire::Message as _;
use keld_wire::messages::alter_partition_request::{BrokerState, PartitionData, TopicData};
use keld_wire::messages::{AlterPartitionRequest, AlterPartitionResponse};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// After a refusal that may pass.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// A change and whose it is.
type Item = (Arc<Partition>, Arc<IsrChange>);

#[derive(Debug, Default)]
pub(super) struct IsrChanges {
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Item>,
    is_running: bool,
}

/// Whether the partition still wants the change: the metadata may have been faster.
fn is_wanted((partition, change): &Item) -> bool {
    partition.pending_isr_change().is_some_and(|held| Arc::ptr_eq(&held, change))
}

impl IsrChanges {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn submit(
        self: &Arc<Self>,
        node: &Arc<Node>,
        partition: Arc<Partition>,
        change: Arc<IsrChange>,
    ) {
        let mut queue = self.queue();
        queue.waiting.push((partition, change));
        if std::mem::replace(&mut queue.is_running, true) {
            return;
        }
        drop(queue);
        let task = Arc::clone(self).run(Arc::clone(node));
        node.env.spawn.spawn("isr changes", Box::pin(task));
    }

    /// Sends until nothing waits.
    async fn run(self: Arc<Self>, node: Arc<Node>) {
        loop {
            let items = {
                let mut queue = self.queue();
                let mut items = std::mem::take(&mut queue.waiting);
                items.retain(is_wanted);
                if items.is_empty() || node.stopping.is_cancelled() {
                    queue.is_running = false;
                    return;
                }
                items
            };
            let again = send(&node, items).await;
            if again.is_empty() {
                continue;
            }
            self.queue().waiting.extend(again);
            let clock = &node.env.clock;
            tokio::select! {
                biased;
                () = node.stopping.cancelled() => {}
                () = clock.sleep_until(clock.monotonic() + RETRY_PAUSE) => {}
            }
        }
    }
}

/// Sends changes; what is to be sent again comes back.
async fn send(node: &Node, items: Vec<Item>) -> Vec<Item> {
    let request = request_for(node, &items);
    let version = AlterPartitionRequest::LATEST_STABLE_VERSION;
    let response = match node.decide(Command::AlterPartition(request, version)).await {
        Reply::AlterPartition(response) if response.error_code.is_none() => response,
        Reply::AlterPartition(response) => {
            tracing::warn!(code = ?response.error_code, "the controller does not alter partitions");
            return items;
        }
        Reply::Refused(error) => {
            tracing::warn!(%error, "the controller does not alter partitions");
            return items;
        }
        _ => return items,
    };
    let mut results = results_of(response);
    let take = |(partition, change): Item| {
        let result = results.remove(&(change.topic_id, change.partition.get()));
        // What the answer leaves out is asked for again.
        let outcome =
            result.map_or(IsrOutcome::Retry, |result| partition.finish_isr_change(&change, result));
        (outcome == IsrOutcome::Retry).then_some((partition, change))
    };
    items.into_iter().filter_map(take).collect()
}

fn request_for(node: &Node, items: &[Item]) -> AlterPartitionRequest {
    let mut topics: BTreeMap<TopicId, Vec<PartitionData>> = BTreeMap::new();
    for (_, change) in items {
        let state = |(id, epoch): &(BrokerId, keld_types::BrokerEpoch)| BrokerState {
            broker_id: id.get(),
            broker_epoch: epoch.get(),
            ..BrokerState::default()
        };
        topics.entry(change.topic_id).or_default().push(PartitionData {
            partition_index: change.partition.get(),
            leader_epoch: change.leader_epoch.get(),
            new_isr_with_epochs: change.isr.iter().map(state).collect(),
            partition_epoch: change.partition_epoch.get(),
            ..PartitionData::default()
        });
    }
    let topic = |(id, partitions): (TopicId, Vec<PartitionData>)| TopicData {
        topic_id: id.uuid(),
        partitions,
        ..TopicData::default()
    };
    AlterPartitionRequest {
        broker_id: node.config().node_id.get(),
        broker_epoch: node.broker_epoch().get(),
        topics: topics.into_iter().map(topic).collect(),
        ..AlterPartitionRequest::default()
    }
}

type Results = BTreeMap<(TopicId, i32), Result<IsrAnswer, ErrorCode>>;

fn results_of(response: AlterPartitionResponse) -> Results {
    let mut results = Results::new();
    for topic in response.topics {
        let id = TopicId::new(topic.topic_id);
        for partition in topic.partitions {
            let result = if partition.error_code.is_none() {
                Ok(IsrAnswer {
                    leader_epoch: LeaderEpoch::new(partition.leader_epoch),
                    partition_epoch: PartitionEpoch::new(partition.partition_epoch),
                    isr: partition.isr.into_iter().map(BrokerId::new).collect(),
                })
            } else {
                Err(partition.error_code)
            };
            results.insert((id, partition.partition_index), result);
        }
    }
    results
}
