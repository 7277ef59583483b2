//! The accumulator alone: when batches close, which partition keyless records take.

use super::accumulator::{Accumulator, Outcome};
use super::batch::Pending;
use super::*;
use crate::metadata::{PartitionMetadata, TopicMetadata};
use keld_types::{BrokerId, TopicId};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// One for all records, as in a producer: their permits are merged.
static MEMORY: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(100_000)));

fn topic(leaders: &[Option<i32>]) -> TopicMetadata {
    let partitions = leaders.iter().zip(0..).map(|(leader, index)| PartitionMetadata {
        index: PartitionIndex::new(index),
        leader: leader.map(BrokerId::new),
        leader_epoch: keld_types::LeaderEpoch::new(0),
        replicas: Vec::new(),
        isr: Vec::new(),
        offline: Vec::new(),
    });
    TopicMetadata {
        name: TopicName::new("t"),
        id: TopicId::ZERO,
        is_internal: false,
        partitions: partitions.collect(),
    }
}

fn record(value: &'static str) -> ProducerRecord {
    ProducerRecord::new(TopicName::new("t"), value)
}

fn tp(index: i32) -> TopicPartition {
    TopicPartition::new(TopicName::new("t"), PartitionIndex::new(index))
}

fn append(accumulator: &mut Accumulator, now_ms: u64) -> bool {
    let memory = Arc::clone(&MEMORY).try_acquire_many_owned(50).expect("there is room");
    let (done, _) = oneshot::channel();
    let pending = Pending { done, timestamp: 0 };
    let now = Duration::from_millis(now_ms);
    accumulator.append(tp(0), &record("0123456789"), pending, memory, now).expect("open")
}

fn config() -> ProducerConfig {
    ProducerConfig { idempotence: false, batch_bytes: 200, ..ProducerConfig::default() }
}

#[test]
fn keyless_records_stay_with_a_partition_for_a_batch_and_avoid_those_without_a_leader() {
    let mut accumulator = Accumulator::new(&config());
    let topic = topic(&[Some(1), None, Some(1)]);
    let mut chosen = Vec::new();
    for _ in 0..60 {
        let choice = accumulator.choose_partition(&topic, &record("0123456789"), |bound| bound / 2);
        chosen.push(choice.expect("a partition").partition.get());
    }
    chosen.dedup();
    assert!(chosen.len() > 5 && chosen.len() < 20, "{chosen:?}");
    assert_eq!(chosen.iter().copied().collect::<BTreeSet<_>>(), [0, 2].into());
}

#[test]
fn a_batch_waits_for_linger_or_until_it_is_full() {
    let mut accumulator = Accumulator::new(&config());
    let ms = Duration::from_millis;
    assert!(append(&mut accumulator, 0), "a new batch is news");
    assert!(!append(&mut accumulator, 1), "one more record is not");
    assert!(accumulator.ready(ms(4)).is_empty());
    assert_eq!(accumulator.next_deadline(), Some(ms(5)));
    assert_eq!(accumulator.ready(ms(5)), [tp(0)]);
    let batch = accumulator.take(&tp(0)).expect("it is ready");
    for _ in 0..9 {
        append(&mut accumulator, 5);
    }
    assert_eq!(accumulator.ready(ms(5)), [tp(0)], "full before linger is over");
    let written = Outcome::Written { base_offset: Offset::ZERO, log_append_time: None };
    accumulator.finish(&tp(0), batch, written, ms(6));
    assert!(!accumulator.is_done_until(2));
    assert!(accumulator.is_done_until(1));
}

#[test]
fn nothing_passes_a_batch_that_waits_to_be_sent_again() {
    let mut accumulator = Accumulator::new(&config());
    let ms = Duration::from_millis;
    for _ in 0..30 {
        append(&mut accumulator, 0);
    }
    accumulator.flush();
    let take = |accumulator: &mut Accumulator| {
        assert_eq!(accumulator.ready(ms(1)), [tp(0)]);
        accumulator.take(&tp(0)).expect("ready")
    };
    let (first, second) = (take(&mut accumulator), take(&mut accumulator));
    let lost = Outcome::Lost(ClientError::Timeout { what: String::new(), after: ms(1) });
    accumulator.finish(&tp(0), first, lost.clone(), ms(50));
    assert!(accumulator.ready(ms(100)).is_empty(), "the second is still under way");
    accumulator.finish(&tp(0), second, lost, ms(50));
    assert!(accumulator.ready(ms(49)).is_empty(), "a pause comes first");
    assert_eq!(accumulator.ready(ms(50)), [tp(0)]);
    assert_eq!(accumulator.take(&tp(0)).map(|batch| batch.attempts()), Some(2));
}

#[test]
fn a_closed_producer_takes_nothing() {
    let mut accumulator = Accumulator::new(&config());
    append(&mut accumulator, 0);
    accumulator.close();
    assert!(!accumulator.is_finished(), "one batch is left");
    accumulator.fail_all(&ClientError::Closed);
    assert!(accumulator.is_finished());
    let memory = Arc::new(Semaphore::new(1)).try_acquire_owned().expect("there is room");
    let pending = Pending { done: oneshot::channel().0, timestamp: 0 };
    let refused = accumulator.append(tp(0), &record("x"), pending, memory, Duration::ZERO);
    assert_eq!(refused, Err(ClientError::Closed));
}
