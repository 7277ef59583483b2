//! Tests of a node's configuration.

use super::*;

const COMBINED: &str = "process.roles=broker,controller\nnode.id=1\n\
    controller.quorum.voters=1@localhost:9093\n\
    listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093\n\
    controller.listener.names=CONTROLLER\nlog.dirs=/data/a, /data/b\n";

fn read(more: &str) -> Result<NodeConfig, String> {
    let properties = Properties::parse(&format!("{COMBINED}{more}")).expect("valid syntax");
    NodeConfig::from_properties(&properties).map_err(|error| error.to_string())
}

fn refusal(more: &str) -> String {
    read(more).expect_err("must be refused")
}

#[test]
fn a_combined_node_is_read() {
    let config = read("").expect("valid");
    assert_eq!(config.node_id, BrokerId::new(1));
    assert_eq!(config.roles, ProcessRoles { broker: true, controller: true });
    assert_eq!(config.log_dirs, [PathBuf::from("/data/a"), PathBuf::from("/data/b")]);
    assert_eq!(config.metadata_log_dir, PathBuf::from("/data/a"));
    assert_eq!(config.broker_listeners().count(), 1);
    assert_eq!(config.controller_listeners().count(), 1);
    assert_eq!(config.advertised_listeners.len(), 1);
    assert_eq!(config.advertised_controller_listeners.len(), 1);
    assert_eq!(config.inter_broker_listener_name.as_str(), "PLAINTEXT");
    assert_eq!(config.quorum.voters.len(), 1);
    assert_eq!(config.topic_defaults, TopicConfig::kafka_defaults());
    assert_eq!(config.warnings, []);
}

#[test]
fn broker_id_and_node_id_are_one() {
    let given = COMBINED.replace("node.id", "broker.id");
    let properties = Properties::parse(&given).expect("valid syntax");
    let config = NodeConfig::from_properties(&properties).expect("valid");
    assert_eq!(config.node_id, BrokerId::new(1));
    assert_eq!(refusal("broker.id=2"), "You must set `node.id` to the same value as `broker.id`.");
}

#[test]
fn required_options_are_asked_for_by_name() {
    let error = NodeConfig::from_properties(&Properties::new()).expect_err("nothing is set");
    assert_eq!(
        error.to_string(),
        "Missing required configuration \"controller.listener.names\" which has no default value."
    );
}

#[test]
fn values_out_of_bounds_are_refused_in_kafkas_words() {
    for (given, message) in [
        (
            "num.partitions=0",
            "Invalid value 0 for configuration num.partitions: Value must be at least 1",
        ),
        (
            "num.partitions=x",
            "Invalid value x for configuration num.partitions: Not a number of type INT",
        ),
        (
            "compression.lz4.level=18",
            "Invalid value 18 for configuration compression.lz4.level: Value must be no more than 17",
        ),
        (
            "compression.gzip.level=0",
            "Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1",
        ),
        (
            "compression.type=lzma",
            "Invalid value lzma for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer",
        ),
        (
            "process.roles=boss",
            "Invalid value boss for configuration process.roles: String must be one of: broker, controller",
        ),
        (
            "process.roles=",
            "Configuration 'process.roles' must not be empty. Valid values include: [broker, controller]",
        ),
        ("log.dirs=a,,b", "Configuration 'log.dirs' values must not be empty."),
        (
            "listeners=",
            "Configuration 'listeners' must not be empty. Valid values include: any non-empty value",
        ),
        (
            "controller.quorum.voters=1",
            "Invalid configuration value for controller.quorum.voters. Each entry should be in the form `{id}@{host}:{port}`.",
        ),
        ("controller.quorum.voters=a@b:1", "Failed to parse voter ID as an integer from a"),
        (
            "log.cleaner.min.cleanable.ratio=2",
            "Invalid value 2.0 for configuration log.cleaner.min.cleanable.ratio: Value must be no more than 1",
        ),
    ] {
        assert_eq!(refusal(given), message);
    }
}

#[test]
fn rules_between_options_are_kafkas() {
    for (given, message) in [
        ("log.roll.ms=0", "requirement failed: log.roll.ms must be greater than or equal to 1"),
        (
            "log.retention.ms=0",
            "requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1",
        ),
        (
            "log.cleaner.dedupe.buffer.size=1048576",
            "requirement failed: log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.",
        ),
        (
            "queued.max.request.bytes=100",
            "requirement failed: queued.max.request.bytes must be larger or equal to socket.request.max.bytes",
        ),
        (
            "max.connections.per.ip=0",
            "requirement failed: max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.",
        ),
        (
            "node.id=2",
            "requirement failed: If process.roles contains the 'controller' role, the node id 2 must be included in the set of voters controller.quorum.voters=Set(1)",
        ),
        (
            "advertised.listeners=PLAINTEXT://0.0.0.0:9092",
            "requirement failed: advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.",
        ),
        (
            "controller.listener.names=OTHER\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,OTHER:PLAINTEXT",
            "requirement failed: controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role",
        ),
        (
            "inter.broker.listener.name=CONTROLLER",
            "requirement failed: inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options based on currently configured listeners are PLAINTEXT",
        ),
        (
            "inter.broker.listener.name=X",
            "Listener with name X defined in inter.broker.listener.name not found in listener.security.protocol.map.",
        ),
        (
            "group.consumer.min.session.timeout.ms=50000",
            "requirement failed: group.consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms",
        ),
        (
            "cordoned.log.dirs=/data/c",
            "requirement failed: All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : /data/c",
        ),
        (
            "process.roles=broker",
            "requirement failed: If process.roles contains just the 'broker' role, the node id 1 must not be included in the set of voters controller.quorum.voters=Set(1)",
        ),
        (
            "group.coordinator.rebalance.protocols=consumer",
            "Disabling the 'classic' protocol is not supported.",
        ),
    ] {
        assert_eq!(refusal(given), message);
    }
}

#[test]
fn protected_listeners_are_refused_and_not_opened_in_the_clear() {
    for protocol in ["SSL", "SASL_SSL", "SASL_PLAINTEXT"] {
        let given = format!(
            "listeners={protocol}://localhost:9092,CONTROLLER://localhost:9093\n\
             listener.security.protocol.map=CONTROLLER:PLAINTEXT,{protocol}:{protocol}\n\
             inter.broker.listener.name={protocol}"
        );
        let message = refusal(&given);
        assert!(message.contains("is not supported by Keld"), "{message}");
        assert!(message.contains(protocol), "{message}");
    }
    let message = refusal("authorizer.class.name=kafka.security.authorizer.AclAuthorizer");
    assert!(message.starts_with("authorizer.class.name=kafka.security"), "{message}");
    assert!(refusal("remote.log.storage.system.enable=true").contains("tiered storage"));
}

#[test]
fn names_without_effect_and_unknown_ones_are_warned_about() {
    let config = read("num.io.threads=16\nlog.dir.s=x\nfoo.bar.baz.qux=1\nnum.network.threads=3")
        .expect("valid");
    let warnings: Vec<String> =
        config.warnings.iter().map(|w| format!("{}: {}", w.name, w.message)).collect();
    assert_eq!(
        warnings,
        [
            "foo.bar.baz.qux: is not known and has no effect",
            "log.dir.s: is not known; did you mean log.dirs?",
            "num.io.threads: has no effect: Keld sizes its threads by the machine",
        ]
    );
}

#[test]
fn the_strongest_retention_wins() {
    let retention = |more: &str| read(more).expect("valid").topic_defaults.retention_ms;
    assert_eq!(retention(""), 168 * 3_600_000);
    assert_eq!(retention("log.retention.hours=1"), 3_600_000);
    assert_eq!(retention("log.retention.hours=1\nlog.retention.minutes=2"), 120_000);
    assert_eq!(retention("log.retention.minutes=2\nlog.retention.ms=3"), 3);
    assert_eq!(retention("log.retention.minutes=-5"), -1);
    let defaults = read("log.roll.hours=2\nlog.flush.interval.ms=7").expect("valid").topic_defaults;
    assert_eq!((defaults.segment_ms, defaults.flush_ms), (7_200_000, 7));
}

#[test]
fn a_controllers_wildcard_address_is_advertised_as_its_voter_entry() {
    let config = read("listeners=PLAINTEXT://:9092,CONTROLLER://:9093").expect("valid");
    let advertised = &config.advertised_controller_listeners[0];
    assert_eq!(advertised.host.as_deref(), Some("localhost"));
    assert_eq!(config.advertised_listeners[0].host, None);
}

#[test]
fn http_is_on_loopback_unless_told_otherwise() {
    let config = read("").expect("valid").http;
    assert_eq!(config.listeners[0].host, "127.0.0.1");
    assert!(!config.explicit);
    let config = read("keld.http.listeners=").expect("valid").http;
    assert_eq!((config.listeners.len(), config.explicit), (0, true));
    assert!(refusal("keld.http.listeners=x").contains("`host:port`"));
}

#[test]
fn connection_limits_by_address_and_listener() {
    let config = read(
        "max.connections.per.ip.overrides=127.0.0.1:5, host:6\n\
         listener.name.plaintext.max.connections=7\n\
         listener.name.PLAINTEXT.max.connection.creation.rate=9\n\
         listener.name.plaintext.keld.tcp.congestion.control=cubic\n\
         keld.tcp.congestion.control=reno\n\
         listener.name.plaintext.connections.max.idle.ms=5",
    );
    let config = config.expect("valid");
    let warned: Vec<&str> = config.warnings.iter().map(|warning| &*warning.name).collect();
    assert_eq!(
        warned,
        ["listener.name.plaintext.connections.max.idle.ms", "max.connections.per.ip.overrides"]
    );
    assert!(config.warnings[1].message.contains("for host:"), "{:?}", config.warnings);
    let socket = config.socket;
    let own = &socket.listeners["plaintext"];
    assert_eq!(own.congestion_control.as_deref(), Some("cubic"));
    assert_eq!(socket.congestion_control, "reno");
    assert_eq!((own.max_connections, own.max_connection_creation_rate), (Some(7), Some(9)));
    assert!(refusal("listener.name.x.max.connections=many").contains("Not a number"));
    assert!(refusal("listener.name.x.max.connections=-1").contains("at least 0"));
    assert_eq!(socket.max_connections_per_ip_overrides.get("host"), Some(&6));
    assert!(refusal("max.connections.per.ip.overrides=x").contains("key:value"));
}

#[test]
fn consumers_are_sent_to_their_rack_by_the_name_of_kafkas_class() {
    let by_rack = "replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector";
    let selects = |more: &str| read(more).unwrap().replication.selects_replica_by_rack;
    assert!(selects(by_rack));
    assert!(!selects("") && !selects("replica.selector.class="));
    assert_eq!(
        refusal("replica.selector.class=com.example.Nearest"),
        "replica.selector.class=com.example.Nearest is not supported by Keld: it names Java code, \
         which Keld cannot load; org.apache.kafka.common.replica.RackAwareReplicaSelector is built in"
    );
}

#[test]
fn throttles_have_a_rate_and_a_window_each() {
    let throttles = |more: &str| {
        let replication = read(more).unwrap().replication;
        let throttles = [
            replication.leader_throttle,
            replication.follower_throttle,
            replication.directory_throttle,
        ];
        throttles.map(|throttle| (throttle.rate, throttle.samples, throttle.sample_seconds))
    };
    assert_eq!(throttles(""), [(None, 11, 1); 3]);
    let given = "leader.replication.throttled.rate=0\nfollower.replication.throttled.rate=7\n\
                 replica.alter.log.dirs.io.max.bytes.per.second=9223372036854775807\n\
                 replication.quota.window.num=3\n\
                 alter.log.dirs.replication.quota.window.size.seconds=2";
    assert_eq!(throttles(given), [(Some(0), 3, 1), (Some(7), 3, 1), (None, 11, 2)]);
}
