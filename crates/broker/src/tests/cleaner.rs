//! The cleaner in a running node: offsets of groups survive compaction and restarts, logs that
//! cannot be compacted are left alone, the limit of its reading and writing holds.

use super::support::{Client, World, batch};
use bytes::Bytes;
use keld_env::Env;
use keld_record::{BatchBuilder, Compression};
use keld_types::{ErrorCode, PartitionIndex, TopicId};
use keld_wire::Records;
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic};
use keld_wire::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use keld_wire::messages::offset_fetch_request::{
    OffsetFetchRequestGroup, OffsetFetchRequestTopics,
};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::{
    FetchRequest, FindCoordinatorRequest, OffsetCommitRequest, OffsetFetchRequest, ProduceRequest,
};
use std::time::Duration;

const OPTIONS: &[(&str, &str)] = &[
    ("offsets.topic.num.partitions", "1"),
    ("offsets.topic.segment.bytes", "1048576"),
    ("log.cleaner.backoff.ms", "1000"),
    ("log.cleaner.min.cleanable.ratio", "0.01"),
];

/// The value of a metric of the node.
fn metric(world: &World, name: &str) -> f64 {
    let text = world.node.metrics_text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is not in\n{text}")).parse().unwrap()
}

/// Lets time pass until the cleaner has finished so many compactions.
fn wait_for_compactions(world: &World, count: f64) {
    for _ in 0..600 {
        if metric(world, "keld_cleaner_compactions_total") >= count {
            return;
        }
        world.run_for(Duration::from_secs(1));
    }
    panic!("no compaction: {}", world.node.metrics_text());
}

async fn connect_to_group(env: &Env, group: &str) -> Client {
    let mut client = Client::connect(env).await;
    for _ in 0..1_000 {
        let request = FindCoordinatorRequest {
            coordinator_keys: vec![group.into()],
            ..FindCoordinatorRequest::default()
        };
        let response = client.call(request, 6).await;
        if response.coordinators[0].error_code == ErrorCode::NONE
            && committed(&mut client, group, TopicId::ZERO).await.is_some()
        {
            return client;
        }
    }
    panic!("no coordinator for {group}");
}

/// The committed offset of `t`, partition 0, −1 for none; `None` while the group is loading.
async fn committed(client: &mut Client, group: &str, id: TopicId) -> Option<(i64, String)> {
    let topics = OffsetFetchRequestTopics {
        name: "t".into(),
        topic_id: id.uuid(),
        partition_indexes: vec![0],
        ..OffsetFetchRequestTopics::default()
    };
    let group = OffsetFetchRequestGroup {
        group_id: group.into(),
        topics: Some(vec![topics]),
        ..OffsetFetchRequestGroup::default()
    };
    let request = OffsetFetchRequest { groups: vec![group], ..OffsetFetchRequest::default() };
    let response = client.call(request, 9).await;
    let group = &response.groups[0];
    (group.error_code == ErrorCode::NONE).then(|| {
        let partition = &group.topics[0].partitions[0];
        let metadata = partition.metadata.as_deref().unwrap_or_default().to_owned();
        (partition.committed_offset, metadata)
    })
}

fn commit(group: &str, id: TopicId, offset: i64) -> OffsetCommitRequest {
    // Long, so that the log soon has several segments.
    let metadata = format!("{offset}-{}", "m".repeat(4000));
    OffsetCommitRequest {
        group_id: group.into(),
        generation_id_or_member_epoch: -1,
        topics: vec![OffsetCommitRequestTopic {
            name: "t".into(),
            topic_id: id.uuid(),
            partitions: vec![OffsetCommitRequestPartition {
                partition_index: 0,
                committed_offset: offset,
                committed_metadata: Some(metadata.as_str().into()),
                ..OffsetCommitRequestPartition::default()
            }],
            ..OffsetCommitRequestTopic::default()
        }],
        ..OffsetCommitRequest::default()
    }
}

#[test]
fn committed_offsets_are_compacted_and_found_again() {
    let mut world = World::new(OPTIONS);
    let id = world.create("t", 1, &[]);
    for round in 1..=3 {
        world.talk(move |env| async move {
            let mut client = connect_to_group(&env, "g0").await;
            for offset in 0..400 {
                let group = format!("g{}", offset % 5);
                let done = client.call(commit(&group, id, round * 1000 + offset), 8).await;
                assert_eq!(done.topics[0].partitions[0].error_code, ErrorCode::NONE);
            }
        });
        let size = |world: &World| {
            let partition =
                world.node.partitions.partition("__consumer_offsets", PartitionIndex::new(0));
            partition.unwrap().with_log(|log| log.size_bytes()).unwrap()
        };
        let before = size(&world);
        wait_for_compactions(&world, 1.0);
        assert!(size(&world) < before, "the log became smaller");
        assert!(metric(&world, "keld_cleaner_removed_bytes_total") > 0.0);
        world = world.restarted(&["/data"], OPTIONS);
        world.talk(move |env| async move {
            let mut client = connect_to_group(&env, "g0").await;
            for group in 0..5 {
                let offset = round * 1000 + 395 + group;
                let found = committed(&mut client, &format!("g{group}"), id).await.unwrap();
                assert_eq!(found.0, offset, "round {round}");
                assert!(found.1.starts_with(&format!("{offset}-m")), "{}", found.1);
            }
        });
    }
}

async fn produce(client: &mut Client, topic: &str, records: Bytes) {
    let request = ProduceRequest {
        acks: -1,
        timeout_ms: 1000,
        topic_data: vec![TopicProduceData {
            name: topic.into(),
            partition_data: vec![PartitionProduceData {
                records: Some(Records::from(records)),
                ..PartitionProduceData::default()
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    };
    let done = client.call(request, 9).await;
    assert_eq!(done.responses[0].partition_responses[0].error_code, ErrorCode::NONE);
}

/// A batch of 100 KiB of records with ten keys.
fn large_batch(round: usize) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None);
    for key in 0..10 {
        let key = format!("key-{key}");
        let value = format!("{round}-{}", "v".repeat(10_000));
        builder
            .append(1_700_000_000_000, Some(key.as_bytes()), Some(value.as_bytes()), &[])
            .unwrap();
    }
    builder.finish().unwrap()
}

#[test]
fn reading_and_writing_is_held_back() {
    // Some three megabytes are read twice: at 100 kB/s that takes a minute.
    let slow = [OPTIONS, &[("log.cleaner.io.max.bytes.per.second", "100000.0")]].concat();
    let world = World::new(&slow);
    let configs = [("cleanup.policy", "compact"), ("segment.bytes", "1048576")];
    world.create("c", 1, &configs);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for round in 0..32 {
            produce(&mut client, "c", large_batch(round)).await;
        }
    });
    world.run_for(Duration::from_secs(20));
    assert!(metric(&world, "keld_cleaner_compactions_total") < 1.0, "too fast");
    wait_for_compactions(&world, 1.0);
    let seconds = metric(&world, "keld_cleaner_seconds_total");
    let bytes = metric(&world, "keld_cleaner_read_bytes_total")
        + metric(&world, "keld_cleaner_written_bytes_total");
    assert!(bytes / seconds < 110_000.0, "{bytes} bytes in {seconds} s");
}

#[test]
fn a_damaged_log_is_left_alone_and_the_others_are_not() {
    let world = World::new(OPTIONS);
    let configs = [("cleanup.policy", "compact"), ("segment.bytes", "1048576")];
    world.create("bad", 1, &configs);
    world.create("good", 1, &configs);
    let disk = world.process.env().disk.clone();
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for topic in ["bad", "good"] {
            for round in 0..25 {
                produce(&mut client, topic, large_batch(round)).await;
            }
        }
    });
    let path = std::path::Path::new("/data/bad-0/00000000000000000000.log");
    let file = disk.open(path, keld_env::OpenMode::Write).unwrap();
    file.write_all_at(&mut [std::io::IoSlice::new(b"x")], 300).unwrap();
    wait_for_compactions(&world, 1.0);
    world.run_for(Duration::from_secs(120));
    let uncleanable = metric(&world, "keld_cleaner_uncleanable_partitions");
    assert!((uncleanable - 1.0).abs() < 0.1, "{uncleanable} are left alone");
    let size = |topic: &str| {
        let partition = world.node.partitions.partition(topic, PartitionIndex::new(0)).unwrap();
        partition.with_log(|log| log.size_bytes()).unwrap()
    };
    assert!(size("good") < size("bad") / 2, "{} and {}", size("good"), size("bad"));
    // What is not damaged of it is served still.
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        produce(&mut client, "bad", batch(&["last"])).await;
        let partition = FetchPartition {
            fetch_offset: 250,
            partition_max_bytes: 1 << 20,
            ..FetchPartition::default()
        };
        let topic = FetchTopic {
            topic: "bad".into(),
            partitions: vec![partition],
            ..FetchTopic::default()
        };
        let request = FetchRequest {
            replica_id: -1,
            max_bytes: 1 << 20,
            session_epoch: -1,
            topics: vec![topic],
            ..FetchRequest::default()
        };
        let fetched = client.call(request, 12).await;
        assert_eq!(fetched.responses[0].partitions[0].error_code, ErrorCode::NONE);
    });
}
