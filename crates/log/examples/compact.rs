//! How fast a log is compacted: fills one on the disk with records of random keys and compacts it.
//!
//! `cargo run --release -p keld-log --example compact -- DIRECTORY [RECORDS [KEYS]]`; the directory
//! must not exist.

#![allow(clippy::print_stdout, reason = "a program that reports on its standard output")]

use keld_env::os::OsDisk;
use keld_log::{
    CompactOptions, DirectoryKind, LogConfig, LogDirectory, MetaProperties, OpenLog, PartitionLog,
    Step,
};
use keld_record::{BatchBuilder, Compression};
use keld_types::{
    BrokerId, ClusterId, LeaderEpoch, PartitionIndex, TopicId, TopicName, TopicPartition, Uuid,
};
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const VALUE_BYTES: usize = 1024;
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
    let meta = MetaProperties {
        cluster_id: ClusterId::new("bench"),
        node_id: BrokerId::new(1),
        directory_id: None,
    };
    LogDirectory::format(disk.as_ref(), &path, &meta)?;
    let directory = LogDirectory::open(disk, path)?;
    let mut log = directory.open_log(OpenLog {
        partition: TopicPartition::new(TopicName::new("topic"), PartitionIndex::new(0)),
        kind: DirectoryKind::Current,
        topic_id: Some(TopicId::new(Uuid::from_parts(1, 2))),
        config,
        now_ms: 0,
    })?;
    fill(&mut log, records, keys)?;
    log.roll(0)?;
    log.flush(0)?;
    log.set_high_watermark(log.log_end_offset());
    compact(&mut log)
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn fill(log: &mut PartitionLog, records: u64, keys: u64) -> Result<(), Box<dyn Error>> {
    let (mut state, mut value) = (0x9e37_79b9_7f4a_7c15, vec![0; VALUE_BYTES]);
    let mut written = 0;
    while written < records {
        let base = log.log_end_offset();
        let mut builder =
            BatchBuilder::new(Compression::Lz4).base_offset(base).leader_epoch(LeaderEpoch::new(0));
        for _ in 0..BATCH_RECORDS.min(records - written) {
            let key = format!("key-{:012}", next(&mut state) % keys);
            // Half of it can be compressed away.
            for piece in value.chunks_exact_mut(16) {
                let (random, same) = piece.split_at_mut(8);
                random.copy_from_slice(&next(&mut state).to_le_bytes());
                same.fill(b'v');
            }
            builder.append(1_700_000_000_000, Some(key.as_bytes()), Some(&value), &[])?;
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
    let before = log.size_bytes();
    let cpu_before = cpu()?;
    #[allow(clippy::disallowed_methods, reason = "a measurement on the real clock")]
    let began = std::time::Instant::now();
    let mut mapped = None;
    let mut compaction = log.start_compaction(&options)?.ok_or("nothing to compact")?;
    loop {
        match compaction.step()? {
            Step::Worked { .. } => {
                if mapped.is_none() && compaction.stats().keys > 0 {
                    mapped = Some(began.elapsed());
                }
            }
            Step::Commit => log.commit_compaction(&mut compaction, 0)?,
            Step::Done => break,
        }
    }
    let (took, used) = (began.elapsed(), cpu()?.saturating_sub(cpu_before));
    let rate = before as f64 / 1e6 / took.as_secs_f64();
    println!("{:#?}", compaction.stats());
    println!(
        "{:.0} MB in {:.2} s (keys {:.2} s): {rate:.0} MB/s, {:.2} CPU-s/GB",
        before as f64 / 1e6,
        took.as_secs_f64(),
        mapped.unwrap_or_default().as_secs_f64(),
        used.as_secs_f64() / (before as f64 / 1e9),
    );
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
