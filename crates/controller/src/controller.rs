//! The one entry point: a command on an image.

use crate::api_error::ApiError;
use crate::command::{Command, DecideContext, Decision, Reply};
use crate::periodic::Periodic;
use crate::reassignment::list_reassignments;
use crate::sessions::Sessions;
use keld_config::{BrokerLayers, NodeConfig};
use keld_metadata::{ClusterImage, ConfigMap, ConfigResource, MetadataRecord};
use keld_types::{BrokerId, ClusterId, ErrorCode, TopicName};
use keld_wire::metadata_records::NoOpRecord;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// Kafka's session, for a controller whose options are not valid.
const SESSION_MS_DEFAULT: i32 = 9000;

/// The controller of one node: what it is configured with, and when it heard of each broker. The
/// cluster's state is the image.
#[derive(Clone, Debug)]
pub struct Controller {
    pub(crate) cluster_id: ClusterId,
    pub(crate) node_id: BrokerId,
    pub(crate) layers: BrokerLayers,
    /// The options of `layers`, typed; `None` where they are not valid.
    own_config: Option<Arc<NodeConfig>>,
    /// When brokers were heard of.
    pub(crate) sessions: Sessions,
    /// What is done from time to time.
    pub(crate) periodic: Periodic,
}

impl Controller {
    /// A controller with the node's static options.
    pub fn new(cluster_id: ClusterId, node_id: BrokerId, layers: BrokerLayers) -> Self {
        let own_config = layers.node_config().ok().map(Arc::new);
        let session_ms = own_config
            .as_ref()
            .map_or(SESSION_MS_DEFAULT, |config| config.replication.broker_session_timeout_ms);
        let session = Duration::from_millis(u64::try_from(session_ms).unwrap_or(0));
        let periodic = Periodic::new(own_config.as_deref());
        Self { cluster_id, node_id, layers, own_config, sessions: Sessions::new(session), periodic }
    }

    /// How long [`Command::Tick`] may wait; nothing once it is due.
    pub fn due_in(&self, now: Duration) -> Duration {
        self.sessions.due_in(now).min(self.periodic.due_in(now))
    }

    /// Decides a command. The image is the one after all earlier decisions, committed or not.
    pub fn decide(
        &mut self,
        image: &ClusterImage,
        command: Command,
        context: &mut DecideContext<'_>,
    ) -> Decision {
        self.sessions.observe(context.now);
        match command {
            Command::Activate { bootstrap, in_transaction } => {
                self.sessions.activate(image, self.node_id, context.now);
                self.periodic.activate(context.now);
                self.activate(image, bootstrap, in_transaction)
            }
            Command::Heartbeat(request) => {
                Decision::of(self.heartbeat(image, &request, context), Reply::Heartbeat)
            }
            Command::BrokerDisconnected(broker) => {
                self.sessions.disconnected(broker);
                Decision::new(Vec::new(), Reply::Done)
            }
            Command::BrokerGone(broker) => {
                self.sessions.gone(broker, context.now);
                Decision::new(Vec::new(), Reply::Done)
            }
            Command::AlterPartition(request, version) => {
                Decision::of(self.alter_partition(image, &request, version), Reply::AlterPartition)
            }
            Command::ElectLeaders(request) => {
                Decision::of(self.elect_leaders(image, &request), Reply::ElectLeaders)
            }
            Command::AlterPartitionReassignments(request) => Decision::of(
                self.alter_reassignments(image, &request),
                Reply::AlterPartitionReassignments,
            ),
            Command::ListPartitionReassignments(request) => {
                let response = list_reassignments(image, &request);
                Decision::new(Vec::new(), Reply::ListPartitionReassignments(response))
            }
            Command::Tick => {
                let decided = self.tick(image, context.now);
                Decision::of(decided, |()| Reply::Ticked(self.due_in(context.now)))
            }
            Command::CreateTopics(request) => self.create_topics(image, &request, context),
            Command::DeleteTopics(request, version) => self.delete_topics(image, &request, version),
            Command::CreatePartitions(request) => self.create_partitions(image, &request),
            Command::AlterConfigs(request) => self.alter_configs(image, &request),
            Command::IncrementalAlterConfigs(request) => {
                self.incremental_alter_configs(image, &request)
            }
            Command::UpdateFeatures(request, version) => {
                self.update_features(image, &request, version, context.kraft_version)
            }
            Command::UnregisterBroker(broker) => {
                Decision::of(self.unregister_broker(image, broker), |()| Reply::Done)
            }
            Command::RegisterBroker(request) => {
                Decision::of(self.register_broker(image, &request, context), Reply::Registered)
            }
            Command::RegisterController(record) => {
                Decision::of(self.register_controller(image, record), |()| Reply::Done)
            }
            Command::UnfenceBroker(broker, cordoned) => {
                Decision::of(self.unfence_broker(image, broker, cordoned), |()| Reply::Done)
            }
            Command::FenceBroker(broker) => {
                Decision::of(self.fence_broker(image, broker), |()| Reply::Done)
            }
            Command::BeginControlledShutdown(broker) => {
                Decision::of(self.begin_controlled_shutdown(image, broker), |()| Reply::Done)
            }
            Command::OfflineDirectories(broker, directories) => {
                Decision::of(self.offline_directories(image, broker, &directories), |()| {
                    Reply::Done
                })
            }
            Command::AssignReplicasToDirs(request) => {
                Decision::of(self.assign_replicas(image, &request), Reply::AssignReplicasToDirs)
            }
            Command::AllocateProducerIds(broker) => {
                Decision::of(self.allocate_producer_ids(image, broker), Reply::ProducerIds)
            }
            Command::NoOp => {
                Decision::new(vec![MetadataRecord::from(NoOpRecord::default()).at(0)], Reply::Done)
            }
        }
    }

    /// The static options under the image's dynamic ones.
    pub(crate) fn layers_of(&self, image: &ClusterImage) -> Cow<'_, BrokerLayers> {
        let default = image.config(&ConfigResource::broker_default());
        let own = image.config(&ConfigResource::broker(self.node_id));
        if default.is_none() && own.is_none() {
            return Cow::Borrowed(&self.layers);
        }
        let options = |known: Option<&Arc<ConfigMap>>| {
            known.map(|known| (**known).clone()).unwrap_or_default()
        };
        Cow::Owned(self.layers.with_dynamic(&options(default), &options(own)))
    }

    /// The node's typed options, the dynamic ones of the image included.
    pub(crate) fn node_config(&self, image: &ClusterImage) -> Result<Arc<NodeConfig>, ApiError> {
        let layers = match (self.layers_of(image), &self.own_config) {
            (Cow::Borrowed(_), Some(own)) => return Ok(Arc::clone(own)),
            (layers, _) => layers,
        };
        layers
            .node_config()
            .or_else(|_| self.layers.node_config())
            .map(Arc::new)
            .map_err(|error| ApiError::new(ErrorCode::UNKNOWN_SERVER_ERROR, error.to_string()))
    }

    /// A topic's overrides.
    pub(crate) fn topic_overrides(image: &ClusterImage, topic: &TopicName) -> ConfigMap {
        let resource = ConfigResource::topic(topic.as_str());
        image.config(&resource).map(|known| (**known).clone()).unwrap_or_default()
    }
}
