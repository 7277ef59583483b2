//! The lease beside a controller that fences whom it has not heard of for a session.

use super::*;
use proptest::prelude::*;

const SESSION_MS: u64 = 9000;
const INTERVAL_MS: u64 = 2000;
const TICK_MS: u64 = 100;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn lease() -> Lease {
    Lease::new(ms(SESSION_MS), Duration::ZERO)
}

#[test]
fn a_pause_of_a_session_loses_it_before_anybody_takes_note() {
    let lease = lease();
    lease.heard(ms(1000), ms(1001));
    assert!(lease.holds(ms(9999)));
    assert!(!lease.holds(ms(10_000)), "the first request after the pause");
    assert_eq!(lease.ran(ms(10_000)), Some(ms(8999)));
    assert!(lease.is_lost() && !lease.holds(ms(10_000)));
}

#[test]
fn it_comes_back_with_metadata_of_a_later_moment_only() {
    let lease = lease();
    lease.ran(ms(15_000));
    // A heartbeat that is answered, metadata that was asked for before, or in the pause.
    lease.heard(ms(15_001), ms(15_002));
    assert!(!lease.holds(ms(15_002)));
    assert!(!lease.complete(ms(14_999)));
    assert!(!lease.holds(ms(15_003)));
    assert!(lease.complete(ms(15_001)));
    assert!(lease.holds(ms(15_003)) && !lease.is_lost());
    assert!(!lease.complete(ms(15_004)), "there is nothing to end");
}

#[test]
fn an_answer_that_waited_through_the_pause_does_not_hide_it() {
    let lease = lease();
    // Sent and answered after the pause, and heard before the task took note of the pause.
    assert_eq!(lease.heard(ms(20_000), ms(20_001)), Some(ms(20_001)));
    assert!(!lease.holds(ms(20_001)));
    assert_eq!(lease.ran(ms(20_002)), None);
    assert!(lease.is_lost());
}

#[test]
fn a_controller_that_is_away_takes_nothing() {
    let lease = lease();
    for now in (0..3_600_000).step_by(400) {
        assert_eq!(lease.ran(ms(now)), None);
        assert!(lease.holds(ms(now)) && lease.holds(ms(now + 399)));
    }
}

#[test]
fn a_second_pause_needs_evidence_of_its_own() {
    let lease = lease();
    lease.ran(ms(15_000));
    lease.ran(ms(30_000));
    assert!(!lease.complete(ms(20_000)));
    assert!(lease.complete(ms(30_000)));
}

#[test]
fn a_broker_that_begins_late_has_lost_nothing() {
    let lease = lease();
    lease.begin(ms(60_000));
    assert_eq!(lease.ran(ms(60_100)), None);
    assert!(lease.holds(ms(68_999)) && !lease.holds(ms(69_000)));
}

#[derive(Clone, Debug)]
enum Event {
    /// It runs for so many ticks.
    Run(u64),
    /// It does not run for so many milliseconds.
    Pause(u64),
    /// Whether the controller can be reached.
    Reach(bool),
    /// It gets metadata.
    Learn,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (1..200_u64).prop_map(Event::Run),
        2 => (0..4000_u64).prop_map(Event::Pause),
        2 => (4000..30_000_u64).prop_map(Event::Pause),
        2 => any::<bool>().prop_map(Event::Reach),
        3 => Just(Event::Learn),
    ]
}

/// A broker whose heartbeats were answered until it stood still, and whose session ended meanwhile,
/// serves nothing before it has metadata of a later moment. One that never stood still for half a
/// session always serves.
fn check(events: Vec<Event>) {
    let lease = lease();
    let (mut now, mut heard, mut beat) = (0, 0, 0);
    let (mut is_reached, mut must_refuse) = (true, false);
    // How long it stands still, and the longest that was.
    let (mut still, mut longest) = (0, 0);
    for event in events {
        match event {
            Event::Run(ticks) => {
                still = 0;
                for _ in 0..ticks {
                    now += TICK_MS;
                    lease.ran(ms(now));
                    if is_reached && now - beat >= INTERVAL_MS {
                        lease.heard(ms(now), ms(now));
                        (heard, beat) = (now, now);
                    }
                    assert!(!must_refuse || !lease.holds(ms(now)), "served at {now}");
                    if longest + TICK_MS < SESSION_MS / 2 {
                        assert!(lease.holds(ms(now)), "refused at {now}");
                    }
                }
            }
            Event::Pause(millis) => {
                let was_heard = now - heard < SESSION_MS / 2;
                now += millis;
                must_refuse |= was_heard && now - heard >= SESSION_MS;
                still += millis;
                longest = longest.max(still);
                assert!(!must_refuse || !lease.holds(ms(now)), "served first at {now}");
            }
            Event::Reach(reached) => is_reached = reached,
            Event::Learn if is_reached => {
                still = 0;
                lease.ran(ms(now));
                lease.complete(ms(now));
                must_refuse = false;
                assert!(lease.holds(ms(now)), "refused at {now}, with the metadata of then");
            }
            Event::Learn => {}
        }
    }
}

proptest! {
    #[test]
    fn it_refuses_after_a_session_that_ended_unheard_and_never_else(
        events in proptest::collection::vec(event(), 1..60)
    ) {
        check(events);
    }
}
