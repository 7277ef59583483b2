//! Tests of what DescribeConfigs answers.

use super::*;
use crate::layers::validate_broker_override;
use crate::properties::Properties;

fn layers(more: &str) -> BrokerLayers {
    let text = format!(
        "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@localhost:1\n\
         listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093\n\
         controller.listener.names=CONTROLLER\n{more}"
    );
    BrokerLayers::new(Properties::parse(&text).expect("syntax"))
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn find<'a>(entries: &'a [ConfigEntry], name: &str) -> &'a ConfigEntry {
    entries.iter().find(|entry| entry.name == name).expect("described")
}

fn places(entry: &ConfigEntry) -> Vec<String> {
    let place = |synonym: &ConfigSynonym| {
        format!("{:?} {}={}", synonym.source, synonym.name, synonym.value.as_deref().unwrap_or("-"))
    };
    entry.synonyms.iter().map(place).collect()
}

#[test]
fn a_topic_option_shows_every_place_it_can_come_from() {
    let mut layers = layers("log.retention.hours=1");
    layers.dynamic_default = map(&[("log.retention.ms", "5000")]);
    let node = layers.node_config().expect("valid");
    let entries = topic(&layers, &node, &map(&[("retention.ms", "07"), ("segment.ms", "9")]));
    let entry = find(&entries, "retention.ms");
    assert_eq!((entry.value.as_deref(), entry.source), (Some("7"), ConfigSource::Topic));
    assert_eq!(
        places(entry),
        [
            "Topic retention.ms=7",
            "DynamicDefaultBroker log.retention.ms=5000",
            "StaticBroker log.retention.hours=1",
            "Default log.retention.hours=168",
        ]
    );
    let entries = topic(&layers, &node, &BTreeMap::new());
    assert_eq!(find(&entries, "retention.ms").value.as_deref(), Some("5000"));
    let plain = find(&entries, "remote.storage.enable");
    assert_eq!((plain.source, plain.synonyms.len()), (ConfigSource::Default, 0));
    assert_eq!(entries.len(), 34, "the internal option is not listed unless it is set");
    assert_eq!(find(&entries, "min.cleanable.dirty.ratio").value.as_deref(), Some("0.5"));
}

#[test]
fn the_durability_of_a_topic_comes_from_the_topic_or_from_the_broker() {
    let mut layers = layers("keld.durability=replicated");
    let described = |layers: &BrokerLayers, overrides: &[(&str, &str)]| {
        let node = layers.node_config().expect("valid");
        places(find(&topic(layers, &node, &map(overrides)), "keld.durability"))
    };
    assert_eq!(
        described(&layers, &[("keld.durability", "memory")]),
        [
            "Topic keld.durability=memory",
            "StaticBroker keld.durability=replicated",
            "Default keld.durability=fsync",
        ]
    );
    layers.dynamic_default = map(&[("keld.durability", "memory")]);
    assert_eq!(
        described(&layers, &[]).first().map(String::as_str),
        Some("DynamicDefaultBroker keld.durability=memory")
    );
}

#[test]
fn hours_are_skipped_where_the_name_asked_for_is_weaker() {
    let layers = layers("log.retention.hours=1\nlog.retention.minutes=2");
    let entries = broker(&layers);
    let entry = find(&entries, "log.retention.hours");
    assert_eq!(
        places(entry),
        ["StaticBroker log.retention.hours=1", "Default log.retention.hours=168"]
    );
    assert_eq!(find(&entries, "log.retention.ms").synonyms, []);
}

#[test]
fn a_broker_describes_all_options_and_hides_secrets() {
    let mut layers = layers("ssl.key.password=s3cret\nmy.own.key=x");
    layers.dynamic_broker = map(&[("log.retention.ms", "5")]);
    let entries = broker(&layers);
    let secret = find(&entries, "ssl.key.password");
    assert_eq!((secret.value.as_deref(), secret.is_sensitive), (None, true));
    assert_eq!(places(secret), ["StaticBroker ssl.key.password=-"]);
    let unknown = find(&entries, "my.own.key");
    assert!(unknown.is_sensitive && unknown.is_read_only && unknown.type_id == 0);
    assert_eq!(find(&entries, "log.retention.ms").source, ConfigSource::DynamicBroker);
    assert!(!find(&entries, "log.retention.ms").is_read_only);
    assert!(find(&entries, "node.id").is_read_only);
    assert!(!entries.iter().any(|entry| entry.name == "log.initial.task.delay.ms"));
    assert!(!entries.iter().any(|entry| entry.name == "leader.replication.throttled.rate"));
}

#[test]
fn the_cluster_wide_resource_lists_only_what_is_set() {
    let mut layers = layers("");
    layers.dynamic_default = map(&[("max.connections", "9")]);
    let entries = broker_defaults(&layers);
    assert_eq!(entries.len(), 1);
    assert_eq!(places(&entries[0]), ["DynamicDefaultBroker max.connections=9"]);
}

#[test]
fn groups_follow_the_broker_and_subscriptions_themselves() {
    let layers = layers("");
    let node = layers.node_config().expect("valid");
    let entries = group(&layers, &node, &map(&[("consumer.session.timeout.ms", "46000")]));
    assert_eq!(
        places(find(&entries, "consumer.session.timeout.ms")),
        [
            "Group consumer.session.timeout.ms=46000",
            "Default group.consumer.session.timeout.ms=45000",
        ]
    );
    assert_eq!(
        places(find(&entries, "share.isolation.level")),
        ["Default share.isolation.level=read_uncommitted"]
    );
    let entries = client_metrics(&map(&[("metrics", "a, b")]));
    assert_eq!(places(find(&entries, "metrics")), ["ClientMetrics metrics=a,b"]);
    assert_eq!(find(&entries, "interval.ms").value.as_deref(), Some("300000"));
}

#[test]
fn dynamic_changes_are_checked_as_kafka_checks_them() {
    let layers = layers("");
    let check = |pairs: &[(&str, &str)], per_broker| {
        validate_broker_override(&layers, &map(pairs), per_broker)
            .map(drop)
            .map_err(|error| error.to_string())
    };
    assert_eq!(check(&[("log.retention.ms", "5000")], false), Ok(()));
    for (pairs, per_broker, message) in [
        (&[("node.id", "3")][..], true, "Cannot update these configs dynamically: [node.id]"),
        (
            &[("listeners", "PLAINTEXT://a:1")],
            false,
            "Cannot update these configs at default cluster level, broker id must be specified: [listeners]",
        ),
        (
            &[("ssl.keystore.location", "x")],
            true,
            "These security configs can be dynamically updated only per-listener using the listener prefix: [ssl.keystore.location]",
        ),
        (
            &[("num.io.threads", "100")],
            false,
            "Dynamic thread count update validation failed for num.io.threads=100, value should not be greater than double the current value 8",
        ),
        (
            &[("log.retention.ms", "0")],
            false,
            "requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1",
        ),
        (
            &[("log.roll.ms", "z")],
            false,
            "Invalid value z for configuration log.roll.ms: Not a number of type LONG",
        ),
    ] {
        assert_eq!(check(pairs, per_broker), Err(message.to_owned()));
    }
    let kept = layers
        .with_dynamic(&map(&[("log.roll.ms", "z"), ("log.segment.bytes", "2097152")]), &map(&[]));
    assert_eq!(kept.dynamic_default, map(&[("log.segment.bytes", "2097152")]));
}
