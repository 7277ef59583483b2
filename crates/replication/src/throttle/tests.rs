//! Tests of the rate over a window: what passes, when, and that any limit is held.

use super::*;
use proptest::prelude::*;

const WINDOW: ThrottleWindow = ThrottleWindow { samples: 11, sample: Duration::from_secs(1) };

fn ms(ms: u64) -> Monotonic {
    Duration::from_millis(ms)
}

/// Lets pass what may, whenever it may, in pieces of at most `piece` bytes; bytes by millisecond.
fn copy(limit: u64, piece: u64, until_ms: u64) -> Vec<(u64, u64)> {
    let mut window = RateWindow::new(WINDOW);
    let (mut now_ms, mut passed) = (0, Vec::new());
    while now_ms < until_ms {
        match window.allowance(Some(limit), ms(now_ms)) {
            Allowance::Nothing(pause) => now_ms += (pause.as_micros() as u64).div_ceil(1000),
            Allowance::Bytes(bytes) => {
                let bytes = bytes.min(piece);
                window.record(bytes, ms(now_ms));
                passed.push((now_ms, bytes));
                now_ms += 1;
            }
            Allowance::Unlimited => panic!("there is a limit"),
        }
    }
    passed
}

#[test]
fn the_rate_is_over_the_time_since_the_oldest_sample_and_at_least_over_one() {
    let mut window = RateWindow::new(WINDOW);
    assert!(window.rate(ms(500)).abs() < f64::EPSILON);
    window.record(1000, ms(500));
    // As over a whole second.
    assert!((window.rate(ms(600)) - 1000.0).abs() < f64::EPSILON);
    window.record(1000, ms(2500));
    assert!((window.rate(ms(2500)) - 1000.0).abs() < f64::EPSILON);
    assert!((window.rate(ms(4500)) - 500.0).abs() < f64::EPSILON);
    // 11 s after its last bytes the first sample is forgotten.
    assert!((window.rate(ms(11_499)) - 2000.0 / 10.999).abs() < 0.001);
    assert!((window.rate(ms(11_500)) - 1000.0 / 9.0).abs() < 0.001);
    assert!(window.rate(ms(13_500)).abs() < f64::EPSILON);
}

#[test]
fn nothing_passes_above_the_limit_until_the_rate_is_down_to_it() {
    let mut window = RateWindow::new(WINDOW);
    assert_eq!(window.allowance(None, ms(0)), Allowance::Unlimited);
    assert_eq!(window.allowance(Some(1000), ms(0)), Allowance::Bytes(1000));
    window.record(1000, ms(0));
    // At the limit is not above it.
    assert_eq!(window.allowance(Some(1000), ms(10)), Allowance::Bytes(100));
    window.record(500, ms(10));
    assert_eq!(window.allowance(Some(1000), ms(10)), Allowance::Nothing(ms(500)));
    assert_eq!(window.allowance(Some(1000), ms(1250)), Allowance::Nothing(ms(250)));
    assert_eq!(window.allowance(Some(1000), ms(1500)), Allowance::Bytes(100));
    assert_eq!(window.allowance(Some(1000), ms(3500)), Allowance::Bytes(2000));
    // Another limit counts at once.
    assert_eq!(window.allowance(Some(100), ms(3500)), Allowance::Nothing(ms(1000)));
    assert_eq!(window.allowance(None, ms(3500)), Allowance::Unlimited);
    // A limit of nothing is asked about every sample.
    assert_eq!(window.allowance(Some(0), ms(3500)), Allowance::Nothing(ms(1000)));
    window.restart();
    assert_eq!(window.allowance(Some(100), ms(3500)), Allowance::Bytes(100));
}

#[test]
fn what_passed_is_taken_off() {
    assert_eq!(Allowance::Bytes(10).less(4), Allowance::Bytes(6));
    assert_eq!(Allowance::Bytes(10).less(10), Allowance::Nothing(Duration::ZERO));
    assert_eq!(Allowance::Unlimited.less(u64::MAX), Allowance::Unlimited);
    assert_eq!(Allowance::Nothing(ms(5)).less(1), Allowance::Nothing(ms(5)));
    assert_eq!(Allowance::Bytes(10).bytes_max(), 10);
    assert_eq!(Allowance::Nothing(ms(5)).bytes_max(), 0);
}

#[test]
fn partitions_are_throttled_by_name_or_all() {
    let one = PartitionIndex::new(1);
    let some = ThrottledPartitions::Some(Arc::new(BTreeSet::from([one])));
    assert!(some.contains(one) && !some.contains(PartitionIndex::new(0)));
    assert!(ThrottledPartitions::All.contains(one) && !ThrottledPartitions::None.contains(one));
}

proptest! {
    /// Over half a minute, and over any eleven seconds in it, within a tenth of the limit.
    #[test]
    fn a_limit_is_held_within_a_tenth(limit in 10_000_u64..1_000_000_000, piece in 1_u64..20_000_000) {
        let until_ms = 30_000;
        // Pieces that are enough to reach the limit at all, one a millisecond.
        let piece = piece.max(limit / 500);
        let passed = copy(limit, piece, until_ms);
        let total: u64 = passed.iter().map(|(_, bytes)| *bytes).sum();
        let share = total as f64 / (limit as f64 * until_ms as f64 / 1000.0);
        prop_assert!((0.95..1.05).contains(&share), "{share} of the limit");
        for from in (1000..19_000).step_by(500) {
            let within = passed.iter().filter(|(at, _)| (from..from + 11_000).contains(at));
            let bytes: u64 = within.map(|(_, bytes)| *bytes).sum();
            let share = bytes as f64 / (limit as f64 * 11.0);
            prop_assert!((0.9..1.1).contains(&share), "{share} of the limit from {from} ms on");
        }
    }

    /// Never more samples than the window has and one, however it is used.
    #[test]
    fn memory_is_bounded(steps in prop::collection::vec((0_u64..5000, 0_u64..1_000_000), 1..200)) {
        let mut window = RateWindow::new(WINDOW);
        let mut now_ms = 0;
        for (later, bytes) in steps {
            now_ms += later;
            window.record(bytes, ms(now_ms));
            prop_assert!(window.samples.len() <= 12, "{}", window.samples.len());
        }
    }
}
