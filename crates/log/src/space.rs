//! Space that records leave free on a log directory's volume, so that the metadata log, checkpoints
//! and indexes can still be written when it is full.
//!
//! The volume is not asked at each append: it grants an allowance, at most half of what is left,
//! and is asked again when that is used up. While records are refused it is asked each time, so
//! that they are taken again as soon as there is space, with a quarter of the reserve between the
//! two points.

use keld_env::DiskSpace;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// The largest allowance: what others may write meanwhile is not seen before it is used up.
const ALLOWANCE_MAX: u64 = 64 << 20;

/// The part of a volume that the reserve never exceeds.
const VOLUME_PART: u64 = 20;

/// What is known of the space of one directory.
#[derive(Debug, Default)]
pub(crate) struct Space {
    /// Bytes that may be appended before the volume is asked again.
    allowance: AtomicI64,
    is_full: AtomicBool,
}

/// Why an append must not be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shortage {
    /// Bytes that this process could still fill.
    pub(crate) usable_bytes: u64,
    /// How many more it takes.
    pub(crate) missing_bytes: u64,
}

impl Space {
    /// Whether `bytes` more may be appended when records must leave `reserve` bytes free. `ask`
    /// asks the volume; if it does not answer, the append itself will tell.
    pub(crate) fn take(
        &self,
        dir: &Path,
        reserve: u64,
        bytes: u64,
        ask: impl FnOnce() -> Option<DiskSpace>,
    ) -> Result<(), Shortage> {
        let taken = i64::try_from(bytes).unwrap_or(i64::MAX);
        let is_full = self.is_full.load(Ordering::Relaxed);
        if !is_full && self.allowance.fetch_sub(taken, Ordering::Relaxed) >= taken {
            return Ok(());
        }
        let Some(space) = ask() else { return Ok(()) };
        let reserve = reserve.min(space.total_bytes / VOLUME_PART);
        let margin = if is_full { reserve / 4 } else { 0 };
        let needed = reserve.saturating_add(margin).saturating_add(bytes);
        let usable_bytes = space.usable_bytes;
        if usable_bytes < needed {
            let missing_bytes = needed - usable_bytes;
            if !self.is_full.swap(true, Ordering::Relaxed) {
                tracing::error!(
                    dir = %dir.display(), usable_bytes, missing_bytes, reserve,
                    "log directory is full: records are refused until there is space again"
                );
            }
            return Err(Shortage { usable_bytes, missing_bytes });
        }
        let allowance = ((usable_bytes - needed) / 2).min(ALLOWANCE_MAX);
        self.allowance.store(i64::try_from(allowance).unwrap_or(i64::MAX), Ordering::Relaxed);
        self.note_space(dir, usable_bytes);
        Ok(())
    }

    /// The system refused a write for want of space: says so once.
    pub(crate) fn note_full(&self, dir: &Path, missing_bytes: u64) {
        if !self.is_full.swap(true, Ordering::Relaxed) {
            tracing::error!(
                dir = %dir.display(), missing_bytes,
                "no space left in log directory: records are refused until there is"
            );
        }
    }

    fn note_space(&self, dir: &Path, usable_bytes: u64) {
        if self.is_full.swap(false, Ordering::Relaxed) {
            tracing::info!(
                dir = %dir.display(), usable_bytes,
                "log directory has space again: records are taken"
            );
        }
    }

    /// A write went well without the volume having been asked.
    pub(crate) fn note_written(&self, dir: &Path) {
        if self.is_full.load(Ordering::Relaxed) {
            self.note_space(dir, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const MIB: u64 = 1 << 20;

    /// A volume of 4 GiB, with so much free; returns how often it was asked.
    fn take(space: &Space, reserve: u64, bytes: u64, usable: u64) -> (Result<(), u64>, bool) {
        let asked = Cell::new(false);
        let ask = || {
            asked.set(true);
            Some(DiskSpace { total_bytes: 4096 * MIB, usable_bytes: usable })
        };
        let taken = space.take(Path::new("/d"), reserve, bytes, ask);
        (taken.map_err(|shortage| shortage.missing_bytes), asked.get())
    }

    #[test]
    fn the_volume_is_asked_when_the_allowance_is_used_up() {
        let space = Space::default();
        assert_eq!(take(&space, 100 * MIB, MIB, 121 * MIB), (Ok(()), true));
        // Half of the 20 MiB that were left.
        for _ in 0..10 {
            assert_eq!(take(&space, 100 * MIB, MIB, 0), (Ok(()), false));
        }
        assert_eq!(take(&space, 100 * MIB, MIB, 111 * MIB), (Ok(()), true));
    }

    #[test]
    fn records_are_refused_below_the_reserve_and_taken_again_well_above_it() {
        let space = Space::default();
        assert_eq!(take(&space, 100 * MIB, 2 * MIB, 101 * MIB), (Err(MIB), true));
        assert_eq!(take(&space, 100 * MIB, 2 * MIB, 126 * MIB), (Err(MIB), true));
        assert_eq!(take(&space, 100 * MIB, 2 * MIB, 127 * MIB), (Ok(()), true));
        assert_eq!(take(&space, 100 * MIB, MIB, 101 * MIB), (Ok(()), true), "no margin now");
    }

    #[test]
    fn a_small_volume_keeps_a_twentieth() {
        let space = Space::default();
        assert_eq!(take(&space, u64::MAX, MIB, 4096 * MIB / 20 + MIB), (Ok(()), true));
        assert_eq!(take(&space, u64::MAX, MIB, 4096 * MIB / 20), (Err(MIB), true));
    }
}
