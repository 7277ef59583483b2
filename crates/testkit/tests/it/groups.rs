//! Groups whose members are different clients.

use crate::support::{
    Member, covers, node, numbered, poll, produce, start, unique, until_assigned,
};
use keld_testkit::{Client, Driver};
use serde_json::json;

/// Members of different clients share one group by the range assignor, which all of them have;
/// every record is read once, and when members leave the rest takes over.
#[test]
fn members_of_different_clients_share_a_group() {
    // Each stands for an implementation of the group protocol of its own.
    let clients = [
        Client::Java,
        Client::JavaOlder,
        Client::KafkaPython,
        Client::Aiokafka,
        Client::FranzGo,
        Client::Sarama,
        Client::KafkaJs,
        Client::Rdkafka,
    ];
    let node = node();
    let mut drivers: Vec<Driver> =
        clients.iter().map(|client| start(*client, &node.bootstrap())).collect();
    let (topic, group) = (unique("mixed"), unique("mixed-group"));
    let partitions = i64::try_from(clients.len()).expect("few clients");
    drivers[0].call("create_topic", json!({ "topic": topic, "partitions": partitions }));
    for driver in &mut drivers {
        driver.call(
            "join",
            json!({ "consumer": "m", "group": group, "topics": [topic], "assignor": "range",
                    "session_timeout_ms": 20000 }),
        );
    }
    {
        let mut members: Vec<Member<'_>> =
            drivers.iter_mut().map(|driver| Member { driver, consumer: "m".to_owned() }).collect();
        until_assigned(&mut members, |found| covers(found, &topic, partitions));
    }
    let mut producer = start(Client::ConfluentPython, &node.bootstrap());
    for partition in 0..i32::try_from(partitions).expect("few") {
        produce(&mut producer, &topic, partition, &numbered(3, "mixed"));
    }
    for driver in &mut drivers {
        let found = poll(driver, "m", 3);
        assert!(found.iter().all(|one| one["partition"] == found[0]["partition"]), "{found:?}");
    }
    let described = producer.call("describe_group", json!({ "group": group }));
    assert_eq!(described["assignor"], "range");
    assert_eq!(described["members"].as_array().map(Vec::len), Some(clients.len()));

    // The second half leaves at once; the first half takes its partitions.
    for driver in &mut drivers[clients.len() / 2..] {
        driver.call("close", json!({ "consumer": "m" }));
    }
    let mut members: Vec<Member<'_>> = drivers[..clients.len() / 2]
        .iter_mut()
        .map(|driver| Member { driver, consumer: "m".to_owned() })
        .collect();
    until_assigned(&mut members, |found| covers(found, &topic, partitions));
}

/// Cooperative rebalancing: a second member takes over partitions while the first keeps the rest.
#[test]
fn cooperative_members_hand_over_partitions_one_by_one() {
    let clients = [Client::Java, Client::ConfluentPython, Client::FranzGo, Client::JavaOlder];
    for pair in clients.windows(2).filter(|pair| pair[0] != Client::FranzGo) {
        let node = node();
        let (mut first, mut second) =
            (start(pair[0], &node.bootstrap()), start(pair[1], &node.bootstrap()));
        let (topic, group) = (unique("cooperative"), unique("cooperative-group"));
        first.call("create_topic", json!({ "topic": topic, "partitions": 4 }));
        let join = |driver: &mut Driver| {
            driver.call(
                "join",
                json!({ "consumer": "m", "group": group, "topics": [topic],
                        "assignor": "cooperative-sticky" }),
            );
        };
        join(&mut first);
        {
            let mut members = [Member { driver: &mut first, consumer: "m".to_owned() }];
            until_assigned(&mut members, |found| covers(found, &topic, 4));
        }
        join(&mut second);
        let mut members = [
            Member { driver: &mut first, consumer: "m".to_owned() },
            Member { driver: &mut second, consumer: "m".to_owned() },
        ];
        until_assigned(&mut members, |found| {
            covers(found, &topic, 4) && found.iter().all(|one| one.len() == 2)
        });
    }
}
