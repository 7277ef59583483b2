//! Reads `scenarios/*.txt`: commands, a line `----`, and what must come of them, up to an empty
//! line. `UPDATE_EXPECT=1` writes the outcome into the files instead.
//!
//! Nodes are named by their numbers, places in the log as `epoch@offset`. What a command brings about
//! stands there as it happens: who leads, who stops, what is cut; then how each node stands whose
//! role, epoch or leader is another than before. A message takes a millisecond, and so does a flush.

mod world;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use world::World;

#[test]
fn scenarios_come_out_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 10, "only {} scenarios in {}", paths.len(), folder.display());
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut differing = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let actual = run(&text);
        if actual == text {
            continue;
        }
        if update {
            std::fs::write(&path, &actual).unwrap();
        } else {
            write!(differing, "== {}\n{}", path.display(), difference(&text, &actual)).unwrap();
        }
    }
    assert!(differing.is_empty(), "{differing}");
}

/// The lines that differ, with their place.
fn difference(expected: &str, actual: &str) -> String {
    let mut out = String::new();
    let (mut left, mut right) = (expected.lines(), actual.lines());
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (expected, actual) if expected == actual => {}
            (expected, actual) => {
                let (expected, actual) = (expected.unwrap_or("∅"), actual.unwrap_or("∅"));
                writeln!(out, "{number}: -{expected}\n{number}: +{actual}").unwrap();
            }
        }
    }
    out
}

/// Runs a file and gives it back with the outcomes that came.
fn run(text: &str) -> String {
    let mut world = World::default();
    let mut out = String::new();
    let mut commands: Vec<&str> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line == "----" {
            for command in commands.drain(..) {
                out.push_str(&world.command(&Given::parse(command)));
            }
            for line in lines.by_ref() {
                if line.is_empty() {
                    out.push('\n');
                    break;
                }
            }
        } else if !line.is_empty() && !line.starts_with('#') {
            commands.push(line);
        }
    }
    assert!(commands.is_empty(), "commands without an outcome: {commands:?}");
    out
}

/// One command: a verb, words, and `name=value` pairs.
struct Given<'a> {
    verb: &'a str,
    words: Vec<&'a str>,
    options: BTreeMap<&'a str, &'a str>,
}

impl<'a> Given<'a> {
    fn parse(line: &'a str) -> Self {
        let mut parts = line.split_whitespace();
        let verb = parts.next().unwrap_or_default();
        let (mut words, mut options) = (Vec::new(), BTreeMap::new());
        for part in parts {
            match part.split_once('=') {
                Some((name, value)) => {
                    options.insert(name, value);
                }
                None => words.push(part),
            }
        }
        Self { verb, words, options }
    }

    /// The number that stands at `position`.
    fn node(&self, position: usize) -> i32 {
        self.words[position].parse().unwrap()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.options.get(name).map(|value| match value.parse() {
            Ok(number) => number,
            Err(_) => panic!("{name}={value} is no number"),
        })
    }

    /// `epoch@offset`.
    fn place(&self, name: &str) -> Option<(i32, i64)> {
        let (epoch, offset) = self.options.get(name)?.split_once('@').unwrap();
        Some((epoch.parse().unwrap(), offset.parse().unwrap()))
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }
}

/// `1,2,3`.
fn ids(text: &str) -> Vec<i32> {
    text.split(',').map(|part| part.parse().unwrap()).collect()
}
