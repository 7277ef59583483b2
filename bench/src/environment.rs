//! The machine around a run: what it was, what it did besides, and whether the run counts.

use std::process::Command;

use serde_json::{Map, Value, json};

use crate::proc::{self, Cpu, Machine};
use crate::tools::Tools;

/// Of the machine, what strangers may use before a run is void.
const OTHERS_MAX: f64 = 0.05;

/// Of the machine, what servers may use that are not measured: a JVM never rests, but one that still
/// compiles or deletes is in the way.
const IDLE_MAX: f64 = 0.08;

/// Of the machine, what the hypervisor may take before a run is void.
const STEAL_MAX: f64 = 0.05;

/// What does not change while a session lasts.
pub(crate) fn fixed(tools: &Tools) -> Map<String, Value> {
    let scratch = rustix::fs::statvfs(&tools.scratch);
    let free = scratch.map_or(0, |space| space.f_bavail * space.f_frsize);
    let thp = proc::line("/sys/kernel/mm/transparent_hugepage/enabled");
    let chosen = thp.split(['[', ']']).nth(1).unwrap_or("unknown").to_owned();
    let cpuinfo = proc::line("/proc/cpuinfo");
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("");
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| map.insert(key.to_owned(), value);
    put("commit", json!(output("git", &["rev-parse", "--short=12", "HEAD"])));
    let changed = output("git", &["status", "--porcelain", "--untracked-files=no"]);
    put("changed_files", json!(changed.lines().count()));
    put("kernel", json!(proc::line("/proc/sys/kernel/osrelease")));
    put("congestion_control", json!(proc::line("/proc/sys/net/ipv4/tcp_congestion_control")));
    put("transparent_hugepages", json!(chosen));
    put("processors", json!(proc::processors()));
    put("processor", json!(model.trim_start_matches([' ', '\t', ':'])));
    put("java", json!(java_version(tools)));
    put("kafka", json!("4.3.1"));
    put("librdkafka", json!(output(&tools.librdkafka.to_string_lossy(), &["version"])));
    put("disk_free_gb", json!((free as f64 / 1e9).round()));
    map
}

/// The first line of what a program prints, or nothing: a version is worth no failed session.
fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |_| String::new(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

fn java_version(tools: &Tools) -> String {
    let mut command = tools.java(&["-version"]);
    let output = command.output().map(|output| output.stderr).unwrap_or_default();
    let text = String::from_utf8_lossy(&output).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

/// The machine at the start of a run.
#[derive(Debug)]
pub(crate) struct Watch {
    machine: Machine,
    own: Cpu,
    before: Map<String, Value>,
}

impl Watch {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let mut before = Map::new();
        before.insert("load".to_owned(), json!(proc::load_average()?));
        before.insert("dirty_mb".to_owned(), json!(megabytes(proc::dirty_bytes()?)));
        before.insert("available_mb".to_owned(), json!(megabytes(proc::available_bytes()?)));
        Ok(Self { machine: Machine::now()?, own: Cpu::own()?, before })
    }

    /// What happened since, and why the run is void, if it is. `servers` is the processor time of all
    /// running servers, `idle` that of those that were not measured; clients have ended and count
    /// as this process's own.
    pub(crate) fn end(
        self,
        servers: Cpu,
        idle: Cpu,
    ) -> anyhow::Result<(Map<String, Value>, Option<String>)> {
        let (end, own) = (Machine::now()?, Cpu::own()? - self.own);
        let all = (end.all - self.machine.all).max(0.01);
        // Less than before when a thread of the kernel has ended.
        let kernel = (end.kernel - self.machine.kernel).max(0.0);
        let strangers = (end.busy - self.machine.busy) - kernel - servers.total() - own.total();
        let (others, steal) = (strangers.max(0.0) / all, (end.steal - self.machine.steal) / all);
        let mut map = self.before;
        let mut put = |key: &str, share: f64| {
            map.insert(key.to_owned(), json!((share * 1000.0).round() / 1000.0));
        };
        let idle = idle.total() / all;
        put("others", others);
        put("idle_servers", idle);
        put("steal", steal);
        put("kernel_threads", kernel / all);
        put("interrupts", (end.interrupts - self.machine.interrupts) / all);
        Ok((map, verdict(others, idle, steal)))
    }
}

fn verdict(others: f64, idle: f64, steal: f64) -> Option<String> {
    if others > OTHERS_MAX {
        return Some(format!("others used {:.0} % of the machine", others * 100.0));
    }
    if idle > IDLE_MAX {
        return Some(format!("a server that should idle used {:.0} %", idle * 100.0));
    }
    (steal > STEAL_MAX).then(|| format!("the hypervisor took {:.0} %", steal * 100.0))
}

fn megabytes(bytes: u64) -> f64 {
    (bytes as f64 / 1e6).round()
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn strangers_and_theft_make_a_run_void() {
        assert_eq!(verdict(0.04, 0.02, 0.01), None);
        assert!(verdict(0.2, 0.0, 0.0).unwrap().contains("20 %"));
        assert!(verdict(0.0, 0.3, 0.0).unwrap().contains("idle"));
        assert!(verdict(0.0, 0.0, 0.1).unwrap().contains("hypervisor"));
    }
}
