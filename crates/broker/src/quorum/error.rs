//! Why the quorum cannot start or go on.

use keld_log::{AppendError, LogError};
use keld_metadata::snapshot::SnapshotReadError;
use keld_metadata::{BatchReadError, BatchWriteError, ReplayError};
use keld_raft::RaftError;
use keld_types::Offset;
use std::io;
use std::path::PathBuf;

/// Why the quorum cannot start or go on. None of them can be retried in this process.
#[derive(Debug, thiserror::Error)]
pub enum QuorumError {
    /// A file of the metadata directory cannot be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A small file has nonsense in it.
    #[error("{}: {reason}", path.display())]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The log fails.
    #[error(transparent)]
    Log(#[from] LogError),
    /// An append fails.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A record cannot be read.
    #[error(transparent)]
    Read(#[from] BatchReadError),
    /// The log's bytes are no batches.
    #[error("metadata log at offset {offset}: {reason}")]
    Batch {
        /// Where.
        offset: Offset,
        /// What is wrong.
        reason: String,
    },
    /// A record cannot be written.
    #[error(transparent)]
    Write(#[from] BatchWriteError),
    /// A record does not fit.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// The core found that the quorum is not right.
    #[error(transparent)]
    Raft(#[from] RaftError),
    /// A snapshot is damaged and nothing can take its place.
    #[error("{}: {source}", path.display())]
    Snapshot {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: SnapshotReadError,
    },
    /// The log does not go on where the newest snapshot ends.
    #[error(
        "the metadata log begins at offset {log_start}, after the end {end} of the newest snapshot"
    )]
    Gap {
        /// First offset of the log.
        log_start: Offset,
        /// End of the snapshot.
        end: Offset,
    },
    /// The log has a hole.
    #[error("the metadata log is damaged from offset {from} to {to}; it must not be cut silently")]
    Damaged {
        /// First bad offset.
        from: Offset,
        /// First good offset after it.
        to: Offset,
    },
    /// The driver's work was dropped: the node is stopping.
    #[error("the node stops while its metadata is loaded")]
    Stopped,
    /// No voter is known.
    #[error(
        "no voters are known: format the directory with --standalone, or set \
         controller.quorum.voters"
    )]
    NoVoters,
    /// This node is not the one voter.
    #[error("{0}")]
    NotTheVoter(String),
}

impl QuorumError {
    /// Whether a volume was full: nothing was written, and a later try may go well.
    pub(super) fn is_no_space(&self) -> bool {
        match self {
            Self::Log(error) | Self::Append(AppendError::Log(error)) => {
                matches!(error, LogError::NoSpace { .. } | LogError::Full { .. })
            }
            Self::File { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            _ => false,
        }
    }

    pub(crate) fn file(
        action: &'static str,
        path: &std::path::Path,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
