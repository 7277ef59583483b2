//! How long nobody acknowledges when a broker dies, stops or comes back, and who is not taken for
//! dead.

use super::{BrokerId, CONTROLLER, Cluster, Duration, host, wire};
use crate::tests::producer::{Acknowledged, produce};
use crate::tests::support::Client;
use keld_controller::supported_features;
use keld_env::sim::Process;
use keld_env::{Address, Clock as _, Listener};
use keld_types::{TopicId, TopicName, Uuid};

const FAKE: i32 = 9;

impl Cluster {
    pub(super) fn now(&self) -> Duration {
        self.simulation.clock().monotonic()
    }

    fn topic_id(&self) -> TopicId {
        self.controller.1.image().topic(&TopicName::new("t")).unwrap().id
    }

    /// A producer that has begun.
    fn producer(&self, partition: i32) -> Acknowledged {
        let ids: Vec<i32> = self.brokers.keys().copied().collect();
        let acknowledged = produce(self.client.env(), (self.topic_id(), partition), &ids);
        self.wait("records are acknowledged", |_| acknowledged.count() > 20);
        acknowledged
    }

    pub(super) fn run_for(&self, millis: u64) {
        self.simulation.run_for(Duration::from_millis(millis)).unwrap();
    }

    fn is_fenced(&self, id: i32) -> bool {
        self.controller.1.image().broker(BrokerId::new(id)).unwrap().fenced
    }

    /// How long it takes from now on until something is so.
    fn takes(&self, limit: Duration, is_so: impl Fn(&Self) -> bool) -> Duration {
        let began = self.now();
        while !is_so(self) {
            assert!(self.now() - began < limit, "not within {limit:?}");
            self.run_for(5);
        }
        self.now() - began
    }

    fn is_in_all_isrs(&self, id: i32) -> bool {
        let image = self.controller.1.image();
        let topic = image.topic(&TopicName::new("t")).unwrap();
        topic.partitions.values().all(|partition| partition.isr.contains(&BrokerId::new(id)))
    }
}

#[test]
fn a_leader_that_dies_is_replaced_in_a_moment() {
    let mut cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3], &[2, 3, 1]]);
    let led = cluster.producer(0);
    let followed = cluster.producer(1);
    let killed_at = cluster.now();
    drop(cluster.kill(1));
    cluster.run_for(5000);
    for (what, acknowledged) in [("led", led), ("followed", followed)] {
        let gap = acknowledged.longest_gap(killed_at);
        assert!(gap < Duration::from_millis(600), "what it {what} stood still for {gap:?}");
    }
    assert!(cluster.is_fenced(1));
}

#[test]
fn a_broker_that_stops_leaves_hardly_a_gap() {
    let mut cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3], &[2, 3, 1]]);
    let led = cluster.producer(0);
    let followed = cluster.producer(1);
    let began = cluster.now();
    drop(cluster.stop(1));
    let took = cluster.now() - began;
    assert!(took < Duration::from_millis(500), "the stop took {took:?}");
    cluster.run_for(3000);
    for (what, acknowledged) in [("led", led), ("followed", followed)] {
        let gap = acknowledged.longest_gap(began);
        assert!(gap < Duration::from_millis(100), "what it {what} stood still for {gap:?}");
    }
}

#[test]
fn a_broker_that_is_started_again_is_soon_in_every_isr() {
    let mut cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3], &[2, 3, 1], &[3, 1, 2]]);
    let acknowledged = cluster.producer(0);
    let disk = cluster.kill(1);
    cluster.takes(Duration::from_secs(1), |cluster| cluster.is_fenced(1));
    cluster.run_for(5000);
    let began = cluster.now();
    cluster.start(1, disk);
    cluster.takes(Duration::from_secs(2), |cluster| cluster.is_in_all_isrs(1));
    let took = cluster.now() - began;
    assert!(took < Duration::from_secs(1), "after a kill it took {took:?}");
    // Before anybody could miss it.
    let before = cluster.epoch(1);
    let killed_at = cluster.now();
    let disk = cluster.kill(1);
    cluster.start(1, disk);
    cluster.takes(Duration::from_secs(2), |cluster| {
        cluster.epoch(1) != before && cluster.is_in_all_isrs(1)
    });
    let took = cluster.now() - killed_at;
    assert!(took < Duration::from_secs(1), "at once after a kill it took {took:?}");
    let disk = cluster.stop(1);
    let began = cluster.now();
    cluster.start(1, disk);
    cluster.takes(Duration::from_secs(2), |cluster| cluster.is_in_all_isrs(1));
    let took = cluster.now() - began;
    assert!(took < Duration::from_secs(1), "after a stop it took {took:?}");
    cluster.run_for(1000);
    let gap = acknowledged.longest_gap(killed_at);
    assert!(gap < Duration::from_secs(1), "nothing was acknowledged for {gap:?}");
}

#[test]
fn connections_that_break_fence_nobody() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    let before = cluster.known(2, 0);
    for round in 0..40 {
        for broker in 1..=3 {
            cluster.simulation.net().reset(&host(broker), &host(CONTROLLER));
        }
        cluster.run_for(100 + 37 * round);
        for broker in 1..=3 {
            assert!(!cluster.is_fenced(broker), "{broker} in round {round}");
        }
    }
    assert_eq!(cluster.known(2, 0), before);
}

#[test]
fn a_broker_that_is_cut_off_has_its_whole_session() {
    let cluster = Cluster::new(3);
    cluster.run_for(3000);
    cluster.simulation.net().partition(&host(1), &host(CONTROLLER));
    cluster.simulation.net().partition(&host(1), &host(2));
    cluster.run_for(6500);
    assert!(!cluster.is_fenced(1), "its last heartbeat is less than 9 s old");
    cluster.run_for(2600);
    assert!(cluster.is_fenced(1));
}

/// A broker that only does what it is told: its process may be stopped or starved.
struct Puppet {
    process: Process,
    epoch: i64,
    client: Option<Client>,
    listener: Option<Box<dyn Listener>>,
}

impl Cluster {
    /// Registers broker 9, which listens on 9092 and says that it listens on `port`.
    fn puppet(&mut self, port: u16) -> Puppet {
        let process = self.simulation.process(&host(FAKE));
        let env = process.env().clone();
        let joining = async move {
            let own = Address { host: host(FAKE), port: 9092 };
            let listener = env.network.listen(own, 50).await.unwrap();
            let controller = Address { host: host(CONTROLLER), port: 9093 };
            let mut client = Client::over(env.network.connect(controller).await.unwrap());
            let answer = client.call(registration(port), 4).await;
            assert!(answer.error_code.is_none(), "{answer:?}");
            (listener, client, answer.broker_epoch)
        };
        let (listener, client, epoch) = self.simulation.run(&process, joining).unwrap();
        let (client, listener) = (Some(client), Some(listener));
        let mut puppet = Puppet { process, epoch, client, listener };
        while self.beat(&mut puppet) {}
        // The controller reaches those that are not fenced.
        self.run_for(100);
        puppet
    }

    /// Whether it is fenced.
    fn beat(&self, puppet: &mut Puppet) -> bool {
        let request = wire::BrokerHeartbeatRequest {
            broker_id: FAKE,
            broker_epoch: puppet.epoch,
            current_metadata_offset: 1 << 40,
            ..Default::default()
        };
        let (env, client) = (puppet.process.env().clone(), puppet.client.take());
        let beating = async move {
            let mut client = match client {
                Some(client) => client,
                None => {
                    let controller = Address { host: host(CONTROLLER), port: 9093 };
                    Client::over(env.network.connect(controller).await.unwrap())
                }
            };
            let answer = client.call(request, 1).await;
            assert!(answer.error_code.is_none(), "{answer:?}");
            (client, answer.is_fenced)
        };
        let (client, is_fenced) = self.simulation.run(&puppet.process, beating).unwrap();
        puppet.client = Some(client);
        is_fenced
    }

    /// Breaks the connection by which it was heard.
    fn break_connection(&self, puppet: &mut Puppet) {
        self.simulation.net().reset(&host(FAKE), &host(CONTROLLER));
        puppet.client = None;
    }
}

fn registration(port: u16) -> wire::BrokerRegistrationRequest {
    use wire::broker_registration_request as request;
    wire::BrokerRegistrationRequest {
        broker_id: FAKE,
        cluster_id: "qJ8oL0l0RkCkKmSvbSjSZQ".into(),
        incarnation_id: Uuid::from_parts(9, 9),
        listeners: vec![request::Listener {
            name: "PLAINTEXT".into(),
            host: host(FAKE).into(),
            port,
            ..Default::default()
        }],
        features: supported_features()
            .map(|(name, range)| request::Feature {
                name: name.into(),
                min_supported_version: range.min,
                max_supported_version: range.max,
                ..Default::default()
            })
            .collect(),
        log_dirs: vec![Uuid::from_parts(9, 10)],
        ..Default::default()
    }
}

#[test]
fn a_broker_that_is_stopped_has_its_whole_session_and_comes_back() {
    let cluster = Cluster::new(3);
    cluster.create(1, &[&[1, 2, 3]]);
    cluster.run_for(3000);
    cluster.brokers[&1].0.stop();
    // Its connections break as well: a starved process does not make them anew in time.
    cluster.simulation.net().reset(&host(1), &host(CONTROLLER));
    cluster.run_for(6500);
    assert!(!cluster.is_fenced(1), "its last heartbeat is less than 9 s old");
    cluster.run_for(2600);
    assert!(cluster.is_fenced(1));
    cluster.brokers[&1].0.go_on();
    let took = cluster.takes(Duration::from_secs(2), |cluster| cluster.is_in_all_isrs(1));
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn a_process_that_is_stopped_or_starved_is_not_taken_for_dead() {
    let mut cluster = Cluster::new(1);
    let mut puppet = cluster.puppet(9092);
    // Its kernel still accepts, though nobody answers there.
    cluster.break_connection(&mut puppet);
    cluster.run_for(8500);
    assert!(!cluster.is_fenced(FAKE));
    cluster.run_for(1000);
    assert!(cluster.is_fenced(FAKE), "the session is over");
}

#[test]
fn a_process_that_is_gone_is_not_waited_for() {
    let mut cluster = Cluster::new(1);
    let mut puppet = cluster.puppet(9092);
    // The connection goes some time before the listener.
    cluster.break_connection(&mut puppet);
    cluster.run_for(700);
    assert!(!cluster.is_fenced(FAKE));
    puppet.listener = None;
    cluster.run_for(1500);
    assert!(cluster.is_fenced(FAKE));
}

#[test]
fn an_address_that_was_never_reached_proves_nothing() {
    let mut cluster = Cluster::new(1);
    let mut puppet = cluster.puppet(9999);
    cluster.break_connection(&mut puppet);
    cluster.run_for(8500);
    assert!(!cluster.is_fenced(FAKE));
    cluster.run_for(1000);
    assert!(cluster.is_fenced(FAKE), "the session is over");
}

#[test]
fn a_broker_that_is_heard_of_is_there_whatever_its_listener_says() {
    let mut cluster = Cluster::new(1);
    let mut puppet = cluster.puppet(9092);
    puppet.listener = None;
    cluster.break_connection(&mut puppet);
    cluster.run_for(30);
    assert!(!cluster.beat(&mut puppet));
    cluster.run_for(5000);
    assert!(!cluster.is_fenced(FAKE));
}
