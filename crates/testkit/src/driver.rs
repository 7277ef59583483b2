//! A client program as a process: one JSON command a line in, one JSON answer a line out.
//!
//! `tests/README.md` lists the commands; every client's program speaks the same ones.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use tempfile::TempDir;

/// Longest time a command may take; every driver has shorter ones of its own.
const CALL_DEADLINE: Duration = Duration::from_secs(90);

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The client library said no; the text names the error as the library calls it.
    #[error("{0}")]
    Client(String),
    /// The program ended or did not answer in time.
    #[error("driver {name} gave no answer to {op}: {reason}")]
    Lost {
        /// Program.
        name: String,
        /// Command.
        op: String,
        /// What was seen instead.
        reason: String,
    },
}

/// A running client program; killed when dropped.
#[derive(Debug)]
pub struct Driver {
    name: String,
    child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<String>,
    stderr: PathBuf,
    _directory: TempDir,
}

impl Driver {
    /// Starts the program.
    pub fn start(name: &str, mut command: Command) -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("keld-driver-").tempdir()?;
        let stderr = directory.path().join("stderr.txt");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&stderr)?)
            .spawn()
            .with_context(|| format!("start the driver {name}: {command:?}"))?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().context("the driver has no standard output")?;
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Programs' libraries print other lines too; answers are the JSON objects.
                if line.starts_with('{') && sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { name: name.to_owned(), child, stdin, answers, stderr, _directory: directory })
    }

    /// The client's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sends one command and returns its result.
    pub fn try_call(&mut self, op: &str, mut arguments: Value) -> Result<Value, DriverError> {
        let lost = |name: &str, reason: String| DriverError::Lost {
            name: name.to_owned(),
            op: op.to_owned(),
            reason,
        };
        arguments["op"] = json!(op);
        let line = format!("{arguments}\n");
        let sent = match &mut self.stdin {
            Some(stdin) => stdin.write_all(line.as_bytes()).and_then(|()| stdin.flush()),
            None => Ok(()),
        };
        if let Err(error) = sent {
            return Err(lost(&self.name, format!("{error}; stderr: {}", self.stderr_tail())));
        }
        let answer = match self.answers.recv_timeout(CALL_DEADLINE) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                let reason = format!("{CALL_DEADLINE:?} passed; stderr: {}", self.stderr_tail());
                return Err(lost(&self.name, reason));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(lost(&self.name, format!("it ended; stderr: {}", self.stderr_tail())));
            }
        };
        let answer: Value = serde_json::from_str(&answer)
            .map_err(|error| lost(&self.name, format!("{error} in {answer}")))?;
        match answer.get("error") {
            Some(error) => {
                Err(DriverError::Client(error.as_str().unwrap_or("unnamed error").to_owned()))
            }
            None => Ok(answer.get("ok").cloned().unwrap_or(Value::Null)),
        }
    }

    /// Sends one command that must succeed.
    #[track_caller]
    pub fn call(&mut self, op: &str, arguments: Value) -> Value {
        match self.try_call(op, arguments.clone()) {
            Ok(value) => value,
            Err(error) => panic!(
                "{}: {op}: {error}\nstderr: {}\nof {arguments}",
                self.name,
                self.stderr_tail()
            ),
        }
    }

    /// Sends one command that must fail and returns the error's text.
    #[track_caller]
    pub fn call_err(&mut self, op: &str, arguments: Value) -> String {
        match self.try_call(op, arguments.clone()) {
            Err(DriverError::Client(error)) => error,
            Err(error) => panic!("{}: {op} {arguments}: {error}", self.name),
            Ok(value) => panic!("{}: {op} {arguments} should fail, gave {value}", self.name),
        }
    }

    /// The last lines of the program's standard error.
    pub fn stderr_tail(&self) -> String {
        let text = std::fs::read_to_string(&self.stderr).unwrap_or_default();
        let start = text.char_indices().rev().nth(3000).map_or(0, |(at, _)| at);
        text.get(start..).unwrap_or_default().to_owned()
    }

    /// Kills the program at once, as a crash would.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stdin = None;
        // It may have ended by itself; both calls then say so, and that is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.end();
    }
}
