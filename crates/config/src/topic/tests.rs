//! Tests of topics' configuration.

use super::*;
use crate::properties::Properties;

fn node(more: &str) -> NodeConfig {
    let text = format!(
        "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@localhost:1\n\
         listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093\n\
         controller.listener.names=CONTROLLER\n{more}"
    );
    NodeConfig::from_properties(&Properties::parse(&text).expect("syntax")).expect("valid")
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn check(pairs: &[(&str, &str)]) -> Result<(), String> {
    validate_topic_override(&node(""), &BTreeMap::new(), &map(pairs))
        .map_err(|error| error.to_string())
}

#[test]
fn overrides_win_over_the_broker_which_wins_over_the_default() {
    let node = node("log.segment.bytes=2097152\nmessage.max.bytes=500");
    let config = TopicConfig::resolve(&node, &map(&[("max.message.bytes", "600")]));
    assert_eq!((config.segment_bytes, config.max_message_bytes), (2_097_152, 600));
    assert_eq!(config.index_interval_bytes, 4096);
}

#[test]
fn durability_is_fsync_unless_topic_or_broker_say_otherwise() {
    let of = |more: &str, overrides: &[(&str, &str)]| {
        TopicConfig::resolve(&node(more), &map(overrides)).durability
    };
    assert_eq!(of("", &[]), Durability::Fsync);
    assert_eq!(of("keld.durability=replicated", &[]), Durability::Replicated);
    assert_eq!(
        of("keld.durability=replicated", &[("keld.durability", "memory")]),
        Durability::Memory
    );
    assert_eq!(
        check(&[("keld.durability", "hope")]),
        Err("Invalid value hope for configuration keld.durability: String must be one of: fsync, \
             replicated, memory"
            .to_owned())
    );
}

#[test]
fn stored_overrides_that_are_not_valid_here_are_left_out() {
    let overrides = map(&[("retention.ms", "x"), ("from.the.future", "1"), ("segment.ms", "5")]);
    let config = TopicConfig::resolve(&node(""), &overrides);
    assert_eq!((config.retention_ms, config.segment_ms), (604_800_000, 5));
}

#[test]
fn overrides_are_checked_in_kafkas_words() {
    assert_eq!(check(&[("retention.ms", "-1"), ("cleanup.policy", "compact,delete")]), Ok(()));
    for (pairs, message) in [
        (&[("retention.mss", "1")][..], "Unknown topic config name: retention.mss"),
        (
            &[("retention.ms", "-2")],
            "Invalid value -2 for configuration retention.ms: Value must be at least -1",
        ),
        (
            &[("cleanup.policy", "burn")],
            "Invalid value burn for configuration cleanup.policy: String must be one of: compact, delete",
        ),
        (
            &[("segment.bytes", "100")],
            "Invalid value 100 for configuration segment.bytes: Value must be at least 1048576",
        ),
        (
            &[("min.compaction.lag.ms", "10"), ("max.compaction.lag.ms", "5")],
            "conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)",
        ),
        (
            &[("remote.storage.enable", "true")],
            "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.",
        ),
        (
            &[("leader.replication.throttled.replicas", "0:1,x")],
            "Invalid value [0:1, x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...",
        ),
    ] {
        assert_eq!(check(pairs), Err(message.to_owned()));
    }
    assert_eq!(check(&[("remote.storage.enable", "false")]), Ok(()));
    assert_eq!(check(&[("leader.replication.throttled.replicas", "*")]), Ok(()));
}

#[test]
fn a_compacted_topic_rolls_within_its_compaction_lag() {
    let overrides =
        map(&[("cleanup.policy", "compact"), ("max.compaction.lag.ms", "9"), ("segment.ms", "50")]);
    let config = TopicConfig::resolve(&node(""), &overrides);
    assert_eq!(config.max_segment_ms(), 9);
    assert_eq!(config.cleanup_policy, CleanupPolicy { delete: false, compact: true });
}

#[test]
fn throttled_replicas_are_all_or_those_listed() {
    let throttled = |value: &str| {
        let overrides = map(&[("follower.replication.throttled.replicas", value)]);
        TopicConfig::resolve(&node(""), &overrides).follower_throttled_replicas
    };
    assert_eq!(throttled("*"), ThrottledReplicas::All);
    assert_eq!(throttled(""), ThrottledReplicas::Listed(Vec::new()));
    let replica = |partition, broker| (PartitionIndex::new(partition), BrokerId::new(broker));
    let listed = ThrottledReplicas::Listed(vec![replica(0, 101), replica(1, 102)]);
    assert_eq!(throttled("0:101, 1:102"), listed);
    let defaults = TopicConfig::kafka_defaults();
    assert_eq!(defaults.leader_throttled_replicas, ThrottledReplicas::Listed(Vec::new()));
}
