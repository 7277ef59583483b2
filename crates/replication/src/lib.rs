//! Partition leadership over a log: high watermark, waiters, readable bounds.
