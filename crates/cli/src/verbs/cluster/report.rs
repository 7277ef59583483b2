//! Plans and their outcome, for people and for programs.

use std::time::Duration;

use indicatif::{HumanBytes, HumanDuration};
use keld_types::BrokerId;
use serde_json::{Value, json};

use super::carry::Carried;
use super::plan::{Layout, Move, estimate};
use crate::console::Console;
use crate::failure::{Failure, Outcome};
use crate::output::{Form, Rows};

/// What a broker is taken to copy in a second where no throttle says.
const RATE_ASSUMED: u64 = 100_000_000;

/// A plan with what its figures are made from.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) layout: &'a Layout,
    /// Changes of order, which copy nothing and come first.
    pub(super) leaders: Vec<Move>,
    pub(super) moves: Vec<Move>,
    pub(super) throttle: Option<u64>,
}

impl Plan<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.leaders.is_empty() && self.moves.is_empty()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.moves.iter().fold(0, |sum, change| sum.saturating_add(change.bytes_copied()))
    }

    fn rate(&self) -> u64 {
        self.throttle.unwrap_or(RATE_ASSUMED)
    }

    fn takes(&self) -> Duration {
        estimate(&self.moves, self.layout, self.rate())
    }

    /// One line: how much, how long.
    pub(super) fn summary(&self) -> String {
        let copies = self.moves.iter().map(|change| change.added().count()).sum::<usize>();
        let assumed = if self.throttle.is_some() { "the throttle of" } else { "an assumed" };
        format!(
            "{copies} replicas to copy, {}; about {} at {assumed} {}/s a broker; {} partitions change only their order",
            HumanBytes(self.bytes()),
            HumanDuration(self.takes()),
            HumanBytes(self.rate()),
            self.order_only().count(),
        )
    }

    fn order_only(&self) -> impl Iterator<Item = &Move> {
        let all = self.leaders.iter().chain(&self.moves);
        all.filter(|change| change.added().next().is_none())
    }

    /// The plan, row by row.
    pub(super) fn print(&self, console: &mut Console, form: Form) {
        if form == Form::Json {
            console.line(format!("{:#}", self.as_json()));
            return;
        }
        if self.is_empty() {
            return;
        }
        let mut rows = Rows::new(&["partition", "change", "from", "to", "bytes", "time"]);
        for change in self.leaders.iter().chain(&self.moves) {
            let bytes = change.bytes_copied();
            let is_copy = change.added().next().is_some();
            let took = Duration::from_secs(bytes.div_ceil(self.rate().max(1)));
            rows.push(vec![
                json!(change.partition.to_string()),
                json!(if is_copy { "move" } else { "leader" }),
                ids(&change.from),
                ids(&change.to),
                json!(HumanBytes(bytes).to_string()),
                json!(if is_copy { HumanDuration(took).to_string() } else { "at once".to_owned() }),
            ]);
        }
        rows.print(console, Form::Table);
        console.line(self.summary());
    }

    fn as_json(&self) -> Value {
        let row = |change: &Move| {
            json!({
                "topic": change.partition.topic.as_str(),
                "partition": change.partition.partition.get(),
                "from": ids(&change.from),
                "to": ids(&change.to),
                "bytes": change.bytes_copied(),
            })
        };
        json!({
            "leaders": self.leaders.iter().map(row).collect::<Vec<_>>(),
            "moves": self.moves.iter().map(row).collect::<Vec<_>>(),
            "bytes": self.bytes(),
            "seconds": self.takes().as_secs(),
            "bytes_per_second": self.rate(),
            "throttled": self.throttle.is_some(),
        })
    }
}

fn ids(ids: &[BrokerId]) -> Value {
    ids.iter().map(|id| id.get()).collect()
}

/// What became of a plan; a failure when some of it did not.
pub(super) fn outcome(console: &mut Console, form: Form, carried: &Carried) -> Outcome {
    if form == Form::Json {
        let failed: serde_json::Map<String, Value> = carried
            .failed
            .iter()
            .map(|(partition, reason)| (partition.to_string(), json!(reason)))
            .collect();
        let text = json!({
            "changed": carried.moved,
            "bytes": carried.bytes,
            "took_ms": u64::try_from(carried.took.as_millis()).unwrap_or(u64::MAX),
            "failed": failed,
        });
        console.line(format!("{text:#}"));
    } else {
        console.line(format!(
            "{} partitions changed, {} copied in {:.1} s",
            carried.moved,
            HumanBytes(carried.bytes),
            carried.took.as_secs_f64()
        ));
        for (partition, reason) in &carried.failed {
            console.error(format!("{partition}: {reason}"));
        }
    }
    match carried.failed.len() {
        0 => Ok(()),
        number => Err(Failure::failed(format!("{number} partitions are not as planned"))
            .with_hint("run the same command again: it plans anew from what is there")),
    }
}
