//! The binary as a person uses it: the demo, the development broker, the tools beside it.

mod nodes;
mod operations;

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

pub(crate) const KELD: &str = env!("CARGO_BIN_EXE_keld");

pub(crate) fn keld(arguments: &[&str]) -> Output {
    Command::new(KELD).args(arguments).stdin(Stdio::null()).output().expect("keld runs")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Below those that outgoing connections get, one of which would take it before it is listened at.
pub(crate) fn free_port() -> u16 {
    loop {
        let drawn = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = 10_768 + drawn.local_addr().expect("an address").port() % 22_000;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

#[test]
fn the_demo_loses_nothing() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let file = dir.path().join("service.log");
    let mut lines = String::new();
    for number in 0..600 {
        let level = ["INFO", "ERROR", "DEBUG"][number % 3];
        writeln!(lines, "2025-06-24T12:00:00Z {level} job {number}").expect("write");
    }
    fs::write(&file, lines).expect("write");
    let output = keld(&["demo", file.to_str().expect("UTF-8")]);
    let shown = text(&output.stdout);
    assert!(output.status.success(), "{shown}\n{}", text(&output.stderr));
    for topic in ["events.critical", "events.normal", "events.debug"] {
        let row = shown.lines().find(|line| line.contains(topic)).expect("a row for each topic");
        assert!(row.contains("200") && row.contains("yes"), "{row}");
    }
}

#[test]
fn the_demo_refuses_what_it_cannot_read() {
    let output = keld(&["demo", "/nowhere/at-all.log"]);
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("cannot read /nowhere/at-all.log"));
}

/// A development broker; stopped by its id when dropped.
struct Dev {
    child: Child,
    address: String,
    http: u16,
    out: BufReader<std::process::ChildStdout>,
}

impl Dev {
    fn start(data: &Path) -> Self {
        let (port, http) = (free_port(), free_port());
        let mut child = Command::new(KELD)
            .args(["dev", "--port", &port.to_string(), "--data"])
            .arg(data)
            .args(["--override", &format!("keld.http.listeners=127.0.0.1:{http}")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("keld dev starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        out.read_line(&mut line).expect("a line");
        assert!(line.starts_with("Keld is ready on "), "{line}");
        Self { child, address: format!("127.0.0.1:{port}"), http, out }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.http)).expect("connect");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: keld\r\nConnection: close\r\n\r\n")
            .expect("request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answer");
        answer
    }

    fn stop(mut self) -> String {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("an id");
        kill_process(id, Signal::TERM).expect("the signal is sent");
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("the rest of its output");
        assert!(self.child.wait().expect("its end").success());
        rest
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // Ended already, after `stop`; then there is nothing to do.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn the_development_broker_serves_clients_and_keeps_its_data() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let dev = Dev::start(dir.path());
    let mut produce = Command::new(KELD)
        .args(["produce", "-b", &dev.address, "-t", "greetings"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("keld produce starts");
    produce.stdin.take().expect("its input").write_all(b"hello\nagain\n").expect("written");
    assert!(produce.wait().expect("its end").success());
    assert!(dev.get("/health/live").contains("live"));
    assert!(dev.get("/health/ready").contains("ready"));
    let metrics = dev.get("/metrics");
    assert!(metrics.contains("keld_requests_total{api=\"Produce\"}"), "{metrics}");
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");
    assert!(dev.get("/client-metrics").starts_with("HTTP/1.1 200"));
    assert!(dev.get("/client-metrics/nobody").starts_with("HTTP/1.1 404"));
    assert!(dev.stop().contains("Stopped"));

    let dev = Dev::start(dir.path());
    let consume = ["consume", "-b", &dev.address, "-t", "greetings", "-o", "beginning", "-e"];
    let read = keld(&consume);
    assert_eq!(text(&read.stdout), "hello\nagain\n", "{}", text(&read.stderr));
    dev.stop();
}

#[test]
fn a_link_named_like_a_script_is_that_script() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let dev = Dev::start(&dir.path().join("data"));
    let link = dir.path().join("kafka-topics.sh");
    symlink(KELD, &link).expect("a link");
    let topics = |arguments: &[&str]| {
        let output = Command::new(&link)
            .args(["--bootstrap-server", &dev.address])
            .args(arguments)
            .output()
            .expect("the script runs");
        (output.status.success(), text(&output.stdout))
    };
    let created = topics(&["--create", "--topic", "orders", "--partitions", "2"]);
    assert_eq!(created, (true, "Created topic orders.\n".to_owned()));
    assert_eq!(topics(&["--list"]), (true, "orders\n".to_owned()));
    dev.stop();
}

#[test]
fn misspelt_commands_and_flags_are_told_the_nearest() {
    let command = keld(&["topci"]);
    assert!(!command.status.success());
    assert!(text(&command.stderr).contains("did you mean `topic`?"), "{}", text(&command.stderr));
    let flag = keld(&["dev", "--prot", "1"]);
    assert!(!flag.status.success());
    assert!(text(&flag.stderr).contains("--port"), "{}", text(&flag.stderr));
}

#[test]
fn help_has_an_example() {
    for arguments in
        [&["--help"][..], &["start", "--help"], &["dev", "--help"], &["demo", "--help"]]
    {
        let output = keld(arguments);
        assert!(output.status.success());
        assert!(text(&output.stdout).contains("Example"), "{arguments:?}");
    }
}
