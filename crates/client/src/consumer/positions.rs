//! Positions: found, reset, and committed.

use super::{Consumer, OffsetReset};
use crate::admin::{OffsetSpec, fetch_offsets};
use crate::error::ClientError;
use keld_env::Monotonic;
use keld_types::{Offset, TopicPartition};
use std::collections::BTreeMap;

impl Consumer {
    pub(super) async fn commit_if_due(&mut self, now: Monotonic) {
        let is_due = now.saturating_sub(self.committed_at) >= self.config.auto_commit_interval;
        if self.group.is_some() && self.config.auto_commit && is_due {
            self.commit_quietly(|_| true).await;
            self.committed_at = now;
        }
    }

    /// Commits positions where a failure is survived by reading some records again.
    pub(super) async fn commit_quietly(&self, of: impl Fn(&TopicPartition) -> bool) {
        let positions = self.positions(of);
        let Some(group) = self.group.as_ref().filter(|_| !positions.is_empty()) else { return };
        if let Err(error) = group.commit(&positions).await {
            tracing::warn!(group = %group.id(), %error, "offsets were not committed");
        }
    }

    /// Finds a position for each partition that has none: committed, sought, or reset.
    pub(super) async fn find_positions(&mut self) -> Result<(), ClientError> {
        let fresh: Vec<TopicPartition> = self
            .reading
            .iter()
            .filter(|(_, reading)| reading.position.is_none() && reading.reset.is_none())
            .map(|(partition, _)| partition.clone())
            .collect();
        if !fresh.is_empty() {
            let committed = match &self.group {
                Some(group) => {
                    let id = group.id().clone();
                    fetch_offsets(&self.admin, &id, Some(&fresh), true).await?
                }
                None => BTreeMap::new(),
            };
            for partition in fresh {
                match committed.get(&partition) {
                    Some(Ok(offset)) => {
                        let reading = self.read_mut(&partition)?;
                        reading.position = Some(offset.offset);
                        reading.leader_epoch = Some(offset.leader_epoch);
                    }
                    Some(Err(error)) => {
                        let what = format!("the committed offset of {partition}");
                        return Err(ClientError::Api { what, error: error.clone() });
                    }
                    None => self.reset(&partition)?,
                }
            }
        }
        let wanted: BTreeMap<TopicPartition, OffsetSpec> = self
            .reading
            .iter()
            .filter_map(|(partition, reading)| Some((partition.clone(), reading.reset?)))
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let found = self.admin.list_offsets(&wanted, self.config.isolation).await?;
        for (partition, spec) in wanted {
            match found.get(&partition) {
                Some(Ok(listed)) if listed.offset >= Offset::ZERO => {
                    let reading = self.read_mut(&partition)?;
                    reading.position = Some(listed.offset);
                    reading.leader_epoch = Some(listed.leader_epoch);
                    reading.reset = None;
                }
                // No record is that young: continue at the end.
                Some(Ok(_)) if spec != OffsetSpec::Latest => {
                    self.read_mut(&partition)?.reset = Some(OffsetSpec::Latest);
                    self.wait_a_moment();
                }
                Some(Err(error)) if !error.code.is_retriable() => {
                    let what = format!("looking up an offset of {partition}");
                    return Err(ClientError::Api { what, error: error.clone() });
                }
                Some(Ok(_) | Err(_)) | None => self.wait_a_moment(),
            }
        }
        Ok(())
    }

    /// Applies `auto.offset.reset`.
    pub(super) fn reset(&mut self, partition: &TopicPartition) -> Result<(), ClientError> {
        let spec = match self.config.offset_reset {
            OffsetReset::Earliest => OffsetSpec::Earliest,
            OffsetReset::Latest => OffsetSpec::Latest,
            OffsetReset::None => {
                return Err(ClientError::NoOffset { partition: partition.clone() });
            }
        };
        let reading = self.read_mut(partition)?;
        reading.position = None;
        reading.leader_epoch = None;
        reading.buffer = None;
        reading.reset = Some(spec);
        Ok(())
    }
}
