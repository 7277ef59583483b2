//! Replicas of one partition against each other: `scenarios/*.txt`, and random histories.

mod cluster;
mod property;
mod scenario;
