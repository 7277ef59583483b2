//! `keld dev`: a broker on 127.0.0.1:9092 without any configuration, or a cluster of several.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::Parser;
use keld_env::Env;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::local::{LocalNode, data_directory, free_port};
use crate::local_cluster::{LocalCluster, NODES_MAX, holds_cluster};
use crate::{http, logging, start};

/// Runs a broker, or a cluster, for development: no configuration, data kept in one folder.
#[derive(Debug, Parser)]
#[command(
    name = "keld dev",
    after_help = "Examples:\n  keld dev --port 9192 --data /tmp/events\n  keld dev --nodes 3      # on ports 9092, 9093, 9094, a process each"
)]
struct Arguments {
    /// The port clients use, of the first node; 0 for any free ones.
    #[arg(long, default_value_t = 9092)]
    port: u16,
    /// How many nodes, each a process with both roles; the next ports are theirs.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=NODES_MAX))]
    nodes: u16,
    /// Where the data is kept [default: keld/dev, or keld/dev-NODES, in your data directory].
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Sets one option of server.properties; may be repeated.
    #[arg(long = "override", value_name = "NAME=VALUE")]
    overrides: Vec<String>,
    /// Least severe level to log.
    #[arg(long, default_value = "warn")]
    log_level: String,
}

/// What ends a run that has no other end.
pub(crate) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// From here on the two signals do not end the process by themselves.
    fn catch() -> anyhow::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { terminate, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Completes when one of them comes.
    pub(crate) async fn received(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse_from(arguments);
    logging::start(&arguments.log_level, false);
    let mut options = Vec::new();
    for text in &arguments.overrides {
        let (name, value) = text.split_once('=').context("write --override as name=value")?;
        options.push((name.to_owned(), value.to_owned()));
    }
    let runtime = start::runtime()?;
    let env = runtime.env();
    let ended = if arguments.nodes == 1 {
        let directory = arguments.data.unwrap_or_else(|| data_directory("dev"));
        ensure!(
            !holds_cluster(&directory),
            "{} holds the data of several nodes: ask for --nodes, or name another folder with --data",
            directory.display()
        );
        let port = if arguments.port == 0 { free_port()? } else { arguments.port };
        let node = LocalNode { directory, port, controller_port: free_port()?, options };
        runtime.block_on(serve(node, env))
    } else {
        let folder = format!("dev-{}", arguments.nodes);
        let directory = arguments.data.unwrap_or_else(|| data_directory(&folder));
        // First, so that --override wins.
        options.insert(0, ("keld.log.level".to_owned(), arguments.log_level));
        let cluster = LocalCluster::new(directory, arguments.port, arguments.nodes, options)?;
        runtime.block_on(async move { cluster.serve(&env, StopSignals::catch()?).await })
    };
    ended.context("the node's main task panicked")??;
    Ok(ExitCode::SUCCESS)
}

async fn serve(local: LocalNode, env: Env) -> anyhow::Result<()> {
    let mut stop = StopSignals::catch()?;
    let began = env.clock.monotonic();
    let node = local.start(&env).await?;
    let took = env.clock.monotonic() - began;
    let config = node.config();
    let http = http::serve(Arc::clone(&node), &config.http).await?;
    let address = local.address();
    println!(
        "Keld is ready on {address} after {} ms; data in {}",
        took.as_millis(),
        local.directory.display()
    );
    if let Some(http) = http.first() {
        println!("Metrics on http://{http}/metrics");
    }
    println!("\nProduce:  echo hello | keld produce -b {address} -t greetings");
    println!("Consume:  keld consume -b {address} -t greetings -o beginning");
    println!("Or point any Kafka client at {address}. Ctrl-C stops.");
    stop.received().await;
    node.stop().await;
    println!("Stopped; the data stays in {}", local.directory.display());
    Ok(())
}
