//! A disk that cannot read: its directory goes offline, whoever asked is told, others are served.

use super::data_path::{fetch, partition, produce, values};
use super::support::{Client, World, batch, format};
use keld_env::sim::{DiskFault, DiskOperation, FaultEffect, SimDisk, SlowReads};
use keld_types::{ErrorCode, TopicId};
use keld_wire::messages::FetchResponse;
use keld_wire::{ApiKey, messages::ProduceResponse};
use std::io;
use std::sync::Arc;
use std::time::Duration;

const DIRS: [&str; 2] = ["/one", "/two"];

/// A topic with a partition in each directory, one record in each, and an environment whose reads
/// of the second directory's partition may be cold.
fn world() -> (World, Arc<SlowReads>) {
    let disk = SimDisk::new();
    format(&disk, &DIRS);
    let mut made = None;
    let world = World::try_in(disk, &DIRS, &[], |env| {
        let (env, slow) = SlowReads::wrap(env, "/two/t-", Duration::from_secs(1));
        made = Some(slow);
        env
    });
    let world = world.unwrap();
    world.create("t", 2, &[]);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        for index in 0..2 {
            client.call(produce("t", TopicId::ZERO, index, batch(&["x"]), -1), 9).await;
        }
    });
    (world, made.unwrap())
}

/// From the `skip`th on no read of the second directory's partition works.
fn break_reads(world: &World, skip: u64) {
    world.process.disk().inject(DiskFault {
        operation: Some(DiskOperation::Read),
        path_contains: "/two/t-".to_owned(),
        skip,
        times: u64::MAX,
        effect: FaultEffect::Error(io::ErrorKind::Other),
    });
}

async fn fetch_both(client: &mut Client) -> Option<FetchResponse> {
    client.send(&fetch("t", vec![partition(0, 0), partition(1, 0)]), 11).await;
    let (_, response) = client.receive(ApiKey::Fetch, 11).await?;
    Some(response)
}

/// One partition fails, by fetch and by produce, and the other one is read.
async fn one_is_offline(client: &mut Client, response: &FetchResponse) {
    let failed = ErrorCode::KAFKA_STORAGE_ERROR;
    let codes: Vec<ErrorCode> =
        response.responses[0].partitions.iter().map(|found| found.error_code).collect();
    let good = codes.iter().position(|code| code.is_none()).expect("one is served");
    assert_eq!(codes[1 - good], failed, "{codes:?}");
    assert_eq!(values(response, 0, good), ["x"]);
    for index in 0..2 {
        let request = produce("t", TopicId::ZERO, index as i32, batch(&["y"]), -1);
        let response: ProduceResponse = client.call(request, 9).await;
        let code = response.responses[0].partition_responses[0].error_code;
        assert_eq!(code, if index == good { ErrorCode::NONE } else { failed });
    }
}

#[test]
fn a_look_up_that_fails_is_answered_with_a_storage_error() {
    let (world, _) = world();
    break_reads(&world, 0);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let response = fetch_both(&mut client).await.expect("an answer");
        one_is_offline(&mut client, &response).await;
    });
}

#[test]
fn a_cold_look_up_that_fails_is_answered_with_a_storage_error_after_one_read() {
    let (world, slow) = world();
    slow.chill();
    break_reads(&world, 0);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        let response = fetch_both(&mut client).await.expect("an answer");
        one_is_offline(&mut client, &response).await;
    });
    assert_eq!((slow.stalls(), slow.cold_reads()), (0, 1), "a failing disk is not asked again");
}

#[test]
fn records_that_cannot_be_sent_end_the_connection_and_the_next_answer_says_why() {
    let (world, _) = world();
    // The look-up reads once; the answer's length is promised when its bytes are read.
    break_reads(&world, 1);
    world.talk(|env| async move {
        let mut client = Client::connect(&env).await;
        assert!(fetch_both(&mut client).await.is_none(), "half an answer is none");
        let mut again = Client::connect(&env).await;
        let response = fetch_both(&mut again).await.expect("an answer");
        one_is_offline(&mut again, &response).await;
    });
}
