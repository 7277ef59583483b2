//! What a compaction needs: many records with keys at random, so that most are superseded.
//!
//! Every batch differs, so batches are made while sending; this load says nothing about speed.

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use keld_record::{BatchBuilder, Compression};
use serde_json::{Map, Value, json};

use super::engine::{self, Plan};
use super::loads::Made;
use super::requests::{self, Payload, Random};

/// Different values; records take them in turn.
const VALUES: usize = 4096;

/// `keld-bench raw keyed`.
#[derive(Clone, Debug, Args)]
pub(super) struct Keyed {
    /// The broker, HOST:PORT.
    #[arg(long)]
    bootstrap: String,
    #[arg(long)]
    topic: String,
    /// Records in all.
    #[arg(long)]
    count: u64,
    /// Different keys.
    #[arg(long, default_value_t = 500_000)]
    keys: u64,
    /// Records a batch.
    #[arg(long, default_value_t = 500)]
    records: usize,
    /// Bytes of a record's value.
    #[arg(long, default_value_t = 1024)]
    record_size: usize,
}

impl Keyed {
    pub(super) fn run(&self) -> anyhow::Result<Map<String, Value>> {
        let mut maker = Maker::new(self);
        maker.batch()?;
        let requests = self.count.div_ceil(self.records as u64);
        let plan = Plan {
            address: super::resolve(&self.bootstrap)?,
            connections: 2,
            depth: 1,
            requests,
            rate: None,
            duration: Duration::MAX,
            warm: Duration::ZERO,
        };
        let mut failure = None;
        let make = |frame: &mut Vec<u8>| match maker.frame() {
            Ok(made) => *frame = made,
            Err(error) => failure = Some(error),
        };
        let mut load = Made { frames: vec![Vec::new(); plan.connections], make };
        let outcome = engine::run(plan, &mut load)?;
        if let Some(error) = failure {
            return Err(error).context("cannot make a batch");
        }
        let records = outcome.answered * self.records as u64;
        let mut line = Map::new();
        line.insert("requests".to_owned(), json!(outcome.answered));
        line.insert("errors".to_owned(), json!(outcome.errors));
        line.insert("first_error".to_owned(), json!(outcome.first_error));
        line.insert("seconds".to_owned(), json!(outcome.elapsed.as_secs_f64()));
        line.insert("records".to_owned(), json!(records));
        line.insert("bytes".to_owned(), json!(records * self.record_size as u64));
        Ok(line)
    }
}

struct Maker<'a> {
    keyed: &'a Keyed,
    random: Random,
    values: Vec<Vec<u8>>,
    turn: usize,
}

impl<'a> Maker<'a> {
    fn new(keyed: &'a Keyed) -> Self {
        let mut random = Random::new();
        let values = (0..VALUES).map(|_| random.value(Payload::Words, keyed.record_size)).collect();
        Self { keyed, random, values, turn: 0 }
    }

    fn batch(&mut self) -> anyhow::Result<bytes::Bytes> {
        let mut builder = BatchBuilder::new(Compression::Lz4);
        let now_ms = super::now_ms();
        for _ in 0..self.keyed.records {
            let key = format!("key-{:09}", (self.random.next() >> 16) % self.keyed.keys.max(1));
            self.turn = (self.turn + 1) % VALUES;
            builder.append(now_ms, Some(key.as_bytes()), Some(&self.values[self.turn]), &[])?;
        }
        Ok(builder.finish()?)
    }

    fn frame(&mut self) -> anyhow::Result<Vec<u8>> {
        let batch = self.batch()?;
        requests::produce(&self.keyed.topic, 0, 1, &batch)
    }
}
