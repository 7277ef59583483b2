//! Consumers in the racks of three brokers: the leader sends them to the replica next to them, and
//! that one serves what is committed (KIP-392).

use super::replication::ALL;
use super::{Cluster, Duration, ErrorCode, host, wire};
use crate::tests::support::{Client, batch};
use keld_env::{Address, Clock as _};
use keld_types::Offset;
use wire::fetch_response::PartitionData;

const BY_RACK: &str = "org.apache.kafka.common.replica.RackAwareReplicaSelector";

/// Broker 1 stands in rack 1, 2 in rack 2 and so on.
fn racks() -> Cluster {
    let cluster = Cluster::with(3, |id| {
        vec![("broker.rack", id.to_string()), ("replica.selector.class", BY_RACK.to_owned())]
    });
    cluster.create(1, &[&[1, 2, 3]]);
    for index in 0..3 {
        assert_eq!(cluster.produce(1, "x", ALL), (ErrorCode::NONE, index));
    }
    cluster.wait("followers know that it is committed", |cluster| {
        [1, 2, 3].iter().all(|broker| high_watermark(cluster, *broker) == 3)
    });
    cluster
}

fn high_watermark(cluster: &Cluster, broker: i32) -> i64 {
    cluster.replica(broker).unwrap().offsets().unwrap().high_watermark.get()
}

pub(super) fn fetch(rack: &str, offset: i64) -> wire::FetchRequest {
    use wire::fetch_request as request;
    let partition = request::FetchPartition {
        partition: 0,
        fetch_offset: offset,
        partition_max_bytes: 1 << 20,
        ..Default::default()
    };
    let topic = request::FetchTopic {
        topic: "t".into(),
        partitions: vec![partition],
        ..Default::default()
    };
    wire::FetchRequest {
        replica_id: -1,
        max_wait_ms: 10_000,
        min_bytes: 1,
        max_bytes: 1 << 20,
        session_epoch: -1,
        topics: vec![topic],
        rack_id: rack.into(),
        ..Default::default()
    }
}

fn has_records(data: &PartitionData) -> bool {
    data.records.as_ref().is_some_and(|records| !records.is_empty())
}

impl Cluster {
    fn read(&self, broker: i32, request: wire::FetchRequest) -> PartitionData {
        let answer = self.ask(broker, request, 12);
        assert_eq!(answer.error_code, ErrorCode::NONE);
        answer.responses[0].partitions[0].clone()
    }
}

#[test]
fn the_leader_sends_consumers_to_the_replica_in_their_rack() {
    let cluster = racks();
    let began = cluster.simulation.clock().monotonic();
    let sent = cluster.read(1, fetch("2", 0));
    assert_eq!((sent.error_code, sent.preferred_read_replica), (ErrorCode::NONE, 2));
    assert_eq!((sent.high_watermark, sent.log_start_offset), (3, 0));
    assert!(!has_records(&sent));
    // At the end there is a replica too, and it is told at once.
    assert_eq!(cluster.read(1, fetch("3", 3)).preferred_read_replica, 3);
    let took = cluster.simulation.clock().monotonic() - began;
    assert!(took < Duration::from_secs(1), "{took:?}");
    // Its own rack, none, and one where no replica is.
    for rack in ["1", "", "9"] {
        let served = cluster.read(1, fetch(rack, 0));
        assert_eq!(served.preferred_read_replica, -1, "rack {rack:?}");
        assert!(has_records(&served), "rack {rack:?}");
    }
    // What nobody has is out of range here.
    let beyond = cluster.read(1, fetch("2", 4));
    assert_eq!(beyond.error_code, ErrorCode::OFFSET_OUT_OF_RANGE);
    assert_eq!(beyond.preferred_read_replica, -1);
    // A stale epoch is refused before anything else.
    let mut stale = fetch("2", 0);
    stale.topics[0].partitions[0].current_leader_epoch = 7;
    assert_eq!(cluster.read(1, stale).error_code, ErrorCode::UNKNOWN_LEADER_EPOCH);
    // Versions that cannot be told are served.
    let old = cluster.ask(1, fetch("2", 0), 10);
    assert!(has_records(&old.responses[0].partitions[0]));
}

#[test]
fn a_session_is_told_of_the_nearer_replica_each_time() {
    let cluster = racks();
    let env = cluster.client.env().clone();
    let talk = async move {
        let address = Address { host: host(1), port: 9092 };
        let mut client = Client::over(env.network.connect(address).await.unwrap());
        let opened =
            client.call(wire::FetchRequest { session_epoch: 0, ..fetch("2", 0) }, 12).await;
        let next = wire::FetchRequest {
            session_id: opened.session_id,
            session_epoch: 1,
            topics: Vec::new(),
            ..fetch("2", 0)
        };
        let again = client.call(next, 12).await;
        (opened, again)
    };
    let (opened, again) = cluster.simulation.run(&cluster.client, talk).unwrap();
    assert_ne!(opened.session_id, 0);
    for answer in [opened, again] {
        assert_eq!(answer.responses[0].partitions[0].preferred_read_replica, 2);
    }
}

#[test]
fn a_replica_that_is_out_of_sync_is_not_read_from() {
    let mut cluster = racks();
    cluster.kill(2);
    cluster.wait_isr(1, &[1, 3]);
    let served = cluster.read(1, fetch("2", 0));
    assert_eq!(served.preferred_read_replica, -1);
    assert!(has_records(&served));
    assert_eq!(cluster.read(1, fetch("3", 0)).preferred_read_replica, 3);
}

#[test]
fn a_leader_without_a_selector_serves_every_rack() {
    let cluster = Cluster::with(2, |id| vec![("broker.rack", id.to_string())]);
    cluster.create(1, &[&[1, 2]]);
    cluster.produce(1, "x", ALL);
    let served = cluster.read(1, fetch("2", 0));
    assert_eq!(served.preferred_read_replica, -1);
    assert!(has_records(&served));
}

#[test]
fn followers_serve_what_is_committed_and_only_that() {
    let cluster = racks();
    let served = cluster.read(2, fetch("2", 0));
    assert_eq!((served.error_code, served.high_watermark), (ErrorCode::NONE, 3));
    assert_eq!(served.preferred_read_replica, -1);
    assert!(served.records == cluster.read(1, fetch("", 0)).records, "the leader's bytes");
    // Not there yet: nothing, and not out of range before the log's end.
    let end = wire::FetchRequest { max_wait_ms: 50, ..fetch("2", 3) };
    let at_end = cluster.read(2, end);
    assert_eq!((at_end.error_code, has_records(&at_end)), (ErrorCode::NONE, false));
    assert_eq!(cluster.read(2, fetch("2", 4)).error_code, ErrorCode::OFFSET_OUT_OF_RANGE);
    // The epoch is looked at as on the leader.
    for (epoch, expected) in [(0, ErrorCode::NONE), (1, ErrorCode::UNKNOWN_LEADER_EPOCH)] {
        let mut request = fetch("2", 0);
        request.topics[0].partitions[0].current_leader_epoch = epoch;
        assert_eq!(cluster.read(2, request).error_code, expected, "epoch {epoch}");
    }
    // Older consumers cannot be served by a follower, and nobody is told offsets by one.
    let old = cluster.ask(2, fetch("", 0), 10);
    let code = old.responses[0].partitions[0].error_code;
    assert_eq!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    use wire::list_offsets_request as request;
    let partition = request::ListOffsetsPartition { timestamp: -1, ..Default::default() };
    let topic = request::ListOffsetsTopic {
        name: "t".into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request =
        wire::ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() };
    let answer = cluster.ask(2, request, 8);
    let code = answer.topics[0].partitions[0].error_code;
    assert_eq!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

#[test]
fn a_consumer_that_waits_at_a_follower_is_woken_when_more_is_committed() {
    let cluster = racks();
    let env = cluster.client.env().clone();
    let talk = async move {
        let connect = async |broker| {
            let address = Address { host: host(broker), port: 9092 };
            Client::over(env.network.connect(address).await.unwrap())
        };
        let (mut follower, mut leader) = (connect(2).await, connect(1).await);
        let waiting = follower.send(&fetch("2", 3), 12).await;
        use wire::produce_request as request;
        let partition = request::PartitionProduceData {
            records: Some(batch(&["woken"]).into()),
            ..Default::default()
        };
        let topic = request::TopicProduceData {
            name: "t".into(),
            partition_data: vec![partition],
            ..Default::default()
        };
        let produce = wire::ProduceRequest {
            acks: ALL,
            timeout_ms: 5000,
            topic_data: vec![topic],
            ..Default::default()
        };
        let began = env.clock.monotonic();
        leader.call(produce, 11).await;
        let (answered, answer): (i32, wire::FetchResponse) =
            follower.receive(keld_wire::ApiKey::Fetch, 12).await.unwrap();
        assert_eq!(answered, waiting);
        (answer.responses[0].partitions[0].clone(), env.clock.monotonic() - began)
    };
    let (data, took) = cluster.simulation.run(&cluster.client, talk).unwrap();
    assert_eq!((data.error_code, data.high_watermark), (ErrorCode::NONE, 4));
    assert!(has_records(&data));
    // The follower hears of the high watermark with its next answer, after
    // `replica.fetch.wait.max.ms` if nothing else comes.
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert_eq!(cluster.replica(2).unwrap().offsets().unwrap().log_end, Offset::new(4));
}
