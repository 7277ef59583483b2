//! `--execute` and `--cancel`: starting a plan, and ending it early.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keld_client::Admin;
use keld_env::Env;
use keld_types::{BrokerId, ErrorCode, TopicName, TopicPartition};

use super::file::{Plan, Replica};
use super::verify::{DirectoryMove, directory_moves};
use super::{Replicas, as_json, clear_throttles, places_of, refusals, replicas};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::shared::{joined, words};
use crate::throttle;

/// How long moves between directories may take to begin.
pub(super) const TIMEOUT_MS: u64 = 10_000;

/// Between two tries to begin them: the replica must have come to the broker first.
const TRY_INTERVAL: Duration = Duration::from_millis(100);

/// Bounds of a plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes a second at each broker.
    pub(super) between_brokers: Option<u64>,
    /// Bytes a second within a broker.
    pub(super) between_directories: Option<u64>,
    pub(super) timeout_ms: u64,
}

pub(super) async fn execute(
    console: &mut Console,
    env: &Env,
    admin: &Admin,
    plan: Plan,
    is_additional: bool,
    limits: Limits,
) -> Outcome {
    plan.check()?;
    let under_way = admin.list_reassignments(None).await?;
    if !is_additional && !under_way.is_empty() {
        return Err(Failure::failed(
            "Cannot execute because there is an existing partition assignment.  Use --additional to override this and create a new partition assignment in addition to the existing one. The --additional flag can also be used to change the throttle by resubmitting the current reassignment.",
        ));
    }
    let proposed: Replicas = plan.partitions.iter().cloned().collect();
    let living = check_brokers(admin, &proposed).await?;
    let present = present(admin, &proposed).await?;
    console.line(format!(
        "Current partition replica assignment\n\n{}\n\nSave this to use as the --reassignment-json-file option during rollback",
        as_json(&present, &places_of(admin, &present).await?)
    ));
    if limits.between_brokers.is_some() || limits.between_directories.is_some() {
        console.line("Warning: You must run --verify periodically, until the reassignment completes, to ensure the throttle is removed.");
    }
    if let Some(rate) = limits.between_brokers {
        let movements = throttle::movements(&under_way, &proposed, &present);
        throttle::limit(admin, &movements, &living, rate).await?;
        console.line(format!("The inter-broker throttle limit was set to {rate} B/s"));
    }
    if let Some(rate) = limits.between_directories {
        let brokers = plan.directories.keys().map(|replica| replica.broker).collect();
        throttle::limit_directories(admin, &brokers, rate).await?;
        console.line(format!("The replica-alter-dir throttle limit was set to {rate} B/s"));
    }
    let targets = proposed.iter().map(|(name, ids)| (name.clone(), Some(ids.clone())));
    let refused = refusals(&admin.alter_reassignments(&targets.collect()).await?);
    if !refused.is_empty() {
        return Err(Failure::failed(format!(
            "Error reassigning partition(s):\n{}",
            refused.join("\n")
        )));
    }
    console.line(format!(
        "Successfully started partition reassignment{} for {}",
        if proposed.len() == 1 { "" } else { "s" },
        joined(proposed.keys(), ",")
    ));
    move_directories(console, env, admin, plan.directories, limits.timeout_ms).await
}

/// The brokers there are; fails when the plan names another.
async fn check_brokers(admin: &Admin, proposed: &Replicas) -> Result<BTreeSet<BrokerId>, Failure> {
    let cluster = admin.describe_cluster(false).await?;
    let living: BTreeSet<BrokerId> =
        cluster.brokers.iter().map(|broker| BrokerId::new(broker.broker_id)).collect();
    let mut named = proposed.values().flatten();
    match named.find(|id| !living.contains(id)) {
        None => Ok(living),
        Some(id) => Err(Failure::failed(format!("Error: Unknown broker id {id}"))),
    }
}

/// The replicas of the plan's partitions; fails when one is not there.
async fn present(admin: &Admin, proposed: &Replicas) -> Result<Replicas, Failure> {
    let topics: BTreeSet<TopicName> = proposed.keys().map(|name| name.topic.clone()).collect();
    let mut found = replicas(admin, &topics.into_iter().collect::<Vec<_>>()).await?;
    found.retain(|name, _| proposed.contains_key(name));
    let missing: Vec<&TopicPartition> =
        proposed.keys().filter(|name| !found.contains_key(name)).collect();
    if missing.is_empty() {
        return Ok(found);
    }
    Err(Failure::failed(format!(
        "Error: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: Unable to find partition: {}",
        joined(missing, ", ")
    )))
}

/// Asks brokers to move replicas to directories, again for those whose replicas are not there yet.
async fn move_directories(
    console: &mut Console,
    env: &Env,
    admin: &Admin,
    mut waiting: BTreeMap<Replica, String>,
    timeout_ms: u64,
) -> Outcome {
    let deadline = env.clock.monotonic() + Duration::from_millis(timeout_ms);
    while !waiting.is_empty() {
        let mut asked: BTreeMap<BrokerId, BTreeMap<String, Vec<TopicPartition>>> = BTreeMap::new();
        for (replica, directory) in &waiting {
            let of_broker = asked.entry(replica.broker).or_default();
            of_broker.entry(directory.clone()).or_default().push(replica.partition.clone());
        }
        for (broker, moves) in asked {
            for (partition, answer) in admin.alter_replica_log_dirs(broker, &moves).await? {
                let replica = Replica { broker, partition };
                match answer {
                    Ok(()) => {
                        let directory = waiting.remove(&replica).unwrap_or_default();
                        console.line(format!(
                            "Successfully started moving log directory to {directory} for replica {} with broker {broker} ",
                            replica.partition
                        ));
                    }
                    Err(error) if error.code == ErrorCode::REPLICA_NOT_AVAILABLE => {}
                    Err(error) => {
                        return Err(Failure::failed(format!(
                            "Error: Failed to alter dir for {replica}: {}",
                            words(&error)
                        )));
                    }
                }
            }
        }
        if waiting.is_empty() {
            break;
        }
        if env.clock.monotonic() >= deadline {
            return Err(Failure::failed(format!(
                "Timed out before log directory move{} could be started for: {}",
                if waiting.len() == 1 { "" } else { "s" },
                joined(waiting.keys(), ",")
            )));
        }
        env.clock.sleep_until(env.clock.monotonic() + TRY_INTERVAL).await;
    }
    Ok(())
}

pub(super) async fn cancel(
    console: &mut Console,
    env: &Env,
    admin: &Admin,
    plan: &Plan,
    keep_throttles: bool,
    timeout_ms: u64,
) -> Outcome {
    let names: Vec<TopicPartition> = plan.partitions.iter().map(|(name, _)| name.clone()).collect();
    let under_way = admin.list_reassignments(Some(&names)).await?;
    if under_way.is_empty() {
        console.line("None of the specified partition reassignments are active.");
    } else {
        let plural = if under_way.len() == 1 { "" } else { "s" };
        let targets = under_way.keys().map(|name| (name.clone(), None)).collect();
        let refused = refusals(&admin.alter_reassignments(&targets).await?);
        if !refused.is_empty() {
            return Err(Failure::failed(format!(
                "Error cancelling partition reassignment{plural} for:\n{}",
                refused.join("\n")
            )));
        }
        console.line(format!(
            "Successfully cancelled partition reassignment{plural} for: {}",
            joined(under_way.keys(), ",")
        ));
    }
    let back: BTreeMap<Replica, String> = directory_moves(admin, plan)
        .await?
        .into_iter()
        .filter_map(|(replica, state)| match state {
            DirectoryMove::Active { current, .. } => Some((replica, current)),
            DirectoryMove::NowhereFound
            | DirectoryMove::Cancelled { .. }
            | DirectoryMove::Completed => None,
        })
        .collect();
    if back.is_empty() {
        // Kafka's tool ends no line here.
        console.print("None of the specified partition moves are active.");
    } else {
        move_directories(console, env, admin, back, timeout_ms).await?;
    }
    if keep_throttles { Ok(()) } else { clear_throttles(console, admin, plan).await }
}
