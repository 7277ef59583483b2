//! Tests of the pace, among them clients and disks in a model of their times.

use super::*;

const ROUND: Duration = Duration::from_micros(400);

fn used_to(round: Duration) -> Pace {
    let mut pace = Pace::default();
    for _ in 0..100 {
        pace.note_round(round);
    }
    pace
}

#[test]
fn a_wait_takes_no_longer_than_a_round_and_never_long() {
    assert_eq!(Pace::default().patience(), Duration::ZERO, "nothing is known of rounds yet");
    let patience = used_to(ROUND).patience();
    assert!(patience <= ROUND && patience > ROUND * 9 / 10, "{patience:?}");
    assert_eq!(used_to(Duration::from_secs(1)).patience(), PATIENCE_MAX);
}

#[test]
fn one_odd_round_does_not_make_the_next_ones_wait_for_long() {
    let mut pace = used_to(ROUND);
    pace.note_round(Duration::from_secs(2));
    assert!(pace.patience() < ROUND * 5 / 4);
}

#[test]
fn waits_in_vain_are_left_out_for_ever_longer_and_others_make_up_for_them() {
    let mut pace = used_to(ROUND);
    let mut pauses = Vec::new();
    for _ in 0..9 {
        pace.note_wait(false);
        pauses.push(std::iter::from_fn(|| pace.patience().is_zero().then_some(())).count());
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 64, 64]);
    for _ in 0..4 {
        assert!(!pace.patience().is_zero());
        pace.note_wait(true);
    }
    pace.note_wait(false);
    assert_eq!(std::iter::from_fn(|| pace.patience().is_zero().then_some(())).count(), 4);
}

/// One connection with so many requests under way and a disk that syncs; times in microseconds.
#[derive(Clone, Copy)]
struct Loop {
    depth: u64,
    /// The client makes one request after the other, each in so long.
    making: u64,
    /// A round, and what each append adds to it.
    sync: u64,
    each: u64,
}

/// What came of a [`Loop`]: appends a round, and microseconds an append.
struct Outcome {
    appends: f64,
    micros: f64,
}

impl Loop {
    /// Runs ten thousand rounds; without a pace no round waits.
    fn run(self, mut pace: Option<Pace>) -> Outcome {
        const ROUNDS: u64 = 10_000;
        // When each of the requests that are under way arrives; the client makes the next one when
        // it is answered.
        let mut arrivals: Vec<u64> = (1..=self.depth).map(|n| n * self.making).collect();
        let (mut client_free, mut now, mut expected, mut appended) =
            (self.depth * self.making, 0, 0, 0);
        for _ in 0..ROUNDS {
            now = now.max(arrivals[0]);
            let here = |at: u64| arrivals.iter().filter(|due| **due <= at).count();
            if let Some(pace) = pace.as_mut().filter(|_| here(now) < expected) {
                let patience = u64::try_from(pace.patience().as_micros()).unwrap();
                if patience > 0 {
                    let complete = arrivals.get(expected - 1).copied().unwrap_or(u64::MAX);
                    let all_came = complete <= now + patience;
                    now = complete.min(now + patience);
                    pace.note_wait(all_came);
                }
            }
            let count = here(now);
            let took = self.sync + self.each * count as u64;
            now += took;
            if let Some(pace) = &mut pace {
                pace.note_round(Duration::from_micros(took));
            }
            expected = here(now);
            arrivals.drain(..count);
            for _ in 0..count {
                client_free = client_free.max(now) + self.making;
                arrivals.push(client_free);
            }
            appended += count;
        }
        Outcome { appends: appended as f64 / ROUNDS as f64, micros: now as f64 / appended as f64 }
    }
}

#[test]
fn few_requests_under_way_share_their_rounds_when_the_client_is_quick() {
    for (making, sync) in [(20, 150), (60, 300), (100, 800)] {
        let quick = Loop { depth: 5, making, sync, each: 40 };
        let (waits, does_not) = (quick.run(Some(Pace::default())), quick.run(None));
        assert!(does_not.appends < 2.6, "{making}: {}", does_not.appends);
        assert!(waits.appends > 4.9, "{making}: {}", waits.appends);
        assert!(waits.micros < does_not.micros * 1.01, "{making}: {}", waits.micros);
    }
}

#[test]
fn a_client_that_takes_longer_than_a_round_loses_little_by_waits() {
    for (making, sync) in [(150, 150), (150, 300), (250, 300), (400, 150)] {
        let slow = Loop { depth: 5, making, sync, each: 40 };
        let (waits, does_not) = (slow.run(Some(Pace::default())), slow.run(None));
        assert!(waits.micros < does_not.micros * 1.06, "{making}: {}", waits.micros);
    }
}

#[test]
fn many_connections_with_one_request_each_share_their_rounds() {
    let many = Loop { depth: 64, making: 3, sync: 200, each: 1 };
    let outcome = many.run(Some(Pace::default()));
    assert!(outcome.appends > 63.0, "{}", outcome.appends);
}

#[test]
fn a_lone_request_does_not_wait() {
    let lone = Loop { depth: 1, making: 50, sync: 300, each: 10 };
    let outcome = lone.run(Some(Pace::default()));
    assert!((outcome.micros - 360.0).abs() < 1.0, "{}", outcome.micros);
}
