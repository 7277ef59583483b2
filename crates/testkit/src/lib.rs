//! Real processes for tests: nodes of Keld and of Apache Kafka, stock clients, comparisons.
//!
//! Everything here talks to real processes over real sockets, so it uses the real clock and real
//! threads; it never waits for time to pass, only for a condition, with a deadline.
//! [`setup`] installs what the suites need with the projects' own lock files and fails with the
//! command's own words when it cannot: a missing client is never a skipped test.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the harness of real processes lives in real time and speaks to a person"
)]

mod admin;
mod client;
mod cluster;
mod connection;
mod driver;
mod hex;
mod history;
mod member;
mod node;
mod proxy;
pub mod setup;
mod switch;
mod tools;
mod wait;
mod workload;

pub use admin::ask;
pub use client::{CODECS, Client};
pub use cluster::{ClusterPlan, NodePlan, PartitionState, TestCluster};
pub use connection::Connection;
pub use driver::{Driver, DriverError};
pub use hex::{from_hex, to_hex};
pub use history::{Acknowledged, History, Reading, Received, Sender, Silence, Violation};
pub use member::{Member, Roles};
pub use node::{Broker, CLUSTER_ID, NodeOptions, SmallDisk, TestNode, free_port};
pub use proxy::{Network, Proxy};
pub use switch::{Space, in_own_network};
pub use tools::{ToolOutput, Tools};
pub use wait::{eventually, eventually_within, now_ms, try_within};
pub use workload::{Outcome, Reader, Workload};
