//! Faults of the simulated disk: which operation on which path fails or dawdles, and how often.

use std::io;
use std::path::Path;
use std::time::Duration;

/// The operations a fault can name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiskOperation {
    /// Opening (and creating) a file.
    Open,
    /// Listing a directory.
    List,
    /// Asking for kind, length or space.
    Stat,
    /// Creating directories.
    CreateDir,
    /// Renaming.
    Rename,
    /// Removing a file or directory.
    Remove,
    /// Making names durable.
    SyncDir,
    /// Reading bytes.
    Read,
    /// Writing bytes.
    Write,
    /// Cutting a file.
    Truncate,
    /// Reserving space.
    Reserve,
    /// Making bytes durable.
    Sync,
    /// Making a whole volume durable.
    SyncVolume,
}

/// What happens to an operation a fault matches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FaultEffect {
    /// It fails with an error of this kind (`StorageFull` for a full disk, `Other` for EIO).
    Error(io::ErrorKind),
    /// It succeeds, and takes this long on the simulated clock.
    Latency(Duration),
}

/// A fault: matching operations are counted, the first `skip` pass, the next `times` take effect.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiskFault {
    /// The operation; `None` matches every one.
    pub operation: Option<DiskOperation>,
    /// A part of the path; empty matches every path.
    pub path_contains: String,
    /// How many matching operations pass first.
    pub skip: u64,
    /// How many then take effect.
    pub times: u64,
    /// What happens to them.
    pub effect: FaultEffect,
}

#[derive(Debug, Default)]
pub(super) struct Faults(Vec<DiskFault>);

impl Faults {
    pub(super) fn add(&mut self, fault: DiskFault) {
        self.0.push(fault);
    }

    pub(super) fn effect(&mut self, operation: DiskOperation, path: &Path) -> Option<FaultEffect> {
        if self.0.is_empty() {
            return None;
        }
        let path = path.to_string_lossy();
        for fault in &mut self.0 {
            let matches = fault.operation.is_none_or(|wanted| wanted == operation)
                && path.contains(&fault.path_contains);
            if !matches || fault.times == 0 {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.times -= 1;
            return Some(fault.effect.clone());
        }
        None
    }
}
