//! Producer ids, handed out from blocks that the controller gives this node.
//!
//! Invariant: an id is handed out once. What is left of a block when the node stops is lost; the
//! controller never gives a block twice.

use crate::node::Node;
use keld_controller::{Command, ProducerIdBlock, Reply};
use keld_types::{ErrorCode, ProducerId};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;

/// The rest of the present block.
#[derive(Debug)]
pub(crate) struct ProducerIds {
    /// The next id and the first one behind the block.
    rest: Mutex<(i64, i64)>,
    /// One asks the controller; the others wait for what it gets.
    refill: Semaphore,
}

impl Default for ProducerIds {
    fn default() -> Self {
        Self { rest: Mutex::new((0, 0)), refill: Semaphore::new(1) }
    }
}

impl ProducerIds {
    fn take(&self) -> Option<ProducerId> {
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, end) = *rest;
        (next < end).then(|| {
            rest.0 = next + 1;
            ProducerId::new(next)
        })
    }

    fn put(&self, block: ProducerIdBlock) {
        let first = block.first.get();
        let end = first.saturating_add(i64::from(block.count));
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = (first, end);
    }
}

impl Node {
    /// A producer id that nobody has. When the controller gives none the client is to ask again:
    /// COORDINATOR_LOAD_IN_PROGRESS, as in Kafka.
    pub(crate) async fn next_producer_id(&self) -> Result<ProducerId, ErrorCode> {
        if let Some(id) = self.producer_ids.take() {
            return Ok(id);
        }
        let busy = ErrorCode::COORDINATOR_LOAD_IN_PROGRESS;
        let _turn = self.producer_ids.refill.acquire().await.map_err(|_| busy)?;
        if let Some(id) = self.producer_ids.take() {
            return Ok(id);
        }
        match self.decide(Command::AllocateProducerIds(self.broker_ref())).await {
            Reply::ProducerIds(block) => self.producer_ids.put(block),
            reply => tracing::warn!(?reply, "no producer ids from the controller"),
        }
        self.producer_ids.take().ok_or(busy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_handed_out_once_from_first_to_last() {
        let ids = ProducerIds::default();
        assert_eq!(ids.take(), None);
        ids.put(ProducerIdBlock { first: ProducerId::new(5000), count: 2 });
        assert_eq!(ids.take(), Some(ProducerId::new(5000)));
        assert_eq!(ids.take(), Some(ProducerId::new(5001)));
        assert_eq!(ids.take(), None);
    }
}
