//! Moving replicas between the log directories of this node.
//!
//! A move is a task. It copies the log batch by batch into `topic-N.<id>-future` of the target
//! directory, while the replica is served from where it is. When the copy has caught up, the
//! controller is told the new directory; then, under the partition's lock, the last records are
//! copied, the copy takes the replica's name, and the two logs change places. The old one is
//! deleted once the new name is durable.
//!
//! Failure modes: a move that fails leaves the replica where it was, and the copy is removed. A
//! node that stops during the copy begins it anew at the next start. One that dies between the change of
//! names and the deletion finds the replica twice, and keeps the one the controller was told of.

mod copy;

use self::copy::{Copied, Copying, MoveError};
use crate::logs::LogDir;
use crate::node::Node;
use keld_log::{DirectoryKind, LogDirectory, PartitionDirectory, PartitionLog};
use keld_replication::Partition;
use keld_types::{DirectoryId, ErrorCode, Offset, TopicIdPartition, TopicPartition};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// A copy that is this far behind at most is finished under the partition's lock.
const REST_BYTES_MAX: usize = 1 << 20;

/// How often a copy may be found too far behind at the end, before the rest is copied under the
/// lock however long it takes: then appends are faster than the copy.
const ATTEMPTS_MAX: u32 = 50;

/// The moves of a node.
#[derive(Debug)]
pub(crate) struct DirectoryMoves {
    moves: Mutex<BTreeMap<TopicPartition, Arc<Move>>>,
    /// `num.replica.alter.log.dirs.threads`: the others wait.
    turns: Semaphore,
}

/// A copy as DescribeLogDirs shows it.
#[derive(Clone, Debug)]
pub(crate) struct CopyStatus {
    /// The directory it lies in.
    pub(crate) log_dir: PathBuf,
    pub(crate) size_bytes: u64,
    /// Its log end offset.
    pub(crate) log_end: Offset,
}

#[derive(Debug)]
struct Move {
    target: Target,
    cancelled: CancellationToken,
    progress: Mutex<(u64, Offset)>,
}

/// Where a replica goes.
#[derive(Clone, Debug)]
struct Target {
    path: PathBuf,
    id: DirectoryId,
    directory: Arc<LogDirectory>,
}

impl DirectoryMoves {
    /// With room for so many at once.
    pub(crate) fn new(at_once: usize) -> Self {
        Self { moves: Mutex::default(), turns: Semaphore::new(at_once.max(1)) }
    }

    fn moves(&self) -> MutexGuard<'_, BTreeMap<TopicPartition, Arc<Move>>> {
        self.moves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The copy of a partition that is on its way.
    pub(crate) fn copy_of(&self, partition: &TopicPartition) -> Option<CopyStatus> {
        let found = self.moves().get(partition).cloned()?;
        let (size_bytes, log_end) = *found.progress.lock().unwrap_or_else(PoisonError::into_inner);
        Some(CopyStatus { log_dir: found.target.path.clone(), size_bytes, log_end })
    }

    /// Ends a move to any other directory than this.
    pub(crate) fn cancel_elsewhere(&self, partition: &TopicPartition, target: &PathBuf) {
        let mut moves = self.moves();
        if moves.get(partition).is_some_and(|found| found.target.path != *target)
            && let Some(found) = moves.remove(partition)
        {
            found.cancelled.cancel();
        }
    }

    fn forget(&self, partition: &TopicPartition, ended: &Arc<Move>) {
        let mut moves = self.moves();
        if moves.get(partition).is_some_and(|found| Arc::ptr_eq(found, ended)) {
            moves.remove(partition);
        }
    }
}

impl Move {
    fn note(&self, copy: &PartitionLog) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        *progress = (copy.size_bytes(), copy.log_end_offset());
    }
}

impl Node {
    /// Begins to move a replica, unless that is under way or it lies there already.
    pub(crate) fn move_replica(
        self: &Arc<Self>,
        partition: &Arc<Partition>,
        target: &LogDir,
    ) -> Result<(), ErrorCode> {
        let here = partition.log_dir().ok_or(ErrorCode::KAFKA_STORAGE_ERROR)?;
        let name = partition.topic_partition().clone();
        if here == target.path || self.moves.copy_of(&name).is_some() {
            return Ok(());
        }
        // With a directory away nobody knows whether a copy lies in it.
        if self.logs.dirs.iter().any(|dir| dir.holds_partitions && !dir.is_online()) {
            return Err(ErrorCode::KAFKA_STORAGE_ERROR);
        }
        let directory = target.directory.clone().ok_or(ErrorCode::KAFKA_STORAGE_ERROR)?;
        let target = Target { path: target.path.clone(), id: target.id, directory };
        let begun = Arc::new(Move {
            target,
            cancelled: self.stopping.child_token(),
            progress: Mutex::new((0, Offset::ZERO)),
        });
        self.moves.moves().insert(name.clone(), Arc::clone(&begun));
        let (node, partition) = (Arc::clone(self), Arc::clone(partition));
        let task = async move {
            let to = begun.target.path.display();
            match node.run_move(&partition, &begun).await {
                Ok(()) => tracing::info!(partition = %name, %to, "replica moved"),
                Err(MoveError::Cancelled) => tracing::info!(partition = %name, %to, "move ended"),
                Err(error) => tracing::error!(partition = %name, %to, %error, "move failed"),
            }
            node.moves.forget(&name, &begun);
            let replica = replica_of(&partition);
            // After a move that failed late the controller is told the truth again.
            node.assign_directories(vec![replica]).await;
        };
        self.env.spawn.spawn("move replica", Box::pin(task));
        Ok(())
    }

    /// Begins anew the moves that the last stop cut off; copies that are of no use are removed.
    pub(crate) fn resume_moves(self: &Arc<Self>) {
        for (target, copy) in self.logs.take_unfinished() {
            let name = &copy.partition;
            let held = self.partitions.partition(name.topic.as_str(), name.partition);
            let is_begun = held.is_some_and(|held| {
                held.log_dir().is_some_and(|here| here != target.path)
                    && self.move_replica(&held, target).is_ok()
            });
            if is_begun {
                tracing::info!(partition = %name, to = %target.path.display(), "move goes on");
            } else {
                self.logs.discard(&target.path, copy);
            }
        }
    }

    async fn run_move(
        self: &Arc<Self>,
        partition: &Arc<Partition>,
        begun: &Arc<Move>,
    ) -> Result<(), MoveError> {
        let turn = tokio::select! {
            biased;
            () = begun.cancelled.cancelled() => return Err(MoveError::Cancelled),
            turn = self.moves.turns.acquire() => turn,
        };
        let _turn = turn.map_err(|_| MoveError::Cancelled)?;
        let copying = Copying {
            partition: Arc::clone(partition),
            target: Arc::clone(&begun.target.directory),
            env: self.env.clone(),
        };
        let opening = copying.clone();
        let copy = self.work("open copy", move || opening.open()).await??;
        let (copy, result) = self.copy(&copying, begun, copy).await?;
        if result.is_err() {
            let directory = Arc::clone(&begun.target.directory);
            self.work("remove copy", move || remove(&directory, copy)).await?;
            return result;
        }
        // `copy` is the old log now.
        let (node, path) = (Arc::clone(self), begun.target.path.clone());
        let served = Arc::clone(partition);
        self.work("delete moved", move || {
            let synced = served.with_log(|log| log.sync_name());
            if let Some(Err(error)) = synced {
                return Err(MoveError::Log(error));
            }
            node.logs.count_moved(&path);
            served.with_log(|log| node.logs.note_offsets(log));
            node.logs.write_checkpoints();
            node.logs.delete(vec![copy]);
            Ok(())
        })
        .await?
    }

    /// Copies until the logs have changed places, or it cannot be. Returns the log that is not
    /// served; an error only where that is lost.
    async fn copy(
        self: &Arc<Self>,
        copying: &Copying,
        begun: &Arc<Move>,
        mut copy: PartitionLog,
    ) -> Result<(PartitionLog, Result<(), MoveError>), MoveError> {
        let mut is_assigned = false;
        let mut attempts = 0;
        loop {
            if begun.cancelled.is_cancelled() {
                return Ok((copy, Err(MoveError::Cancelled)));
            }
            let bytes_max = self.may_copy(begun).await;
            let step = copying.clone();
            let stepped = self.work("copy replica", move || {
                let result = step.step(&mut copy, bytes_max);
                (copy, result)
            });
            let (back, result) = stepped.await?;
            copy = back;
            begun.note(&copy);
            match result {
                Err(error) => return Ok((copy, Err(error))),
                Ok(Copied { bytes, is_at_end: false }) => {
                    self.throttles.directories.record(bytes, self.env.clock.monotonic());
                    continue;
                }
                Ok(Copied { is_at_end: true, .. }) => {}
            }
            if !is_assigned {
                if let Err(error) = self.assign_target(&copying.partition, begun).await {
                    return Ok((copy, Err(error)));
                }
                is_assigned = true;
            }
            attempts += 1;
            let rest_max = if attempts < ATTEMPTS_MAX { REST_BYTES_MAX } else { usize::MAX };
            let (step, token) = (copying.clone(), begun.cancelled.clone());
            let exchanged = self.work("exchange replica", move || {
                let result = if token.is_cancelled() {
                    Err(MoveError::Cancelled)
                } else {
                    step.exchange(&mut copy, rest_max)
                };
                (copy, result)
            });
            let (back, result) = exchanged.await?;
            copy = back;
            match result {
                Ok(true) => return Ok((copy, Ok(()))),
                Ok(false) => {}
                Err(error) => return Ok((copy, Err(error))),
            }
        }
    }

    /// The controller knows the new directory before the replica is served from it.
    async fn assign_target(&self, partition: &Partition, begun: &Move) -> Result<(), MoveError> {
        if !self.image.load().features.metadata_version().has_directories() {
            return Ok(());
        }
        let assignment = (replica_of(partition), begun.target.id);
        for (_, result) in self.assign(&[assignment]).await {
            result.map_err(MoveError::NotAssigned)?;
        }
        Ok(())
    }

    /// Waits until `replica.alter.log.dirs.io.max.bytes.per.second` lets something be copied; how
    /// much.
    async fn may_copy(&self, begun: &Move) -> usize {
        let throttle = &self.throttles.directories;
        loop {
            let allowance = throttle.allowance(self.env.clock.monotonic());
            let Some(pause) = allowance.pause() else { return allowance.bytes_max() };
            tokio::select! {
                biased;
                () = begun.cancelled.cancelled() => return 0,
                () = throttle.wait(self.env.clock.as_ref(), pause) => {}
            }
        }
    }

    async fn work<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, MoveError> {
        self.block(name, Box::new(work)).await.ok_or(MoveError::Failed(name))
    }
}

fn replica_of(partition: &Partition) -> TopicIdPartition {
    TopicIdPartition {
        topic_id: partition.topic_id(),
        partition: partition.topic_partition().partition,
    }
}

/// Removes a copy that came to nothing. Blocks.
fn remove(directory: &LogDirectory, copy: PartitionLog) {
    let doomed = PartitionDirectory {
        partition: copy.partition().clone(),
        kind: DirectoryKind::Future,
        path: copy.dir().to_owned(),
    };
    drop(copy);
    if let Err(error) = directory.remove(&doomed) {
        tracing::error!(path = %doomed.path.display(), %error, "copy cannot be removed");
    }
}
