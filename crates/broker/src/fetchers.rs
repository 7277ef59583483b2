//! Replication as a follower: for each broker that leads partitions of this one, fetchers that ask
//! it for what is new; and the changes of the ISR that this node asks for as a leader.
//!
//! A partition belongs to one fetcher at a time: the one of its leader and its shard. The publisher
//! moves it when the leader's epoch rises, whoever leads then.

mod brokers;
mod fetcher;
mod isr_changes;
mod request;
mod session;
mod unreachable;

use crate::node::Node;
use brokers::Brokers;
use fetcher::Fetcher;
use keld_metadata::ClusterImage;
use keld_replication::{Applied, Partition, Peers};
use keld_types::{BrokerId, PartitionIndex, TopicId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use unreachable::Unreachable;

/// Which partition.
pub(crate) type Key = (TopicId, PartitionIndex);

/// The fetchers of a node.
#[derive(Debug, Default)]
pub(crate) struct Fetchers {
    state: Mutex<State>,
    brokers: OnceLock<Arc<Brokers>>,
    unreachable: Unreachable,
    /// Truncations below the high watermark: what an unclean election took away.
    pub(crate) unclean_truncations: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    fetchers: BTreeMap<(BrokerId, usize), Arc<Fetcher>>,
    places: BTreeMap<Key, (BrokerId, usize)>,
}

fn key_of(partition: &Partition) -> Key {
    (partition.topic_id(), partition.topic_partition().partition)
}

impl Fetchers {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove(&mut self, key: &Key) {
        let place = self.places.remove(key);
        if let Some(fetcher) = place.and_then(|place| self.fetchers.get(&place)) {
            fetcher.remove(*key);
        }
    }
}

impl Node {
    /// The node as its partitions see it.
    pub(crate) fn partition_peers(self: &Arc<Self>) -> Arc<dyn Peers> {
        let brokers = self.fetchers.brokers.get_or_init(|| Arc::new(Brokers::new(self)));
        Arc::clone(brokers) as Arc<dyn Peers>
    }

    /// Has a partition fetched from its leader, or no more, after a registration was applied to it.
    pub(crate) fn follow_leader(self: &Arc<Self>, partition: &Arc<Partition>, applied: Applied) {
        let leader = match applied {
            Applied::Follower { leader, is_new_epoch: true } => leader,
            Applied::Follower { is_new_epoch: false, .. } | Applied::Stale => return,
            Applied::Leader { is_new_epoch } => {
                if is_new_epoch {
                    self.stop_following(partition);
                }
                return;
            }
        };
        let key = key_of(partition);
        let mut state = self.fetchers.state();
        if leader == BrokerId::NONE || leader == self.config().node_id {
            state.remove(&key);
            return;
        }
        let shards = self.fetcher_shards();
        let shard = usize::try_from(key.1.get()).unwrap_or(0) % shards;
        let place = (leader, shard);
        if state.places.get(&key).is_some_and(|held| *held != place) {
            state.remove(&key);
        }
        state.places.insert(key, place);
        let fetcher = state.fetchers.entry(place).or_insert_with(|| {
            let fetcher = Arc::new(Fetcher::new(leader));
            let task = fetcher::run(Arc::clone(self), Arc::clone(&fetcher));
            self.env.spawn.spawn_on(shard, "fetcher", Box::pin(task));
            fetcher
        });
        fetcher.add(Arc::clone(partition));
    }

    /// `num.replica.fetchers`.
    fn fetcher_shards(&self) -> usize {
        let layers = self.layers();
        let effective = layers.effective();
        let wanted = effective.get("num.replica.fetchers").map(str::trim);
        wanted.and_then(|count| count.parse().ok()).unwrap_or(1).max(1)
    }

    /// Ends fetching of a partition: it is led here, or gone.
    pub(crate) fn stop_following(&self, partition: &Partition) {
        self.fetchers.state().remove(&key_of(partition));
    }

    /// Brokers that lead partitions of this one, and for which nobody listens now.
    pub(crate) fn unreachable_leaders(&self, image: &ClusterImage) -> BTreeSet<BrokerId> {
        self.fetchers.unreachable.among(image, self.env.clock.monotonic())
    }

    /// Asks whether replicas that fell behind are to leave the ISR of what is led here.
    pub(crate) fn shrink_isrs(&self) {
        for topic in self.partitions.topics() {
            topic.partitions.values().for_each(Partition::shrink_isr);
        }
    }
}
