//! `keld dev`: a broker on 127.0.0.1:9092 without any configuration.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use keld_env::Env;
use tokio::signal::unix::{SignalKind, signal};

use crate::local::{LocalNode, data_directory, free_port};
use crate::{http, logging, start};

/// Runs a broker for development: no configuration, data kept in one folder.
#[derive(Debug, Parser)]
#[command(name = "keld dev", after_help = "Example:\n  keld dev --port 9192 --data /tmp/events")]
struct Arguments {
    /// The port clients use.
    #[arg(long, default_value_t = 9092)]
    port: u16,
    /// Where the data is kept [default: keld/dev in your data directory].
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Sets one option of server.properties; may be repeated.
    #[arg(long = "override", value_name = "NAME=VALUE")]
    overrides: Vec<String>,
    /// Least severe level to log.
    #[arg(long, default_value = "warn")]
    log_level: String,
}

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse_from(arguments);
    logging::start(&arguments.log_level, false);
    let mut options = Vec::new();
    for text in &arguments.overrides {
        let (name, value) = text.split_once('=').context("write --override as name=value")?;
        options.push((name.to_owned(), value.to_owned()));
    }
    let node = LocalNode {
        directory: arguments.data.unwrap_or_else(|| data_directory("dev")),
        port: arguments.port,
        controller_port: free_port()?,
        options,
    };
    let runtime = start::runtime()?;
    let env = runtime.env();
    runtime.block_on(serve(node, env)).context("the node's main task panicked")??;
    Ok(ExitCode::SUCCESS)
}

async fn serve(local: LocalNode, env: Env) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
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
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    node.stop().await;
    println!("Stopped; the data stays in {}", local.directory.display());
    Ok(())
}
