//! Which brokers get a new partition's replicas.

use crate::api_error::ApiError;
use keld_metadata::{BrokerRegistration, ClusterImage};
use keld_types::{BrokerId, DirectoryId, ErrorCode, TopicId};
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// A start for [`place`] that differs between topics and between their sizes.
pub(crate) fn seed(topic: TopicId, partitions: usize) -> u64 {
    let id = topic.uuid();
    let mixed = id.most_significant() ^ id.least_significant().rotate_left(32);
    mixed.wrapping_add(u64::try_from(partitions).unwrap_or(u64::MAX))
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

/// Stripes partitions over racks and their brokers as Kafka's `StripedReplicaPlacer` does: each
/// partition begins one rack and one broker further, from a start that `seed` chooses; the replicas
/// of a partition lie in as many racks as there are; the first is on an unfenced broker, and fenced
/// brokers come last.
pub(crate) fn place(
    image: &ClusterImage,
    partitions: usize,
    replication_factor: i16,
    seed: u64,
) -> Result<Vec<Assignment>, ApiError> {
    let refuse = |why: String| Err(ApiError::new(ErrorCode::INVALID_REPLICATION_FACTOR, why));
    let Some(factor) = usize::try_from(replication_factor).ok().filter(|factor| *factor > 0) else {
        return refuse(format!(
            "Invalid replication factor {replication_factor}: the replication factor must be \
             positive."
        ));
    };
    let mut racks = Racks::new(image, Random(seed));
    if racks.unfenced == 0 {
        return refuse(
            "All brokers are currently fenced, or have all their log directories cordoned.".into(),
        );
    }
    if factor > racks.total {
        let total = racks.total;
        return refuse(format!(
            "The target replication factor of {factor} cannot be reached because only {total} \
             broker(s) are registered or some brokers have all their log directories cordoned."
        ));
    }
    Ok((0..partitions).map(|_| Assignment::new(image, racks.place(factor))).collect())
}

/// SplitMix64: placement needs to be spread, not secret.
#[derive(Clone, Copy, Debug)]
struct Random(u64);

impl Random {
    /// Below `bound`; 0 for 0.
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        let bound = u64::try_from(bound).unwrap_or(u64::MAX).max(1);
        usize::try_from(mixed % bound).unwrap_or(0)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Brokers that take turns. Within an epoch each is given once.
#[derive(Clone, Debug, Default)]
struct Turns {
    brokers: Vec<BrokerId>,
    given: usize,
    offset: usize,
    epoch: usize,
}

impl Turns {
    fn next(&mut self, epoch: usize) -> Option<BrokerId> {
        let count = self.brokers.len();
        if count == 0 {
            return None;
        }
        if self.epoch != epoch {
            self.epoch = epoch;
            self.given = 0;
            self.offset = (self.offset + 1) % count;
        }
        if self.given >= count {
            return None;
        }
        let next = self.brokers.get((self.given + self.offset) % count).copied();
        self.given += 1;
        next
    }
}

#[derive(Clone, Debug, Default)]
struct Rack {
    unfenced: Turns,
    fenced: Turns,
}

#[derive(Clone, Debug)]
struct Racks {
    /// In the order of their names at first, then shuffled.
    racks: Vec<Rack>,
    total: usize,
    unfenced: usize,
    /// Counts partitions.
    epoch: usize,
    /// The rack that the next partition begins with.
    offset: usize,
    random: Random,
}

impl Racks {
    fn new(image: &ClusterImage, mut random: Random) -> Self {
        let mut by_name: BTreeMap<Option<&str>, Rack> = BTreeMap::new();
        let (mut total, mut unfenced) = (0, 0);
        // One that has stopped counts as fenced; one that is about to stop does not count.
        let usable = |broker: &&Arc<BrokerRegistration>| {
            is_usable(broker) && (broker.fenced || !broker.in_controlled_shutdown)
        };
        for broker in image.brokers.values().filter(usable) {
            let rack = by_name.entry(broker.rack.as_deref()).or_default();
            let turns = if broker.fenced { &mut rack.fenced } else { &mut rack.unfenced };
            turns.brokers.push(broker.id);
            total += 1;
            unfenced += usize::from(!broker.fenced);
        }
        let mut racks: Vec<Rack> = by_name.into_values().collect();
        for rack in &mut racks {
            for turns in [&mut rack.fenced, &mut rack.unfenced] {
                turns.offset = random.below(turns.brokers.len());
            }
        }
        let offset = random.below(racks.len());
        Self { racks, total, unfenced, epoch: 0, offset, random }
    }

    /// The brokers of the next partition: `factor` of them, at most as many as there are.
    fn place(&mut self, factor: usize) -> Vec<BrokerId> {
        // Every start was used once: mix, so that the same sets do not come again.
        if self.epoch == self.unfenced && self.unfenced > 1 {
            self.shuffle();
            self.epoch = 0;
        }
        let count = self.racks.len();
        self.offset %= count.max(1);
        let mut replicas = Vec::with_capacity(factor);
        let mut leading = None;
        for step in 0..count {
            let index = (self.offset + step) % count;
            let next = self.racks.get_mut(index).and_then(|rack| rack.unfenced.next(self.epoch));
            if let Some(broker) = next {
                replicas.push(broker);
                leading = Some(index);
                break;
            }
        }
        let mut index = self.offset;
        let mut empty = 0;
        while replicas.len() < factor && empty < count {
            // The rack of the leader is left out once.
            let is_leading = leading == Some(index);
            if is_leading {
                leading = None;
            }
            match self.racks.get_mut(index).filter(|_| !is_leading) {
                None => {}
                Some(rack) => {
                    let next = rack.unfenced.next(self.epoch);
                    match next.or_else(|| rack.fenced.next(self.epoch)) {
                        Some(broker) => {
                            replicas.push(broker);
                            empty = 0;
                        }
                        None => empty += 1,
                    }
                }
            }
            index = (index + 1) % count;
        }
        self.epoch += 1;
        self.offset += 1;
        replicas
    }

    fn shuffle(&mut self) {
        self.random.shuffle(&mut self.racks);
        for rack in &mut self.racks {
            self.random.shuffle(&mut rack.fenced.brokers);
            self.random.shuffle(&mut rack.unfenced.brokers);
        }
    }
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
