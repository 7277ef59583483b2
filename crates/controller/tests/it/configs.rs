//! AlterConfigs and IncrementalAlterConfigs.

use crate::cluster::Cluster;
use keld_controller::{Command, Reply};
use keld_metadata::{ConfigResource, MetadataRecord, VersionedRecord};
use keld_types::ErrorCode;
use keld_wire::messages::create_topics_request::CreatableTopic;
use keld_wire::messages::{
    AlterConfigsRequest, CreateTopicsRequest, IncrementalAlterConfigsRequest,
    alter_configs_request, incremental_alter_configs_request as incremental,
};

fn with_topic(elr: bool) -> Cluster {
    let mut cluster = Cluster::ready(elr, &[]);
    let topic = CreatableTopic {
        name: "t".into(),
        num_partitions: 1,
        replication_factor: 1,
        ..Default::default()
    };
    cluster.decide(Command::CreateTopics(CreateTopicsRequest {
        topics: vec![topic],
        ..Default::default()
    }));
    cluster
}

type Change<'a> = (&'a str, i8, Option<&'a str>);

fn alter(
    cluster: &mut Cluster,
    kind: i8,
    name: &str,
    changes: &[Change<'_>],
) -> (ErrorCode, String, Vec<VersionedRecord>) {
    let configs = changes
        .iter()
        .map(|(name, config_operation, value)| incremental::AlterableConfig {
            name: (*name).into(),
            config_operation: *config_operation,
            value: value.map(Into::into),
            ..Default::default()
        })
        .collect();
    let resource = incremental::AlterConfigsResource {
        resource_type: kind,
        resource_name: name.into(),
        configs,
        ..Default::default()
    };
    let request =
        IncrementalAlterConfigsRequest { resources: vec![resource], ..Default::default() };
    let decision = cluster.decide(Command::IncrementalAlterConfigs(request));
    let Reply::IncrementalAlterConfigs(response) = decision.reply else { panic!() };
    let result = &response.responses[0];
    let message = result.error_message.as_ref().map_or("", |text| text.as_str()).to_owned();
    (result.error_code, message, decision.records)
}

fn options(cluster: &Cluster, resource: ConfigResource) -> Vec<(String, String)> {
    let found = cluster.image.config(&resource).cloned().unwrap_or_default();
    found.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn set_delete_append_and_subtract_change_a_topic() {
    let mut cluster = with_topic(true);
    alter(
        &mut cluster,
        2,
        "t",
        &[("retention.ms", 0, Some("5")), ("cleanup.policy", 2, Some("compact"))],
    );
    let expected = pairs(&[("cleanup.policy", "delete,compact"), ("retention.ms", "5")]);
    assert_eq!(options(&cluster, ConfigResource::topic("t")), expected);
    alter(
        &mut cluster,
        2,
        "t",
        &[("retention.ms", 1, None), ("cleanup.policy", 3, Some("delete"))],
    );
    assert_eq!(
        options(&cluster, ConfigResource::topic("t")),
        pairs(&[("cleanup.policy", "compact")])
    );
    let (code, _, records) = alter(&mut cluster, 2, "t", &[("cleanup.policy", 0, Some("compact"))]);
    assert_eq!((code, records), (ErrorCode::NONE, vec![]), "no change, no record");
}

#[test]
fn what_is_wrong_with_a_change_is_said_in_kafkas_words() {
    let mut cluster = with_topic(true);
    let cases: Vec<(i8, &str, Vec<Change<'_>>, ErrorCode, &str)> = vec![
        (
            2,
            "nope",
            vec![("retention.ms", 0, Some("5"))],
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION,
            "The topic 'nope' does not exist.",
        ),
        (
            2,
            "",
            vec![("retention.ms", 0, Some("5"))],
            ErrorCode::INVALID_REQUEST,
            "Default topic resources are not allowed.",
        ),
        (
            2,
            "t",
            vec![("retention.ms", 2, Some("5"))],
            ErrorCode::INVALID_CONFIG,
            "Can't APPEND to key retention.ms because its type is not LIST.",
        ),
        (
            2,
            "t",
            vec![("retention.ms", 0, Some("5")), ("retention.ms", 1, None)],
            ErrorCode::INVALID_REQUEST,
            "Error due to duplicate config keys",
        ),
        (
            2,
            "t",
            vec![("retention.ms", 0, None)],
            ErrorCode::INVALID_REQUEST,
            "Null value not supported for : retention.ms",
        ),
        (
            4,
            "2",
            vec![("log.cleaner.threads", 0, Some("2"))],
            ErrorCode::INVALID_REQUEST,
            "Unexpected broker id, expected 1, but received 2",
        ),
        (
            4,
            "x",
            vec![("log.cleaner.threads", 0, Some("2"))],
            ErrorCode::INVALID_REQUEST,
            "Node id must be an integer, but it is: x",
        ),
        (
            32,
            "",
            vec![("consumer.session.timeout.ms", 0, Some("45000"))],
            ErrorCode::INVALID_REQUEST,
            "Default group resources are not allowed.",
        ),
        (7, "t", vec![("a", 0, Some("b"))], ErrorCode::INVALID_REQUEST, "Unknown resource type 7"),
        (
            4,
            "1",
            vec![("min.insync.replicas", 0, Some("1"))],
            ErrorCode::INVALID_CONFIG,
            "Broker-level min.insync.replicas cannot be altered while ELR is enabled.",
        ),
        (
            4,
            "",
            vec![("min.insync.replicas", 1, None)],
            ErrorCode::INVALID_CONFIG,
            "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.",
        ),
    ];
    for (kind, name, changes, code, message) in cases {
        let found = alter(&mut cluster, kind, name, &changes);
        assert_eq!(found, (code, message.to_owned(), vec![]), "{kind} {name}");
    }
    let long = "x".repeat(32_768);
    let (code, message, _) =
        alter(&mut cluster, 2, "t", &[("leader.replication.throttled.replicas", 0, Some(&long))]);
    assert_eq!(code, ErrorCode::INVALID_CONFIG);
    assert!(message.contains("maximum value size of 32767 bytes"), "{message}");
}

#[test]
fn brokers_defaults_and_groups_take_options() {
    let mut cluster = with_topic(true);
    let (code, message, _) = alter(&mut cluster, 4, "", &[("log.retention.ms", 0, Some("100000"))]);
    assert_eq!((code, message.as_str()), (ErrorCode::NONE, ""));
    let (code, _, records) = alter(&mut cluster, 4, "", &[("log.retention.ms", 0, Some("100000"))]);
    assert_eq!((code, records.len()), (ErrorCode::NONE, 1), "written again: brokers load anew");
    let change = [("consumer.session.timeout.ms", 0, Some("50000"))];
    assert_eq!(alter(&mut cluster, 32, "g", &change).0, ErrorCode::NONE);
    assert_eq!(options(&cluster, ConfigResource::group("g")).len(), 1);
    assert_eq!(
        alter(&mut cluster, 4, "1", &[("node.id", 0, Some("5"))]).0,
        ErrorCode::INVALID_REQUEST
    );
}

#[test]
fn a_changed_floor_voids_eligible_replicas() {
    let mut cluster = with_topic(true);
    let (_, _, records) = alter(&mut cluster, 2, "t", &[("min.insync.replicas", 0, Some("2"))]);
    let last = &records.last().unwrap().record;
    assert!(matches!(last, MetadataRecord::ClearElr(record) if &*record.topic_name == "t"));
    let mut cluster = with_topic(false);
    let (_, _, records) = alter(&mut cluster, 2, "t", &[("min.insync.replicas", 0, Some("2"))]);
    assert_eq!(records.len(), 1);
}

#[test]
fn the_legacy_change_replaces_everything() {
    let mut cluster = with_topic(true);
    alter(&mut cluster, 2, "t", &[("retention.ms", 0, Some("5")), ("segment.ms", 0, Some("6"))]);
    let legacy = |value: Option<&str>, validate_only| {
        let config = alter_configs_request::AlterableConfig {
            name: "retention.ms".into(),
            value: value.map(Into::into),
            ..Default::default()
        };
        let resource = alter_configs_request::AlterConfigsResource {
            resource_type: 2,
            resource_name: "t".into(),
            configs: vec![config],
            ..Default::default()
        };
        let resources = vec![resource];
        Command::AlterConfigs(AlterConfigsRequest {
            resources,
            validate_only,
            ..Default::default()
        })
    };
    let decision = cluster.decide(legacy(Some("7"), true));
    assert_eq!(decision.records, []);
    let decision = cluster.decide(legacy(None, false));
    let Reply::AlterConfigs(response) = decision.reply else { panic!() };
    assert_eq!(response.responses[0].error_code, ErrorCode::INVALID_REQUEST);
    cluster.decide(legacy(Some("7"), false));
    assert_eq!(options(&cluster, ConfigResource::topic("t")), pairs(&[("retention.ms", "7")]));
}
