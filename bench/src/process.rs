//! A broker process under measurement: started, asked, read from `/proc`, stopped by its id.

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// ApiVersions v0, correlation id 7, no client id: the smallest request every broker answers.
const API_VERSIONS: [u8; 14] = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff];

/// How long a broker may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running broker; killed when dropped.
#[derive(Debug)]
pub(crate) struct Broker {
    child: Child,
    address: SocketAddr,
    started: Instant,
}

impl Broker {
    /// Starts `command`, which will listen on `address`.
    pub(crate) fn start(mut command: Command, address: SocketAddr) -> anyhow::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let started = now();
        let child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        Ok(Self { child, address, started })
    }

    /// Asks until the first answer; the time since the process was started.
    pub(crate) fn first_answer(&mut self) -> anyhow::Result<Duration> {
        loop {
            if let Ok(()) = self.ask() {
                return Ok(self.started.elapsed());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the broker ended with {status} before it answered");
            }
            if self.started.elapsed() > PATIENCE {
                bail!("no answer within {PATIENCE:?}");
            }
            pause(Duration::from_micros(500));
        }
    }

    fn ask(&self) -> anyhow::Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(&API_VERSIONS)?;
        let mut head = [0; 8];
        stream.read_exact(&mut head)?;
        if head[4..] != [0, 0, 0, 7] {
            bail!("an answer to another request");
        }
        Ok(())
    }

    /// Resident memory in bytes.
    pub(crate) fn resident_bytes(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
        let kilobytes: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kilobytes * 1024)
    }

    /// User and system time of all threads so far.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        // Nanoseconds on the run queue's account, thread by thread: finer than the ticks of `stat`.
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let schedstat = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
            nanoseconds += schedstat
                .split_whitespace()
                .next()
                .and_then(|number| number.parse::<u64>().ok())
                .unwrap_or(0);
        }
        Ok(Duration::from_nanos(nanoseconds))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // The child is ours and not yet reaped, so its id cannot be anybody else's.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// A loopback port that was free a moment ago.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Runs a command to its end; its output is the error when it fails.
pub(crate) fn complete(mut command: Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// `server.properties` of a node of one, in both brokers' words.
pub(crate) fn write_properties(dir: &Path, port: u16, controller: u16) -> anyhow::Result<()> {
    let log = dir.join("log");
    let text = format!(
        "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{controller}\n\
         listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
         advertised.listeners=PLAINTEXT://127.0.0.1:{port}\ninter.broker.listener.name=PLAINTEXT\n\
         controller.listener.names=CONTROLLER\n\
         listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT\n\
         offsets.topic.replication.factor=1\nlog.dirs={}\n",
        log.display()
    );
    Ok(fs::write(dir.join("server.properties"), text)?)
}

#[expect(clippy::disallowed_methods, reason = "a measurement takes the real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "a measurement waits in real time")]
pub(crate) fn pause(duration: Duration) {
    std::thread::sleep(duration);
}
