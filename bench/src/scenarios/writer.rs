//! The client that writes at a steady rate while something happens to a cluster.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use anyhow::{Context, bail};

use crate::arena::last_object;
use crate::cluster::Cluster;
use crate::metric::Figures;
use crate::timeline::Timeline;
use crate::tools::Tools;

/// Records a second.
pub(super) const RATE: u32 = 10_000;

/// Longer than anything that is waited for.
const SECONDS_MAX: u32 = 300;

/// A running client; killed when dropped.
#[derive(Debug)]
pub(super) struct Writer {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    times: PathBuf,
}

impl Writer {
    /// Starts it with the library's own settings and waits for its first acknowledgement.
    pub(super) fn start(tools: &Tools, cluster: &Cluster, topic: &str) -> anyhow::Result<Self> {
        let times = tools.scratch.join("acknowledgements");
        let mut command = tools.client("acks", cluster.address(), topic);
        command.args(["--bootstrap", &cluster.bootstrap()]);
        command.args(["--rate", &RATE.to_string(), "--seconds", &SECONDS_MAX.to_string()]);
        command.args(["--size", "1024", "--times"]).arg(&times);
        // What waits while nothing is acknowledged is not to hold the client up.
        command.args(["-X", "queue.buffering.max.kbytes=1048576"]);
        // That brokers go is what it is for.
        command.args(["-X", "log_level=0", "-C", "log_level=0"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().context("standard output is piped")?);
        let mut writer = Self { child, input, output, times };
        let mut line = String::new();
        writer.output.read_line(&mut line)?;
        if line.trim_end() != "running" {
            bail!("the writer said {line:?}");
        }
        Ok(writer)
    }

    /// Says that it happens now.
    pub(super) fn mark(&mut self) -> anyhow::Result<()> {
        Ok(writeln!(self.input.as_ref().context("it was told to end")?, "mark")?)
    }

    /// Tells it to end; what it found, and when it got its acknowledgements.
    pub(super) fn finish(mut self) -> anyhow::Result<Figures> {
        drop(self.input.take());
        let lines: Vec<String> = self.output.by_ref().lines().collect::<Result<_, _>>()?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!("the writer ended with {status}");
        }
        let text = lines.join("\n");
        let mut figures = last_object(&text).context("the writer printed no figures")?;
        let mark = figures.remove("mark_us").context("no mark")?;
        // A client's clock begins with it, and 2^32 microseconds are an hour.
        Timeline::read(&self.times, mark as u32)?.describe(&mut figures)?;
        std::fs::remove_file(&self.times)?;
        Ok(figures)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The child is ours; one that was waited for takes no signal any more.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
