//! Segments that somebody damages under a running node: whoever reads there is told, nothing bad
//! passes for good, and everybody else is served on.

use super::data_path::{fetch, named, partition, values};
use super::support::{Client, World, batch, dir};
use keld_env::{Disk, OpenMode};
use keld_record::HEADER_LENGTH;
use keld_types::{BrokerId, ErrorCode};
use keld_wire::messages::FetchResponse;

const SEGMENT: &str = "/data/bad-0/00000000000000000000.log";

/// A node that has three records in `bad`, none of them in memory any more, and one in `good`; and
/// how many bytes each batch of `bad` takes.
fn world() -> (World, usize) {
    let world = World::new(&[]);
    world.create("bad", 1, &[]);
    world.create("good", 1, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for value in ["one", "two", "333"] {
            client.call(named("bad", batch(&[value])), 9).await;
        }
        client.call(named("good", batch(&["fine"])), 9).await;
    });
    let world = world.restarted(&["/data"], &[]);
    let length = world.process.disk().content(&dir(SEGMENT)).unwrap().len();
    assert_eq!(length % 3, 0);
    (world, length / 3)
}

fn read(world: &World, topic: &'static str, offset: i64) -> FetchResponse {
    world.talk(move |env| async move {
        let mut client = Client::connect(&env).await;
        client.call(fetch(topic, vec![partition(0, offset)]), 11).await
    })
}

fn code(response: &FetchResponse) -> ErrorCode {
    response.responses[0].partitions[0].error_code
}

/// The other partition is read and written, the damaged one is written, and the directory is there.
fn all_else_goes_on(world: &World) {
    assert_eq!(values(&read(world, "good", 0), 0, 0), ["fine"]);
    let codes = world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let mut codes = Vec::new();
        for topic in ["good", "bad"] {
            let response = client.call(named(topic, batch(&["new"])), 9).await;
            codes.push(response.responses[0].partition_responses[0].error_code);
        }
        codes
    });
    assert_eq!(codes, [ErrorCode::NONE, ErrorCode::NONE]);
    assert_eq!(values(&read(world, "good", 1), 0, 0), ["new"]);
    assert_eq!(values(&read(world, "bad", 3), 0, 0), ["new"]);
}

fn cut(world: &World, length: usize) {
    let disk = world.process.disk();
    let content = disk.content(&dir(SEGMENT)).unwrap();
    let file = disk.open(&dir(SEGMENT), OpenMode::Write).unwrap();
    file.truncate(length as u64).unwrap();
    assert_eq!(disk.content(&dir(SEGMENT)).unwrap(), content[..length]);
}

#[test]
fn a_flipped_bit_in_a_header_is_told() {
    // The length, the magic byte.
    for at in [8, 16] {
        let (world, size) = world();
        world.process.disk().flip_bits(&dir(SEGMENT), (size + at) as u64, 0x40).unwrap();
        assert_eq!(code(&read(&world, "bad", 1)), ErrorCode::CORRUPT_MESSAGE, "byte {at}");
        the_others_go_on(&world);
    }
}

/// The same where nobody can step over the damage to what lies behind.
fn the_others_go_on(world: &World) {
    assert_eq!(values(&read(world, "good", 0), 0, 0), ["fine"]);
    let response = world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        client.call(named("good", batch(&["new"])), 9).await
    });
    assert_eq!(response.responses[0].partition_responses[0].error_code, ErrorCode::NONE);
    assert!(
        world
            .node
            .image()
            .topics_by_name()
            .all(|topic| { topic.partitions.values().all(|held| held.leader == BrokerId::new(1)) })
    );
}

#[test]
fn a_flipped_bit_in_a_record_reaches_the_consumer_with_a_checksum_that_tells() {
    let (world, size) = world();
    let at = size + HEADER_LENGTH + 7;
    world.process.disk().flip_bits(&dir(SEGMENT), at as u64, 0x01).unwrap();
    let response = read(&world, "bad", 1);
    assert_eq!(code(&response), ErrorCode::NONE, "as Kafka: the consumer checks");
    let bytes = response.responses[0].partitions[0].records.as_ref().unwrap().to_bytes().unwrap();
    let good: Vec<bool> =
        keld_record::batches(bytes).map(|batch| batch.unwrap().verify_crc().is_ok()).collect();
    assert_eq!(good, [false, true]);
    all_else_goes_on(&world);
}

#[test]
fn a_segment_that_was_cut_is_told() {
    for beyond in [0, 20, HEADER_LENGTH, HEADER_LENGTH + 5] {
        let (world, size) = world();
        // It is open, and had its length when it was opened.
        assert_eq!(values(&read(&world, "bad", 0), 0, 0), ["one", "two", "333"]);
        cut(&world, size + beyond);
        for offset in [1, 2] {
            let found = code(&read(&world, "bad", offset));
            assert_eq!(found, ErrorCode::CORRUPT_MESSAGE, "{beyond} bytes of batch 1, {offset}");
        }
        // What is there is served still; half of a batch at the end is as where a limit cuts one.
        let response = read(&world, "bad", 0);
        assert_eq!(code(&response), ErrorCode::NONE);
        let bytes = response.responses[0].partitions[0].records.as_ref().unwrap();
        assert_eq!(bytes.to_bytes().unwrap().len(), size + beyond);
        the_others_go_on(&world);
    }
}

#[test]
fn a_full_volume_refuses_a_batch_whole_and_goes_on_by_itself() {
    let (world, _) = world();
    let disk = world.process.disk().clone();
    let used = disk.space(&dir("/data")).unwrap();
    // Room for a part of the batch only.
    disk.set_capacity(used.total_bytes - used.usable_bytes + 30);
    let produce = |world: &World| {
        let response = world.talk(|env| async move {
            let mut client = Client::connect(&env).await;
            client.call(named("bad", batch(&["late"])), 9).await
        });
        response.responses[0].partition_responses[0].error_code
    };
    assert_eq!(produce(&world), ErrorCode::KAFKA_STORAGE_ERROR);
    assert_eq!(values(&read(&world, "bad", 0), 0, 0), ["one", "two", "333"]);
    disk.set_capacity(1 << 40);
    assert_eq!(produce(&world), ErrorCode::NONE);
    assert_eq!(values(&read(&world, "bad", 0), 0, 0), ["one", "two", "333", "late"]);
}
