//! From a new image to what this node does: partitions opened, led, configured and deleted.
//!
//! The quorum's driver publishes one delta after the other. Work on the disk runs beside the
//! workers; when [`Node::publish`] returns, the partitions are as the image says and the image is
//! the one that requests see.

use crate::node::Node;
use crate::partitions::TopicEntry;
use crate::settings::settings_of;
use keld_controller::{Command, Reply};
use keld_log::PartitionLog;
use keld_metadata::{
    ClusterDelta, ClusterImage, ConfigResource, ConfigResourceType, LoadedDelta, TopicImage,
};
use keld_replication::{Applied, Partition, Settings};
use keld_types::{BrokerId, DirectoryId, PartitionIndex, TopicId, TopicName, TopicPartition};
use keld_wire::messages::AssignReplicasToDirsRequest;
use keld_wire::messages::assign_replicas_to_dirs_request::{
    DirectoryData, PartitionData, TopicData,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Work that is run on blocking threads and returns something.
type Work<T> = Box<dyn FnOnce() -> T + Send>;

/// A partition that must be opened.
struct ToOpen {
    topic: TopicName,
    /// The topic's, resolved once for all its partitions.
    settings: Settings,
    topic_id: TopicId,
    index: PartitionIndex,
    assigned: Option<DirectoryId>,
}

impl Node {
    /// Makes the node what the new image says. Deltas come one at a time, in order.
    pub(crate) async fn publish(self: &Arc<Self>, loaded: &LoadedDelta) {
        let LoadedDelta { after, delta, .. } = loaded;
        if !delta.changed_configs.is_empty() {
            self.reconfigure(after, &delta.changed_configs);
        }
        self.delete_topics(delta.deleted_topics.keys().copied().collect()).await;
        let touched = by_topic(delta);
        self.open_partitions(after, &touched).await;
        self.drop_replicas(after, &touched).await;
        let loaded = &*self.roles_of_this_process(loaded);
        let touched = by_topic(&loaded.delta);
        let applied = self.apply_registrations(after, &touched);
        self.tell_directories(after, &touched);
        self.image.store(Arc::new(after.clone()));
        for (partition, applied) in applied {
            self.follow_leader(&partition, applied);
        }
        if !delta.changed_brokers.is_empty() {
            // Partitions ask the image who is fenced, which they did before it was there.
            self.partitions.partitions().iter().for_each(|partition| partition.look_again());
        }
        self.expand_isrs(loaded);
        for hook in self.hooks.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            hook(loaded);
        }
        self.image_changed.send_replace(after.provenance.offset);
    }

    /// What the metadata says of a broker before it has this process's registration is about the
    /// process before, whose log this one may not have: it neither leads nor follows by that. With
    /// the registration it takes all its roles at once.
    fn roles_of_this_process<'a>(&self, loaded: &'a LoadedDelta) -> Cow<'a, LoadedDelta> {
        let is_known = |image: &ClusterImage| {
            let me = image.broker(self.config().node_id);
            me.is_some_and(|broker| broker.incarnation_id == self.incarnation_id)
        };
        if !is_known(&loaded.after) {
            let mut none = loaded.clone();
            none.delta.changed_partitions.clear();
            return Cow::Owned(none);
        }
        if is_known(&loaded.before) {
            return Cow::Borrowed(loaded);
        }
        let all = LoadedDelta::from_empty(&loaded.after).delta.changed_partitions;
        let mut complete = loaded.clone();
        complete.delta.changed_partitions = all;
        Cow::Owned(complete)
    }

    /// Brokers that became active may be in the ISRs of what is led here.
    fn expand_isrs(&self, loaded: &LoadedDelta) {
        let is_active = |image: &ClusterImage, id: BrokerId| {
            image.broker(id).filter(|broker| broker.is_active()).map(|broker| broker.epoch)
        };
        let LoadedDelta { before, after, delta } = loaded;
        let local = self.config().node_id;
        let joined: Vec<BrokerId> = delta
            .changed_brokers
            .iter()
            .copied()
            .filter(|id| *id != local)
            .filter(|id| is_active(after, *id).is_some())
            .filter(|id| is_active(before, *id) != is_active(after, *id))
            .collect();
        if joined.is_empty() {
            return;
        }
        for partition in self.partitions.partitions() {
            joined.iter().for_each(|id| partition.expand_isr(*id));
        }
    }

    /// After the first image: what was found on the disk and belongs to no topic is set aside.
    pub(crate) async fn settle_strays(self: &Arc<Self>) {
        let this = Arc::clone(self);
        self.block("strays", Box::new(move || this.logs.set_unclaimed_stray())).await;
    }

    /// Has something called after each published image, on the driver's task: it must not block.
    pub(crate) fn on_publish(&self, hook: Box<dyn Fn(&LoadedDelta) + Send + Sync>) {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner).push(hook);
    }

    /// Runs something beside the workers; `None` when it panicked.
    pub(crate) async fn block<T: Send + 'static>(
        &self,
        name: &'static str,
        work: Work<T>,
    ) -> Option<T> {
        let slot = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&slot);
        let run = move || {
            let value = work();
            *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        };
        self.env.spawn.blocking(name, Box::new(run)).await;
        slot.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn delete_topics(self: &Arc<Self>, ids: Vec<TopicId>) {
        let mut logs = Vec::new();
        for id in ids {
            if let Some(entry) = self.partitions.remove(id) {
                tracing::info!(topic = %entry.name, topic_id = %id, "topic deleted");
                for partition in entry.partitions.values() {
                    self.stop_following(partition);
                    logs.extend(partition.delete());
                }
            }
        }
        self.delete_logs(logs).await;
    }

    async fn delete_logs(self: &Arc<Self>, logs: Vec<PartitionLog>) {
        if logs.is_empty() {
            return;
        }
        let this = Arc::clone(self);
        let work = move || this.logs.delete(logs);
        self.block("delete", Box::new(work)).await;
    }

    /// Deletes what is no longer assigned to this broker.
    async fn drop_replicas(
        self: &Arc<Self>,
        image: &ClusterImage,
        touched: &BTreeMap<TopicId, BTreeSet<PartitionIndex>>,
    ) {
        let local = self.config().node_id;
        let mut logs = Vec::new();
        for (id, indexes) in touched {
            let (Some(topic), Some(held)) =
                (image.topic_by_id(*id), self.partitions.topic_by_id(*id))
            else {
                continue;
            };
            let is_elsewhere = |index: &PartitionIndex| {
                topic.partition(*index).is_some_and(|known| !known.replicas.contains(&local))
            };
            let mut kept = held.partitions.clone();
            for index in indexes.iter().filter(|index| is_elsewhere(index)) {
                let Some(partition) = kept.remove(index) else { continue };
                tracing::info!(partition = %partition.topic_partition(), "replica removed");
                self.stop_following(&partition);
                logs.extend(partition.delete());
            }
            if kept.len() < held.partitions.len() {
                let name = held.name.clone();
                self.partitions.put(TopicEntry { name, id: *id, partitions: kept });
            }
        }
        self.delete_logs(logs).await;
    }

    /// Opens the logs of partitions that are new here, some at a time.
    async fn open_partitions(
        self: &Arc<Self>,
        image: &ClusterImage,
        touched: &BTreeMap<TopicId, BTreeSet<PartitionIndex>>,
    ) {
        let config = self.config();
        let local = config.node_id;
        let mut by_topic: BTreeMap<TopicId, Vec<ToOpen>> = BTreeMap::new();
        for (id, indexes) in touched {
            let Some(topic) = image.topic_by_id(*id) else { continue };
            let held = self.partitions.topic_by_id(*id);
            let mut settings = None;
            for index in indexes {
                let Some(registration) = topic.partition(*index) else { continue };
                let is_here = held.as_ref().is_some_and(|held| held.partition(*index).is_some());
                if is_here || !registration.replicas.contains(&local) {
                    continue;
                }
                let settings =
                    settings.get_or_insert_with(|| settings_of(&config, image, &topic.name));
                by_topic.entry(*id).or_default().push(ToOpen {
                    topic: topic.name.clone(),
                    settings: settings.clone(),
                    topic_id: *id,
                    index: *index,
                    assigned: registration.directory(local),
                });
            }
        }
        let jobs: Vec<ToOpen> = by_topic.into_values().flatten().collect();
        if jobs.is_empty() {
            return;
        }
        let opened = self.open_in_parallel(jobs).await;
        let mut entries: BTreeMap<TopicId, TopicEntry> = BTreeMap::new();
        for partition in opened {
            let id = partition.topic_id();
            let entry = entries.entry(id).or_insert_with(|| TopicEntry {
                name: partition.topic_partition().topic.clone(),
                id,
                partitions: self
                    .partitions
                    .topic_by_id(id)
                    .map(|held| held.partitions.clone())
                    .unwrap_or_default(),
            });
            entry.partitions.insert(partition.topic_partition().partition, partition);
        }
        for entry in entries.into_values() {
            self.partitions.put(entry);
        }
    }

    async fn open_in_parallel(self: &Arc<Self>, jobs: Vec<ToOpen>) -> Vec<Arc<Partition>> {
        let config = self.config();
        let per_dir =
            usize::try_from(config.log.num_recovery_threads_per_data_dir).unwrap_or(1).max(1);
        let threads = (per_dir * config.log_dirs.len()).clamp(1, jobs.len());
        let queue = Arc::new(Mutex::new(jobs));
        let opened = Arc::new(Mutex::new(Vec::new()));
        let mut running = Vec::new();
        for _ in 0..threads {
            let (this, queue, opened) = (Arc::clone(self), Arc::clone(&queue), Arc::clone(&opened));
            let local = config.node_id;
            let work = move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
                    let Some(job) = next else { return };
                    let partition = this.open_partition(local, job);
                    partition.replicate_with(this.partition_peers());
                    opened.lock().unwrap_or_else(PoisonError::into_inner).push(partition);
                }
            };
            running.push(self.env.spawn.blocking("open", Box::new(work)));
        }
        for job in running {
            job.await;
        }
        std::mem::take(&mut *opened.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens or creates one partition's log. One that cannot be opened is there, offline.
    fn open_partition(&self, local: BrokerId, job: ToOpen) -> Arc<Partition> {
        let ToOpen { topic, settings, topic_id, index, assigned } = job;
        let partition = TopicPartition::new(topic, index);
        let opened = self.logs.open_partition(&partition, topic_id, assigned, settings.log.clone());
        let log = opened.inspect_err(|error| {
            tracing::error!(%partition, %error, "partition is offline: its log cannot be opened");
        });
        let log = log.ok();
        let opened = Partition::new(&self.committers, partition, topic_id, local, settings, log);
        opened.keep_tail_in(&self.tails);
        opened.report_to(&self.upkeep.touched);
        opened
    }

    fn apply_registrations(
        &self,
        image: &ClusterImage,
        touched: &BTreeMap<TopicId, BTreeSet<PartitionIndex>>,
    ) -> Vec<(Arc<Partition>, Applied)> {
        let mut applied = Vec::new();
        for (id, indexes) in touched {
            let (Some(topic), Some(held)) =
                (image.topic_by_id(*id), self.partitions.topic_by_id(*id))
            else {
                continue;
            };
            for index in indexes {
                applied.extend(apply_registration(topic, &held, *index));
            }
        }
        applied
    }

    /// Tells the controller in which directories the partitions lie where it does not know yet
    /// (KIP-858): only then can it tell which ones a failed directory takes along.
    fn tell_directories(
        &self,
        image: &ClusterImage,
        touched: &BTreeMap<TopicId, BTreeSet<PartitionIndex>>,
    ) {
        let config = self.config();
        let mut by_directory: BTreeMap<DirectoryId, BTreeMap<TopicId, Vec<PartitionIndex>>> =
            BTreeMap::new();
        for (id, indexes) in touched {
            let (Some(topic), Some(held)) =
                (image.topic_by_id(*id), self.partitions.topic_by_id(*id))
            else {
                continue;
            };
            for index in indexes {
                let known =
                    topic.partition(*index).and_then(|known| known.directory(config.node_id));
                let dir = held.partition(*index).and_then(|partition| partition.log_dir());
                let actual = dir.and_then(|dir| self.logs.id_of(&dir));
                if let (Some(known), Some(actual)) = (known, actual)
                    && known != actual
                {
                    by_directory.entry(actual).or_default().entry(*id).or_default().push(*index);
                }
            }
        }
        if by_directory.is_empty() {
            return;
        }
        let broker_epoch =
            image.broker(config.node_id).map_or(-1, |registration| registration.epoch.get());
        let request = AssignReplicasToDirsRequest {
            broker_id: config.node_id.get(),
            broker_epoch,
            directories: by_directory.into_iter().map(directory_data).collect(),
            ..AssignReplicasToDirsRequest::default()
        };
        let told = self.quorum.submit(Command::AssignReplicasToDirs(request));
        let tell = async move {
            if let Reply::Refused(error) = told.await {
                tracing::warn!(%error, "the controller does not take directory assignments");
            }
        };
        // Not waited for: the controller publishes through here.
        self.env.spawn.spawn("assign directories", Box::pin(tell));
    }

    /// Takes changed options: brokers' first, because topics inherit from them.
    fn reconfigure(&self, image: &ClusterImage, changed: &BTreeSet<ConfigResource>) {
        let node_changed =
            changed.iter().any(|resource| resource.resource_type == ConfigResourceType::Broker);
        if node_changed {
            self.reload_config(image);
        }
        let config = self.config();
        let topics = if node_changed {
            self.partitions.topics()
        } else {
            let names = changed
                .iter()
                .filter(|resource| resource.resource_type == ConfigResourceType::Topic);
            names.filter_map(|resource| self.partitions.topic(&resource.name)).collect()
        };
        for topic in topics {
            let settings = settings_of(&config, image, &topic.name);
            for partition in topic.partitions.values() {
                partition.configure(settings.clone());
            }
        }
        self.throttles.wake();
    }
}

fn by_topic(delta: &ClusterDelta) -> BTreeMap<TopicId, BTreeSet<PartitionIndex>> {
    let mut touched: BTreeMap<TopicId, BTreeSet<PartitionIndex>> = BTreeMap::new();
    for changed in &delta.changed_partitions {
        touched.entry(changed.topic_id).or_default().insert(changed.partition);
    }
    touched
}

/// Makes one partition what the image says.
fn apply_registration(
    topic: &TopicImage,
    held: &TopicEntry,
    index: PartitionIndex,
) -> Option<(Arc<Partition>, Applied)> {
    let (registration, partition) = (topic.partition(index)?, held.partition(index)?);
    let applied = partition.apply(registration);
    if let Err(error) = partition.write_epoch() {
        let partition = partition.topic_partition();
        tracing::error!(%partition, %error, "leader epoch cannot be taken");
    }
    Some((Arc::clone(partition), applied))
}

fn directory_data(
    (directory, topics): (DirectoryId, BTreeMap<TopicId, Vec<PartitionIndex>>),
) -> DirectoryData {
    let topic_data = |(id, indexes): (TopicId, Vec<PartitionIndex>)| TopicData {
        topic_id: id.uuid(),
        partitions: indexes
            .into_iter()
            .map(|index| PartitionData { partition_index: index.get(), ..PartitionData::default() })
            .collect(),
        ..TopicData::default()
    };
    DirectoryData {
        id: directory.uuid(),
        topics: topics.into_iter().map(topic_data).collect(),
        ..DirectoryData::default()
    }
}
