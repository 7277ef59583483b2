//! `keld storage ...`: formats directories, draws ids; the work is the broker crate's.

use std::io;
use std::process::ExitCode;

use anyhow::Context;
use keld_broker::storage_format::{FormatRequest, format, run as run_tool};
use keld_config::NodeConfig;
use keld_env::Env;

use crate::start;

/// Runs the tool with the arguments after its name.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let env = start::runtime()?.env();
    let rest = arguments.get(1..).unwrap_or_default();
    Ok(ExitCode::from(run_tool(rest, &env, &mut io::stdout(), &mut io::stderr())))
}

/// Formats the directories of a node that nobody configured, with an id of its own.
pub(crate) fn format_new(env: &Env, config: &NodeConfig) -> anyhow::Result<()> {
    format_for(env, config, env.random.uuid().to_string())
}

/// Formats the directories of a node of a cluster, those that are not formatted yet.
pub(crate) fn format_for(env: &Env, config: &NodeConfig, cluster_id: String) -> anyhow::Result<()> {
    let request = FormatRequest {
        cluster_id,
        ignore_formatted: true,
        release: None,
        features: Vec::new(),
        initial_controllers: None,
    };
    format(env, config, &request, &mut io::sink()).context("cannot format the data directory")
}
