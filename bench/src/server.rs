//! A server process under measurement: formatted, started, asked, read from `/proc`, stopped by its id.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::proc::{Cpu, Footprint};
use crate::seat::Seat;
use crate::subject::Program;
use crate::tools::Tools;

/// A cluster id; any valid one serves.
pub(crate) const CLUSTER_ID: &str = "4L6g3nShT-eMCtK--X86sw";

/// ApiVersions v0, correlation id 7, no client id: the smallest request every broker answers.
const API_VERSIONS: [u8; 14] = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff];

/// How long a server may take to answer at all, or to stop.
const PATIENCE: Duration = Duration::from_secs(180);

/// A server with a directory of its own; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    program: Program,
    tools: Tools,
    directory: TempDir,
    seat: Seat,
    child: Option<Child>,
    started: Instant,
}

impl Server {
    /// Formats a fresh directory for a node of its own, starts the program and waits for its first
    /// answer.
    /// `options` are lines of `server.properties` after the usual ones; a later line wins.
    pub(crate) fn start(
        program: Program,
        tools: &Tools,
        options: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let mut server = Self::prepare(program, tools, options)?;
        server.start_again()?;
        Ok(server)
    }

    /// A formatted directory of a node of its own, nothing started yet.
    pub(crate) fn prepare(
        program: Program,
        tools: &Tools,
        options: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let seat = Seat::of_cluster(1)?.pop().context("one seat was asked for")?;
        Self::prepare_in(seat, program, tools, options)
    }

    /// A formatted directory of a node in a cluster, nothing started yet.
    pub(crate) fn prepare_in(
        seat: Seat,
        program: Program,
        tools: &Tools,
        options: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix(program.name())
            .tempdir_in(&tools.scratch)
            .with_context(|| format!("a directory in {}", tools.scratch.display()))?;
        let mut text = seat.properties(program, &directory.path().join("log"));
        for (key, value) in program.options().iter().chain(options) {
            text.push_str(&format!("{key}={value}\n"));
        }
        fs::write(directory.path().join("server.properties"), text)?;
        let server =
            Self { program, tools: tools.clone(), directory, seat, child: None, started: now() };
        if let Some(format) = tools.format(program, &server.properties_file()) {
            complete(format)?;
        }
        Ok(server)
    }

    /// Starts the process; the time from then to its first answer.
    pub(crate) fn start_again(&mut self) -> anyhow::Result<Duration> {
        self.spawn()?;
        self.first_answer()
    }

    /// Starts the process without waiting.
    pub(crate) fn spawn(&mut self) -> anyhow::Result<()> {
        ensure!(self.child.is_none(), "{} runs already", self.program.name());
        let mut command = self.tools.serve(self.program, &self.properties_file(), &self.seat)?;
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log_file())?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.started = now();
        self.child = Some(command.spawn().with_context(|| format!("cannot start {command:?}"))?);
        Ok(())
    }

    /// Asks until the first answer; the time since the process was started.
    pub(crate) fn first_answer(&mut self) -> anyhow::Result<Duration> {
        loop {
            if ask(self.address()).is_ok() {
                return Ok(self.started.elapsed());
            }
            let child = self.child.as_mut().context("nothing was started")?;
            if let Some(status) = child.try_wait()? {
                bail!("{} ended with {status}: {}", self.program.name(), self.last_words());
            }
            ensure!(self.started.elapsed() < PATIENCE, "no answer within {PATIENCE:?}");
            pause(Duration::from_micros(500));
        }
    }

    /// When the process was started last.
    pub(crate) fn started(&self) -> Instant {
        self.started
    }

    /// Asks the process to stop; how long it took.
    pub(crate) fn stop(&mut self) -> anyhow::Result<Duration> {
        let began = now();
        kill_process(self.process()?, Signal::TERM)?;
        let mut child = self.child.take().context("nothing runs")?;
        while child.try_wait()?.is_none() {
            if began.elapsed() > PATIENCE {
                child.kill()?;
                child.wait()?;
                bail!("{} did not stop within {PATIENCE:?}", self.program.name());
            }
            pause(Duration::from_micros(500));
        }
        Ok(began.elapsed())
    }

    /// Kills the process as a crash would.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        let mut child = self.child.take().context("nothing runs")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    pub(crate) fn program(&self) -> Program {
        self.program
    }

    pub(crate) fn seat(&self) -> &Seat {
        &self.seat
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.seat.address()
    }

    pub(crate) fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// Whether the process has ended by itself since it was started; if so, it can be started again.
    pub(crate) fn has_ended(&mut self) -> anyhow::Result<bool> {
        let child = self.child.as_mut().context("nothing was started")?;
        let has_ended = child.try_wait()?.is_some();
        if has_ended {
            self.child = None;
        }
        Ok(has_ended)
    }

    /// Sends a signal, without waiting for what it does.
    pub(crate) fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        Ok(kill_process(self.process()?, signal)?)
    }

    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        Ok(self.child.as_ref().context("nothing runs")?.id())
    }

    fn process(&self) -> anyhow::Result<Pid> {
        Pid::from_raw(i32::try_from(self.pid()?)?).context("a process id is above 0")
    }

    /// Where the partitions are.
    pub(crate) fn data_directory(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    fn properties_file(&self) -> PathBuf {
        self.directory.path().join("server.properties")
    }

    fn log_file(&self) -> PathBuf {
        self.directory.path().join("output")
    }

    /// The end of what the process printed.
    pub(crate) fn last_words(&self) -> String {
        let text = fs::read(self.log_file()).unwrap_or_default();
        let from = text.len().saturating_sub(2000);
        String::from_utf8_lossy(&text[from..]).into_owned()
    }

    /// Processor time so far, of all threads.
    pub(crate) fn cpu(&self) -> anyhow::Result<Cpu> {
        Cpu::of(self.pid()?)
    }

    pub(crate) fn footprint(&self) -> anyhow::Result<Footprint> {
        Footprint::of(self.pid()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The child is ours and not yet reaped, so its id cannot be anybody else's.
            let _ended = child.kill();
            let _reaped = child.wait();
        }
    }
}

/// One ApiVersions request on a connection of its own.
fn ask(address: SocketAddr) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&API_VERSIONS)?;
    let mut head = [0; 8];
    stream.read_exact(&mut head)?;
    ensure!(head[4..] == [0, 0, 0, 7], "an answer to another request");
    Ok(())
}

/// Runs a command to its end; its output is the error when it fails.
pub(crate) fn complete(mut command: Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a measurement takes the real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a measurement waits in real time")]
pub(crate) fn pause(duration: Duration) {
    std::thread::sleep(duration);
}
