//! How a compaction works, and what it did.

/// How a compaction works.
#[derive(Clone, Copy, Debug)]
pub struct CompactOptions {
    /// Memory for the keys: `log.cleaner.dedupe.buffer.size`, or this thread's part of it.
    pub map_bytes_max: u64,
    /// `log.cleaner.io.buffer.load.factor`.
    pub load_factor: f64,
    /// `log.cleaner.io.buffer.size`, or this thread's part of it.
    pub buffer_bytes: usize,
    /// How many bytes a step reads and writes before it lets the caller look around.
    pub step_bytes: u64,
    /// Random bytes, so that nobody can choose keys that look alike.
    pub secret: [u8; 16],
    /// The wall clock.
    pub now_ms: i64,
}

/// What a step did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// It read and wrote so many bytes; go on.
    Worked {
        /// Bytes.
        bytes: u64,
    },
    /// The log must change names now: `PartitionLog::commit_compaction`.
    Commit,
    /// All is done.
    Done,
}

/// What a compaction did, for logs and metrics.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct CompactStats {
    /// Bytes of the segments that were written anew.
    pub bytes_before: u64,
    /// Bytes of the segments that stand in their place.
    pub bytes_after: u64,
    /// Bytes read from segments, the keys' pass included.
    pub bytes_read: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Records of batches that were looked at a second time.
    pub records_read: u64,
    /// Of those, how many stayed.
    pub records_kept: u64,
    /// Records without a key, which were dropped.
    pub keyless_records: u64,
    /// Keys in the dirty part.
    pub keys: u64,
    /// How full the memory for keys was, 0 to 1.
    pub map_utilization: f64,
}
