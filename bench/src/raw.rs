//! The raw driver: prepared requests on plain sockets, so that the broker alone is measured.
//!
//! `keld-bench raw KIND --bootstrap HOST:PORT …` runs as a process of its own, which keeps its
//! processor time apart from the harness', and prints one JSON line: `requests`, `errors`,
//! `first_error`, `seconds`, `bytes` and `records` of uncompressed values, `p50_ms` to `max_ms`,
//! `client_user_s` and `client_sys_s`. It speaks to one broker that leads every partition.

mod acceptance;
mod client;
mod engine;
mod keyed;
mod latency;
mod loads;
mod reassignment;
mod replicated;
mod replies;
mod requests;

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

pub(crate) use acceptance::{Acceptance, Place};
pub(crate) use client::{Client, first_acknowledged};
pub(crate) use replicated::ReplicasOf;
pub(crate) use requests::{NewTopic, Replicas, record_batch};

use crate::server::now;
use engine::{Outcome, Plan};
use loads::{Commits, EndToEnd, EndToEndParts, Fetches, Kind, Prepared};
use requests::FetchLimits;

/// `keld-bench raw`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    kind: RequestKind,
}

#[derive(Debug, Subcommand)]
enum RequestKind {
    /// One record batch a request, partitions in turn.
    Produce(Produce),
    /// Every partition from its first offset to its end.
    Fetch(Fetch),
    /// Records sent at a rate and read by long polling: time from when due until read.
    EndToEnd(Produce),
    /// Records with keys at random, lz4, every batch different.
    Keyed(keyed::Keyed),
    /// Metadata of the topics NAME0 to NAMEn.
    Metadata(Metadata),
    /// ApiVersions.
    ApiVersions(Common),
    /// One offset a request, a group for every connection.
    OffsetCommit(OffsetCommit),
    /// The topics NAME0 to NAMEn, waiting for their leaders at the end.
    CreateTopics(CreateTopics),
}

/// What all kinds take.
#[derive(Clone, Debug, Args)]
struct Common {
    /// The broker, HOST:PORT.
    #[arg(long)]
    bootstrap: String,
    /// Connections.
    #[arg(long, default_value_t = 1)]
    connections: usize,
    /// Requests under way on a connection.
    #[arg(long, default_value_t = 1)]
    depth: usize,
    /// Requests in all.
    #[arg(long)]
    requests: Option<u64>,
    /// Requests a second; none: as fast as they are answered.
    #[arg(long)]
    rate: Option<f64>,
    /// No request is sent after this many seconds.
    #[arg(long)]
    seconds: Option<f64>,
    /// What is due in the first seconds is not in the latencies.
    #[arg(long, default_value_t = 0.0)]
    warm_seconds: f64,
}

#[derive(Clone, Debug, Args)]
struct Produce {
    #[command(flatten)]
    common: Common,
    #[arg(long)]
    topic: String,
    /// Partitions 0 to this.
    #[arg(long, default_value_t = 1)]
    partitions: i32,
    /// Records a batch.
    #[arg(long, default_value_t = 1)]
    records: usize,
    /// Bytes of a record's value.
    #[arg(long, default_value_t = 1024)]
    record_size: usize,
    /// 0, 1 or -1 for all; 0 is never answered and so not for this driver.
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    acks: i16,
}

#[derive(Clone, Debug, Args)]
struct Fetch {
    #[command(flatten)]
    common: Common,
    #[arg(long)]
    topic: String,
    #[arg(long, default_value_t = 1)]
    partitions: i32,
    /// `partition_max_bytes` of a request.
    #[arg(long, default_value_t = 1 << 20)]
    partition_bytes_max: i32,
    /// Begin anew at the end, until the seconds are over.
    #[arg(long)]
    again: bool,
}

#[derive(Clone, Debug, Args)]
struct Metadata {
    #[command(flatten)]
    common: Common,
    /// What the names begin with.
    #[arg(long)]
    topic: String,
    /// How many topics a request names.
    #[arg(long, default_value_t = 1)]
    topics: usize,
}

#[derive(Clone, Debug, Args)]
struct OffsetCommit {
    #[command(flatten)]
    common: Common,
    #[arg(long)]
    topic: String,
    #[arg(long, default_value_t = 1)]
    partitions: i32,
}

#[derive(Clone, Debug, Args)]
struct CreateTopics {
    #[command(flatten)]
    common: Common,
    /// What the names begin with.
    #[arg(long)]
    topic: String,
    #[arg(long, default_value_t = 1)]
    topics: usize,
    /// Topics a request.
    #[arg(long, default_value_t = 1)]
    each: usize,
    #[arg(long, default_value_t = 1)]
    partitions: i32,
}

/// Sends the requests of `keld-bench raw`; its figures.
pub(crate) fn line(arguments: Arguments) -> anyhow::Result<Map<String, Value>> {
    Ok(match arguments.kind {
        RequestKind::Produce(produce) => produce.run()?,
        RequestKind::Fetch(fetch) => fetch.run()?,
        RequestKind::EndToEnd(produce) => produce.end_to_end()?,
        RequestKind::Keyed(keyed) => keyed.run()?,
        RequestKind::Metadata(metadata) => metadata.run()?,
        RequestKind::ApiVersions(common) => {
            let frames = vec![requests::api_versions()?];
            let mut load = Prepared { frames, turn: 0, kind: Kind::Unread };
            common.describe(engine::run(common.plan()?, &mut load)?)
        }
        RequestKind::OffsetCommit(commit) => commit.run()?,
        RequestKind::CreateTopics(create) => create.run()?,
    })
}

/// Runs `keld-bench raw`.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<()> {
    let line = line(arguments)?;
    let number = |key: &str| line.get(key).and_then(Value::as_i64).unwrap_or(0);
    let (errors, first) = (number("errors"), number("first_error"));
    println!("{}", Value::Object(line));
    if errors > 0 {
        bail!("{errors} requests were answered with an error, the first with {first}");
    }
    Ok(())
}

/// The address of `HOST:PORT`.
pub(crate) fn resolve(bootstrap: &str) -> anyhow::Result<SocketAddr> {
    let mut addresses =
        bootstrap.to_socket_addrs().with_context(|| format!("no address {bootstrap}"))?;
    addresses.next().with_context(|| format!("no address for {bootstrap}"))
}

#[expect(clippy::disallowed_methods, reason = "a record's timestamp is the real time")]
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(0)
}

impl Common {
    fn plan(&self) -> anyhow::Result<Plan> {
        if self.connections == 0 || self.depth == 0 {
            bail!("at least one connection with one request under way");
        }
        Ok(Plan {
            address: resolve(&self.bootstrap)?,
            connections: self.connections,
            depth: self.depth,
            requests: self.requests.unwrap_or(u64::MAX),
            rate: self.rate,
            duration: self.seconds.map_or(Duration::MAX, Duration::from_secs_f64),
            warm: Duration::from_secs_f64(self.warm_seconds),
        })
    }

    /// A plan that ends by itself.
    fn bounded_plan(&self) -> anyhow::Result<Plan> {
        if self.requests.is_none() && self.seconds.is_none() {
            bail!("--requests or --seconds must end the run");
        }
        self.plan()
    }

    fn describe(&self, outcome: Outcome) -> Map<String, Value> {
        let seconds = outcome.elapsed.as_secs_f64();
        let mut line = Map::new();
        line.insert("requests".to_owned(), json!(outcome.answered));
        line.insert("errors".to_owned(), json!(outcome.errors));
        line.insert("first_error".to_owned(), json!(outcome.first_error));
        line.insert("seconds".to_owned(), json!(seconds));
        line.insert("requests_s".to_owned(), json!(outcome.answered as f64 / seconds));
        outcome.latencies.describe(&mut line);
        if let Ok((user, system)) = own_processor_time() {
            line.insert("client_user_s".to_owned(), json!(user));
            line.insert("client_sys_s".to_owned(), json!(system));
        }
        line
    }
}

/// This process' user and system seconds so far.
fn own_processor_time() -> anyhow::Result<(f64, f64)> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| -> anyhow::Result<f64> {
        Ok(fields.get(at).context("a short stat")?.parse::<f64>()? / 100.0)
    };
    Ok((ticks(11)?, ticks(12)?))
}

impl Produce {
    fn run(&self) -> anyhow::Result<Map<String, Value>> {
        let batch = requests::record_batch(self.records, self.record_size, now_ms())?;
        let frames = (0..self.partitions)
            .map(|partition| requests::produce(&self.topic, partition, self.acks, &batch))
            .collect::<anyhow::Result<_>>()?;
        let mut load = Prepared { frames, turn: 0, kind: Kind::Produce };
        let outcome = engine::run(self.common.bounded_plan()?, &mut load)?;
        let records = outcome.answered * self.records as u64;
        let bytes = records * self.record_size as u64;
        let mut line = self.common.describe(outcome);
        line.insert("records".to_owned(), json!(records));
        line.insert("bytes".to_owned(), json!(bytes));
        Ok(line)
    }

    fn end_to_end(&self) -> anyhow::Result<Map<String, Value>> {
        let (Some(rate), Some(seconds)) = (self.common.rate, self.common.seconds) else {
            bail!("end-to-end needs --rate and --seconds");
        };
        let plan = Plan { connections: 2, ..self.common.plan()? };
        let batch = requests::record_batch(1, self.record_size, now_ms())?;
        let produce = requests::produce(&self.topic, 0, self.acks, &batch)?;
        let (error, offset) = Client::connect(plan.address)?.produce(&produce)?;
        if error != 0 {
            bail!("{} refused a record with error {error}", self.topic);
        }
        let limits = FetchLimits { partition_bytes_max: 1 << 20, wait_ms_max: 500 };
        let mut load = EndToEnd::new(EndToEndParts {
            produce,
            fetch: requests::fetch(&self.topic, 0, limits)?,
            first_offset: offset + 1,
            // All that can be due, so that the list never grows while records run.
            records: (rate * seconds) as usize + 1024,
            warm_until: now() + plan.warm,
        });
        let mut outcome = engine::run(plan, &mut load)?;
        outcome.latencies = load.latencies;
        let records = outcome.answered;
        let mut line = self.common.describe(outcome);
        line.insert("records".to_owned(), json!(records));
        line.insert("bytes".to_owned(), json!(records * self.record_size as u64));
        Ok(line)
    }
}

impl Fetch {
    fn run(&self) -> anyhow::Result<Map<String, Value>> {
        let limits =
            FetchLimits { partition_bytes_max: self.partition_bytes_max, wait_ms_max: 500 };
        let partitions = (0..self.partitions)
            .map(|partition| requests::fetch(&self.topic, partition, limits))
            .collect::<anyhow::Result<_>>()?;
        if self.again && self.common.seconds.is_none() {
            bail!("--again needs --seconds");
        }
        let mut load = Fetches::new(partitions, self.common.connections, self.again);
        let outcome = engine::run(self.common.plan()?, &mut load)?;
        let mut line = self.common.describe(outcome);
        line.insert("records".to_owned(), json!(load.records));
        line.insert("bytes".to_owned(), json!(load.bytes));
        Ok(line)
    }
}

impl Metadata {
    fn run(&self) -> anyhow::Result<Map<String, Value>> {
        let request = requests::metadata(&names(&self.topic, self.topics), false);
        let frames = vec![requests::frame_of(request, requests::METADATA_VERSION)?];
        let mut load = Prepared { frames, turn: 0, kind: Kind::Unread };
        Ok(self.common.describe(engine::run(self.common.bounded_plan()?, &mut load)?))
    }
}

impl OffsetCommit {
    fn run(&self) -> anyhow::Result<Map<String, Value>> {
        let plan = self.common.bounded_plan()?;
        let mut client = Client::connect(plan.address)?;
        let mut templates = Vec::new();
        for connection in 0..self.common.connections {
            let group = format!("bench-{connection}");
            client.wait_for_coordinator(&group, Duration::from_mins(1))?;
            let commit = |partition| requests::offset_commit(&group, &self.topic, partition);
            let mut first = commit(0)?;
            first.set_offset(0);
            client.wait_for_commit(&first.bytes, Duration::from_mins(1))?;
            templates.push((0..self.partitions).map(commit).collect::<anyhow::Result<_>>()?);
        }
        if self.common.depth != 1 {
            bail!("commits are templates: one under way on a connection");
        }
        let outcome = engine::run(plan, &mut Commits { templates, offset: 0 })?;
        Ok(self.common.describe(outcome))
    }
}

impl CreateTopics {
    fn run(&self) -> anyhow::Result<Map<String, Value>> {
        let mut client = Client::connect(resolve(&self.common.bootstrap)?)?;
        let names = names(&self.topic, self.topics);
        let mut latencies = latency::Latencies::new();
        let mut refused = 0;
        let began = now();
        for chunk in names.chunks(self.each.max(1)) {
            let topics: Vec<_> = chunk
                .iter()
                .map(|name| NewTopic {
                    name: name.clone(),
                    partitions: self.partitions,
                    replicas: Replicas::Count(1),
                    configs: Vec::new(),
                })
                .collect();
            let asked = now();
            refused += client.create_topics(&topics)?.count;
            latencies.record(asked.elapsed());
        }
        let seconds = began.elapsed().as_secs_f64();
        client.wait_for_leaders(&names, Duration::from_mins(5))?;
        let mut line = Map::new();
        line.insert("requests".to_owned(), json!(latencies.count()));
        line.insert("errors".to_owned(), json!(refused));
        line.insert("seconds".to_owned(), json!(seconds));
        line.insert("seconds_until_led".to_owned(), json!(began.elapsed().as_secs_f64()));
        line.insert("operations".to_owned(), json!(names.len()));
        line.insert("operations_s".to_owned(), json!(names.len() as f64 / seconds));
        latencies.describe(&mut line);
        Ok(line)
    }
}

/// `prefix0`, `prefix1`, …
pub(crate) fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|index| format!("{prefix}{index}")).collect()
}
