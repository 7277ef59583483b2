//! The part of the report about the metadata quorum.

use keld_client::ClientError;
use keld_types::BrokerId;
use keld_wire::messages::DescribeQuorumResponse;
use keld_wire::messages::describe_quorum_response::{PartitionData, ReplicaState};
use serde_json::{Value, json};

use super::{Finding, Level, count};
use crate::verbs::cluster::survey::Survey;

/// A voter or broker that is behind for longer is worth a word: twenty times what a follower waits
/// between two fetches of an idle log.
const BEHIND_MS_MAX: i64 = 10_000;

type Described = Result<DescribeQuorumResponse, ClientError>;

fn partition(described: &Described) -> Option<&PartitionData> {
    let described = described.as_ref().ok()?;
    described.topics.iter().flat_map(|topic| &topic.partitions).next()
}

/// A replica's distance from the leader, in records and in milliseconds.
fn distance(leader: &ReplicaState, replica: &ReplicaState) -> (i64, Option<i64>) {
    let records = leader.log_end_offset.saturating_sub(replica.log_end_offset).max(0);
    // The leader's own stamps are its clock when it answered.
    let now = leader.last_caught_up_timestamp.max(leader.last_fetch_timestamp);
    let is_known = now >= 0 && replica.last_caught_up_timestamp >= 0;
    (records, is_known.then(|| now.saturating_sub(replica.last_caught_up_timestamp).max(0)))
}

/// Whether a replica keeps up; the text says by how much it does not.
fn behind(leader: &ReplicaState, replica: &ReplicaState) -> Option<String> {
    match distance(leader, replica) {
        (_, Some(ms)) if ms <= BEHIND_MS_MAX => None,
        // Without stamps, only what it has can tell; one that never fetched has nothing.
        (0, None) => None,
        (records, Some(ms)) => {
            Some(format!("is {records} records behind and caught up last {} s ago", ms / 1000))
        }
        (records, None) => {
            Some(format!("is {records} records behind and has not caught up under this leader"))
        }
    }
}

pub(super) fn judge(described: &Described, survey: &Survey) -> Vec<Finding> {
    if let Err(error) = described {
        return vec![Finding::new(
            Level::Critical,
            format!(
                "the metadata quorum does not answer ({error}): nothing can be created, moved or elected"
            ),
            "start the controllers: more than half of the voters must run and reach each other",
        )];
    }
    let Some(partition) = partition(described) else { return Vec::new() };
    let voters = &partition.current_voters;
    let Some(leader) = voters.iter().find(|voter| voter.replica_id == partition.leader_id) else {
        return vec![Finding::new(
            Level::Warning,
            "the quorum's leader is not among its voters",
            "wait: a leader that was removed hands over; then look again",
        )];
    };
    let others = voters.iter().filter(|voter| voter.replica_id != leader.replica_id);
    let lagging: Vec<(i32, String)> =
        others.filter_map(|voter| Some((voter.replica_id, behind(leader, voter)?))).collect();
    let mut findings = Vec::new();
    // How many more voters may fail before nothing can be decided.
    let spare = voters.len().saturating_sub(lagging.len()).saturating_sub(voters.len() / 2 + 1);
    for (id, behind) in &lagging {
        let left = match spare {
            0 => "one more failure stops the quorum".to_owned(),
            spare => format!("the quorum stands {} more", count(spare, "failure")),
        };
        findings.push(Finding::new(
            Level::Warning,
            format!("voter {id} {behind}; {left}"),
            format!(
                "start controller {id} or look into its log; if it is gone for good, replace it: `kafka-metadata-quorum remove-controller`, then `add-controller` on the new one"
            ),
        ));
    }
    for observer in &partition.observers {
        // One that is stopped is told of as a broker.
        let id = BrokerId::new(observer.replica_id);
        let is_living = survey.brokers.get(&id).is_some_and(|broker| !broker.is_fenced);
        if let Some(behind) = behind(leader, observer).filter(|_| is_living) {
            findings.push(Finding::new(
                Level::Warning,
                format!("broker {id} {behind} in the metadata log: it acts on old metadata"),
                format!("look at the log of broker {id} and its way to the controllers"),
            ));
        }
    }
    if voters.len() == 2 {
        findings.push(Finding::new(
            Level::Note,
            "the quorum has two voters: either one's failure stops it",
            "add a third controller",
        ));
    }
    findings
}

pub(super) fn summary(described: &Described) -> String {
    match partition(described) {
        Some(found) => format!(
            "{} led by {}",
            count(found.current_voters.len(), "quorum voter"),
            found.leader_id
        ),
        None => "no quorum".to_owned(),
    }
}

pub(super) fn as_json(described: &Described) -> Value {
    let Some(found) = partition(described) else { return Value::Null };
    let leader = found.current_voters.iter().find(|voter| voter.replica_id == found.leader_id);
    let replicas = |states: &[ReplicaState]| -> Vec<Value> {
        let with_distance = states.iter().map(|state| {
            let (records, ms) = leader.map_or((0, None), |leader| distance(leader, state));
            json!({ "id": state.replica_id, "lag": records, "lag_ms": ms })
        });
        with_distance.collect()
    };
    json!({
        "leader": found.leader_id,
        "epoch": found.leader_epoch,
        "high_watermark": found.high_watermark,
        "voters": replicas(&found.current_voters),
        "observers": replicas(&found.observers),
    })
}
