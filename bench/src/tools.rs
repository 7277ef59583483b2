//! The programs that a measurement is made with, and what they are called with.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::seat::Seat;
use crate::subject::Program;

/// Paths of what was built and fetched before.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    /// The release binary of Keld.
    pub(crate) keld: PathBuf,
    /// The folder of Apache Kafka's jars.
    pub(crate) kafka: PathBuf,
    /// The librdkafka client of `bench/client`.
    pub(crate) librdkafka: PathBuf,
    /// Where servers keep their data while they are measured: a folder on a real disk.
    pub(crate) scratch: PathBuf,
}

/// What Kafka's own scripts give the JVM, with a heap that is there from the start.
const JVM: [&str; 7] = [
    "-server",
    "-XX:+UseG1GC",
    "-XX:+AlwaysPreTouch",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-Djava.awt.headless=true",
];

impl Tools {
    /// The command that formats the directories of `properties`.
    pub(crate) fn format(&self, program: Program, properties: &Path) -> Option<Command> {
        let mut command = match program {
            Program::Ceiling => return None,
            Program::Keld => {
                let mut command = Command::new(&self.keld);
                command.args(["storage", "format"]);
                command
            }
            Program::Kafka | Program::KafkaTuned => {
                let mut command = self.java(&["-Xmx256m", "-XX:TieredStopAtLevel=1"]);
                command.args(["kafka.tools.StorageTool", "format"]);
                command
            }
        };
        command.args(["-t", crate::server::CLUSTER_ID, "-c"]).arg(properties);
        Some(command)
    }

    /// The command that runs the server of `properties` in its seat.
    pub(crate) fn serve(
        &self,
        program: Program,
        properties: &Path,
        seat: &Seat,
    ) -> anyhow::Result<Command> {
        Ok(match program {
            Program::Ceiling => {
                let mut command = self.own("ceiling")?;
                command.arg(seat.address().to_string());
                command
            }
            Program::Keld => {
                let mut command = Command::new(&self.keld);
                command.arg("start").arg(properties);
                command
            }
            Program::Kafka | Program::KafkaTuned => {
                let heap = seat.heap();
                let (least, most) = (format!("-Xms{heap}"), format!("-Xmx{heap}"));
                let options: Vec<&str> = JVM.into_iter().chain([&*least, &*most]).collect();
                let mut command = self.java(&options);
                command.arg("kafka.Kafka").arg(properties);
                command
            }
        })
    }

    /// A JVM with Kafka's jars; the main class is still to be named.
    pub(crate) fn java(&self, options: &[&str]) -> Command {
        let mut command = Command::new("java");
        command.args(options).arg("-cp").arg(format!("{}/*", self.kafka.display()));
        command
    }

    /// This program itself with another verb, as a process of its own.
    pub(crate) fn own(&self, verb: &str) -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(verb);
        Ok(command)
    }

    /// The raw driver: `kind` is one of `keld-bench raw --help`.
    pub(crate) fn raw(
        &self,
        kind: &str,
        address: SocketAddr,
        topic: &str,
    ) -> anyhow::Result<Command> {
        let mut command = self.own("raw")?;
        command.args([kind, "--bootstrap", &address.to_string(), "--topic", topic]);
        Ok(command)
    }

    /// The librdkafka client: `mode` is `produce`, `consume`, `latency`; its other arguments are in
    /// `bench/client/src/main.rs`.
    pub(crate) fn client(&self, mode: &str, address: SocketAddr, topic: &str) -> Command {
        let mut command = Command::new(&self.librdkafka);
        command.arg(mode).args(["--bootstrap", &address.to_string(), "--topic", topic]);
        command
    }
}
