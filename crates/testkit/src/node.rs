//! A node as a process: Keld or Apache Kafka by one `server.properties`, on free ports.
//!
//! The directory outlives the process, so that one program can take over what the other left.

use crate::connection::Connection;
use crate::member::{Member, Roles};
use crate::setup;
use crate::switch::Space;
use crate::wait::eventually_within;
use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// The cluster id of every node that the suites start.
pub const CLUSTER_ID: &str = "4L6g3nShT-eMCtK--X86sw";

/// How often a start is tried again when another process took the port in between.
const PORT_ATTEMPTS: u32 = 5;

/// How long a node may take to answer.
const START_DEADLINE: Duration = Duration::from_secs(90);

/// How long a node may take to stop cleanly.
const STOP_DEADLINE: Duration = Duration::from_secs(60);

/// Which program the node runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broker {
    /// This project's binary, dev profile.
    Keld,
    /// Apache Kafka 4.3.1 from its jars.
    Kafka,
}

impl Broker {
    /// What the suites run against: Keld, or what `KELD_TEST_BROKER` says, by which the suites
    /// themselves are tried on the original.
    pub fn under_test() -> Self {
        match std::env::var("KELD_TEST_BROKER").as_deref() {
            Ok("kafka") => Self::Kafka,
            _ => Self::Keld,
        }
    }
}

/// What differs from the usual node.
#[derive(Clone, Default, Debug)]
pub struct NodeOptions {
    /// Lines of `server.properties` after the usual ones; a later line wins.
    pub properties: Vec<(String, String)>,
    /// Number of data directories; 0 means 1.
    pub log_dirs: usize,
    /// Puts the last data directory on a small volume of its own.
    pub small_disk: Option<SmallDisk>,
    /// The node's place among several; alone it is node 1 with both roles.
    pub member: Option<Member>,
    /// The network namespace that it runs in, at the member's address.
    pub space: Option<Space>,
}

/// A volume that only the node's process sees, in a mount namespace of its own (and a user
/// namespace, where the tests do not run as root). Gone when the process ends.
#[derive(Clone, Copy, Debug)]
pub struct SmallDisk {
    /// Its size.
    pub megabytes: u32,
    /// Of which a file takes so much until [`TestNode::free_space`].
    pub filler_megabytes: u32,
}

impl SmallDisk {
    /// Mounts a volume with the formatted directory and the filler on it, then becomes the node.
    const SCRIPT: &str = r#"set -e
mount -t tmpfs -o "size=$3m" keld-test "$2"
mkdir "$2/data"
cp -a "$1/." "$2/data/"
head -c "$4M" /dev/zero > "$2/filler"
mount --bind "$2/data" "$1"
shift 4
exec "$@"
"#;

    /// `node` on the volume, whose place is the empty folder `volume`.
    fn around(self, node: &Command, directory: &Path, volume: &Path) -> Result<Command> {
        fs::create_dir_all(volume)?;
        let mut command = Command::new("unshare");
        if rustix::process::getuid().is_root() {
            command.arg("--mount");
        } else {
            command.args(["--user", "--map-root-user", "--mount"]);
        }
        command.args(["sh", "-c", Self::SCRIPT, "sh"]);
        command.args([directory, volume]);
        command.args([self.megabytes, self.filler_megabytes].map(|number| number.to_string()));
        command.arg(node.get_program()).args(node.get_args());
        Ok(command)
    }
}

impl NodeOptions {
    /// One more line of `server.properties`.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.properties.push((key.to_owned(), value.to_owned()));
        self
    }
}

/// A node of one of the two programs; killed when dropped.
#[derive(Debug)]
pub struct TestNode {
    broker: Broker,
    options: NodeOptions,
    directory: Arc<TempDir>,
    port: u16,
    controller_port: u16,
    child: Option<Child>,
}

impl TestNode {
    /// Keld, formatted and answering.
    pub fn keld() -> Result<Self> {
        Self::started(Broker::Keld, NodeOptions::default())
    }

    /// Apache Kafka, formatted and answering.
    pub fn kafka() -> Result<Self> {
        Self::started(Broker::Kafka, NodeOptions::default())
    }

    /// The broker under test (see [`Broker::under_test`]), formatted and answering.
    pub fn under_test() -> Result<Self> {
        Self::started(Broker::under_test(), NodeOptions::default())
    }

    /// A node with options, formatted and answering.
    pub fn started(broker: Broker, options: NodeOptions) -> Result<Self> {
        let mut node = Self::formatted(broker, options)?;
        node.start()?;
        Ok(node)
    }

    /// A node with options, formatted but not started.
    pub fn formatted(broker: Broker, options: NodeOptions) -> Result<Self> {
        let mut node = Self::prepared(broker, options)?;
        node.pick_ports()?;
        let output = node.format(&["-t", CLUSTER_ID])?;
        ensure!(output.0.success(), "format: {}\n{}", output.0, output.1);
        Ok(node)
    }

    /// A node with `server.properties` written, but not formatted.
    pub fn prepared(broker: Broker, options: NodeOptions) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("keld-test-").tempdir()?;
        let mut node = Self {
            broker,
            options,
            directory: Arc::new(directory),
            port: 0,
            controller_port: 0,
            child: None,
        };
        node.pick_ports()?;
        Ok(node)
    }

    /// Runs the storage tool with `arguments` on this node's properties.
    pub fn format(&self, arguments: &[&str]) -> Result<(ExitStatus, String)> {
        let mut command = match self.broker {
            Broker::Keld => {
                let mut command = Command::new(setup::keld_binary()?);
                command.args(["storage", "format"]);
                command
            }
            Broker::Kafka => {
                let mut command = java()?;
                command.args(["kafka.tools.StorageTool", "format"]);
                command
            }
        };
        let output = command.args(arguments).arg("-c").arg(self.properties_file()).output()?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok((output.status, text))
    }

    /// Starts the process and waits until it answers ApiVersions. Ports stay as they were; where
    /// another process took one meanwhile, others are picked.
    pub fn start(&mut self) -> Result<()> {
        for _ in 0..PORT_ATTEMPTS {
            self.spawn()?;
            if self.has_started()? {
                return Ok(());
            }
        }
        bail!("{:?}: no free port in {PORT_ATTEMPTS} attempts", self.broker)
    }

    /// Waits until a process that was spawned answers. When it does not because another process
    /// took one of its ports, other ones are picked, and the answer is no.
    pub fn has_started(&mut self) -> Result<bool> {
        let Err(error) = self.wait_until_ready() else { return Ok(true) };
        self.kill();
        let output = self.output();
        if !output.to_lowercase().contains("address already in use") {
            return Err(error.context(format!("{:?} said:\n{output}", self.broker)));
        }
        self.pick_ports()?;
        Ok(false)
    }

    /// Starts the process without waiting; for starts that must fail.
    pub fn spawn(&mut self) -> Result<()> {
        let log = File::create(self.output_file())?;
        let mut command = match self.broker {
            Broker::Keld => {
                let mut command = Command::new(setup::keld_binary()?);
                command.arg("start");
                command
            }
            Broker::Kafka => {
                let mut command = java()?;
                command.arg("kafka.Kafka");
                command
            }
        };
        command.arg(self.properties_file());
        if let Some(disk) = self.options.small_disk {
            command = disk.around(&command, &self.small_directory(), &self.volume())?;
        }
        if let Some(space) = &self.options.space {
            command = space.around(&command);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("start {:?}", self.broker))?;
        self.child = Some(child);
        Ok(())
    }

    /// Waits for a process that must end by itself.
    pub fn wait_for_exit(&mut self) -> Result<ExitStatus> {
        let child = self.child.as_mut().context("the node does not run")?;
        let status = eventually_within("the node ends", STOP_DEADLINE, || {
            child.try_wait().ok().flatten().ok_or("still running")
        });
        self.child = None;
        Ok(status)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let bootstrap = match self.options.member.as_ref().map(|member| member.roles) {
            Some(Roles::Controller) => self.controller(),
            _ => self.bootstrap(),
        };
        let child = self.child.as_mut().context("the node does not run")?;
        let ended = eventually_within("the node answers", START_DEADLINE, || {
            if let Ok(Some(status)) = child.try_wait() {
                return Ok(Some(status));
            }
            Connection::open(&bootstrap).and_then(|mut open| open.answers()).map(|()| None)
        });
        match ended {
            Some(status) => bail!("the node ended at once: {status}"),
            None => Ok(()),
        }
    }

    /// Asks the process to stop and waits until it has.
    pub fn stop(&mut self) -> Result<()> {
        self.signal(Signal::TERM)?;
        let status = self.wait_for_exit()?;
        // A JVM that ends by SIGTERM reports 143.
        ensure!(
            status.success() || status.code() == Some(143),
            "{:?} stopped with {status}:\n{}",
            self.broker,
            self.output()
        );
        Ok(())
    }

    /// Sends a signal to the process.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let child = self.child.as_ref().context("the node does not run")?;
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("no such pid")?;
        kill_process(pid, signal).context("signal the node")
    }

    /// Kills the process at once (`kill -9`); nothing is flushed.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself; both calls then say so, and that is fine.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// The same directory, ports and properties under the other program; the process must be
    /// stopped or killed first.
    pub fn taken_over_by(mut self, broker: Broker) -> Result<Self> {
        self.hand_over(broker)?;
        self.start()?;
        Ok(self)
    }

    /// As [`Self::taken_over_by`], for the next start.
    pub fn hand_over(&mut self, broker: Broker) -> Result<()> {
        ensure!(self.child.is_none(), "the node still runs");
        self.broker = broker;
        self.write_properties()
    }

    /// Removes every data directory; the process must not run.
    pub fn wipe(&self) -> Result<()> {
        ensure!(self.child.is_none(), "the node still runs");
        for directory in self.log_dirs() {
            fs::remove_dir_all(&directory)
                .with_context(|| format!("remove {}", directory.display()))?;
        }
        Ok(())
    }

    /// Adds a line to `server.properties` for the next start.
    pub fn set_property(&mut self, key: &str, value: &str) -> Result<()> {
        self.options.properties.push((key.to_owned(), value.to_owned()));
        self.write_properties()
    }

    /// `host:port` of the listener for clients.
    pub fn bootstrap(&self) -> String {
        format!("{}:{}", self.address(), self.port)
    }

    /// Port of the listener for clients.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Port of the controller's listener.
    pub fn controller_port(&self) -> u16 {
        self.controller_port
    }

    /// `host:port` of the controller's listener.
    pub fn controller(&self) -> String {
        format!("{}:{}", self.address(), self.controller_port)
    }

    fn address(&self) -> Ipv4Addr {
        self.options.member.as_ref().map_or(Ipv4Addr::LOCALHOST, |member| member.address)
    }

    /// The program it runs.
    pub fn broker(&self) -> Broker {
        self.broker
    }

    /// The process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// The node's own folder.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The data directories.
    fn log_dirs(&self) -> Vec<PathBuf> {
        let count = self.options.log_dirs.max(1);
        (0..count).map(|index| self.directory.path().join(format!("log{index}"))).collect()
    }

    /// The first data directory.
    pub fn log_dir(&self) -> PathBuf {
        self.directory.path().join("log0")
    }

    /// The last data directory, which lies on the small volume where there is one.
    pub fn small_directory(&self) -> PathBuf {
        let last = self.options.log_dirs.max(1) - 1;
        self.directory.path().join(format!("log{last}"))
    }

    /// Whether its data is on a volume that only its process sees.
    pub fn has_small_disk(&self) -> bool {
        self.options.small_disk.is_some()
    }

    fn volume(&self) -> PathBuf {
        self.directory.path().join("volume")
    }

    /// The path of a file as the node's process sees it, for those who see other volumes.
    pub fn seen_by_node(&self, path: &Path) -> Result<PathBuf> {
        let pid = self.pid().context("the node does not run")?;
        let within = path.strip_prefix("/").context("an absolute path")?;
        Ok(Path::new("/proc").join(pid.to_string()).join("root").join(within))
    }

    /// Removes the filler of the small volume.
    pub fn free_space(&self) -> Result<()> {
        let filler = self.seen_by_node(&self.volume().join("filler"))?;
        fs::remove_file(&filler).with_context(|| format!("remove {}", filler.display()))
    }

    /// Path of `server.properties`.
    pub fn properties_file(&self) -> PathBuf {
        self.directory.path().join("server.properties")
    }

    fn output_file(&self) -> PathBuf {
        self.directory.path().join("output.txt")
    }

    /// What the process wrote to its standard output and error.
    pub fn output(&self) -> String {
        fs::read_to_string(self.output_file()).unwrap_or_default()
    }

    fn pick_ports(&mut self) -> Result<()> {
        [self.port, self.controller_port] = match &self.options.space {
            Some(_) => Space::PORTS,
            None => [free_port()?, free_port()?],
        };
        self.write_properties()
    }

    fn write_properties(&self) -> Result<()> {
        let directories: Vec<String> =
            self.log_dirs().iter().map(|path| path.display().to_string()).collect();
        let mut file = File::create(self.properties_file())?;
        let alone = Member::alone(self.port, self.controller_port);
        let member = self.options.member.as_ref().unwrap_or(&alone);
        file.write_all(member.properties(self.port, self.controller_port).as_bytes())?;
        write!(
            file,
            "inter.broker.listener.name=PLAINTEXT\n\
             controller.listener.names=CONTROLLER\n\
             listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT\n\
             offsets.topic.replication.factor=1\n\
             offsets.topic.num.partitions=10\n\
             share.coordinator.state.topic.replication.factor=1\n\
             share.coordinator.state.topic.min.isr=1\n\
             transaction.state.log.replication.factor=1\n\
             transaction.state.log.min.isr=1\n\
             group.initial.rebalance.delay.ms=0\n\
             log.retention.ms=-1\n\
             log.dirs={}\n",
            directories.join(",")
        )?;
        if self.broker == Broker::Keld {
            writeln!(file, "keld.http.listeners=127.0.0.1:0")?;
        }
        for (key, value) in &self.options.properties {
            writeln!(file, "{key}={value}")?;
        }
        Ok(())
    }
}

impl Drop for TestNode {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let output = self.output();
            let tail: Vec<&str> = output.lines().rev().take(40).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            eprintln!("--- last lines of {:?}:\n{}", self.broker, tail.join("\n"));
        }
    }
}

/// A JVM with Apache Kafka's jars, small and quick to start.
fn java() -> Result<Command> {
    let mut command = Command::new("java");
    command
        .args(["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp"])
        .arg(setup::kafka_jars()?.join("*"));
    Ok(command)
}

/// A port that was free a moment ago, below those that outgoing connections get: one of them would take
/// it before it is listened at.
pub fn free_port() -> Result<u16> {
    const FIRST: u16 = 10_768;
    const COUNT: u16 = 22_000;
    loop {
        let drawn = TcpListener::bind(("127.0.0.1", 0)).context("bind a free port")?;
        let port = FIRST + drawn.local_addr()?.port() % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
}
