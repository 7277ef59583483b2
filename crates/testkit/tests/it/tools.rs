//! Kafka's own tools and kcat: the same commands on Keld and on Apache Kafka, the same output.

use crate::support::unique;
use keld_testkit::{Broker, NodeOptions, TestNode, ToolOutput, Tools, eventually, setup};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const TOPIC: &str = "org.apache.kafka.tools.TopicCommand";
const CONFIG: &str = "kafka.admin.ConfigCommand";
const GROUP: &str = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
const GROUPS: &str = "org.apache.kafka.tools.GroupsCommand";
const PRODUCER: &str = "org.apache.kafka.tools.ConsoleProducer";
const CONSUMER: &str = "org.apache.kafka.tools.consumer.ConsoleConsumer";
const OFFSETS: &str = "org.apache.kafka.tools.GetOffsetShell";
const DELETE_RECORDS: &str = "org.apache.kafka.tools.DeleteRecordsCommand";
const LOG_DIRS: &str = "org.apache.kafka.tools.LogDirsCommand";
const API_VERSIONS: &str = "org.apache.kafka.tools.BrokerApiVersionsCommand";
const QUORUM: &str = "org.apache.kafka.tools.MetadataQuorumCommand";
const CLUSTER: &str = "org.apache.kafka.tools.ClusterTool";
const FEATURE: &str = "org.apache.kafka.tools.FeatureCommand";
const DUMP: &str = "org.apache.kafka.tools.DumpLogSegments";
const SHELL: &str = "org.apache.kafka.shell.MetadataShell";
const COMPATIBILITY: &str = "org.apache.kafka.tools.ClientCompatibilityTest";
const VERIFIABLE_PRODUCER: &str = "org.apache.kafka.tools.VerifiableProducer";
const VERIFIABLE_CONSUMER: &str = "org.apache.kafka.tools.VerifiableConsumer";

/// How two outputs of one command are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Compare {
    /// Status and output.
    Output,
    /// Status and output, lines in any order.
    Lines,
    /// The status only: the output is of this node, this time.
    Status,
}

struct Step {
    main: &'static str,
    arguments: Vec<String>,
    stdin: String,
    compare: Compare,
    /// The answer needs time: repeated until the output holds this.
    until: Option<&'static str>,
}

/// Words of a command: `{b}` is the address, `{d}` the node's folder, `{f}` a folder for files,
/// `{acls}` whether the broker has the API DescribeAcls: Keld does not advertise it before it has an
/// authorizer, Kafka without one answers that security is disabled.
fn step(main: &'static str, line: &str) -> Step {
    Step {
        main,
        arguments: line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
        stdin: String::new(),
        compare: Compare::Output,
        until: None,
    }
}

impl Step {
    fn input(mut self, text: &str) -> Self {
        self.stdin = text.to_owned();
        self
    }

    fn compare(mut self, compare: Compare) -> Self {
        self.compare = compare;
        self
    }

    fn until(mut self, text: &'static str) -> Self {
        self.until = Some(text);
        self
    }
}

fn steps() -> Vec<Step> {
    let mut steps = topics_and_configs();
    steps.extend(records_and_offsets());
    steps.extend(groups());
    steps.extend(node());
    steps
}

fn topics_and_configs() -> Vec<Step> {
    let b = "--bootstrap-server {b}";
    let topic = |rest: &str| step(TOPIC, &format!("{b} {rest}"));
    let config = |rest: &str| step(CONFIG, &format!("{b} {rest}"));
    vec![
        topic("--create --topic first --partitions 3"),
        topic("--create --topic first --partitions 3"),
        topic("--create --if-not-exists --topic first"),
        topic(
            "--create --topic second --config retention.ms=60000 --config cleanup.policy=compact",
        ),
        topic("--create --topic second.dot"),
        topic("--create --topic bad --config no.such=1"),
        topic("--create --topic bad --replication-factor 2"),
        topic("--create --topic bad --partitions 0"),
        topic("--create --topic b@d"),
        topic("--create --topic assigned --replica-assignment 1,1"),
        topic("--list").until("second"),
        topic("--list --exclude-internal"),
        topic("--describe --topic first"),
        topic("--describe --topic second"),
        topic("--describe --topic missing"),
        topic("--describe --topics-with-overrides"),
        topic("--describe --under-replicated-partitions"),
        topic("--describe --unavailable-partitions"),
        topic("--alter --topic first --partitions 4"),
        topic("--alter --topic first --partitions 2"),
        topic("--alter --topic missing --partitions 2"),
        topic("--delete --topic assigned"),
        topic("--delete --topic assigned"),
        topic("--delete --if-exists --topic assigned"),
        config(
            "--alter --entity-type topics --entity-name first --add-config retention.ms=1234567,segment.bytes=2000000",
        ),
        config("--describe --entity-type topics --entity-name first").until("1234567"),
        config("--describe --all --entity-type topics --entity-name first"),
        config("--alter --entity-type topics --entity-name first --delete-config segment.bytes"),
        config("--describe --entity-type topics --entity-name first"),
        config("--describe --entity-type topics"),
        config("--alter --entity-type topics --entity-name first --add-config no.such=1"),
        config("--alter --entity-type topics --entity-name first --delete-config no.such"),
        config("--alter --entity-type topics --entity-name first --add-config retention.ms=soon"),
        config("--alter --entity-type topics --entity-name missing --add-config retention.ms=1"),
        config("--alter --entity-type brokers --entity-name 1 --add-config log.cleaner.threads=2"),
        config("--describe --entity-type brokers --entity-name 1")
            .until("log.cleaner.threads=2 sensitive"),
        config(
            "--alter --entity-type brokers --entity-default --add-config log.retention.ms=100000000",
        ),
        config("--describe --entity-type brokers --entity-default")
            .until("log.retention.ms=100000000 sensitive"),
        config("--alter --entity-type brokers --entity-default --delete-config log.retention.ms"),
        config("--alter --entity-type brokers --entity-name 1 --delete-config log.cleaner.threads"),
        config("--alter --entity-type brokers --entity-name 1 --add-config node.id=2"),
        config(
            "--alter --entity-type groups --entity-name some --add-config consumer.session.timeout.ms=50000",
        ),
        config("--describe --entity-type groups --entity-name some").until("50000"),
    ]
}

fn records_and_offsets() -> Vec<Step> {
    let b = "--bootstrap-server {b}";
    let keyed = "--property parse.key=true --property key.separator=:";
    let offsets = |rest: &str| step(OFFSETS, &format!("{b} {rest}"));
    vec![
        step(PRODUCER, &format!("{b} --topic second {keyed}"))
            .input("a:one\nb:two\na:three\n")
            .compare(Compare::Status),
        step(PRODUCER, &format!("{b} --topic first --compression-codec zstd {keyed}"))
            .input("a:four\nb:five\nc:six\nd:seven\ne:eight\nf:nine\ng:ten\n")
            .compare(Compare::Status),
        step(
            CONSUMER,
            &format!(
                "{b} --topic second --from-beginning --max-messages 3 --timeout-ms 20000 --property print.key=true --property print.offset=true --property print.partition=true"
            ),
        ),
        step(
            CONSUMER,
            &format!("{b} --topic first --from-beginning --max-messages 7 --timeout-ms 20000"),
        )
        .compare(Compare::Lines),
        step(
            CONSUMER,
            &format!(
                "{b} --topic second --partition 0 --offset 1 --max-messages 1 --timeout-ms 20000"
            ),
        ),
        offsets("--topic second"),
        offsets("--topic second --time earliest"),
        offsets("--topic second --time -2"),
        offsets("--topic second --time max-timestamp").compare(Compare::Status),
        offsets("--topic second --time 0"),
        offsets("--topic-partitions second:0"),
        offsets("--topic missing"),
        step(DELETE_RECORDS, &format!("{b} --offset-json-file {{f}}/delete.json")),
        offsets("--topic second --time earliest"),
    ]
}

fn groups() -> Vec<Step> {
    let b = "--bootstrap-server {b}";
    let group = |rest: &str| step(GROUP, &format!("{b} {rest}"));
    let reset = |rest: &str| group(&format!("--group readers --reset-offsets {rest}"));
    vec![
        step(CONSUMER, &format!("{b} --topic first --group readers --from-beginning --max-messages 7 --timeout-ms 20000"))
            .compare(Compare::Lines),
        group("--list").until("readers").compare(Compare::Lines),
        group("--list --state").until("Empty").compare(Compare::Lines),
        group("--list --type").compare(Compare::Lines),
        group("--describe --group readers").compare(Compare::Lines),
        group("--describe --group readers --state"),
        group("--describe --group readers --members"),
        group("--describe --group readers --members --verbose"),
        group("--describe --group readers --offsets --verbose").compare(Compare::Lines),
        group("--describe --group missing"),
        group("--describe --all-groups --state").compare(Compare::Lines),
        reset("--topic first --to-earliest --dry-run").compare(Compare::Lines),
        reset("--topic first --to-earliest --execute").compare(Compare::Lines),
        reset("--topic first --to-latest --execute").compare(Compare::Lines),
        reset("--topic first --shift-by -2 --execute").compare(Compare::Lines),
        reset("--topic first --shift-by 100 --execute").compare(Compare::Lines),
        reset("--topic first:0 --to-offset 1 --execute"),
        reset("--topic first:0 --to-offset 100000 --execute"),
        reset("--topic first --to-current --execute").compare(Compare::Lines),
        reset("--topic first --to-datetime 2001-01-01T00:00:00.000 --execute").compare(Compare::Lines),
        reset("--topic first --to-datetime 2201-01-01T00:00:00.000 --execute").compare(Compare::Lines),
        reset("--topic first --by-duration P1D --execute").compare(Compare::Lines),
        reset("--topic first:0,1 --to-earliest --export").compare(Compare::Lines),
        reset("--from-file {f}/offsets.csv --execute").compare(Compare::Lines),
        reset("--all-topics --to-latest --dry-run").compare(Compare::Lines),
        reset("--topic missing --to-earliest --execute"),
        group("--group readers --delete-offsets --topic first:1"),
        group("--describe --group readers --offsets").compare(Compare::Lines),
        group("--group readers --delete-offsets --topic missing"),
        group("--delete --group missing"),
        group("--delete --group readers"),
        group("--describe --group readers"),
        group("--list").compare(Compare::Lines),
        step(GROUPS, &format!("{b} --list")).compare(Compare::Lines),
        step(VERIFIABLE_PRODUCER, &format!("{b} --topic first --max-messages 200 --acks -1"))
            .compare(Compare::Status),
        step(VERIFIABLE_CONSUMER, &format!("{b} --topic first --group-id verified --max-messages 207 --reset-policy earliest"))
            .compare(Compare::Status),
        group("--describe --group verified --offsets").compare(Compare::Status),
        step(COMPATIBILITY, &format!("{b} --topic second.dot --num-cluster-nodes 1 --offsets-for-times-supported true --cluster-id-supported true --expect-record-too-large-exception false --create-topics-supported true --describe-acls-supported {{acls}} --describe-configs-supported true --idempotent-producer-supported true")),
    ]
}

fn node() -> Vec<Step> {
    let b = "--bootstrap-server {b}";
    vec![
        step(LOG_DIRS, &format!("{b} --describe --topic-list second")),
        step(LOG_DIRS, &format!("{b} --describe --topic-list missing")),
        step(LOG_DIRS, &format!("{b} --describe --broker-list 1")).compare(Compare::Status),
        step(LOG_DIRS, &format!("{b} --describe --broker-list 9")),
        step(API_VERSIONS, b).compare(Compare::Status),
        step(QUORUM, &format!("{b} describe --status")).compare(Compare::Status),
        step(QUORUM, &format!("{b} describe --replication")).compare(Compare::Status),
        step(CLUSTER, &format!("cluster-id {b}")),
        step(CLUSTER, &format!("list-endpoints {b}")),
        step(CLUSTER, &format!("unregister {b} --id 7")),
        step(FEATURE, &format!("{b} describe")).compare(Compare::Lines),
        step(FEATURE, &format!("{b} upgrade --feature no.such=1")),
        step(FEATURE, &format!("{b} upgrade --metadata 4.3-IV0")),
        step(FEATURE, &format!("{b} downgrade --metadata 3.3")),
        step(FEATURE, "version-mapping --release-version 4.3"),
        // The quorum is a static one: its voters move into its log.
        step(FEATURE, &format!("{b} upgrade --release-version 4.3")),
        step(FEATURE, &format!("{b} describe")).until("kraft.version").compare(Compare::Lines),
        step(FEATURE, &format!("{b} upgrade --release-version 4.3")),
        step(FEATURE, &format!("{b} downgrade --feature kraft.version=0")),
        step(QUORUM, &format!("{b} describe --status")).compare(Compare::Status),
        step(TOPIC, &format!("{b} --create --topic after-the-upgrade")),
    ]
}

/// The commands on a node, with everything that is this node's own replaced.
fn run(broker: Broker) -> (TestNode, Vec<ToolOutput>) {
    // A JVM for each node: a tool's thread that outlives its node must not disturb the other.
    let tools = &mut tools();
    let node = TestNode::started(broker, NodeOptions::default())
        .unwrap_or_else(|error| panic!("start {broker:?}: {error:#}"));
    let files = node.directory().join("files");
    write_files(&files);
    let outputs = steps()
        .iter()
        .map(|step| {
            let arguments: Vec<String> = step
                .arguments
                .iter()
                .map(|word| {
                    word.replace("{b}", &node.bootstrap())
                        .replace("{f}", &files.to_string_lossy())
                        .replace("{acls}", if broker == Broker::Kafka { "true" } else { "false" })
                })
                .collect();
            let Some(wanted) = step.until else {
                return normal(&node, &tools.run(step.main, &arguments, &step.stdin));
            };
            eventually(&format!("{wanted} by {} {arguments:?}", step.main), || {
                let output = normal(&node, &tools.run(step.main, &arguments, &step.stdin));
                if output.stdout.contains(wanted) { Ok(output) } else { Err(format!("{output:?}")) }
            })
        })
        .collect();
    (node, outputs)
}

fn tools() -> Tools {
    Tools::start().unwrap_or_else(|error| panic!("start the tools: {error:#}"))
}

fn write_files(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("a file");
    let partition = |topic: &str| {
        format!(r#"{{"partitions":[{{"topic":"{topic}","partition":0,"offset":1}}],"version":1}}"#)
    };
    write("delete.json", &partition("first"));
    write("offsets.csv", "first,0,0\nfirst,1,0\n");
}

fn normal(node: &TestNode, output: &ToolOutput) -> ToolOutput {
    let clean = |text: &str| {
        let text = text
            .replace(&node.bootstrap(), "<bootstrap>")
            .replace(&node.controller(), "<controller>")
            .replace(&node.port().to_string(), "<port>")
            .replace(&node.directory().display().to_string(), "<directory>");
        let words = |line: &str| {
            line.split([' ', '\t'])
                .filter(|word| !word.is_empty())
                .scan("", |before, word| {
                    // Random ids, times of now, random names, lengths of the metadata log.
                    let digits = word.bytes().all(|byte| byte.is_ascii_digit());
                    let shown = match *before {
                        "TopicId:" if word.len() == 22 => "<id>",
                        "Epoch:" => "<epoch>",
                        _ if digits && word.len() >= 13 => "<time>",
                        _ if word.trim_start_matches('\'').starts_with("console-consumer-") => {
                            "<console consumer>"
                        }
                        _ => word,
                    };
                    *before = word;
                    Some(shown.to_owned())
                })
                .collect::<Vec<String>>()
                .join(" ")
        };
        // What the JVM's logging says of itself is not of the broker.
        text.lines()
            .filter(|line| !line.starts_with("SLF4J") && !line.contains("StatusConsoleListener"))
            // Options of Keld's own, which it shows like any other.
            .filter(|line| !line.trim_start().starts_with("keld."))
            .map(|line| words(&without_sizes(line)))
            .collect::<Vec<String>>()
            .join("\n")
    };
    ToolOutput {
        status: output.status,
        stdout: clean(&output.stdout),
        stderr: clean(&output.stderr),
    }
}

/// The sizes of logs in JSON: deltas of timestamps take as many bytes as the producer took time.
fn without_sizes(line: &str) -> String {
    let mut parts = line.split("\"size\":");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out += "\"size\":<size>";
        out += part.trim_start_matches(|digit: char| digit.is_ascii_digit());
    }
    out
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn kafkas_tools_say_the_same() {
    let (kafka, theirs) = run(Broker::Kafka);
    drop(kafka);
    let (mut keld, ours) = run(Broker::under_test());
    let mut different = Vec::new();
    for ((step, one), two) in steps().iter().zip(&ours).zip(&theirs) {
        let same = match step.compare {
            Compare::Output => one == two,
            Compare::Lines => {
                one.status == two.status
                    && sorted(&one.stdout) == sorted(&two.stdout)
                    && sorted(&one.stderr) == sorted(&two.stderr)
            }
            Compare::Status => one.status == two.status,
        };
        if !same {
            different.push(format!(
                "{} {:?}\n--- keld {}\n{}{}\n--- kafka {}\n{}{}",
                step.main,
                step.arguments,
                one.status,
                one.stdout,
                one.stderr,
                two.status,
                two.stdout,
                two.stderr
            ));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n\n"));
    proofs(&ours);
    keld.stop().expect("a clean stop");
    files(&keld, &mut tools());
}

/// What must hold by itself, not only be equal.
fn proofs(outputs: &[ToolOutput]) {
    let found = |main: &str, text: &str| {
        steps()
            .iter()
            .zip(outputs)
            .any(|(step, output)| step.main == main && output.stdout.contains(text))
    };
    assert!(found(CONSUMER, "Offset:2 a three"), "ConsoleConsumer with keys: {outputs:#?}");
    assert!(found(VERIFIABLE_PRODUCER, "producer_send_success"), "VerifiableProducer");
    // Seven records of the console producer and 200 of the verifiable one, all consumed.
    let committed: i64 = steps()
        .iter()
        .zip(outputs)
        .filter(|(step, _)| step.main == GROUP)
        .flat_map(|(_, output)| output.stdout.lines())
        .filter_map(|line| {
            line.strip_prefix("verified first ")?.split(' ').nth(1)?.parse::<i64>().ok()
        })
        .sum();
    assert_eq!(committed, 207, "offsets that VerifiableConsumer committed");
    assert!(found(VERIFIABLE_CONSUMER, "records_consumed"), "VerifiableConsumer");
    assert!(found(COMPATIBILITY, "SUCCESS."), "ClientCompatibilityTest");
    assert!(found(QUORUM, "LeaderId:"), "MetadataQuorumCommand");
    assert!(found(API_VERSIONS, "Produce(0): 0 to 13"), "BrokerApiVersionsCommand");
    assert!(found(LOG_DIRS, "second-0"), "LogDirsCommand");
    assert!(found(CLUSTER, keld_testkit::CLUSTER_ID), "ClusterTool");
}

/// DumpLogSegments and the metadata shell on the files that Keld left.
fn files(node: &TestNode, tools: &mut Tools) {
    let log = |partition: &str, ending: &str| {
        let path = node.log_dir().join(partition).join(format!("00000000000000000000.{ending}"));
        path.to_string_lossy().into_owned()
    };
    let mut dump = |arguments: &[&str]| {
        let arguments: Vec<String> = arguments.iter().map(|one| (*one).to_owned()).collect();
        let output = tools.run(DUMP, &arguments, "");
        assert_eq!(output.status, 0, "{arguments:?}: {output:?}");
        for bad in
            ["corrupt", "Mismatches", "isvalid: false", "Found timestamp mismatch", "Could not"]
        {
            assert!(!output.stdout.contains(bad), "{arguments:?}: {}", output.stdout);
        }
        output.stdout
    };
    let second = log("second-0", "log");
    let records = dump(&["--print-data-log", "--deep-iteration", "--files", &second]);
    assert!(records.contains("payload: three"), "{records}");
    // An index begins with its first entry: a log of one small batch may have none.
    for (ending, check) in [("index", "--index-sanity-check"), ("timeindex", "--verify-index-only")]
    {
        let file = log("second-0", ending);
        if Path::new(&file).exists() {
            dump(&["--files", &file, check]);
        }
    }
    let metadata =
        dump(&["--cluster-metadata-decoder", "--files", &log("__cluster_metadata-0", "log")]);
    assert!(
        metadata.contains("\"type\":\"TOPIC_RECORD\"") && metadata.contains("second.dot"),
        "{metadata}"
    );
    let mut commits = String::new();
    for partition in 0..10 {
        let file = log(&format!("__consumer_offsets-{partition}"), "log");
        // A log's file begins with its first record.
        if Path::new(&file).exists() {
            commits.push_str(&dump(&["--offsets-decoder", "--files", &file]));
        }
    }
    assert!(commits.contains("\"group\":\"verified\""), "{commits}");

    let arguments = |command: &str| -> Vec<String> {
        let file = log("__cluster_metadata-0", "log");
        ["--snapshot", &file].into_iter().chain(command.split(' ')).map(str::to_owned).collect()
    };
    // The shell does not wait until its loader has read the whole log.
    let mut shows = |command: &str, wanted: &str| {
        eventually(&format!("the metadata shell shows {wanted}"), || {
            let shown = tools.run(SHELL, &arguments(command), "");
            if shown.stdout.contains(wanted) { Ok(()) } else { Err(format!("{shown:?}")) }
        });
    };
    shows("ls /image/topics/byName", "second.dot");
    shows("cat /image/topics/byName/first/3", "leader");
}

/// kcat lists, produces with every codec, consumes by offset, end and group.
#[test]
fn kcat_lists_produces_and_consumes() {
    let node = crate::support::node();
    let bootstrap = node.bootstrap();
    let kcat = setup::kcat().unwrap_or_else(|error| panic!("kcat: {error:#}"));
    let run = |arguments: &[&str], input: &str| {
        let file = node.directory().join(unique("kcat-input"));
        fs::write(&file, input).expect("a file");
        let output = Command::new(&kcat)
            .args(["-b", &bootstrap, "-m", "20"])
            .args(arguments)
            .stdin(Stdio::from(fs::File::open(&file).expect("a file")))
            .output()
            .expect("kcat runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "kcat {arguments:?}: {text}{errors}");
        text
    };
    let topic = unique("kcat");
    for (index, codec) in keld_testkit::CODECS.iter().enumerate() {
        let input = format!("k{index}:value of {codec}\n");
        run(&["-P", "-t", &topic, "-p", "0", "-K", ":", "-z", codec, "-H", "a=b"], &input);
    }
    let listed = run(&["-L", "-J"], "");
    assert!(listed.contains(&format!("\"topic\":\"{topic}\"")), "{listed}");
    let read = run(
        &["-C", "-t", &topic, "-p", "0", "-o", "beginning", "-e", "-q", "-f", "%o %k %s %h\n"],
        "",
    );
    let wanted: Vec<String> = keld_testkit::CODECS
        .iter()
        .enumerate()
        .map(|(index, codec)| format!("{index} k{index} value of {codec} a=b"))
        .collect();
    assert_eq!(read.lines().collect::<Vec<_>>(), wanted);
    let tail = run(&["-C", "-t", &topic, "-p", "0", "-o", "-2", "-e", "-q", "-f", "%o\n"], "");
    assert_eq!(tail, "3\n4\n");
    let group = run(
        &[
            "-G",
            &unique("kcat-group"),
            &topic,
            "-X",
            "auto.offset.reset=earliest",
            "-c",
            "5",
            "-q",
            "-f",
            "%o\n",
        ],
        "",
    );
    assert_eq!(group, "0\n1\n2\n3\n4\n");
    let query = run(&["-Q", "-t", &format!("{topic}:0:-1")], "");
    assert!(query.contains("offset 5"), "{query}");
}
