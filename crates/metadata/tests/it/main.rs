//! Images and snapshots against themselves and against files that Apache Kafka 4.3.1 wrote.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod features;
mod images;
mod kafka_files;
