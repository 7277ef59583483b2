//! The node: it joins the cores (log, replication, quorum, coordinator) to the world.
//!
//! A request travels: `net` reads a frame → [`dispatch`](dispatch) checks API and version and
//! decodes → one file in `apis/` answers. Nothing on that way blocks or hops threads; what must
//! wait is a future that the connection polls.

mod apis;
mod assignments;
mod auto_topics;
mod background;
mod cleaner;
mod context;
mod controller_channel;
mod departures;
mod directory_moves;
mod dispatch;
mod fetch_sessions;
mod fetchers;
mod forwarding;
mod groups;
mod lease;
mod lifecycle;
mod liveness;
mod logs;
mod metrics;
mod node;
mod observe;
mod partitions;
mod peers;
mod producer_ids;
mod publisher;
mod quorum;
mod refusal;
mod reply;
mod settings;
pub mod storage_format;
mod telemetry;
mod throttles;
mod view;

#[cfg(test)]
mod tests;

pub use logs::LogsError;
pub use node::{Node, StartError};
pub use quorum::QuorumError;
