//! `keld start server.properties [--override name=value ...]`: runs a node until it is told to stop.

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::available_parallelism;

use anyhow::Context;
use clap::Parser;
use keld_broker::Node;
use keld_config::{NodeConfig, Properties};
use keld_env::Env;
use keld_env::os::OsRuntime;
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe;
use tokio::signal::unix::{SignalKind, signal};

use crate::{http, logging};

/// Threads for what blocks: fsync, recovery, deletion.
const BLOCKING_THREADS_MAX: usize = 8;

/// Runs a node.
#[derive(Debug, Parser)]
#[command(
    name = "keld start",
    after_help = "Example:\n  keld storage format -t $(keld storage random-uuid) -c server.properties --standalone\n  keld start server.properties --override log.retention.hours=24"
)]
struct Arguments {
    /// The node's configuration, by Kafka's names (docs/config.md).
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replaces one option of the file; may be repeated.
    #[arg(long = "override", value_name = "NAME=VALUE", value_parser = name_and_value)]
    overrides: Vec<(String, String)>,
    /// Stops also when standard input, which must be a pipe, ends: a node whose parent is gone.
    #[arg(long, hide = true)]
    stop_with_input: bool,
}

fn name_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as name=value".to_owned()),
    }
}

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse_from(arguments);
    let text = fs::read_to_string(&arguments.file).with_context(|| {
        format!("cannot read {}: name a readable server.properties", arguments.file.display())
    })?;
    let mut properties =
        Properties::parse(&text).with_context(|| arguments.file.display().to_string())?;
    for (name, value) in arguments.overrides {
        properties.set(name, value);
    }
    let config = NodeConfig::from_properties(&properties)
        .with_context(|| arguments.file.display().to_string())?;
    logging::start(&config.log_level, config.log_as_json);
    for warning in &config.warnings {
        tracing::warn!(option = %warning.name, "option {}", warning.message);
    }
    let runtime = runtime()?;
    let env = runtime.env();
    let ended = runtime.block_on(async move {
        let parent = Parent::watch(arguments.stop_with_input)?;
        serve(properties, config, env, parent).await
    });
    ended.context("the node's main task panicked")??;
    Ok(ExitCode::SUCCESS)
}

/// The threads of a node: one worker a core.
pub(crate) fn runtime() -> anyhow::Result<OsRuntime> {
    let workers = available_parallelism().map_or(1, usize::from);
    OsRuntime::start(workers, BLOCKING_THREADS_MAX).context("cannot start threads")
}

/// Who started this node and holds the other end of its standard input, if anybody does.
struct Parent(Option<pipe::Receiver>);

impl Parent {
    fn watch(is_wanted: bool) -> anyhow::Result<Self> {
        if !is_wanted {
            return Ok(Self(None));
        }
        let input = io::stdin().as_fd().try_clone_to_owned()?;
        let pipe = pipe::Receiver::from_owned_fd(input)
            .context("--stop-with-input needs a pipe as standard input")?;
        Ok(Self(Some(pipe)))
    }

    /// Completes when the parent is gone or has closed the pipe; never without a parent.
    async fn gone(&mut self) {
        let Some(pipe) = &mut self.0 else { return std::future::pending().await };
        let mut ignored = [0; 64];
        while pipe.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
    }
}

async fn serve(
    properties: Properties,
    config: NodeConfig,
    env: Env,
    mut parent: Parent,
) -> anyhow::Result<()> {
    // Signals are caught from here on, so that one that arrives during the start is not lost.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let http_config = config.http.clone();
    let node = Node::start(properties, env).await?;
    let http = http::serve(Arc::clone(&node), &http_config).await?;
    let listeners: Vec<String> =
        node.bound().iter().map(|bound| format!("{}://{}", bound.name, bound.address)).collect();
    tracing::info!(node = config.node_id.get(), listeners = %listeners.join(","), ?http, "started");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = parent.gone() => {}
        reason = node.failed() => {
            // What is left on disk is recovered at the next start.
            anyhow::bail!(reason);
        }
    }
    tracing::info!("stopping");
    let again = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    tokio::select! {
        () = node.stop() => tracing::info!("stopped"),
        () = again => tracing::warn!("asked to stop twice: stopping without a clean shutdown"),
    }
    Ok(())
}
