//! The same node on the machine: threads, sockets, files, `sendfile`.

use super::support::{batch_of, properties};
use crate::node::Node;
use bytes::Bytes;
use keld_controller::{Command, Reply};
use keld_env::os::OsRuntime;
use keld_env::{Address, Env};
use keld_log::{LogDirectory, MetaProperties};
use keld_record::Compression;
use keld_types::{BrokerId, ClusterId, DirectoryId};
use keld_wire::messages::create_topics_request::CreatableTopic;
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::{CreateTopicsRequest, FetchRequest, ProduceRequest};
use std::path::Path;
use std::sync::Arc;

const OPTIONS: [(&str, &str); 1] =
    [("listeners", "PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0")];

async fn start(env: &Env, dir: &str) -> Arc<Node> {
    Node::start(properties(&[dir], &OPTIONS), env.clone()).await.unwrap()
}

async fn connect(env: &Env, node: &Node) -> super::support::Client {
    let bound = node.bound();
    let bound = bound.iter().find(|bound| &*bound.name == "PLAINTEXT").unwrap();
    let address = Address { host: "127.0.0.1".into(), port: bound.address.port() };
    super::support::Client::over(env.network.connect(address).await.unwrap())
}

/// Half a megabyte that does not compress.
fn large(seed: u64) -> Bytes {
    let mut random = keld_env::sim::SplitMix::new(seed);
    let text: String = (0..500_000).map(|_| char::from(b'a' + random.below(26) as u8)).collect();
    let now_ms = 1_790_000_000_000;
    batch_of(Compression::None, now_ms, None, &[&text])
}

fn fetch(offset: i64) -> FetchRequest {
    FetchRequest {
        replica_id: -1,
        max_wait_ms: 1000,
        min_bytes: 1,
        max_bytes: 50 << 20,
        session_epoch: -1,
        topics: vec![FetchTopic {
            topic: "t".into(),
            partitions: vec![FetchPartition {
                fetch_offset: offset,
                partition_max_bytes: 50 << 20,
                ..FetchPartition::default()
            }],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    }
}

async fn produce_and_fetch(env: Env, dir: String) {
    let node = start(&env, &dir).await;
    let topic = CreatableTopic {
        name: "t".into(),
        num_partitions: 1,
        replication_factor: 1,
        ..CreatableTopic::default()
    };
    let request = CreateTopicsRequest {
        topics: vec![topic],
        timeout_ms: 5000,
        ..CreateTopicsRequest::default()
    };
    let created = node.quorum.submit(Command::CreateTopics(request)).await;
    assert!(matches!(created, Reply::CreateTopics(_)), "{created:?}");
    let mut client = connect(&env, &node).await;
    let mut expected = Vec::new();
    for seed in 0..8 {
        let records = large(seed);
        expected.extend_from_slice(&records[61..]);
        let request = ProduceRequest {
            acks: -1,
            timeout_ms: 5000,
            topic_data: vec![TopicProduceData {
                name: "t".into(),
                partition_data: vec![PartitionProduceData {
                    records: Some(records.into()),
                    ..PartitionProduceData::default()
                }],
                ..TopicProduceData::default()
            }],
            ..ProduceRequest::default()
        };
        let response = client.call(request, 9).await;
        assert_eq!(response.responses[0].partition_responses[0].base_offset, seed as i64);
    }
    check(&mut client, &expected).await;
    node.stop().await;
    let node = start(&env, &dir).await;
    let mut client = connect(&env, &node).await;
    check(&mut client, &expected).await;
    node.stop().await;
}

/// Four megabytes come by `sendfile`, equal to the byte but for what the leader stamps.
async fn check(client: &mut super::support::Client, expected: &[u8]) {
    let response = client.call(fetch(0), 11).await;
    let records = response.responses[0].partitions[0].records.as_ref().unwrap();
    let mut found = Vec::new();
    for batch in keld_record::batches(records.to_bytes().unwrap()) {
        let batch = batch.unwrap();
        batch.verify_crc().unwrap();
        found.extend_from_slice(&batch.bytes()[61..]);
    }
    assert!(found == expected, "{} bytes of {}", found.len(), expected.len());
}

#[test]
fn a_node_serves_and_restarts_on_the_machine() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("data").display().to_string();
    let runtime = OsRuntime::start(2, 4).unwrap();
    let env = runtime.env();
    let meta = MetaProperties {
        cluster_id: ClusterId::new("qJ8oL0l0RkCkKmSvbSjSZQ"),
        node_id: BrokerId::new(1),
        directory_id: Some(DirectoryId::new(env.random.uuid())),
    };
    LogDirectory::format(env.disk.as_ref(), Path::new(&dir), &meta).unwrap();
    runtime.block_on(produce_and_fetch(env, dir)).expect("no panic");
}
