//! `kafka-console-producer`: a record a line of standard input.

mod lines;

use std::time::Duration;

use keld_client::{Client, ProducerConfig};
use keld_config::Properties;
use keld_env::Env;
use keld_record::{Compression, CompressionWithLevel};
use keld_types::RequiredAcks;

use self::lines::LineParser;
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::input::Pieces;
use crate::options::{OptionSpec, Options, flag, maybe, value};
use crate::sending::Sending;
use crate::shared::{add_pairs, client_config, number, properties, topic_name};

pub(super) const PURPOSE: &str =
    "This tool helps to read data from standard input and publish it to Kafka.";

pub(super) const SPECS: &[OptionSpec] = &[
    value("topic", "topic", "REQUIRED: the topic to write to."),
    value("bootstrap-server", "host:port,...", "REQUIRED: the brokers to connect to."),
    flag("sync", "Wait for each record before the next."),
    maybe("compression-codec", "codec", "none, gzip (without a value), snappy, lz4 or zstd."),
    value("batch-size", "bytes", "Bytes at which a batch is sent at once; 16384."),
    value("message-send-max-retries", "count", "Retries; bounded by the delivery timeout here."),
    value("retry-backoff-ms", "ms", "Pause before a retry; 100."),
    value("timeout", "ms", "How long a batch waits for more records; 1000."),
    value("request-required-acks", "acks", "0, 1, -1 or all; -1."),
    value("request-timeout-ms", "ms", "How long a request may take; 1500."),
    value("metadata-expiry-ms", "ms", "How old metadata may become; 300000."),
    value("max-block-ms", "ms", "How long a record may wait for metadata and memory; 60000."),
    value("max-memory-bytes", "bytes", "Memory for records that wait; 33554432."),
    value("max-partition-memory-bytes", "bytes", "Deprecated: --batch-size."),
    value("line-reader", "class", "Java class that reads lines; only the default one works here."),
    value("socket-buffer-size", "bytes", "Buffer of the connection; the system's choice here."),
    value("property", "key=value", "Deprecated: --reader-property."),
    value(
        "reader-property",
        "key=value",
        "parse.key, parse.headers, ignore.error (true or false), key.separator, \
         headers.delimiter, headers.separator, headers.key.separator, null.marker.",
    ),
    value("reader-config", "file", "Properties file with such settings."),
    value("producer-property", "key=value", "Deprecated: --command-property."),
    value("command-property", "key=value", "A setting of the producer."),
    value("producer.config", "file", "Deprecated: --command-config."),
    value("command-config", "file", "Properties file with settings of the producer."),
];

/// New names of deprecated options.
const DEPRECATED: [(&str, &str); 3] = [
    ("producer-property", "command-property"),
    ("producer.config", "command-config"),
    ("property", "reader-property"),
];

pub(super) async fn run(console: &mut Console, env: &Env, options: &Options) -> Outcome {
    let topic = topic_name(options.required("topic")?)?;
    let bootstrap = options.required("bootstrap-server")?;
    for (old, new) in DEPRECATED {
        if options.has(old) && options.has(new) {
            return Err(Failure::usage(format!(
                "Options --{new} and --{old} cannot be specified together."
            )));
        }
        if options.has(old) {
            console.line(format!(
                "Warning: --{old} is deprecated and will be removed in a future version. Use \
                 --{new} instead."
            ));
        }
    }
    if options.get("line-reader").is_some_and(|class| !class.ends_with("LineMessageReader")) {
        return Err(Failure::failed("Java classes cannot be loaded")
            .with_hint("leave --line-reader out and use --reader-property"));
    }
    let mut reader = properties(options.get("reader-config"))?;
    add_pairs(&mut reader, options.all("property"));
    add_pairs(&mut reader, options.all("reader-property"));
    let mut parser = LineParser::new(topic, &reader)?;
    let mut settings =
        properties(options.get("command-config").or(options.get("producer.config")))?;
    add_pairs(&mut settings, options.all("producer-property"));
    add_pairs(&mut settings, options.all("command-property"));
    merge(&mut settings, options);
    let client =
        Client::lazy(env.clone(), client_config(bootstrap, &settings, "console-producer")?);
    let mut sending = Sending::start(&client, producer_config(&settings)?, options.has("sync"))?;
    let Some(input) = console.take_input() else { return Ok(()) };
    let mut lines = Pieces::start(env, input, b'\n');
    let outcome = send_all(console, &mut parser, &mut lines, &mut sending).await;
    let finished = sending.finish(console).await.map(drop);
    outcome.and(finished)
}

async fn send_all(
    console: &mut Console,
    parser: &mut LineParser,
    lines: &mut Pieces,
    sending: &mut Sending,
) -> Outcome {
    loop {
        if console.is_interactive {
            console.print(">");
            console.flush();
        }
        match lines.next().await? {
            Some(line) => sending.send(console, parser.parse(&line)?).await?,
            None => return Ok(()),
        }
    }
}

/// Options win over properties, properties over the options' defaults.
fn merge(settings: &mut Properties, options: &Options) {
    for (option, name, default) in [
        ("timeout", "linger.ms", "1000"),
        ("request-required-acks", "acks", "-1"),
        ("request-timeout-ms", "request.timeout.ms", "1500"),
        ("retry-backoff-ms", "retry.backoff.ms", "100"),
        ("max-memory-bytes", "buffer.memory", "33554432"),
        ("batch-size", "batch.size", "16384"),
        ("max-partition-memory-bytes", "batch.size", "16384"),
        ("metadata-expiry-ms", "metadata.max.age.ms", "300000"),
        ("max-block-ms", "max.block.ms", "60000"),
    ] {
        match options.get(option) {
            Some(given) => settings.set(name, given),
            None if !settings.contains(name) => settings.set(name, default),
            None => {}
        }
    }
    if options.has("compression-codec") {
        let codec = options.get("compression-codec").unwrap_or("gzip");
        settings.set("compression.type", codec);
    }
}

/// A producer's settings from properties by Kafka's names.
pub(crate) fn producer_config(settings: &Properties) -> Result<ProducerConfig, Failure> {
    let mut config = ProducerConfig::default();
    let get = |name: &str| settings.get(name).map(str::trim);
    if let Some(acks) = get("acks") {
        config.acks = match acks {
            "0" => RequiredAcks::None,
            "1" => RequiredAcks::Leader,
            "-1" | "all" => RequiredAcks::AllInSync,
            _ => {
                return Err(Failure::usage(format!(
                    "Invalid value {acks} for configuration acks: String must be one of: all, -1, \
                     0, 1"
                )));
            }
        };
    }
    config.idempotence = match get("enable.idempotence") {
        Some(text) => text.eq_ignore_ascii_case("true"),
        None => config.acks == RequiredAcks::AllInSync,
    };
    if let Some(name) = get("compression.type") {
        config.compression = compression(name)?;
    }
    let ms = |name: &str, field: &mut Duration| -> Outcome {
        if let Some(text) = get(name) {
            *field = Duration::from_millis(number(name, text)?);
        }
        Ok(())
    };
    ms("linger.ms", &mut config.linger)?;
    ms("max.block.ms", &mut config.block_max)?;
    ms("delivery.timeout.ms", &mut config.delivery_timeout)?;
    for (name, field) in [
        ("batch.size", &mut config.batch_bytes),
        ("buffer.memory", &mut config.buffer_bytes),
        ("max.request.size", &mut config.request_bytes_max),
        ("max.in.flight.requests.per.connection", &mut config.in_flight_max),
    ] {
        if let Some(text) = get(name) {
            *field = number(name, text)?;
        }
    }
    Ok(config)
}

/// A codec by its name, at its default level.
pub(crate) fn compression(name: &str) -> Result<CompressionWithLevel, Failure> {
    Compression::from_name(name)
        .map(CompressionWithLevel::from)
        .ok_or_else(|| Failure::usage(format!("Unknown compression name: {name}")))
}
