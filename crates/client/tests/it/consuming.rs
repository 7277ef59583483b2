//! Consume: by hand and in a group.

use crate::connecting::config;
use crate::fake::FakeBroker;
use keld_client::{
    Client, ClientError, Consumer, ConsumerConfig, OffsetReset, OffsetSpec, RebalanceEvent,
};
use keld_env::sim::{Process, Simulation};
use keld_record::{BatchBuilder, Compression};
use keld_types::{ErrorCode, GroupId, Offset, PartitionIndex, TopicName, TopicPartition};
use std::time::Duration;

fn tp(partition: i32) -> TopicPartition {
    TopicPartition::new(TopicName::new("t"), PartitionIndex::new(partition))
}

/// A broker with `count` records in each of two partitions, three in a batch.
fn world(seed: u64, count: i64) -> (Simulation, FakeBroker, Process, Process) {
    let mut simulation = Simulation::new(seed);
    let (broker, process) = FakeBroker::start(&mut simulation, 2);
    {
        let mut state = broker.state();
        for partition in 0..2 {
            let log = state.logs.entry(("t".to_owned(), partition)).or_default();
            while log.end() < count {
                let mut builder = BatchBuilder::new(Compression::Lz4);
                for _ in 0..3 {
                    builder.append(1, Some(b"k"), Some(b"v"), &[]).expect("fits");
                }
                log.append(&builder.finish_batch().expect("three records"));
            }
        }
    }
    let client = simulation.process("client");
    (simulation, broker, process, client)
}

fn group_config() -> ConsumerConfig {
    ConsumerConfig {
        group: Some(GroupId::new("g")),
        offset_reset: OffsetReset::Earliest,
        ..ConsumerConfig::default()
    }
}

const POLL: Duration = Duration::from_millis(300);

/// Polls until `count` records came; their offsets by partition.
async fn read(consumer: &mut Consumer, count: usize) -> Result<[Vec<i64>; 2], ClientError> {
    let mut offsets = [Vec::new(), Vec::new()];
    let mut polls = 0;
    while offsets.iter().map(Vec::len).sum::<usize>() < count {
        for record in consumer.poll(POLL).await? {
            let place = usize::try_from(record.partition.partition.get()).expect("0 or 1");
            offsets[place].push(record.offset.get());
        }
        polls += 1;
        assert!(polls < 1_000, "only {offsets:?}");
    }
    Ok(offsets)
}

#[test]
fn assigned_partitions_are_read_from_where_they_are_sought() {
    let (simulation, _broker, _server, process) = world(1, 30);
    let env = process.env().clone();
    simulation
        .run(&process, async move {
            let client = Client::connect(env, config()).await?;
            let mut consumer = Consumer::new(&client, ConsumerConfig::default())?;
            assert!(consumer.poll(POLL).await.is_err(), "nothing to read yet");
            assert!(consumer.subscribe([TopicName::new("t")]).is_err(), "no group");
            consumer.assign([tp(0), tp(1)])?;
            // In the middle of a batch, and in the last one.
            consumer.seek(&tp(0), Offset::new(4))?;
            consumer.seek(&tp(1), Offset::new(28))?;
            let offsets = read(&mut consumer, 28).await?;
            assert_eq!(offsets, [(4..30).collect::<Vec<_>>(), vec![28, 29]]);
            assert_eq!(consumer.lag(&tp(0)), Some(0));
            consumer.seek_to(&tp(0), OffsetSpec::Earliest)?;
            consumer.pause(&[tp(1)])?;
            assert_eq!(consumer.position(&tp(0)).await?, Offset::ZERO);
            assert_eq!(read(&mut consumer, 30).await?, [(0..30).collect(), Vec::new()]);
            consumer.seek_to(&tp(0), OffsetSpec::Latest)?;
            assert_eq!(consumer.position(&tp(0)).await?, Offset::new(30));
            assert!(consumer.seek(&tp(7), Offset::ZERO).is_err(), "not assigned");
            Ok::<_, ClientError>(())
        })
        .expect("ends")
        .expect("works");
}

#[test]
fn polls_hand_out_no_more_than_they_may() {
    let (simulation, _broker, _server, process) = world(2, 30);
    let env = process.env().clone();
    simulation
        .run(&process, async move {
            let client = Client::connect(env, config()).await?;
            let limited = ConsumerConfig { poll_records_max: 4, ..group_config() };
            let mut consumer = Consumer::new(&client, limited)?;
            consumer.assign([tp(0)])?;
            let mut count = 0;
            while count < 30 {
                let records = consumer.poll(POLL).await?;
                assert!(records.len() <= 4);
                count += records.len();
            }
            Ok::<_, ClientError>(())
        })
        .expect("ends")
        .expect("works");
}

#[test]
fn an_offset_that_is_gone_is_reset_or_an_error() {
    let (simulation, broker, _server, process) = world(3, 30);
    for partition in 0..2 {
        let mut state = broker.state();
        let log = state.logs.get_mut(&("t".to_owned(), partition)).expect("there");
        log.start = 15;
        log.batches.drain(..5);
    }
    let env = process.env().clone();
    simulation
        .run(&process, async move {
            let client = Client::connect(env, config()).await?;
            let mut consumer = Consumer::new(&client, group_config())?;
            consumer.assign([tp(0)])?;
            consumer.seek(&tp(0), Offset::new(2))?;
            assert_eq!(read(&mut consumer, 15).await?[0], (15..30).collect::<Vec<_>>());
            let strict = ConsumerConfig { offset_reset: OffsetReset::None, ..group_config() };
            let mut consumer = Consumer::new(&client, strict)?;
            consumer.assign([tp(0)])?;
            let error = consumer.poll(POLL).await.expect_err("no position");
            assert_eq!(error, ClientError::NoOffset { partition: tp(0) });
            assert!(error.advice().is_some());
            Ok::<_, ClientError>(())
        })
        .expect("ends")
        .expect("works");
}

#[test]
fn a_group_member_commits_and_the_next_one_goes_on_there() {
    let (simulation, broker, _server, process) = world(4, 30);
    let env = process.env().clone();
    simulation
        .run(&process, async move {
            let client = Client::connect(env, config()).await?;
            let mut consumer = Consumer::new(&client, group_config())?;
            consumer.subscribe([TopicName::new("t")])?;
            read(&mut consumer, 60).await?;
            assert_eq!(consumer.member_id().as_deref(), Some("member-1"));
            assert_eq!(consumer.take_events(), [RebalanceEvent::Assigned(vec![tp(0), tp(1)])]);
            consumer.close(Duration::from_secs(5)).await?;
            let mut next = Consumer::new(&client, group_config())?;
            next.subscribe([TopicName::new("t")])?;
            assert!(next.poll(Duration::from_secs(2)).await?.is_empty());
            assert_eq!(next.position(&tp(0)).await?, Offset::new(30));
            Ok::<_, ClientError>(())
        })
        .expect("ends")
        .expect("works");
    let state = broker.state();
    assert_eq!(state.committed.values().copied().collect::<Vec<_>>(), [30, 30]);
    assert!(state.requests.iter().any(|api| api.name() == "LeaveGroup"));
}

#[test]
fn a_rebalance_revokes_and_assigns_and_an_eviction_loses() {
    let (simulation, broker, _server, process) = world(5, 30);
    let env = process.env().clone();
    let told = broker.clone();
    let events = simulation
        .run(&process, async move {
            let client = Client::connect(env, config()).await?;
            let mut consumer = Consumer::new(&client, group_config())?;
            consumer.subscribe([TopicName::new("t")])?;
            read(&mut consumer, 60).await?;
            told.state().heartbeats = [ErrorCode::REBALANCE_IN_PROGRESS].into();
            consumer.poll(Duration::from_secs(5)).await?;
            told.state().heartbeats = [ErrorCode::UNKNOWN_MEMBER_ID].into();
            consumer.poll(Duration::from_secs(5)).await?;
            Ok::<_, ClientError>(consumer.take_events())
        })
        .expect("ends")
        .expect("works");
    let both = vec![tp(0), tp(1)];
    assert_eq!(
        events,
        [
            RebalanceEvent::Assigned(both.clone()),
            RebalanceEvent::Revoked(both.clone()),
            RebalanceEvent::Assigned(both.clone()),
            RebalanceEvent::Lost(both.clone()),
            RebalanceEvent::Assigned(both),
        ]
    );
}

#[test]
fn a_consumer_that_is_not_polled_leaves() {
    let (simulation, broker, _server, process) = world(6, 3);
    let env = process.env().clone();
    let events = simulation
        .run(&process, async move {
            let client = Client::connect(env.clone(), config()).await?;
            let idle =
                ConsumerConfig { poll_interval_max: Duration::from_secs(10), ..group_config() };
            let mut consumer = Consumer::new(&client, idle)?;
            consumer.subscribe([TopicName::new("t")])?;
            read(&mut consumer, 6).await?;
            let pause = env.clock.monotonic() + Duration::from_secs(60);
            env.clock.sleep_until(pause).await;
            consumer.poll(Duration::from_secs(1)).await?;
            Ok::<_, ClientError>(consumer.take_events())
        })
        .expect("ends")
        .expect("works");
    assert!(matches!(events[1], RebalanceEvent::Lost(_)), "{events:?}");
    assert!(broker.state().requests.iter().any(|api| api.name() == "LeaveGroup"));
}

#[test]
fn damage_is_an_error_after_what_came_before_it() {
    let (simulation, broker, _server, process) = world(7, 6);
    {
        let mut state = broker.state();
        let log = state.logs.get_mut(&("t".to_owned(), 0)).expect("there");
        let mut bytes = log.batches[1].bytes().to_vec();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        log.batches[1] = keld_record::RecordBatch::parse(&bytes.into()).expect("a whole frame");
    }
    let env = process.env().clone();
    simulation
        .run(&process, async move {
            let client = Client::connect(env, config()).await?;
            let mut consumer = Consumer::new(&client, group_config())?;
            consumer.assign([tp(0)])?;
            assert_eq!(read(&mut consumer, 3).await?[0], [0, 1, 2]);
            for _ in 0..2 {
                let error = consumer.poll(Duration::from_secs(2)).await.expect_err("damaged");
                let told = error.to_string();
                assert!(told.starts_with("records of t-0 at offset 3 cannot be read"), "{told}");
            }
            Ok::<_, ClientError>(())
        })
        .expect("ends")
        .expect("works");
}
