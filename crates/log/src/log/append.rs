//! Appending: what the leader assigns, what a follower takes as it is; one write an append.

use super::PartitionLog;
use super::replay::marker_of;
use crate::config::LogConfig;
use crate::error::{AppendError, LogError};
use crate::names::SegmentFile;
use crate::producers::{CompletedTxn, ProducerAppend, Rules};
use crate::segment::Growth;
use crate::txn_index::AbortedTxn;
use bytes::Bytes;
use keld_env::OpenMode;
use keld_record::{
    AppendOrigin, BatchHeader, HEADER_LENGTH, TimestampType, ValidateOptions, Validated,
};
use keld_types::{LeaderEpoch, Mutation, Offset, TopicPartition};
use smallvec::SmallVec;
use std::io::IoSlice;

/// An append of a leader: batches that `keld_record::validate` has passed.
#[derive(Debug)]
pub struct LeaderAppend<'a> {
    /// The batches, in order. Offsets and epoch are assigned by the append.
    pub batches: &'a mut [Validated],
    /// Who asks.
    pub origin: AppendOrigin,
    /// The leader's epoch.
    pub leader_epoch: LeaderEpoch,
    /// The wall clock.
    pub now_ms: i64,
}

/// What an append did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AppendInfo {
    /// The first record's offset.
    pub first_offset: Offset,
    /// The last record's offset.
    pub last_offset: Offset,
    /// The largest timestamp of the records, −1 for a duplicate.
    pub max_timestamp: i64,
    /// The time the log gave the records, −1 when the producer's timestamps stand. For a duplicate:
    /// the timestamp of the original.
    pub log_append_time_ms: i64,
    /// The log start offset.
    pub log_start_offset: Offset,
    /// Bytes written, 0 for a duplicate.
    pub bytes: usize,
    /// The batch was there already: nothing was written, and these are the original's offsets.
    pub is_duplicate: bool,
}

/// One batch that will be written: its header as it will stand, and the bytes after it.
struct Batch<'a> {
    header: BatchHeader,
    /// The header's bytes; `None` when `rest` begins with them.
    head: Option<[u8; HEADER_LENGTH]>,
    rest: &'a [u8],
}

/// The producers an append touches.
type Changes = SmallVec<[ProducerAppend; 1]>;

impl LogConfig {
    /// What `keld_record::validate` must know to judge a batch for this log.
    pub fn validate_options<'a>(
        &self,
        partition: &'a TopicPartition,
        origin: AppendOrigin,
        leader_epoch: LeaderEpoch,
        now_ms: i64,
    ) -> ValidateOptions<'a> {
        ValidateOptions {
            origin,
            compression: self.append.compression,
            compacted: self.compact,
            timestamp_type: self.append.timestamp_type,
            timestamp_before_max_ms: self.append.timestamp_before_max_ms,
            timestamp_after_max_ms: self.append.timestamp_after_max_ms,
            message_bytes_max: Some(
                i32::try_from(self.append.max_message_bytes).unwrap_or(i32::MAX),
            ),
            ..ValidateOptions::new(partition, leader_epoch, now_ms)
        }
    }
}

impl PartitionLog {
    /// Appends as the leader: checks the producer's sequence, assigns offsets, writes once.
    ///
    /// On an error nothing was appended. After [`AppendError::Log`] with a fatal error the log is
    /// not used any more.
    pub fn append_as_leader(
        &mut self,
        append: LeaderAppend<'_>,
    ) -> Result<AppendInfo, AppendError> {
        self.check_usable()?;
        self.check_whole()?;
        let LeaderAppend { batches, origin, leader_epoch, now_ms } = append;
        if leader_epoch < self.latest_epoch() {
            return Err(AppendError::StaleLeaderEpoch {
                partition: self.partition.clone(),
                found: leader_epoch,
                current: self.latest_epoch(),
            });
        }
        let rules = match origin {
            AppendOrigin::Client => Rules::Client,
            AppendOrigin::Coordinator => Rules::Coordinator,
        };
        if rules == Rules::Client
            && let Some(duplicate) = self.find_duplicate(batches)
        {
            return Ok(duplicate);
        }
        let mut next = self.log_end;
        for batch in batches.iter_mut() {
            batch.assign(next);
            batch.header.partition_leader_epoch = leader_epoch;
            next = batch.header.next_offset();
        }
        let is_log_append_time = batches
            .first()
            .is_some_and(|batch| batch.header.timestamp_type() == TimestampType::LogAppendTime);
        let mut to_write = SmallVec::<[Batch<'_>; 1]>::with_capacity(batches.len());
        for batch in batches.iter() {
            let head = Some(batch.header_bytes());
            to_write.push(Batch { header: batch.header, head, rest: &batch.payload });
        }
        let mut info = self.append_batches(&to_write, rules, now_ms)?;
        if is_log_append_time {
            info.log_append_time_ms = info.max_timestamp;
        }
        Ok(info)
    }

    /// Appends several batches as [`append_as_leader`](Self::append_as_leader) would one after the
    /// other, with one write. `None` when something is in the way (a batch that is refused or there
    /// already, a segment that is full): then nothing was appended, and it is to be done singly.
    pub fn append_together(&mut self, append: LeaderAppend<'_>) -> Option<Vec<AppendInfo>> {
        let LeaderAppend { batches, origin, leader_epoch, now_ms } = append;
        if !self.fits_together(batches, now_ms) || self.find_duplicate(batches).is_some() {
            return None;
        }
        // A refusal leaves everything as it was; whose it is shows when it is done singly.
        self.append_as_leader(LeaderAppend { batches, origin, leader_epoch, now_ms }).ok()?;
        Some(batches.iter().map(|batch| self.appended(&batch.header)).collect())
    }

    /// Whether the active segment and its indexes have room for several batches.
    fn fits_together(&self, batches: &[Validated], now_ms: i64) -> bool {
        let Some((_, active)) = self.segments.last_key_value() else { return false };
        let records: i64 =
            batches.iter().map(|batch| i64::from(batch.header.last_offset_delta) + 1).sum();
        let growth = Growth {
            bytes: batches.iter().map(|batch| batch.size() as u64).sum(),
            last_offset: self.log_end + records,
            max_timestamp: batches
                .iter()
                .map(|batch| batch.header.max_timestamp)
                .max()
                .unwrap_or(-1),
            now_ms,
        };
        batches.len() > 1
            && active.has_index_room(batches.len(), &self.config)
            && !active.must_roll(&growth, &self.config)
    }

    /// What is told of a batch that was just written.
    fn appended(&self, header: &BatchHeader) -> AppendInfo {
        let is_log_append_time = header.timestamp_type() == TimestampType::LogAppendTime;
        AppendInfo {
            first_offset: header.base_offset,
            last_offset: header.last_offset(),
            max_timestamp: header.max_timestamp,
            log_append_time_ms: if is_log_append_time { header.max_timestamp } else { -1 },
            log_start_offset: self.log_start,
            bytes: header.size(),
            is_duplicate: false,
        }
    }

    /// Appends as a follower, or as the quorum does: offsets and epochs stand in the batches.
    ///
    /// Takes the whole batches at the start of `records` whose epoch is at most `leader_epoch`
    /// (KAFKA-18723); the first offset must not lie below the log's end. An answer without bytes
    /// means that there was none.
    pub fn append_as_follower(
        &mut self,
        records: &Bytes,
        leader_epoch: LeaderEpoch,
        now_ms: i64,
    ) -> Result<AppendInfo, AppendError> {
        self.check_usable()?;
        self.check_whole()?;
        let mut to_write = SmallVec::<[Batch<'_>; 1]>::new();
        let mut position = 0;
        let mut next = self.log_end;
        let mut latest = self.latest_epoch();
        for batch in keld_record::batches(records.clone()) {
            let corrupt =
                |reason: String| AppendError::Corrupt { partition: self.partition.clone(), reason };
            let batch = batch.map_err(|error| corrupt(error.to_string()))?;
            let header = *batch.header();
            if header.partition_leader_epoch > leader_epoch {
                break;
            }
            let epoch = header.partition_leader_epoch;
            if epoch >= LeaderEpoch::new(0) && epoch < latest {
                return Err(corrupt(format!("epoch {epoch} after {latest}")));
            }
            latest = latest.max(epoch);
            batch.verify_crc().map_err(|error| corrupt(error.to_string()))?;
            let is_last = header.last_offset().next() == header.last_offset();
            if header.base_offset < next || header.last_offset_delta < 0 || is_last {
                return Err(AppendError::UnexpectedOffset {
                    partition: self.partition.clone(),
                    first: header.base_offset,
                    next,
                });
            }
            let end = position + header.size();
            let rest = records.get(position..end).unwrap_or_default();
            to_write.push(Batch { header, head: None, rest });
            next = header.next_offset();
            position = end;
        }
        self.append_batches(&to_write, Rules::Replay, now_ms)
    }

    /// The answer to a batch that is in the log already: exactly its sequences are remembered.
    fn find_duplicate(&self, batches: &[Validated]) -> Option<AppendInfo> {
        if Mutation::RetryNotRecognized.is_planted() {
            return None;
        }
        batches.iter().filter(|batch| batch.header.has_producer_id()).find_map(|batch| {
            let entry = self.producers.get(batch.header.producer_id)?;
            let found = entry.duplicate_of(&batch.header)?;
            Some(AppendInfo {
                first_offset: found.first_offset(),
                last_offset: found.last_offset,
                max_timestamp: -1,
                log_append_time_ms: found.timestamp,
                log_start_offset: self.log_start,
                bytes: 0,
                is_duplicate: true,
            })
        })
    }

    fn append_batches(
        &mut self,
        batches: &[Batch<'_>],
        rules: Rules,
        now_ms: i64,
    ) -> Result<AppendInfo, AppendError> {
        let (Some(first), Some(last)) = (batches.first(), batches.last()) else {
            return Ok(self.nothing_appended());
        };
        let (first_offset, last_offset) = (first.header.base_offset, last.header.last_offset());
        let bytes: usize = batches.iter().map(|batch| batch.header.size()).sum();
        if bytes as u64 > self.config.segment_bytes {
            return Err(AppendError::LargerThanSegment {
                partition: self.partition.clone(),
                size: bytes,
                segment_bytes: self.config.segment_bytes,
            });
        }
        let (changes, completed) = self.check_producers(batches, rules)?;
        self.shared.take_space(self.config.free_bytes_min, bytes as u64)?;
        let max_timestamp =
            batches.iter().map(|batch| batch.header.max_timestamp).max().unwrap_or(-1);
        let growth = Growth { bytes: bytes as u64, last_offset, max_timestamp, now_ms };
        let written = self.write_batches(batches, &growth, first_offset);
        self.note(written)?;
        for change in &changes {
            self.producers.update(change);
        }
        let base = self.active_base();
        for completed in &completed {
            let result = self.complete_txn(base, completed);
            self.note(result)?;
        }
        self.unflushed_since_ms.get_or_insert(now_ms);
        if self.log_end - self.durable >= self.config.flush_messages {
            self.flush(now_ms)?;
        }
        Ok(AppendInfo {
            first_offset,
            last_offset,
            max_timestamp,
            log_append_time_ms: -1,
            log_start_offset: self.log_start,
            bytes,
            is_duplicate: false,
        })
    }

    fn nothing_appended(&self) -> AppendInfo {
        AppendInfo {
            first_offset: self.log_end,
            last_offset: self.log_end + -1,
            max_timestamp: -1,
            log_append_time_ms: -1,
            log_start_offset: self.log_start,
            bytes: 0,
            is_duplicate: false,
        }
    }

    /// What the batches do to their producers; refused before anything is written.
    fn check_producers(
        &self,
        batches: &[Batch<'_>],
        rules: Rules,
    ) -> Result<(Changes, SmallVec<[CompletedTxn; 1]>), AppendError> {
        let mut changes = Changes::new();
        let mut completed = SmallVec::new();
        for batch in batches.iter().filter(|batch| batch.header.has_producer_id()) {
            let header = &batch.header;
            let id = header.producer_id;
            let known = changes.iter().position(|change| change.producer_id() == id);
            let index = known.unwrap_or_else(|| {
                changes.push(ProducerAppend::new(id, self.producers.get(id), rules));
                changes.len() - 1
            });
            let Some(change) = changes.get_mut(index) else { continue };
            if !header.is_control() {
                change.data(&self.partition, header)?;
                continue;
            }
            if let Some(marker) = batch.marker() {
                let epoch = header.producer_epoch;
                completed.extend(change.marker(
                    &self.partition,
                    epoch,
                    marker,
                    header.base_offset,
                )?);
            }
        }
        Ok((changes, completed))
    }

    /// Epochs, roll, write, indexes, log end.
    fn write_batches(
        &mut self,
        batches: &[Batch<'_>],
        growth: &Growth,
        first_offset: Offset,
    ) -> Result<(), LogError> {
        self.write_partition_metadata()?;
        for batch in batches {
            self.assign_epoch(batch.header.partition_leader_epoch, batch.header.base_offset)?;
        }
        self.write_new_epochs()?;
        self.is_untouched = false;
        self.is_idle = false;
        self.maybe_roll(first_offset, growth)?;
        let base = self.active_base();
        let file = self.active_log()?;
        let position = self.segment_size(base);
        self.reserve_ahead(file.as_ref(), base, position, growth.bytes);
        // From here on: the file that was just opened has missed nothing.
        self.has_unsynced_writes = true;
        let mut slices = SmallVec::<[IoSlice<'_>; 2]>::with_capacity(batches.len() * 2);
        for batch in batches {
            if let Some(head) = &batch.head {
                slices.push(IoSlice::new(head));
            }
            slices.push(IoSlice::new(batch.rest));
        }
        if let Err(error) = file.write_all_at(&mut slices, position) {
            let path = SegmentFile::Log.path(&self.dir, base);
            let failure = self.shared.failure("write", &path, error);
            if !failure.is_fatal() {
                self.shared.space.note_full(&self.shared.path, growth.bytes);
                // Part of it may stand behind the log's end: take it back.
                file.truncate(position)
                    .map_err(|error| self.shared.failure("truncate", &path, error))?;
            }
            return Err(failure);
        }
        if self.config.free_bytes_min == 0 {
            self.shared.space.note_written(&self.shared.path);
        }
        if let Some(active) = self.segments.get_mut(&base) {
            for batch in batches {
                active.push(&batch.header, &self.config);
            }
        }
        self.log_end = growth.last_offset.next();
        Ok(())
    }

    /// A transaction ended: the aborted ones go to the index.
    pub(super) fn complete_txn(
        &mut self,
        base: Offset,
        completed: &CompletedTxn,
    ) -> Result<(), LogError> {
        if completed.is_aborted {
            let entry = AbortedTxn {
                producer_id: completed.producer_id,
                first_offset: completed.first_offset,
                last_offset: completed.last_offset,
                last_stable_offset: self.producers.last_stable_offset(completed),
            };
            let path = SegmentFile::TxnIndex.path(&self.dir, base);
            let file = self.shared.open(&path, OpenMode::Create)?;
            let length = file.len().map_err(|error| self.shared.failure("stat", &path, error))?;
            // A length that is no whole number of entries has half an entry at its end.
            let position = length / crate::txn_index::ENTRY_BYTES * crate::txn_index::ENTRY_BYTES;
            file.write_all_at(&mut [IoSlice::new(&entry.encode())], position)
                .map_err(|error| self.shared.failure("write", &path, error))?;
            self.names_changed += 1;
            if let Some(segment) = self.segments.get_mut(&base) {
                segment.has_no_txn_index = false;
            }
        }
        self.producers.complete(completed);
        Ok(())
    }

    /// Removes what the transaction index says of markers at or above `end`.
    pub(super) fn cut_txn_index(&mut self, base: Offset, end: Offset) -> Result<(), LogError> {
        let kind = SegmentFile::TxnIndex;
        let Some(file) = self.cached_file_if_there(kind, base)? else { return Ok(()) };
        let path = kind.path(&self.dir, base);
        let failure = |error| self.shared.failure("truncate", &path, error);
        // An index that cannot be read is rebuilt from nothing.
        let length = crate::txn_index::length_below(file.as_ref(), end).unwrap_or(0);
        if length < file.len().map_err(failure)? {
            let file = self.shared.open(&path, OpenMode::Write)?;
            file.truncate(length).map_err(failure)?;
        }
        Ok(())
    }
}

impl Batch<'_> {
    /// The marker in a control batch.
    fn marker(&self) -> Option<crate::producers::Marker> {
        let mut bytes = Vec::with_capacity(self.header.size());
        bytes.extend(self.head.iter().flatten());
        bytes.extend_from_slice(self.rest);
        marker_of(&Bytes::from(bytes)).ok().flatten()
    }
}
