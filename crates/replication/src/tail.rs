//! The end of a partition in memory, for readers that keep up.
//!
//! Where somebody waits at a partition's end, every append notes where its batches lie in the active
//! segment, and the bytes of small ones are kept. A reader that keeps up is then answered without a
//! look at the index or the file: short answers from the bytes, longer ones as a range of the
//! segment, because `sendfile` is cheaper than the copy from 32 KiB up (`keld-net`, `output.rs`).
//!
//! Invariants: what a tail answers equals what the log would (`tests.rs` compares them); it is
//! dropped as soon as the log's end is not the one that was noted, so a cut, another log or another
//! active segment needs no call here. A tail that was not read while 4 MiB came is dropped; all
//! tails together hold at most the bytes of [`Tails`], and those that were read longest ago go
//! first. Answers that are copies hold as much again at most, however many consumers do not take
//! theirs; beyond it an answer is a range of the file. Catch-up readers never touch a tail.

use crate::partition::Partition;
use crate::state::State;
use bytes::Bytes;
use keld_env::File;
use keld_log::{EndMark, FetchData, FileRange, PartitionLog, ReadBounds};
use keld_record::Validated;
use keld_types::Offset;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// How far behind the end a reader may be to be answered from the tail.
const SPAN_BYTES: u64 = 4 << 20;
/// How many batches a tail knows.
const BATCHES_MAX: usize = 4096;
/// How many bytes of one partition are kept.
const KEPT_BYTES_MAX: usize = 64 << 10;
/// Answers of at least this many bytes are ranges of the file; batches of this size are not kept.
const RANGE_BYTES_MIN: usize = 32 << 10;
/// The least that a batch of a tail costs.
const BATCH_COST: usize = size_of::<Batch>();

/// The bound of all tails of a node, and which of them were used last.
#[derive(Debug)]
pub struct Tails {
    bytes_max: usize,
    bytes: AtomicUsize,
    /// Bytes of answers that are copies of tails and not yet sent.
    copied: AtomicUsize,
    clock: AtomicU64,
    slots: Mutex<Vec<Weak<Slot>>>,
}

/// Bytes of an answer, counted as long as it lives.
struct Copied {
    tails: Arc<Tails>,
    bytes: Vec<u8>,
    length: usize,
}

impl AsRef<[u8]> for Copied {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Copied {
    fn drop(&mut self) {
        self.tails.copied.fetch_sub(self.length, Ordering::Relaxed);
    }
}

/// One partition's tail, as all of them know it. Locked last, after the partition's state.
#[derive(Debug)]
struct Slot {
    tails: Arc<Tails>,
    used_at: AtomicU64,
    kept: Mutex<Kept>,
}

/// A partition's access to its tail; empty while nobody reads at the end.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    tails: Option<Arc<Tails>>,
    slot: Option<Arc<Slot>>,
}

/// What is kept of a partition.
#[derive(Debug, Default)]
struct Kept {
    /// The end of the log behind the last batch; `None` when nothing is kept.
    end: Option<EndMark>,
    file: Option<Arc<dyn File>>,
    /// Batches that lie one behind the other and end at `end`.
    batches: VecDeque<Batch>,
    /// The file's last bytes before `end`.
    bytes: VecDeque<u8>,
    /// What was appended since the last read.
    unread: u64,
    /// What of this is counted in [`Tails::bytes`].
    counted: usize,
}

/// What a tail answers.
#[derive(Debug)]
pub(crate) struct TailRead {
    /// As the log would have it, without the aborted transactions.
    pub(crate) data: FetchData,
    /// The segment, and the position in it where the bytes end; `None` without bytes.
    pub(crate) end: Option<(Offset, u64)>,
}

#[derive(Clone, Copy, Debug)]
struct Batch {
    first_offset: Offset,
    last_offset: Offset,
    position: u64,
    size: usize,
}

impl Tails {
    /// Room for `bytes_max` bytes; with 0 there are no tails.
    pub fn new(bytes_max: usize) -> Arc<Self> {
        Arc::new(Self {
            bytes_max,
            bytes: AtomicUsize::new(0),
            copied: AtomicUsize::new(0),
            clock: AtomicU64::new(0),
            slots: Mutex::default(),
        })
    }

    /// Bytes that all tails hold.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Bytes that answers hold in memory until they are sent.
    pub fn copied_bytes(&self) -> usize {
        self.copied.load(Ordering::Relaxed)
    }

    /// Room for a copy, unless answers that wait hold as much as tails may.
    fn copy(self: &Arc<Self>, length: usize) -> Option<Copied> {
        let before = self.copied.fetch_add(length, Ordering::Relaxed);
        let copied = Copied { tails: Arc::clone(self), bytes: Vec::new(), length };
        (before + length <= self.bytes_max).then_some(copied)
    }

    fn slots(&self) -> MutexGuard<'_, Vec<Weak<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    fn open(self: &Arc<Self>) -> Arc<Slot> {
        let slot = Arc::new(Slot {
            tails: Arc::clone(self),
            used_at: AtomicU64::new(self.tick()),
            kept: Mutex::default(),
        });
        self.slots().push(Arc::downgrade(&slot));
        slot
    }

    /// Empties those that were read longest ago until a quarter of the room is free.
    fn evict(&self) {
        let mut slots = self.slots();
        slots.retain(|slot| slot.strong_count() > 0);
        let mut live: Vec<_> = slots.iter().filter_map(Weak::upgrade).collect();
        drop(slots);
        live.sort_by_key(|slot| slot.used_at.load(Ordering::Relaxed));
        for slot in live {
            if self.bytes() <= self.bytes_max / 4 * 3 {
                break;
            }
            slot.clear();
        }
    }
}

impl Slot {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clear(&self) {
        let mut kept = self.kept();
        *kept = Kept { counted: kept.counted, ..Kept::default() };
        self.count(&mut kept);
    }

    /// Brings the count of all tails up to date.
    fn count(&self, kept: &mut Kept) {
        let cost = kept.bytes.capacity() + kept.batches.capacity() * BATCH_COST;
        if cost > kept.counted {
            self.tails.bytes.fetch_add(cost - kept.counted, Ordering::Relaxed);
        } else {
            self.tails.bytes.fetch_sub(kept.counted - cost, Ordering::Relaxed);
        }
        kept.counted = cost;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let counted = self.kept().counted;
        self.tails.bytes.fetch_sub(counted, Ordering::Relaxed);
    }
}

impl Tail {
    /// Allows a tail, within what all of them may hold.
    pub(crate) fn allow(&mut self, tails: &Arc<Tails>) {
        self.tails = (tails.bytes_max > 0).then(|| Arc::clone(tails));
    }

    /// Somebody waits at the end: what comes is kept.
    pub(crate) fn open(&mut self) {
        match (&self.slot, &self.tails) {
            (Some(slot), _) => slot.used_at.store(slot.tails.tick(), Ordering::Relaxed),
            (None, Some(tails)) => self.slot = Some(tails.open()),
            (None, None) => {}
        }
    }

    /// Notes batches that now stand at the end of the log.
    pub(crate) fn push(&mut self, log: &mut PartitionLog, batches: &[Validated]) {
        let Some(slot) = &self.slot else { return };
        let mut kept = slot.kept();
        if !kept.push(log, batches) {
            drop(kept);
            self.slot = None;
            return;
        }
        slot.count(&mut kept);
        drop(kept);
        if slot.tails.bytes() > slot.tails.bytes_max {
            slot.tails.evict();
        }
    }

    /// What [`PartitionLog::read`] would answer, if that is known here. `offset_max` is what
    /// [`PartitionLog::check_read`] allows.
    pub(crate) fn read(
        &self,
        log: &PartitionLog,
        offset: Offset,
        offset_max: Offset,
        bounds: &ReadBounds,
    ) -> Option<TailRead> {
        let slot = self.slot.as_ref()?;
        if offset >= offset_max {
            return Some(TailRead { data: FetchData::empty(offset, bounds), end: None });
        }
        let data = slot.kept().read(log, offset, offset_max, bounds, &slot.tails)?;
        slot.used_at.store(slot.tails.tick(), Ordering::Relaxed);
        Some(data)
    }

    #[cfg(test)]
    fn is_open(&self) -> bool {
        self.slot.is_some()
    }
}

impl Kept {
    /// False when nobody reads any more.
    fn push(&mut self, log: &mut PartitionLog, batches: &[Validated]) -> bool {
        let size = batches.iter().map(|batch| batch.header.size()).sum();
        let end = log.end_mark();
        let goes_on = self.end.is_some_and(|earlier| end.follows(&earlier, size));
        if !goes_on {
            *self = Self { counted: self.counted, unread: self.unread, ..Self::default() };
            self.file = log.active_segment_file().ok();
        }
        self.unread += size as u64;
        if self.unread > SPAN_BYTES {
            return false;
        }
        self.end = Some(end);
        let mut position = end.position.saturating_sub(size as u64);
        for batch in batches {
            let header = &batch.header;
            let (first_offset, last_offset) = (header.base_offset, header.last_offset());
            let size = header.size();
            self.batches.push_back(Batch { first_offset, last_offset, position, size });
            position += size as u64;
            if size >= RANGE_BYTES_MIN {
                self.bytes.clear();
            } else {
                if self.bytes.len() + size > KEPT_BYTES_MAX {
                    self.bytes.drain(..self.bytes.len().saturating_sub(RANGE_BYTES_MIN));
                }
                self.bytes.extend(&batch.header_bytes());
                self.bytes.extend(batch.payload.iter());
            }
        }
        while self.batches.len() > BATCHES_MAX
            || self.batches.front().is_some_and(|first| first.position + SPAN_BYTES < end.position)
        {
            self.batches.pop_front();
        }
        true
    }

    fn read(
        &mut self,
        log: &PartitionLog,
        offset: Offset,
        offset_max: Offset,
        bounds: &ReadBounds,
        tails: &Arc<Tails>,
    ) -> Option<TailRead> {
        let end = self.end.filter(|end| *end == log.end_mark())?;
        let first = self.batches.partition_point(|batch| batch.last_offset < offset);
        let batch = *self.batches.get(first)?;
        if first == 0 && offset < batch.first_offset {
            // It may lie before what is known.
            return None;
        }
        let stop = self.batches.partition_point(|batch| batch.last_offset < offset_max);
        let stop = self.batches.get(stop).map_or(end.position, |batch| batch.position);
        let available = usize::try_from(stop.saturating_sub(batch.position)).ok()?;
        let wanted = match bounds.min_one_batch {
            true => bounds.bytes_max.max(batch.size),
            false => bounds.bytes_max,
        };
        let mut data = FetchData::empty(offset, bounds);
        data.is_first_batch_incomplete = wanted < batch.size;
        let mut length = wanted.min(available);
        if length < available && length > batch.size {
            // A piece of a batch at the end helps nobody.
            let limit = batch.position + length as u64;
            let fits = |batch: &Batch| batch.position + batch.size as u64 <= limit;
            let last = self.batches.get(self.batches.partition_point(fits).checked_sub(1)?)?;
            let whole = usize::try_from(last.position - batch.position).ok()? + last.size;
            data.left_out = length.saturating_sub(whole);
            length -= data.left_out;
        }
        self.unread = 0;
        if length == 0 {
            return Some(TailRead { data, end: None });
        }
        let behind = Some((end.base_offset, batch.position + length as u64));
        data.length = length;
        let held_from = end.position - self.bytes.len() as u64;
        if length < RANGE_BYTES_MIN
            && batch.position >= held_from
            && let Some(copied) = tails.copy(length)
        {
            let start = usize::try_from(batch.position - held_from).ok()?;
            data.bytes = Some(copy_out(&self.bytes, start, copied));
            return Some(TailRead { data, end: behind });
        }
        let file = Arc::clone(self.file.as_ref()?);
        data.ranges.push(FileRange { file, position: batch.position, length });
        Some(TailRead { data, end: behind })
    }
}

fn copy_out(bytes: &VecDeque<u8>, start: usize, mut copied: Copied) -> Bytes {
    let length = copied.length;
    copied.bytes.reserve_exact(length);
    let (front, back) = bytes.as_slices();
    let skipped = front.get(start..).unwrap_or_default();
    let (head, _) = skipped.split_at(skipped.len().min(length));
    copied.bytes.extend_from_slice(head);
    let start = start.saturating_sub(front.len());
    let rest = back.get(start..start + (length - head.len())).unwrap_or_default();
    copied.bytes.extend_from_slice(rest);
    Bytes::from_owner(copied)
}

impl State {
    /// Notes what an append wrote, for readers that keep up.
    pub(crate) fn note_appended(&mut self, batches: &[Validated]) {
        if let Some(log) = &mut self.log {
            self.tail.push(log, batches);
        }
    }
}

impl Partition {
    /// Lets readers that keep up be served from memory, within what all tails of the node may hold.
    pub fn keep_tail_in(&self, tails: &Arc<Tails>) {
        self.state().tail.allow(tails);
    }
}

#[cfg(test)]
mod tests;
