//! Transactions as a compaction goes over them: which batches were aborted, and which markers are
//! no longer needed.
//!
//! Nothing above the last stable offset is compacted, so every transaction that is met has been
//! decided, and the aborted ones stand in the transaction indexes. A marker stays while a batch of
//! its transaction was met, because a reader that began earlier still needs it.

use crate::txn_index::AbortedTxn;
use keld_record::{BatchHeader, ControlRecordType};
use keld_types::{Offset, ProducerId};
use std::collections::{BTreeMap, BTreeSet};

/// See the module's documentation. Batches must come in the order of the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Transactions {
    /// Aborted transactions that were not met yet, the first one last.
    coming: Vec<AbortedTxn>,
    ongoing_aborted: BTreeMap<ProducerId, Ongoing>,
    /// Producers of which a batch of a committed transaction was met since their last marker.
    ongoing_committed: BTreeSet<ProducerId>,
}

#[derive(Clone, Copy, Debug)]
struct Ongoing {
    txn: AbortedTxn,
    was_met: bool,
}

/// What becomes of a control batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct MarkerVerdict {
    /// Nothing of its transaction is left.
    pub(crate) is_dispensable: bool,
    /// The aborted transaction that must stay in the index.
    pub(crate) aborted: Option<AbortedTxn>,
}

impl Transactions {
    /// Starts before all batches; `aborted` are the aborted transactions of the whole log.
    pub(crate) fn new(mut aborted: Vec<AbortedTxn>) -> Self {
        aborted.sort_by_key(|txn| std::cmp::Reverse((txn.first_offset, txn.last_offset)));
        Self { coming: aborted, ..Self::default() }
    }

    /// A batch of records. Returns whether it belongs to an aborted transaction.
    pub(crate) fn on_batch(&mut self, header: &BatchHeader) -> bool {
        if !header.is_transactional() {
            return false;
        }
        self.meet_until(header.last_offset());
        let id = header.producer_id;
        match self.ongoing_aborted.get_mut(&id) {
            Some(ongoing) if header.base_offset < ongoing.txn.last_offset => {
                ongoing.was_met = true;
                true
            }
            // Its marker lies before: compaction took it, and the index was not told.
            Some(_) => {
                self.ongoing_aborted.remove(&id);
                self.ongoing_committed.insert(id);
                false
            }
            None => {
                self.ongoing_committed.insert(id);
                false
            }
        }
    }

    /// A control batch; `kind` is what its record says, `None` when it is empty.
    pub(crate) fn on_control(
        &mut self,
        header: &BatchHeader,
        kind: Option<ControlRecordType>,
    ) -> MarkerVerdict {
        self.meet_until(header.last_offset());
        let id = header.producer_id;
        match kind {
            Some(ControlRecordType::Abort) => {
                let ended = self.ongoing_aborted.remove(&id).filter(|ongoing| ongoing.was_met);
                let aborted = ended.map(|ongoing| ongoing.txn);
                MarkerVerdict { is_dispensable: aborted.is_none(), aborted }
            }
            Some(ControlRecordType::Commit) => {
                let was_met = self.ongoing_committed.remove(&id);
                MarkerVerdict { is_dispensable: !was_met, aborted: None }
            }
            Some(_) => MarkerVerdict { is_dispensable: false, aborted: None },
            // Compaction emptied it: its transaction is gone.
            None => MarkerVerdict { is_dispensable: true, aborted: None },
        }
    }

    fn meet_until(&mut self, offset: Offset) {
        while let Some(txn) = self.coming.pop_if(|txn| txn.first_offset <= offset) {
            let slot = self.ongoing_aborted.entry(txn.producer_id);
            let slot = slot.or_insert(Ongoing { txn, was_met: false });
            // One of the same producer that ended before this one began has lost its marker.
            if slot.txn.last_offset < txn.first_offset {
                *slot = Ongoing { txn, was_met: false };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keld_record::{Attributes, BatchBuilder, Compression};

    fn header(base: i64, last: i64, producer: i64, transactional: bool) -> BatchHeader {
        let mut builder = BatchBuilder::new(Compression::None).base_offset(Offset::new(base));
        builder.append(0, None, None, &[]).unwrap();
        let built = builder.finish_batch().unwrap();
        BatchHeader {
            last_offset_delta: (last - base) as i32,
            producer_id: ProducerId::new(producer),
            attributes: Attributes::default().with_transactional(transactional),
            ..*built.header()
        }
    }

    fn aborted(producer: i64, first: i64, last: i64) -> AbortedTxn {
        AbortedTxn {
            producer_id: ProducerId::new(producer),
            first_offset: Offset::new(first),
            last_offset: Offset::new(last),
            last_stable_offset: Offset::new(last + 1),
        }
    }

    #[test]
    fn aborted_batches_go_and_their_marker_stays_while_they_were_met() {
        let txn = aborted(1, 2, 9);
        let mut state = Transactions::new(vec![txn]);
        assert!(!state.on_batch(&header(0, 1, 1, true)), "before the transaction");
        assert!(state.on_batch(&header(2, 4, 1, true)));
        assert!(!state.on_batch(&header(5, 5, 2, true)), "another producer");
        assert!(!state.on_batch(&header(6, 6, 1, false)), "not in a transaction");
        let verdict = state.on_control(&header(9, 9, 1, true), Some(ControlRecordType::Abort));
        assert_eq!(verdict, MarkerVerdict { is_dispensable: false, aborted: Some(txn) });
        assert!(!state.on_batch(&header(10, 12, 1, true)), "the next transaction");
        let commit = Some(ControlRecordType::Commit);
        assert!(!state.on_control(&header(13, 13, 2, true), commit).is_dispensable);
        assert!(state.on_control(&header(14, 14, 2, true), commit).is_dispensable, "nothing met");
    }

    #[test]
    fn a_marker_of_nothing_is_dispensable() {
        let mut state = Transactions::new(vec![aborted(1, 2, 9)]);
        let verdict = state.on_control(&header(9, 9, 1, true), Some(ControlRecordType::Abort));
        assert_eq!(verdict, MarkerVerdict { is_dispensable: true, aborted: None });
        assert!(state.on_control(&header(10, 10, 1, true), None).is_dispensable);
        let other =
            state.on_control(&header(11, 11, -1, false), Some(ControlRecordType::Unknown(9)));
        assert!(!other.is_dispensable);
    }

    #[test]
    fn an_index_entry_without_its_marker_takes_nothing_of_later_transactions() {
        let mut state = Transactions::new(vec![aborted(1, 2, 9), aborted(1, 30, 39)]);
        assert!(state.on_batch(&header(2, 3, 1, true)));
        assert!(!state.on_batch(&header(12, 13, 1, true)), "behind the lost marker");
        assert!(state.on_batch(&header(30, 30, 1, true)));
        let verdict = state.on_control(&header(39, 39, 1, true), Some(ControlRecordType::Abort));
        assert_eq!(verdict.aborted, Some(aborted(1, 30, 39)));
    }
}
