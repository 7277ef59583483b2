//! Topics and membership: what a consumer reads, and when it joins.

use super::group::Joined;
use super::{Consumer, Reading, RebalanceEvent, Subscription};
use crate::error::ClientError;
use crate::metadata::ClusterMetadata;
use keld_types::{ErrorCode, TopicName, TopicPartition};
use std::collections::BTreeSet;

impl Consumer {
    /// Refreshes metadata when it is old, or a subscription needs topics that are not known.
    pub(super) async fn keep_metadata(&mut self) -> Result<(), ClientError> {
        let is_stale = self.client.is_stale();
        match self.subscription.clone() {
            Subscription::Matching(filter) => {
                if is_stale || self.matched.is_empty() {
                    let metadata = self.client.refresh_all().await?;
                    let matched: BTreeSet<TopicName> = metadata
                        .topics
                        .values()
                        .filter(|topic| !topic.is_internal && filter(&topic.name))
                        .map(|topic| topic.name.clone())
                        .collect();
                    if matched.is_empty() {
                        self.wait_a_moment();
                    }
                    if matched != self.matched {
                        self.matched = matched;
                        self.rejoin();
                    }
                }
            }
            Subscription::Topics(topics) => {
                let known = self.client.metadata();
                let is_missing = topics.iter().any(|topic| !known.topics.contains_key(topic));
                if is_stale || is_missing {
                    let create = self.config.create_topics;
                    let known = self.client.refresh_topics(topics.iter().cloned(), create).await?;
                    self.check_refused(&known)?;
                    if topics.iter().any(|topic| !known.topics.contains_key(topic)) {
                        self.wait_a_moment();
                    }
                }
            }
            Subscription::Manual | Subscription::None => {
                let topics: BTreeSet<TopicName> =
                    self.reading.keys().map(|partition| partition.topic.clone()).collect();
                let known = self.client.metadata();
                let is_missing = topics.iter().any(|topic| !known.topics.contains_key(topic));
                if is_stale || is_missing {
                    let known = self.client.refresh_topics(topics, false).await?;
                    self.check_refused(&known)?;
                    if is_missing {
                        self.wait_a_moment();
                    }
                }
            }
        }
        let is_changed = self.snapshot.as_ref().is_some_and(|snapshot| {
            let known = self.client.metadata();
            snapshot.iter().any(|(topic, count)| {
                known.topics.get(topic).map_or(0, |topic| topic.partitions.len()) != *count
            })
        });
        if is_changed {
            self.snapshot = None;
            self.rejoin();
        }
        Ok(())
    }

    pub(super) fn check_refused(&self, metadata: &ClusterMetadata) -> Result<(), ClientError> {
        // A topic that does not exist may come; one that may not be read will not.
        let is_final = |code| {
            matches!(
                code,
                ErrorCode::TOPIC_AUTHORIZATION_FAILED | ErrorCode::INVALID_TOPIC_EXCEPTION
            )
        };
        for (topic, error) in &metadata.refused {
            let is_ours = match &self.subscription {
                Subscription::Topics(topics) => topics.contains(topic),
                Subscription::Manual => self.reading.keys().any(|p| p.topic == *topic),
                Subscription::Matching(_) | Subscription::None => false,
            };
            if is_ours && is_final(error.code) {
                let what = format!("reading topic {topic}");
                return Err(ClientError::Api { what, error: error.clone() });
            }
        }
        Ok(())
    }

    /// Lets the next wait end after a short pause.
    pub(super) fn wait_a_moment(&mut self) {
        let at = self.client.env().clock.monotonic() + self.client.config().retry_backoff;
        self.retry_at = Some(self.retry_at.map_or(at, |known| known.min(at)));
    }

    pub(super) fn rejoin(&self) {
        if let Some(group) = &self.group {
            group.rejoin();
        }
    }

    /// Begins to join when the group asks for it.
    pub(super) async fn keep_membership(&mut self) -> Result<(), ClientError> {
        let topics = match &self.subscription {
            Subscription::Topics(topics) => topics.clone(),
            Subscription::Matching(_) => self.matched.clone(),
            Subscription::Manual | Subscription::None => return Ok(()),
        };
        let Some(group) = &self.group else { return Ok(()) };
        group.check_fatal()?;
        let is_lost = group.take_lost();
        if is_lost {
            let lost = self.assignment();
            self.reading.clear();
            self.note(RebalanceEvent::Lost, lost);
        }
        let Some(group) = &self.group else { return Ok(()) };
        let is_due = group.needs_join() && !topics.is_empty();
        if !is_due {
            return Ok(());
        }
        if let Some(at) = group.join_not_before()
            && at > self.client.env().clock.monotonic()
        {
            self.retry_at = Some(self.retry_at.map_or(at, |known| known.min(at)));
            return Ok(());
        }
        if self.config.auto_commit {
            self.commit_quietly(|_| true).await;
        }
        let is_cooperative = self.config.assignors.iter().all(|a| a.is_cooperative());
        if !is_cooperative {
            let revoked = self.assignment();
            self.reading.clear();
            self.note(RebalanceEvent::Revoked, revoked);
        } else {
            // Of topics that are no longer subscribed to nothing is kept.
            let revoked: Vec<TopicPartition> =
                self.reading.keys().filter(|p| !topics.contains(&p.topic)).cloned().collect();
            self.reading.retain(|partition, _| topics.contains(&partition.topic));
            self.note(RebalanceEvent::Revoked, revoked);
        }
        let owned = self.reading.keys().cloned().collect();
        if let Some(group) = &mut self.group {
            group.start_join(topics, owned);
        }
        Ok(())
    }

    pub(super) fn note(
        &mut self,
        event: impl FnOnce(Vec<TopicPartition>) -> RebalanceEvent,
        partitions: Vec<TopicPartition>,
    ) {
        if !partitions.is_empty() {
            self.events.push(event(partitions));
        }
    }

    /// Takes over a new assignment.
    pub(super) async fn take_join(
        &mut self,
        joined: Result<Joined, ClientError>,
    ) -> Result<(), ClientError> {
        let joined = match joined {
            Ok(joined) => joined,
            Err(error) if error.is_retriable() => {
                tracing::debug!(%error, "joining the group failed");
                self.wait_a_moment();
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.snapshot = joined.snapshot;
        let assigned: BTreeSet<TopicPartition> = joined.assignment.into_iter().collect();
        let revoked: Vec<TopicPartition> = self
            .reading
            .keys()
            .filter(|partition| !assigned.contains(*partition))
            .cloned()
            .collect();
        if !revoked.is_empty() {
            if self.config.auto_commit {
                self.commit_quietly(|partition| !assigned.contains(partition)).await;
            }
            self.reading.retain(|partition, _| assigned.contains(partition));
            self.note(RebalanceEvent::Revoked, revoked);
            // Whoever waits for them gets them in the next round (KIP-429).
            self.rejoin();
        }
        let added: Vec<TopicPartition> = assigned
            .into_iter()
            .filter(|partition| !self.reading.contains_key(partition))
            .collect();
        for partition in &added {
            self.reading.insert(partition.clone(), Reading::default());
        }
        self.note(RebalanceEvent::Assigned, added);
        Ok(())
    }
}
