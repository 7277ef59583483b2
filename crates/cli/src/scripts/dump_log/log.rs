//! The lines of a `.log` file or a metadata snapshot.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use keld_record::{
    BatchHeader, HEADER_LENGTH, LOG_OVERHEAD, Record, RecordBatch, increment_sequence,
};

use super::{Choice, Findings, absolute, base_offset, control};
use crate::console::Console;
use crate::failure::{Failure, Outcome};

pub(super) fn dump(
    console: &mut Console,
    path: &Path,
    choice: Choice,
    findings: &mut Findings,
) -> Outcome {
    console.line(title(path)?);
    let mut batches = BatchReader::open(path, choice.bytes_max)?;
    let mut last_offset = -1_i64;
    while let Some((position, batch)) = batches.next_batch()? {
        console.line(batch_line(batch.header(), position, batch.verify_crc().is_ok()));
        if !choice.deep {
            continue;
        }
        let records = batch.records().map_err(|error| Failure::failed(error.to_string()))?;
        for record in records {
            let record = record.map_err(|error| Failure::failed(error.to_string()))?;
            let offset = record.offset.get();
            if offset != last_offset + 1 {
                findings.gaps.entry(absolute(path)).or_default().push((last_offset, offset));
            }
            last_offset = offset;
            console.write(&record_line(batch.header(), &record, choice)?);
        }
    }
    let trailing = batches.length - batches.position;
    if trailing > 0 && choice.bytes_max == u64::MAX {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        console.line(format!("Found {trailing} invalid bytes at the end of {name}"));
    }
    Ok(())
}

fn title(path: &Path) -> Result<String, Failure> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if name.ends_with(".log") {
        return Ok(format!("Log starting offset: {}", base_offset(path)?));
    }
    if name == "bootstrap.checkpoint" {
        return Ok("KRaft bootstrap snapshot".to_owned());
    }
    let stem = name.split('.').next().unwrap_or_default();
    let ids = stem.split_once('-').and_then(|(offset, epoch)| {
        Some((offset.parse::<i64>().ok()?, epoch.parse::<i32>().ok()?))
    });
    match ids {
        Some((offset, epoch)) => Ok(format!("Snapshot end offset: {offset}, epoch: {epoch}")),
        None => Err(Failure::failed("is not named as a snapshot, offset-epoch.checkpoint")),
    }
}

/// Reads batches one by one; what is left at the end is not a whole batch.
pub(super) struct BatchReader {
    file: File,
    /// Bytes to read at all.
    pub(super) length: u64,
    /// Bytes of whole batches so far.
    pub(super) position: u64,
}

impl BatchReader {
    pub(super) fn open(path: &Path, bytes_max: u64) -> Result<Self, Failure> {
        let file = File::open(path)?;
        let length = file.metadata()?.len().min(bytes_max);
        Ok(Self { file, length, position: 0 })
    }

    /// Goes to a position, for reading from there.
    pub(super) fn seek(&mut self, position: u64) -> Outcome {
        use std::io::Seek;
        self.file.seek(std::io::SeekFrom::Start(position))?;
        self.position = position;
        Ok(())
    }

    /// The next batch with its position.
    pub(super) fn next_batch(&mut self) -> Result<Option<(u64, RecordBatch)>, Failure> {
        let left = self.length.saturating_sub(self.position);
        let header_length = u64::try_from(HEADER_LENGTH).unwrap_or(u64::MAX);
        if left < header_length {
            return Ok(None);
        }
        let mut bytes = vec![0; HEADER_LENGTH];
        self.file.read_exact(&mut bytes)?;
        let damaged = |error: &dyn std::fmt::Display| {
            Failure::failed(format!("at position {}: {error}", self.position))
                .with_hint("only batches of format 2 can be read; the file may be damaged here")
        };
        let size = match BatchHeader::parse(&bytes) {
            Ok(header) => header.size(),
            Err(error) => return Err(damaged(&error)),
        };
        if size < HEADER_LENGTH || u64::try_from(size).unwrap_or(u64::MAX) > left {
            return Ok(None);
        }
        // Not more than the file still has: checked on the line above.
        bytes.resize(size, 0);
        self.file.read_exact(&mut bytes[HEADER_LENGTH..])?;
        let batch = RecordBatch::parse(&Bytes::from(bytes)).map_err(|error| damaged(&error))?;
        let position = self.position;
        self.position += u64::try_from(size).unwrap_or(u64::MAX);
        Ok(Some((position, batch)))
    }
}

fn batch_line(header: &BatchHeader, position: u64, is_valid: bool) -> String {
    let last_sequence = if header.base_sequence < 0 { -1 } else { header.last_sequence() };
    let horizon = header
        .delete_horizon_ms()
        .map_or_else(|| "OptionalLong.empty".to_owned(), |ms| format!("OptionalLong[{ms}]"));
    let codec = header.compression().map_or("unknown", |codec| codec.name());
    format!(
        "baseOffset: {} lastOffset: {} count: {} baseSequence: {} lastSequence: {last_sequence} \
         producerId: {} producerEpoch: {} partitionLeaderEpoch: {} isTransactional: {} \
         isControl: {} deleteHorizonMs: {horizon} position: {position} {}: {} size: {} magic: 2 \
         compresscodec: {codec} crc: {} isvalid: {is_valid}",
        header.base_offset,
        header.last_offset(),
        header.record_count,
        header.base_sequence,
        header.producer_id,
        header.producer_epoch,
        header.partition_leader_epoch,
        header.is_transactional(),
        header.is_control(),
        header.timestamp_type().name(),
        header.max_timestamp,
        u64::try_from(header.length).unwrap_or(0) + u64::try_from(LOG_OVERHEAD).unwrap_or(0),
        header.crc,
    )
}

fn record_line(header: &BatchHeader, record: &Record, choice: Choice) -> Result<Vec<u8>, Failure> {
    let mut line = Vec::new();
    if !choice.skip_metadata {
        let size = |field: &Option<Bytes>| {
            field.as_ref().map_or_else(|| "-1".to_owned(), |bytes| bytes.len().to_string())
        };
        let delta = record.offset.get() - header.base_offset.get();
        let sequence = match i32::try_from(delta) {
            Ok(delta) if header.base_sequence >= 0 => {
                increment_sequence(header.base_sequence, delta)
            }
            _ => -1,
        };
        let keys: Vec<_> = record.headers.iter().map(|header| header.key_text()).collect();
        line.extend_from_slice(
            format!(
                "| offset: {} {}: {} keySize: {} valueSize: {} sequence: {sequence} \
                 headerKeys: [{}]",
                record.offset,
                header.timestamp_type().name(),
                record.timestamp,
                size(&record.key),
                size(&record.value),
                keys.join(",")
            )
            .as_bytes(),
        );
        if header.is_control() {
            line.extend_from_slice(control::describe(record).as_bytes());
        }
    }
    if choice.contents && !header.is_control() {
        let mut prefix = if choice.skip_metadata { "| " } else { " " };
        let contents = choice.shown.contents(record)?;
        for (name, text) in [("key: ", contents.key), ("payload: ", contents.payload)] {
            if let Some(text) = text {
                for part in [prefix, name, &text] {
                    line.extend_from_slice(part.as_bytes());
                }
                prefix = " ";
            }
        }
    }
    line.push(b'\n');
    Ok(line)
}
