//! `keld demo [FILE]`: the whole of it on real input, in one process.
//!
//! A node is started; every line of the machine's own logs (or of a file) becomes an event, sent to
//! a topic by how much it matters; a group of two consumers reads them; one is killed and the other
//! takes over; the node is restarted, and everything is read again. The table at the end compares
//! what went in with what came out, twice.

mod event;
mod input;
mod publish;
mod read;
mod report;
mod tally;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use keld_broker::Node;
use keld_client::{Admin, Client, ClientConfig, NewTopic};
use keld_env::Env;
use keld_types::TopicName;

use event::Criticality;
use input::Source;
use publish::{Line, Publisher};
use read::{Group, reread};
use report::{Report, Show};
use tally::Tally;

use crate::local::{LocalNode, free_port};
use crate::logging::{self, Captured};
use crate::start;

/// Partitions of each topic: enough that two consumers share every one of them.
const PARTITIONS: i32 = 4;

/// How long any one step may take before the demo says that it does not work.
const PATIENCE: Duration = Duration::from_secs(120);

/// Shows Keld at work on your machine's own log files (or on FILE), self-contained.
#[derive(Debug, Parser)]
#[command(
    name = "keld demo",
    after_help = "Example:\n  keld demo /var/log/syslog\n  keld demo --keep      # leaves the node running for your own clients"
)]
struct Arguments {
    /// A text file whose lines become events [default: the readable logs below /var/log].
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Leave the node running, and its data in place.
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(arguments: &[String]) -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse_from(arguments);
    let directory = std::env::temp_dir().join(format!("keld-demo-{}", std::process::id()));
    let show = Show::new();
    let input = input(arguments.file.as_deref(), &show)?;
    let local = LocalNode {
        directory: directory.clone(),
        port: free_port()?,
        controller_port: free_port()?,
        // So that the group notices the killed consumer within the demo's patience.
        options: vec![
            ("group.min.session.timeout.ms".to_owned(), "1000".to_owned()),
            ("keld.http.listeners".to_owned(), String::new()),
        ],
    };
    let runtime = start::runtime()?;
    let env = runtime.env();
    let keep = arguments.keep;
    let story = async move { tell(&env, &local, input, keep, &show).await };
    let told = runtime.block_on(story).context("the demo's main task panicked")?;
    if !keep {
        // The demo's own folder, named by this process's id.
        std::fs::remove_dir_all(&directory).ok();
    }
    Ok(if told? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What becomes events.
#[derive(Debug)]
enum Input {
    Files(Vec<Source>),
    /// No file can be read: what Keld itself has logged once the node is up.
    OwnLog(Captured),
}

fn input(file: Option<&Path>, show: &Show) -> anyhow::Result<Input> {
    let files = match file {
        Some(file) => input::named(file)?,
        None => input::system_logs(Path::new("/var/log")),
    };
    if files.is_empty() {
        show.line("No readable log files below /var/log: using Keld's own log instead.");
        return Ok(Input::OwnLog(logging::capture()));
    }
    logging::start("error", false);
    Ok(Input::Files(files))
}

/// The demo, start to end; whether everything that went in came out.
async fn tell(
    env: &Env,
    local: &LocalNode,
    input: Input,
    keep: bool,
    show: &Show,
) -> anyhow::Result<bool> {
    let began = env.clock.monotonic();
    let node = local.start(env).await?;
    let ready = env.clock.monotonic() - began;
    show.line(&format!(
        "A node is up on {} after {} ms, data in {}",
        local.address(),
        ready.as_millis(),
        local.directory.display()
    ));
    let client = connect(env, local).await?;
    create_topics(&client).await?;
    let sources = match input {
        Input::Files(files) => files,
        Input::OwnLog(captured) => vec![input::own_log(&captured)],
    };
    show.sources(&sources);

    let tally = Arc::new(Tally::default());
    let sources: Arc<[Source]> = sources.into();
    let lines: Vec<Line> = publish::lines(&sources);
    let half = lines.len() / 2;
    let (first, second) = lines.split_at_checked(half).unwrap_or((&lines, &[]));
    let publisher = Publisher::new(&client, Arc::clone(&tally), env.clock.wall_ms())?;
    let mut group = Group::start(env, &client, &tally)?;
    show.step("Publishing the first half; two consumers share the partitions");
    let progress = show.progress(lines.len(), Arc::clone(&tally), env);
    publisher.publish(&sources, first).await?;
    group.caught_up(PATIENCE).await?;
    let shares = group.shares();
    show.line(&format!("Partitions of consumer A: {}, of consumer B: {}", shares.0, shares.1));

    show.step("Killing consumer B (no goodbye); the group gives its partitions to A");
    let killed = env.clock.monotonic();
    group.kill_b();
    publisher.publish(&sources, second).await?;
    publisher.finish().await?;
    group.a_has_everything(PATIENCE).await?;
    let rebalanced = env.clock.monotonic() - killed;
    group.caught_up(PATIENCE).await?;
    progress.finish();
    let shares = group.shares();
    show.line(&format!(
        "Consumer A has all {} partitions {:.1} s later and is at the end",
        shares.0,
        rebalanced.as_secs_f64()
    ));
    group.stop().await?;

    show.step("Restarting the node on the same data");
    let began_restart = env.clock.monotonic();
    node.stop().await;
    drop((node, client));
    let node = local.start(env).await?;
    let restarted = env.clock.monotonic() - began_restart;
    show.line(&format!("Stopped and up again in {} ms", restarted.as_millis()));
    let client = connect(env, local).await?;
    show.step("Reading everything again from the start");
    reread(&client, &tally, PATIENCE).await?;
    let took = env.clock.monotonic() - began;
    let report = Report { took, ready, rebalanced, restarted };
    let is_whole = show.table(&tally, &report);
    end(local, node, keep, show).await?;
    Ok(is_whole)
}

async fn end(local: &LocalNode, node: Arc<Node>, keep: bool, show: &Show) -> anyhow::Result<()> {
    if keep {
        let address = local.address();
        show.line(&format!(
            "The node keeps running on {address}: try\n  keld consume -b {address} -t events.critical -o beginning -e\nCtrl-C stops it; the data stays in {}.",
            local.directory.display()
        ));
        tokio::signal::ctrl_c().await?;
    }
    node.stop().await;
    Ok(())
}

async fn connect(env: &Env, local: &LocalNode) -> anyhow::Result<Client> {
    let config = ClientConfig::new(vec![local.address()]);
    Ok(Client::connect(env.clone(), config).await?)
}

async fn create_topics(client: &Client) -> anyhow::Result<()> {
    let topics = Criticality::ALL.map(|level| {
        let mut topic = NewTopic::new(TopicName::new(level.topic()));
        topic.partitions = Some(PARTITIONS);
        if level == Criticality::Critical {
            // Each append is on stable storage before it is acknowledged.
            topic.configs.insert("flush.messages".to_owned(), "1".to_owned());
        }
        topic
    });
    for (name, created) in Admin::new(client.clone()).create_topics(&topics, false).await? {
        created.with_context(|| format!("cannot create topic {name}"))?;
    }
    Ok(())
}

/// Every partition of the demo's topics.
fn partitions() -> Vec<keld_types::TopicPartition> {
    let of = |level: Criticality| {
        (0..PARTITIONS).map(move |index| {
            let topic = TopicName::new(level.topic());
            keld_types::TopicPartition::new(topic, keld_types::PartitionIndex::new(index))
        })
    };
    Criticality::ALL.into_iter().flat_map(of).collect()
}
