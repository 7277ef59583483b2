//! Sends each request to both brokers and compares what comes back.

use super::differences::{self, Deliberate};
use super::tree::flatten;
use bytes::Bytes;
use keld_testkit::{Broker, Connection, NodeOptions, TestNode, to_hex};
use keld_types::Uuid;
use keld_wire::{ApiKey, Request, Response, Str, encode_request, parse_response};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::Duration;

/// Fields whose value is the machine's or the clock's; only whether they are set is compared.
const SIGN_ONLY: [&str; 11] = [
    "total_bytes",
    "usable_bytes",
    "finalized_features_epoch",
    "last_fetch_timestamp",
    "last_caught_up_timestamp",
    "broker_epoch",
    "client_instance_id",
    "replica_directory_id",
    "controller_high_watermark",
    "log_append_time_ms",
    "session_id",
];

/// Longest wait for an answer; a broker that gives none (Kafka, to null records) is silent.
const SILENCE: Duration = Duration::from_secs(8);

/// One of the two brokers, with what it gave out by itself.
pub(crate) struct Side {
    pub(crate) node: TestNode,
    connection: Option<Connection>,
    correlation_id: i32,
    uuids: BTreeMap<String, Uuid>,
    texts: BTreeMap<String, Str>,
    numbers: BTreeMap<String, i64>,
}

/// What came back.
#[derive(PartialEq, Debug)]
enum Outcome {
    Answer(BTreeMap<String, String>),
    Closed,
    Silent,
}

impl Side {
    fn start(broker: Broker) -> Self {
        let options = NodeOptions::default()
            .with("auto.create.topics.enable", "true")
            .with("num.partitions", "2")
            .with("log.segment.delete.delay.ms", "600000");
        let node = TestNode::started(broker, options)
            .unwrap_or_else(|error| panic!("start {broker:?}: {error:#}"));
        Self {
            node,
            connection: None,
            correlation_id: 0,
            uuids: BTreeMap::new(),
            texts: BTreeMap::new(),
            numbers: BTreeMap::new(),
        }
    }

    /// Remembers an id that the broker made up; answers show its name instead.
    pub(crate) fn keep_uuid(&mut self, name: &str, value: Uuid) {
        self.uuids.insert(name.to_owned(), value);
    }

    /// Remembers a text that the broker made up.
    pub(crate) fn keep_text(&mut self, name: &str, value: &Str) {
        self.texts.insert(name.to_owned(), value.clone());
    }

    /// Remembers a number that the broker made up; answers show the number itself.
    pub(crate) fn keep_number(&mut self, name: &str, value: impl Into<i64>) {
        self.numbers.insert(name.to_owned(), value.into());
    }

    pub(crate) fn uuid(&self, name: &str) -> Uuid {
        self.uuids.get(name).copied().unwrap_or_default()
    }

    pub(crate) fn text(&self, name: &str) -> Str {
        self.texts.get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn number(&self, name: &str) -> i64 {
        self.numbers.get(name).copied().unwrap_or(-1)
    }

    fn connection(&mut self) -> &mut Connection {
        let bootstrap = self.node.bootstrap();
        self.connection.get_or_insert_with(|| {
            let mut connection =
                Connection::open(&bootstrap).unwrap_or_else(|error| panic!("connect: {error}"));
            connection.read_timeout(SILENCE).expect("a time limit");
            connection
        })
    }

    /// Sends a request and reads its answer.
    fn ask(&mut self, request: &Request, version: i16) -> Result<Response, Outcome> {
        self.correlation_id += 1;
        let id = self.correlation_id;
        let frame = encode_request(id, Some(Str::from("differential")), request, version)
            .unwrap_or_else(|error| panic!("encode {:?} v{version}: {error}", request.api_key()))
            .to_bytes()
            .expect("no files in requests");
        let answer = {
            let connection = self.connection();
            connection.send_raw(&frame).and_then(|()| connection.receive())
        };
        match answer {
            Ok(bytes) => {
                let key = request.api_key();
                match parse_response(Bytes::from(bytes.clone()), key, version) {
                    Ok((got, response, 0)) if got == id => Ok(response),
                    other => panic!("{key:?} v{version}: {other:?} in {}", to_hex(&bytes)),
                }
            }
            Err(error) => {
                self.connection = None;
                Err(outcome_of(&error))
            }
        }
    }

    /// Sends bytes on a connection of their own and reads what comes back.
    fn raw(&self, bytes: &[u8], finish: bool) -> Outcome {
        let mut connection = Connection::open(&self.node.bootstrap())
            .unwrap_or_else(|error| panic!("connect: {error}"));
        if connection.send_raw(bytes).is_err() {
            return Outcome::Closed;
        }
        if finish && connection.finish().is_err() {
            return Outcome::Closed;
        }
        match connection.receive() {
            Ok(answer) => {
                let port = to_hex(&i32::from(self.node.port()).to_be_bytes());
                let bytes = to_hex(&answer).replace(&port, "<port>");
                Outcome::Answer(BTreeMap::from([("bytes".to_owned(), bytes)]))
            }
            Err(error) => outcome_of(&error),
        }
    }

    /// The fields of an answer with this side's own values replaced by names.
    fn fields(&self, response: &Response) -> BTreeMap<String, String> {
        let mut debug = format!("{response:#?}");
        for (name, value) in &self.texts {
            if value.len() > 3 {
                debug = debug.replace(value.as_str(), &format!("<{name}>"));
            }
        }
        for (name, value) in &self.uuids {
            if !value.is_zero() {
                debug = debug.replace(&value.to_string(), &format!("<{name}>"));
            }
        }
        debug = debug.replace(&self.node.directory().display().to_string(), "<directory>");
        debug = debug.replace(&self.node.bootstrap(), "<bootstrap>");
        debug = debug.replace(&self.node.controller(), "<controller>");
        let port = self.node.port().to_string();
        let controller = self.node.controller();
        let controller_port = controller.rsplit(':').next().unwrap_or_default();
        let of_metadata_log = matches!(response, Response::DescribeQuorum(_));
        let mut fields = flatten(&debug);
        for (path, value) in &mut fields {
            let name = path.rsplit('.').next().unwrap_or_default();
            // The two logs of metadata hold the same changes in other records.
            let sign_only = SIGN_ONLY.contains(&name)
                || of_metadata_log
                    && ["log_end_offset", "high_watermark", "leader_epoch"].contains(&name);
            *value = without_clock(value);
            if name == "port" && *value == port {
                *value = "<port>".to_owned();
            } else if name == "port" && *value == controller_port {
                *value = "<controller port>".to_owned();
            } else if name == "subscription_id" {
                *value = "<any>".to_owned();
            } else if sign_only {
                let unset =
                    value.starts_with('-') || value == "0" || value == "AAAAAAAAAAAAAAAAAAAAAA";
                *value = if unset { "<unset>" } else { "<set>" }.to_owned();
            }
        }
        fields
    }
}

/// A text with every number that is a time of this year or later replaced.
fn without_clock(text: &str) -> String {
    let mut result = String::new();
    let mut digits = String::new();
    for one in text.chars().chain(std::iter::once('\n')) {
        if one.is_ascii_digit() {
            digits.push(one);
            continue;
        }
        let now = keld_testkit::now_ms();
        let is_now = digits.parse().is_ok_and(|time: i64| (time - now).abs() < 100_000_000_000);
        result.push_str(if is_now && text.starts_with('"') { "<time>" } else { &digits });
        digits.clear();
        result.push(one);
    }
    result.pop();
    result
}

fn outcome_of(error: &std::io::Error) -> Outcome {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Outcome::Silent,
        _ => Outcome::Closed,
    }
}

/// Both brokers, and what was found so far.
pub(crate) struct Pair {
    keld: Side,
    kafka: Side,
    deliberate: Vec<Deliberate>,
    requests: usize,
    unexplained: Vec<String>,
}

/// What the script found.
pub(crate) struct Report {
    pub(crate) requests: usize,
    pub(crate) unexplained: Vec<String>,
    pub(crate) unused: Vec<String>,
}

impl Pair {
    /// Starts both brokers.
    pub(crate) fn start() -> Self {
        Self {
            keld: Side::start(Broker::under_test()),
            kafka: Side::start(Broker::Kafka),
            deliberate: differences::read(),
            requests: 0,
            unexplained: Vec::new(),
        }
    }

    /// Sends a request to both and compares.
    pub(crate) fn ask<R: Into<Request>>(
        &mut self,
        name: &str,
        version: i16,
        build: impl Fn(&Side) -> R,
    ) {
        self.ask_then(name, version, build, |_, _| ());
    }

    /// Sends a request to both, keeps what it gives out, compares.
    pub(crate) fn ask_then<R: Into<Request>>(
        &mut self,
        name: &str,
        version: i16,
        build: impl Fn(&Side) -> R,
        keep: impl Fn(&mut Side, &Response),
    ) {
        self.requests += 1;
        let mut outcomes = Vec::new();
        let mut label = String::new();
        for side in [&mut self.keld, &mut self.kafka] {
            let request = build(side).into();
            label = format!("{:?} v{version} {name}", request.api_key());
            outcomes.push(match side.ask(&request, version) {
                Ok(response) => {
                    keep(side, &response);
                    Outcome::Answer(side.fields(&response))
                }
                Err(outcome) => outcome,
            });
        }
        self.compare(&label, &outcomes);
    }

    /// Sends a request to both until their answer satisfies `ready`, then compares.
    pub(crate) fn ask_until<R: Into<Request>>(
        &mut self,
        name: &str,
        version: i16,
        build: impl Fn(&Side) -> R,
        ready: impl Fn(&mut Side, &Response) -> bool,
    ) {
        for side in [&mut self.keld, &mut self.kafka] {
            keld_testkit::eventually(name, || {
                let request = build(side).into();
                match side.ask(&request, version) {
                    Ok(response) if ready(side, &response) => Ok(()),
                    other => Err(format!("{other:?}")),
                }
            });
        }
        self.ask(name, version, build);
    }

    /// Sends a request to which there is no answer; the connection must stay usable.
    pub(crate) fn tell<R: Into<Request>>(&mut self, version: i16, build: impl Fn(&Side) -> R) {
        self.requests += 1;
        for side in [&mut self.keld, &mut self.kafka] {
            side.correlation_id += 1;
            let frame = encode_request(side.correlation_id, None, &build(side).into(), version)
                .unwrap_or_else(|error| panic!("encode: {error}"))
                .to_bytes()
                .expect("no files in requests");
            side.connection().send_raw(&frame).expect("send");
        }
    }

    /// Sends bytes as they are, each on a new connection, and compares what comes back; then a
    /// valid request must work. `finish` says that nothing more will be sent.
    pub(crate) fn raw(&mut self, name: &str, bytes: &[u8], finish: bool) {
        self.requests += 1;
        let label = format!("raw {name}");
        let outcomes = [self.keld.raw(bytes, finish), self.kafka.raw(bytes, finish)];
        self.compare(&label, &outcomes);
        for side in [&self.keld, &self.kafka] {
            let valid =
                Connection::open(&side.node.bootstrap()).and_then(|mut open| open.answers());
            valid
                .unwrap_or_else(|error| panic!("after {label}: {:?}: {error}", side.node.broker()));
        }
    }

    fn compare(&mut self, label: &str, outcomes: &[Outcome]) {
        let [keld, kafka] = outcomes else { panic!("two outcomes") };
        if keld == kafka {
            return;
        }
        let (Outcome::Answer(ours), Outcome::Answer(theirs)) = (keld, kafka) else {
            if !differences::covers(&mut self.deliberate, label, "<outcome>") {
                let short = |outcome: &Outcome| {
                    format!("{outcome:?}").chars().take(300).collect::<String>()
                };
                self.unexplained.push(format!(
                    "{label}: keld {}, kafka {}",
                    short(keld),
                    short(kafka)
                ));
            }
            return;
        };
        let mut paths: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
        paths.sort();
        paths.dedup();
        for path in paths {
            let (one, two) = (ours.get(path), theirs.get(path));
            if one == two || differences::covers(&mut self.deliberate, label, path) {
                continue;
            }
            let show = |value: Option<&String>| {
                value.map_or("absent", String::as_str).chars().take(160).collect::<String>()
            };
            self.unexplained.push(format!(
                "{label}: {path}: keld {}, kafka {}",
                show(one),
                show(two)
            ));
        }
    }

    /// Ends both brokers and sums up.
    pub(crate) fn finish(self) -> Report {
        Report {
            requests: self.requests,
            unexplained: self.unexplained,
            unused: differences::unused(&self.deliberate),
        }
    }
}

/// Every version of an API.
pub(crate) fn versions(api_key: ApiKey) -> std::ops::RangeInclusive<i16> {
    let versions = api_key.versions();
    versions.min..=versions.max
}
