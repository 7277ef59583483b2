//! `keld`'s own verbs: tables or JSON, examples in the help, and a hint with every failure.

mod cluster;
mod config;
mod consume;
mod group;
mod log;
mod produce;
mod topic;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use keld_client::Admin;
use keld_config::Properties;
use keld_env::Env;

use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::output::Form;
use crate::shared::{DEFAULT_BOOTSTRAP, add_pairs, admin, client_config, properties};

/// The verbs with what they do.
pub(crate) const NAMES: [(&str, &str); 7] = [
    ("topic", "Create, list, describe, change and delete topics"),
    ("produce", "Write records from standard input or a file"),
    ("consume", "Read records"),
    ("group", "Look at consumer groups, reset their offsets"),
    ("config", "Show and change settings of topics, brokers and groups"),
    ("cluster", "Look at a cluster's health and parts, drain and rebalance brokers"),
    ("log", "Look into the files of a partition"),
];

#[derive(Debug, Parser)]
#[command(name = "keld", disable_help_subcommand = true, subcommand_required = true)]
struct Line {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Create, list, describe, change and delete topics.
    #[command(subcommand, after_help = topic::EXAMPLES)]
    Topic(topic::Topic),
    /// Write records from standard input or a file.
    #[command(after_help = produce::EXAMPLES)]
    Produce(produce::Produce),
    /// Read records.
    #[command(after_help = consume::EXAMPLES)]
    Consume(consume::Consume),
    /// Look at consumer groups, reset their offsets.
    #[command(subcommand, after_help = group::EXAMPLES)]
    Group(group::Group),
    /// Show and change settings of topics, brokers and groups.
    #[command(subcommand, after_help = config::EXAMPLES)]
    Config(config::Config),
    /// Look at a cluster's health and parts, drain and rebalance brokers.
    #[command(subcommand, after_help = cluster::EXAMPLES)]
    Cluster(cluster::Cluster),
    /// Look into the files of a partition.
    #[command(subcommand, after_help = log::EXAMPLES)]
    Log(log::Log),
}

/// How to reach the cluster.
#[derive(Debug, Args)]
struct Connect {
    /// Brokers to ask first, host:port, comma separated.
    #[arg(short, long, env = "KELD_BOOTSTRAP_SERVERS", default_value = DEFAULT_BOOTSTRAP)]
    bootstrap_server: String,
    /// A client setting by Kafka's name; may stand several times.
    #[arg(short = 'X', value_name = "KEY=VALUE")]
    setting: Vec<String>,
    /// Properties file with client settings.
    #[arg(long, value_name = "FILE")]
    command_config: Option<String>,
}

impl Connect {
    fn settings(&self) -> Result<Properties, Failure> {
        let mut settings = properties(self.command_config.as_deref())?;
        add_pairs(&mut settings, &self.setting);
        Ok(settings)
    }

    fn admin(&self, env: &Env) -> Result<Admin, Failure> {
        self.admin_with(env, &[])
    }

    /// The same with defaults of its own for some settings.
    fn admin_with(&self, env: &Env, defaults: &[(&str, &str)]) -> Result<Admin, Failure> {
        let mut settings = self.settings()?;
        for (name, value) in defaults {
            if !settings.contains(name) {
                settings.set(*name, *value);
            }
        }
        Ok(admin(env, client_config(&self.bootstrap_server, &settings, "keld")?))
    }
}

/// How answers are shown.
#[derive(Debug, Args)]
struct Shown {
    /// Columns for people or JSON for programs.
    #[arg(short, long, value_enum, default_value_t)]
    output: Form,
    /// The same as `-o json`.
    #[arg(long)]
    json: bool,
}

impl Shown {
    fn form(&self) -> Form {
        if self.json { Form::Json } else { self.output }
    }
}

/// Runs a verb: `words` with the program's name in front. Gives the exit code.
pub(crate) async fn run(console: &mut Console, env: &Env, words: &[String]) -> i32 {
    let matches = Line::command().try_get_matches_from(words);
    let line = match matches.and_then(|matches| Line::from_arg_matches(&matches)) {
        Ok(line) => line,
        Err(error) => {
            let text = error.render().to_string();
            if error.use_stderr() {
                console.error(text.trim_end());
            } else {
                console.print(text);
            }
            return error.exit_code();
        }
    };
    let outcome = match line.verb {
        Verb::Topic(verb) => topic::run(console, env, verb).await,
        Verb::Produce(verb) => produce::run(console, env, verb).await,
        Verb::Consume(verb) => consume::run(console, env, verb).await,
        Verb::Group(verb) => group::run(console, env, verb).await,
        Verb::Config(verb) => config::run(console, env, verb).await,
        Verb::Cluster(verb) => cluster::run(console, env, verb).await,
        Verb::Log(verb) => log::run(console, verb),
    };
    finish(console, outcome)
}

fn finish(console: &mut Console, outcome: Outcome) -> i32 {
    console.flush();
    match outcome {
        Ok(()) => 0,
        Err(Failure::Silent) => 1,
        Err(Failure::Usage(message)) => {
            console.error(format!("error: {message}"));
            2
        }
        Err(Failure::Failed { message, hint }) => {
            console.error(format!("error: {message}"));
            if let Some(hint) = hint {
                console.error(format!("hint: {hint}"));
            }
            1
        }
    }
}

#[cfg(test)]
mod tests;
