//! The log cleaner: what compacts topics with `cleanup.policy=compact`.

use crate::error::ConfigError;
use crate::parsed::Parsed;

/// How logs are compacted.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CleanerConfig {
    /// Compaction runs at all.
    pub enable: bool,
    /// How many logs are compacted at the same time.
    pub threads: i32,
    /// Memory for keys, of all together.
    pub dedupe_buffer_size: i64,
    /// How full that memory gets, 0 to 1.
    pub io_buffer_load_factor: f64,
    /// Memory for reading and writing, of all together.
    pub io_buffer_size: i32,
    /// Bytes read and written a second, of all together.
    pub io_max_bytes_per_second: f64,
    /// Pause when there is nothing to compact.
    pub backoff_ms: i64,
}

impl CleanerConfig {
    pub(super) fn new(parsed: &Parsed) -> Self {
        Self {
            enable: parsed.boolean("log.cleaner.enable"),
            threads: parsed.int("log.cleaner.threads"),
            dedupe_buffer_size: parsed.long("log.cleaner.dedupe.buffer.size"),
            io_buffer_load_factor: parsed.double("log.cleaner.io.buffer.load.factor"),
            io_buffer_size: parsed.int("log.cleaner.io.buffer.size"),
            io_max_bytes_per_second: parsed.double("log.cleaner.io.max.bytes.per.second"),
            backoff_ms: parsed.long("log.cleaner.backoff.ms"),
        }
    }

    /// Whether anything is compacted.
    pub fn runs(&self) -> bool {
        self.enable && self.threads > 0
    }

    /// How far the number of threads may jump while running.
    pub(super) fn check_change(&self, old: &Self) -> Result<(), ConfigError> {
        let (before, after) = (i64::from(old.threads), i64::from(self.threads));
        let refused = if after == before {
            return Ok(());
        } else if after < 1 {
            "Log cleaner threads should be at least 1".to_owned()
        } else if after < before / 2 {
            format!(
                "Log cleaner threads cannot be reduced to less than half the current value {before}"
            )
        } else if after > before * 2 {
            format!(
                "Log cleaner threads cannot be increased to more than double the current value \
                 {before}"
            )
        } else {
            return Ok(());
        };
        Err(ConfigError::Invalid(refused))
    }
}
