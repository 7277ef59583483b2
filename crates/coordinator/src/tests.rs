//! The shard driven as a broker drives it, on a log in memory.
//!
//! `scenarios/*.txt` are read and checked by [`scenario`]; [`replay`] draws random histories and
//! compares the live state with what the log gives, whole and compacted.

mod compaction;
mod replay;
mod scenario;
mod world;
