//! Which brokers get a new partition's replicas.

use crate::api_error::ApiError;
use keld_metadata::{BrokerRegistration, ClusterImage};
use keld_types::{BrokerId, DirectoryId, ErrorCode};

/// The replicas of one new partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Assignment {
    pub(crate) replicas: Vec<BrokerId>,
    pub(crate) directories: Vec<DirectoryId>,
}

impl Assignment {
    pub(crate) fn new(image: &ClusterImage, replicas: Vec<BrokerId>) -> Self {
        let directories = replicas.iter().map(|id| default_directory(image, *id)).collect();
        Self { replicas, directories }
    }

    /// Those that can be in the ISR now.
    pub(crate) fn active(&self, image: &ClusterImage) -> Vec<BrokerId> {
        self.replicas.iter().copied().filter(|id| is_active(image, *id)).collect()
    }
}

/// Whether a broker may lead and be in an ISR.
pub(crate) fn is_active(image: &ClusterImage, id: BrokerId) -> bool {
    image.broker(id).is_some_and(|broker| broker.is_active())
}

/// The directory of a new replica: the broker's only one, or whichever it chooses.
pub(crate) fn default_directory(image: &ClusterImage, id: BrokerId) -> DirectoryId {
    match image.broker(id).map(|broker| broker.directories.as_slice()) {
        Some([]) => DirectoryId::MIGRATING,
        Some([only]) => *only,
        Some(_) | None => DirectoryId::UNASSIGNED,
    }
}

fn is_usable(broker: &BrokerRegistration) -> bool {
    let cordoned = broker.cordoned_directories.as_deref().unwrap_or_default();
    broker.directories.is_empty() || broker.directories.iter().any(|id| !cordoned.contains(id))
}

/// Stripes partitions over the brokers, from partition `first` on: unfenced ones first, each
/// partition beginning one broker further.
pub(crate) fn place(
    image: &ClusterImage,
    first: usize,
    partitions: usize,
    replication_factor: i16,
) -> Result<Vec<Assignment>, ApiError> {
    let refuse = |why: String| Err(ApiError::new(ErrorCode::INVALID_REPLICATION_FACTOR, why));
    let Some(factor) = usize::try_from(replication_factor).ok().filter(|factor| *factor > 0) else {
        return refuse(format!(
            "Invalid replication factor {replication_factor}: the replication factor must be \
             positive."
        ));
    };
    let usable = || image.brokers.values().filter(|broker| is_usable(broker));
    let unfenced: Vec<BrokerId> = usable().filter(|b| !b.fenced).map(|b| b.id).collect();
    let fenced: Vec<BrokerId> = usable().filter(|b| b.fenced).map(|b| b.id).collect();
    if unfenced.is_empty() {
        return refuse(
            "All brokers are currently fenced, or have all their log directories cordoned.".into(),
        );
    }
    let total = unfenced.len() + fenced.len();
    if factor > total {
        return refuse(format!(
            "The target replication factor of {factor} cannot be reached because only {total} \
             broker(s) are registered or some brokers have all their log directories cordoned."
        ));
    }
    let assignments = (first..first + partitions).map(|partition| {
        let shifted = |ids: &[BrokerId]| {
            let by = if ids.is_empty() { 0 } else { partition % ids.len() };
            ids.iter().cycle().skip(by).take(ids.len()).copied().collect::<Vec<_>>()
        };
        let mut replicas = shifted(&unfenced);
        replicas.extend(shifted(&fenced));
        replicas.truncate(factor);
        Assignment::new(image, replicas)
    });
    Ok(assignments.collect())
}

/// Checks an assignment that a client chose.
pub(crate) fn validate_manual(
    image: &ClusterImage,
    replicas: &[BrokerId],
    replication_factor: Option<usize>,
) -> Result<(), ApiError> {
    let refuse = |why: String| Err(ApiError::new(ErrorCode::INVALID_REPLICA_ASSIGNMENT, why));
    if replicas.is_empty() {
        return refuse("The manual partition assignment includes an empty replica list.".into());
    }
    let mut sorted = replicas.to_vec();
    sorted.sort_unstable();
    let mut before = None;
    for id in sorted {
        if image.broker(id).is_none() {
            return refuse(format!(
                "The manual partition assignment includes broker {id}, but no such broker is \
                 registered."
            ));
        }
        if before == Some(id) {
            return refuse(format!(
                "The manual partition assignment includes the broker {id} more than once."
            ));
        }
        before = Some(id);
    }
    match replication_factor {
        Some(factor) if factor != replicas.len() => refuse(format!(
            "The manual partition assignment includes a partition with {} replica(s), but this is \
             not consistent with previous partitions, which have {factor} replica(s).",
            replicas.len()
        )),
        Some(_) | None => Ok(()),
    }
}
