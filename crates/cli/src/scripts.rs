//! Kafka's scripts by name: the same flags, the same lines.
//!
//! Where Kafka prints a Java stack trace after its message, these print what to do instead.

mod cluster;
mod configs;
mod console_consumer;
mod console_producer;
mod consumer_groups;
mod dump_log;
mod features;
mod get_offsets;
mod leader_election;
mod log_dirs;
mod metadata_quorum;
mod reassign_partitions;
mod reset;
mod topics;

pub(crate) use console_consumer::{apply_settings, give_back};
pub(crate) use console_producer::{compression, producer_config};
pub(crate) use dump_log::dump_files;
use keld_env::Env;
pub(crate) use reset::{parse_datetime, parse_duration};

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{CommandSpec, OptionSpec, Options, Short, command_help, flag};

/// A script of Kafka's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Script {
    Topics,
    ConsoleProducer,
    ConsoleConsumer,
    ConsumerGroups,
    Configs,
    GetOffsets,
    DumpLog,
    ReassignPartitions,
    LeaderElection,
    MetadataQuorum,
    Features,
    Cluster,
    LogDirs,
}

/// The version that `--version` prints: Kafka's, whose flags these are.
const KAFKA_VERSION: &str = "4.3.1";

const COMMON: [OptionSpec; 2] =
    [flag("help", "Print usage information."), flag("version", "Display Kafka version.")];

impl Script {
    const ALL: [(&'static str, Self); 13] = [
        ("kafka-topics", Self::Topics),
        ("kafka-console-producer", Self::ConsoleProducer),
        ("kafka-console-consumer", Self::ConsoleConsumer),
        ("kafka-consumer-groups", Self::ConsumerGroups),
        ("kafka-configs", Self::Configs),
        ("kafka-get-offsets", Self::GetOffsets),
        ("kafka-dump-log", Self::DumpLog),
        ("kafka-reassign-partitions", Self::ReassignPartitions),
        ("kafka-leader-election", Self::LeaderElection),
        ("kafka-metadata-quorum", Self::MetadataQuorum),
        ("kafka-features", Self::Features),
        ("kafka-cluster", Self::Cluster),
        ("kafka-log-dirs", Self::LogDirs),
    ];

    /// The script of a name, with or without a folder in front and `.sh` behind.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        let base = name.rsplit('/').next().unwrap_or(name);
        let base = base.strip_suffix(".sh").unwrap_or(base);
        Self::ALL.iter().find(|(known, _)| *known == base).map(|(_, script)| *script)
    }

    /// Names of all scripts.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.iter().map(|(name, _)| *name)
    }

    /// What the script is for, and its options.
    const fn line(self) -> (&'static str, &'static [OptionSpec]) {
        match self {
            Self::Topics => (topics::PURPOSE, topics::SPECS),
            Self::ConsoleProducer => (console_producer::PURPOSE, console_producer::SPECS),
            Self::ConsoleConsumer => (console_consumer::PURPOSE, console_consumer::SPECS),
            Self::ConsumerGroups => (consumer_groups::PURPOSE, consumer_groups::SPECS),
            Self::Configs => (configs::PURPOSE, configs::SPECS),
            Self::GetOffsets => (get_offsets::PURPOSE, get_offsets::SPECS),
            Self::DumpLog => (dump_log::PURPOSE, dump_log::SPECS),
            Self::ReassignPartitions => (reassign_partitions::PURPOSE, reassign_partitions::SPECS),
            Self::LeaderElection => (leader_election::PURPOSE, leader_election::SPECS),
            Self::MetadataQuorum => (metadata_quorum::PURPOSE, metadata_quorum::SPECS),
            Self::Features => (features::PURPOSE, features::SPECS),
            Self::Cluster => (cluster::PURPOSE, cluster::SPECS),
            Self::LogDirs => (log_dirs::PURPOSE, log_dirs::SPECS),
        }
    }

    /// The commands of a script that has commands, and short names of its options.
    const fn commands(self) -> (&'static [CommandSpec], &'static [Short]) {
        match self {
            Self::MetadataQuorum => (metadata_quorum::COMMANDS, metadata_quorum::SHORT),
            Self::Features => (features::COMMANDS, &[]),
            Self::Cluster => (cluster::COMMANDS, cluster::SHORT),
            Self::Topics
            | Self::ConsoleProducer
            | Self::ConsoleConsumer
            | Self::ConsumerGroups
            | Self::Configs
            | Self::GetOffsets
            | Self::DumpLog
            | Self::ReassignPartitions
            | Self::LeaderElection
            | Self::LogDirs => (&[], &[]),
        }
    }

    /// Runs the script; gives the exit code.
    pub(crate) async fn run(self, console: &mut Console, env: &Env, arguments: &[String]) -> i32 {
        let (purpose, specs) = self.line();
        let (commands, short) = self.commands();
        let specs: Vec<OptionSpec> = specs.iter().chain(&COMMON).copied().collect();
        let parsed = if commands.is_empty() {
            Options::parse(&specs, arguments)
        } else {
            Options::parse_command(&specs, commands, short, arguments)
        };
        let outcome = match parsed {
            Err(failure) => Err(failure),
            Ok(options) if arguments.is_empty() || options.has("help") => {
                let _ = options;
                Err(Failure::usage(purpose))
            }
            Ok(options) if options.has("version") => {
                console.line(KAFKA_VERSION);
                Ok(())
            }
            Ok(options) => self.execute(console, env, &options).await,
        };
        console.flush();
        match outcome {
            Ok(()) => 0,
            Err(Failure::Silent) => 1,
            Err(Failure::Usage(message)) => {
                console.error(message);
                console.error(command_help("Options:", &specs, commands));
                1
            }
            Err(Failure::Failed { message, hint }) => {
                console.error(message);
                if let Some(hint) = hint {
                    console.error(format!("hint: {hint}"));
                }
                1
            }
        }
    }

    async fn execute(self, console: &mut Console, env: &Env, options: &Options) -> Outcome {
        match self {
            Self::Topics => topics::run(console, env, options).await,
            Self::ConsoleProducer => console_producer::run(console, env, options).await,
            Self::ConsoleConsumer => console_consumer::run(console, env, options).await,
            Self::ConsumerGroups => consumer_groups::run(console, env, options).await,
            Self::Configs => configs::run(console, env, options).await,
            Self::GetOffsets => get_offsets::run(console, env, options).await,
            Self::DumpLog => dump_log::run(console, options),
            Self::ReassignPartitions => reassign_partitions::run(console, env, options).await,
            Self::LeaderElection => leader_election::run(console, env, options).await,
            Self::MetadataQuorum => metadata_quorum::run(console, env, options).await,
            Self::Features => features::run(console, env, options).await,
            Self::Cluster => cluster::run(console, env, options).await,
            Self::LogDirs => log_dirs::run(console, env, options).await,
        }
    }
}
