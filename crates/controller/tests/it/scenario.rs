//! Reads `scenarios/*.txt`: commands, a line `----`, and what must come of them, up to an empty
//! line. `UPDATE_EXPECT=1` writes the outcome into the files instead.
//!
//! After each command stand the answer and everything that it changed: a broker as
//! `broker 2 epoch=7 fenced`, a partition as `t-0 leader=2 epochs=1.3 replicas=1,2,3 isr=2,3`, where
//! the epochs are those of leader and partition. Directories are named by broker and letter: `2b` is
//! the second of broker 2.

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
    assert!(!paths.is_empty(), "no scenario in {}", folder.display());
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
    let mut world = World::new(&Given::parse("cluster"));
    let mut out = String::new();
    let mut commands: Vec<&str> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line == "----" {
            for command in commands.drain(..) {
                let given = Given::parse(command);
                if given.verb == "cluster" {
                    world = World::new(&given);
                } else {
                    out.push_str(&world.command(&given));
                }
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

    fn option(&self, name: &str) -> Option<&'a str> {
        self.options.get(name).copied()
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.option(name).map(|value| match value.parse() {
            Ok(number) => number,
            Err(_) => panic!("{name}={value} is no number"),
        })
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }
}

/// `1,2,3`; nothing for `-`.
fn ids(text: &str) -> Vec<i32> {
    text.split(',').filter(|part| *part != "-").map(|part| part.parse().unwrap()).collect()
}
