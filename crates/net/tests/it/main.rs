//! The server on the simulated network: order, limits, hostile frames, the end.

#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

mod cold;
mod server;
mod slow;
