//! Decisions of the controller: one cluster a test, commands in, answers and records out.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod brokers;
mod cluster;
mod configs;
mod features;
mod scenario;
mod topics;
