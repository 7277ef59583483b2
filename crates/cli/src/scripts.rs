//! Kafka's scripts by name: the same flags, the same lines.
//!
//! Where Kafka prints a Java stack trace after its message, these print what to do instead.

mod configs;
mod console_consumer;
mod console_producer;
mod consumer_groups;
mod dump_log;
mod get_offsets;
mod reset;
mod topics;

pub(crate) use console_consumer::{apply_settings, give_back};
pub(crate) use console_producer::{compression, producer_config};
pub(crate) use dump_log::dump_files;
use keld_env::Env;
pub(crate) use reset::{parse_datetime, parse_duration};

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, help};

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
}

/// The version that `--version` prints: Kafka's, whose flags these are.
const KAFKA_VERSION: &str = "4.3.1";

const COMMON: [OptionSpec; 2] =
    [flag("help", "Print usage information."), flag("version", "Display Kafka version.")];

impl Script {
    const ALL: [(&'static str, Self); 7] = [
        ("kafka-topics", Self::Topics),
        ("kafka-console-producer", Self::ConsoleProducer),
        ("kafka-console-consumer", Self::ConsoleConsumer),
        ("kafka-consumer-groups", Self::ConsumerGroups),
        ("kafka-configs", Self::Configs),
        ("kafka-get-offsets", Self::GetOffsets),
        ("kafka-dump-log", Self::DumpLog),
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

    /// Runs the script; gives the exit code.
    pub(crate) async fn run(self, console: &mut Console, env: &Env, arguments: &[String]) -> i32 {
        let (purpose, specs) = match self {
            Self::Topics => (topics::PURPOSE, topics::SPECS),
            Self::ConsoleProducer => (console_producer::PURPOSE, console_producer::SPECS),
            Self::ConsoleConsumer => (console_consumer::PURPOSE, console_consumer::SPECS),
            Self::ConsumerGroups => (consumer_groups::PURPOSE, consumer_groups::SPECS),
            Self::Configs => (configs::PURPOSE, configs::SPECS),
            Self::GetOffsets => (get_offsets::PURPOSE, get_offsets::SPECS),
            Self::DumpLog => (dump_log::PURPOSE, dump_log::SPECS),
        };
        let specs: Vec<OptionSpec> = specs.iter().chain(&COMMON).copied().collect();
        let outcome = match Options::parse(&specs, arguments) {
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
                console.error(help("Options:", &specs));
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
        }
    }
}
