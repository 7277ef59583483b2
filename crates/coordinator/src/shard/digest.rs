//! The durable state of a shard as text: what must be the same live, replayed, and replayed from
//! a compacted log.

use crate::GroupShard;
use crate::classic::State;
use std::collections::BTreeMap;
use std::fmt::Write as _;

impl GroupShard {
    /// Groups, then offsets. `unsettled` groups are in a rebalance: what they were before it is
    /// not part of the live state, so only their offsets are compared.
    ///
    /// A simple group that has lost its last offset is remembered by the live state only until the
    /// next sweep, as in Kafka; it holds nothing, so it is left out.
    pub(crate) fn digest(&self, unsettled: &[String]) -> String {
        let mut groups = BTreeMap::new();
        for (id, group) in &self.classic {
            let text = match group.state() {
                State::Empty if !group.is_persisted && !self.offsets.knows(id.as_str()) => continue,
                State::Empty | State::Stable => group.digest(),
                State::PreparingRebalance | State::CompletingRebalance | State::Dead => continue,
            };
            groups.insert(id.to_string(), text);
        }
        for (id, group) in &self.modern {
            groups.insert(id.to_string(), format!("{group:?}"));
        }
        let mut out = String::new();
        for (id, text) in groups {
            if !unsettled.contains(&id) {
                writeln!(out, "{id}: {text}").expect("a string grows");
            }
        }
        write!(out, "{:?}", self.offsets).expect("a string grows");
        out
    }

    /// Classic groups that are in a rebalance, or whose end of members the log has refused so far.
    pub(crate) fn unsettled(&self) -> Vec<String> {
        let in_rebalance =
            |state| matches!(state, State::PreparingRebalance | State::CompletingRebalance);
        self.classic
            .iter()
            .filter(|(_, group)| in_rebalance(group.state()) || group.is_unwritten)
            .map(|(id, _)| id.to_string())
            .collect()
    }
}
