//! What the kernel tells of a process and of the machine, from `/proc`.

use std::fs;
use std::ops::{Add, Sub};

use anyhow::Context;

/// Ticks a second of the times in `/proc/PID/stat`; fixed at 100 in what the kernel shows users.
const TICKS: f64 = 100.0;

/// User and system time in seconds, of all threads that are or were.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Cpu {
    pub(crate) user: f64,
    pub(crate) system: f64,
}

impl Cpu {
    /// What a process used so far.
    pub(crate) fn of(pid: u32) -> anyhow::Result<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat"))
            .with_context(|| format!("process {pid}"))?;
        parse_stat(&text).map(|stat| stat.cpu).with_context(|| format!("stat of process {pid}"))
    }

    /// What this process used so far, with all its children that ended and were waited for.
    pub(crate) fn own() -> anyhow::Result<Self> {
        let text = fs::read_to_string("/proc/self/stat")?;
        parse_stat(&text).map(|stat| stat.cpu + stat.children).context("/proc/self/stat")
    }

    /// What children of this process used that ended and were waited for.
    pub(crate) fn children() -> anyhow::Result<Self> {
        let text = fs::read_to_string("/proc/self/stat")?;
        parse_stat(&text).map(|stat| stat.children).context("/proc/self/stat")
    }

    pub(crate) fn total(self) -> f64 {
        self.user + self.system
    }
}

impl Add for Cpu {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { user: self.user + other.user, system: self.system + other.system }
    }
}

impl Sub for Cpu {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self { user: self.user - before.user, system: self.system - before.system }
    }
}

struct Stat {
    cpu: Cpu,
    /// Of children that ended.
    children: Cpu,
    parent: u32,
}

fn parse_stat(text: &str) -> Option<Stat> {
    // The name in brackets may hold anything, even brackets.
    let (_, rest) = text.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    fields.nth(8)?;
    let mut time = || {
        let mut seconds = || Some(fields.next()?.parse::<f64>().ok()? / TICKS);
        Some(Cpu { user: seconds()?, system: seconds()? })
    };
    Some(Stat { cpu: time()?, children: time()?, parent })
}

/// Memory of a process in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    /// The most that ever was resident.
    pub(crate) peak: u64,
}

impl Memory {
    pub(crate) fn of(pid: u32) -> anyhow::Result<Self> {
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        Ok(Self { resident: kilobytes(&status, "VmRSS:")?, peak: kilobytes(&status, "VmHWM:")? })
    }
}

/// A line `Name:   123 kB`, in bytes.
fn kilobytes(text: &str, name: &str) -> anyhow::Result<u64> {
    let line = text.lines().find(|line| line.starts_with(name)).context("no such line")?;
    let number: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
    Ok(number * 1024)
}

/// What a process, or several, hold besides processor time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Footprint {
    pub(crate) memory: Memory,
    pub(crate) threads: usize,
    /// Open files and connections.
    pub(crate) descriptors: usize,
}

impl Footprint {
    pub(crate) fn of(pid: u32) -> anyhow::Result<Self> {
        Ok(Self {
            memory: Memory::of(pid)?,
            threads: fs::read_dir(format!("/proc/{pid}/task"))?.count(),
            descriptors: fs::read_dir(format!("/proc/{pid}/fd"))?.count(),
        })
    }
}

impl Add for Footprint {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            memory: Memory {
                resident: self.memory.resident + other.memory.resident,
                peak: self.memory.peak + other.memory.peak,
            },
            threads: self.threads + other.threads,
            descriptors: self.descriptors + other.descriptors,
        }
    }
}

/// Processor time of the whole machine in seconds, all processors together.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Machine {
    /// Running programs and the kernel for them, without interrupts.
    pub(crate) busy: f64,
    pub(crate) interrupts: f64,
    /// Taken by the hypervisor.
    pub(crate) steal: f64,
    pub(crate) all: f64,
    /// Of `busy`: threads of the kernel itself (writing back, for example).
    pub(crate) kernel: f64,
}

impl Machine {
    pub(crate) fn now() -> anyhow::Result<Self> {
        let mut machine =
            parse_machine(&fs::read_to_string("/proc/stat")?).context("/proc/stat")?;
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            // A process may have ended since the directory was read.
            let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if let Some(stat) = parse_stat(&text)
                && (stat.parent == 2 || pid == 2)
            {
                machine.kernel += stat.cpu.total();
            }
        }
        Ok(machine)
    }
}

fn parse_machine(text: &str) -> Option<Machine> {
    let numbers: Vec<f64> = text
        .lines()
        .next()?
        .split_whitespace()
        .skip(1)
        .map_while(|word| word.parse::<f64>().ok().map(|ticks| ticks / TICKS))
        .collect();
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0.0);
    Some(Machine {
        busy: at(0) + at(1) + at(2),
        interrupts: at(5) + at(6),
        steal: at(7),
        // Guests' time stands in user time already.
        all: numbers.iter().take(8).sum(),
        kernel: 0.0,
    })
}

/// Bytes in the page cache that are not on the disk yet.
pub(crate) fn dirty_bytes() -> anyhow::Result<u64> {
    kilobytes(&fs::read_to_string("/proc/meminfo")?, "Dirty:")
}

/// Bytes that programs could take without pushing anything out to a swap.
pub(crate) fn available_bytes() -> anyhow::Result<u64> {
    kilobytes(&fs::read_to_string("/proc/meminfo")?, "MemAvailable:")
}

/// The average number of runnable tasks over the last minute.
pub(crate) fn load_average() -> anyhow::Result<f64> {
    let text = fs::read_to_string("/proc/loadavg")?;
    Ok(text.split_whitespace().next().context("/proc/loadavg is empty")?.parse()?)
}

/// Number of processors.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A one-line file, trimmed; empty when it is not there.
pub(crate) fn line(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Cpu, Machine, kilobytes, parse_machine, parse_stat};

    #[test]
    fn a_name_with_brackets_does_not_confuse() {
        let text = "42 (a) b (c) S 7 42 42 0 -1 4194304 1 2 3 4 150 250 9 8 20 0 5 0 1 1";
        let stat = parse_stat(text).unwrap();
        assert_eq!(stat.parent, 7);
        assert_eq!(stat.cpu, Cpu { user: 1.5, system: 2.5 });
        assert_eq!(stat.children, Cpu { user: 0.09, system: 0.08 });
        assert!(parse_stat("42 (x) S").is_none());
    }

    #[test]
    fn the_first_line_is_the_whole_machine() {
        let machine = parse_machine("cpu  100 200 300 1000 50 10 20 30 5 0\ncpu0 1").unwrap();
        let wanted = Machine { busy: 6.0, interrupts: 0.3, steal: 0.3, all: 17.1, kernel: 0.0 };
        assert!((machine.all - wanted.all).abs() < 1e-9);
        assert!((machine.busy - wanted.busy).abs() < 1e-9);
        assert!((machine.steal - wanted.steal).abs() < 1e-9);
        assert!((machine.interrupts - wanted.interrupts).abs() < 1e-9);
    }

    #[test]
    fn lines_with_units_are_bytes() {
        assert_eq!(kilobytes("Mem: 1 kB\nDirty:   12 kB", "Dirty:").unwrap(), 12 * 1024);
        assert!(kilobytes("Mem: 1 kB", "Dirty:").is_err());
    }
}
