//! The driver of the group coordinator: one shard per partition of `__consumer_offsets` that this
//! node leads.
//!
//! A request is decided on the thread that brought it, under its shard's mutex; the records are
//! appended there too, and the replies are released once the partition says they are committed.
//! One task wakes at the earliest deadline of all shards.
//!
//! Lock order: shard, then partition. Nothing waits for I/O under a shard's mutex but the append.

mod append;
mod load;
mod shard;
mod timer;

pub(crate) use shard::Asked;
pub(crate) use timer::run as run_timer;

use crate::node::Node;
use keld_coordinator::{CoordinatorConfig, Now, RequestContext as CoordinatorContext};
use keld_env::Env;
use keld_metadata::{ClusterImage, LoadedDelta};
use keld_types::{ErrorCode, PartitionIndex, TopicId, TopicName};
use keld_wire::messages::CreateTopicsRequest;
use keld_wire::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use shard::Shard;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Notify;

/// Where groups and offsets are kept.
pub(crate) const OFFSETS_TOPIC: &str = "__consumer_offsets";

/// The shards of this node.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    shards: RwLock<BTreeMap<PartitionIndex, Arc<Shard>>>,
    next_token: AtomicU64,
    /// A deadline came nearer.
    sooner: Notify,
    /// The topic is being created.
    is_creating: AtomicBool,
}

impl Groups {
    fn shard(&self, index: PartitionIndex) -> Option<Arc<Shard>> {
        self.shards.read().unwrap_or_else(PoisonError::into_inner).get(&index).cloned()
    }

    fn shards(&self) -> Vec<Arc<Shard>> {
        let shards = self.shards.read().unwrap_or_else(PoisonError::into_inner);
        shards.values().cloned().collect()
    }

    fn insert(&self, index: PartitionIndex, shard: Arc<Shard>) -> Option<Arc<Shard>> {
        self.shards.write().unwrap_or_else(PoisonError::into_inner).insert(index, shard)
    }

    fn remove(&self, index: PartitionIndex) -> Option<Arc<Shard>> {
        self.shards.write().unwrap_or_else(PoisonError::into_inner).remove(&index)
    }
}

/// Both clocks.
fn now(env: &Env) -> Now {
    Now { wall_ms: env.clock.wall_ms(), monotonic: env.clock.monotonic() }
}

/// What the coordinator has to know of a request.
pub(crate) fn context_of(
    node: &Node,
    context: &crate::context::RequestContext,
) -> CoordinatorContext {
    CoordinatorContext {
        api_version: context.version,
        client_id: context.client_id().into(),
        client_host: context.client_host().into(),
        random: node.env.random.bytes16(),
    }
}

fn coordinator_config(node: &Node) -> CoordinatorConfig {
    let config = node.config();
    let groups = &config.groups;
    let milliseconds = |ms: i64| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
    let session = groups.ranges.get("consumer.session.timeout.ms");
    CoordinatorConfig {
        session_timeout_min_ms: groups.min_session_timeout_ms,
        session_timeout_max_ms: groups.max_session_timeout_ms,
        initial_rebalance_delay_ms: groups.initial_rebalance_delay_ms,
        group_size_max: usize::try_from(groups.max_size).unwrap_or(0),
        offset_metadata_length_max: usize::try_from(config.offsets.metadata_max_bytes).unwrap_or(0),
        offsets_retention_ms: i64::from(config.offsets.retention_minutes) * 60_000,
        retention_check_interval: milliseconds(config.offsets.retention_check_interval_ms),
        modern_session_timeout: milliseconds(session.map_or(45_000, |it| i64::from(it.default))),
    }
}

/// Has the groups follow the metadata from the first image on.
pub(crate) fn follow(node: &Arc<Node>) {
    let weak = Arc::downgrade(node);
    node.on_publish(Box::new(move |loaded| {
        if let Some(node) = weak.upgrade() {
            node.follow_metadata_for_groups(loaded);
        }
    }));
}

impl Node {
    /// The partition that keeps a group.
    pub(crate) fn group_partition(&self, group: &str) -> PartitionIndex {
        let image = self.image();
        let partitions = match image.topic(&TopicName::new(OFFSETS_TOPIC)) {
            Some(topic) => i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX),
            None => self.config().offsets.topic.num_partitions,
        };
        keld_coordinator::partition_for(group, partitions)
    }

    /// Follows the metadata: which partitions are led here, which topics are gone.
    fn follow_metadata_for_groups(self: &Arc<Self>, loaded: &LoadedDelta) {
        self.follow_leadership(&loaded.after, loaded);
        let deleted = &loaded.delta.deleted_topics;
        if deleted.is_empty() {
            return;
        }
        let topics: Vec<(TopicName, TopicId)> =
            deleted.iter().map(|(id, name)| (name.clone(), *id)).collect();
        let node = Arc::clone(self);
        let task = async move {
            for shard in node.groups.shards() {
                shard.topics_deleted(&node, &topics);
            }
        };
        self.env.spawn.spawn("offsets of deleted topics", Box::pin(task));
    }

    fn follow_leadership(self: &Arc<Self>, image: &ClusterImage, loaded: &LoadedDelta) {
        let topic = image.topic(&TopicName::new(OFFSETS_TOPIC));
        let topic_id = topic.map(|topic| topic.id);
        let was_deleted = loaded
            .delta
            .deleted_topics
            .iter()
            .any(|(id, name)| name.as_str() == OFFSETS_TOPIC && Some(*id) != topic_id);
        if was_deleted {
            for shard in self.groups.shards() {
                self.groups.remove(shard.index());
                shard.give_up(self);
            }
        }
        let Some(topic) = topic else { return };
        let local = self.config().node_id;
        let mut to_load = Vec::new();
        let changed = loaded.delta.changed_partitions.iter();
        for index in changed.filter(|it| it.topic_id == topic.id).map(|it| it.partition) {
            let Some(registration) = topic.partition(index) else { continue };
            let epoch = registration.leader_epoch;
            let held = self.groups.shard(index);
            if registration.leader != local {
                if let Some(shard) = self.groups.remove(index) {
                    shard.give_up(self);
                }
            } else if held.is_none_or(|shard| shard.leader_epoch() != epoch) {
                let Some(partition) = self.partitions.partition(OFFSETS_TOPIC, index) else {
                    continue;
                };
                let shard = Arc::new(Shard::new(index, partition, epoch));
                if let Some(before) = self.groups.insert(index, Arc::clone(&shard)) {
                    before.give_up(self);
                }
                to_load.push(shard);
            }
        }
        load::start(self, to_load);
    }

    /// Gives every shard up: nobody is left waiting when the node stops.
    pub(crate) fn give_up_groups(&self) {
        for shard in self.groups.shards() {
            self.groups.remove(shard.index());
            shard.give_up(self);
        }
    }

    /// Has `__consumer_offsets` created, unless that is under way.
    pub(crate) fn create_offsets_topic(self: &Arc<Self>) {
        if self.groups.is_creating.swap(true, Ordering::AcqRel) {
            return;
        }
        let command = keld_controller::Command::CreateTopics(self.offsets_topic());
        let node = Arc::clone(self);
        let task = async move {
            let reply = node.decide(command).await;
            node.groups.is_creating.store(false, Ordering::Release);
            let refused = match reply {
                keld_controller::Reply::CreateTopics(response) => response
                    .topics
                    .into_iter()
                    .find(|topic| {
                        !topic.error_code.is_none()
                            && topic.error_code != ErrorCode::TOPIC_ALREADY_EXISTS
                    })
                    .map(|topic| {
                        let message = topic.error_message.map(|message| message.to_string());
                        (topic.error_code, message.unwrap_or_default())
                    }),
                keld_controller::Reply::Refused(error) => Some((error.code, error.to_string())),
                _created => None,
            };
            if let Some((error, message)) = refused {
                tracing::warn!(topic = OFFSETS_TOPIC, %error, message, "topic cannot be created");
            }
        };
        self.env.spawn.spawn("create offsets topic", Box::pin(task));
    }

    fn offsets_topic(&self) -> CreateTopicsRequest {
        let config = self.config();
        let topic = &config.offsets.topic;
        let segment_bytes = topic.segment_bytes.to_string();
        let configs = [
            ("cleanup.policy", "compact"),
            ("compression.type", "producer"),
            ("segment.bytes", segment_bytes.as_str()),
        ];
        let configs = configs.into_iter().map(|(name, value)| CreatableTopicConfig {
            name: name.into(),
            value: Some(value.into()),
            ..CreatableTopicConfig::default()
        });
        CreateTopicsRequest {
            topics: vec![CreatableTopic {
                name: OFFSETS_TOPIC.into(),
                num_partitions: topic.num_partitions,
                replication_factor: topic.replication_factor,
                configs: configs.collect(),
                ..CreatableTopic::default()
            }],
            timeout_ms: 30_000,
            ..CreateTopicsRequest::default()
        }
    }
}
