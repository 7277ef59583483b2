//! The scenarios of `scenarios/*.txt`, as [`keld_scenario`] reads them.
//!
//! After each command stand the answer and everything that it changed: a broker as
//! `broker 2 epoch=7 fenced`, a partition as `t-0 leader=2 epochs=1.3 replicas=1,2,3 isr=2,3`, where
//! the epochs are those of leader and partition. Directories are named by broker and letter: `2b` is
//! the second of broker 2.

mod world;

use keld_scenario::{Given, Script, check};
use std::path::Path;
use world::World;

#[test]
fn scenarios_come_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    check(&folder, 40, || Controllers(World::new(&Given::parse("cluster"))));
}

/// One cluster, or one after the other.
struct Controllers(World);

impl Script for Controllers {
    fn command(&mut self, command: &Given<'_>) -> String {
        if command.verb == "cluster" {
            self.0 = World::new(command);
            return String::new();
        }
        self.0.command(command)
    }
}
