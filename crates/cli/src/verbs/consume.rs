//! `keld consume`: records of topics, as lines, in a format, or as JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use keld_client::{
    Admin, Client, Consumer, ConsumerConfig, ConsumerRecord, OffsetReset, OffsetSpec,
};
use keld_env::Env;
use keld_types::{GroupId, IsolationLevel, Offset, PartitionIndex, TopicName, TopicPartition};
use serde_json::{Value, json};

use super::Connect;
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::format::Format;
use crate::scripts::{apply_settings, give_back, parse_datetime};
use crate::shared::{client_config, topic_name, words};

pub(super) const EXAMPLES: &str = "\
Examples:
  keld consume -t orders                              # what comes from now on
  keld consume -t orders -o beginning -e              # all there is, then end
  keld consume -t orders -o -10 -e -f '%p@%o %k: %s\\n'
  keld consume -t orders -o s@2026-05-01T00:00:00 -J
  keld consume -t orders -t payments -g audit         # as a group, committing

Formats: %t topic, %p partition, %o offset, %k key, %K its length, %s value, %S its length,
%R its length in 4 bytes, %T timestamp, %h headers, %% percent, \\n \\t \\r \\xNN.";

#[derive(Debug, Args)]
pub(super) struct Consume {
    /// A topic; may stand several times.
    #[arg(short, long, required = true)]
    topic: Vec<String>,
    /// One partition; all when left out.
    #[arg(short, long, conflicts_with = "group")]
    partition: Option<i32>,
    /// beginning, end, stored, an offset, -N from the end, or s@TIME (milliseconds or ISO).
    #[arg(short, long, allow_hyphen_values = true, default_value = "end")]
    offset: String,
    /// Read as a member of this group and commit.
    #[arg(short, long)]
    group: Option<String>,
    /// End when everything there is was read.
    #[arg(short, long)]
    exit: bool,
    /// End after so many records.
    #[arg(short, long)]
    count: Option<u64>,
    /// Print like this (see below); a line with the value when left out.
    #[arg(short, long, conflicts_with = "json")]
    format: Option<String>,
    /// A JSON object a record.
    #[arg(short = 'J', long)]
    json: bool,
    /// Records of transactions only once they are committed.
    #[arg(long)]
    read_committed: bool,
    #[command(flatten)]
    connect: Connect,
}

pub(super) async fn run(console: &mut Console, env: &Env, verb: Consume) -> Outcome {
    let format = Format::parse(verb.format.as_deref().unwrap_or("%s\\n"))?;
    let settings = verb.connect.settings()?;
    let topics: Vec<TopicName> =
        verb.topic.iter().map(|name| topic_name(name)).collect::<Result<_, _>>()?;
    let client = Client::lazy(
        env.clone(),
        client_config(&verb.connect.bootstrap_server, &settings, "keld")?,
    );
    let start = Start::parse(&verb.offset)?;
    let mut config = ConsumerConfig {
        group: verb.group.clone().map(GroupId::new),
        auto_commit: verb.group.is_some(),
        offset_reset: match start {
            Start::Beginning => OffsetReset::Earliest,
            _ => OffsetReset::Latest,
        },
        create_topics: false,
        ..ConsumerConfig::default()
    };
    if verb.read_committed {
        config.isolation = IsolationLevel::ReadCommitted;
    }
    apply_settings(&mut config, &settings)?;
    let isolation = config.isolation;
    let admin = Admin::new(client.clone());
    let partitions = partitions(&admin, &topics, verb.partition).await?;
    let ends = if verb.exit {
        offsets(&admin, &partitions, OffsetSpec::Latest, isolation).await?
    } else {
        BTreeMap::new()
    };
    let mut consumer = Consumer::new(&client, config)?;
    if verb.group.is_some() {
        consumer.subscribe(topics)?;
    } else {
        consumer.assign(partitions.iter().cloned())?;
        position(&mut consumer, &admin, &partitions, (start, isolation)).await?;
    }
    let mut reading =
        Reading { console, consumer: &mut consumer, format: &format, verb: &verb, count: 0, ends };
    let outcome = tokio::select! {
        outcome = reading.read() => outcome,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    let closed = consumer.close(Duration::from_secs(10)).await;
    console.flush();
    outcome?;
    Ok(closed?)
}

struct Reading<'a> {
    console: &'a mut Console,
    consumer: &'a mut Consumer,
    format: &'a Format,
    verb: &'a Consume,
    count: u64,
    /// Where to end, by partition; empty for never.
    ends: BTreeMap<TopicPartition, i64>,
}

impl Reading<'_> {
    async fn read(&mut self) -> Outcome {
        loop {
            if self.is_full() || self.console.is_closed || self.is_at_end().await? {
                return Ok(());
            }
            let mut records = self.consumer.poll(Duration::from_millis(500)).await?.into_iter();
            for record in records.by_ref() {
                let bytes = if self.verb.json {
                    format!("{}\n", as_json(&record)).into_bytes()
                } else {
                    self.format.print(&record)
                };
                self.console.write(&bytes);
                self.count += 1;
                if self.is_full() || self.console.is_closed {
                    break;
                }
            }
            self.console.flush();
            give_back(self.consumer, records)?;
        }
    }

    fn is_full(&self) -> bool {
        self.verb.count.is_some_and(|limit| self.count >= limit)
    }

    async fn is_at_end(&mut self) -> Result<bool, Failure> {
        if !self.verb.exit {
            return Ok(false);
        }
        let assigned = self.consumer.assignment();
        if assigned.is_empty() {
            // A group has not shared its partitions out yet, or there is nothing to read.
            return Ok(self.ends.is_empty());
        }
        for partition in assigned {
            let end = self.ends.get(&partition).copied().unwrap_or(0);
            if end > 0 && self.consumer.position(&partition).await?.get() < end {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn as_json(record: &ConsumerRecord) -> Value {
    let text = |bytes: &Option<bytes::Bytes>| {
        bytes.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    };
    let headers: Vec<Value> = record
        .headers
        .iter()
        .map(|header| json!({ "key": header.key_text(), "value": text(&header.value) }))
        .collect();
    json!({
        "topic": record.partition.topic.as_str(),
        "partition": record.partition.partition.get(),
        "offset": record.offset.get(),
        "timestamp": record.timestamp,
        "key": text(&record.key),
        "value": text(&record.value),
        "headers": headers,
    })
}

/// Where to begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Start {
    Beginning,
    End,
    At(i64),
    FromEnd(i64),
    Timestamp(i64),
}

impl Start {
    fn parse(text: &str) -> Result<Self, Failure> {
        let unreadable = || {
            Failure::usage(format!(
                "`{text}` is no offset: write beginning, end, a number, -N or s@TIME"
            ))
        };
        if let Some(time) = text.strip_prefix("s@") {
            let ms = time.parse::<i64>().ok().map_or_else(|| parse_datetime(time), Ok);
            return Ok(Self::Timestamp(ms.map_err(|_| unreadable())?));
        }
        Ok(match text {
            "beginning" | "earliest" => Self::Beginning,
            "end" | "latest" | "stored" => Self::End,
            _ => match text.parse::<i64>().map_err(|_| unreadable())? {
                offset if offset >= 0 => Self::At(offset),
                back => Self::FromEnd(back),
            },
        })
    }
}

async fn partitions(
    admin: &Admin,
    topics: &[TopicName],
    only: Option<i32>,
) -> Result<Vec<TopicPartition>, Failure> {
    let mut partitions = Vec::new();
    for (name, result) in admin.describe_topics(topics).await? {
        let topic = result.map_err(|error| {
            Failure::failed(format!("topic {name}: {}", words(&error)))
                .with_hint(error.advice().unwrap_or("check the name with `keld topic list`"))
        })?;
        for partition in topic.partitions {
            if only.is_none_or(|only| partition.index.get() == only) {
                partitions.push(TopicPartition::new(name.clone(), partition.index));
            }
        }
    }
    match only {
        Some(index) if partitions.is_empty() => {
            Err(Failure::failed(format!("there is no partition {}", PartitionIndex::new(index)))
                .with_hint("see `keld topic describe`"))
        }
        _ => Ok(partitions),
    }
}

async fn offsets(
    admin: &Admin,
    partitions: &[TopicPartition],
    spec: OffsetSpec,
    isolation: IsolationLevel,
) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    let wanted = partitions.iter().map(|partition| (partition.clone(), spec)).collect();
    admin
        .list_offsets(&wanted, isolation)
        .await?
        .into_iter()
        .map(|(partition, result)| Ok((partition, result?.offset.get())))
        .collect()
}

async fn position(
    consumer: &mut Consumer,
    admin: &Admin,
    partitions: &[TopicPartition],
    (start, isolation): (Start, IsolationLevel),
) -> Outcome {
    let ends = match start {
        Start::FromEnd(_) => offsets(admin, partitions, OffsetSpec::Latest, isolation).await?,
        _ => BTreeMap::new(),
    };
    let firsts = match start {
        Start::FromEnd(_) => offsets(admin, partitions, OffsetSpec::Earliest, isolation).await?,
        _ => BTreeMap::new(),
    };
    let found = match start {
        Start::Timestamp(ms) => {
            offsets(admin, partitions, OffsetSpec::Timestamp(ms), isolation).await?
        }
        _ => BTreeMap::new(),
    };
    for partition in partitions {
        let of = |offsets: &BTreeMap<TopicPartition, i64>| {
            offsets.get(partition).copied().unwrap_or_default()
        };
        match start {
            Start::Beginning => consumer.seek_to(partition, OffsetSpec::Earliest)?,
            Start::End => consumer.seek_to(partition, OffsetSpec::Latest)?,
            Start::At(offset) => consumer.seek(partition, Offset::new(offset))?,
            Start::FromEnd(back) => {
                let offset = of(&ends).saturating_add(back).max(of(&firsts));
                consumer.seek(partition, Offset::new(offset))?;
            }
            Start::Timestamp(_) if of(&found) >= 0 => {
                consumer.seek(partition, Offset::new(of(&found)))?;
            }
            Start::Timestamp(_) => consumer.seek_to(partition, OffsetSpec::Latest)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_read() {
        let start = |text| Start::parse(text).expect("valid");
        assert_eq!(start("beginning"), Start::Beginning);
        assert_eq!(start("5"), Start::At(5));
        assert_eq!(start("-5"), Start::FromEnd(-5));
        assert_eq!(start("s@7"), Start::Timestamp(7));
        assert_eq!(start("s@1970-01-01T00:00:01Z"), Start::Timestamp(1000));
        for bad in ["soon", "s@soon", ""] {
            assert!(Start::parse(bad).is_err(), "{bad}");
        }
    }
}
