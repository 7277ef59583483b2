//! `kafka-console-consumer`: records to standard output.

mod printer;

use std::collections::BTreeMap;
use std::time::Duration;

use keld_client::{Client, Consumer, ConsumerConfig, ConsumerRecord, OffsetReset, OffsetSpec};
use keld_config::Properties;
use keld_env::Env;
use keld_types::{GroupId, IsolationLevel, Offset, PartitionIndex, TopicName, TopicPartition};

use self::printer::Printer;
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::options::{OptionSpec, Options, flag, value};
use crate::shared::{add_pairs, client_config, number, properties, topic_pattern};

pub(super) const PURPOSE: &str =
    "This tool helps to read data from Kafka topics and outputs it to standard output.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("topic", "topic", "The topic to read."),
    value("include", "pattern", "Pattern of the topics to read."),
    value(
        "partition",
        "partition",
        "The partition to read, from the end unless --offset is there.",
    ),
    value("offset", "offset", "Where to start in --partition: a number, earliest or latest."),
    value("consumer-property", "key=value", "Deprecated: --command-property."),
    value("command-property", "key=value", "A setting of the consumer."),
    value("consumer.config", "file", "Deprecated: --command-config."),
    value("command-config", "file", "Properties file with settings of the consumer."),
    value("formatter", "class", "Only DefaultMessageFormatter and NoOpMessageFormatter work here."),
    value("property", "key=value", "Deprecated: --formatter-property."),
    value(
        "formatter-property",
        "key=value",
        "print.timestamp, print.key, print.offset, print.epoch, print.partition, print.headers, \
         print.value (true or false), key.separator, line.separator, headers.separator, \
         null.literal, key.deserializer, value.deserializer, headers.deserializer.",
    ),
    value("formatter-config", "file", "Properties file with such settings."),
    flag("from-beginning", "Start at the earliest record where the group has no offset."),
    value("max-messages", "count", "End after so many records."),
    value("timeout-ms", "ms", "End when no record comes for so long."),
    flag("skip-message-on-error", "Go on when a record cannot be shown."),
    value("bootstrap-server", "host:port,...", "REQUIRED: the brokers to connect to."),
    value("key-deserializer", "class", "Short for --formatter-property key.deserializer=."),
    value("value-deserializer", "class", "Short for --formatter-property value.deserializer=."),
    flag("enable-systest-events", "Say when it ends."),
    value("isolation-level", "level", "read_uncommitted (default) or read_committed."),
    value("group", "group", "The group to read as; a new one when left out."),
];

const DEPRECATED: [(&str, &str); 3] = [
    ("consumer-property", "command-property"),
    ("consumer.config", "command-config"),
    ("property", "formatter-property"),
];

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    options.exactly_one(
        &["topic", "include"],
        "Exactly one of the following arguments is required: [topic], [include]",
    )?;
    let partition: Option<i32> = options.number("partition")?;
    check_position(options, partition.is_some())?;
    let bootstrap = options.required("bootstrap-server")?;
    for (old, new) in DEPRECATED {
        if options.has(old) && options.has(new) {
            return Err(Failure::usage(format!(
                "Options --{old} and --{new} cannot be specified together."
            )));
        }
        if options.has(old) {
            console.line(format!(
                "Option --{old} is deprecated and will be removed in a future version. Use --{new} \
                 instead."
            ));
        }
    }
    let mut settings =
        properties(options.get("command-config").or(options.get("consumer.config")))?;
    add_pairs(&mut settings, options.all("consumer-property"));
    add_pairs(&mut settings, options.all("command-property"));
    let config = consumer_config(env, options, &settings, partition.is_some())?;
    let printer = printer(options)?;
    let client =
        Client::lazy(env.clone(), client_config(bootstrap, &settings, "console-consumer")?);
    let mut consumer = Consumer::new(&client, config)?;
    match (options.get("topic"), partition) {
        (Some(topic), Some(index)) => {
            let partition = TopicPartition::new(TopicName::new(topic), PartitionIndex::new(index));
            consumer.assign([partition.clone()])?;
            match start(options)? {
                Start::At(offset) => consumer.seek(&partition, offset)?,
                Start::Spec(spec) => consumer.seek_to(&partition, spec)?,
            }
        }
        (Some(topic), None) => consumer.subscribe([TopicName::new(topic)])?,
        (None, _) => {
            let pattern = topic_pattern(options.get("include").unwrap_or_default())?;
            consumer.subscribe_matching(move |name| pattern.is_match(name.as_str()))?;
        }
    }
    let limit: i64 = options.number("max-messages")?.unwrap_or(-1);
    let timeout: i64 = options.number("timeout-ms")?.unwrap_or(-1);
    let timeout = u64::try_from(timeout).ok().map(Duration::from_millis);
    let mut reading =
        Reading { env, console, consumer: &mut consumer, printer: &printer, count: 0 };
    let outcome = tokio::select! {
        outcome = reading.read(u64::try_from(limit).ok(), timeout) => outcome,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    let count = reading.count;
    if let Err(failure) = &outcome
        && !failure.message().is_empty()
    {
        console.error(format!(
            "Error processing message, terminating consumer process: {}",
            failure.message()
        ));
    }
    let closed = consumer.close(Duration::from_secs(30)).await;
    console.flush();
    console.error(format!("Processed a total of {count} messages"));
    if options.has("enable-systest-events") {
        console.line("shutdown_complete");
    }
    match outcome {
        // Told above; Kafka's consumer ends well all the same.
        Err(Failure::Silent) => Ok(()),
        Err(failure) => Err(failure),
        Ok(()) => Ok(closed?),
    }
}

struct Reading<'a> {
    env: &'a Env,
    console: &'a mut Console,
    consumer: &'a mut Consumer,
    printer: &'a Printer,
    count: u64,
}

impl Reading<'_> {
    /// Reads until the limit, or nothing comes for `timeout`, or nobody listens.
    async fn read(&mut self, limit: Option<u64>, timeout: Option<Duration>) -> Outcome {
        let clock = self.env.clock.clone();
        let mut heard = clock.monotonic();
        loop {
            if limit.is_some_and(|limit| self.count >= limit) {
                return Ok(());
            }
            let wait = timeout.unwrap_or(Duration::from_secs(1)).min(Duration::from_secs(1));
            let records = self.consumer.poll(wait).await?;
            if records.is_empty() {
                self.console.flush();
                if timeout.is_some_and(|timeout| clock.monotonic() - heard >= timeout) {
                    self.console
                        .error("Error processing message, terminating consumer process: timeout");
                    return Err(Failure::Silent);
                }
                continue;
            }
            heard = clock.monotonic();
            let mut records = records.into_iter();
            for record in records.by_ref() {
                self.console.write(&self.printer.print(&record));
                self.count += 1;
                if limit.is_some_and(|limit| self.count >= limit) || self.console.is_closed {
                    break;
                }
            }
            self.console.flush();
            give_back(self.consumer, records)?;
            if self.console.is_closed {
                self.console.error("Unable to write to standard out, closing consumer.");
                return Ok(());
            }
        }
    }
}

/// Records that were handed out and not used are read again by whoever reads next.
pub(crate) fn give_back(
    consumer: &mut Consumer,
    records: impl Iterator<Item = ConsumerRecord>,
) -> Outcome {
    let mut first: BTreeMap<TopicPartition, Offset> = BTreeMap::new();
    for record in records {
        first.entry(record.partition).or_insert(record.offset);
    }
    for (partition, offset) in first {
        consumer.seek(&partition, offset)?;
    }
    Ok(())
}

fn check_position(options: &Options, has_partition: bool) -> Outcome {
    if has_partition {
        if !options.has("topic") {
            return Err(Failure::usage("The topic is required when partition is specified."));
        }
        if options.has("from-beginning") && options.has("offset") {
            return Err(Failure::usage(
                "Options from-beginning and offset cannot be specified together.",
            ));
        }
    } else if options.has("offset") {
        return Err(Failure::usage("The partition is required when offset is specified."));
    }
    Ok(())
}

/// Where an assigned partition is read from.
enum Start {
    At(Offset),
    Spec(OffsetSpec),
}

fn start(options: &Options) -> Result<Start, Failure> {
    Ok(match options.get("offset") {
        None if options.has("from-beginning") => Start::Spec(OffsetSpec::Earliest),
        None => Start::Spec(OffsetSpec::Latest),
        Some(text) if text.eq_ignore_ascii_case("earliest") => Start::Spec(OffsetSpec::Earliest),
        Some(text) if text.eq_ignore_ascii_case("latest") => Start::Spec(OffsetSpec::Latest),
        Some(text) => match text.parse::<i64>() {
            Ok(offset) if offset >= 0 => Start::At(Offset::new(offset)),
            _ => {
                return Err(Failure::usage(format!(
                    "The provided offset value '{text}' is incorrect. Valid values are \
                     'earliest', 'latest', or a non-negative long."
                )));
            }
        },
    })
}

fn consumer_config(
    env: &Env,
    options: &Options,
    settings: &Properties,
    has_partition: bool,
) -> Result<ConsumerConfig, Failure> {
    let mut config = ConsumerConfig::default();
    let given: Vec<&str> =
        [options.get("group"), settings.get("group.id")].into_iter().flatten().collect();
    if let [first, second] = given[..]
        && first != second
    {
        return Err(Failure::usage(format!(
            "The group ids provided in different places (directly using '--group', via \
             '--consumer-property', or via '--consumer.config') do not match. Detected group ids: \
             '{first}', '{second}'"
        )));
    }
    let from_beginning = options.has("from-beginning");
    config.offset_reset = match settings.get("auto.offset.reset") {
        Some("earliest") => OffsetReset::Earliest,
        Some(other) if from_beginning => {
            return Err(Failure::failed(format!(
                "Can't simultaneously specify --from-beginning and 'auto.offset.reset={other}', \
                 please remove one option"
            )));
        }
        Some("none") => OffsetReset::None,
        Some("latest") => OffsetReset::Latest,
        Some(other) => {
            return Err(Failure::usage(format!(
                "Invalid value {other} for configuration auto.offset.reset"
            )));
        }
        None if from_beginning => OffsetReset::Earliest,
        None => OffsetReset::Latest,
    };
    let isolation = options.get("isolation-level").or(settings.get("isolation.level"));
    config.isolation = match isolation {
        Some("read_committed") => IsolationLevel::ReadCommitted,
        None | Some("read_uncommitted") => IsolationLevel::ReadUncommitted,
        Some(other) => {
            return Err(Failure::usage(format!(
                "Invalid value {other} for configuration isolation.level: String must be one of: \
                 read_uncommitted, read_committed"
            )));
        }
    };
    let auto_commit = settings.get("enable.auto.commit").map(|text| text.trim() == "true");
    match given.first() {
        Some(_) if has_partition => {
            return Err(Failure::usage(
                "Options group and partition cannot be specified together.",
            ));
        }
        Some(group) => {
            config.group = Some(GroupId::new(*group));
            config.auto_commit = auto_commit.unwrap_or(true);
        }
        None => {
            let number = env.random.next_u64() % 100_000;
            config.group = Some(GroupId::new(format!("console-consumer-{number}")));
            config.auto_commit = auto_commit.unwrap_or(false);
        }
    }
    apply_settings(&mut config, settings)?;
    Ok(config)
}

/// A consumer's settings from properties by Kafka's names.
pub(crate) fn apply_settings(config: &mut ConsumerConfig, settings: &Properties) -> Outcome {
    for (name, field) in [
        ("session.timeout.ms", &mut config.session_timeout),
        ("heartbeat.interval.ms", &mut config.heartbeat_interval),
        ("max.poll.interval.ms", &mut config.poll_interval_max),
        ("auto.commit.interval.ms", &mut config.auto_commit_interval),
        ("fetch.max.wait.ms", &mut config.fetch_wait_max),
    ] {
        if let Some(text) = settings.get(name) {
            *field = Duration::from_millis(number(name, text)?);
        }
    }
    for (name, field) in [
        ("fetch.min.bytes", &mut config.fetch_bytes_min),
        ("fetch.max.bytes", &mut config.fetch_bytes_max),
        ("max.partition.fetch.bytes", &mut config.partition_fetch_bytes_max),
    ] {
        if let Some(text) = settings.get(name) {
            *field = number(name, text)?;
        }
    }
    if let Some(text) = settings.get("max.poll.records") {
        config.poll_records_max = number("max.poll.records", text)?;
    }
    config.instance_id = settings.get("group.instance.id").map(str::to_owned);
    Ok(())
}

fn printer(options: &Options) -> Result<Printer, Failure> {
    let class = options.get("formatter").unwrap_or("DefaultMessageFormatter");
    let is_silent = class.ends_with("NoOpMessageFormatter");
    if !is_silent && !class.ends_with("DefaultMessageFormatter") {
        return Err(Failure::usage(format!("{class} is a Java class, which cannot be loaded")));
    }
    let mut settings = properties(options.get("formatter-config"))?;
    for (option, name) in
        [("key-deserializer", "key.deserializer"), ("value-deserializer", "value.deserializer")]
    {
        if let Some(class) = options.get(option).filter(|class| !class.is_empty()) {
            settings.set(name, class);
        }
    }
    add_pairs(&mut settings, options.all("property"));
    add_pairs(&mut settings, options.all("formatter-property"));
    Printer::new(&settings, is_silent)
}
