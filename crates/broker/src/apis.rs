//! The APIs this release serves, one line and one file each.
//!
//! An API stands here only when it is finished: this table is what ApiVersions advertises.

mod alter_configs;
mod alter_partition_reassignments;
mod alter_replica_log_dirs;
pub(crate) mod api_versions;
mod brokers;
mod create_partitions;
mod create_topics;
mod delete_groups;
mod delete_records;
mod delete_topics;
mod describe_cluster;
mod describe_configs;
mod describe_groups;
mod describe_log_dirs;
mod describe_producers;
mod describe_quorum;
mod describe_topic_partitions;
mod elect_leaders;
mod fetch;
mod find_coordinator;
mod get_telemetry_subscriptions;
mod heartbeat;
mod incremental_alter_configs;
mod init_producer_id;
mod join_group;
mod leave_group;
mod list_config_resources;
mod list_groups;
mod list_offsets;
mod list_partition_reassignments;
pub(crate) mod metadata;
mod offset_commit;
mod offset_delete;
mod offset_fetch;
mod offset_for_leader_epoch;
pub(crate) mod produce;
mod push_telemetry;
mod raft_voters;
mod sync_group;
mod unregister_broker;
mod update_features;

use crate::context::RequestContext;
use crate::dispatch::serve;
use crate::node::Node;
use crate::quorum::server;
use crate::reply::Reply;
use keld_wire::{ApiKey, DecodeError, Decoder};
use std::sync::Arc;

/// The right that a principal will need, once there is an authorizer: on which resource, and to do
/// what. Handlers that check per entry (topics, groups) name the entry's right.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Right {
    /// None.
    Nothing,
    /// On each topic of the request.
    Topic(Operation),
    /// On each group of the request.
    Group(Operation),
    /// On the cluster.
    Cluster(Operation),
    /// By the type of each resource of the request.
    Resource(Operation),
}

/// What is done to a resource, by Kafka's names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operation {
    /// READ
    Read,
    /// WRITE
    Write,
    /// CREATE
    Create,
    /// DELETE
    Delete,
    /// ALTER
    Alter,
    /// DESCRIBE
    Describe,
    /// DESCRIBE_CONFIGS
    DescribeConfigs,
    /// ALTER_CONFIGS
    AlterConfigs,
    /// IDEMPOTENT_WRITE
    IdempotentWrite,
    /// CLUSTER_ACTION
    ClusterAction,
}

type Serve = fn(&Arc<Node>, &RequestContext, &mut Decoder) -> Result<Reply, DecodeError>;

/// One API: key, the right it needs, how it is served.
pub(crate) struct Api {
    pub(crate) key: ApiKey,
    #[expect(dead_code, reason = "read by the authorizer, which comes with the security work")]
    pub(crate) right: Right,
    pub(crate) serve: Serve,
}

/// Every finished API, in the order of the keys.
#[rustfmt::skip]
pub(crate) static APIS: &[Api] = &[
    Api { key: ApiKey::Produce, right: Right::Topic(Operation::Write), serve: |n, c, i| serve(n, c, i, produce::handle) },
    Api { key: ApiKey::Fetch, right: Right::Topic(Operation::Read), serve: |n, c, i| if c.is_controller_listener { serve(n, c, i, server::fetch) } else { serve(n, c, i, fetch::handle) } },
    Api { key: ApiKey::ListOffsets, right: Right::Topic(Operation::Describe), serve: |n, c, i| serve(n, c, i, list_offsets::handle) },
    Api { key: ApiKey::Metadata, right: Right::Topic(Operation::Describe), serve: |n, c, i| serve(n, c, i, metadata::handle) },
    Api { key: ApiKey::OffsetCommit, right: Right::Group(Operation::Read), serve: |n, c, i| serve(n, c, i, offset_commit::handle) },
    Api { key: ApiKey::OffsetFetch, right: Right::Group(Operation::Describe), serve: |n, c, i| serve(n, c, i, offset_fetch::handle) },
    Api { key: ApiKey::FindCoordinator, right: Right::Group(Operation::Describe), serve: |n, c, i| serve(n, c, i, find_coordinator::handle) },
    Api { key: ApiKey::JoinGroup, right: Right::Group(Operation::Read), serve: |n, c, i| serve(n, c, i, join_group::handle) },
    Api { key: ApiKey::Heartbeat, right: Right::Group(Operation::Read), serve: |n, c, i| serve(n, c, i, heartbeat::handle) },
    Api { key: ApiKey::LeaveGroup, right: Right::Group(Operation::Read), serve: |n, c, i| serve(n, c, i, leave_group::handle) },
    Api { key: ApiKey::SyncGroup, right: Right::Group(Operation::Read), serve: |n, c, i| serve(n, c, i, sync_group::handle) },
    Api { key: ApiKey::DescribeGroups, right: Right::Group(Operation::Describe), serve: |n, c, i| serve(n, c, i, describe_groups::handle) },
    Api { key: ApiKey::ListGroups, right: Right::Group(Operation::Describe), serve: |n, c, i| serve(n, c, i, list_groups::handle) },
    Api { key: ApiKey::ApiVersions, right: Right::Nothing, serve: |n, c, i| serve(n, c, i, api_versions::handle) },
    Api { key: ApiKey::CreateTopics, right: Right::Topic(Operation::Create), serve: |n, c, i| serve(n, c, i, create_topics::handle) },
    Api { key: ApiKey::DeleteTopics, right: Right::Topic(Operation::Delete), serve: |n, c, i| serve(n, c, i, delete_topics::handle) },
    Api { key: ApiKey::DeleteRecords, right: Right::Topic(Operation::Delete), serve: |n, c, i| serve(n, c, i, delete_records::handle) },
    Api { key: ApiKey::InitProducerId, right: Right::Cluster(Operation::IdempotentWrite), serve: |n, c, i| serve(n, c, i, init_producer_id::handle) },
    Api { key: ApiKey::OffsetForLeaderEpoch, right: Right::Topic(Operation::Describe), serve: |n, c, i| serve(n, c, i, offset_for_leader_epoch::handle) },
    Api { key: ApiKey::DescribeConfigs, right: Right::Resource(Operation::DescribeConfigs), serve: |n, c, i| serve(n, c, i, describe_configs::handle) },
    Api { key: ApiKey::AlterConfigs, right: Right::Resource(Operation::AlterConfigs), serve: |n, c, i| serve(n, c, i, alter_configs::handle) },
    Api { key: ApiKey::AlterReplicaLogDirs, right: Right::Cluster(Operation::Alter), serve: |n, c, i| serve(n, c, i, alter_replica_log_dirs::handle) },
    Api { key: ApiKey::DescribeLogDirs, right: Right::Cluster(Operation::Describe), serve: |n, c, i| serve(n, c, i, describe_log_dirs::handle) },
    Api { key: ApiKey::CreatePartitions, right: Right::Topic(Operation::Alter), serve: |n, c, i| serve(n, c, i, create_partitions::handle) },
    Api { key: ApiKey::DeleteGroups, right: Right::Group(Operation::Delete), serve: |n, c, i| serve(n, c, i, delete_groups::handle) },
    Api { key: ApiKey::ElectLeaders, right: Right::Cluster(Operation::Alter), serve: |n, c, i| serve(n, c, i, elect_leaders::handle) },
    Api { key: ApiKey::IncrementalAlterConfigs, right: Right::Resource(Operation::AlterConfigs), serve: |n, c, i| serve(n, c, i, incremental_alter_configs::handle) },
    Api { key: ApiKey::AlterPartitionReassignments, right: Right::Cluster(Operation::Alter), serve: |n, c, i| serve(n, c, i, alter_partition_reassignments::handle) },
    Api { key: ApiKey::ListPartitionReassignments, right: Right::Cluster(Operation::Describe), serve: |n, c, i| serve(n, c, i, list_partition_reassignments::handle) },
    Api { key: ApiKey::OffsetDelete, right: Right::Group(Operation::Delete), serve: |n, c, i| serve(n, c, i, offset_delete::handle) },
    Api { key: ApiKey::Vote, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, server::vote) },
    Api { key: ApiKey::BeginQuorumEpoch, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, server::begin_quorum_epoch) },
    Api { key: ApiKey::EndQuorumEpoch, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, server::end_quorum_epoch) },
    Api { key: ApiKey::DescribeQuorum, right: Right::Cluster(Operation::Describe), serve: |n, c, i| serve(n, c, i, describe_quorum::handle) },
    Api { key: ApiKey::AlterPartition, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, brokers::alter_partition) },
    Api { key: ApiKey::UpdateFeatures, right: Right::Cluster(Operation::Alter), serve: |n, c, i| serve(n, c, i, update_features::handle) },
    Api { key: ApiKey::Envelope, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, crate::forwarding::handle) },
    Api { key: ApiKey::FetchSnapshot, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, server::fetch_snapshot) },
    Api { key: ApiKey::DescribeCluster, right: Right::Cluster(Operation::Describe), serve: |n, c, i| serve(n, c, i, describe_cluster::handle) },
    Api { key: ApiKey::DescribeProducers, right: Right::Topic(Operation::Read), serve: |n, c, i| serve(n, c, i, describe_producers::handle) },
    Api { key: ApiKey::BrokerRegistration, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, brokers::register_broker) },
    Api { key: ApiKey::BrokerHeartbeat, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, brokers::heartbeat) },
    Api { key: ApiKey::UnregisterBroker, right: Right::Cluster(Operation::Alter), serve: |n, c, i| serve(n, c, i, unregister_broker::handle) },
    Api { key: ApiKey::AllocateProducerIds, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, brokers::allocate_producer_ids) },
    Api { key: ApiKey::ControllerRegistration, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, brokers::register_controller) },
    Api { key: ApiKey::GetTelemetrySubscriptions, right: Right::Nothing, serve: |n, c, i| serve(n, c, i, get_telemetry_subscriptions::handle) },
    Api { key: ApiKey::PushTelemetry, right: Right::Nothing, serve: |n, c, i| serve(n, c, i, push_telemetry::handle) },
    Api { key: ApiKey::AssignReplicasToDirs, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, brokers::assign_replicas) },
    Api { key: ApiKey::ListConfigResources, right: Right::Cluster(Operation::DescribeConfigs), serve: |n, c, i| serve(n, c, i, list_config_resources::handle) },
    Api { key: ApiKey::DescribeTopicPartitions, right: Right::Topic(Operation::Describe), serve: |n, c, i| serve(n, c, i, describe_topic_partitions::handle) },
    Api { key: ApiKey::AddRaftVoter, right: Right::Cluster(Operation::Alter), serve: |n, c, i| serve(n, c, i, raft_voters::add) },
    Api { key: ApiKey::RemoveRaftVoter, right: Right::Cluster(Operation::Alter), serve: |n, c, i| serve(n, c, i, raft_voters::remove) },
    Api { key: ApiKey::UpdateRaftVoter, right: Right::Cluster(Operation::ClusterAction), serve: |n, c, i| serve(n, c, i, raft_voters::update) },
];
