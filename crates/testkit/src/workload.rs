//! Stock producers and readers that run beside a test, and what they saw as a [`History`].
//!
//! A producer numbers its records by partition and writes as fast as it is told, with acks=all and
//! idempotence and otherwise the settings its library comes with. A reader reads every partition
//! from its start. Both note what they saw; nothing is judged here.

use crate::client::Client;
use crate::driver::Driver;
use crate::history::{Acknowledged, History, Reading, Received, Sender};
use crate::wait::eventually_within;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a producer may be held up by a fault.
const PROGRESS_DEADLINE: Duration = Duration::from_secs(60);

/// A producer that writes until it is finished.
#[derive(Debug)]
pub struct Workload {
    driver: Driver,
    producer: String,
    partitions: Vec<i32>,
}

/// What a producer was told, beside what is in the history.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Outcome {
    /// Errors by their text, with how many records were given up for each.
    pub failed: BTreeMap<String, u64>,
}

impl Workload {
    /// Starts to write so many records a second, turning from partition to partition.
    pub fn start(
        client: Client,
        bootstrap: &str,
        topic: &str,
        partitions: &[i32],
        per_second: u32,
    ) -> Result<Self> {
        let producer = format!("{}-{topic}-{}", client.name(), partitions.first().unwrap_or(&0));
        let mut driver = client.start(bootstrap)?;
        let load = json!({
            "name": producer, "topic": topic, "places": partitions, "per_second": per_second,
        });
        driver.try_call("load", load)?;
        Ok(Self { driver, producer, partitions: partitions.to_vec() })
    }

    /// The partitions it writes to.
    pub fn partitions(&self) -> &[i32] {
        &self.partitions
    }

    /// Waits until `more` further records of each of these partitions were acknowledged.
    #[track_caller]
    pub fn await_progress(&mut self, partitions: &[i32], more: u64) {
        let before = self.status().unwrap_or_else(|error| panic!("{error:#}"));
        let name = format!("{} goes on", self.producer);
        eventually_within(&name, PROGRESS_DEADLINE, || {
            let now = self.status()?;
            let count = |status: &Value, partition: &i32| {
                status["acknowledged"][partition.to_string()].as_u64().unwrap_or(0)
            };
            let is_on = |partition| count(&now, partition) >= count(&before, partition) + more;
            ensure!(partitions.iter().all(is_on), "{before} before, {now} now");
            Ok(())
        });
    }

    /// Counts of records that were acknowledged, and of those that were given up.
    fn status(&mut self) -> Result<Value> {
        Ok(self.driver.try_call("load_status", json!({}))?)
    }

    /// Stops writing, waits for what is on its way, and adds everything to the history.
    pub fn finish(mut self, history: &mut History) -> Result<Outcome> {
        let done = self.driver.try_call("load_stop", json!({}))?;
        for partition in &self.partitions {
            let count = done["sent"][partition.to_string()].as_u64().unwrap_or(0);
            history.sent.insert(Sender::new(&self.producer, *partition), count);
        }
        for row in done["acknowledged"].as_array().context("no acknowledged")? {
            history.acknowledged.push(Acknowledged {
                sender: Sender::new(&self.producer, partition_of(row)?),
                sequence: row[1].as_u64().context("no sequence")?,
                offset: row[2].as_i64().filter(|offset| *offset >= 0),
                at_ms: row[3].as_u64().context("no time")?,
            });
        }
        let mut outcome = Outcome::default();
        for (reason, count) in done["failed"].as_object().context("no failed")? {
            outcome.failed.insert(reason.clone(), count.as_u64().unwrap_or(0));
        }
        Ok(outcome)
    }
}

/// A consumer that reads every partition from its start, until it is finished.
#[derive(Debug)]
pub struct Reader {
    driver: Driver,
    name: String,
    topic: String,
}

impl Reader {
    /// Starts to read.
    pub fn start(
        client: Client,
        bootstrap: &str,
        name: &str,
        topic: &str,
        partitions: &[i32],
    ) -> Result<Self> {
        let mut driver = client.start(bootstrap)?;
        driver.try_call("follow", json!({ "topic": topic, "places": partitions }))?;
        Ok(Self { driver, name: name.to_owned(), topic: topic.to_owned() })
    }

    /// Reads on to the end that each partition has now and adds everything to the history. Nothing
    /// may be written any more.
    pub fn finish(mut self, partitions: &[i32], history: &mut History) -> Result<()> {
        let mut ends = serde_json::Map::new();
        for partition in partitions {
            let at = json!({ "topic": self.topic, "partition": partition, "at": "latest" });
            ends.insert(partition.to_string(), self.driver.try_call("offset", at)?);
        }
        let rows = self.driver.try_call("follow_stop", json!({ "ends": ends }))?;
        let rows = rows.as_array().context("no records")?;
        let record = |row: &Value| {
            Ok(Received {
                partition: partition_of(row)?,
                offset: row[1].as_i64().context("no offset")?,
                value: row[2].as_str().context("no value")?.to_owned(),
            })
        };
        let records: Result<Vec<Received>> = rows.iter().map(record).collect();
        history.readings.push(Reading { reader: self.name, records: records? });
        Ok(())
    }
}

fn partition_of(row: &Value) -> Result<i32> {
    let number = row[0].as_i64().context("no partition")?;
    i32::try_from(number).with_context(|| format!("partition {number}"))
}
