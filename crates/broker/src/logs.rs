//! The log directories of the node: opened together, checked against each other, failing alone.
//!
//! Invariants: all directories belong to one cluster and to this node; each has an id of its own;
//! a directory that failed stays offline until the process ends; at least one is online, and the
//! metadata log's always is.

use keld_config::NodeConfig;
use keld_env::Env;
use keld_log::{
    DirectoryKind, LogConfig, LogDirectory, LogError, MetaProperties, OpenLog, PartitionDirectory,
    PartitionLog, Shutdown,
};
use keld_types::{BrokerEpoch, ClusterId, DirectoryId, TopicId, TopicPartition};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The log directories cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// A directory was never formatted.
    #[error(
        "No `meta.properties` found in {} (have you run `keld storage format` to format the directory?)",
        path.display()
    )]
    NotFormatted {
        /// The directory.
        path: PathBuf,
    },
    /// A directory belongs to another cluster.
    #[error(
        "Invalid cluster.id in: {}. Expected {expected}, but read {found}",
        path.display()
    )]
    OtherCluster {
        /// The file.
        path: PathBuf,
        /// The cluster of the other directories.
        expected: ClusterId,
        /// What the file says.
        found: ClusterId,
    },
    /// A directory belongs to another node.
    #[error(
        "Stored node id {found} doesn't match previous node id {expected} in {}. If you moved your data, make sure your configured node id matches. If you intend to create a new node, you should remove all data in your data directories.",
        path.display()
    )]
    OtherNode {
        /// The file.
        path: PathBuf,
        /// `node.id`.
        expected: keld_types::BrokerId,
        /// What the file says.
        found: keld_types::BrokerId,
    },
    /// Two directories have one id, or one that is reserved.
    #[error("Duplicate or reserved directory ID {id} found in {}", path.display())]
    DirectoryId {
        /// The directory.
        path: PathBuf,
        /// The id.
        id: DirectoryId,
    },
    /// Another process holds a directory.
    #[error(
        "Failed to acquire lock on file .lock in {}. A Keld or Kafka instance in another process or thread is using this directory.",
        path.display()
    )]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// The metadata log's directory cannot be read.
    #[error("Encountered I/O error in metadata log directory {}. Cannot continue: {error}", path.display())]
    MetadataDirectory {
        /// The directory.
        path: PathBuf,
        /// What went wrong.
        error: LogError,
    },
    /// No directory can be used.
    #[error(
        "Shutdown broker because none of the specified log dirs from {dirs} can be created or validated"
    )]
    NoDirectory {
        /// All of them.
        dirs: String,
    },
}

/// How many wishes for partitions that are not there yet are kept; further ones are forgotten.
const PREFERRED_MAX: usize = 10_000;

/// One directory.
#[derive(Debug)]
pub(crate) struct LogDir {
    pub(crate) path: PathBuf,
    /// Absent when it could not even be opened.
    pub(crate) directory: Option<Arc<LogDirectory>>,
    pub(crate) id: DirectoryId,
    /// Part of `log.dirs`: takes partitions.
    pub(crate) holds_partitions: bool,
    pub(crate) is_cordoned: bool,
}

/// All directories.
#[derive(Debug)]
pub(crate) struct LogManager {
    env: Env,
    pub(crate) cluster_id: ClusterId,
    pub(crate) dirs: Vec<LogDir>,
    metadata_dir: usize,
    /// Partition directories found at the start and not yet taken, and how many partitions each
    /// directory has.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// More than one where the node died while a replica moved between directories.
    found: BTreeMap<TopicPartition, Vec<(usize, Option<TopicId>)>>,
    counts: Vec<usize>,
    /// Where AlterReplicaLogDirs wants a partition that is not there yet.
    preferred: BTreeMap<TopicPartition, PathBuf>,
    /// Copies of replicas that were moving when the node stopped.
    unfinished: Vec<(usize, PartitionDirectory)>,
    /// Directories whose failure was noted.
    failed: BTreeSet<usize>,
    /// Directories that wait for their deletion, in the order of their times: when, which, where.
    doomed: BTreeSet<(i64, usize, PartitionDirectory)>,
}

impl LogManager {
    /// Opens all directories. Blocks.
    pub(crate) fn open(config: &NodeConfig, env: &Env) -> Result<Self, LogsError> {
        let mut paths: Vec<PathBuf> = config.log_dirs.clone();
        if !paths.contains(&config.metadata_log_dir) {
            paths.push(config.metadata_log_dir.clone());
        }
        let mut cluster_id: Option<ClusterId> = None;
        let mut dirs: Vec<LogDir> = Vec::new();
        for path in paths {
            let is_metadata_dir = path == config.metadata_log_dir;
            let holds_partitions = config.log_dirs.contains(&path);
            let is_cordoned = config.cordoned_log_dirs.contains(&path);
            let (directory, id) = match open_directory(config, env, &path, &mut cluster_id) {
                Ok((directory, id)) => (Some(Arc::new(directory)), id),
                Err(OpenError::Refused(error)) => return Err(error),
                Err(OpenError::Failed(error)) if is_metadata_dir => {
                    return Err(LogsError::MetadataDirectory { path, error });
                }
                Err(OpenError::Failed(error)) => {
                    tracing::error!(dir = %path.display(), %error, "log directory is offline");
                    (None, DirectoryId::LOST)
                }
            };
            if directory.is_some() && (id.is_reserved() || dirs.iter().any(|other| other.id == id))
            {
                return Err(LogsError::DirectoryId { path, id });
            }
            dirs.push(LogDir { path, directory, id, holds_partitions, is_cordoned });
        }
        let metadata_dir = dirs.iter().position(|dir| dir.path == config.metadata_log_dir);
        let none = || LogsError::NoDirectory {
            dirs: config
                .log_dirs
                .iter()
                .map(|dir| dir.display().to_string())
                .collect::<Vec<_>>()
                .join(", "),
        };
        let manager = Self {
            env: env.clone(),
            cluster_id: cluster_id.ok_or_else(none)?,
            metadata_dir: metadata_dir.ok_or_else(none)?,
            state: Mutex::new(State { counts: vec![0; dirs.len()], ..State::default() }),
            dirs,
        };
        if !manager.dirs.iter().any(|dir| dir.holds_partitions && dir.is_online()) {
            return Err(none());
        }
        manager.scan();
        Ok(manager)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists what is there. Directories whose deletion was under way are due at once.
    fn scan(&self) {
        let now_ms = self.env.clock.wall_ms();
        let mut state = self.state();
        for (index, dir) in self.dirs.iter().enumerate() {
            let Some(directory) = dir.directory.as_ref().filter(|_| dir.holds_partitions) else {
                continue;
            };
            let partitions = match directory.partitions() {
                Ok(partitions) => partitions,
                Err(error) => {
                    tracing::error!(dir = %dir.path.display(), %error, "cannot list log directory");
                    continue;
                }
            };
            for found in partitions {
                match found.kind {
                    DirectoryKind::Current if is_metadata_log(&found.partition) => {}
                    DirectoryKind::Current => {
                        let topic_id = directory.topic_id(&found).unwrap_or_else(|error| {
                            tracing::warn!(%error, "partition.metadata cannot be read");
                            None
                        });
                        state.counts[index] += 1;
                        state.found.entry(found.partition).or_default().push((index, topic_id));
                    }
                    DirectoryKind::Delete => {
                        state.doomed.insert((now_ms, index, found));
                    }
                    DirectoryKind::Future => state.unfinished.push((index, found)),
                    DirectoryKind::Stray => {}
                }
            }
        }
    }

    /// The metadata log's directory.
    pub(crate) fn metadata_directory(&self) -> Option<&Arc<LogDirectory>> {
        self.dirs.get(self.metadata_dir).and_then(|dir| dir.directory.as_ref())
    }

    /// Ids of the directories that are online and hold partitions.
    pub(crate) fn online_ids(&self) -> Vec<DirectoryId> {
        let online = self.dirs.iter().filter(|dir| dir.holds_partitions && dir.is_online());
        online.map(|dir| dir.id).collect()
    }

    /// Ids of the directories that take no new partitions.
    pub(crate) fn cordoned_ids(&self) -> Vec<DirectoryId> {
        let cordoned = self.dirs.iter().filter(|dir| dir.is_cordoned && dir.is_online());
        cordoned.map(|dir| dir.id).collect()
    }

    /// The broker epoch of the last clean stop, if all directories agree that it was one.
    pub(crate) fn previous_broker_epoch(&self) -> Option<BrokerEpoch> {
        let mut epochs = self.dirs.iter().filter(|dir| dir.holds_partitions).map(|dir| {
            let directory = dir.directory.as_ref()?;
            (directory.shutdown() == Shutdown::Clean).then(|| directory.previous_broker_epoch())?
        });
        let first = epochs.next()??;
        epochs.all(|epoch| epoch == Some(first)).then_some(first)
    }

    /// The directory of a path, as named in `log.dirs`.
    pub(crate) fn dir_of(&self, path: &Path) -> Option<&LogDir> {
        self.dirs.iter().find(|dir| dir.path == path)
    }

    /// The id of the directory of a path.
    pub(crate) fn id_of(&self, path: &Path) -> Option<DirectoryId> {
        self.dir_of(path).map(|dir| dir.id)
    }

    /// Where AlterReplicaLogDirs wants a partition that has no replica here yet.
    pub(crate) fn prefer(&self, partition: TopicPartition, path: PathBuf) {
        let mut state = self.state();
        if state.preferred.len() < PREFERRED_MAX || state.preferred.contains_key(&partition) {
            state.preferred.insert(partition, path);
        }
    }

    /// The copies of replicas that were moving when the node stopped, with where they were to go;
    /// only the first caller gets them.
    pub(crate) fn take_unfinished(&self) -> Vec<(&LogDir, PartitionDirectory)> {
        let unfinished = std::mem::take(&mut self.state().unfinished);
        let with_dir = |(index, copy)| Some((self.dirs.get(index)?, copy));
        unfinished.into_iter().filter_map(with_dir).collect()
    }

    /// Has a copy removed that nobody wants any more.
    pub(crate) fn discard(&self, dir: &Path, copy: PartitionDirectory) {
        let now_ms = self.env.clock.wall_ms();
        if let Some(index) = self.dirs.iter().position(|known| known.path == dir) {
            self.state().doomed.insert((now_ms, index, copy));
        }
    }

    /// A replica moved to a directory.
    pub(crate) fn count_moved(&self, path: &Path) {
        let Some(index) = self.dirs.iter().position(|dir| dir.path == path) else { return };
        if let Some(count) = self.state().counts.get_mut(index) {
            *count += 1;
        }
    }

    /// Opens the log of a partition where it was found, or creates it: in the directory that was
    /// asked for, else in the one the metadata names, else in the one with the fewest partitions.
    /// A directory of that name with another topic's id is set aside as stray. Blocks.
    pub(crate) fn open_partition(
        &self,
        partition: &TopicPartition,
        topic_id: TopicId,
        assigned: Option<DirectoryId>,
        config: LogConfig,
    ) -> Result<PartitionLog, LogError> {
        let now_ms = self.env.clock.wall_ms();
        let found = self.state().found.remove(partition);
        let open = |directory: &LogDirectory| {
            directory.open_log(OpenLog {
                partition: partition.clone(),
                kind: DirectoryKind::Current,
                topic_id: Some(topic_id),
                config: config.clone(),
                now_ms,
            })
        };
        let mut found = found.unwrap_or_default();
        // A replica that moved was assigned to its new directory before it was served from there.
        let is_assigned = |index: usize| self.dirs.get(index).map(|dir| dir.id) == assigned;
        let kept = found.iter().position(|(index, _)| is_assigned(*index)).unwrap_or(0);
        let kept = (kept < found.len()).then(|| found.swap_remove(kept));
        for (index, found_id) in found {
            self.set_stray(index, partition, found_id);
        }
        if let Some((index, found_id)) = kept {
            let Some(directory) = self.dirs.get(index).and_then(|dir| dir.directory.as_ref())
            else {
                return Err(LogError::Offline { path: PathBuf::new() });
            };
            if found_id.is_none_or(|found_id| found_id == topic_id) {
                return open(directory);
            }
            self.set_stray(index, partition, found_id);
        }
        let index = self.choose(partition, assigned)?;
        let Some(directory) = self.dirs.get(index).and_then(|dir| dir.directory.as_ref()) else {
            return Err(LogError::Offline { path: PathBuf::new() });
        };
        let log = open(directory)?;
        let mut state = self.state();
        state.preferred.remove(partition);
        if let Some(count) = state.counts.get_mut(index) {
            *count += 1;
        }
        Ok(log)
    }

    fn choose(
        &self,
        partition: &TopicPartition,
        assigned: Option<DirectoryId>,
    ) -> Result<usize, LogError> {
        let state = self.state();
        let usable = |dir: &LogDir| dir.holds_partitions && dir.is_online();
        let preferred = state.preferred.get(partition);
        let by_path = preferred
            .and_then(|path| self.dirs.iter().position(|dir| usable(dir) && dir.path == *path));
        let by_id = assigned.filter(|id| !id.is_reserved());
        if let Some(id) = by_id
            && by_path.is_none()
        {
            // The metadata says where it is; if that is offline it must not be made elsewhere.
            let known = self.dirs.iter().position(|dir| dir.id == id && dir.holds_partitions);
            if let Some(index) = known {
                return Ok(index);
            }
            if self.dirs.iter().any(|dir| dir.holds_partitions && !dir.is_online()) {
                return Err(LogError::Offline { path: PathBuf::from(id.to_string()) });
            }
        }
        let fewest = self
            .dirs
            .iter()
            .enumerate()
            .filter(|(_, dir)| usable(dir) && !dir.is_cordoned)
            .min_by_key(|(index, _)| state.counts.get(*index).copied().unwrap_or(0))
            .map(|(index, _)| index);
        by_path.or(fewest).ok_or_else(|| LogError::Offline { path: PathBuf::new() })
    }

    /// Partitions that were found at the start and that nobody claimed: their topics are unknown.
    /// They are kept, under another name, and never served.
    pub(crate) fn set_unclaimed_stray(&self) {
        let unclaimed = std::mem::take(&mut self.state().found);
        for (partition, places) in unclaimed {
            for (index, topic_id) in places {
                self.set_stray(index, &partition, topic_id);
            }
        }
    }

    fn set_stray(&self, index: usize, partition: &TopicPartition, topic_id: Option<TopicId>) {
        let Some(directory) = self.dirs.get(index).and_then(|dir| dir.directory.as_ref()) else {
            return;
        };
        let result = directory
            .open_log(OpenLog {
                partition: partition.clone(),
                kind: DirectoryKind::Current,
                topic_id,
                config: LogConfig::default(),
                now_ms: self.env.clock.wall_ms(),
            })
            .and_then(|log| directory.retire(log, DirectoryKind::Stray, &self.unique()));
        match result {
            Ok(renamed) => tracing::warn!(
                %partition, path = %renamed.path.display(),
                "partition of an unknown topic set aside as stray"
            ),
            Err(error) => {
                tracing::error!(%partition, %error, "stray partition cannot be set aside");
            }
        }
        if let Some(count) = self.state().counts.get_mut(index) {
            *count = count.saturating_sub(1);
        }
    }

    fn unique(&self) -> String {
        let bytes = self.env.random.bytes16();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Renames the directories of deleted partitions, to be removed after the delay. Blocks.
    pub(crate) fn delete(&self, logs: Vec<PartitionLog>) {
        let delay_ms = logs.iter().map(|log| log.config().file_delete_delay_ms).max().unwrap_or(0);
        for (index, directory, logs) in self.by_directory(logs) {
            let logs: Vec<_> = logs.into_iter().map(|log| (log, self.unique())).collect();
            let count = logs.len();
            match directory.retire_all(logs, DirectoryKind::Delete) {
                Ok(doomed) => {
                    let due_ms = self.env.clock.wall_ms().saturating_add(delay_ms);
                    let mut state = self.state();
                    state.doomed.extend(doomed.into_iter().map(|doomed| (due_ms, index, doomed)));
                    if let Some(held) = state.counts.get_mut(index) {
                        *held = held.saturating_sub(count);
                    }
                }
                Err(error) => {
                    let dir = directory.path().display();
                    tracing::error!(%dir, partitions = count, %error, "cannot delete partitions");
                }
            }
        }
    }

    /// Closes logs as a clean stop leaves them. Returns whether all could be. Blocks.
    pub(crate) fn close(&self, logs: Vec<PartitionLog>) -> bool {
        let now_ms = self.env.clock.wall_ms();
        let mut is_clean = true;
        for (_, directory, logs) in self.by_directory(logs) {
            for (partition, error) in directory.close_logs(logs, now_ms) {
                tracing::error!(%partition, %error, "log cannot be closed: no clean stop");
                is_clean = false;
            }
        }
        is_clean
    }

    /// The logs of each directory.
    fn by_directory(
        &self,
        logs: Vec<PartitionLog>,
    ) -> Vec<(usize, &Arc<LogDirectory>, Vec<PartitionLog>)> {
        let mut sorted: Vec<Vec<PartitionLog>> = Vec::new();
        sorted.resize_with(self.dirs.len(), Vec::new);
        for log in logs {
            let index = self.dirs.iter().position(|dir| dir.path == log.log_dir());
            if let Some(held) = index.and_then(|index| sorted.get_mut(index)) {
                held.push(log);
            }
        }
        let with_directory = |(index, logs): (usize, Vec<PartitionLog>)| {
            let directory = self.dirs.get(index)?.directory.as_ref()?;
            (!logs.is_empty()).then_some((index, directory, logs))
        };
        sorted.into_iter().enumerate().filter_map(with_directory).collect()
    }

    /// Whether the time of a directory that waits for its deletion has come.
    pub(crate) fn has_doomed(&self) -> bool {
        let now_ms = self.env.clock.wall_ms();
        self.state().doomed.first().is_some_and(|(due_ms, _, _)| *due_ms <= now_ms)
    }

    /// Removes the directories whose time has come. Blocks.
    pub(crate) fn remove_doomed(&self) {
        let now_ms = self.env.clock.wall_ms();
        loop {
            let next = {
                let mut state = self.state();
                let is_due = state.doomed.first().is_some_and(|(due_ms, _, _)| *due_ms <= now_ms);
                is_due.then(|| state.doomed.pop_first()).flatten()
            };
            let Some((_, index, doomed)) = next else { return };
            let Some(directory) = self.dirs.get(index).and_then(|dir| dir.directory.as_ref())
            else {
                continue;
            };
            if let Err(error) = directory.remove(&doomed) {
                tracing::error!(path = %doomed.path.display(), %error, "cannot remove directory");
            }
        }
    }

    /// Directories that failed since the last call, of those that were ever opened.
    pub(crate) fn newly_failed(&self) -> Vec<DirectoryId> {
        let mut state = self.state();
        let mut failed = Vec::new();
        for (index, dir) in self.dirs.iter().enumerate() {
            if dir.directory.is_some() && !dir.is_online() && state.failed.insert(index) {
                tracing::error!(dir = %dir.path.display(), "log directory is offline");
                failed.push(dir.id);
            }
        }
        failed
    }

    /// Why the node cannot go on, if it cannot.
    pub(crate) fn cannot_go_on(&self) -> Option<String> {
        let metadata = self.dirs.get(self.metadata_dir).filter(|dir| !dir.is_online());
        if let Some(dir) = metadata {
            return Some(format!(
                "Shutdown broker because the metadata log dir {} has failed",
                dir.path.display()
            ));
        }
        if self.dirs.iter().any(|dir| dir.holds_partitions && dir.is_online()) {
            return None;
        }
        let dirs: Vec<String> =
            self.dirs.iter().map(|dir| dir.path.display().to_string()).collect();
        Some(format!("Shutdown broker because all log dirs in {} have failed", dirs.join(", ")))
    }

    /// Notes a log's offsets for its directory's checkpoints.
    pub(crate) fn note_offsets(&self, log: &PartitionLog) {
        let dir = self.dirs.iter().find(|dir| dir.path == log.log_dir());
        if let Some(directory) = dir.and_then(|dir| dir.directory.as_ref()) {
            directory.note_offsets(log);
        }
    }

    /// Writes the checkpoints of all directories, as noted. Blocks.
    pub(crate) fn write_checkpoints(&self) {
        for dir in self.dirs.iter().filter(|dir| dir.is_online()) {
            if let Some(Err(error)) = dir.directory.as_ref().map(|d| d.write_checkpoints()) {
                tracing::error!(dir = %dir.path.display(), %error, "cannot write checkpoints");
            }
        }
    }

    /// Marks a clean stop in all directories, after every log was closed. Blocks.
    pub(crate) fn close_cleanly(&self, broker_epoch: BrokerEpoch) {
        for dir in self.dirs.iter().filter(|dir| dir.is_online()) {
            let Some(directory) = &dir.directory else { continue };
            if let Err(error) = directory.close_cleanly(broker_epoch) {
                tracing::error!(dir = %dir.path.display(), %error, "stop is not clean");
            }
        }
    }
}

impl LogManager {
    /// Lets others have the directories: the very last of a stop.
    pub(crate) fn release(&self) {
        for directory in self.dirs.iter().filter_map(|dir| dir.directory.as_ref()) {
            directory.release();
        }
    }
}

impl LogDir {
    pub(crate) fn is_online(&self) -> bool {
        self.directory.as_ref().is_some_and(|directory| !directory.is_offline())
    }
}

enum OpenError {
    /// The node must not start.
    Refused(LogsError),
    /// This directory is offline.
    Failed(LogError),
}

fn open_directory(
    config: &NodeConfig,
    env: &Env,
    path: &Path,
    cluster_id: &mut Option<ClusterId>,
) -> Result<(LogDirectory, DirectoryId), OpenError> {
    let meta = LogDirectory::read_meta(env.disk.as_ref(), path).map_err(OpenError::Failed)?;
    let refused = |error| Err(OpenError::Refused(error));
    let Some(mut meta) = meta else {
        return refused(LogsError::NotFormatted { path: path.to_owned() });
    };
    let file = || path.join("meta.properties");
    let expected = cluster_id.get_or_insert_with(|| meta.cluster_id.clone());
    if *expected != meta.cluster_id {
        return refused(LogsError::OtherCluster {
            path: file(),
            expected: expected.clone(),
            found: meta.cluster_id,
        });
    }
    if meta.node_id != config.node_id {
        return refused(LogsError::OtherNode {
            path: file(),
            expected: config.node_id,
            found: meta.node_id,
        });
    }
    let id = match meta.directory_id {
        Some(id) => id,
        None => {
            let id = DirectoryId::new(env.random.uuid());
            meta = MetaProperties { directory_id: Some(id), ..meta };
            LogDirectory::format(env.disk.as_ref(), path, &meta).map_err(OpenError::Failed)?;
            id
        }
    };
    match LogDirectory::open(Arc::clone(&env.disk), path.to_owned()) {
        Ok(directory) => Ok((directory, id)),
        Err(LogError::Locked { path }) => refused(LogsError::Locked { path }),
        Err(error) => Err(OpenError::Failed(error)),
    }
}

/// The metadata log is the quorum's, not a partition of this manager.
fn is_metadata_log(partition: &TopicPartition) -> bool {
    partition.topic.as_str() == "__cluster_metadata"
}
