//! Kafka's own command line tools, many in one JVM.

use crate::driver::Driver;
use crate::setup;
use anyhow::Result;
use serde_json::json;
use std::process::Command;

/// What a tool said and how it ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToolOutput {
    /// Exit status; -1 when it had to be interrupted.
    pub status: i64,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// A JVM that runs mains of tools one after the other.
#[derive(Debug)]
pub struct Tools(Driver);

impl Tools {
    /// Starts the JVM.
    pub fn start() -> Result<Self> {
        let (jars, classes) = (setup::kafka_jars()?, setup::java_driver()?);
        let mut command = Command::new("java");
        command
            .args(["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"])
            // Hooks of tools run at the end of the tool, not of the machine.
            .args(["--add-opens", "java.base/java.lang=ALL-UNNAMED"])
            // Tools print times of day.
            .args(["-Duser.timezone=UTC", "-Dfile.encoding=UTF-8", "-cp"])
            .arg(format!("{}:{}", classes.display(), jars.join("*").display()))
            .arg("Tools");
        Ok(Self(Driver::start("Kafka's tools", command)?))
    }

    /// Runs one tool's `main` with arguments and standard input.
    #[track_caller]
    pub fn run(&mut self, main: &str, arguments: &[String], stdin: &str) -> ToolOutput {
        let done = self.0.call(
            "tool",
            json!({ "main": main, "args": arguments, "stdin": stdin, "timeout_ms": 60_000 }),
        );
        let text = |name: &str| done[name].as_str().unwrap_or_default().to_owned();
        ToolOutput {
            status: done["status"].as_i64().unwrap_or(-1),
            stdout: text("stdout"),
            stderr: text("stderr"),
        }
    }
}
