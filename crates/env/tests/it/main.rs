//! Both sides of each seam keep the same promises; the simulator also breaks as promised.

#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

mod disk;
mod network;
mod spawn;
