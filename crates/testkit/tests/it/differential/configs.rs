//! Configurations: DescribeConfigs, AlterConfigs, IncrementalAlterConfigs, ListConfigResources.

use super::engine::{Pair, versions};
use keld_wire::messages::describe_configs_request::DescribeConfigsResource;
use keld_wire::messages::{
    AlterConfigsRequest, DescribeConfigsRequest, IncrementalAlterConfigsRequest,
    ListConfigResourcesRequest, alter_configs_request as plain,
    incremental_alter_configs_request as incremental,
};
use keld_wire::{ApiKey, Str};

const TOPIC: i8 = 2;
const BROKER: i8 = 4;
const BROKER_LOGGER: i8 = 8;
const CLIENT_METRICS: i8 = 16;
const GROUP: i8 = 32;

fn describe(kind: i8, name: &str, keys: Option<&[&str]>) -> DescribeConfigsRequest {
    DescribeConfigsRequest {
        resources: vec![DescribeConfigsResource {
            resource_type: kind,
            resource_name: name.into(),
            configuration_keys: keys.map(|keys| keys.iter().map(|key| Str::from(*key)).collect()),
            ..DescribeConfigsResource::default()
        }],
        ..DescribeConfigsRequest::default()
    }
}

fn set(kind: i8, name: &str, configs: &[(&str, Option<&str>)]) -> AlterConfigsRequest {
    AlterConfigsRequest {
        resources: vec![plain::AlterConfigsResource {
            resource_type: kind,
            resource_name: name.into(),
            configs: configs
                .iter()
                .map(|(name, value)| plain::AlterableConfig {
                    name: Str::from(*name),
                    value: value.map(Str::from),
                    ..plain::AlterableConfig::default()
                })
                .collect(),
            ..plain::AlterConfigsResource::default()
        }],
        ..AlterConfigsRequest::default()
    }
}

fn change(
    kind: i8,
    name: &str,
    configs: &[(&str, i8, Option<&str>)],
) -> IncrementalAlterConfigsRequest {
    IncrementalAlterConfigsRequest {
        resources: vec![incremental::AlterConfigsResource {
            resource_type: kind,
            resource_name: name.into(),
            configs: configs
                .iter()
                .map(|(name, operation, value)| incremental::AlterableConfig {
                    name: Str::from(*name),
                    config_operation: *operation,
                    value: value.map(Str::from),
                    ..incremental::AlterableConfig::default()
                })
                .collect(),
            ..incremental::AlterConfigsResource::default()
        }],
        ..IncrementalAlterConfigsRequest::default()
    }
}

pub(crate) fn run(pair: &mut Pair) {
    for version in versions(ApiKey::DescribeConfigs) {
        pair.ask("topic", version, |_| describe(TOPIC, "created-2", None));
        pair.ask("topic, some", version, |_| {
            describe(TOPIC, "configured", Some(&["retention.ms", "no.such.key"]))
        });
        pair.ask("topic, no keys", version, |_| describe(TOPIC, "configured", Some(&[])));
        pair.ask("unknown topic", version, |_| describe(TOPIC, "missing", None));
        pair.ask("bad topic", version, |_| describe(TOPIC, "bad name", None));
        pair.ask("synonyms", version, |_| DescribeConfigsRequest {
            include_synonyms: true,
            ..describe(TOPIC, "configured", None)
        });
        if version >= 3 {
            pair.ask("documentation", version, |_| DescribeConfigsRequest {
                include_documentation: true,
                ..describe(TOPIC, "created-2", None)
            });
        }
        pair.ask("broker", version, |_| describe(BROKER, "1", None));
        pair.ask("broker defaults", version, |_| describe(BROKER, "", None));
        pair.ask("another broker", version, |_| describe(BROKER, "5", None));
        pair.ask("not a broker", version, |_| describe(BROKER, "one", None));
        pair.ask("group", version, |_| describe(GROUP, "simple", None));
        pair.ask("client metrics", version, |_| describe(CLIENT_METRICS, "sub", None));
        pair.ask("unknown kind", version, |_| describe(7, "x", None));
        pair.ask("unknown of everything", version, |_| describe(0, "x", None));
        pair.ask("any", version, |_| describe(1, "x", None));
    }
    pair.ask("broker with synonyms and documentation", 4, |_| DescribeConfigsRequest {
        include_synonyms: true,
        include_documentation: true,
        ..describe(BROKER, "1", None)
    });
    pair.ask("group with synonyms and documentation", 4, |_| DescribeConfigsRequest {
        include_synonyms: true,
        include_documentation: true,
        ..describe(GROUP, "simple", None)
    });
    pair.ask("logger of another broker", 4, |_| describe(BROKER_LOGGER, "5", None));
    pair.ask("nothing", 4, |_| DescribeConfigsRequest::default());

    for version in versions(ApiKey::IncrementalAlterConfigs) {
        incrementally(pair, version);
    }
    for version in versions(ApiKey::AlterConfigs) {
        pair.ask("topic", version, |_| set(TOPIC, "created-3", &[("retention.ms", Some("777"))]));
        pair.ask("after set", 4, |_| describe(TOPIC, "created-3", None));
        pair.ask("topic, invalid", version, |_| {
            set(TOPIC, "created-3", &[("retention.ms", Some("soon"))])
        });
        pair.ask("topic, unknown key", version, |_| {
            set(TOPIC, "created-3", &[("no.such.key", Some("1"))])
        });
        pair.ask("topic, null", version, |_| set(TOPIC, "created-3", &[("retention.ms", None)]));
        pair.ask("unknown topic", version, |_| {
            set(TOPIC, "missing", &[("retention.ms", Some("1"))])
        });
        pair.ask("validate only", version, |_| AlterConfigsRequest {
            validate_only: true,
            ..set(TOPIC, "created-3", &[("retention.ms", Some("888"))])
        });
        pair.ask("topic, nothing", version, |_| set(TOPIC, "created-3", &[]));
        pair.ask("after nothing", 4, |_| describe(TOPIC, "created-3", None));
    }
    for version in versions(ApiKey::ListConfigResources) {
        pair.ask("all", version, |_| ListConfigResourcesRequest::default());
        if version >= 1 {
            for kind in [TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP, 0, 1, 99] {
                pair.ask(&format!("kind {kind}"), version, |_| ListConfigResourcesRequest {
                    resource_types: vec![kind],
                    ..ListConfigResourcesRequest::default()
                });
            }
        }
    }
}

fn incrementally(pair: &mut Pair, version: i16) {
    const SET: i8 = 0;
    const DELETE: i8 = 1;
    const APPEND: i8 = 2;
    const SUBTRACT: i8 = 3;
    type Case = (&'static str, i8, &'static str, Vec<(&'static str, i8, Option<&'static str>)>);
    let cases: Vec<Case> = vec![
        (
            "set",
            TOPIC,
            "created-2",
            vec![("retention.ms", SET, Some("9000")), ("segment.bytes", SET, Some("2000000"))],
        ),
        ("delete", TOPIC, "created-2", vec![("segment.bytes", DELETE, None)]),
        ("delete what is not set", TOPIC, "created-2", vec![("segment.ms", DELETE, None)]),
        ("append", TOPIC, "created-2", vec![("cleanup.policy", APPEND, Some("compact"))]),
        ("append again", TOPIC, "created-2", vec![("cleanup.policy", APPEND, Some("compact"))]),
        ("subtract", TOPIC, "created-2", vec![("cleanup.policy", SUBTRACT, Some("delete"))]),
        (
            "subtract what is not there",
            TOPIC,
            "created-2",
            vec![("cleanup.policy", SUBTRACT, Some("delete"))],
        ),
        ("append to no list", TOPIC, "created-2", vec![("retention.ms", APPEND, Some("1"))]),
        ("unknown operation", TOPIC, "created-2", vec![("retention.ms", 9, Some("1"))]),
        ("unknown key", TOPIC, "created-2", vec![("no.such.key", SET, Some("1"))]),
        ("invalid value", TOPIC, "created-2", vec![("retention.ms", SET, Some("soon"))]),
        ("out of bounds", TOPIC, "created-2", vec![("min.insync.replicas", SET, Some("0"))]),
        ("null value", TOPIC, "created-2", vec![("retention.ms", SET, None)]),
        (
            "key twice",
            TOPIC,
            "created-2",
            vec![("retention.ms", SET, Some("1")), ("retention.ms", SET, Some("2"))],
        ),
        (
            "one good one bad",
            TOPIC,
            "created-2",
            vec![("retention.ms", SET, Some("4")), ("segment.ms", SET, Some("x"))],
        ),
        ("unknown topic", TOPIC, "missing", vec![("retention.ms", SET, Some("1"))]),
        ("bad topic", TOPIC, "bad name", vec![("retention.ms", SET, Some("1"))]),
        ("empty topic", TOPIC, "", vec![("retention.ms", SET, Some("1"))]),
        ("broker", BROKER, "1", vec![("log.retention.ms", SET, Some("123456"))]),
        ("broker, read only", BROKER, "1", vec![("node.id", SET, Some("2"))]),
        ("broker, invalid", BROKER, "1", vec![("log.retention.ms", SET, Some("soon"))]),
        ("broker, unknown key", BROKER, "1", vec![("no.such.key", SET, Some("2"))]),
        ("broker, delete", BROKER, "1", vec![("log.retention.ms", DELETE, None)]),
        ("broker defaults", BROKER, "", vec![("log.segment.bytes", SET, Some("20000000"))]),
        (
            "broker defaults, per broker key",
            BROKER,
            "",
            vec![("listeners", SET, Some("PLAINTEXT://:1"))],
        ),
        ("broker defaults, delete", BROKER, "", vec![("log.segment.bytes", DELETE, None)]),
        ("another broker", BROKER, "5", vec![("log.retention.ms", SET, Some("1"))]),
        ("not a broker", BROKER, "one", vec![("log.retention.ms", SET, Some("1"))]),
        ("group", GROUP, "simple", vec![("consumer.session.timeout.ms", SET, Some("46000"))]),
        (
            "group, out of bounds",
            GROUP,
            "simple",
            vec![("consumer.session.timeout.ms", SET, Some("1"))],
        ),
        ("group, unknown key", GROUP, "simple", vec![("no.such.key", SET, Some("1"))]),
        ("group, empty id", GROUP, "", vec![("consumer.session.timeout.ms", SET, Some("46000"))]),
        ("client metrics", CLIENT_METRICS, "sub", vec![("interval.ms", SET, Some("60000"))]),
        ("client metrics, invalid", CLIENT_METRICS, "sub", vec![("interval.ms", SET, Some("1"))]),
        (
            "client metrics, unknown key",
            CLIENT_METRICS,
            "sub",
            vec![("no.such.key", SET, Some("1"))],
        ),
        ("unknown kind", 7, "x", vec![("a", SET, Some("1"))]),
        ("nothing", TOPIC, "created-2", vec![]),
    ];
    for (name, kind, resource, configs) in cases {
        pair.ask(name, version, |_| change(kind, resource, &configs));
    }
    pair.ask("validate only", version, |_| IncrementalAlterConfigsRequest {
        validate_only: true,
        ..change(TOPIC, "created-2", &[("retention.ms", SET, Some("5"))])
    });
    pair.ask("resource twice", version, |_| {
        let mut request = change(TOPIC, "created-2", &[("retention.ms", SET, Some("5"))]);
        let again = request.resources[0].clone();
        request.resources.push(again);
        request
    });
    pair.ask("after the changes", 4, |_| DescribeConfigsRequest {
        include_synonyms: true,
        ..describe(TOPIC, "created-2", None)
    });
    pair.ask("broker after the changes", 4, |_| {
        describe(BROKER, "1", Some(&["log.retention.ms", "log.segment.bytes"]))
    });
    pair.ask("group after the changes", 4, |_| describe(GROUP, "simple", None));
    pair.ask("client metrics after the changes", 4, |_| describe(CLIENT_METRICS, "sub", None));
    pair.ask("undone", version, |_| {
        change(
            TOPIC,
            "created-2",
            &[("cleanup.policy", DELETE, None), ("retention.ms", DELETE, None)],
        )
    });
}
