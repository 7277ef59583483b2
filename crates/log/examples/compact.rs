//! How fast a log is compacted, with the records of the benchmark P9: one is filled on the disk,
//! then compacted.
//!
//! `cargo run --release -p keld-log --example compact -- DIRECTORY [RECORDS [KEYS]]` fills the
//! directory if it is not there, and else compacts the log in it. A copy of hard links (`cp -al`)
//! is enough to compact the same log again: no segment is written to.

#![allow(clippy::print_stdout, reason = "a program that reports on its standard output")]

use keld_env::os::OsDisk;
use keld_log::{
    CompactOptions, DirectoryKind, LogConfig, LogDirectory, MetaProperties, OpenLog, PartitionLog,
    Step,
};
use keld_record::{BatchBuilder, Compression};
use keld_types::{
    BrokerEpoch, BrokerId, ClusterId, LeaderEpoch, PartitionIndex, TopicId, TopicName,
    TopicPartition, Uuid,
};
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const VALUE_BYTES: usize = 1024;
/// Different values; records take them in turn.
const VALUES: usize = 4096;
const BATCH_RECORDS: u64 = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().ok_or("name a directory")?);
    let records: u64 = arguments.next().map_or(Ok(5_000_000), |value| value.parse())?;
    let keys: u64 = arguments.next().map_or(Ok(500_000), |value| value.parse())?;
    let config = LogConfig {
        segment_bytes: 64 << 20,
        compact: true,
        delete: false,
        file_delete_delay_ms: 0,
        ..LogConfig::default()
    };
    let disk = Arc::new(OsDisk);
    let is_filled = path.exists();
    if !is_filled {
        let meta = MetaProperties {
            cluster_id: ClusterId::new("bench"),
            node_id: BrokerId::new(1),
            directory_id: None,
        };
        LogDirectory::format(disk.as_ref(), &path, &meta)?;
    }
    let directory = LogDirectory::open(disk, path)?;
    let mut log = directory.open_log(OpenLog {
        partition: TopicPartition::new(TopicName::new("topic"), PartitionIndex::new(0)),
        kind: DirectoryKind::Current,
        topic_id: Some(TopicId::new(Uuid::from_parts(1, 2))),
        config,
        now_ms: 0,
    })?;
    if is_filled {
        log.set_high_watermark(log.log_end_offset());
        return compact(&mut log);
    }
    fill(&mut log, records, keys)?;
    log.roll(0)?;
    log.close(0)?;
    directory.note_offsets(&log);
    directory.close_cleanly(BrokerEpoch::new(1))?;
    println!("filled with {} MB", log.size_bytes() / 1_000_000);
    Ok(())
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Words at random, as in the benchmark.
fn value(state: &mut u64) -> Vec<u8> {
    const WORDS: [&str; 12] = [
        "page_view",
        "add_to_cart",
        "checkout",
        "login",
        "search",
        "impression",
        "\"user\":",
        "\"price\":",
        "\"country\":\"DE\"",
        "Mozilla/5.0 (X11; Linux x86_64)",
        "true",
        "null",
    ];
    let mut value = Vec::with_capacity(VALUE_BYTES + 64);
    while value.len() < VALUE_BYTES {
        let number = next(state) >> 20;
        let word = usize::try_from(number % 12).ok().and_then(|index| WORDS.get(index));
        value.extend_from_slice(word.unwrap_or(&"null").as_bytes());
        value.extend_from_slice(format!(",{:x},", number % 65_536).as_bytes());
    }
    value.truncate(VALUE_BYTES);
    value
}

fn fill(log: &mut PartitionLog, records: u64, keys: u64) -> Result<(), Box<dyn Error>> {
    let mut state = 0x9e37_79b9_7f4a_7c15;
    let values: Vec<Vec<u8>> = (0..VALUES).map(|_| value(&mut state)).collect();
    let mut values = values.iter().cycle();
    let mut written = 0;
    while written < records {
        let base = log.log_end_offset();
        let mut builder =
            BatchBuilder::new(Compression::Lz4).base_offset(base).leader_epoch(LeaderEpoch::new(0));
        for value in values.by_ref().take(usize::try_from(BATCH_RECORDS.min(records - written))?) {
            let key = format!("key-{:09}", (next(&mut state) >> 16) % keys);
            builder.append(1_700_000_000_000, Some(key.as_bytes()), Some(value), &[])?;
        }
        written += BATCH_RECORDS;
        log.append_as_follower(&builder.finish()?, LeaderEpoch::new(0), 0)?;
    }
    Ok(())
}

fn compact(log: &mut PartitionLog) -> Result<(), Box<dyn Error>> {
    let options = CompactOptions {
        map_bytes_max: 128 << 20,
        load_factor: 0.9,
        buffer_bytes: 256 << 10,
        step_bytes: 8 << 20,
        secret: [7; 16],
        now_ms: 0,
    };
    let bytes = log.size_bytes();
    #[allow(clippy::disallowed_methods, reason = "a measurement on the real clock")]
    let now = std::time::Instant::now;
    let (began, cpu_before) = (now(), cpu()?);
    let mut mapped = None;
    let mut compaction = log.start_compaction(&options)?.ok_or("nothing to compact")?;
    loop {
        match compaction.step()? {
            Step::Worked { .. } => {
                if mapped.is_none() && compaction.stats().keys > 0 {
                    mapped = Some((now(), cpu()?));
                }
            }
            Step::Commit => log.commit_compaction(&mut compaction, 0)?,
            Step::Done => break,
        }
    }
    let (mapped, cpu_mapped) = mapped.ok_or("there are no keys")?;
    let (ended, cpu_after) = (now(), cpu()?);
    println!("{:#?}", compaction.stats());
    let report = |what: &str, took: Duration, used: Duration| {
        println!(
            "{what}: {:.2} s, {:.0} MB/s, {:.2} CPU-s, {:.3} CPU-s/GB",
            took.as_secs_f64(),
            bytes as f64 / 1e6 / took.as_secs_f64(),
            used.as_secs_f64(),
            used.as_secs_f64() / (bytes as f64 / 1e9),
        );
    };
    report("keys", mapped - began, cpu_mapped.saturating_sub(cpu_before));
    report("segments", ended - mapped, cpu_after.saturating_sub(cpu_mapped));
    report("all", ended - began, cpu_after.saturating_sub(cpu_before));
    Ok(())
}

/// Processor time of this process.
fn cpu() -> Result<Duration, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("an odd /proc/self/stat")?;
    let ticks: u64 = fields
        .split_ascii_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap_or(0))
        .sum();
    Ok(Duration::from_millis(ticks * 10))
}
