//! Leaders that stand still for longer than their session, and those whose controller is away.

use super::racks;
use super::replication::{ALL, produce_request};
use super::{Address, BrokerId, CONTROLLER, Cluster, Duration, ErrorCode, host, wire};
use crate::tests::support::Client;
use keld_replication::Role;
use keld_types::Offset;
use keld_wire::Rpc;

/// What came back of requests that were sent while the broker stood still.
struct Answers {
    produced: ErrorCode,
    fetched: ErrorCode,
    listed: ErrorCode,
}

fn fetch() -> wire::FetchRequest {
    wire::FetchRequest { max_wait_ms: 100, ..racks::fetch("", 0) }
}

fn list_latest() -> wire::ListOffsetsRequest {
    use wire::list_offsets_request as request;
    let partition =
        request::ListOffsetsPartition { partition_index: 0, timestamp: -1, ..Default::default() };
    let topic = request::ListOffsetsTopic {
        name: "t".into(),
        partitions: vec![partition],
        ..Default::default()
    };
    wire::ListOffsetsRequest { replica_id: -1, topics: vec![topic], ..Default::default() }
}

impl Cluster {
    /// A connection that a broker has accepted.
    fn connect(&self, broker: i32) -> Client {
        let env = self.client.env().clone();
        let connecting = async move {
            let address = Address { host: host(broker), port: 9092 };
            let mut client = Client::over(env.network.connect(address).await.unwrap());
            client.call(wire::ApiVersionsRequest::default(), 0).await;
            client
        };
        self.simulation.run(&self.client, connecting).unwrap()
    }

    /// Has a broker stand still for so long, and asks it for something meanwhile.
    fn stand_still(&self, broker: i32, meanwhile: impl FnOnce(&Self)) -> Answers {
        let mut client = self.connect(broker);
        self.brokers[&broker].0.stop();
        meanwhile(self);
        let sending = async move {
            client.send(&produce_request("meanwhile", 1), 9).await;
            client.send(&fetch(), 11).await;
            client.send(&list_latest(), 5).await;
            client
        };
        let mut client = self.simulation.run(&self.client, sending).unwrap();
        self.run_for(100);
        self.brokers[&broker].0.go_on();
        let receiving = async move {
            let produced: wire::ProduceResponse =
                receive::<wire::ProduceRequest>(&mut client, 9).await;
            let fetched: wire::FetchResponse = receive::<wire::FetchRequest>(&mut client, 11).await;
            let listed = receive::<wire::ListOffsetsRequest>(&mut client, 5).await;
            Answers {
                produced: produced.responses[0].partition_responses[0].error_code,
                fetched: fetched.responses[0].partitions[0].error_code,
                listed: listed.topics[0].partitions[0].error_code,
            }
        };
        self.simulation.run(&self.client, receiving).unwrap()
    }

    /// Until a record is taken by a leader.
    fn wait_served(&self, broker: i32, limit_ms: u64) {
        let began = self.now();
        while self.produce(broker, "again", 1).0 != ErrorCode::NONE {
            let waited = self.now() - began;
            assert!(waited < Duration::from_millis(limit_ms), "not served after {waited:?}");
            self.run_for(20);
        }
    }
}

async fn receive<R: Rpc>(client: &mut Client, version: i16) -> R::Response {
    client.receive(R::API_KEY, version).await.expect("an answer").1
}

#[test]
fn a_leader_that_stood_still_serves_nobody_before_it_knows_who_leads() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    assert_eq!(cluster.produce(1, "before", ALL), (ErrorCode::NONE, 0));
    let answers = cluster.stand_still(1, |cluster| {
        cluster.wait("another leads", |cluster| cluster.known(2, 0).leader == BrokerId::new(2));
        assert_eq!(cluster.produce(2, "after", ALL), (ErrorCode::NONE, 1));
    });
    let refused = ErrorCode::NOT_LEADER_OR_FOLLOWER;
    assert_eq!((answers.produced, answers.fetched, answers.listed), (refused, refused, refused));
    cluster.wait_isr(2, &[1, 2, 3]);
    cluster.wait("it has what the other took", |cluster| {
        let replica = cluster.replica(1).unwrap();
        let is_follower = matches!(replica.role(), Role::Follower { .. });
        is_follower && replica.offsets().unwrap().log_end == Offset::new(2)
    });
    assert!(!cluster.brokers[&1].1.lease.is_lost());
}

#[test]
fn a_leader_that_nobody_replaced_serves_on_in_a_moment() {
    // Nobody else may lead: the controller fences it, and elects it again.
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2]]);
    assert_eq!(cluster.produce(1, "before", ALL), (ErrorCode::NONE, 0));
    cluster.brokers[&2].0.stop();
    cluster.wait("the follower is out", |cluster| cluster.known(1, 0).isr == [BrokerId::new(1)]);
    let answers = cluster.stand_still(1, |cluster| {
        cluster.wait("it is fenced", |cluster| !cluster.active().contains(&1));
    });
    assert_eq!(answers.produced, ErrorCode::NOT_LEADER_OR_FOLLOWER);
    cluster.wait_served(1, 2000);
}

#[test]
fn a_pause_within_the_session_costs_nothing() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    let answers = cluster.stand_still(1, |cluster| cluster.run_for(4000));
    let served = ErrorCode::NONE;
    assert_eq!((answers.produced, answers.fetched, answers.listed), (served, served, served));
}

#[test]
fn leaders_whose_controller_is_away_serve_on() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    for broker in 1..=3 {
        cluster.simulation.net().partition(&host(broker), &host(CONTROLLER));
    }
    for round in 0..60 {
        assert_eq!(cluster.produce(1, "on", 1).0, ErrorCode::NONE, "after {round} s");
        assert_eq!(cluster.produce(1, "on", ALL).0, ErrorCode::NONE, "after {round} s");
        assert_eq!(
            cluster.ask(1, fetch(), 11).responses[0].partitions[0].error_code,
            ErrorCode::NONE
        );
        cluster.run_for(1000);
    }
    assert!(!cluster.brokers[&1].1.lease.is_lost());
    cluster.simulation.net().heal();
}

#[test]
fn a_cluster_that_stood_still_goes_on() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    let all =
        || cluster.brokers.values().map(|(process, _)| process).chain([&cluster.controller.0]);
    all().for_each(|process| process.stop());
    cluster.run_for(30_000);
    all().for_each(|process| process.go_on());
    cluster.wait_served(1, 2000);
    assert_eq!(cluster.produce(1, "on", ALL).0, ErrorCode::NONE);
}
