//! Replicas of one partition on three brokers, over the network and under a controller of its own.

use super::{BrokerId, Cluster, Duration, ErrorCode, host, wire};
use crate::tests::support::batch;
use bytes::Bytes;
use keld_log::{PartitionLog, ReadBounds};
use keld_replication::{Partition, Role};
use keld_types::{Offset, PartitionIndex};
use std::sync::Arc;

pub(super) const ALL: i16 = -1;

/// A batch of one record for the first partition of `t`.
pub(super) fn produce_request(value: &str, acks: i16) -> wire::ProduceRequest {
    use wire::produce_request as request;
    let partition = request::PartitionProduceData {
        index: 0,
        records: Some(batch(&[value]).into()),
        ..Default::default()
    };
    let topic = request::TopicProduceData {
        name: "t".into(),
        partition_data: vec![partition],
        ..Default::default()
    };
    wire::ProduceRequest { acks, timeout_ms: 30_000, topic_data: vec![topic], ..Default::default() }
}

impl Cluster {
    pub(super) fn replica(&self, broker: i32) -> Option<Arc<Partition>> {
        self.brokers[&broker].1.partitions.partition("t", PartitionIndex::new(0))
    }

    /// All bytes of a replica's log, with its end.
    fn log(&self, broker: i32) -> (Offset, Bytes) {
        let read = |log: &mut PartitionLog| {
            let bounds = ReadBounds {
                offset_max: log.log_end_offset(),
                bytes_max: 1 << 20,
                min_one_batch: true,
                with_aborted: false,
            };
            let bytes = match log.log_end_offset() > log.log_start_offset() {
                true => log.read(log.log_start_offset(), &bounds).unwrap().read_all().unwrap(),
                false => Bytes::new(),
            };
            (log.log_end_offset(), bytes)
        };
        self.replica(broker).unwrap().with_log(read).unwrap()
    }

    pub(super) fn produce(&self, broker: i32, value: &str, acks: i16) -> (ErrorCode, i64) {
        let answer = self.ask(broker, produce_request(value, acks), 11);
        let partition = &answer.responses[0].partition_responses[0];
        (partition.error_code, partition.base_offset)
    }

    fn wait_equal(&self, brokers: &[i32], end: i64) {
        self.wait("all logs are equal", |cluster| {
            let logs: Vec<_> = brokers.iter().map(|broker| cluster.log(*broker)).collect();
            logs.iter().all(|log| *log == logs[0] && log.0 == Offset::new(end))
        });
    }

    pub(super) fn wait_isr(&self, at: i32, isr: &[i32]) {
        self.wait("the ISR is whole", |cluster| {
            let mut known: Vec<i32> = cluster.known(at, 0).isr.iter().map(|id| id.get()).collect();
            known.sort_unstable();
            known == isr
        });
    }
}

#[test]
fn what_all_in_sync_replicas_must_have_they_have_when_it_is_acknowledged() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    for index in 0..5 {
        let value = format!("record {index}");
        assert_eq!(cluster.produce(1, &value, ALL), (ErrorCode::NONE, index));
        for follower in [2, 3] {
            assert!(cluster.log(follower).0 > Offset::new(index), "{follower} has it");
        }
    }
    cluster.wait_equal(&[1, 2, 3], 5);
    cluster.wait("followers learn that it is committed", |cluster| {
        let high = |broker| cluster.replica(broker).unwrap().offsets().unwrap().high_watermark;
        [1, 2, 3].iter().all(|broker| high(*broker) == Offset::new(5))
    });
    let (code, _) = cluster.produce(2, "to a follower", ALL);
    assert_eq!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER);
}

#[test]
fn a_leader_that_dies_is_replaced_and_comes_back_into_the_isr() {
    let mut cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    assert_eq!(cluster.produce(1, "before", ALL), (ErrorCode::NONE, 0));
    let disk = cluster.kill(1);
    cluster.wait("another leads", |cluster| {
        [2, 3].iter().all(|broker| cluster.known(*broker, 0).leader == BrokerId::new(2))
    });
    assert_eq!(cluster.produce(2, "after", ALL), (ErrorCode::NONE, 1));
    cluster.wait_equal(&[2, 3], 2);
    cluster.start(1, disk);
    cluster.wait_isr(2, &[1, 2, 3]);
    assert_eq!(cluster.produce(2, "together", ALL), (ErrorCode::NONE, 2));
    cluster.wait_equal(&[1, 2, 3], 3);
}

/// It may have lost records, and the controller has not heard of it yet.
#[test]
fn a_leader_that_comes_back_does_not_lead_before_it_is_registered() {
    let mut cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    assert_eq!(cluster.produce(1, "before", ALL), (ErrorCode::NONE, 0));
    let disk = cluster.kill(1);
    cluster.start(1, disk);
    cluster.wait("it is registered", |cluster| {
        let is_registered = cluster.brokers[&1].1.broker_epoch() == cluster.epoch(1);
        let role = cluster.replica(1).map(|replica| replica.role());
        assert!(is_registered || !matches!(role, Some(Role::Leader(_))), "{role:?}");
        is_registered
    });
    cluster.wait("all are in sync, and their leader knows that", |cluster| {
        let known = cluster.known(2, 0);
        known.isr.len() == 3 && cluster.known(known.leader.get(), 0) == known
    });
    let leader = cluster.known(2, 0).leader.get();
    assert_eq!(cluster.produce(leader, "after", ALL), (ErrorCode::NONE, 1));
    cluster.wait_equal(&[1, 2, 3], 2);
}

#[test]
fn what_a_cut_off_leader_wrote_alone_is_taken_back() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    assert_eq!(cluster.produce(1, "kept", ALL), (ErrorCode::NONE, 0));
    cluster.wait_equal(&[1, 2, 3], 1);
    let net = cluster.simulation.net();
    for other in [2, 3, super::CONTROLLER] {
        net.partition(&host(1), &host(other));
    }
    // acks=1 promises nothing that survives the leader.
    assert_eq!(cluster.produce(1, "lost", 1), (ErrorCode::NONE, 1));
    cluster.wait("another leads", |cluster| cluster.known(2, 0).leader == BrokerId::new(2));
    assert_eq!(cluster.produce(2, "won", ALL), (ErrorCode::NONE, 1));
    assert_ne!(cluster.log(1), cluster.log(2), "they differ at one offset");
    net.heal();
    cluster.wait_isr(2, &[1, 2, 3]);
    cluster.wait_equal(&[1, 2, 3], 2);
    let (_, bytes) = cluster.log(1);
    let has = |value: &[u8]| bytes.windows(value.len()).any(|window| window == value);
    assert!(has(b"won") && has(b"kept") && !has(b"lost"));
}

#[test]
fn deleted_records_are_gone_on_every_replica_when_that_is_answered() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    for index in 0..3 {
        assert_eq!(cluster.produce(1, "x", ALL), (ErrorCode::NONE, index));
    }
    use wire::delete_records_request as request;
    let partition =
        request::DeleteRecordsPartition { partition_index: 0, offset: 2, ..Default::default() };
    let topic = request::DeleteRecordsTopic {
        name: "t".into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = wire::DeleteRecordsRequest {
        topics: vec![topic],
        timeout_ms: 30_000,
        ..Default::default()
    };
    let answer = cluster.ask(1, request, 2);
    let partition = &answer.topics[0].partitions[0];
    assert_eq!((partition.error_code, partition.low_watermark), (ErrorCode::NONE, 2));
    for broker in 1..=3 {
        let start = cluster.replica(broker).unwrap().offsets().unwrap().log_start;
        assert_eq!(start, Offset::new(2), "on {broker}");
    }
}

#[test]
fn a_replica_moves_to_another_broker() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2]]);
    assert_eq!(cluster.produce(1, "moves", ALL), (ErrorCode::NONE, 0));
    use wire::alter_partition_reassignments_request as request;
    let partition = request::ReassignablePartition {
        partition_index: 0,
        replicas: Some(vec![1, 3]),
        ..Default::default()
    };
    let topic = request::ReassignableTopic {
        name: "t".into(),
        partitions: vec![partition],
        ..Default::default()
    };
    let request = wire::AlterPartitionReassignmentsRequest {
        topics: vec![topic],
        timeout_ms: 5000,
        ..Default::default()
    };
    let answer = cluster.ask(1, request, 0);
    assert_eq!(answer.responses[0].partitions[0].error_code, ErrorCode::NONE);
    cluster.wait("the replica moved", |cluster| {
        let known = cluster.known(1, 0);
        known.replicas == [BrokerId::new(1), BrokerId::new(3)] && known.isr.len() == 2
    });
    cluster.wait("it is gone where it was", |cluster| cluster.replica(2).is_none());
    assert_eq!(cluster.produce(1, "on", ALL), (ErrorCode::NONE, 1));
    cluster.simulation.run_for(Duration::from_secs(1)).unwrap();
    cluster.wait_equal(&[1, 3], 2);
}
