//! Scenario files: commands, a line `----`, and what must come of them, up to an empty line.
//!
//! ```text
//! # What is shown here.
//! start 1 2
//! create t on=1,2
//! ----
//! broker 1 epoch=7 fenced
//!
//! disconnect 1
//! ----
//! ```
//!
//! A test gives a folder of them to [`check`] with a [`Script`] that carries the commands out. A
//! file whose outcome is another fails it, with the lines that differ; `UPDATE_EXPECT=1` writes the
//! outcome into the file instead. For tests only: whatever is wrong panics.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Carries out the commands of one file, one after the other.
pub trait Script {
    /// Whether `name=value` is an option; a word otherwise.
    fn is_option(_name: &str) -> bool {
        true
    }

    /// Carries one command out; lines of what came of it, each with its end.
    fn command(&mut self, command: &Given<'_>) -> String;
}

/// What a command gives: a verb, words, and `name=value` options.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Given<'a> {
    /// The first word.
    pub verb: &'a str,
    /// The others, in their order.
    pub words: Vec<&'a str>,
    /// Values by names; the last one of a name counts.
    pub options: BTreeMap<&'a str, &'a str>,
}

impl<'a> Given<'a> {
    /// Reads a line in which every `name=value` is an option.
    pub fn parse(line: &'a str) -> Self {
        Self::parse_with(line, |_| true)
    }

    fn parse_with(line: &'a str, is_option: impl Fn(&str) -> bool) -> Self {
        let mut parts = line.split_whitespace();
        let verb = parts.next().unwrap_or_default();
        let (mut words, mut options) = (Vec::new(), BTreeMap::new());
        for part in parts {
            match part.split_once('=') {
                Some((name, value)) if is_option(name) => {
                    options.insert(name, value);
                }
                Some(_) | None => words.push(part),
            }
        }
        Self { verb, words, options }
    }

    /// An option's value.
    pub fn option(&self, name: &str) -> Option<&'a str> {
        self.options.get(name).copied()
    }

    /// An option's value as a number; panics on anything else.
    pub fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.option(name).map(|value| match value.parse() {
            Ok(number) => number,
            Err(_) => panic!("{name}={value} of {} is no number", self.verb),
        })
    }

    /// Whether a word is among the words.
    pub fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }
}

/// `1,2,3`; nothing for `-` or an empty text. Panics on anything else.
pub fn ids(text: &str) -> Vec<i32> {
    let parts = text.split(',').filter(|part| !matches!(*part, "" | "-"));
    let id = |part: &str| part.parse().unwrap_or_else(|_| panic!("{part} in {text} is no id"));
    parts.map(id).collect()
}

/// Runs every file of a folder, each with a script of its own, and panics when there are fewer than
/// `at_least` or when one has another outcome than is written in it.
#[track_caller]
pub fn check<S: Script>(folder: &Path, at_least: usize, begin: impl Fn() -> S) {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let differing = run(folder, at_least, begin, update);
    assert!(differing.is_empty(), "{differing}");
}

/// The files that have another outcome, with the lines that differ.
#[track_caller]
fn run<S: Script>(folder: &Path, at_least: usize, begin: impl Fn() -> S, update: bool) -> String {
    let paths = files(folder);
    assert!(paths.len() >= at_least, "only {} scenarios in {}", paths.len(), folder.display());
    let mut differing = String::new();
    for path in paths {
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
        let actual = outcome(&text, &mut begin());
        if actual == text {
            continue;
        }
        if update {
            fs::write(&path, &actual)
                .unwrap_or_else(|error| panic!("cannot write {}: {error}", path.display()));
        } else {
            differing.push_str(&format!("== {}\n{}", path.display(), difference(&text, &actual)));
        }
    }
    differing
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
    });
    let mut paths =
        entries.unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
    paths.sort();
    paths
}

/// A file with the outcomes that came.
#[track_caller]
fn outcome<S: Script>(text: &str, script: &mut S) -> String {
    let mut out = String::new();
    let mut commands: Vec<&str> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line == "----" {
            for command in commands.drain(..) {
                out.push_str(&script.command(&Given::parse_with(command, S::is_option)));
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
                // A string takes whatever is written to it.
                writeln!(out, "{number}: -{expected}\n{number}: +{actual}").ok();
            }
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    /// Counts up to a number.
    struct Count;

    impl Script for Count {
        fn is_option(name: &str) -> bool {
            name != "word"
        }

        fn command(&mut self, command: &Given<'_>) -> String {
            let last = command.number("to").unwrap_or(0);
            let lines = (1..=last).map(|number: i32| format!("{} {number}\n", command.words[0]));
            lines.collect()
        }
    }

    const GOOD: &str =
        "# Counts.\ncount a to=2\ncount b to=1\n----\na 1\na 2\nb 1\n\ncount c\n----\n";

    #[test]
    fn commands_have_words_and_options() {
        let command = Given::parse_with("go a word=b c=d c=e", Count::is_option);
        assert_eq!((command.verb, &command.words[..]), ("go", &["a", "word=b"][..]));
        assert_eq!((command.option("c"), command.option("d")), (Some("e"), None));
        assert!(command.has("a") && !command.has("c"));
        assert_eq!(Given::parse("go a=7").number("a"), Some(7));
        assert_eq!((ids("1,2"), ids("-"), ids("")), (vec![1, 2], vec![], vec![]));
    }

    #[test]
    fn outcomes_are_written_below_their_commands() {
        assert_eq!(outcome(GOOD, &mut Count), GOOD);
        let bare = "# Counts.\ncount a to=2\ncount b to=1\n----\nanything\n\ncount c\n----\n";
        assert_eq!(outcome(bare, &mut Count), GOOD);
    }

    #[test]
    #[should_panic(expected = "commands without an outcome: [\"count b\"]")]
    fn commands_at_the_end_are_not_forgotten() {
        outcome("count a\n----\n\ncount b\n", &mut Count);
    }

    #[test]
    fn what_differs_is_shown_or_written() {
        let folder = tempfile::tempdir().unwrap();
        let (good, bad) = (folder.path().join("1.txt"), folder.path().join("2.txt"));
        fs::write(&good, GOOD).unwrap();
        fs::write(&bad, GOOD.replace("a 2", "a 3")).unwrap();
        let shown = run(folder.path(), 2, || Count, false);
        assert_eq!(shown, format!("== {}\n6: -a 3\n6: +a 2\n", bad.display()));
        assert_eq!(run(folder.path(), 2, || Count, true), "");
        assert_eq!(fs::read_to_string(&bad).unwrap(), GOOD);
    }

    #[test]
    #[should_panic(expected = "only 0 scenarios in")]
    fn an_empty_folder_shows_nothing() {
        check(tempfile::tempdir().unwrap().path(), 1, || Count);
    }
}
