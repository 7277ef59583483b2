//! The quorum core under a simulated network and simulated crashes, scenarios that read as text, and
//! single rules by hand.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod files;
mod scenario;
mod simulation;
