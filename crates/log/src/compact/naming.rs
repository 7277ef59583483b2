//! The names of a group's files on their way into the log.
//!
//! 1. `.cleaned` are written and synced.
//! 2. Under the lock they are renamed to `.swap`; the directory is synced. From here on the next
//!    start finishes what is done here.
//! 3. Under the lock the old files are renamed to `.deleted`, and the log reads the new ones; the
//!    directory is synced.
//! 4. Under the lock the new log gets its final name; the directory is synced; then its indexes do.
//!    The log comes first, because a start takes an index beside a `.log.swap` for an old one.

use crate::names::SegmentFile;
use crate::segment::Segment;
use keld_env::File;
use keld_types::Offset;
use std::sync::Arc;

/// A group that was written and waits for its names.
#[derive(Debug)]
pub(crate) struct Cleaned {
    pub(crate) segment: Segment,
    pub(crate) kinds: Vec<SegmentFile>,
    pub(crate) replaced: Vec<Offset>,
    /// The new files, open, from when they are called `.swap`.
    pub(crate) files: Vec<(SegmentFile, Arc<dyn File>)>,
}

/// Where the names of a group stand; what the log does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Naming {
    /// `.cleaned` becomes `.swap`.
    ToSwap,
    /// The old files go.
    Replace,
    /// The `.swap` goes from the log's name.
    LogToFinal,
    /// And from those of its indexes.
    RestToFinal,
}
