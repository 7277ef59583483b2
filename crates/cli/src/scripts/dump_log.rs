//! `kafka-dump-log`: what stands in the files of a partition.
//!
//! Reads the files itself and changes nothing, so it also works beside a running node and on
//! damaged files: damage is reported, not repaired.

mod control;
mod decoders;
mod indexes;
mod java_json;
mod log;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, maybe, value};

use decoders::Shown;

pub(super) const PURPOSE: &str = "This tool helps to parse a log file and dump its contents to \
    the console, useful for debugging a seemingly corrupt log segment.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("files", "file,file", "REQUIRED: the files to dump."),
    flag("print-data-log", "Show records with keys and values."),
    flag("deep-iteration", "Show records; implied by --print-data-log."),
    flag("skip-record-metadata", "With --print-data-log: only keys and values."),
    flag("verify-index-only", "Check indexes without showing their entries."),
    flag("index-sanity-check", "Check indexes as a broker does at its start."),
    value("max-message-size", "bytes", "Largest batch; 5242880 when left out."),
    value("max-bytes", "bytes", "Read no more of each log than this."),
    flag("cluster-metadata-decoder", "Show records as those of __cluster_metadata."),
    flag("offsets-decoder", "Show records as those of __consumer_offsets."),
    flag("transaction-log-decoder", "Show records as those of __transaction_state."),
    flag("share-group-state-decoder", "Show records as those of __share_group_state."),
    flag("remote-log-metadata-decoder", "Show records as those of __remote_log_metadata."),
    maybe("key-decoder-class", "class", "The type of keys: a decoder of Kafka's by its class."),
    maybe("value-decoder-class", "class", "The type of values, in the same way."),
];

/// Options that imply `--print-data-log`.
const DECODERS: [&str; 7] = [
    "cluster-metadata-decoder",
    "offsets-decoder",
    "transaction-log-decoder",
    "share-group-state-decoder",
    "remote-log-metadata-decoder",
    "key-decoder-class",
    "value-decoder-class",
];

/// What is found wrong on the way and told at the end.
#[derive(Default)]
struct Findings {
    /// By index file: offset in the index, offset in the log.
    mismatches: BTreeMap<PathBuf, Vec<(i64, i64)>>,
    /// By time index: timestamp in the index, timestamp in the log.
    timestamps: BTreeMap<PathBuf, Vec<(i64, i64)>>,
    /// By time index: a timestamp and the one before it.
    disorder: BTreeMap<PathBuf, Vec<(i64, i64)>>,
    /// By time index: an offset, and the batch's that was found instead.
    missing: BTreeMap<PathBuf, Vec<(i64, i64)>>,
    /// By log: an offset and the one that follows.
    gaps: BTreeMap<PathBuf, Vec<(i64, i64)>>,
}

/// What to show.
#[derive(Clone, Copy, Debug)]
struct Choice {
    deep: bool,
    contents: bool,
    shown: Shown,
    skip_metadata: bool,
    verify_only: bool,
    sanity_only: bool,
    bytes_max: u64,
}

pub(super) fn run(console: &mut Console, options: &Options) -> Outcome {
    let files = options.required("files")?;
    let contents =
        options.has("print-data-log") || DECODERS.iter().any(|decoder| options.has(decoder));
    let choice = Choice {
        deep: contents || options.has("deep-iteration"),
        contents,
        shown: Shown::of(options)?,
        skip_metadata: options.has("skip-record-metadata"),
        verify_only: options.has("verify-index-only"),
        sanity_only: options.has("index-sanity-check"),
        bytes_max: options.number("max-bytes")?.unwrap_or(u64::MAX),
    };
    dump(console, files.split(','), choice)
}

/// Dumps files with all records, for `keld log dump`.
pub(crate) fn dump_files(console: &mut Console, files: &[String], contents: bool) -> Outcome {
    let choice = Choice {
        deep: true,
        contents,
        shown: Shown::STRINGS,
        skip_metadata: false,
        verify_only: false,
        sanity_only: false,
        bytes_max: u64::MAX,
    };
    dump(console, files.iter().map(String::as_str), choice)
}

fn dump<'a>(
    console: &mut Console,
    files: impl Iterator<Item = &'a str>,
    choice: Choice,
) -> Outcome {
    let mut findings = Findings::default();
    for file in files {
        console.line(format!("Dumping {file}"));
        let path = Path::new(file);
        let outcome = match path.extension().and_then(|suffix| suffix.to_str()) {
            Some("log" | "checkpoint") => log::dump(console, path, choice, &mut findings),
            Some("index") => indexes::offsets(console, path, choice, &mut findings),
            Some("timeindex") => indexes::times(console, path, choice, &mut findings),
            Some("snapshot") => indexes::producers(console, path),
            Some("txnindex") => indexes::transactions(console, path),
            _ => {
                console.error(format!("Ignoring unknown file {file}"));
                Ok(())
            }
        };
        outcome.map_err(|failure| match failure {
            Failure::Failed { message, hint } => {
                Failure::Failed { message: format!("{file}: {message}"), hint }
            }
            other => other,
        })?;
    }
    findings.report(console);
    Ok(())
}

impl Findings {
    fn report(&self, console: &mut Console) {
        for (file, pairs) in &self.mismatches {
            console.error(format!("Mismatches in :{}", file.display()));
            for (index, log) in pairs.iter().rev() {
                console.error(format!("  Index offset: {index}, log offset: {log}"));
            }
        }
        for (file, pairs) in &self.timestamps {
            console.error(format!("Found timestamp mismatch in :{}", file.display()));
            for (index, log) in pairs {
                console.error(format!("  Index timestamp: {index}, log timestamp: {log}"));
            }
        }
        for (file, pairs) in &self.disorder {
            console.error(format!("Found out of order timestamp in :{}", file.display()));
            for (index, before) in pairs {
                console.error(format!(
                    "  Index timestamp: {index}, Previously indexed timestamp: {before}"
                ));
            }
        }
        for (file, pairs) in &self.missing {
            console.error(format!(
                "The following indexed offsets are not found in :{}",
                file.display()
            ));
            for (index, log) in pairs {
                console.error(format!("Indexed offset: {index}, found log offset: {log}"));
            }
        }
        for (file, pairs) in &self.gaps {
            console.error(format!("Non-consecutive offsets in {}", file.display()));
            for (offset, next) in pairs {
                console.error(format!("  {offset} is followed by {next}"));
            }
        }
    }
}

/// The base offset in a file's name.
fn base_offset(path: &Path) -> Result<i64, Failure> {
    let stem = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let digits = stem.split('.').next().unwrap_or_default();
    digits.parse().map_err(|_| {
        Failure::failed(format!("For input string: \"{digits}\""))
            .with_hint("the files of a partition are named by their first offset")
    })
}

/// The absolute path, as Kafka's tool names files in its findings.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
mod tests;
