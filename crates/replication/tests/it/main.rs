//! Replicas of one partition against each other: `scenarios/*.txt`, and random histories.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cluster;
mod property;
mod scenario;
