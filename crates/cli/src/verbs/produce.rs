//! `keld produce`: records from standard input or a file.

use bytes::Bytes;
use clap::Args;
use keld_client::{Client, ProducerRecord};
use keld_env::Env;
use keld_record::Header;
use keld_types::PartitionIndex;

use super::Connect;
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::input::Pieces;
use crate::scripts::{compression, producer_config};
use crate::sending::Sending;
use crate::shared::{client_config, topic_name};

pub(super) const EXAMPLES: &str = "\
Examples:
  keld produce -t greetings <<< hello
  seq 1000 | keld produce -t numbers -z zstd
  keld produce -t orders -K : -f orders.txt          # lines of key:value
  keld produce -t orders -k 42 -H source=cli -Z <<< ''  # a tombstone for key 42";

#[derive(Debug, Args)]
pub(super) struct Produce {
    /// The topic.
    #[arg(short, long)]
    topic: String,
    /// The partition; the key decides when left out.
    #[arg(short, long)]
    partition: Option<i32>,
    /// The key of all records.
    #[arg(short, long, conflicts_with = "key_delimiter")]
    key: Option<String>,
    /// What separates key and value in a line.
    #[arg(short = 'K', long)]
    key_delimiter: Option<String>,
    /// What ends a record: one byte, a line feed when left out.
    #[arg(short = 'D', long, default_value = "\n")]
    delimiter: String,
    /// A header; may stand several times.
    #[arg(short = 'H', long, value_name = "KEY=VALUE")]
    header: Vec<String>,
    /// gzip, snappy, lz4, zstd or none.
    #[arg(short = 'z', long, default_value = "none")]
    compression: String,
    /// Empty values and keys are null.
    #[arg(short = 'Z', long)]
    null_empty: bool,
    /// Read this file instead of standard input.
    #[arg(short, long)]
    file: Option<String>,
    /// Wait for each record before the next.
    #[arg(long)]
    sync: bool,
    /// Say how many records were written.
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    connect: Connect,
}

pub(super) async fn run(console: &mut Console, env: &Env, verb: Produce) -> Outcome {
    let mut template = ProducerRecord::new(topic_name(&verb.topic)?, Bytes::new());
    template.partition = verb.partition.map(PartitionIndex::new);
    template.key = verb.key.clone().map(Bytes::from);
    for header in &verb.header {
        let (key, value) = header
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("`{header}` is not KEY=VALUE")))?;
        template.headers.push(Header {
            key: Bytes::from(key.to_owned()),
            value: Some(Bytes::from(value.to_owned())),
        });
    }
    let [delimiter] = verb.delimiter.as_bytes() else {
        return Err(Failure::usage("the delimiter must be one byte"));
    };
    let settings = verb.connect.settings()?;
    let mut config = producer_config(&settings)?;
    if settings.get("compression.type").is_none() {
        config.compression = compression(&verb.compression)?;
    }
    let client = Client::lazy(
        env.clone(),
        client_config(&verb.connect.bootstrap_server, &settings, "keld")?,
    );
    let input: Box<dyn std::io::BufRead + Send> = match &verb.file {
        Some(path) => Box::new(std::io::BufReader::new(
            std::fs::File::open(path)
                .map_err(|error| Failure::failed(format!("cannot read {path}: {error}")))?,
        )),
        None => match console.take_input() {
            Some(input) => input,
            None => return Ok(()),
        },
    };
    let mut sending = Sending::start(&client, config, verb.sync)?;
    let mut pieces = Pieces::start(env, input, *delimiter);
    let mut outcome = Ok(());
    while let Some(piece) = pieces.next().await? {
        let record = record(&template, &verb, piece);
        outcome = sending.send(console, record).await;
        if outcome.is_err() {
            break;
        }
    }
    let written = sending.finish(console).await;
    outcome?;
    let written = written?;
    if verb.verbose {
        console.error(format!("wrote {written} records to {}", verb.topic));
    }
    Ok(())
}

fn record(template: &ProducerRecord, verb: &Produce, piece: Vec<u8>) -> ProducerRecord {
    let mut record = template.clone();
    let piece = Bytes::from(piece);
    let mut value = piece.clone();
    if let Some(delimiter) = verb.key_delimiter.as_deref().filter(|text| !text.is_empty()) {
        let length = delimiter.len();
        let found = piece.windows(length).position(|window| window == delimiter.as_bytes());
        if let Some(at) = found {
            record.key = Some(piece.slice(..at));
            value = piece.slice(at + length..);
        }
    }
    let or_null = |bytes: Bytes| (!(verb.null_empty && bytes.is_empty())).then_some(bytes);
    record.key = record.key.and_then(or_null);
    record.value = or_null(value);
    record
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use keld_types::TopicName;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        produce: Produce,
    }

    fn parse(arguments: &[&str], piece: &str) -> (Option<Bytes>, Option<Bytes>) {
        let all = ["produce", "-t", "t"].iter().chain(arguments);
        let verb = Line::parse_from(all).produce;
        let mut template = ProducerRecord::new(TopicName::new("t"), Bytes::new());
        template.key = verb.key.clone().map(Bytes::from);
        let record = record(&template, &verb, piece.as_bytes().to_vec());
        (record.key, record.value)
    }

    #[test]
    fn keys_come_from_the_line_or_the_command() {
        let some = |text: &'static str| Some(Bytes::from(text));
        assert_eq!(parse(&[], "a:b"), (None, some("a:b")));
        assert_eq!(parse(&["-K", ":"], "a:b:c"), (some("a"), some("b:c")));
        assert_eq!(parse(&["-K", "=>"], "a=>b"), (some("a"), some("b")));
        assert_eq!(parse(&["-k", "x"], "v"), (some("x"), some("v")));
        assert_eq!(parse(&["-k", "x", "-Z"], ""), (some("x"), None));
        assert_eq!(parse(&[], ""), (None, some("")));
    }
}
