//! The metadata quorum, as its disks and its nodes show it: one leader in an epoch, one vote of a
//! voter in an epoch, and committed records that are the same everywhere and stay.

use super::nodes::Slot;
use crate::node::Node;
use keld_record::{batches, crc32c};
use keld_types::{BrokerId, LeaderEpoch};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

const LOG: &str = "/data/__cluster_metadata-0/00000000000000000000.log";
const STATE: &str = "/data/__cluster_metadata-0/quorum-state";

/// What is known of the quorum for good.
#[derive(Default)]
pub(super) struct MetadataLogs {
    leaders: BTreeMap<LeaderEpoch, BrokerId>,
    /// Whom a node voted for, or followed, in an epoch.
    votes: BTreeMap<(i32, i64), i64>,
    /// The state file of each node when it was last looked at.
    states: BTreeMap<i32, Vec<u8>>,
    /// Committed batches: base offset and checksum.
    committed: Vec<(i64, u32)>,
    /// The high watermark of a process.
    reached: BTreeMap<(i32, u64), i64>,
}

impl MetadataLogs {
    /// A voter gives one vote in an epoch, also over its crashes (I17).
    pub(super) fn look_at_votes(&mut self, slot: &Slot) -> Result<(), String> {
        let Ok(content) = slot.disk().content(Path::new(STATE)) else { return Ok(()) };
        let held = self.states.entry(slot.id).or_default();
        if *held == content {
            return Ok(());
        }
        // What is no such file ends its node.
        let Ok(state) = serde_json::from_slice::<serde_json::Value>(&content) else {
            return Ok(());
        };
        let field = |name: &str| state[name].as_i64().unwrap_or(-1);
        let (epoch, voted) = (field("leaderEpoch"), field("votedId"));
        *held = content;
        if voted < 0 {
            return Ok(());
        }
        let vote = *self.votes.entry((slot.id, epoch)).or_insert(voted);
        if vote != voted {
            return Err(format!(
                "node {} voted for {vote} and for {voted} in epoch {epoch}",
                slot.id
            ));
        }
        Ok(())
    }

    /// The quorum has one leader in an epoch.
    pub(super) fn look_at_leader(&mut self, id: i32, node: &Arc<Node>) -> Result<(), String> {
        let Some(status) = node.quorum.status() else { return Ok(()) };
        let Some(leader) = status.leader else { return Ok(()) };
        let known = *self.leaders.entry(status.epoch).or_insert(leader);
        if known != leader {
            return Err(format!(
                "node {id} takes {leader} for the controller of epoch {}, which {known} was",
                status.epoch
            ));
        }
        Ok(())
    }

    /// What is committed is the same in every log (I5), and stays.
    pub(super) fn compare(&mut self, slots: &[Slot]) -> Result<(), String> {
        for slot in slots {
            let Some(status) = slot.node().and_then(|node| node.quorum.status()) else { continue };
            let Some(high_watermark) = status.high_watermark else { continue };
            let reached = self.reached.entry((slot.id, slot.life)).or_default();
            if high_watermark.get() < *reached {
                return Err(format!(
                    "node {}: the quorum's high watermark fell from {reached} to {high_watermark}",
                    slot.id
                ));
            }
            *reached = high_watermark.get();
            let Ok(content) = slot.disk().content(Path::new(LOG)) else { continue };
            for (at, batch) in batches(content.into()).enumerate() {
                let batch = batch.map_err(|error| format!("node {}: {error}", slot.id))?;
                if batch.header().next_offset() > high_watermark {
                    break;
                }
                let found = (batch.header().base_offset.get(), crc32c(batch.bytes()));
                match self.committed.get(at) {
                    Some(known) if *known != found => {
                        return Err(format!(
                            "node {}: the metadata at {} is not what was committed at {}",
                            slot.id, found.0, known.0
                        ));
                    }
                    Some(_) => {}
                    None => self.committed.push(found),
                }
            }
        }
        Ok(())
    }
}
