//! Answers whose files are not in memory, and peers that do not take theirs.

use crate::server::{Client, OTHER, request, world, world_in};
use keld_env::Clock;
use keld_env::sim::SlowReads;
use keld_net::Limits;
use std::time::Duration;

/// What `f` answers, as the script of the server has it.
fn expected() -> Vec<u8> {
    let content: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
    let mut expected = Vec::new();
    for (position, length) in [(0, 10), (5, 100_000), (7, 3)] {
        expected.push(b'|');
        expected.extend_from_slice(&content[position..position + length]);
    }
    expected
}

#[test]
fn a_slow_disk_holds_up_nobody_else() {
    let mut slow = None;
    let world = world_in(Limits::default(), |env| {
        let (env, made) = SlowReads::wrap(env, "/file", Duration::from_secs(3));
        slow = Some(made);
        env
    });
    let slow = slow.unwrap();
    slow.chill();
    let (env, clock) = (world.client.env().clone(), world.simulation.clock().clone());
    let talk = async move {
        let (mut slow, mut quick) = (Client::connect(&env).await, Client::connect(&env).await);
        let start = clock.monotonic();
        slow.send(&request(OTHER, b'f', 0)).await;
        quick.send(&request(OTHER, b'n', 7)).await;
        assert_eq!(quick.answer().await.unwrap(), [7]);
        let quick_took = clock.monotonic() - start;
        let answer = slow.answer().await.unwrap();
        (quick_took, clock.monotonic() - start, answer)
    };
    let (quick, took, answer) = world.simulation.run(&world.client, talk).unwrap();
    assert!(quick < Duration::from_millis(100), "{quick:?} beside a disk that takes seconds");
    assert!(took >= Duration::from_secs(3), "{took:?}");
    assert_eq!(answer, expected());
    assert_eq!(slow.stalls(), 0, "no read of the worker waited");
    assert!(slow.cold_reads() > 0);
}

#[test]
fn peers_that_take_nothing_cost_no_copies_and_others_are_served() {
    let world = world(Limits { output_bytes_max: 1 << 20, ..Limits::default() });
    let env = world.client.env().clone();
    let stats = world.server.stats();
    let talk = async move {
        // Each asks for 100 KB a hundred times and reads none of it.
        let mut deaf = Vec::new();
        for _ in 0..20 {
            let mut client = Client::connect(&env).await;
            for _ in 0..100 {
                client.send(&request(OTHER, b'f', 1)).await;
            }
            deaf.push(client);
        }
        let mut quick = Client::connect(&env).await;
        let mut answers = Vec::new();
        for number in 0..10 {
            quick.send(&request(OTHER, b'n', number)).await;
            answers.extend(quick.answer().await.unwrap());
        }
        assert_eq!(answers, (0..10).collect::<Vec<u8>>());
        let requests = stats.requests.load(std::sync::atomic::Ordering::Relaxed);
        // They still get what they asked for, once they read.
        let mut first = deaf.swap_remove(0);
        for _ in 0..100 {
            assert_eq!(first.answer().await.unwrap(), expected());
        }
        requests
    };
    let requests = world.simulation.run(&world.client, talk).unwrap();
    // A connection whose answers are not taken is not asked on: at most a dozen of 100 KB wait.
    assert!(requests < 20 * 20 + 10, "{requests} requests were taken");
}

#[test]
fn a_peer_that_takes_nothing_is_closed_when_it_was_silent_for_long_enough() {
    let idle = Duration::from_secs(60);
    let world = world(Limits { idle, ..Limits::default() });
    let (env, clock) = (world.client.env().clone(), world.simulation.clock().clone());
    let stats = world.server.stats();
    let talk = async move {
        let mut deaf = Client::connect(&env).await;
        for _ in 0..100 {
            deaf.send(&request(OTHER, b'f', 1)).await;
        }
        let mut other = Client::connect(&env).await;
        other.send(&request(OTHER, b'n', 2)).await;
        assert_eq!(other.answer().await.unwrap(), [2]);
        let start = clock.monotonic();
        let open = || stats.open_connections.load(std::sync::atomic::Ordering::SeqCst);
        while open() == 2 {
            other.send(&request(OTHER, b'n', 3)).await;
            assert_eq!(other.answer().await.unwrap(), [3]);
            clock.sleep_until(clock.monotonic() + Duration::from_secs(1)).await;
        }
        clock.monotonic() - start
    };
    let took = world.simulation.run(&world.client, talk).unwrap();
    let second = Duration::from_secs(1);
    assert!(took + second >= idle && took < idle + 5 * second, "{took:?}");
}

#[test]
fn a_peer_that_takes_an_answer_slowly_is_not_silent() {
    let world = world(Limits { idle: Duration::from_secs(10), ..Limits::default() });
    let (env, clock) = (world.client.env().clone(), world.simulation.clock().clone());
    let talk = async move {
        let mut slow = Client::connect(&env).await;
        for _ in 0..8 {
            slow.send(&request(OTHER, b'f', 1)).await;
        }
        // All of them wait in the connection from the start.
        let start = clock.monotonic();
        for _ in 0..8 {
            clock.sleep_until(clock.monotonic() + Duration::from_secs(8)).await;
            assert_eq!(slow.answer().await.expect("it is served"), expected());
        }
        clock.monotonic() - start
    };
    let took = world.simulation.run(&world.client, talk).unwrap();
    assert!(took > Duration::from_secs(60), "{took:?}");
}
