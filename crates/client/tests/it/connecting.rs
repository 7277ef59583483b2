//! Connections: versions, hostile answers, silence.

use crate::fake::{FakeBroker, HOST, PORT};
use keld_client::{Client, ClientConfig, ClientError, parse_addresses};
use keld_env::sim::Simulation;
use keld_env::{Address, Env};
use keld_types::TopicName;
use std::future::poll_fn;
use std::io::IoSlice;
use std::time::Duration;

pub(crate) fn config() -> ClientConfig {
    ClientConfig::new(parse_addresses(&format!("{HOST}:{PORT}")).expect("an address"))
}

#[test]
fn an_older_broker_is_asked_again_in_its_own_version() {
    for newest in [0, 2, 3] {
        let mut simulation = Simulation::new(7);
        let (broker, _process) = FakeBroker::start(&mut simulation, 1);
        broker.state().api_versions_max = newest;
        let process = simulation.process("client");
        let env = process.env().clone();
        let connected = simulation.run(&process, async move {
            let client = Client::connect(env, config()).await?;
            Ok::<_, ClientError>(client.metadata().brokers.len())
        });
        assert_eq!(connected, Ok(Ok(1)), "newest version {newest}");
    }
}

#[test]
fn a_missing_broker_and_a_missing_topic_are_named() {
    let mut simulation = Simulation::new(1);
    let (_broker, _process) = FakeBroker::start(&mut simulation, 1);
    let process = simulation.process("client");
    let env = process.env().clone();
    let (nobody, topic) = simulation
        .run(&process, async move {
            let mut absent = config();
            absent.bootstrap = parse_addresses("nobody:9092").expect("an address");
            absent.api_timeout = Duration::from_secs(2);
            let nobody = Client::connect(env.clone(), absent).await.expect_err("nobody is there");
            let client = Client::connect(env, config()).await.expect("the broker is there");
            let topic = client.topic(&TopicName::new("missing"), false).await;
            (nobody, topic.expect_err("no such topic"))
        })
        .expect("ends");
    assert!(nobody.to_string().contains("nobody:9092"), "{nobody}");
    assert!(nobody.advice().is_some());
    assert_eq!(topic.to_string(), "topic missing is refused: UNKNOWN_TOPIC_OR_PARTITION");
}

/// A listener that answers every connection's first bytes with `answer`, or never.
async fn answer_with(env: Env, answer: Option<Vec<u8>>) {
    let address = Address { host: HOST.to_owned(), port: PORT };
    let mut listener = env.network.listen(address, 4).await.expect("a free port");
    let mut kept = Vec::new();
    loop {
        let (mut stream, _) = poll_fn(|cx| listener.poll_accept(cx)).await.expect("accepts");
        let mut chunk = [0; 1024];
        poll_fn(|cx| stream.poll_read(cx, &mut chunk)).await.ok();
        if let Some(answer) = &answer {
            let slice = [IoSlice::new(answer)];
            poll_fn(|cx| stream.poll_write(cx, &slice)).await.ok();
        }
        kept.push(stream);
    }
}

fn connect_to(answer: Option<Vec<u8>>) -> ClientError {
    let mut simulation = Simulation::new(3);
    let server = simulation.process(HOST);
    server.env().spawn.spawn("server", Box::pin(answer_with(server.env().clone(), answer)));
    let process = simulation.process("client");
    let env = process.env().clone();
    let mut config = config();
    config.request_timeout = Duration::from_secs(1);
    config.api_timeout = Duration::from_secs(3);
    simulation
        .run(&process, async move { Client::connect(env, config).await.expect_err("no broker") })
        .expect("ends")
}

#[test]
fn hostile_and_silent_servers_are_errors_in_time() {
    let huge = [&i32::MAX.to_be_bytes()[..], &[0; 8]].concat();
    for (answer, told) in [
        (None, "took longer than 1000 ms"),
        (Some(huge), "frame length 2147483647 is larger than"),
        (Some((-1i32).to_be_bytes().to_vec()), "invalid frame length -1"),
        (Some(vec![0, 0, 0, 4, 0, 0, 0, 99]), "answer 99 where 0 was due"),
        (Some(vec![0, 0, 0, 2, 0, 0]), "an answer without a header"),
        (Some(vec![0, 0, 0, 6, 0, 0, 0, 0, 0, 0]), "ApiVersions"),
        (Some(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()), "frame length 1213486160"),
    ] {
        let error = connect_to(answer).to_string();
        assert!(error.contains(told), "{told}: {error}");
    }
}
