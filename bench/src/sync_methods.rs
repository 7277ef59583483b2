//! How to make appends to many files durable: what a round of the group commit costs by each method.
//!
//! `keld-bench sync-methods DIR` appends 4 KiB to each of N files and makes them durable, again and
//! again, and prints one JSON line a method and N: median and 99th percentile of the time a round
//! takes, and processor time a round and a file. `docs/adr/0002-group-commit.md` has the decision.

#![expect(
    clippy::disallowed_methods,
    reason = "a measurement takes the real time and threads of its own"
)]

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::json;

const APPEND: usize = 4096;
const FILES: [usize; 7] = [1, 8, 32, 64, 128, 512, 2000];
/// How long each combination is measured, and in how many rounds at least.
const TIME: Duration = Duration::from_secs(2);
const ROUNDS_MIN: usize = 5;
/// The write-ahead file is written anew from its start when it is full.
const WAL_BYTES: u64 = 64 << 20;
/// What another process may have dirtied on the volume meanwhile.
const NEIGHBOUR_BYTES: usize = 64 << 20;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Method {
    /// `fdatasync` from this many threads.
    EachFile(usize),
    /// `syncfs`.
    Volume,
    /// `syncfs` while other files of the volume have dirty data.
    VolumeBesideOthers,
    /// One file that takes a copy of all appends, grown by them, and one `fdatasync`.
    WalGrowing,
    /// The same, over bytes that were written before.
    WalOverwriting,
}

impl Method {
    const ALL: [Self; 7] = [
        Self::EachFile(1),
        Self::EachFile(4),
        Self::EachFile(16),
        Self::Volume,
        Self::VolumeBesideOthers,
        Self::WalGrowing,
        Self::WalOverwriting,
    ];

    fn name(self) -> String {
        match self {
            Self::EachFile(threads) => format!("fdatasync, {threads} threads"),
            Self::Volume => "syncfs".to_owned(),
            Self::VolumeBesideOthers => "syncfs beside 64 MiB of others".to_owned(),
            Self::WalGrowing => "write-ahead file, growing".to_owned(),
            Self::WalOverwriting => "write-ahead file, overwriting".to_owned(),
        }
    }
}

/// Threads that sync what they are handed.
struct Pool {
    work: Vec<SyncSender<Arc<Vec<File>>>>,
    done: Receiver<std::io::Result<()>>,
}

impl Pool {
    /// Each thread takes the files of its number, modulo the threads.
    fn start(threads: usize) -> Self {
        let (finished, done) = sync_channel(threads);
        let work = (0..threads)
            .map(|number| {
                let (sender, receiver) = sync_channel::<Arc<Vec<File>>>(1);
                let finished = finished.clone();
                thread::spawn(move || {
                    for files in receiver {
                        let mut mine = files.iter().skip(number).step_by(threads);
                        let synced = mine.try_for_each(File::sync_data);
                        if finished.send(synced).is_err() {
                            return;
                        }
                    }
                });
                sender
            })
            .collect();
        Self { work, done }
    }

    fn sync(&self, files: &Arc<Vec<File>>) -> anyhow::Result<()> {
        for thread in &self.work {
            thread.send(Arc::clone(files)).context("a sync thread ended")?;
        }
        for _ in &self.work {
            self.done.recv().context("a sync thread ended")??;
        }
        Ok(())
    }
}

/// Measures all methods on the volume of `dir`.
pub(crate) fn run(dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir)?;
    println!("{}", json!({ "handoff_us": handoff_us()? }));
    for files in FILES {
        for method in Method::ALL {
            let scratch = tempfile::tempdir_in(dir)?;
            println!("{}", measure(method, files, scratch.path())?);
        }
    }
    Ok(())
}

fn measure(method: Method, count: usize, dir: &Path) -> anyhow::Result<serde_json::Value> {
    let files: Vec<File> =
        (0..count).map(|n| File::create(dir.join(format!("{n}.log")))).collect::<Result<_, _>>()?;
    let files = Arc::new(files);
    let volume = File::open(dir)?;
    let wal = File::create(dir.join("wal"))?;
    if method == Method::WalOverwriting {
        let zeros = vec![0; 1 << 20];
        (0..WAL_BYTES >> 20).try_for_each(|n| wal.write_all_at(&zeros, n << 20))?;
    }
    let mut neighbour = File::create(dir.join("neighbour"))?;
    let others = vec![1u8; NEIGHBOUR_BYTES];
    let pool = match method {
        Method::EachFile(threads) if threads > 1 => Some(Pool::start(threads)),
        _ => None,
    };
    rustix::fs::syncfs(&volume)?;
    let record = vec![7u8; APPEND];
    let all: Vec<u8> = record.repeat(count);
    let (mut times, mut position, mut wal_position) = (Vec::new(), 0, 0);
    let (begun, mut busy) = (Instant::now(), Duration::ZERO);
    while times.len() < ROUNDS_MIN || begun.elapsed() < TIME {
        for file in files.iter() {
            file.write_all_at(&record, position)?;
        }
        position += APPEND as u64;
        if method == Method::VolumeBesideOthers {
            neighbour = File::create(dir.join("neighbour"))?;
            neighbour.write_all(&others)?;
        }
        let (start, cpu) = (Instant::now(), cpu_time()?);
        match method {
            Method::EachFile(_) => match &pool {
                Some(pool) => pool.sync(&files)?,
                None => files.iter().try_for_each(File::sync_data)?,
            },
            Method::Volume | Method::VolumeBesideOthers => rustix::fs::syncfs(&volume)?,
            Method::WalGrowing | Method::WalOverwriting => {
                if method == Method::WalOverwriting && wal_position + all.len() as u64 > WAL_BYTES {
                    wal_position = 0;
                }
                wal.write_all_at(&all, wal_position)?;
                wal_position += all.len() as u64;
                wal.sync_data()?;
            }
        }
        times.push(start.elapsed());
        busy += cpu_time()?.saturating_sub(cpu);
    }
    drop(neighbour);
    times.sort_unstable();
    let at = |part: usize| times.get((times.len() - 1) * part / 100).copied().unwrap_or_default();
    let rounds = u32::try_from(times.len())?;
    let cpu_us = micros(busy / rounds);
    Ok(json!({
        "method": method.name(),
        "files": count,
        "rounds": rounds,
        "p50_us": micros(at(50)),
        "p99_us": micros(at(99)),
        "cpu_us": cpu_us,
        "p50_us_a_file": micros(at(50)) / count as f64,
    }))
}

fn micros(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e7).round() / 10.0
}

/// Processor time of all threads of this process.
fn cpu_time() -> anyhow::Result<Duration> {
    let mut total = 0;
    for entry in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(entry?.path().join("schedstat"))?;
        let first = text.split_whitespace().next().context("schedstat has no figures")?;
        total += first.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(total))
}

/// What it costs to hand work to a thread that waits for it, median.
fn handoff_us() -> anyhow::Result<f64> {
    type Queue = (Mutex<VecDeque<Instant>>, std::sync::Condvar);
    let queue: Arc<Queue> = Arc::default();
    let (sender, receiver) = sync_channel(1);
    let theirs = Arc::clone(&queue);
    thread::spawn(move || {
        let (held, waiting) = &*theirs;
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(sent) = held.pop_front() {
                if sender.send(sent.elapsed()).is_err() {
                    return;
                }
            } else {
                held = waiting.wait(held).unwrap_or_else(PoisonError::into_inner);
            }
        }
    });
    let mut times = Vec::new();
    for _ in 0..2000 {
        thread::sleep(Duration::from_micros(50));
        let (held, waiting) = &*queue;
        held.lock().unwrap_or_else(PoisonError::into_inner).push_back(Instant::now());
        waiting.notify_one();
        times.push(receiver.recv()?);
    }
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied().map(micros).unwrap_or_default())
}
