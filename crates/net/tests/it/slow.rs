//! Producers that take their time.

use crate::server::{Client, OTHER, PRODUCE, request, world};
use keld_env::Clock;
use keld_net::Limits;
use std::sync::atomic::Ordering;
use std::time::Duration;

#[test]
fn producers_that_send_a_byte_a_second_are_answered_at_last_and_hold_up_nobody() {
    // Silence of ten seconds ends a connection; a byte a second is no silence.
    let world = world(Limits { idle: Duration::from_secs(10), ..Limits::default() });
    let (env, clock) = (world.client.env().clone(), world.simulation.clock().clone());
    let stats = world.server.stats();
    let talk = async move {
        let mut frame = 60i32.to_be_bytes().to_vec();
        frame.extend_from_slice(&request(PRODUCE, b'e', 1));
        frame.extend(5..=60);
        let mut slow = Vec::new();
        for _ in 0..20 {
            slow.push(Client::connect(&env).await);
        }
        let mut quick = Client::connect(&env).await;
        let start = clock.monotonic();
        let mut longest = Duration::ZERO;
        for (second, byte) in (1u8..).zip(&frame) {
            for client in &mut slow {
                client.send_raw(&[*byte]).await.unwrap();
            }
            let asked = clock.monotonic();
            for key in [PRODUCE, OTHER] {
                quick.send(&request(key, b'n', second)).await;
                assert_eq!(quick.answer().await.unwrap(), [second]);
            }
            longest = longest.max(clock.monotonic() - asked);
            let served = stats.requests.load(Ordering::Relaxed);
            if usize::from(second) < frame.len() {
                assert_eq!(served, u64::from(second) * 2, "only the whole requests were handled");
                clock.sleep_until(start + Duration::from_secs(second.into())).await;
            }
        }
        let body = frame.get(4..).unwrap_or_default();
        for client in &mut slow {
            assert_eq!(client.answer().await.unwrap(), body);
        }
        (longest, clock.monotonic() - start)
    };
    let (longest, took) = world.simulation.run(&world.client, talk).unwrap();
    assert!(longest < Duration::from_millis(100), "{longest:?} beside slow producers");
    assert!(took >= Duration::from_secs(63), "{took:?}");
}
