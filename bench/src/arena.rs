//! The servers of a session and the clients that are let loose on them.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use crate::admin::Admin;
use crate::cluster::Cluster;
use crate::metric::Figures;
use crate::probe::{Probe, Reserve};
use crate::proc::{Cpu, Footprint};
use crate::raw::{NewTopic, Replicas};
use crate::scenario::Plan;
use crate::server::{Server, now, pause};
use crate::subject::{Program, Subject};
use crate::tools::Tools;
use crate::warm;

/// How long a deleted topic's files may stay.
const DELETION: Duration = Duration::from_secs(90);

/// How long a server may take to serve a new topic's partitions.
const SERVED: Duration = Duration::from_secs(60);

/// How long a server may go on after a request before it is measured all the same.
const SETTLING: Duration = Duration::from_secs(9);
const SETTLING_STEP: Duration = Duration::from_millis(250);

/// Of a processor, what a server at rest may use.
const RESTING: f64 = 0.12;

/// Running servers, one for each program that was needed so far, or a cluster of them.
#[derive(Debug)]
pub(crate) struct Arena {
    plan: Plan,
    tools: Tools,
    /// How many nodes a program has.
    nodes: usize,
    servers: BTreeMap<Program, Cluster>,
    /// Topics that the present run made, deleted after it.
    topics: Vec<(Program, String)>,
    topics_made: u64,
    /// Topics that live as long as a case, by subject and number of partitions.
    kept: BTreeMap<(Subject, u32), String>,
    /// Held between runs; see `probe`.
    reserve: Reserve,
    /// Processor time of the shared servers when the run began.
    at_start: BTreeMap<Program, Cpu>,
}

impl Arena {
    pub(crate) fn new(plan: Plan, tools: Tools) -> Self {
        Self {
            plan,
            tools,
            nodes: 1,
            servers: BTreeMap::new(),
            topics: Vec::new(),
            topics_made: 0,
            kept: BTreeMap::new(),
            reserve: Reserve::default(),
            at_start: BTreeMap::new(),
        }
    }

    pub(crate) fn plan(&self) -> Plan {
        self.plan
    }

    pub(crate) fn tools(&self) -> &Tools {
        &self.tools
    }

    /// Says how many nodes a program has from now on; servers of another number are stopped.
    pub(crate) fn seat(&mut self, nodes: usize) {
        if self.nodes != nodes {
            self.clear();
            self.nodes = nodes;
        }
    }

    /// The running nodes of a subject; started, and warmed with load, at their first use.
    pub(crate) fn cluster(&mut self, subject: Subject) -> anyhow::Result<&mut Cluster> {
        let program = subject.program();
        if !self.servers.contains_key(&program) {
            let cluster = Cluster::start(program, &self.tools, self.nodes, &[])?;
            warm::up(&cluster, &self.tools, self.plan)?;
            self.servers.insert(program, cluster);
        }
        self.servers.get_mut(&program).context("just started")
    }

    /// The running server of a subject, the first of several.
    pub(crate) fn server(&mut self, subject: Subject) -> anyhow::Result<&mut Server> {
        Ok(self.cluster(subject)?.first_mut())
    }

    pub(crate) fn address(&mut self, subject: Subject) -> anyhow::Result<SocketAddr> {
        Ok(self.cluster(subject)?.address())
    }

    /// Stops the shared servers, so that a scenario that starts its own has the machine to itself.
    pub(crate) fn clear(&mut self) {
        self.servers.clear();
        self.topics.clear();
        self.kept.clear();
    }

    /// Kills the server of a subject, after which the next run gets a new one.
    pub(crate) fn forget(&mut self, subject: Subject) {
        let program = subject.program();
        self.servers.remove(&program);
        self.topics.retain(|(other, _)| *other != program);
        self.kept.retain(|(other, _), _| other.program() != program);
    }

    /// A new topic with the durability of `subject` and `options`, whose partitions the server
    /// serves. Deleted after the run.
    pub(crate) fn fresh_topic(
        &mut self,
        subject: Subject,
        partitions: u32,
        options: &[(&str, &str)],
    ) -> anyhow::Result<String> {
        let name = self.new_topic(subject, partitions, options)?;
        if subject != Subject::Ceiling {
            self.cluster(subject)?.wait_until_served(&name, partitions, SERVED)?;
        }
        Ok(name)
    }

    /// A topic as new as can be: metadata has leaders for all partitions, and no more is known.
    pub(crate) fn new_topic(
        &mut self,
        subject: Subject,
        partitions: u32,
        options: &[(&str, &str)],
    ) -> anyhow::Result<String> {
        self.topics_made += 1;
        let name = format!("bench-{}", self.topics_made);
        let cluster = self.cluster(subject)?;
        let all = [subject.topic_options(), cluster.topic_options(), options].concat();
        let replicas = cluster.replicas();
        Admin::connect(cluster.address())?.create_topic(&name, partitions, replicas, &all)?;
        self.topics.push((subject.program(), name.clone()));
        Ok(name)
    }

    /// A new topic with the durability of `subject` whose replicas are on these nodes, a list for
    /// each partition, of which the first leads. Deleted after the run.
    pub(crate) fn placed_topic(
        &mut self,
        subject: Subject,
        places: Vec<Vec<i32>>,
    ) -> anyhow::Result<String> {
        self.topics_made += 1;
        let name = format!("bench-{}", self.topics_made);
        let partitions = u32::try_from(places.len())?;
        let cluster = self.cluster(subject)?;
        let own = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let options = [subject.topic_options(), cluster.topic_options()].concat();
        let topic = NewTopic {
            name: name.clone(),
            partitions: i32::try_from(partitions)?,
            replicas: Replicas::On(places),
            configs: options.iter().map(own).collect(),
        };
        cluster.client()?.create_topics(&[topic])?.none()?;
        cluster.wait_until_served(&name, partitions, SERVED)?;
        self.topics.push((subject.program(), name.clone()));
        Ok(name)
    }

    /// The topic that all rounds of the present case share, and whether it was made just now.
    pub(crate) fn kept_topic(
        &mut self,
        subject: Subject,
        partitions: u32,
    ) -> anyhow::Result<(String, bool)> {
        if let Some(name) = self.kept.get(&(subject, partitions)) {
            return Ok((name.clone(), false));
        }
        let name = self.fresh_topic(subject, partitions, &[])?;
        self.topics.retain(|(_, other)| *other != name);
        self.kept.insert((subject, partitions), name.clone());
        Ok((name, true))
    }

    /// Deletes what the rounds of a case shared.
    pub(crate) fn end_case(&mut self) -> anyhow::Result<()> {
        for ((subject, _), name) in std::mem::take(&mut self.kept) {
            self.topics.push((subject.program(), name));
        }
        self.clean()
    }

    /// Lets `client` run to its end and returns its figures (the numbers of the last JSON object it
    /// prints) with what the server used meanwhile; see [`derive`] for what is made of them.
    /// What is written in the client's time finds recycled memory, if it is the run's first.
    pub(crate) fn measure(&mut self, subject: Subject, client: Command) -> anyhow::Result<Figures> {
        self.cluster(subject)?;
        self.release_memory();
        let cluster = self.cluster(subject)?;
        let (before, children) = (cluster.cpu()?, Cpu::children()?);
        let mut figures = run_client(client)
            .with_context(|| format!("the server's last words: {}", cluster.last_words()))?;
        let used = cluster.cpu()? - before;
        // The client is the only child that ended meanwhile.
        let client = Cpu::children()? - children;
        figures.insert("client_user_s".to_owned(), client.user);
        figures.insert("client_sys_s".to_owned(), client.system);
        describe(cluster.footprint()?, used, &mut figures);
        derive(&mut figures);
        Ok(figures)
    }

    /// Waits until the server rests, so that what it does behind a topic's creation is over; a JVM
    /// that still compiles is not waited for any longer than that.
    pub(crate) fn settle(&mut self, subject: Subject) -> anyhow::Result<()> {
        let most = self.settling();
        let cluster = self.cluster(subject)?;
        rest(most, &|| cluster.cpu())
    }

    /// Waits in the same way until the servers rest that are not measured: nodes of a cluster that
    /// were started again compile and catch up for a while.
    pub(crate) fn settle_others(&self, subject: Subject) -> anyhow::Result<()> {
        let others = || self.servers.iter().filter(|(one, _)| **one != subject.program());
        rest(self.settling(), &|| {
            others().try_fold(Cpu::default(), |all, (_, cluster)| Ok(all + cluster.cpu()?))
        })
    }

    fn settling(&self) -> Duration {
        if self.plan.quick { SETTLING / 3 } else { SETTLING }
    }

    /// Touches and holds as much memory as the coming run fills.
    pub(crate) fn take_memory(&mut self, bytes: u64) -> anyhow::Result<Probe> {
        let scratch = self.tools.scratch.clone();
        self.reserve.take(bytes, &scratch)
    }

    /// Lets go of the memory that is held; scenarios that do not use [`Self::measure`] call it right
    /// before what they measure.
    pub(crate) fn release_memory(&mut self) {
        self.reserve.release();
    }

    /// Notes what the servers used so far.
    pub(crate) fn begin_run(&mut self) -> anyhow::Result<()> {
        self.at_start.clear();
        for (program, server) in &self.servers {
            self.at_start.insert(*program, server.cpu()?);
        }
        Ok(())
    }

    /// Processor time since the run began: of all shared servers, and of those among them that were
    /// not measured.
    pub(crate) fn end_run(&mut self, subject: Subject) -> anyhow::Result<(Cpu, Cpu)> {
        let (mut all, mut idle) = (Cpu::default(), Cpu::default());
        for (program, server) in &self.servers {
            let before = self.at_start.get(program).copied().unwrap_or_default();
            let used = server.cpu()? - before;
            all = all + used;
            if *program != subject.program() {
                idle = idle + used;
            }
        }
        self.release_memory();
        Ok((all, idle))
    }

    /// Deletes the topics of the run and waits until their files are gone, so that the next run
    /// finds the memory free.
    pub(crate) fn clean(&mut self) -> anyhow::Result<()> {
        for (program, name) in std::mem::take(&mut self.topics) {
            let Some(cluster) = self.servers.get(&program) else { continue };
            Admin::connect(cluster.address())?.delete_topic(&name)?;
            let began = now();
            for server in cluster.nodes() {
                while holds(server, &name)? {
                    ensure!(began.elapsed() < DELETION, "files of {name} stay for {DELETION:?}");
                    pause(Duration::from_millis(20));
                }
            }
        }
        Ok(())
    }
}

/// Whether any directory of the topic's partitions is still there, renamed for deletion or not.
fn holds(server: &Server, topic: &str) -> anyhow::Result<bool> {
    if server.program() == Program::Ceiling {
        return Ok(false);
    }
    let prefix = format!("{topic}-");
    let entries = fs::read_dir(server.data_directory())?;
    Ok(entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(&prefix)))
}

/// Waits until what `cpu` tells grows no faster than at rest, but no longer than `most`.
fn rest(most: Duration, cpu: &dyn Fn() -> anyhow::Result<Cpu>) -> anyhow::Result<()> {
    let began = now();
    while began.elapsed() < most {
        let before = cpu()?;
        pause(SETTLING_STEP);
        if (cpu()? - before).total() < RESTING * SETTLING_STEP.as_secs_f64() {
            break;
        }
    }
    Ok(())
}

/// Runs a client to its end; the numbers of the last JSON object on its standard output.
pub(crate) fn run_client(mut command: Command) -> anyhow::Result<Figures> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{command:?} ended with {}: {text}{errors}", output.status);
    }
    last_object(&text).with_context(|| format!("{command:?} printed no figures: {text}"))
}

pub(crate) fn last_object(text: &str) -> Option<Figures> {
    let line = text.lines().rev().find(|line| line.starts_with('{'))?;
    let value: Value = serde_json::from_str(line).ok()?;
    let object = value.as_object()?;
    Some(object.iter().filter_map(|(key, value)| Some((key.clone(), value.as_f64()?))).collect())
}

/// Adds what the server used and is: `user_s`, `sys_s`, `rss_mb`, `threads`, `descriptors`.
pub(crate) fn describe(footprint: Footprint, used: Cpu, figures: &mut Figures) {
    let mut put = |key: &str, value: f64| figures.insert(key.to_owned(), value);
    put("user_s", used.user);
    put("sys_s", used.system);
    put("cpu_s", used.total());
    put("rss_mb", footprint.memory.resident as f64 / 1e6);
    put("peak_rss_mb", footprint.memory.peak as f64 / 1e6);
    put("threads", footprint.threads as f64);
    put("descriptors", footprint.descriptors as f64);
}

fn client_cpu(figures: &Figures) -> Cpu {
    let get = |key: &str| figures.get(key).copied().unwrap_or(0.0);
    Cpu { user: get("client_user_s"), system: get("client_sys_s") }
}

/// Adds what follows: from `bytes`, `records`, `requests` and `seconds` of the client the rates, and
/// with the server's and the client's processor time what a GB, a record and a request cost.
/// A figure that is there already stays.
pub(crate) fn derive(figures: &mut Figures) {
    let get = |figures: &Figures, key: &str| figures.get(key).copied().filter(|value| *value > 0.0);
    let cpu = get(figures, "user_s").unwrap_or(0.0) + get(figures, "sys_s").unwrap_or(0.0);
    let client = client_cpu(figures).total();
    let seconds = get(figures, "seconds");
    let put = |figures: &mut Figures, key: &str, value: f64| {
        figures.entry(key.to_owned()).or_insert(value);
    };
    if let Some(bytes) = get(figures, "bytes") {
        let gigabytes = bytes / 1e9;
        let user = figures.get("user_s").copied().unwrap_or(0.0);
        let system = figures.get("sys_s").copied().unwrap_or(0.0);
        put(figures, "cpu_s_gb", cpu / gigabytes);
        put(figures, "user_s_gb", user / gigabytes);
        put(figures, "sys_s_gb", system / gigabytes);
        put(figures, "client_s_gb", client / gigabytes);
        if let Some(seconds) = seconds {
            put(figures, "mb_s", bytes / 1e6 / seconds);
        }
    }
    for (count, rate, cost) in [
        ("records", "records_s", "cpu_us_record"),
        ("requests", "requests_s", "cpu_us_request"),
        ("operations", "operations_s", "cpu_us_operation"),
    ] {
        let Some(number) = get(figures, count) else { continue };
        put(figures, cost, cpu * 1e6 / number);
        if let Some(seconds) = seconds {
            put(figures, rate, number / seconds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Figures, derive, last_object};

    #[test]
    fn rates_and_costs_follow_from_counts() {
        let mut figures = Figures::new();
        for (key, value) in [
            ("bytes", 2e9),
            ("records", 1e6),
            ("seconds", 4.0),
            ("user_s", 1.0),
            ("sys_s", 3.0),
            ("client_user_s", 1.0),
            ("client_sys_s", 0.5),
        ] {
            figures.insert(key.to_owned(), value);
        }
        derive(&mut figures);
        assert_eq!(figures["mb_s"], 500.0);
        assert_eq!(figures["cpu_s_gb"], 2.0);
        assert_eq!(figures["user_s_gb"], 0.5);
        assert_eq!(figures["client_s_gb"], 0.75);
        assert_eq!(figures["records_s"], 250_000.0);
        assert_eq!(figures["cpu_us_record"], 4.0);
        assert!(!figures.contains_key("requests_s"));
    }

    #[test]
    fn the_last_object_counts() {
        let figures = last_object("{\"a\":1}\nword\n{\"a\":2,\"b\":\"text\"}\n").unwrap();
        assert_eq!(figures, Figures::from([("a".to_owned(), 2.0)]));
        assert!(last_object("nothing").is_none());
    }
}
