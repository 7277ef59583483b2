//! The node itself: DescribeLogDirs, AlterReplicaLogDirs, DescribeQuorum, UpdateFeatures,
//! UnregisterBroker, telemetry.

use super::engine::{Pair, versions};
use bytes::Bytes;
use keld_types::Uuid;
use keld_wire::messages::alter_replica_log_dirs_request::{
    AlterReplicaLogDir, AlterReplicaLogDirTopic,
};
use keld_wire::messages::describe_log_dirs_request::DescribableLogDirTopic;
use keld_wire::messages::describe_quorum_request::{PartitionData, TopicData};
use keld_wire::messages::update_features_request::FeatureUpdateKey;
use keld_wire::messages::{
    AlterReplicaLogDirsRequest, DescribeLogDirsRequest, DescribeQuorumRequest,
    GetTelemetrySubscriptionsRequest, PushTelemetryRequest, UnregisterBrokerRequest,
    UpdateFeaturesRequest,
};
use keld_wire::{ApiKey, Response};

pub(crate) fn run(pair: &mut Pair) {
    for version in versions(ApiKey::DescribeLogDirs) {
        let request = |name: &str, partitions: &[i32]| DescribeLogDirsRequest {
            topics: Some(vec![DescribableLogDirTopic {
                topic: name.into(),
                partitions: partitions.to_vec(),
                ..DescribableLogDirTopic::default()
            }]),
            ..DescribeLogDirsRequest::default()
        };
        pair.ask("some", version, |_| request("records", &[0, 1, 9]));
        pair.ask("unknown", version, |_| request("missing", &[0]));
        pair.ask("no topics", version, |_| DescribeLogDirsRequest {
            topics: Some(vec![]),
            ..DescribeLogDirsRequest::default()
        });
    }
    for version in versions(ApiKey::AlterReplicaLogDirs) {
        let request = |path: &str, name: &str, partition: i32| AlterReplicaLogDirsRequest {
            dirs: vec![AlterReplicaLogDir {
                path: path.into(),
                topics: vec![AlterReplicaLogDirTopic {
                    name: name.into(),
                    partitions: vec![partition],
                    ..AlterReplicaLogDirTopic::default()
                }],
                ..AlterReplicaLogDir::default()
            }],
            ..AlterReplicaLogDirsRequest::default()
        };
        pair.ask("unknown directory", version, |_| request("/no/such/directory", "records", 0));
        pair.ask("relative directory", version, |_| request("relative", "records", 0));
        pair.ask("none", version, |_| AlterReplicaLogDirsRequest::default());
    }
    quorum(pair);
    features(pair);
    pair.ask("unknown", 0, |_| UnregisterBrokerRequest {
        broker_id: 77,
        ..UnregisterBrokerRequest::default()
    });
    pair.ask("negative", 0, |_| UnregisterBrokerRequest {
        broker_id: -1,
        ..UnregisterBrokerRequest::default()
    });
    telemetry(pair);
}

fn quorum(pair: &mut Pair) {
    for version in versions(ApiKey::DescribeQuorum) {
        let request = |name: &str, partition: i32| DescribeQuorumRequest {
            topics: vec![TopicData {
                topic_name: name.into(),
                partitions: vec![PartitionData {
                    partition_index: partition,
                    ..PartitionData::default()
                }],
                ..TopicData::default()
            }],
            ..DescribeQuorumRequest::default()
        };
        pair.ask("good", version, |_| request("__cluster_metadata", 0));
        pair.ask("another partition", version, |_| request("__cluster_metadata", 1));
        pair.ask("another topic", version, |_| request("records", 0));
        pair.ask("nothing", version, |_| DescribeQuorumRequest::default());
    }
}

fn features(pair: &mut Pair) {
    for version in versions(ApiKey::UpdateFeatures) {
        // The timeout is fixed; `upgrade_type` came with version 1 in place of `allow_downgrade`.
        let request = |feature: &str, level: i16, upgrade_type: i8| UpdateFeaturesRequest {
            feature_updates: vec![FeatureUpdateKey {
                feature: feature.into(),
                max_version_level: level,
                upgrade_type: if version == 0 { 1 } else { upgrade_type },
                ..FeatureUpdateKey::default()
            }],
            validate_only: version >= 1,
            ..UpdateFeaturesRequest::default()
        };
        pair.ask("unknown feature", version, |_| request("no.such.feature", 1, 1));
        pair.ask("too high", version, |_| request("metadata.version", 999, 1));
        pair.ask("too low", version, |_| request("metadata.version", 0, 1));
        pair.ask("downgrade not allowed", version, |_| request("metadata.version", 7, 1));
        pair.ask("nothing", version, |_| UpdateFeaturesRequest::default());
        if version >= 1 {
            pair.ask("upgrade type 0", version, |_| request("group.version", 1, 0));
            pair.ask("upgrade type 9", version, |_| request("group.version", 1, 9));
            pair.ask("same level", version, |_| request("group.version", 1, 1));
        }
        pair.ask("empty name", version, |_| request("", 1, 1));
    }
}

fn telemetry(pair: &mut Pair) {
    pair.ask_then(
        "first",
        0,
        |_| GetTelemetrySubscriptionsRequest::default(),
        |side, response| {
            if let Response::GetTelemetrySubscriptions(found) = response {
                side.keep_uuid("client instance", found.client_instance_id);
                side.keep_number("subscription", found.subscription_id);
            }
        },
    );
    let push = |instance: Uuid, subscription: i64, compression_type: i8| PushTelemetryRequest {
        client_instance_id: instance,
        subscription_id: i32::try_from(subscription).unwrap_or(-1),
        compression_type,
        metrics: Bytes::new(),
        ..PushTelemetryRequest::default()
    };
    pair.ask("without an instance", 0, |side| push(Uuid::ZERO, side.number("subscription"), 0));
    pair.ask("unknown compression", 0, |side| {
        push(side.uuid("client instance"), side.number("subscription"), 9)
    });
    pair.ask("unknown subscription", 0, |side| push(side.uuid("client instance"), 424_242, 0));
}
