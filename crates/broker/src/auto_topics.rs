//! Topics that come into being because a client named them.
//!
//! As in Kafka the client is told at once that the topic is unknown, and asks again.

use crate::groups::OFFSETS_TOPIC;
use crate::node::Node;
use keld_controller::{Command, Reply};
use keld_types::{ErrorCode, TopicName};
use keld_wire::Str;
use keld_wire::messages::CreateTopicsRequest;
use keld_wire::messages::create_topics_request::{CreatableTopic, CreatableTopicConfig};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

const TRANSACTIONS_TOPIC: &str = "__transaction_state";
const SHARE_GROUPS_TOPIC: &str = "__share_group_state";

/// "As the controller's configuration says."
const DEFAULT: i16 = -1;

/// How many topics may be on their way at once; a client that names more asks again later.
const IN_FLIGHT_MAX: usize = 1000;

/// Topics that the controller was asked to create.
#[derive(Debug, Default)]
pub(crate) struct AutoTopics {
    in_flight: Mutex<BTreeSet<TopicName>>,
}

impl AutoTopics {
    fn begin(&self, topic: &TopicName) -> bool {
        let mut in_flight = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        in_flight.len() < IN_FLIGHT_MAX && in_flight.insert(topic.clone())
    }

    fn end(&self, topic: &TopicName) {
        self.in_flight.lock().unwrap_or_else(PoisonError::into_inner).remove(topic);
    }
}

impl Node {
    /// Has a topic created, unless that is under way. The name must be valid.
    pub(crate) fn create_automatically(self: &Arc<Self>, topic: TopicName) {
        if topic.as_str() == OFFSETS_TOPIC {
            self.create_offsets_topic();
            return;
        }
        if !self.auto_topics.begin(&topic) {
            return;
        }
        let timeout_ms = self.config().limits.request_timeout_ms;
        let topics = vec![self.creatable(&topic)];
        let request = CreateTopicsRequest { topics, timeout_ms, ..CreateTopicsRequest::default() };
        let node = Arc::clone(self);
        let task = async move {
            let refused = refusal(node.decide(Command::CreateTopics(request)).await);
            node.auto_topics.end(&topic);
            match refused {
                None => tracing::info!(%topic, "topic created because a client named it"),
                Some((error, message)) => {
                    tracing::warn!(%topic, %error, message, "auto topic creation failed");
                }
            }
        };
        self.env.spawn.spawn("create topic", Box::pin(task));
    }

    fn creatable(&self, topic: &TopicName) -> CreatableTopic {
        let creatable =
            |partitions: i32, replication_factor: i16, configs: &[(&str, String)]| CreatableTopic {
                name: Str::from(topic.as_str()),
                num_partitions: partitions,
                replication_factor,
                configs: configs
                    .iter()
                    .map(|(name, value)| CreatableTopicConfig {
                        name: Str::from(*name),
                        value: Some(Str::from(value.as_str())),
                        ..CreatableTopicConfig::default()
                    })
                    .collect(),
                ..CreatableTopic::default()
            };
        let config = self.config();
        match topic.as_str() {
            TRANSACTIONS_TOPIC => {
                let state = &config.transactions.topic;
                let configs = [
                    ("unclean.leader.election.enable", "false".to_owned()),
                    ("compression.type", "uncompressed".to_owned()),
                    ("cleanup.policy", "compact".to_owned()),
                    ("min.insync.replicas", config.transactions.topic_min_isr.to_string()),
                    ("segment.bytes", state.segment_bytes.to_string()),
                ];
                creatable(state.num_partitions, state.replication_factor, &configs)
            }
            SHARE_GROUPS_TOPIC => {
                let option = |name: &str, default: i32| -> i32 {
                    let effective = self.layers().effective();
                    let given = effective.get(&format!("share.coordinator.state.topic.{name}"));
                    given.and_then(|value| value.trim().parse().ok()).unwrap_or(default)
                };
                let configs = [
                    ("cleanup.policy", "delete".to_owned()),
                    ("compression.type", "producer".to_owned()),
                    ("segment.bytes", option("segment.bytes", 104_857_600).to_string()),
                    ("min.insync.replicas", option("min.isr", 2).to_string()),
                    ("retention.ms", "-1".to_owned()),
                ];
                let replication_factor = option("replication.factor", 3);
                let replication_factor = i16::try_from(replication_factor).unwrap_or(i16::MAX);
                creatable(option("num.partitions", 50), replication_factor, &configs)
            }
            _client_topic => creatable(DEFAULT.into(), DEFAULT, &[]),
        }
    }
}

/// Why the topic was not created; `None` when it is there.
fn refusal(reply: Reply) -> Option<(ErrorCode, String)> {
    match reply {
        Reply::CreateTopics(response) => response
            .topics
            .into_iter()
            .find(|topic| {
                !topic.error_code.is_none() && topic.error_code != ErrorCode::TOPIC_ALREADY_EXISTS
            })
            .map(|topic| (topic.error_code, topic.error_message.unwrap_or_default().to_string())),
        Reply::Refused(error) => Some((error.code, error.message.unwrap_or_default())),
        other => Some((ErrorCode::UNKNOWN_SERVER_ERROR, format!("unexpected reply {other:?}"))),
    }
}
