//! The quorum core under a simulated network and simulated crashes, and small scenarios by hand.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod scenario;
mod simulation;
