//! Disks that are full, and files of followers that are cut short or damaged.

use super::{Stage, create, ok};
use crate::raw;
use crate::support::unique;
use keld_testkit::{ClusterPlan, SmallDisk, eventually, now_ms};
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

/// The disk of a broker that leads and follows fills up and has space again.
#[test]
fn a_disk_fills_up_and_has_space_again() {
    let disk = SmallDisk { megabytes: 48, filler_megabytes: 24 };
    let plan = ClusterPlan::keld_apart(3).with_small_disk(4, disk);
    let mut stage = Stage::start(plan);
    let heavy = unique("heavy");
    create(&stage.cluster, &heavy, &[vec![4]], &[("min.insync.replicas", "1")]);
    let address = stage.cluster.node(4).bootstrap();
    let write = || raw::produce(&address, &heavy, raw::batch_at(now_ms(), 900_000)).0;
    eventually("its leader knows the topic", || match write() {
        0 => Ok(()),
        code => Err(format!("error {code}")),
    });
    let full = (0..60).find_map(|_| Some(write()).filter(|code| *code != 0));
    assert_eq!(full, Some(56), "a storage error when the disk is full");
    let states = ok(stage.cluster.partitions(&stage.topic));
    let others = states.iter().filter(|state| state.leader != 4).map(|state| state.index);
    stage.flows_to(&others.collect::<Vec<i32>>());
    ok(stage.cluster.node(4).free_space());
    eventually("it takes records again", || match write() {
        0 => Ok(()),
        code => Err(format!("error {code}")),
    });
    stage.await_in_sync(4, true);
    stage.flows();
    stage.finish();
}

/// The last segment of a partition at a node that does not run.
fn last_segment(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder).expect("a directory").flatten().map(|entry| entry.path());
    let mut segments: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    segments.sort();
    segments.pop().expect("a segment")
}

#[test]
fn a_followers_segment_is_cut_short() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let follower = stage.follower(0);
    stage.cluster.kill(follower);
    let folder = ok(stage.cluster.log_directory(follower, &stage.topic, 0));
    let segment = last_segment(&folder);
    let length = fs::metadata(&segment).expect("a file").len();
    assert!(length > 1000, "{length} bytes");
    let file = OpenOptions::new().write(true).open(&segment).expect("opens");
    // In the middle of a batch, most likely, and far before the end.
    file.set_len(length * 2 / 3 - 1).expect("is cut");
    stage.cluster.restart(follower);
    stage.await_in_sync(follower, true);
    stage.finish();
}

/// A follower that finds damage in its log does not serve it; the others go on. With the damaged
/// replica removed it takes everything from its leader.
#[test]
fn a_followers_segment_is_damaged() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let follower = stage.follower(0);
    stage.cluster.kill(follower);
    let folder = ok(stage.cluster.log_directory(follower, &stage.topic, 0));
    let segment = last_segment(&folder);
    let mut bytes = fs::read(&segment).expect("reads");
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 64] {
        *byte ^= 0x5a;
    }
    fs::write(&segment, bytes).expect("writes");
    stage.cluster.restart(follower);
    stage.flows();
    let good = stage.cluster.await_partitions("others lead", &stage.topic, |state| {
        state.index != 0 || state.leader >= 0 && state.leader != follower
    });
    println!("with damage at {follower}: {:?}", good[0]);
    stage.cluster.stop(follower);
    fs::remove_dir_all(&folder).expect("is removed");
    stage.cluster.restart(follower);
    stage.await_in_sync(follower, true);
    stage.finish();
}

/// What is made from the log is made anew from it.
#[test]
fn a_follower_comes_back_without_indexes_and_checkpoints() {
    let mut stage = Stage::start(ClusterPlan::keld_apart(3));
    let follower = stage.follower(0);
    stage.cluster.kill(follower);
    for partition in 0..3 {
        let folder = ok(stage.cluster.log_directory(follower, &stage.topic, partition));
        for entry in fs::read_dir(&folder).expect("a directory").flatten() {
            let path = entry.path();
            let is_log = path.extension().is_some_and(|extension| extension == "log");
            if !is_log && !path.ends_with("partition.metadata") {
                fs::remove_file(&path).expect("is removed");
            }
        }
    }
    let root = stage.cluster.node(follower).log_dir();
    for checkpoint in ["recovery-point-offset-checkpoint", "replication-offset-checkpoint"] {
        let path = root.join(checkpoint);
        if path.exists() {
            fs::remove_file(&path).expect("is removed");
        }
    }
    stage.cluster.restart(follower);
    stage.await_in_sync(follower, true);
    stage.finish();
}
