//! The lines of index, time index, producer snapshot and transaction index files.

use std::path::Path;

use keld_record::{RecordBatch, decrement_sequence};

use super::log::BatchReader;
use super::{Choice, Findings, absolute, base_offset};
use crate::console::Console;
use crate::failure::{Failure, Outcome};

/// Entries of an offset index: relative offset (4 bytes), position (4 bytes).
fn read_offsets(path: &Path) -> Result<Vec<(i64, u64)>, Failure> {
    let base = base_offset(path)?;
    let bytes = std::fs::read(path)?;
    Ok(bytes
        .chunks_exact(8)
        .map(|entry| {
            let mut field = Fields(entry);
            (base + i64::from(field.i32()), u64::try_from(field.i32()).unwrap_or(0))
        })
        .collect())
}

pub(super) fn offsets(
    console: &mut Console,
    path: &Path,
    choice: Choice,
    findings: &mut Findings,
) -> Outcome {
    let base = base_offset(path)?;
    let entries = read_offsets(path)?;
    let shown = path.display();
    if entries.is_empty() {
        console.line(format!("{shown} is empty."));
        return Ok(());
    }
    if choice.sanity_only {
        let last = entries.last().map_or(base, |(offset, _)| *offset);
        let length = std::fs::metadata(path)?.len();
        if length % 8 != 0 || last < base {
            return Err(Failure::failed("did not pass the sanity check")
                .with_hint("a broker rebuilds it from the log at its next start"));
        }
        console.line(format!("{shown} passed sanity check."));
        return Ok(());
    }
    let mut batches = BatchReader::open(&path.with_extension("log"), u64::MAX)?;
    for (at, (offset, position)) in entries.into_iter().enumerate() {
        // The rest of a preallocated file is zeros.
        if offset == base && at > 0 {
            return Ok(());
        }
        batches.seek(position)?;
        let found = batches.next_batch()?.map_or(-1, |(_, batch)| last_offset(&batch));
        if found != offset {
            findings.mismatches.entry(absolute(path)).or_default().push((offset, found));
        }
        if !choice.verify_only {
            console.line(format!("offset: {offset} position: {position}"));
        }
    }
    Ok(())
}

pub(super) fn times(
    console: &mut Console,
    path: &Path,
    choice: Choice,
    findings: &mut Findings,
) -> Outcome {
    let base = base_offset(path)?;
    let bytes = std::fs::read(path)?;
    if choice.sanity_only {
        if bytes.len() % 12 != 0 {
            return Err(Failure::failed("did not pass the sanity check")
                .with_hint("a broker rebuilds it from the log at its next start"));
        }
        console.line(format!("{} passed sanity check.", path.display()));
        return Ok(());
    }
    let index = read_offsets(&path.with_extension("index")).unwrap_or_default();
    let mut batches = BatchReader::open(&path.with_extension("log"), u64::MAX)?;
    let mut before = -1_i64;
    for (at, entry) in bytes.chunks_exact(12).enumerate() {
        let mut field = Fields(entry);
        let (timestamp, offset) = (field.i64(), base + i64::from(field.i32()));
        // The rest of a preallocated file is zeros.
        if offset == base && at > 0 {
            return Ok(());
        }
        let below = index.iter().take_while(|(indexed, _)| *indexed <= offset).last();
        batches.seek(below.map_or(0, |(_, position)| *position))?;
        let mut found = None;
        while let Some((_, batch)) = batches.next_batch()? {
            if last_offset(&batch) >= offset {
                found = Some(batch);
                break;
            }
        }
        let name = absolute(path);
        match found {
            None => findings.missing.entry(name).or_default().push((offset, -1)),
            Some(batch) if last_offset(&batch) != offset => {
                findings.missing.entry(name).or_default().push((offset, last_offset(&batch)));
            }
            Some(batch) => {
                let newest = newest_timestamp(&batch)?;
                if newest != timestamp {
                    let pair = (timestamp, newest);
                    findings.timestamps.entry(name.clone()).or_default().push(pair);
                }
                if before >= timestamp {
                    findings.disorder.entry(name).or_default().push((timestamp, before));
                }
            }
        }
        if !choice.verify_only {
            console.line(format!("timestamp: {timestamp} offset: {offset}"));
        }
        before = timestamp;
    }
    Ok(())
}

/// A snapshot of producers: version (2), CRC (4), count (4), then 46 bytes a producer.
pub(super) fn producers(console: &mut Console, path: &Path) -> Outcome {
    let bytes = std::fs::read(path)?;
    if bytes.len() < 10 {
        console.error("Snapshot is too short to hold its header");
        return Ok(());
    }
    let mut header = Fields(&bytes);
    let version = header.i16();
    if version != 1 && version != 2 {
        console.error(format!("Snapshot contained an unknown file version {version}"));
        return Ok(());
    }
    for entry in bytes[10..].chunks_exact(46) {
        let mut field = Fields(entry);
        let (id, epoch, last_sequence) = (field.i64(), field.i16(), field.i32());
        let (last_offset, delta, timestamp) = (field.i64(), field.i32(), field.i64());
        let (coordinator_epoch, first) = (field.i32(), field.i64());
        let first = if first < 0 {
            "OptionalLong.empty".to_owned()
        } else {
            format!("OptionalLong[{first}]")
        };
        let mut line = format!(
            "producerId: {id} producerEpoch: {epoch} coordinatorEpoch: {coordinator_epoch} \
             currentTxnFirstOffset: {first} lastTimestamp: {timestamp}"
        );
        if last_offset >= 0 {
            line.push_str(&format!(
                " firstSequence: {} lastSequence: {last_sequence} lastOffset: {last_offset} \
                 offsetDelta: {delta} timestamp: {timestamp}",
                decrement_sequence(last_sequence, delta)
            ));
        }
        console.line(line);
    }
    Ok(())
}

/// A transaction index: version (2) and four numbers of 8 bytes an aborted transaction.
pub(super) fn transactions(console: &mut Console, path: &Path) -> Outcome {
    for entry in std::fs::read(path)?.chunks_exact(34) {
        let mut field = Fields(entry);
        console.line(format!(
            "version: {} producerId: {} firstOffset: {} lastOffset: {} lastStableOffset: {}",
            field.i16(),
            field.i64(),
            field.i64(),
            field.i64(),
            field.i64()
        ));
    }
    Ok(())
}

fn last_offset(batch: &RecordBatch) -> i64 {
    batch.header().last_offset().get()
}

fn newest_timestamp(batch: &RecordBatch) -> Result<i64, Failure> {
    let mut newest = -1;
    for record in batch.records().map_err(|error| Failure::failed(error.to_string()))? {
        let record = record.map_err(|error| Failure::failed(error.to_string()))?;
        newest = newest.max(record.timestamp);
    }
    Ok(newest)
}

/// Takes big-endian numbers from the front; zeros past the end, which fixed entries never reach.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk::<N>() {
            Some((field, rest)) => {
                self.0 = rest;
                *field
            }
            None => [0; N],
        }
    }

    fn i16(&mut self) -> i16 {
        i16::from_be_bytes(self.take())
    }

    fn i32(&mut self) -> i32 {
        i32::from_be_bytes(self.take())
    }

    fn i64(&mut self) -> i64 {
        i64::from_be_bytes(self.take())
    }
}
