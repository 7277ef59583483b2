//! Command-line tools: keld's verbs and Kafka's scripts by name, over the client.
//!
//! ```text
//! keld topic | produce | consume | group | config | cluster | log dump
//! kafka-topics, kafka-console-producer, kafka-console-consumer, kafka-consumer-groups,
//! kafka-configs, kafka-get-offsets, kafka-dump-log, kafka-reassign-partitions,
//! kafka-leader-election, kafka-metadata-quorum, kafka-features, kafka-cluster, kafka-log-dirs
//! (also with .sh, also as a link's name)
//! ```
//!
//! The verbs print tables or JSON and say what to do next when something fails. The scripts take
//! Kafka's flags and print Kafka's lines, so that what reads them cannot tell the difference.

mod console;
mod failure;
mod format;
mod input;
mod options;
mod output;
mod scripts;
mod sending;
mod shared;
mod throttle;
mod verbs;

use std::ffi::OsString;
use std::process::ExitCode;

pub use console::{Buffer, Console};
use keld_env::Env;
use keld_env::os::OsRuntime;

use crate::scripts::Script;

/// Whether a program or first argument is one of Kafka's scripts, as `bin/kafka-topics.sh`.
pub fn is_kafka_script(name: &str) -> bool {
    Script::by_name(name).is_some()
}

/// The names of Kafka's scripts, without `.sh`.
pub fn kafka_scripts() -> impl Iterator<Item = &'static str> {
    Script::names()
}

/// Whether a first argument is one of the verbs here.
pub fn is_verb(name: &str) -> bool {
    verbs::NAMES.iter().any(|(verb, _)| *verb == name)
}

/// The verbs with what they do, for the binary's help.
pub fn verbs() -> impl Iterator<Item = (&'static str, &'static str)> {
    verbs::NAMES.into_iter()
}

/// Runs a command of the process to its end: `arguments` with the program's name in front.
///
/// Starts a runtime of its own. The program's name or its first argument must be a script's name,
/// or the first argument a verb; anything else is a usage error.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    let runtime = match OsRuntime::start(1, 4) {
        Ok(runtime) => runtime,
        Err(error) => {
            Console::process().error(format!("cannot start threads: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let env = runtime.env();
    let code = runtime.block_on(async move {
        let mut console = Console::process();
        run_with(&mut console, &env, arguments).await
    });
    // `None` is a panic, which has told of itself.
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(70))
}

/// Runs a command with the given streams and environment; gives the exit code.
pub async fn run_with(console: &mut Console, env: &Env, arguments: Vec<OsString>) -> i32 {
    let mut words: Vec<String> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        match argument.into_string() {
            Ok(word) => words.push(word),
            Err(argument) => {
                console.error(format!("argument {} is not UTF-8", argument.display()));
                return 2;
            }
        }
    }
    let by_program = words.first().and_then(|name| Script::by_name(name));
    let by_argument = words.get(1).and_then(|name| Script::by_name(name));
    let code = match (by_program, by_argument) {
        (Some(script), _) => script.run(console, env, &words[1..]).await,
        (None, Some(script)) => script.run(console, env, &words[2..]).await,
        (None, None) => verbs::run(console, env, &words).await,
    };
    console.flush();
    code
}
