//! Produce: order, once, whatever the broker and the network do.

use crate::connecting::config;
use crate::fake::{FakeBroker, Fault, HOST};
use keld_client::{Client, ClientConfig, ClientError, Producer, ProducerConfig, ProducerRecord};
use keld_env::sim::{Process, Simulation};
use keld_record::Compression;
use keld_types::{ErrorCode, PartitionIndex, RequiredAcks, TopicName};
use std::time::Duration;

fn record(i: usize) -> ProducerRecord {
    let mut record = ProducerRecord::new(TopicName::new("t"), format!("{i}"));
    record.partition = Some(PartitionIndex::new(0));
    record
}

fn small_batches() -> ProducerConfig {
    ProducerConfig { batch_bytes: 200, linger: Duration::ZERO, ..ProducerConfig::default() }
}

/// Sends `count` records and gives what became of each.
fn produce(
    simulation: &Simulation,
    process: &Process,
    client: ClientConfig,
    config: ProducerConfig,
    count: usize,
) -> Vec<Result<i64, ClientError>> {
    let env = process.env().clone();
    simulation
        .run(process, async move {
            let client = Client::connect(env, client).await.expect("the broker is there");
            let producer = Producer::new(&client, config).expect("a good configuration");
            let mut deliveries = Vec::new();
            for i in 0..count {
                deliveries.push(producer.send(record(i)).await.expect("taken"));
            }
            producer.flush().await;
            let mut results = Vec::new();
            for delivery in deliveries {
                results.push(delivery.await.map(|metadata| metadata.offset.get()));
            }
            producer.close(Duration::from_secs(1)).await.expect("nothing is left");
            results
        })
        .expect("ends")
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|i| i.to_string()).collect()
}

#[test]
fn every_fault_is_survived_in_order_and_once() {
    for seed in 0..30 {
        let mut simulation = Simulation::new(seed);
        let (broker, _process) = FakeBroker::start(&mut simulation, 1);
        let process = simulation.process("client");
        let mut faults = Vec::new();
        let mut dice = seed;
        for _ in 0..12 {
            dice = dice
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            faults.push(match (dice >> 60) % 6 {
                0 => Fault::Cut,
                1 => Fault::WriteAndCut,
                2 => Fault::Refuse(ErrorCode::NOT_LEADER_OR_FOLLOWER),
                3 => Fault::Refuse(ErrorCode::NOT_ENOUGH_REPLICAS),
                4 => Fault::Delay(Duration::from_secs(40)),
                _ => Fault::Delay(Duration::from_millis(1)),
            });
        }
        broker.state().faults = faults.clone().into();
        let config =
            ProducerConfig { delivery_timeout: Duration::from_secs(3_600), ..small_batches() };
        let results = produce(&simulation, &process, self::config(), config, 300);
        assert!(results.iter().all(Result::is_ok), "seed {seed} {faults:?}: {results:?}");
        let state = broker.state();
        assert_eq!(state.logs[&("t".to_owned(), 0)].values(), numbers(0..300), "seed {seed}");
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    let run = || {
        let mut simulation = Simulation::new(5);
        let (broker, _process) = FakeBroker::start(&mut simulation, 1);
        broker.state().faults = [Fault::Cut, Fault::WriteAndCut].into();
        let process = simulation.process("client");
        produce(&simulation, &process, config(), small_batches(), 100);
        simulation.steps()
    };
    assert_eq!(run(), run());
}

#[test]
fn offsets_are_those_of_the_log_for_every_codec() {
    for codec in Compression::ALL {
        let mut simulation = Simulation::new(2);
        let (broker, _process) = FakeBroker::start(&mut simulation, 1);
        let process = simulation.process("client");
        let config = ProducerConfig { compression: codec.into(), ..ProducerConfig::default() };
        let results = produce(&simulation, &process, self::config(), config, 50);
        let offsets: Vec<i64> = results.into_iter().map(|r| r.expect("written")).collect();
        assert_eq!(offsets, (0..50).collect::<Vec<_>>(), "{codec}");
        assert_eq!(broker.state().logs[&("t".to_owned(), 0)].values(), numbers(0..50));
    }
}

#[test]
fn a_batch_too_large_for_the_broker_is_split_and_a_record_too_large_fails_alone() {
    let mut simulation = Simulation::new(4);
    let (broker, _process) = FakeBroker::start(&mut simulation, 1);
    broker.state().batch_bytes_max = Some(200);
    let process = simulation.process("client");
    let results = produce(&simulation, &process, config(), ProducerConfig::default(), 100);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(broker.state().logs[&("t".to_owned(), 0)].values(), numbers(0..100));

    let env = process.env().clone();
    let results = simulation
        .run(&process, async move {
            let client = Client::connect(env, config()).await.expect("there");
            let producer = Producer::new(&client, ProducerConfig::default()).expect("good");
            let mut deliveries = Vec::new();
            for i in 100..110 {
                let mut record = record(i);
                if i == 105 {
                    record.value = Some(vec![b'x'; 500].into());
                }
                deliveries.push(producer.send(record).await.expect("taken"));
            }
            producer.flush().await;
            let mut codes = Vec::new();
            for delivery in deliveries {
                codes.push(delivery.await.err().and_then(|error| error.code()));
            }
            codes
        })
        .expect("ends");
    for (i, code) in results.into_iter().enumerate() {
        assert_eq!(code, (i == 5).then_some(ErrorCode::MESSAGE_TOO_LARGE), "record {i}");
    }
    let mut expected = numbers(0..110);
    expected.remove(105);
    assert_eq!(broker.state().logs[&("t".to_owned(), 0)].values(), expected);
}

#[test]
fn what_a_broker_refuses_for_good_fails_and_the_rest_goes_on() {
    let mut simulation = Simulation::new(6);
    let (broker, _process) = FakeBroker::start(&mut simulation, 1);
    broker.state().faults = [Fault::Refuse(ErrorCode::INVALID_RECORD)].into();
    let process = simulation.process("client");
    let results = produce(&simulation, &process, config(), small_batches(), 60);
    let failed = results.iter().take_while(|result| result.is_err()).count();
    assert!(failed > 0 && failed < 60, "{failed}");
    let error = results[0].clone().expect_err("refused");
    assert_eq!(error.to_string(), "producing to t-0: INVALID_RECORD");
    assert!(results[failed..].iter().all(Result::is_ok), "{results:?}");
    assert_eq!(broker.state().logs[&("t".to_owned(), 0)].values(), numbers(failed..60));
}

#[test]
fn a_producer_id_that_the_broker_forgot_is_replaced() {
    let mut simulation = Simulation::new(8);
    let (broker, _process) = FakeBroker::start(&mut simulation, 1);
    broker.state().faults = [Fault::Refuse(ErrorCode::UNKNOWN_PRODUCER_ID)].into();
    let process = simulation.process("client");
    let results = produce(&simulation, &process, config(), small_batches(), 40);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(broker.state().logs[&("t".to_owned(), 0)].values(), numbers(0..40));
    let asked = broker.state().requests.iter().filter(|k| k.name() == "InitProducerId").count();
    assert_eq!(asked, 2);
}

#[test]
fn a_record_that_cannot_be_delivered_fails_in_time() {
    let mut simulation = Simulation::new(9);
    let (broker, _process) = FakeBroker::start(&mut simulation, 1);
    broker.state().faults = vec![Fault::Refuse(ErrorCode::NOT_ENOUGH_REPLICAS); 10_000].into();
    let process = simulation.process("client");
    let config =
        ProducerConfig { delivery_timeout: Duration::from_secs(20), ..ProducerConfig::default() };
    let results = produce(&simulation, &process, self::config(), config, 3);
    for result in results {
        let error = result.expect_err("never delivered").to_string();
        assert!(error.starts_with("a record for t-0 was not delivered within 20000 ms"), "{error}");
        assert!(error.contains("NOT_ENOUGH_REPLICAS"), "{error}");
    }
}

#[test]
fn acks_zero_waits_for_nobody() {
    let mut simulation = Simulation::new(10);
    let (broker, _process) = FakeBroker::start(&mut simulation, 1);
    let process = simulation.process("client");
    let config = ProducerConfig {
        acks: RequiredAcks::None,
        idempotence: false,
        ..ProducerConfig::default()
    };
    let results = produce(&simulation, &process, self::config(), config, 5);
    assert_eq!(results, vec![Ok(-1); 5]);
    simulation.run_for(Duration::from_secs(1)).expect("runs");
    // The fake broker answers all the same, as no broker does: the connection is then useless, and
    // the records are there.
    assert_eq!(broker.state().logs[&("t".to_owned(), 0)].values(), numbers(0..5));
}

#[test]
fn a_network_that_goes_and_comes_back_loses_nothing() {
    let mut simulation = Simulation::new(11);
    let (broker, _process) = FakeBroker::start(&mut simulation, 3);
    let process = simulation.process("client");
    let env = process.env().clone();
    let net = simulation.net().clone();
    let results = simulation
        .run(&process, async move {
            let client = Client::connect(env.clone(), config()).await.expect("there");
            let producer = Producer::new(&client, small_batches()).expect("good");
            let mut deliveries = Vec::new();
            for i in 0..400 {
                if i == 100 || i == 200 {
                    net.reset("client", HOST);
                }
                if i == 300 {
                    net.partition("client", HOST);
                }
                let record = ProducerRecord::new(TopicName::new("t"), format!("{i}"));
                deliveries.push(producer.send(record.with_key(format!("{}", i % 7))).await);
                let pause = env.clock.monotonic() + Duration::from_millis(2);
                env.clock.sleep_until(pause).await;
            }
            let pause = env.clock.monotonic() + Duration::from_secs(35);
            env.clock.sleep_until(pause).await;
            net.heal();
            producer.flush().await;
            let mut results = Vec::new();
            for delivery in deliveries {
                results.push(delivery.expect("taken").await.is_ok());
            }
            results
        })
        .expect("ends");
    assert!(results.iter().all(|is_ok| *is_ok), "{results:?}");
    let state = broker.state();
    let mut all: Vec<usize> = Vec::new();
    for log in state.logs.values() {
        let values: Vec<usize> =
            log.values().iter().map(|value| value.parse().expect("a number")).collect();
        assert!(values.is_sorted(), "{values:?}");
        all.extend(values);
    }
    all.sort_unstable();
    assert_eq!(all, (0..400).collect::<Vec<_>>());
}

/// Whoever opens a connection must not hold up the others when nobody looks at it: requests under
/// way and the producer's own metadata requests once waited for each other for ever.
#[test]
fn a_broker_that_is_killed_and_comes_back_is_found_again() {
    for seed in 0..40 {
        let mut simulation = Simulation::new(seed);
        let (broker, first) = FakeBroker::start(&mut simulation, 3);
        simulation.net().set_latency(Duration::from_millis(1), Duration::from_millis(30));
        let second = simulation.process(HOST);
        let process = simulation.process("client");
        let env = process.env().clone();
        let again = broker.clone();
        let net = simulation.net().clone();
        let results = simulation.run(&process, async move {
            let client = Client::connect(env.clone(), config()).await.expect("there");
            let producer = Producer::new(&client, small_batches()).expect("good");
            let mut first = Some(first);
            let mut deliveries = Vec::new();
            for i in 0..600 {
                // Half the worlds lose the broker, half the network, long enough for attempts to
                // connect to run out of time.
                match (i, seed % 2) {
                    (200, 0) => drop(first.take().expect("killed once").kill()),
                    (300, 0) => again.start_on(&second),
                    (200, _) => net.partition("client", HOST),
                    (300, _) => {
                        let pause = env.clock.monotonic() + Duration::from_secs(80);
                        env.clock.sleep_until(pause).await;
                        net.heal();
                    }
                    _ => {}
                }
                let record = ProducerRecord::new(TopicName::new("t"), format!("{i}"));
                deliveries.push(producer.send(record.with_key(format!("{}", i % 9))).await);
                let pause = env.clock.monotonic() + Duration::from_millis(1);
                env.clock.sleep_until(pause).await;
            }
            producer.flush().await;
            let mut results = Vec::new();
            for delivery in deliveries {
                results.push(delivery.expect("taken").await.is_ok());
            }
            results
        });
        let results = results.unwrap_or_else(|stalled| panic!("seed {seed}: {stalled:?}"));
        assert!(results.iter().all(|is_ok| *is_ok), "seed {seed}: {results:?}");
        let written: usize = broker.state().logs.values().map(|log| log.values().len()).sum();
        assert_eq!(written, 600, "seed {seed}");
    }
}

#[test]
fn what_cannot_work_is_refused_at_once() {
    let mut simulation = Simulation::new(12);
    let (_broker, _process) = FakeBroker::start(&mut simulation, 1);
    let process = simulation.process("client");
    let env = process.env().clone();
    simulation
        .run(&process, async move {
            let client = Client::connect(env, config()).await.expect("there");
            let acks_one =
                ProducerConfig { acks: RequiredAcks::Leader, ..ProducerConfig::default() };
            let error = Producer::new(&client, acks_one).expect_err("idempotence needs all");
            assert_eq!(error.to_string(), "`enable.idempotence` needs `acks=all`");
            let producer = Producer::new(&client, ProducerConfig::default()).expect("good");
            let mut large = record(0);
            large.value = Some(vec![0; 2 << 20].into());
            let error = producer.send(large).await.expect_err("above max.request.size");
            assert!(error.to_string().contains("`max.request.size` 1048576"), "{error}");
            let mut elsewhere = record(0);
            elsewhere.partition = Some(PartitionIndex::new(9));
            let error = producer.send(elsewhere).await.expect_err("no such partition");
            assert_eq!(error.to_string(), "topic t has 1 partitions, no partition 9");
        })
        .expect("ends");
}
