//! Recovery after an unclean stop: every batch from the recovery point on is read and its checksum
//! compared.
//!
//! What is wrong is either a torn tail, or damage. A torn tail was never durable: it lies at or
//! above the recovery point, and looks like what a power loss leaves (bytes that end too early,
//! sectors of zeros, or nothing good after it); it is cut, with all that follows. Anything else is
//! damage: the bytes are kept, the range is remembered, not served, and the log takes no appends.

use super::{DamageSpot, DamagedRange, PartitionLog};
use crate::checkpoint;
use crate::error::LogError;
use crate::names::SegmentFile;
use crate::scan::{HeaderScan, LOOKUP_WINDOW, SCAN_WINDOW, ScanError, crc_matches, scan_window};
use crate::segment::Segment;
use keld_env::File;
use keld_record::{BatchError, BatchHeader, HEADER_LENGTH};
use keld_types::{LeaderEpoch, Offset};
use std::io;

/// What a power loss keeps or drops as a whole.
const SECTOR: u64 = 512;
/// Fewer zeros than this at the start of a batch may be its own: base offset and length.
const HOLE_HEAD_MIN: usize = 12;
/// Fewer zeros than this at the end of a batch may be its own: the count of headers.
const HOLE_TAIL_MIN: usize = 2;
/// Bytes at a batch's start that are never all zero: up to the magic.
const ZERO_HEAD: usize = 17;
/// Names the file that remembers damage over restarts.
const DAMAGE_MARK: &str = ".keld-damaged";

/// Where recovery met bytes that are no batch.
struct Fault {
    base: Offset,
    position: u64,
    /// The offset that was expected there.
    offset: Offset,
    /// The file ends before the batch does.
    is_short: bool,
    /// Where the batch ends by its header, if that can be read.
    batch_end: Option<u64>,
}

/// Where good batches begin again after a fault.
#[derive(Clone, Copy)]
struct Resume {
    offset: Offset,
    /// In the same segment at this position; `None`: at the start of a later one.
    position: Option<u64>,
}

/// What to do about a fault.
enum Verdict {
    Cut,
    Damaged(Resume),
}

impl PartitionLog {
    /// Checks the log from the recovery point to its end, and mends or marks what is wrong.
    pub(super) fn recover(&mut self, now_ms: i64) -> Result<(), LogError> {
        let recovery_point = self.durable;
        let from = self.damaged.first().map_or(recovery_point, |range| range.from);
        self.damaged.clear();
        let first = self.segments.range(..=from).next_back().map(|(base, _)| *base);
        let bases: Vec<Offset> = match first {
            Some(first) => self.segments.range(first..).map(|(base, _)| *base).collect(),
            None => self.segments.keys().copied().collect(),
        };
        let snapshot_max = bases.first().copied().unwrap_or(self.log_start);
        let mut end = snapshot_max;
        for base in bases {
            if !self.segments.contains_key(&base) {
                break;
            }
            if base > end && !self.config.compact && base != snapshot_max {
                // The segment before ends too early.
                if end >= recovery_point {
                    self.drop_segments_from(base)?;
                    break;
                }
                self.damaged.push(DamagedRange { from: end, to: base });
            }
            let (next, cut) = self.recover_segment(base, base.max(end))?;
            end = next;
            if cut {
                break;
            }
        }
        if end < recovery_point && recovery_point > self.log_start {
            self.damaged.push(DamagedRange { from: end, to: recovery_point });
            end = recovery_point;
        }
        self.log_end = end;
        self.durable = recovery_point.min(end);
        if !self.damaged.is_empty() {
            tracing::error!(
                partition = %self.partition, damaged = ?self.damaged,
                "records that were durable are damaged: they are kept, not served, and the \
                 partition takes no writes"
            );
            self.write_damage_mark()?;
        }
        self.sync_recovered(snapshot_max)?;
        self.finish_load(snapshot_max, now_ms)
    }

    /// Reads one segment through. Returns the offset after its last batch, and whether it was cut.
    fn recover_segment(
        &mut self,
        base: Offset,
        expected: Offset,
    ) -> Result<(Offset, bool), LogError> {
        let Some(old) = self.segments.get(&base) else { return Ok((expected, false)) };
        let mut built = Segment::empty(base, old.created_ms, old.jitter_ms);
        built.has_no_index_files = old.has_no_index_files;
        built.has_no_txn_index = old.has_no_txn_index;
        let size = old.size;
        let file = self.log_file(base)?;
        let mut window = scan_window(size);
        let mut scan = HeaderScan::new(file.as_ref(), 0, size, &mut window);
        let mut next = expected;
        loop {
            let position = scan.position();
            let mut is_short = false;
            let header = match scan.next() {
                Ok(Some((_, header))) => Some(header),
                Ok(None) => break,
                Err(ScanError::Batch(error)) => {
                    is_short = matches!(error, BatchError::Incomplete { .. });
                    None
                }
                Err(error @ ScanError::Io(_)) => {
                    return Err(self.scan_failure(base, position, error));
                }
            };
            if let Some(header) = header
                && self.is_in_place(&header, next, file.as_ref(), position, size)
                && header.last_offset_delta >= 0
                && built.relative(header.last_offset()).is_some()
                && scan
                    .crc_matches(position, &header)
                    .map_err(|error| self.scan_failure(base, position, ScanError::Io(error)))?
            {
                self.recover_epoch(header.partition_leader_epoch, header.base_offset);
                built.push(&header, &self.config);
                next = header.next_offset();
                continue;
            }
            let batch_end = header.map(|header| position + header.size() as u64);
            let fault = Fault { base, position, offset: next, is_short, batch_end };
            match self.judge(&fault, file.as_ref(), size)? {
                Verdict::Cut => {
                    tracing::warn!(
                        partition = %self.partition, base_offset = %base, position, offset = %next,
                        bytes = size - position, "cutting a torn tail"
                    );
                    self.drop_segments_from(base.next())?;
                    self.segments.insert(base, built);
                    self.cut_file(base, position)?;
                    return Ok((next, true));
                }
                Verdict::Damaged(resume) => {
                    let range = DamagedRange { from: next, to: resume.offset };
                    self.damaged.push(range);
                    let end = resume.position;
                    self.damage_spots.push(DamageSpot { base, range, start: position, end });
                    let Some(at) = resume.position else {
                        // The rest of the segment is kept as it is.
                        built.size = size;
                        next = resume.offset;
                        break;
                    };
                    built.size = at;
                    built.bytes_since_entry = u64::MAX / 2;
                    next = resume.offset;
                    scan.seek(at);
                }
            }
        }
        self.segments.insert(base, built);
        Ok((next, false))
    }

    /// Whether a batch can stand where `next` is expected. Its base offset lies outside of its
    /// checksum, so only the order of offsets can tell: a gap is what compaction leaves, if what
    /// follows agrees.
    fn is_in_place(
        &self,
        header: &BatchHeader,
        next: Offset,
        file: &dyn File,
        position: u64,
        size: u64,
    ) -> bool {
        if header.base_offset <= next || !self.config.compact {
            return header.base_offset == next;
        }
        let mut window = [0; HEADER_LENGTH];
        let after = position + header.size() as u64;
        let follower = match HeaderScan::new(file, after, size, &mut window).next() {
            Ok(Some((_, follower))) => Some(follower.base_offset),
            Ok(None) | Err(_) => self.segments.range(next.next()..).next().map(|(base, _)| *base),
        };
        let is_over_durable = next < self.durable && self.durable < header.next_offset();
        follower.is_none_or(|follower| header.next_offset() <= follower) && !is_over_durable
    }

    fn recover_epoch(&mut self, epoch: LeaderEpoch, start: Offset) {
        if self.epochs.latest().is_none_or(|(latest, _)| epoch > latest) {
            self.epochs.assign(epoch, start);
        }
    }

    /// Torn, or damaged?
    fn judge(&mut self, fault: &Fault, file: &dyn File, size: u64) -> Result<Verdict, LogError> {
        let resume = self.find_resume(fault, file, size)?;
        let is_durable = fault.offset < self.durable;
        match resume {
            None if is_durable => {
                let to = self.durable;
                Ok(Verdict::Damaged(Resume { offset: to, position: None }))
            }
            None => Ok(Verdict::Cut),
            Some(resume) if is_durable => Ok(Verdict::Damaged(resume)),
            Some(resume) => {
                let end = fault.batch_end.or(resume.position).unwrap_or(size);
                let is_short = fault.is_short && resume.position.is_none();
                if is_short || self.has_hole(fault, end, file)? {
                    return Ok(Verdict::Cut);
                }
                Ok(Verdict::Damaged(resume))
            }
        }
    }

    /// The next good batch after a fault: in the same segment, byte by byte, or at the start of
    /// the next segment.
    fn find_resume(
        &self,
        fault: &Fault,
        file: &dyn File,
        size: u64,
    ) -> Result<Option<Resume>, LogError> {
        let failure =
            |error: io::Error| self.scan_failure(fault.base, fault.position, ScanError::Io(error));
        let mut window = vec![0; SCAN_WINDOW];
        let mut body = vec![0; LOOKUP_WINDOW];
        let mut at = fault.position + 1;
        while at + HEADER_LENGTH as u64 <= size {
            let read = file.read_at(&mut window, at).map_err(failure)?;
            let held = window.get(..read).unwrap_or_default();
            if held.len() < HEADER_LENGTH {
                break;
            }
            let candidates = held.len() - HEADER_LENGTH + 1;
            for (step, bytes) in held.windows(HEADER_LENGTH).enumerate() {
                let position = at + step as u64;
                let Some(header) = plausible(bytes, fault, size - position) else { continue };
                if crc_matches(file, position, &header, &mut body).map_err(failure)? {
                    let offset = header.base_offset;
                    return Ok(Some(Resume { offset, position: Some(position) }));
                }
            }
            at += candidates as u64;
        }
        let later = self.segments.range(fault.base.next()..).find(|(_, later)| later.size > 0);
        Ok(later.map(|(offset, _)| Resume { offset: *offset, position: None }))
    }

    /// Whether some sector of `[fault, end)` looks as if its write was lost: all zeros.
    fn has_hole(&self, fault: &Fault, end: u64, file: &dyn File) -> Result<bool, LogError> {
        let mut sector = [0; SECTOR as usize];
        let mut at = fault.position;
        while at < end {
            let sector_end = (at / SECTOR + 1) * SECTOR;
            let length = usize::try_from(sector_end - at).unwrap_or(sector.len());
            let (bytes, _) = sector.split_at_mut(length);
            let read = file.read_at(bytes, at).map_err(|error| {
                self.scan_failure(fault.base, fault.position, ScanError::Io(error))
            })?;
            let held = bytes.get(..read).unwrap_or_default();
            let ours = usize::try_from(end - at).unwrap_or(usize::MAX).min(held.len());
            let zeros = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0);
            // No batch begins with offset, length, epoch and magic all zero.
            if at == fault.position && held.get(..ZERO_HEAD).is_some_and(zeros) {
                return Ok(true);
            }
            // The first bytes of a base offset and the last byte of a record are zero anyway.
            let enough = if at == fault.position { HOLE_HEAD_MIN } else { HOLE_TAIL_MIN };
            let is_ours_zero = held.get(..ours).is_some_and(zeros);
            if is_ours_zero && (ours >= enough || zeros(held)) {
                return Ok(true);
            }
            at = sector_end;
        }
        Ok(false)
    }

    /// Cuts the active segment's file, durable when this returns: what was cut must not come back
    /// behind what is written next.
    pub(super) fn cut_file(&mut self, base: Offset, length: u64) -> Result<(), LogError> {
        let file = self.log_file(base)?;
        let path = SegmentFile::Log.path(&self.dir, base);
        file.truncate(length).map_err(|error| self.shared.failure("truncate", &path, error))?;
        file.sync_data().map_err(|error| self.shared.failure("sync", &path, error))
    }

    /// Removes segments from `base` on, the newest first, each durably: what stays is always a
    /// prefix of the log.
    pub(super) fn drop_segments_from(&mut self, base: Offset) -> Result<(), LogError> {
        while let Some((last, _)) = self.segments.range(base..).next_back() {
            let last = *last;
            for kind in SegmentFile::OF_SEGMENT {
                self.shared.remove_if_there(&kind.path(&self.dir, last))?;
            }
            self.forget_segment(last);
            self.shared.sync_dir(&self.dir)?;
        }
        Ok(())
    }

    /// Takes a segment out of memory.
    pub(super) fn forget_segment(&mut self, base: Offset) {
        let was_active = base == self.active_base();
        self.is_untouched = false;
        self.segments.remove(&base);
        self.sealed_unsynced.retain(|held| held.base_offset != base);
        if was_active {
            self.active_file.close();
        }
        self.shared.forget(self.number, |name| {
            SegmentFile::OF_SEGMENT.iter().any(|kind| name == kind.name(base))
        });
    }

    /// Recovered segments before the active one go to their files, and are synced.
    fn sync_recovered(&mut self, first: Offset) -> Result<(), LogError> {
        let active = self.active_base();
        let sealed: Vec<Offset> =
            self.segments.range(first..active).map(|(base, _)| *base).collect();
        for base in &sealed {
            let log = self.log_file(*base)?;
            let others = self.seal(*base)?;
            for file in std::iter::once(&log).chain(&others) {
                file.sync_data().map_err(|error| {
                    self.shared.failure("sync", &SegmentFile::Log.path(&self.dir, *base), error)
                })?;
            }
        }
        if !sealed.is_empty() {
            self.shared.sync_dir(&self.dir)?;
            self.names_synced = self.names_changed;
            if self.damaged.is_empty() {
                self.durable = self.durable.max(active);
            }
        }
        Ok(())
    }

    /// Remembers the damage over restarts: after a clean stop nothing else would look there.
    pub(super) fn write_damage_mark(&mut self) -> Result<(), LogError> {
        let path = self.dir.join(DAMAGE_MARK);
        if self.damaged.is_empty() {
            if self.shared.remove_if_there(&path)? {
                self.shared.sync_dir(&self.dir)?;
            }
            return Ok(());
        }
        let from = self.damaged.first().map_or(self.durable, |range| range.from);
        // The same form as the epoch checkpoint: pairs of numbers.
        let entries = [(LeaderEpoch::new(0), from), (LeaderEpoch::new(1), self.durable)];
        self.shared.replace_file(&path, checkpoint::encode_epochs(&entries).as_bytes())
    }

    /// Reads the mark. Returns whether there is one.
    pub(super) fn load_damage_mark(&mut self) -> Result<bool, LogError> {
        let path = self.dir.join(DAMAGE_MARK);
        let Some(content) = self.shared.read_small(&path, checkpoint::BYTES_MAX)? else {
            return Ok(false);
        };
        let from = match checkpoint::decode_epochs(&content).as_deref() {
            Ok([(_, from), (_, durable)]) => {
                self.durable = self.durable.max(*durable);
                *from
            }
            // A mark that cannot be read still marks: everything is looked at.
            Ok(_) | Err(_) => Offset::ZERO,
        };
        self.damaged = vec![DamagedRange { from, to: self.durable }];
        Ok(true)
    }

    /// Calls `each` for the header of every batch from `from` on that is good, with its segment and
    /// position, until it returns false; damaged stretches are stepped over.
    pub(super) fn for_each_header(
        &mut self,
        from: Offset,
        mut each: impl FnMut(Offset, u64, &BatchHeader) -> bool,
    ) -> Result<(), LogError> {
        let first = self.segments.range(..=from).next_back().map_or(from, |(base, _)| *base);
        let bases: Vec<Offset> = self.segments.range(first..).map(|(base, _)| *base).collect();
        let largest = bases.iter().map(|base| self.segment_size(*base)).max().unwrap_or(0);
        let mut window = scan_window(largest);
        for base in bases {
            let size = self.segment_size(base);
            if size == 0 {
                continue;
            }
            let mut start = if base < from { self.floor_position(base, from)? } else { 0 };
            let file = self.log_file(base)?;
            'scan: loop {
                let mut scan = HeaderScan::new(file.as_ref(), start, size, &mut window);
                loop {
                    let position = scan.position();
                    match scan.next() {
                        Ok(Some((position, header))) if header.next_offset() > from => {
                            if !each(base, position, &header) {
                                return Ok(());
                            }
                        }
                        Ok(Some(_)) => {}
                        Ok(None) => break 'scan,
                        Err(ScanError::Batch(_)) if !self.damaged.is_empty() => {
                            let ends = self.damage_spots.iter().filter(|s| s.base == base);
                            let resume = ends.filter_map(|s| s.end).find(|at| *at > position);
                            match resume {
                                Some(at) => start = at,
                                None => break 'scan,
                            }
                            continue 'scan;
                        }
                        Err(error) => return Err(self.scan_failure(base, position, error)),
                    }
                }
            }
        }
        Ok(())
    }
}

/// Reads a header that could stand after a fault; most bytes fail at the magic.
fn plausible(bytes: &[u8], fault: &Fault, available: u64) -> Option<BatchHeader> {
    if bytes.get(16) != Some(&2) {
        return None;
    }
    let header = BatchHeader::parse(bytes).ok()?;
    let fits = header.size() as u64 <= available;
    let follows = header.base_offset >= fault.offset
        && header.last_offset_delta >= 0
        && header.last_offset() - fault.base <= i64::from(i32::MAX);
    (fits && follows).then_some(header)
}
