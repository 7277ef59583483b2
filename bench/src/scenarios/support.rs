//! What the scenarios of reading, latency and starting share.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::fs::{Advice, fadvise};

use crate::arena::{Arena, last_object, run_client};
use crate::metric::Figures;
use crate::server::now;
use crate::subject::Subject;

/// Records of a batch that is just below 64 KiB, of 1 KiB each.
pub(super) const BATCH: u64 = 63;

/// Writes `records` records of 1 KiB by the raw driver, without measuring.
pub(super) fn fill(
    arena: &mut Arena,
    subject: Subject,
    topic: &str,
    records: u64,
) -> anyhow::Result<()> {
    let address = arena.address(subject)?;
    let mut client = arena.tools().raw("produce", address, topic)?;
    client.args(["--requests", &records.div_ceil(BATCH).to_string()]);
    client.args(["--records", &BATCH.to_string(), "--depth", "5"]);
    run_client(client).map(drop)
}

/// A client that works beside what is measured.
#[derive(Debug)]
pub(crate) struct Beside {
    child: Option<Child>,
}

impl Beside {
    pub(crate) fn start(mut command: Command) -> anyhow::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        Ok(Self { child: Some(child) })
    }

    pub(super) fn is_running(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.as_mut().context("ended already")?.try_wait()?.is_none())
    }

    /// Waits for its end; its figures.
    pub(crate) fn finish(mut self) -> anyhow::Result<Figures> {
        let output = self.child.take().context("ended already")?.wait_with_output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            bail!("a client beside ended with {}: {text}", output.status);
        }
        last_object(&text).context("a client beside printed no figures")
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The child is ours and not yet reaped, so its id cannot be anybody else's.
            let _ended = child.kill();
            let _reaped = child.wait();
        }
    }
}

/// The segments of a partition: files of records, without those that are about to go.
pub(super) fn segments(data: &Path, topic: &str, partition: u32) -> anyhow::Result<Vec<PathBuf>> {
    let directory = data.join(format!("{topic}-{partition}"));
    let entries =
        fs::read_dir(&directory).with_context(|| format!("read {}", directory.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    paths.sort();
    Ok(paths)
}

/// Bytes of files; one that went meanwhile has none.
pub(super) fn bytes_of(paths: &[PathBuf]) -> u64 {
    paths.iter().filter_map(|path| fs::metadata(path).ok()).map(|one| one.len()).sum()
}

/// Lets the page cache forget files; what is not on the disk yet stays in it.
pub(super) fn forget(paths: &[PathBuf]) -> anyhow::Result<()> {
    for path in paths {
        let file = File::open(path).with_context(|| format!("open {}", path.display()))?;
        fadvise(&file, 0, None, Advice::DontNeed)?;
    }
    Ok(())
}

/// Reads files from the disk as a plain program would, 1 MiB after 1 MiB; MB/s.
pub(super) fn disk_mb_s(paths: &[PathBuf]) -> anyhow::Result<f64> {
    forget(paths)?;
    let mut buffer = vec![0; 1 << 20];
    let (began, mut bytes) = (now(), 0_u64);
    for path in paths {
        let mut file = File::open(path)?;
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                count => bytes += count as u64,
            }
        }
    }
    Ok(bytes as f64 / 1e6 / began.elapsed().as_secs_f64())
}

/// Time left of a patience that began at `began`.
pub(super) fn left(began: Instant, patience: Duration) -> anyhow::Result<Duration> {
    let left = patience.saturating_sub(began.elapsed());
    if left.is_zero() {
        bail!("not done within {patience:?}");
    }
    Ok(left)
}

/// Puts a duration in seconds.
pub(super) fn put(figures: &mut Figures, key: &str, time: Duration) {
    figures.insert(key.to_owned(), time.as_secs_f64());
}
