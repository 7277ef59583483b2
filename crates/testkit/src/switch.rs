//! Machines on a switch: each node in a network namespace of its own, on one bridge.
//!
//! What the proxies of [`Network`](crate::Network) cannot show: packets that the kernel loses on
//! every way of a node at once, those of clients too, while connections stay open on both sides.
//!
//! Everything is made in the namespace that this process is in, which must be one of its own: see
//! [`in_own_network`]. It is gone when the processes in it have ended.

use crate::setup;
use crate::wait::eventually_within;
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Says to a process that it is in a network of its own.
const INSIDE: &str = "KELD_TEST_IN_OWN_NETWORK";

/// A hardware address that nobody has: what is sent to it is lost, and nobody is told.
const NOBODY: &str = "02:00:00:00:ff:ff";

/// How long `unshare` may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the body of the test that calls it in a network namespace of its own: a new process runs
/// this one test again, as root of a user namespace where the tests do not run as root.
///
/// Where that is not allowed the test fails, with the reason.
#[track_caller]
pub fn in_own_network(body: impl FnOnce()) {
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    // Nothing can be downloaded inside.
    let python = setup::python().map(|_| ());
    python.unwrap_or_else(|error| panic!("{error:#}"));
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    let mut command = Command::new("unshare");
    if !rustix::process::getuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let test = std::env::current_exe().unwrap_or_else(|error| panic!("this program: {error}"));
    command.arg("--net").arg(test);
    // Quietly: what runs these tests should read of one test, not of two.
    command.args([name.as_str(), "--exact", "--nocapture", "--quiet"]);
    let output = command.env(INSIDE, "1").output();
    let output = output.unwrap_or_else(|error| panic!("NOT RUN: {command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    eprintln!("{said}");
    let has_begun = said.contains("running 1 test");
    assert!(has_begun, "NOT RUN: no network namespace: {}: {complained}", output.status);
    assert!(output.status.success(), "{}:\n{complained}", output.status);
}

/// A node's own network namespace.
#[derive(Clone, Debug)]
pub struct Space {
    /// The address of its interface.
    pub address: Ipv4Addr,
    /// A process that is in it.
    pid: u32,
}

impl Space {
    /// Nothing else listens in such a namespace, so these are free in each.
    pub(crate) const PORTS: [u16; 2] = [9092, 9093];

    /// A command that runs in it, as the process that is started for it.
    pub(crate) fn around(&self, command: &Command) -> Command {
        let mut entered = Command::new("nsenter");
        entered.arg(format!("--net=/proc/{}/ns/net", self.pid));
        entered.arg(command.get_program()).args(command.get_args());
        entered
    }

    fn ip(&self, line: &str) -> Result<()> {
        let mut command = Command::new("ip");
        command.args(line.split(' '));
        run(&mut self.around(&command))
    }
}

/// The switch, and the namespaces on it; they end when it is dropped.
#[derive(Debug)]
pub(crate) struct Switch {
    spaces: BTreeMap<i32, (Space, Child)>,
    lost: BTreeSet<(i32, i32)>,
}

impl Switch {
    /// A switch without nodes, in the namespace of this process.
    pub(crate) fn start() -> Result<Self> {
        let is_inside = std::env::var_os(INSIDE).is_some();
        ensure!(is_inside, "a switch is made only by a test that is `in_own_network`");
        for line in [
            "link set lo up",
            "link add hub type bridge",
            "addr add 10.77.0.254/24 dev hub",
            "link set hub up",
        ] {
            ip(line).context("NOT RUN: no bridge")?;
        }
        Ok(Self { spaces: BTreeMap::new(), lost: BTreeSet::new() })
    }

    /// A namespace for a node, on the switch.
    pub(crate) fn attach(&mut self, id: i32) -> Result<Space> {
        let last = u8::try_from(id).ok().filter(|id| *id < 254).context("an id below 254")?;
        let mut holder = Command::new("unshare");
        // It ends with its input, which is with this process.
        let holder = holder.args(["--net", "cat"]).stdin(Stdio::piped()).stdout(Stdio::null());
        let holder = holder.spawn().context("start unshare")?;
        let space = Space { address: Ipv4Addr::new(10, 77, 0, last), pid: holder.id() };
        let own = fs::read_link("/proc/self/ns/net")?;
        let folder = format!("/proc/{}/ns/net", space.pid);
        self.spaces.insert(id, (space.clone(), holder));
        eventually_within("a network namespace", PATIENCE, || match fs::read_link(&folder) {
            Ok(other) if other != own => Ok(()),
            other => Err(format!("{other:?}")),
        });
        ip(&format!("link add n{id} type veth peer name eth0 netns {}", space.pid))?;
        ip(&format!("link set n{id} master hub up"))?;
        space.ip("link set lo up")?;
        space.ip(&format!("addr add {}/24 dev eth0", space.address))?;
        space.ip("link set eth0 up")?;
        Ok(space)
    }

    fn find(&self, id: i32) -> Result<&Space> {
        let (space, _) = self.spaces.get(&id).with_context(|| format!("no namespace of {id}"))?;
        Ok(space)
    }

    /// Takes the plug of a node out of the switch, or puts it in.
    pub(crate) fn plug(&self, id: i32, is_in: bool) -> Result<()> {
        self.find(id)?;
        ip(&format!("link set n{id} {}", if is_in { "up" } else { "down" }))
    }

    /// Loses what one node sends to another, answers and acknowledgements of TCP included.
    pub(crate) fn lose(&mut self, from: i32, to: i32) -> Result<()> {
        let address = self.find(to)?.address;
        let line = format!("neigh replace {address} lladdr {NOBODY} nud permanent dev eth0");
        self.find(from)?.ip(&line)?;
        self.lost.insert((from, to));
        Ok(())
    }

    /// Loses nothing any more.
    pub(crate) fn heal(&mut self) -> Result<()> {
        for (from, to) in std::mem::take(&mut self.lost) {
            let address = self.find(to)?.address;
            self.find(from)?.ip(&format!("neigh del {address} dev eth0"))?;
        }
        Ok(())
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        for (_, holder) in self.spaces.values_mut() {
            // It may have ended by itself; both calls then say so, and that is fine.
            let _ = holder.kill();
            let _ = holder.wait();
        }
    }
}

fn ip(line: &str) -> Result<()> {
    run(Command::new("ip").args(line.split(' ')))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("start {command:?}"))?;
    let complained = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}: {complained}", output.status);
    Ok(())
}
