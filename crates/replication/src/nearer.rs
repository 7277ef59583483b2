//! Reading from a replica that is nearer to the consumer than the leader (KIP-392): the leader
//! names it, and it serves what it knows to be committed.

use crate::error::PartitionError;
use crate::partition::Partition;
use crate::read::{Read, ReadRequest, offsets_of};
use crate::state::Role;
use crate::throttle::Throttled;
use crate::waiter::Seen;
use keld_types::BrokerId;

/// What the leader answers instead of records.
#[derive(Clone, Debug)]
pub struct NearerReplica {
    /// Whom to read from.
    pub id: BrokerId,
    /// The leader's offsets, without data.
    pub read: Read,
}

impl Partition {
    /// The replica that a consumer should read an offset from instead of from this leader: of those
    /// in the ISR that have the offset and are near, the one that has most, then the one that was
    /// caught up last. `None` where this node does not lead, or is near itself, or nobody else is.
    ///
    /// Out-of-sync replicas are never named: a consumer that fell behind with one would be sent
    /// back to it for ever.
    pub fn nearer_replica(
        &self,
        request: &ReadRequest,
        is_near: impl Fn(BrokerId) -> bool,
    ) -> Result<Option<NearerReplica>, PartitionError> {
        let mut state = self.state();
        let Role::Leader(leadership) = &state.role else { return Ok(None) };
        if state.followers.is_empty() || is_near(state.local) {
            return Ok(None);
        }
        let offset = request.offset;
        let candidates = state.followers.replicas().iter().filter(|replica| {
            leadership.isr.contains(&replica.id)
                && (replica.log_start..=replica.log_end).contains(&offset)
                && is_near(replica.id)
        });
        let best = candidates
            .max_by_key(|replica| (replica.log_end, replica.last_caught_up_ms, replica.id));
        let Some(id) = best.map(|replica| replica.id) else { return Ok(None) };
        let (log, leadership) = state.leader(request.current_leader_epoch)?;
        let offsets = offsets_of(log);
        let seen = Seen { end: offsets.high_watermark, leader_epoch: leadership.epoch };
        let read = Read { offsets, seen, data: None, diverging: None, throttled: Throttled::No };
        Ok(Some(NearerReplica { id, read }))
    }
}
