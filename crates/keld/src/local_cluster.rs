//! Several nodes on this machine, each a process of its own: what `keld dev --nodes` runs.
//!
//! Each node has a folder with its `server.properties`, its data and its log lines, and is run by
//! `keld start`, so that any one of them can be killed, looked into and started again by hand. A
//! node ends when the pipe to its standard input does: with this process, however that ended.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use keld_client::{Admin, Client, ClientConfig};
use keld_config::{NodeConfig, Properties};
use keld_env::{Address, Env, Monotonic};

use crate::dev::StopSignals;
use crate::local::{Seat, free_port, properties};
use crate::storage::format_for;

/// More nodes than this on one machine show nothing that fewer do not.
pub(crate) const NODES_MAX: i64 = 9;

/// How long the nodes may take to form a cluster.
const START_PATIENCE: Duration = Duration::from_secs(90);

/// How long a node may take to stop: more than a clean stop without a quorum needs.
const STOP_PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at processes or at the cluster.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// Of the lines a node wrote before it ended, so many are shown.
const LAST_LINES: usize = 5;

const OPTION_HTTP: &str = "keld.http.listeners";

/// Nodes that are to be started.
#[derive(Debug)]
pub(crate) struct LocalCluster {
    directory: PathBuf,
    seats: Vec<Seat>,
    options: Vec<(String, String)>,
}

/// A node that was started.
#[derive(Debug)]
struct Member {
    seat: Seat,
    http: String,
    home: Home,
    child: Child,
    ended: Option<ExitStatus>,
}

/// A node's folder.
#[derive(Debug)]
struct Home(PathBuf);

impl Home {
    fn properties(&self) -> PathBuf {
        self.0.join("server.properties")
    }

    fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    fn output(&self) -> PathBuf {
        self.0.join("output.log")
    }

    /// The end of what the node wrote.
    fn last_lines(&self) -> String {
        let text = fs::read(self.output()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let from = lines.len().saturating_sub(LAST_LINES);
        lines.get(from..).unwrap_or_default().join("\n")
    }
}

impl LocalCluster {
    /// `nodes` nodes below `directory`, the first on `port` and the others on the next ones.
    pub(crate) fn new(
        directory: PathBuf,
        port: u16,
        nodes: u16,
        options: Vec<(String, String)>,
    ) -> anyhow::Result<Self> {
        ensure!(
            !directory.join("meta.properties").exists(),
            "{} holds the data of a single node: name another folder with --data",
            directory.display()
        );
        let beyond = Home(directory.join(format!("node-{}", nodes + 1)));
        let last = Home(directory.join(format!("node-{nodes}")));
        let is_new = !holds_cluster(&directory);
        ensure!(
            is_new || last.data().exists() && !beyond.data().exists(),
            "{} holds the data of another number of nodes: ask for that number, or name another folder with --data",
            directory.display()
        );
        let mut seats = Vec::new();
        for id in 1..=nodes {
            let port = match port {
                0 => free_port()?,
                first => first.checked_add(id - 1).context("the ports end at 65535")?,
            };
            seats.push(Seat { id, port, controller_port: free_port()? });
        }
        Ok(Self { directory, seats, options })
    }

    /// Runs the nodes until told to stop.
    pub(crate) async fn serve(self, env: &Env, mut stop: StopSignals) -> anyhow::Result<()> {
        let began = env.clock.monotonic();
        let mut members = self.start(env)?;
        let outcome = tokio::select! {
            outcome = self.form(env, &mut members, began) => outcome,
            () = stop.received() => Ok(false),
        };
        match outcome {
            Ok(true) => {
                self.print_ready(&members, env.clock.monotonic() - began);
                tokio::select! {
                    () = stop.received() => {}
                    () = watch(env, &mut members) => {}
                }
            }
            Ok(false) => {}
            Err(error) => {
                stop_all(env, &mut members).await;
                return Err(error);
            }
        }
        let is_any_left = members.iter().any(|member| member.ended.is_none());
        stop_all(env, &mut members).await;
        ensure!(is_any_left, "every node has ended; their last words are in {}", self.output());
        println!("Stopped; the data stays in {}", self.directory.display());
        Ok(())
    }

    fn output(&self) -> String {
        self.directory.join("node-*/output.log").display().to_string()
    }

    /// Formats what is new, writes every node's configuration, and starts the processes.
    fn start(&self, env: &Env) -> anyhow::Result<Vec<Member>> {
        let cluster_id = self.cluster_id()?.unwrap_or_else(|| env.random.uuid().to_string());
        let mut members = Vec::new();
        for seat in &self.seats {
            let home = Home(self.directory.join(format!("node-{}", seat.id)));
            fs::create_dir_all(home.data())
                .with_context(|| format!("cannot create {}", home.data().display()))?;
            let mut properties = properties(seat, &self.seats, &home.data(), &self.options);
            if !properties.contains(OPTION_HTTP) {
                properties.set(OPTION_HTTP, format!("127.0.0.1:{}", free_port()?));
            }
            let config = NodeConfig::from_properties(&properties)
                .context("the built-in configuration with the given options")?;
            fs::write(home.properties(), file(&properties))
                .with_context(|| format!("cannot write {}", home.properties().display()))?;
            format_for(env, &config, cluster_id.clone())?;
            let http = properties.get(OPTION_HTTP).unwrap_or_default().to_owned();
            let child = spawn(&home)?;
            members.push(Member { seat: seat.clone(), http, home, child, ended: None });
        }
        Ok(members)
    }

    /// The id of the cluster whose data is there.
    fn cluster_id(&self) -> anyhow::Result<Option<String>> {
        let path = Home(self.directory.join("node-1")).data().join("meta.properties");
        if !path.exists() {
            return Ok(None);
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let properties = Properties::parse(&text).with_context(|| path.display().to_string())?;
        let id = properties.get("cluster.id");
        Ok(Some(id.with_context(|| format!("no cluster.id in {}", path.display()))?.to_owned()))
    }

    /// Waits until every broker takes part.
    async fn form(
        &self,
        env: &Env,
        members: &mut [Member],
        began: Monotonic,
    ) -> anyhow::Result<bool> {
        let mut config = ClientConfig::new(self.seats.iter().map(address).collect());
        config.api_timeout = Duration::from_secs(2);
        config.request_timeout = Duration::from_secs(1);
        let admin = Admin::new(Client::lazy(env.clone(), config));
        loop {
            if let Ok(cluster) = admin.describe_cluster(false).await
                && cluster.brokers.len() == self.seats.len()
            {
                return Ok(true);
            }
            for member in &mut *members {
                if let Some(status) = member.look()? {
                    bail!(
                        "node {} ended ({status}) before the cluster was there:\n{}",
                        member.seat.id,
                        member.home.last_lines()
                    );
                }
            }
            let waited = env.clock.monotonic() - began;
            ensure!(
                waited < START_PATIENCE,
                "the nodes form no cluster within {} s; their logs are {}",
                START_PATIENCE.as_secs(),
                self.output()
            );
            env.clock.sleep_until(env.clock.monotonic() + LOOK_INTERVAL).await;
        }
    }

    fn print_ready(&self, members: &[Member], took: Duration) {
        println!(
            "Keld is ready: {} nodes after {} ms; data in {}",
            members.len(),
            took.as_millis(),
            self.directory.display()
        );
        for Member { seat, http, child, .. } in members {
            println!(
                "  node {}  {}  process {}  http://{http}/metrics",
                seat.id,
                address(seat),
                child.id()
            );
        }
        let all: Vec<String> = self.seats.iter().map(|seat| address(seat).to_string()).collect();
        let all = all.join(",");
        println!("\nProduce:  echo hello | keld produce -b {all} -t greetings");
        println!("Look:     keld cluster health -b {all}");
        println!("Break:    kill -9 the process of a node, and look again");
        println!("Or point any Kafka client at {all}. Ctrl-C stops.");
    }
}

impl Member {
    /// How the process ended, if that is news.
    fn look(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        if self.ended.is_some() {
            return Ok(None);
        }
        self.ended = self.child.try_wait().context("cannot look at a node's process")?;
        Ok(self.ended)
    }
}

/// Tells of nodes that end; completes when all have.
async fn watch(env: &Env, members: &mut [Member]) {
    loop {
        for member in &mut *members {
            if let Ok(Some(status)) = member.look() {
                println!(
                    "Node {} ended ({status}); start it again by: keld start {}",
                    member.seat.id,
                    member.home.properties().display()
                );
            }
        }
        if members.iter().all(|member| member.ended.is_some()) {
            return;
        }
        env.clock.sleep_until(env.clock.monotonic() + LOOK_INTERVAL).await;
    }
}

/// Closes the pipes, all at once, and waits for the processes; those that take too long are killed.
async fn stop_all(env: &Env, members: &mut [Member]) {
    for member in &mut *members {
        member.child.stdin = None;
    }
    let deadline = env.clock.monotonic() + STOP_PATIENCE;
    while members.iter_mut().any(|member| member.look().is_ok() && member.ended.is_none()) {
        if env.clock.monotonic() >= deadline {
            for member in members.iter_mut().filter(|member| member.ended.is_none()) {
                eprintln!("node {} does not stop and is killed", member.seat.id);
                // Fails only when it has ended after all.
                member.child.kill().ok();
                member.child.wait().ok();
            }
            return;
        }
        env.clock.sleep_until(env.clock.monotonic() + LOOK_INTERVAL).await;
    }
}

fn spawn(home: &Home) -> anyhow::Result<Child> {
    let output = File::create(home.output())
        .with_context(|| format!("cannot write {}", home.output().display()))?;
    Command::new(std::env::current_exe().context("where this program is")?)
        .args(["start", "--stop-with-input"])
        .arg(home.properties())
        .stdin(Stdio::piped())
        .stdout(output.try_clone()?)
        .stderr(output)
        // Ctrl-C is for this process, which then stops the nodes.
        .process_group(0)
        .spawn()
        .context("cannot start a node")
}

fn address(seat: &Seat) -> Address {
    Address { host: "127.0.0.1".to_owned(), port: seat.port }
}

/// The text of a properties file.
fn file(properties: &Properties) -> String {
    let line = |(name, value): (&str, &str)| format!("{name}={}\n", value.replace('\\', "\\\\"));
    let mut text = "# Written by `keld dev --nodes`, anew at each start.\n".to_owned();
    text.extend(properties.iter().map(line));
    text
}

/// Whether a folder is that of a cluster of nodes.
pub(crate) fn holds_cluster(directory: &Path) -> bool {
    directory.join("node-1").exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_file_reads_back() {
        let properties: Properties =
            [("log.dirs", "/a b/c\\d"), ("x", "1=2:3"), ("empty", "")].into_iter().collect();
        assert_eq!(Properties::parse(&file(&properties)), Ok(properties));
    }

    #[test]
    fn data_of_another_number_of_nodes_is_left_alone() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let new = |nodes| LocalCluster::new(dir.path().to_owned(), 0, nodes, Vec::new());
        assert!(new(3).is_ok());
        for id in 1..=3 {
            fs::create_dir_all(dir.path().join(format!("node-{id}/data"))).expect("created");
        }
        assert!(new(3).is_ok());
        for nodes in [2, 4] {
            let error = new(nodes).expect_err("refused").to_string();
            assert!(error.contains("another number of nodes"), "{error}");
        }
        assert!(holds_cluster(dir.path()));
        fs::write(dir.path().join("meta.properties"), "").expect("written");
        let error = new(3).expect_err("refused").to_string();
        assert!(error.contains("a single node"), "{error}");
    }

    #[test]
    fn ports_follow_each_other() {
        let cluster = LocalCluster::new("/nowhere".into(), 9092, 3, Vec::new()).expect("valid");
        let ports: Vec<u16> = cluster.seats.iter().map(|seat| seat.port).collect();
        assert_eq!(ports, [9092, 9093, 9094]);
        assert!(LocalCluster::new("/nowhere".into(), 65534, 3, Vec::new()).is_err());
    }
}
