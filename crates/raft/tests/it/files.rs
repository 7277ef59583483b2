//! The scenarios of `scenarios/*.txt`, as [`keld_scenario`] reads them.
//!
//! Nodes are named by their numbers, places in the log as `epoch@offset`. What a command brings about
//! stands there as it happens: who leads, who stops, what is cut; then how each node stands whose
//! role, epoch or leader is another than before. A message takes a millisecond, and so does a flush.

mod world;

use keld_scenario::{Given, Script, check};
use std::path::Path;
use world::World;

#[test]
fn scenarios_come_out_as_written() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), 10, World::default);
}

impl Script for World {
    fn command(&mut self, command: &Given<'_>) -> String {
        World::command(self, command)
    }
}

/// The number that stands at `position`.
fn node(command: &Given<'_>, position: usize) -> i32 {
    command.words[position].parse().unwrap()
}

/// `epoch@offset`.
fn place_given(command: &Given<'_>, name: &str) -> Option<(i32, i64)> {
    let (epoch, offset) = command.option(name)?.split_once('@').unwrap();
    Some((epoch.parse().unwrap(), offset.parse().unwrap()))
}
