//! `keld log`: what stands in the files of a partition.

use clap::Subcommand;

use crate::console::Console;
use crate::failure::Outcome;
use crate::scripts::dump_files;

pub(super) const EXAMPLES: &str = "\
Examples:
  keld log dump data/orders-0/00000000000000000000.log
  keld log dump --print data/orders-0/00000000000000000000.log
  keld log dump data/orders-0/*.index data/orders-0/*.timeindex";

#[derive(Debug, Subcommand)]
pub(super) enum Log {
    /// Show segments, indexes, producer snapshots and metadata snapshots; changes nothing.
    Dump {
        /// Files: .log, .index, .timeindex, .txnindex, .snapshot, .checkpoint.
        #[arg(required = true)]
        files: Vec<String>,
        /// Keys and values of records too.
        #[arg(short, long)]
        print: bool,
    },
}

pub(super) fn run(console: &mut Console, verb: Log) -> Outcome {
    match verb {
        Log::Dump { files, print } => dump_files(console, &files, print),
    }
}
