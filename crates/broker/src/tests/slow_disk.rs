//! What is not in memory is read beside the workers: whoever needs no disk is answered meanwhile.

use super::data_path::{fetch, named, partition, values};
use super::support::{Client, World, batch, format};
use keld_env::Clock;
use keld_env::sim::{SimDisk, SlowReads, WALL_START_MS};
use keld_types::ErrorCode;
use keld_wire::messages::ListOffsetsRequest;
use keld_wire::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use keld_wire::{ApiKey, messages::FetchResponse, messages::ListOffsetsResponse};
use std::time::Duration;

const LATENCY: Duration = Duration::from_secs(2);

#[test]
fn cold_reads_and_look_ups_hold_up_nobody() {
    let disk = SimDisk::new();
    format(&disk, &["/data"]);
    let mut made = None;
    let world = World::try_in(disk, &["/data"], &[], |env| {
        let (env, slow) = SlowReads::wrap(env, "/t-0/", LATENCY);
        made = Some(slow);
        env
    });
    let (world, slow) = (world.unwrap(), made.unwrap());
    world.create("t", 1, &[("segment.bytes", "1048576")]);
    // Some segments, most of them sealed, with their indexes in files.
    let value = "x".repeat(100_000);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for _ in 0..40 {
            client.call(named("t", batch(&[&value])), 9).await;
        }
    });
    slow.chill();
    let clock = world.simulation.clock().clone();
    let (quick, took, cold, at_time) = world.talk(|env| async move {
        let (mut reader, mut asker) = (Client::connect(&env).await, Client::connect(&env).await);
        let (mut tail, mut producer) = (Client::connect(&env).await, Client::connect(&env).await);
        let start = clock.monotonic();
        reader.send(&fetch("t", vec![partition(0, 3)]), 11).await;
        let by_time = ListOffsetsRequest {
            replica_id: -1,
            topics: vec![ListOffsetsTopic {
                name: "t".into(),
                partitions: vec![ListOffsetsPartition {
                    timestamp: WALL_START_MS,
                    current_leader_epoch: -1,
                    ..ListOffsetsPartition::default()
                }],
                ..ListOffsetsTopic::default()
            }],
            ..ListOffsetsRequest::default()
        };
        asker.send(&by_time, 5).await;
        tail.send(&fetch("t", vec![partition(0, 40)]), 11).await;
        producer.call(named("t", batch(&["new"])), 9).await;
        let (_, newest): (i32, FetchResponse) = tail.receive(ApiKey::Fetch, 11).await.unwrap();
        assert_eq!(values(&newest, 0, 0), ["new"]);
        let quick = clock.monotonic() - start;
        let (_, cold): (i32, FetchResponse) = reader.receive(ApiKey::Fetch, 11).await.unwrap();
        let took = clock.monotonic() - start;
        let answer = asker.receive(ApiKey::ListOffsets, 5).await;
        let (_, at_time): (i32, ListOffsetsResponse) = answer.unwrap();
        (quick, took, cold, at_time)
    });
    assert!(quick < Duration::from_millis(100), "{quick:?} at the end of the partition");
    assert!(took >= LATENCY, "{took:?} from the disk");
    assert!(values(&cold, 0, 0).iter().all(|value| value.len() == 100_000));
    let found = &at_time.topics[0].partitions[0];
    assert_eq!((found.error_code, found.offset), (ErrorCode::NONE, 0));
    assert_eq!(slow.stalls(), 0, "no read of the worker waited");
    assert!(slow.cold_reads() > 2);
}
