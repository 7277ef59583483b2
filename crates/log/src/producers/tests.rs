//! The five-batch window and the rules of sequences, against a naive model that keeps everything.

use super::entry::BATCHES_MAX;
use super::*;
use crate::error::AppendError;
use keld_record::{Attributes, BatchHeader};
use keld_types::{LeaderEpoch, PartitionIndex, TopicName, TopicPartition};
use proptest::prelude::*;

fn partition() -> TopicPartition {
    TopicPartition::new(TopicName::new("t"), PartitionIndex::new(0))
}

fn header(epoch: i16, sequence: i32, count: i32, at: i64) -> BatchHeader {
    BatchHeader {
        base_offset: Offset::new(at),
        length: 100,
        partition_leader_epoch: LeaderEpoch::new(0),
        crc: 0,
        attributes: Attributes::new(0),
        last_offset_delta: count - 1,
        base_timestamp: at,
        max_timestamp: at,
        producer_id: ProducerId::new(1),
        producer_epoch: ProducerEpoch::new(epoch),
        base_sequence: sequence,
        record_count: count,
    }
}

/// One client append, as the log does it: `Ok(Some)` is a duplicate's first offset.
fn append(state: &mut Producers, header: &BatchHeader) -> Result<Option<Offset>, AppendError> {
    let known = state.get(header.producer_id);
    if let Some(found) = known.and_then(|entry| entry.duplicate_of(header)) {
        return Ok(Some(found.first_offset()));
    }
    let mut change = ProducerAppend::new(header.producer_id, known, Rules::Client);
    change.data(&partition(), header)?;
    state.update(&change);
    Ok(None)
}

/// What the model says of an append.
#[derive(PartialEq, Debug)]
enum Expected {
    Appended,
    Duplicate(i64),
    OutOfOrder,
    Fenced,
}

/// Every batch that was appended: epoch, first sequence, count, offset.
#[derive(Default)]
struct Model(Vec<(i16, i32, i32, i64)>);

impl Model {
    fn judge(&self, epoch: i16, sequence: i32, count: i32) -> Expected {
        let Some((last_epoch, last_first, last_count, _)) = self.0.last().copied() else {
            return Expected::Appended;
        };
        let of_epoch: Vec<_> = self.0.iter().filter(|batch| batch.0 == last_epoch).collect();
        if epoch == last_epoch {
            let recent = of_epoch.iter().rev().take(BATCHES_MAX);
            for (_, first, length, at) in recent {
                if (*first, *length) == (sequence, count) {
                    return Expected::Duplicate(*at);
                }
            }
        }
        if epoch < last_epoch {
            return Expected::Fenced;
        }
        let next = i64::from(last_first) + i64::from(last_count);
        // After 2147483647 comes 0.
        let next = if next > i64::from(i32::MAX) { next - i64::from(i32::MAX) - 1 } else { next };
        let fits = if epoch > last_epoch { sequence == 0 } else { i64::from(sequence) == next };
        if fits { Expected::Appended } else { Expected::OutOfOrder }
    }
}

proptest! {
    #[test]
    fn agrees_with_a_model_that_keeps_every_batch(
        start in prop_oneof![Just(0), Just(i32::MAX - 20), 0i32..1000],
        steps in proptest::collection::vec((0u8..10, 1i32..4, 0usize..9), 1..80),
    ) {
        let mut state = Producers::default();
        let mut model = Model::default();
        let (mut epoch, mut next, mut at) = (5i16, start, 0i64);
        for (kind, count, back) in steps {
            let (try_epoch, sequence, count) = match kind {
                // A retry of an earlier batch, maybe one too old.
                0..=2 if !model.0.is_empty() => {
                    let (e, first, length, _) = model.0[model.0.len() - 1 - back % model.0.len()];
                    (e, first, length)
                }
                3 => (epoch, keld_record::increment_sequence(next, back as i32), count),
                4 => (epoch + 1, i32::from(back == 0), count),
                5 => (epoch - 1, 0, count),
                _ => (epoch, next, count),
            };
            let header = header(try_epoch, sequence, count, at);
            let expected = model.judge(try_epoch, sequence, count);
            match append(&mut state, &header) {
                Ok(None) => {
                    prop_assert_eq!(expected, Expected::Appended);
                    model.0.push((try_epoch, sequence, count, at));
                    at += i64::from(count);
                    epoch = try_epoch;
                    next = keld_record::increment_sequence(sequence, count);
                }
                Ok(Some(first)) => prop_assert_eq!(expected, Expected::Duplicate(first.get())),
                Err(AppendError::OutOfOrderSequence { .. }) => {
                    prop_assert_eq!(expected, Expected::OutOfOrder);
                }
                Err(AppendError::InvalidProducerEpoch { .. }) => {
                    prop_assert_eq!(expected, Expected::Fenced);
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
            // What a snapshot keeps is the last batch; reading it back loses nothing else.
            let bytes = encode(state.entries().iter());
            let back = Producers::from_entries(decode(&bytes).unwrap(), 0, i64::MAX);
            let infos: Vec<_> = back.infos().collect();
            prop_assert_eq!(infos, state.infos().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_snapshot_that_is_not_whole_is_refused(
        cut in 0usize..56,
        flip in 0usize..56,
        bit in 0u8..8,
    ) {
        let mut state = Producers::default();
        append(&mut state, &header(0, 0, 1, 0)).unwrap();
        let bytes = encode(state.entries().iter());
        prop_assert_eq!(bytes.len(), 56);
        prop_assert!(decode(&bytes[..cut]).is_err());
        let mut flipped = bytes;
        flipped[flip] ^= 1 << bit;
        prop_assert!(decode(&flipped).is_err());
    }

    #[test]
    fn garbage_is_never_a_panic(bytes: Vec<u8>) {
        let _ = decode(&bytes);
    }
}

fn marker(is_abort: bool, coordinator_epoch: i32) -> Marker {
    Marker { is_abort, coordinator_epoch, timestamp: 5 }
}

#[test]
fn transactions_hold_back_the_first_unstable_offset_until_replicated() {
    let mut state = Producers::default();
    let attributes = Attributes::new(0).with_transactional(true);
    let begin = |state: &mut Producers, id: i64, at: i64| {
        let header =
            BatchHeader { attributes, producer_id: ProducerId::new(id), ..header(0, 0, 1, at) };
        let known = state.get(header.producer_id);
        let mut change = ProducerAppend::new(header.producer_id, known, Rules::Client);
        change.data(&partition(), &header).unwrap();
        state.update(&change);
    };
    let end = |state: &mut Producers, id: i64, is_abort: bool, at: i64| {
        let id = ProducerId::new(id);
        let mut change = ProducerAppend::new(id, state.get(id), Rules::Coordinator);
        let completed = change
            .marker(&partition(), ProducerEpoch::new(0), marker(is_abort, 3), Offset::new(at))
            .unwrap();
        state.update(&change);
        let completed = completed.unwrap();
        let stable = state.last_stable_offset(&completed);
        state.complete(&completed);
        stable.get()
    };
    begin(&mut state, 1, 10);
    begin(&mut state, 2, 11);
    assert_eq!(state.first_unstable_offset(), Some(Offset::new(10)));
    assert_eq!(end(&mut state, 1, true, 12), 11, "the other transaction is open");
    assert_eq!(
        state.first_unstable_offset(),
        Some(Offset::new(10)),
        "its marker is not replicated"
    );
    state.forget_completed_below(Offset::new(13));
    assert_eq!(state.first_unstable_offset(), Some(Offset::new(11)));
    assert_eq!(end(&mut state, 2, false, 13), 14);
    state.forget_completed_below(Offset::new(14));
    assert_eq!(state.first_unstable_offset(), None);

    // A marker of a deposed coordinator.
    let id = ProducerId::new(1);
    let mut change = ProducerAppend::new(id, state.get(id), Rules::Coordinator);
    let fenced =
        change.marker(&partition(), ProducerEpoch::new(0), marker(true, 2), Offset::new(20));
    assert!(matches!(fenced, Err(AppendError::TransactionCoordinatorFenced { .. })));
}

#[test]
fn a_write_outside_the_open_transaction_is_refused() {
    let mut state = Producers::default();
    let inside = BatchHeader {
        attributes: Attributes::new(0).with_transactional(true),
        ..header(0, 0, 1, 0)
    };
    append(&mut state, &inside).unwrap();
    let outside = append(&mut state, &header(0, 1, 1, 1));
    assert!(matches!(outside, Err(AppendError::InvalidTxnState { .. })));
}

#[test]
fn idle_producers_expire_unless_a_transaction_is_open() {
    let mut state = Producers::default();
    append(&mut state, &header(0, 0, 1, 100)).unwrap();
    state.expire(149, 50);
    assert!(!state.is_empty());
    state.expire(150, 50);
    assert!(state.is_empty());
    let open = BatchHeader {
        attributes: Attributes::new(0).with_transactional(true),
        ..header(0, 0, 1, 100)
    };
    append(&mut state, &open).unwrap();
    state.expire(1_000, 50);
    assert!(!state.is_empty());
}
