//! A machine that has far more to do than it can: what is slow is not dead.

use super::{MACHINE, Stage, hold, ok};
use keld_testkit::{Client, ClusterPlan, TestCluster, Tools};
use std::fs;
use std::process::{Child, Command};
use std::sync::PoisonError;
use std::time::Duration;

const DUMP: &str = "org.apache.kafka.tools.DumpLogSegments";

/// Processes that compute for nothing, beside three nodes and their clients.
const SPINNERS: usize = 8;

/// Longer than a session.
const TIME: Duration = Duration::from_secs(12);

struct Spinners(Vec<Child>);

impl Spinners {
    fn start() -> Self {
        let spin = |_| Command::new("sh").args(["-c", "while :; do :; done"]).spawn();
        Self((0..SPINNERS).map(|number| spin(number).expect("a shell")).collect())
    }
}

impl Drop for Spinners {
    fn drop(&mut self) {
        for spinner in &mut self.0 {
            spinner.kill().expect("it ends only so");
            spinner.wait().expect("it was killed");
        }
    }
}

/// What a controller writes when it takes a broker for dead, or alive again, or changes who leads a
/// partition or is in sync.
const CHANGES: [&str; 5] = [
    "PARTITION_CHANGE_RECORD",
    "BROKER_REGISTRATION_CHANGE_RECORD",
    "REGISTER_BROKER_RECORD",
    "FENCE_BROKER_RECORD",
    "UNFENCE_BROKER_RECORD",
];

/// All that was decided so far, as Kafka's own tool reads it from the log of the metadata.
#[derive(PartialEq, Eq, Debug)]
struct Decisions {
    changes: Vec<String>,
    /// Of the quorum: higher after each election of a controller.
    epoch: Option<i32>,
}

impl Decisions {
    #[track_caller]
    fn so_far(tools: &mut Tools, cluster: &TestCluster) -> Self {
        let controller = cluster.await_controller(None);
        let folder = ok(cluster.log_directory(controller, "__cluster_metadata", 0));
        let entries = fs::read_dir(&folder).expect("a directory").flatten();
        let paths = entries.map(|entry| entry.path());
        let is_log = |extension: &std::ffi::OsStr| extension == "log";
        let logs = paths.filter(|path| path.extension().is_some_and(is_log));
        let files: Vec<String> = logs.map(|path| path.display().to_string()).collect();
        let arguments = ["--cluster-metadata-decoder", "--files", &files.join(",")];
        let dumped = tools.run(DUMP, &arguments.map(str::to_owned), "");
        assert_eq!(dumped.status, 0, "{dumped:?}");
        let epochs = dumped.stdout.split("partitionLeaderEpoch: ").skip(1);
        let epoch = epochs.filter_map(|rest| rest.split(' ').next()?.parse().ok()).max();
        assert!(epoch.is_some(), "no batch: {dumped:?}");
        let is_change =
            |line: &&str| CHANGES.iter().any(|kind| line.contains(&format!("\"{kind}\"")));
        let changes: Vec<String> =
            dumped.stdout.lines().filter(is_change).map(str::to_owned).collect();
        assert!(changes.len() >= 3, "three brokers were registered: {dumped:?}");
        Self { changes, epoch }
    }
}

/// With the timeouts that a cluster has by default. No broker is fenced, no replica falls out of
/// sync, no leader changes, neither of a partition nor of the quorum.
#[test]
fn nobody_is_taken_for_dead_on_a_starved_machine() {
    let plan = ClusterPlan::keld(3)
        .with("broker.session.timeout.ms", "9000")
        .with("broker.heartbeat.interval.ms", "2000")
        .with("replica.lag.time.max.ms", "30000");
    // Scenarios that measure time wait until this is over, and this until they are.
    let _alone = MACHINE.write().unwrap_or_else(PoisonError::into_inner);
    let mut tools = ok(Tools::start());
    let mut stage = Stage::set(ok(TestCluster::start(plan)), None).with(Client::Java);
    let states = stage.cluster.await_whole(&stage.topic);
    let before = Decisions::so_far(&mut tools, &stage.cluster);
    let spinners = Spinners::start();
    hold("the machine is busy", TIME, || true);
    stage.flows();
    drop(spinners);
    let after = Decisions::so_far(&mut tools, &stage.cluster);
    let new: Vec<&String> = after.changes.iter().skip(before.changes.len()).collect();
    assert!(new.is_empty(), "{new:#?}");
    assert_eq!(before, after);
    assert_eq!(states, stage.cluster.await_whole(&stage.topic), "leaders and epochs");
    stage.finish();
}
