//! The state of memory before a run.
//!
//! On a machine that gives memory it does not use back to its host, the first write to a page that
//! the host must give again is ten times dearer than any later one; the page cache of a broker would
//! pay it in one run and not in the next.
//! The probe holds as much memory as a run will fill while nothing is measured, and lets go of it
//! at the very moment a run begins: the kernel then hands out pages that the host has backed.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use crate::server::now;

/// Distance of the bytes that are written, so that each page is touched.
const PAGE: usize = 4096;

/// Memory is held in pieces of this size, large enough that freeing one gives it to the kernel.
const PIECE: usize = 64 << 20;

/// What the probe writes to a file: the pages of two pieces.
const FILE_BYTES: usize = 2 * PIECE;

/// Slower than this, the pages of the file came from the host.
const RECYCLED_GB_S: f64 = 1.0;

/// How often the file is written until it is fast.
const ATTEMPTS: usize = 3;

/// What is held above what a run says that it fills, as other programs take some of it.
const MARGIN: u64 = 256 << 20;

/// Memory that is held between runs.
#[derive(Debug, Default)]
pub(crate) struct Reserve(Vec<Vec<u8>>);

/// What the probe found, in GB/s.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Probe {
    /// Touching the memory of this run.
    pub(crate) touch: f64,
    /// Writing to the page cache.
    pub(crate) file: f64,
}

impl Probe {
    /// Why a run after this probe does not count.
    pub(crate) fn void(self) -> Option<String> {
        (self.file < RECYCLED_GB_S)
            .then(|| format!("writing to the page cache made {:.2} GB/s only", self.file))
    }
}

impl Reserve {
    /// Takes `bytes` and some more, writes a file in `folder` with the pages of a part of it, and
    /// keeps all of it until [`Self::release`].
    pub(crate) fn take(&mut self, bytes: u64, folder: &Path) -> anyhow::Result<Probe> {
        let pieces = usize::try_from(bytes + MARGIN)?.div_ceil(PIECE).max(FILE_BYTES / PIECE);
        self.0.truncate(pieces);
        let (began, missing) = (now(), pieces - self.0.len());
        self.fill(pieces);
        let touch = rate(missing * PIECE, began.elapsed());
        let mut file = 0.0;
        for _ in 0..ATTEMPTS {
            self.0.truncate(pieces - FILE_BYTES / PIECE);
            file = write_file(folder)?;
            self.fill(pieces);
            if file >= RECYCLED_GB_S {
                break;
            }
        }
        Ok(Probe { touch, file })
    }

    /// Lets go of the memory.
    pub(crate) fn release(&mut self) {
        self.0.clear();
    }

    /// Touches fresh memory until there are so many pieces.
    fn fill(&mut self, pieces: usize) {
        while self.0.len() < pieces {
            let mut piece = vec![0_u8; PIECE];
            for page in piece.chunks_mut(PAGE) {
                if let Some(first) = page.first_mut() {
                    *first = 1;
                }
            }
            self.0.push(piece);
        }
    }
}

/// GB/s of writing a file to the page cache; the file is gone before it reaches the disk.
fn write_file(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("probe");
    let mut file = File::create(&path).with_context(|| format!("create {}", path.display()))?;
    let piece = vec![7_u8; 1 << 20];
    let began = now();
    for _ in 0..FILE_BYTES / piece.len() {
        file.write_all(&piece)?;
    }
    let rate = rate(FILE_BYTES, began.elapsed());
    std::fs::remove_file(&path)?;
    Ok(rate)
}

fn rate(bytes: usize, time: std::time::Duration) -> f64 {
    bytes as f64 / 1e9 / time.as_secs_f64().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::{Probe, Reserve};

    #[test]
    fn the_probe_touches_and_writes_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut reserve = Reserve::default();
        let probe = reserve.take(1, folder.path()).unwrap();
        assert!(probe.touch > 0.0 && probe.file > 0.0);
        assert_eq!(reserve.0.len(), 5);
        reserve.release();
        assert!(reserve.0.is_empty());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn slow_page_cache_makes_a_run_void() {
        let probe = Probe { touch: 0.2, file: 2.0 };
        assert_eq!(probe.void(), None);
        assert!(Probe { file: 0.3, ..probe }.void().is_some());
    }
}
