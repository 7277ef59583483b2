//! What a node does by itself is done in time although nothing happens to the logs, and nothing is
//! looked at that nothing is due of.

use super::data_path::{named, produce};
use super::support::{Client, World, batch, batch_of, dir};
use keld_controller::{Command, Reply};
use keld_env::Disk;
use keld_env::sim::{DiskFault, DiskOperation, FaultEffect, WALL_START_MS};
use keld_log::PartitionLog;
use keld_record::{BatchProducer, Compression};
use keld_types::{ErrorCode, Offset, PartitionIndex, ProducerEpoch, ProducerId, TopicId};
use keld_wire::messages::delete_topics_request::DeleteTopicState;
use keld_wire::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use keld_wire::messages::{DeleteTopicsRequest, IncrementalAlterConfigsRequest, ProduceRequest};
use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// Has a request to produce answered without an error.
fn write(world: &World, request: ProduceRequest) {
    assert_eq!(try_write(world, request), ErrorCode::NONE);
}

fn try_write(world: &World, request: ProduceRequest) -> ErrorCode {
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let response = client.call(request, 9).await;
        response.responses[0].partition_responses[0].error_code
    })
}

/// Looks at the log of `t`, partition 0, as the background does, which leaves no trace.
fn look<T>(world: &World, look: impl FnOnce(&mut PartitionLog) -> T) -> T {
    let partition = world.node.partitions.partition("t", PartitionIndex::new(0)).unwrap();
    partition.keep(look).unwrap()
}

fn log_start(world: &World) -> Offset {
    look(world, |log| log.log_start_offset())
}

/// The files in the directory of `t`, partition 0, whose names end so.
fn files(world: &World, suffix: &str) -> usize {
    let entries = world.process.disk().list(&dir("/data/t-0")).unwrap();
    entries.iter().filter(|entry| entry.name.ends_with(suffix)).count()
}

/// Sets an option of a topic, or of all brokers where the resource has no name.
fn set_option(world: &World, topic: &str, name: &str, value: &str) {
    let config = AlterableConfig {
        name: name.into(),
        config_operation: 0,
        value: Some(value.into()),
        ..AlterableConfig::default()
    };
    let resource = AlterConfigsResource {
        resource_type: if topic.is_empty() { 4 } else { 2 },
        resource_name: topic.into(),
        configs: vec![config],
        ..AlterConfigsResource::default()
    };
    let request =
        IncrementalAlterConfigsRequest { resources: vec![resource], ..Default::default() };
    let asked = world.node.quorum.submit(Command::IncrementalAlterConfigs(request));
    match world.simulation.run(&world.process, asked).unwrap() {
        Reply::IncrementalAlterConfigs(response) => {
            let outcome = &response.responses[0];
            assert_eq!(outcome.error_code, ErrorCode::NONE, "{:?}", outcome.error_message);
        }
        reply => panic!("{reply:?}"),
    }
}

#[test]
fn segments_that_nobody_touches_are_deleted_when_they_are_old_and_their_files_after_the_delay() {
    let world = World::new(&[("log.retention.check.interval.ms", "60000")]);
    let options = [("retention.ms", "3600000"), ("file.delete.delay.ms", "300000")];
    world.create("t", 1, &options);
    write(&world, named("t", batch(&["old"])));
    world.run_for(59 * MINUTE);
    assert_eq!(log_start(&world), Offset::ZERO);
    world.run_for(3 * MINUTE);
    assert_eq!(log_start(&world), Offset::new(1));
    assert_eq!(files(&world, ".log.deleted"), 1);
    world.run_for(6 * MINUTE);
    assert_eq!(files(&world, ".log.deleted"), 0);
    assert_eq!(files(&world, "00000000000000000000.log"), 0);
}

#[test]
fn a_shorter_retention_takes_effect_on_logs_that_nobody_touches() {
    for (resource, name) in [("t", "retention.ms"), ("", "log.retention.ms")] {
        let world = World::new(&[]);
        world.create("t", 1, &[]);
        write(&world, named("t", batch(&["old"])));
        world.run_for(HOUR);
        assert_eq!(log_start(&world), Offset::ZERO, "{name}");
        set_option(&world, resource, name, "1000");
        world.run_for(6 * MINUTE);
        assert_eq!(log_start(&world), Offset::new(1), "{name}");
        // And one that is so much longer keeps what is written then.
        set_option(&world, resource, name, "36000000");
        write(&world, named("t", batch(&["kept"])));
        world.run_for(HOUR);
        assert_eq!(log_start(&world), Offset::new(1), "{name}");
    }
}

#[test]
fn a_log_that_became_too_large_is_cut_at_the_next_check() {
    let world = World::new(&[]);
    world.create("t", 1, &[("retention.bytes", "1500000"), ("segment.bytes", "1048576")]);
    world.run_for(11 * MINUTE);
    let large = "x".repeat(700_000);
    for _ in 0..4 {
        write(&world, named("t", batch(&[&large])));
    }
    world.run_for(6 * MINUTE);
    assert_eq!(log_start(&world), Offset::new(1));
}

#[test]
fn producers_that_stay_idle_are_forgotten() {
    let options = [
        ("producer.id.expiration.ms", "3600000"),
        ("producer.id.expiration.check.interval.ms", "60000"),
    ];
    let world = World::new(&options);
    world.create("t", 1, &[]);
    let producer =
        BatchProducer { id: ProducerId::new(7), epoch: ProducerEpoch::new(0), base_sequence: 0 };
    let records = batch_of(Compression::None, WALL_START_MS, Some(producer), &["x"]);
    write(&world, produce("t", TopicId::ZERO, 0, records, -1));
    world.run_for(59 * MINUTE);
    assert_eq!(look(&world, |log| log.producers().len()), 1);
    world.run_for(3 * MINUTE);
    assert_eq!(look(&world, |log| log.producers().len()), 0);
}

#[test]
fn what_waits_for_a_flush_by_time_is_flushed_then() {
    let world = World::new(&[]);
    world.create("t", 1, &[("keld.durability", "replicated"), ("flush.ms", "600000")]);
    write(&world, named("t", batch(&["x"])));
    world.run_for(9 * MINUTE);
    assert_eq!(look(&world, |log| log.durable_offset()), Offset::ZERO);
    world.run_for(2 * MINUTE);
    assert_eq!(look(&world, |log| log.durable_offset()), Offset::new(1));
}

#[test]
fn an_idle_partition_holds_no_descriptor() {
    let world = World::new(&[]);
    world.create("t", 1, &[]);
    write(&world, named("t", batch(&["opens it"])));
    world.process.disk().inject(DiskFault {
        operation: Some(DiskOperation::Open),
        path_contains: "/data/t-0/00000000000000000000.log".to_owned(),
        skip: 0,
        times: u64::MAX,
        effect: FaultEffect::Error(std::io::ErrorKind::Other),
    });
    write(&world, named("t", batch(&["has it"])));
    world.run_for(Duration::from_secs(16));
    let code = try_write(&world, named("t", batch(&["has to open it"])));
    assert_eq!(code, ErrorCode::KAFKA_STORAGE_ERROR);
}

#[test]
fn an_idle_node_looks_at_no_partition() {
    let world = World::new(&[]);
    world.create("t", 50, &[]);
    let gone = world.create("gone", 50, &[]);
    write(&world, named("t", batch(&["x"])));
    write(&world, named("gone", batch(&["x"])));
    world.run_for(11 * MINUTE);
    let request = DeleteTopicsRequest {
        topics: vec![DeleteTopicState { topic_id: gone.uuid(), ..DeleteTopicState::default() }],
        timeout_ms: 1000,
        ..DeleteTopicsRequest::default()
    };
    let asked = world.node.quorum.submit(Command::DeleteTopics(request, 6));
    let reply = world.simulation.run(&world.process, asked).unwrap();
    assert!(matches!(reply, Reply::DeleteTopics(_)), "{reply:?}");
    world.run_for(5 * MINUTE);
    let upkeep = &world.node.upkeep;
    for second in 0..700 {
        assert!(upkeep.touched.is_empty(), "{:?} after {second} s", upkeep.touched.take());
        world.run_for(Duration::from_secs(1));
    }
    assert_eq!(upkeep.looks_due(world.process.env().clock.wall_ms()), 0);
    // The one log with a record is looked at when that may be deleted; of the others nothing is left.
    assert_eq!(upkeep.looks_due(i64::MAX), 1);
}
