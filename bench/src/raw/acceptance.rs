//! Whether partitions accept records, asked of all the nodes that may lead them.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use bytes::Bytes;
use keld_wire::Response;
use keld_wire::messages::ProduceResponse;

use super::client::Client;
use super::requests::{self, PRODUCE_VERSION};
use crate::server::pause;

/// A node's id and where it listens.
pub(crate) type Place = (i32, SocketAddr);

/// Partitions to which a record is sent, again until all replicas in sync have one of each.
#[derive(Debug)]
pub(crate) struct Acceptance {
    topic: String,
    batch: Bytes,
    pending: BTreeSet<i32>,
}

impl Acceptance {
    pub(crate) fn of(topic: &str, partitions: i32) -> anyhow::Result<Self> {
        Ok(Self {
            topic: topic.to_owned(),
            batch: requests::record_batch(1, 100, 1)?,
            pending: (0..partitions).collect(),
        })
    }

    /// Sends until every partition has acknowledged a record; the time since `began`. Nodes that
    /// cannot be reached are asked again.
    pub(crate) fn wait(
        mut self,
        nodes: &[Place],
        began: Instant,
        patience: Duration,
    ) -> anyhow::Result<Duration> {
        loop {
            let mut refusal = None;
            for node in nodes {
                match self.ask(*node) {
                    Ok(accepted) => self.pending.retain(|one| !accepted.contains(one)),
                    Err(error) => refusal = Some(error),
                }
            }
            if self.pending.is_empty() {
                return Ok(began.elapsed());
            }
            ensure!(
                began.elapsed() < patience,
                "{} partitions of {} accept nothing after {patience:?}: {refusal:?}",
                self.pending.len(),
                self.topic
            );
            pause(Duration::from_millis(1));
        }
    }

    /// Sends to those partitions that a node leads; which of them acknowledged.
    fn ask(&self, (id, address): Place) -> anyhow::Result<BTreeSet<i32>> {
        let mut client = Client::connect(address)?;
        let mut partitions = client.led_by(&self.topic, id)?;
        partitions.retain(|one| self.pending.contains(one));
        if partitions.is_empty() {
            return Ok(BTreeSet::new());
        }
        let request = requests::produce_each(&self.topic, &partitions, &self.batch);
        match client.call(request, PRODUCE_VERSION)? {
            Response::Produce(response) => Ok(accepted(&response)),
            other => bail!("not an answer to Produce: {other:?}"),
        }
    }
}

fn accepted(response: &ProduceResponse) -> BTreeSet<i32> {
    let partitions = response.responses.iter().flat_map(|topic| &topic.partition_responses);
    partitions.filter(|one| one.error_code.is_none()).map(|one| one.index).collect()
}

#[cfg(test)]
mod tests {
    use keld_types::ErrorCode;
    use keld_wire::messages::produce_response::{PartitionProduceResponse, TopicProduceResponse};

    use super::*;

    #[test]
    fn what_was_refused_stays_to_be_asked() {
        let partition = |index, code| PartitionProduceResponse {
            index,
            error_code: ErrorCode::from_code(code),
            ..PartitionProduceResponse::default()
        };
        let topic = TopicProduceResponse {
            partition_responses: vec![partition(3, 0), partition(4, 6), partition(7, 0)],
            ..TopicProduceResponse::default()
        };
        let response = ProduceResponse { responses: vec![topic], ..ProduceResponse::default() };
        assert_eq!(accepted(&response), BTreeSet::from([3, 7]));
    }
}
