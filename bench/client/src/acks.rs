//! Records at a steady rate while something happens to the cluster: when each was acknowledged, and
//! whether each is there afterwards.
//!
//! The harness speaks on standard input: the line `mark` says that it happens now, the end of the
//! input that it is over. The line `running` on standard output says that records are acknowledged.

use std::io::{BufRead as _, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use crate::librdkafka::{self, ACKNOWLEDGED, Consumer, FAILED};
use crate::{Job, Poller, Result, SILENCE, ZERO, payload};

/// Numbers of acknowledged records, from 1 on, with the microsecond since [`ZERO`] of each.
static ACKNOWLEDGEMENTS: Mutex<Vec<(u64, u32)>> = Mutex::new(Vec::new());

fn now_us() -> u32 {
    // Runs last minutes, and an hour would fit.
    u32::try_from(ZERO.elapsed().as_micros()).unwrap_or(u32::MAX)
}

fn acknowledged(number: u64) {
    if let Ok(mut all) = ACKNOWLEDGEMENTS.lock() {
        all.push((number, now_us()));
    }
}

/// What the harness said so far.
struct Told {
    /// Microseconds of the last mark; 0 without one.
    mark_us: AtomicU64,
    is_over: AtomicBool,
}

fn listen() -> Arc<Told> {
    let told = Arc::new(Told { mark_us: AtomicU64::new(0), is_over: AtomicBool::new(false) });
    let heard = Arc::clone(&told);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            match line.as_deref() {
                Ok("mark") => heard.mark_us.store(u64::from(now_us()), Ordering::Relaxed),
                _ => break,
            }
        }
        heard.is_over.store(true, Ordering::Relaxed);
    });
    told
}

/// Writes until it is over, then reads everything back.
pub fn run(job: &Job) -> Result<()> {
    LazyLock::force(&ZERO);
    let producer = job.producer()?;
    librdkafka::on_acknowledged(acknowledged);
    let told = listen();
    let poller = Poller::start(&producer);
    let mut values = payload::values(job.size.max(8), job.json);
    let (count, interval) = (values.len() as u64, 1e9 / job.rate as f64);
    let start = ZERO.elapsed();
    let (mut sent, mut is_running) = (0, false);
    while sent < job.rate * job.seconds && !told.is_over.load(Ordering::Relaxed) {
        let due = start + Duration::from_nanos((sent as f64 * interval) as u64);
        let now = ZERO.elapsed();
        if now < due {
            std::thread::sleep(due - now);
        }
        let value = &mut values[usize::try_from(sent % count).unwrap_or(0)];
        let number = sent + 1;
        value[..8].copy_from_slice(&number.to_le_bytes());
        producer.send(job.partition(sent), &[], value, number)?;
        sent = number;
        if !is_running && ACKNOWLEDGED.load(Ordering::Relaxed) > 0 {
            is_running = true;
            println!("running");
        }
    }
    producer.flush()?;
    let seconds = (ZERO.elapsed() - start).as_secs_f64();
    poller.end()?;
    let all = ACKNOWLEDGEMENTS.lock().map_err(|_| "a recorder panicked")?;
    keep_times(job, &all)?;
    let there = Found::read(job, sent)?;
    let lost = all.iter().filter(|(number, _)| there.times(*number) == 0).count();
    println!(
        "{{\"records\":{sent},\"acknowledged\":{},\"failed\":{},\"seconds\":{seconds:.6},\"mark_us\":{},\
         \"lost\":{lost},\"duplicated\":{}}}",
        all.len(),
        FAILED.load(Ordering::Relaxed),
        told.mark_us.load(Ordering::Relaxed),
        there.duplicated()
    );
    Ok(())
}

/// Writes when records were acknowledged, in microseconds of four bytes each.
fn keep_times(job: &Job, all: &[(u64, u32)]) -> Result<()> {
    let Some(path) = &job.times else { return Ok(()) };
    let bytes: Vec<u8> = all.iter().flat_map(|(_, us)| us.to_le_bytes()).collect();
    std::fs::File::create(path)
        .and_then(|mut file| file.write_all(&bytes))
        .map_err(|error| format!("{path}: {error}"))
}

/// How often each record was found, by its number less 1.
struct Found(Vec<u32>);

impl Found {
    /// Reads the topic from its beginning to its end, in which nobody else writes.
    fn read(job: &Job, sent: u64) -> Result<Self> {
        let properties = job.consumer_properties(None);
        let consumer = Consumer::assign(&properties, &job.topic, job.partitions, false)?;
        let wanted = consumer.records(&job.topic, job.partitions)?;
        let mut found = vec![0; usize::try_from(sent).map_err(|e| e.to_string())?];
        let (mut records, mut strange, mut last) = (0, 0, Instant::now());
        while records < wanted {
            let before = records;
            consumer.poll(100, |value| {
                records += 1;
                let number = value.first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
                let at = usize::try_from(number.wrapping_sub(1)).unwrap_or(usize::MAX);
                match found.get_mut(at) {
                    Some(times) => *times += 1,
                    None => strange += 1,
                }
            });
            if records > before {
                last = Instant::now();
            } else if last.elapsed() > SILENCE {
                return Err(format!("{records} of {wanted} records came"));
            }
        }
        if strange > 0 {
            return Err(format!("{strange} records that nobody sent"));
        }
        Ok(Self(found))
    }

    fn times(&self, number: u64) -> u32 {
        let at = usize::try_from(number.wrapping_sub(1)).unwrap_or(usize::MAX);
        self.0.get(at).copied().unwrap_or(0)
    }

    fn duplicated(&self) -> u64 {
        self.0.iter().map(|times| u64::from(times.saturating_sub(1))).sum()
    }
}
