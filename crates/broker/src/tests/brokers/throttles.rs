//! Replicas that are copied at a rate that was asked for, in virtual time.

use super::replication::ALL;
use super::{BrokerId, Cluster, Duration, ErrorCode, wire};
use keld_env::Clock as _;
use std::fmt::Write as _;

const BROKER: i8 = 4;
const TOPIC: i8 = 2;
const LEADERS_RATE: &str = "leader.replication.throttled.rate";
const FOLLOWERS_RATE: &str = "follower.replication.throttled.rate";
const LEADERS: &str = "leader.replication.throttled.replicas";
const FOLLOWERS: &str = "follower.replication.throttled.replicas";

/// What is asked for in these tests, in bytes a second.
const RATE: u64 = 1_000_000;

impl Cluster {
    /// Sets options, or takes them away.
    fn configure(&self, resource: (i8, &str), options: &[(&str, Option<&str>)]) {
        use wire::incremental_alter_configs_request as request;
        let configs = options.iter().map(|(name, value)| request::AlterableConfig {
            name: (*name).into(),
            config_operation: i8::from(value.is_none()),
            value: value.map(Into::into),
            ..Default::default()
        });
        let resource = request::AlterConfigsResource {
            resource_type: resource.0,
            resource_name: resource.1.into(),
            configs: configs.collect(),
            ..Default::default()
        };
        let request = wire::IncrementalAlterConfigsRequest {
            resources: vec![resource],
            ..Default::default()
        };
        let answer = self.ask(1, request, 1);
        let told = &answer.responses[0];
        assert_eq!(told.error_code, ErrorCode::NONE, "{:?}", told.error_message);
    }

    fn limit_brokers(&self, brokers: &[i32], rates: &[&str], limit: Option<u64>) {
        let limit = limit.map(|limit| limit.to_string());
        let options: Vec<_> = rates.iter().map(|rate| (*rate, limit.as_deref())).collect();
        for broker in brokers {
            self.configure((BROKER, &broker.to_string()), &options);
        }
    }

    fn reassign(&self, replicas: &[i32]) {
        use wire::alter_partition_reassignments_request as request;
        let partition = request::ReassignablePartition {
            partition_index: 0,
            replicas: Some(replicas.to_vec()),
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
        let answer = self.ask(1, request, 1);
        assert_eq!(answer.responses[0].partitions[0].error_code, ErrorCode::NONE);
    }

    /// Bytes in a replica's log.
    fn bytes(&self, broker: i32) -> u64 {
        let replica = self.replica(broker);
        replica.and_then(|replica| replica.with_log(|log| log.size_bytes())).unwrap_or(0)
    }

    /// Topic `t` on broker 1, with so many megabytes.
    fn fill(&self, megabytes: usize) {
        self.create(1, &[&[1]]);
        let value = "x".repeat(50_000);
        for _ in 0..megabytes * 20 {
            assert_eq!(self.produce(1, &value, ALL).0, ErrorCode::NONE);
        }
    }

    /// How many bytes of broker 2's log come in each second of so many.
    fn rates(&self, seconds: usize) -> Vec<u64> {
        let mut before = self.bytes(2);
        let each = (0..seconds).map(|_| {
            self.simulation.run_for(Duration::from_secs(1)).unwrap();
            let now = self.bytes(2);
            now - std::mem::replace(&mut before, now)
        });
        each.collect()
    }
}

fn assert_near(rates: &[u64], rate: u64) {
    let mean = rates.iter().sum::<u64>() / u64::try_from(rates.len()).unwrap();
    let near = rate * 9 / 10..=rate * 11 / 10;
    assert!(near.contains(&mean), "{mean} bytes a second instead of {rate}: {rates:?}");
}

/// Copies at a rate that is held back by these options, faster after a change, and at last without.
#[track_caller]
fn copy(rates: &[&str], replicas: &[(&str, Option<&str>)]) {
    let cluster = Cluster::new(2);
    cluster.fill(40);
    cluster.configure((TOPIC, "t"), replicas);
    cluster.limit_brokers(&[1, 2], rates, Some(RATE));
    cluster.reassign(&[1, 2]);
    let measured = cluster.rates(16);
    assert_near(&measured, RATE);
    for seconds in measured.windows(3) {
        assert_near(seconds, RATE);
    }
    for changed in [RATE / 4, RATE * 4] {
        cluster.limit_brokers(&[1, 2], rates, Some(changed));
        assert_near(&cluster.rates(4), changed);
    }
    assert!(!cluster.known(1, 0).isr.contains(&BrokerId::new(2)), "more is to come");
    cluster.limit_brokers(&[1, 2], rates, None);
    cluster.simulation.run_for(Duration::from_secs(1)).unwrap();
    assert_eq!(cluster.bytes(2), cluster.bytes(1), "all of it, as soon as nothing is throttled");
}

#[test]
fn a_leader_sends_throttled_replicas_at_the_rate_asked_for() {
    copy(&[LEADERS_RATE], &[(LEADERS, Some("0:1"))]);
}

#[test]
fn a_follower_fetches_throttled_replicas_at_the_rate_asked_for() {
    copy(&[FOLLOWERS_RATE], &[(FOLLOWERS, Some("0:2"))]);
}

#[test]
fn both_sides_together_hold_the_rate() {
    copy(&[LEADERS_RATE, FOLLOWERS_RATE], &[(LEADERS, Some("*")), (FOLLOWERS, Some("*"))]);
}

#[test]
fn only_the_replicas_that_are_named_are_throttled() {
    let cluster = Cluster::new(2);
    cluster.fill(4);
    // Of this partition on other brokers, and of other partitions on these.
    let others = [(LEADERS, Some("0:2,1:1")), (FOLLOWERS, Some("0:1,1:2"))];
    cluster.configure((TOPIC, "t"), &others);
    cluster.limit_brokers(&[1, 2], &[LEADERS_RATE, FOLLOWERS_RATE], Some(1000));
    cluster.reassign(&[1, 2]);
    cluster.simulation.run_for(Duration::from_secs(2)).unwrap();
    assert_eq!(cluster.bytes(2), cluster.bytes(1));
    // Taken away and back again while it runs.
    cluster.configure((TOPIC, "t"), &[(LEADERS, None), (FOLLOWERS, Some("*"))]);
    cluster.wait_isr(1, &[1, 2]);
}

#[test]
fn replicas_in_sync_are_not_throttled_and_count() {
    let cluster = Cluster::new(2);
    cluster.create(1, &[&[1, 2]]);
    cluster.configure((TOPIC, "t"), &[(LEADERS, Some("*")), (FOLLOWERS, Some("*"))]);
    cluster.limit_brokers(&[1, 2], &[LEADERS_RATE, FOLLOWERS_RATE], Some(1000));
    let began = cluster.simulation.clock().monotonic();
    let value = "x".repeat(50_000);
    for index in 0..20 {
        assert_eq!(cluster.produce(1, &value, ALL), (ErrorCode::NONE, index));
    }
    let took = cluster.simulation.clock().monotonic() - began;
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(cluster.known(1, 0).isr.len(), 2);
    for (broker, throttle) in [(1, "leader"), (2, "follower")] {
        let mut line = String::new();
        let bytes = cluster.bytes(2);
        write!(line, "keld_throttled_replication_bytes_total{{throttle=\"{throttle}\"}} {bytes}")
            .unwrap();
        let text = cluster.brokers[&broker].1.metrics_text();
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        assert!(text.contains(&format!(
            "keld_throttled_replication_limit_bytes_per_second{{throttle=\"{throttle}\"}} 1000"
        )));
    }
}
