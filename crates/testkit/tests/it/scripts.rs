//! Keld's own scripts by link name, beside Kafka's from its jars, on one node: the same lines.
//!
//! `{n}` in a name is a letter of its own for either program, so that both can create and delete
//! on the same node; it is `N` in what is compared.

use crate::schema::Message;
use crate::seeded::Seeded;
use crate::support::unique;
use crate::value::{Schema, Shape, Struct, Value, put_varint};
use bytes::Bytes;
use keld_record::{BatchBuilder, Compression};
use keld_testkit::{Broker, NodeOptions, TestNode, ToolOutput, Tools, eventually, setup};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A script: its name and Kafka's main.
struct Script(&'static str, &'static str);

const TOPICS: Script = Script("kafka-topics", "org.apache.kafka.tools.TopicCommand");
const CONFIGS: Script = Script("kafka-configs", "kafka.admin.ConfigCommand");
const GROUPS: Script =
    Script("kafka-consumer-groups", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand");
const PRODUCER: Script = Script("kafka-console-producer", "org.apache.kafka.tools.ConsoleProducer");
const CONSUMER: Script =
    Script("kafka-console-consumer", "org.apache.kafka.tools.consumer.ConsoleConsumer");
const OFFSETS: Script = Script("kafka-get-offsets", "org.apache.kafka.tools.GetOffsetShell");
const DUMP: Script = Script("kafka-dump-log", "org.apache.kafka.tools.DumpLogSegments");
const REASSIGN: Script = Script(
    "kafka-reassign-partitions",
    "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
);
const ELECTION: Script =
    Script("kafka-leader-election", "org.apache.kafka.tools.LeaderElectionCommand");
const QUORUM: Script =
    Script("kafka-metadata-quorum", "org.apache.kafka.tools.MetadataQuorumCommand");
const FEATURES: Script = Script("kafka-features", "org.apache.kafka.tools.FeatureCommand");
const CLUSTER: Script = Script("kafka-cluster", "org.apache.kafka.tools.ClusterTool");
const LOG_DIRS: Script = Script("kafka-log-dirs", "org.apache.kafka.tools.LogDirsCommand");

/// How two outputs are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Compare {
    /// Status, standard output and standard error.
    All,
    /// The same, lines in any order: Kafka's is that of a hash map.
    Lines,
    /// Status and the first line of each stream: below it stands Kafka's help, or where in Java
    /// it failed, and Keld's own help or hint. Where Kafka says only what failed in Java, Keld may
    /// say it without the class, or give its hint.
    Message,
    /// As [`Message`](Self::Message), words in any order: Kafka lists a set, by chance.
    Words,
    /// Status and standard output, lines in any order: on the other stream Kafka logs.
    Logged,
}

struct Step {
    script: &'static Script,
    line: String,
    stdin: &'static str,
    compare: Compare,
    /// Repeated until the output holds this.
    until: Option<&'static str>,
}

/// Words of a command: `{b}` is the address, `{f}` a folder with files, `{n}` the program's letter.
fn step(script: &'static Script, line: &str) -> Step {
    let line = line.to_owned();
    Step { script, line, stdin: "", compare: Compare::All, until: None }
}

impl Step {
    fn input(mut self, text: &'static str) -> Self {
        self.stdin = text;
        self
    }

    fn by(mut self, compare: Compare) -> Self {
        self.compare = compare;
        self
    }

    fn until(mut self, text: &'static str) -> Self {
        self.until = Some(text);
        self
    }
}

fn topics() -> Vec<Step> {
    let topic = |rest: &str| step(&TOPICS, &format!("--bootstrap-server {{b}} {rest}"));
    let wrong = |rest: &str| topic(rest).by(Compare::Message);
    vec![
        topic("--create --topic first-{n} --partitions 3"),
        wrong("--create --topic first-{n} --partitions 3"),
        topic("--create --if-not-exists --topic first-{n}"),
        topic(
            "--create --topic second-{n} --config retention.ms=60000 --config cleanup.policy=compact",
        ),
        topic("--create --topic dotted.{n}"),
        wrong("--create --topic bad-{n} --config no.such=1"),
        wrong("--create --topic bad-{n} --config retention.ms"),
        wrong("--create --topic bad-{n} --replication-factor 2"),
        wrong("--create --topic bad-{n} --partitions 0"),
        wrong("--create --topic bad-{n} --partitions some"),
        wrong("--create --topic b@d-{n}"),
        wrong("--create"),
        wrong("--list --create --topic bad-{n}"),
        wrong("--topic first-{n}"),
        wrong("--list --no-such-option"),
        topic("--create --topic assigned-{n} --replica-assignment 1,1"),
        wrong("--create --topic bad-{n} --replica-assignment 1,7"),
        wrong("--create --topic bad-{n} --replica-assignment 1 --partitions 2"),
        topic("--list --topic .*-{n}").until("assigned-N"),
        topic("--describe --topic first-{n}").until("Partition: 2"),
        topic("--describe --topic second-{n}").until("Partition: 0"),
        topic("--describe --topic first-{n},second-{n}").by(Compare::Lines),
        wrong("--describe --topic missing-{n}"),
        topic("--describe --if-exists --topic missing-{n}"),
        topic("--describe --under-replicated-partitions"),
        topic("--describe --unavailable-partitions"),
        topic("--describe --under-min-isr-partitions"),
        topic("--describe --at-min-isr-partitions --topic first-{n}"),
        topic("--describe --topics-with-overrides --topic .*-{n}").by(Compare::Lines),
        topic("--alter --topic first-{n} --partitions 4"),
        wrong("--alter --topic first-{n} --partitions 2"),
        wrong("--alter --topic first-{n} --partitions 4"),
        wrong("--alter --topic missing-{n} --partitions 2"),
        topic("--alter --if-exists --topic missing-{n} --partitions 2"),
        topic("--delete --topic assigned-{n}"),
        wrong("--delete --topic assigned-{n}"),
        topic("--delete --if-exists --topic assigned-{n}"),
        topic("--version").by(Compare::Message),
        step(&TOPICS, "--list").by(Compare::Message),
    ]
}

fn configs() -> Vec<Step> {
    let config = |rest: &str| step(&CONFIGS, &format!("--bootstrap-server {{b}} {rest}"));
    let wrong = |rest: &str| config(rest).by(Compare::Message);
    let first = "--entity-type topics --entity-name first-{n}";
    vec![
        config(&format!("--alter {first} --add-config retention.ms=1234567,segment.bytes=2000000")),
        config(&format!("--describe {first}")).until("1234567"),
        config("--describe --topic first-{n}"),
        config(&format!("--describe --all {first}")),
        config(&format!("--alter {first} --delete-config segment.bytes")),
        config(&format!("--describe {first}")),
        config(&format!("--alter {first} --add-config cleanup.policy=[compact,delete]")),
        config(&format!("--describe {first}")).until("compact,delete"),
        config(&format!("--alter {first} --add-config-file {{f}}/topic.properties")),
        config(&format!("--describe {first}")).until("7654321"),
        wrong(&format!("--alter {first} --add-config no.such=1")),
        wrong(&format!("--alter {first} --delete-config no.such")),
        wrong(&format!("--alter {first} --add-config retention.ms=soon")),
        wrong(&format!("--alter {first} --add-config retention.ms")),
        wrong(&format!("--alter {first}")),
        wrong(&format!("--alter --describe {first}")),
        wrong(first),
        wrong("--alter --entity-type topics --add-config retention.ms=1"),
        wrong("--alter --entity-type topics --entity-name missing-{n} --add-config retention.ms=1"),
        wrong("--describe --entity-type topics --entity-name missing-{n}"),
        wrong("--describe --entity-type planets"),
        wrong("--describe"),
        config("--alter --entity-type brokers --entity-name 1 --add-config log.cleaner.threads=2"),
        config("--describe --entity-type brokers --entity-name 1")
            .until("log.cleaner.threads=2 sensitive"),
        config("--alter --broker 1 --delete-config log.cleaner.threads"),
        config("--alter --broker-defaults --add-config log.retention.ms=100000000"),
        config("--describe --entity-type brokers --entity-default")
            .until("log.retention.ms=100000000 sensitive"),
        config("--alter --entity-type brokers --entity-default --delete-config log.retention.ms"),
        wrong("--alter --entity-type brokers --entity-name 1 --add-config node.id=2"),
        wrong("--describe --entity-type brokers --entity-name one"),
        config("--alter --group some-{n} --add-config consumer.session.timeout.ms=50000"),
        config("--describe --entity-type groups --entity-name some-{n}").until("50000"),
        config("--alter --client-metrics sub-{n} --add-config interval.ms=5000"),
        config("--describe --client-metrics sub-{n}").until("5000"),
        config("--alter --client-metrics sub-{n} --delete-config interval.ms"),
    ]
}

fn records() -> Vec<Step> {
    let b = "--bootstrap-server {b}";
    let producer = |rest: &str| step(&PRODUCER, &format!("{b} {rest}"));
    let consumer = |rest: &str| step(&CONSUMER, &format!("{b} --timeout-ms 20000 {rest}"));
    let offsets = |rest: &str| step(&OFFSETS, &format!("{b} {rest}"));
    let keyed = "--reader-property parse.key=true --reader-property key.separator=:";
    let shown = "--formatter-property print.key=true --formatter-property print.offset=true \
        --formatter-property print.partition=true --formatter-property print.headers=true";
    vec![
        producer(&format!("--topic second-{{n}} {keyed}")).input("a:one\nb:two\na:three\n"),
        producer(&format!("--topic first-{{n}} --compression-codec zstd {keyed}"))
            .input("a:four\nb:five\nc:six\nd:seven\ne:eight\nf:nine\ng:ten\n"),
        producer(&format!(
            "--topic dotted.{{n}} {keyed} --reader-property parse.headers=true \
             --reader-property null.marker=NULL --request-required-acks all"
        ))
        .input("h1:v1,h2:v2\tk:v\nNULL\tNULL:w\n"),
        producer(&format!("--topic first-{{n}} {keyed}")).input("no key\n").by(Compare::Message),
        producer("").by(Compare::Message),
        consumer(&format!("--topic second-{{n}} --from-beginning --max-messages 3 {shown}")),
        consumer(&format!("--topic dotted.{{n}} --from-beginning --max-messages 2 {shown}")),
        consumer("--topic first-{n} --from-beginning --max-messages 7").by(Compare::Lines),
        consumer("--topic second-{n} --partition 0 --offset 1 --max-messages 1"),
        consumer("--topic second-{n} --partition 0 --offset earliest --max-messages 3"),
        consumer("--topic first-{n} --group readers-{n} --from-beginning --max-messages 7")
            .by(Compare::Lines),
        consumer("--topic first-{n} --include first.*").by(Compare::Message),
        consumer("--topic first-{n} --offset 1").by(Compare::Message),
        consumer("--topic first-{n} --partition 0 --offset some").by(Compare::Message),
        consumer("--topic first-{n} --from-beginning --partition 0 --offset 1")
            .by(Compare::Message),
        consumer("").by(Compare::Message),
        offsets("--topic second-{n}"),
        offsets("--topic first-{n}"),
        offsets("--topic .*-{n}"),
        offsets("--topic first-{n} --partitions 0,2"),
        offsets("--topic first-{n} --time earliest"),
        offsets("--topic second-{n} --time -2"),
        offsets("--topic dotted.{n} --time -1"),
        offsets("--topic second-{n} --time 0"),
        offsets("--topic-partitions second-{n}:0,first-{n}:1-3"),
        offsets("--topic missing-{n}").by(Compare::Message),
        offsets("--topic-partitions second-{n}:a").by(Compare::Message),
        offsets("--topic second-{n} --time soon").by(Compare::Message),
        offsets("--topic second-{n} --topic-partitions second-{n}:0").by(Compare::Message),
    ]
}

fn groups() -> Vec<Step> {
    let group = |rest: &str| step(&GROUPS, &format!("--bootstrap-server {{b}} {rest}"));
    let wrong = |rest: &str| group(rest).by(Compare::Message);
    let reset = |rest: &str| {
        let rest = format!("--group readers-{{n}} --reset-offsets {rest}");
        group(&rest).by(Compare::Lines)
    };
    vec![
        group("--describe --group readers-{n}").by(Compare::Lines),
        group("--describe --group readers-{n} --state"),
        group("--describe --group readers-{n} --state --verbose"),
        group("--describe --group readers-{n} --members"),
        group("--describe --group readers-{n} --members --verbose"),
        group("--describe --group readers-{n} --offsets --verbose").by(Compare::Lines),
        wrong("--describe --group missing-{n}"),
        wrong("--describe --group missing-{n} --state"),
        wrong("--describe --group missing-{n} --members"),
        reset("--topic first-{n} --to-earliest --dry-run"),
        reset("--topic first-{n} --to-earliest"),
        reset("--topic first-{n} --to-earliest --execute"),
        reset("--topic first-{n} --to-latest --execute"),
        reset("--topic first-{n} --shift-by -2 --execute").by(Compare::Logged),
        reset("--topic first-{n} --shift-by 100 --execute").by(Compare::Logged),
        reset("--topic first-{n}:0 --to-offset 1 --execute"),
        reset("--topic first-{n}:0 --to-offset 100000 --execute").by(Compare::Logged),
        reset("--topic first-{n} --to-current --execute"),
        reset("--topic first-{n} --to-datetime 2001-01-01T00:00:00.000 --execute"),
        reset("--topic first-{n} --to-datetime 2201-01-01T00:00:00.000+01:00 --execute"),
        reset("--topic first-{n} --by-duration P1D --execute"),
        reset("--topic first-{n}:0,1 --to-earliest --export"),
        reset("--from-file {f}/offsets-{n}.csv --execute"),
        reset("--all-topics --to-latest --dry-run"),
        reset("--topic missing-{n} --to-earliest --execute").by(Compare::Message),
        reset("--topic first-{n}:77 --to-earliest --execute").by(Compare::Message),
        reset("--topic first-{n}").by(Compare::Words),
        reset("--to-earliest").by(Compare::Message),
        reset("--topic first-{n} --to-earliest --to-latest").by(Compare::Message),
        reset("--topic first-{n} --to-earliest --execute --dry-run").by(Compare::Message),
        reset("--topic first-{n} --to-datetime yesterday").by(Compare::Message),
        reset("--topic first-{n} --by-duration long").by(Compare::Message),
        wrong("--reset-offsets --topic first-{n} --to-earliest").by(Compare::Words),
        group("--group readers-{n} --delete-offsets --topic first-{n}:1"),
        group("--describe --group readers-{n} --offsets").by(Compare::Lines),
        group("--group readers-{n} --delete-offsets --topic missing-{n}").by(Compare::Message),
        wrong("--group readers-{n} --delete-offsets").by(Compare::Words),
        wrong("--delete --group missing-{n}"),
        group("--delete --group readers-{n}"),
        wrong("--describe --group readers-{n}"),
        wrong("--list --describe").by(Compare::Words),
        wrong("--list --state nowhere").by(Compare::Words),
        wrong("--list --type nothing").by(Compare::Words),
        wrong("--describe").by(Compare::Words),
        wrong("--delete").by(Compare::Words),
        group("--list --state Dead"),
        group("--validate-regex first.*"),
        wrong("--validate-regex ["),
    ]
}

/// The tools for clusters; on one node, so what moves is an order or nothing.
fn cluster() -> Vec<Step> {
    let reassign = |rest: &str| step(&REASSIGN, &format!("--bootstrap-server {{b}} {rest}"));
    let elect = |rest: &str| step(&ELECTION, &format!("--bootstrap-server {{b}} {rest}"));
    let quorum = |rest: &str| step(&QUORUM, &format!("--bootstrap-server {{b}} {rest}"));
    let features = |rest: &str| step(&FEATURES, &format!("--bootstrap-server {{b}} {rest}"));
    let cluster = |rest: &str| step(&CLUSTER, &format!("{rest} --bootstrap-server {{b}}"));
    let dirs = |rest: &str| step(&LOG_DIRS, &format!("--bootstrap-server {{b}} {rest}"));
    let wrong = |step: Step| step.by(Compare::Message);
    vec![
        reassign("--list"),
        reassign("--generate --topics-to-move-json-file {f}/move-{n}.json --broker-list 1"),
        wrong(reassign(
            "--generate --topics-to-move-json-file {f}/move-{n}.json --broker-list 1,1",
        )),
        reassign("--execute --reassignment-json-file {f}/plan-{n}.json"),
        reassign("--verify --reassignment-json-file {f}/plan-{n}.json").until("completed"),
        reassign("--verify --preserve-throttles --reassignment-json-file {f}/plan-{n}.json"),
        reassign("--cancel --reassignment-json-file {f}/plan-{n}.json"),
        wrong(reassign("--execute --reassignment-json-file {f}/unknown-{n}.json")),
        wrong(reassign("--execute --reassignment-json-file {f}/twice-{n}.json")),
        wrong(reassign("--execute --reassignment-json-file {f}/empty.json")),
        wrong(reassign("--execute")),
        wrong(reassign("--list --throttle 5")),
        wrong(reassign("--list --verify")),
        wrong(step(&REASSIGN, "--list")),
        elect("--election-type preferred --topic first-{n} --partition 0"),
        wrong(elect("--election-type preferred --topic missing-{n} --partition 0")),
        wrong(elect("--election-type preferred --topic first-{n}")),
        wrong(elect("--election-type preferred")),
        wrong(step(&ELECTION, "--election-type preferred --all-topic-partitions")),
        wrong(quorum("describe")),
        wrong(quorum("describe --status --replication")),
        wrong(quorum("describe --status --human-readable")),
        wrong(quorum("add-controller")),
        wrong(quorum("remove-controller --controller-id -1 --controller-directory-id x")),
        features("describe"),
        features("version-mapping --release-version 4.0-IV3"),
        features(
            "feature-dependencies --feature transaction.version=2 --feature metadata.version=25",
        ),
        wrong(features("feature-dependencies --feature no.such=1")),
        wrong(features("upgrade")),
        wrong(features("upgrade --feature metadata.version")),
        wrong(features("downgrade --feature metadata.version=7 --dry-run")),
        features("upgrade --feature group.version=1 --dry-run"),
        cluster("cluster-id"),
        cluster("list-endpoints"),
        cluster("list-endpoints --include-fenced-brokers"),
        wrong(cluster("unregister --id 77")),
        wrong(dirs("--describe --broker-list 1,9")),
    ]
}

/// One of the two programs.
enum Program {
    Kafka(Tools),
    /// The folder with the links.
    Keld(PathBuf),
}

impl Program {
    const fn letter(&self) -> &'static str {
        match self {
            Self::Kafka(_) => "x",
            Self::Keld(_) => "y",
        }
    }

    fn run(&mut self, script: &Script, arguments: &[String], stdin: &str, at: &Path) -> ToolOutput {
        match self {
            Self::Kafka(tools) => tools.run(script.1, arguments, stdin),
            Self::Keld(links) => {
                let input = at.join(unique("input"));
                fs::write(&input, stdin).expect("a file");
                let output = Command::new(links.join(script.0))
                    .args(arguments)
                    .env("TZ", "UTC")
                    .stdin(Stdio::from(fs::File::open(&input).expect("a file")))
                    .output()
                    .expect("the script runs");
                ToolOutput {
                    status: output.status.code().map_or(-1, i64::from),
                    stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
                    stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
                }
            }
        }
    }
}

fn programs(folder: &Path) -> [Program; 2] {
    let binary = setup::keld_binary().unwrap_or_else(|error| panic!("{error:#}"));
    let all = [
        &TOPICS, &CONFIGS, &GROUPS, &PRODUCER, &CONSUMER, &OFFSETS, &DUMP, &REASSIGN, &ELECTION,
        &QUORUM, &FEATURES, &CLUSTER, &LOG_DIRS,
    ];
    for script in all {
        symlink(&binary, folder.join(script.0)).expect("a link");
    }
    let tools = Tools::start().unwrap_or_else(|error| panic!("start the tools: {error:#}"));
    [Program::Kafka(tools), Program::Keld(folder.to_owned())]
}

/// The output without what is of this node, this time and this program.
fn normal(node: &TestNode, letter: &str, output: &ToolOutput) -> ToolOutput {
    let clean = |text: &str| {
        let mut text = text.replace(&node.bootstrap(), "<bootstrap>");
        for (before, after) in [("-", ""), (".", "")] {
            text = text.replace(&format!("{before}{letter}{after}"), &format!("{before}N{after}"));
        }
        text.lines()
            .filter(|line| !line.starts_with("SLF4J") && !line.contains("StatusConsoleListener"))
            // Keld's consumer does not advertise the other protocol.
            .filter(|line| !line.starts_with("The consumer rebalance protocol (KIP-848)"))
            .map(|line| {
                let mut before = "";
                let words = line.split([' ', '\t']).map(|word| {
                    let shown = match before {
                        "TopicId:" if word.len() == 22 => "<id>",
                        _ => word,
                    };
                    before = word;
                    shown
                });
                words.collect::<Vec<_>>().join(" ").trim_end().to_owned()
            })
            .collect::<Vec<String>>()
            .join("\n")
    };
    ToolOutput {
        status: output.status,
        stdout: clean(&output.stdout),
        stderr: clean(&output.stderr),
    }
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn first_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim()
}

fn is_same_complaint(kafka: &str, keld: &str) -> bool {
    let java = kafka
        .rsplit_once("Exception: ")
        .filter(|(class, _)| class.starts_with("org.apache.kafka.") || class.starts_with("java."));
    match java {
        None => kafka == keld,
        Some((_, message)) => keld == message || keld.is_empty() || keld.starts_with("hint: "),
    }
}

fn is_same(compare: Compare, one: &ToolOutput, two: &ToolOutput) -> bool {
    one.status == two.status
        && match compare {
            Compare::All => one == two,
            Compare::Lines => {
                sorted(&one.stdout) == sorted(&two.stdout)
                    && sorted(&one.stderr) == sorted(&two.stderr)
            }
            Compare::Message => {
                first_line(&one.stdout) == first_line(&two.stdout)
                    && is_same_complaint(first_line(&one.stderr), first_line(&two.stderr))
            }
            Compare::Words => {
                let words = |text| {
                    let line = first_line(text).replace([',', ']', '['], " ");
                    let mut words: Vec<String> =
                        line.split_whitespace().map(str::to_owned).collect();
                    words.sort_unstable();
                    words
                };
                words(&one.stdout) == words(&two.stdout) && words(&one.stderr) == words(&two.stderr)
            }
            Compare::Logged => sorted(&one.stdout) == sorted(&two.stdout),
        }
}

fn report(name: &str, line: &str, kafka: &ToolOutput, keld: &ToolOutput) -> String {
    format!(
        "{name} {line}\n--- kafka {}\n{}\n--\n{}\n--- keld {}\n{}\n--\n{}\n",
        kafka.status, kafka.stdout, kafka.stderr, keld.status, keld.stdout, keld.stderr
    )
}

#[test]
fn the_scripts_say_what_kafkas_say() {
    let node = TestNode::started(Broker::under_test(), NodeOptions::default())
        .unwrap_or_else(|error| panic!("start the node: {error:#}"));
    let folder = node.directory().join("scripts");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("topic.properties"), "retention.ms=7654321\n").expect("a file");
    let mut programs = programs(&folder);
    for program in &programs {
        let n = program.letter();
        let csv = format!("first-{n},0,0\nfirst-{n},1,0\n");
        fs::write(folder.join(format!("offsets-{n}.csv")), csv).expect("a file");
        let plan = |name: &str, partitions: &[&str]| {
            let partitions: Vec<String> = partitions
                .iter()
                .map(|rest| format!("{{\"topic\":\"first-{n}\",{rest}}}"))
                .collect();
            let text = format!("{{\"version\":1,\"partitions\":[{}]}}", partitions.join(","));
            fs::write(folder.join(name), text).expect("a file");
        };
        let stays = "\"partition\":1,\"replicas\":[1]";
        plan(&format!("plan-{n}.json"), &[stays]);
        plan(&format!("twice-{n}.json"), &[stays, stays]);
        plan(&format!("unknown-{n}.json"), &["\"partition\":1,\"replicas\":[7]"]);
        plan("empty.json", &[]);
        let topics = format!("{{\"version\":1,\"topics\":[{{\"topic\":\"first-{n}\"}}]}}");
        fs::write(folder.join(format!("move-{n}.json")), topics).expect("a file");
    }
    let steps: Vec<Step> =
        [topics(), configs(), records(), groups(), cluster()].into_iter().flatten().collect();
    let mut different = Vec::new();
    for step in &steps {
        let run = |program: &mut Program| {
            let letter = program.letter();
            let arguments: Vec<String> = step
                .line
                .split_whitespace()
                .map(|word| {
                    word.replace("{b}", &node.bootstrap())
                        .replace("{f}", &folder.to_string_lossy())
                        .replace("{n}", letter)
                })
                .collect();
            let mut once = || {
                let output = program.run(step.script, &arguments, step.stdin, &folder);
                normal(&node, letter, &output)
            };
            match step.until {
                None => once(),
                Some(wanted) => eventually(&format!("{wanted} by {arguments:?}"), || {
                    let output = once();
                    if output.stdout.contains(wanted) {
                        Ok(output)
                    } else {
                        Err(format!("{output:?}"))
                    }
                }),
            }
        };
        let [kafka, keld] = &mut programs;
        let (kafka, keld) = (run(kafka), run(keld));
        if !is_same(step.compare, &kafka, &keld) {
            different.push(report(step.script.0, &step.line, &kafka, &keld));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

/// Every file of every partition that a node left, and files with records of every kind.
#[test]
fn the_dump_of_every_file_is_kafkas() {
    let mut node = TestNode::started(Broker::under_test(), NodeOptions::default())
        .unwrap_or_else(|error| panic!("start the node: {error:#}"));
    let folder = node.directory().join("scripts");
    fs::create_dir(&folder).expect("a folder");
    let mut programs = programs(&folder);
    let [_, keld] = &mut programs;
    let b = node.bootstrap();
    let mut keld_does = |script: &Script, line: &str, stdin: &str| {
        let line = format!("--bootstrap-server {b} {line}");
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let output = keld.run(script, &arguments, stdin, &folder);
        assert_eq!(output.status, 0, "{line}: {output:?}");
    };
    keld_does(&TOPICS, "--create --topic orders --partitions 2 --config retention.ms=777000", "");
    keld_does(&TOPICS, "--create --topic gone", "");
    keld_does(&TOPICS, "--delete --topic gone", "");
    keld_does(&CONFIGS, "--alter --topic orders --add-config segment.bytes=2000000", "");
    keld_does(&CONFIGS, "--alter --broker 1 --add-config log.retention.ms=100000000", "");
    keld_does(&CONFIGS, "--alter --group shown --add-config consumer.session.timeout.ms=50000", "");
    keld_does(&PRODUCER, "--topic orders --compression-codec lz4", "one\ntwo\nthree\n");
    let reads = "--topic orders --group shown --from-beginning --max-messages 3 --timeout-ms 20000";
    keld_does(&CONSUMER, reads, "");
    keld_does(&GROUPS, "--group shown --reset-offsets --all-topics --to-earliest --execute", "");
    keld_does(&GROUPS, "--group shown --delete-offsets --topic orders:0", "");
    node.stop().expect("a clean stop");

    let metadata = ["--cluster-metadata-decoder"];
    let offsets = ["--offsets-decoder"];
    let mut different = Vec::new();
    let mut dumped = String::new();
    let mut compare = |file: &Path, options: &[&str]| {
        let file = file.to_string_lossy().into_owned();
        let words = options.iter().copied().chain(["--files", &file]);
        let arguments: Vec<String> = words.map(str::to_owned).collect();
        let [kafka, keld] =
            programs.each_mut().map(|program| program.run(&DUMP, &arguments, "", &folder));
        let [kafka, keld] = [kafka, keld].map(|output| normal(&node, "none", &output));
        if kafka != keld {
            different.push(report(DUMP.0, &format!("{arguments:?}"), &kafka, &keld));
        }
        dumped.push_str(&keld.stdout);
    };
    let mut files = 0;
    for partition in fs::read_dir(node.log_dir()).expect("the data directory") {
        let partition = partition.expect("an entry").path();
        if !partition.is_dir() {
            continue;
        }
        let name = partition.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let options: &[&str] = match name {
            "__cluster_metadata-0" => &metadata,
            name if name.starts_with("__consumer_offsets") => &offsets,
            _ => &["--print-data-log"],
        };
        for file in fs::read_dir(&partition).expect("a partition") {
            let file = file.expect("an entry").path();
            let kind = file.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            if matches!(kind, "log" | "checkpoint" | "index" | "timeindex" | "snapshot") {
                compare(&file, options);
                files += 1;
            }
        }
    }
    let bootstrap = node.log_dir().join("bootstrap.checkpoint");
    if bootstrap.exists() {
        compare(&bootstrap, &metadata);
    }
    for (name, file, options) in written(&folder) {
        compare(&file, &[name]);
        compare(&file, &[name, "--skip-record-metadata"]);
        files += 1;
        assert!(options > 10, "{name}: {options} records");
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
    assert!(files > 8, "{files} files: fewer than the written logs, the metadata and the records");
    for text in [
        "\"type\":\"REGISTER_BROKER_RECORD\"",
        "\"type\":\"CONFIG_RECORD\"",
        "\"type\":\"REMOVE_TOPIC_RECORD\"",
        "payload: three",
        "\"subscription\":{\"topics\":[\"orders\"]",
        "payload: <DELETE>",
        "COPY_SEGMENT_FINISHED",
    ] {
        assert!(dumped.contains(text), "no {text} in what was dumped");
    }
}

/// A log for each decoder with records of every kind and version: option, file, records.
fn written(folder: &Path) -> Vec<(&'static str, PathBuf, usize)> {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wire/schemas");
    let read = |group: &str| -> Vec<Message> {
        let files = fs::read_dir(schemas.join(group)).expect("schemas");
        let mut paths: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
        paths.sort();
        let text = |path: &PathBuf| fs::read_to_string(path).expect("a schema");
        paths.iter().map(|path| Message::parse(&text(path)).expect("a schema")).collect()
    };
    let logs = [
        ("--cluster-metadata-decoder", framed_records(&read("metadata_records"))),
        ("--remote-log-metadata-decoder", remote_records(&read("storage_records"))),
        (
            "--offsets-decoder",
            keyed_records(&read("coordinator_records"), |name| {
                !name.starts_with("TransactionLog")
                    && !name.starts_with("ShareSnapshot")
                    && !name.starts_with("ShareUpdate")
            }),
        ),
        (
            "--transaction-log-decoder",
            keyed_records(&read("coordinator_records"), |name| name.starts_with("TransactionLog")),
        ),
        (
            "--share-group-state-decoder",
            keyed_records(&read("coordinator_records"), |name| {
                name.starts_with("ShareSnapshot") || name.starts_with("ShareUpdate")
            }),
        ),
    ];
    let mut files = Vec::new();
    for (option, records) in logs {
        let mut builder = BatchBuilder::new(Compression::None);
        for (key, value) in &records {
            builder
                .append(1_700_000_000_000, key.as_deref(), value.as_deref(), &[])
                .expect("it fits");
        }
        let at = folder.join(unique("log"));
        fs::create_dir(&at).expect("a folder");
        let file = at.join("00000000000000000000.log");
        fs::write(&file, builder.finish().expect("a batch")).expect("a file");
        files.push((option, file, records.len()));
    }
    files
}

type KeyAndValue = (Option<Bytes>, Option<Bytes>);

fn random(message: &Message, version: i16, seed: u64) -> Vec<u8> {
    let schema = Schema { message, version };
    let shape = Shape { unknown_tags: false, elements_max: 3 };
    schema.bytes(&schema.random(&mut Seeded::of(&message.name, seed), shape))
}

fn framed(message: &Message, version: i16, body: &[u8]) -> KeyAndValue {
    let mut value = Vec::new();
    for number in [1, message.key.unwrap_or_default(), version] {
        put_varint(&mut value, usize::try_from(number).expect("small"));
    }
    value.extend(body);
    (None, Some(value.into()))
}

fn framed_records(messages: &[Message]) -> Vec<KeyAndValue> {
    let mut records = Vec::new();
    for message in messages {
        for version in message.versions.each() {
            for seed in 0..4 {
                records.push(framed(message, version, &random(message, version, seed)));
            }
        }
    }
    // Frames of the past and the future, a type that does not exist, bytes that are too many.
    let broken: [&[u8]; 5] =
        [&[0, 20, 0, 0], &[2, 20, 0, 0], &[1, 99, 0, 0], &[1, 20, 0, 0, 7], &[1]];
    records.extend(broken.map(|value| (None, Some(Bytes::copy_from_slice(value)))));
    records
}

fn keyed_records(messages: &[Message], is_wanted: fn(&str) -> bool) -> Vec<KeyAndValue> {
    let mut records = Vec::new();
    let with_version = |version: i16, body: Vec<u8>| {
        let bytes: Vec<u8> = version.to_be_bytes().into_iter().chain(body).collect();
        Some(Bytes::from(bytes))
    };
    for key in messages.iter().filter(|key| key.kind == "coordinator-key" && is_wanted(&key.name)) {
        let kind = key.key.unwrap_or_default();
        let value = messages.iter().find(|value| {
            value.kind == "coordinator-value" && value.key == key.key && is_wanted(&value.name)
        });
        let value = value.expect("a key has a value");
        for version in value.versions.each() {
            for seed in 0..4 {
                let key = with_version(kind, random(key, 0, seed));
                records.push((key, with_version(version, random(value, version, seed))));
            }
        }
        records.push((with_version(kind, random(key, 0, 9)), None));
        let unknown = with_version(value.versions.max + 1, Vec::new());
        records.push((with_version(kind, random(key, 0, 9)), unknown));
    }
    records.push((with_version(99, Vec::new()), with_version(0, Vec::new())));
    records.push((Some(Bytes::from_static(&[0])), None));
    records
}

fn remote_records(messages: &[Message]) -> Vec<KeyAndValue> {
    let mut records = Vec::new();
    for message in messages.iter().filter(|message| message.name.starts_with("Remote")) {
        for (seed, state) in [(0, 0), (1, 1), (2, 2), (3, 0)] {
            let schema = Schema { message, version: 0 };
            let shape = Shape { unknown_tags: false, elements_max: 3 };
            let mut value = schema.random(&mut Seeded::of(&message.name, seed), shape);
            // What the classes of tiered storage refuse stays out: their words are Java's.
            for (field, value) in schema.present(&message.fields).zip(&mut value.fields) {
                match field.name.as_str() {
                    "StartOffset" => *value = Value::Int(5),
                    "EndOffset" => *value = Value::Int(5000),
                    "SegmentLeaderEpochs" if seed < 3 => {
                        let epoch = |epoch: i64| {
                            let fields = vec![Value::Int(epoch), Value::Int(epoch * 100)];
                            Value::Struct(Struct { fields, unknown: Vec::new() })
                        };
                        *value = Value::Array(vec![epoch(17), epoch(2), epoch(40)]);
                    }
                    "SegmentLeaderEpochs" => *value = Value::Array(Vec::new()),
                    "RemoteLogSegmentState" | "RemotePartitionDeleteState" => {
                        *value = Value::Int(state);
                    }
                    _ => {}
                }
            }
            records.push(framed(message, 0, &schema.bytes(&value)));
        }
    }
    records
}
