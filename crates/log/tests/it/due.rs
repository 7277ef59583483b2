//! A log says when it next wants something, and wants nothing before and something then.

use crate::support::*;
use keld_log::LogConfig;

/// Small numbers that look drawn, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((self.0 >> 33) % sides) as i64
    }
}

#[test]
fn the_oldest_segment_goes_at_the_time_that_was_said_and_not_before() {
    let (mut said, mut never) = (0, 0);
    for seed in 0..200 {
        let config = LogConfig {
            segment_bytes: 400,
            index_interval_bytes: 100,
            retention_ms: 50_000,
            ..LogConfig::default()
        };
        let (_disk, _directory, mut log) = fresh(&config);
        let mut dice = Dice(seed);
        let mut now = NOW;
        for step in 0..60 {
            now += dice.roll(20_000);
            match dice.roll(8) {
                0..=3 => {
                    let timestamp = now - dice.roll(40_000);
                    append_bytes(&mut log, &batch(&[b"0123456789"], timestamp, None), 0, now)
                        .unwrap();
                }
                4 => {
                    log.set_high_watermark(log.log_end_offset());
                }
                5 => {
                    let retention_ms = [-1, 10_000, 100_000][dice.roll(3) as usize];
                    log.set_config(LogConfig { retention_ms, ..config.clone() });
                }
                6 => {
                    let delete = dice.roll(4) > 0;
                    log.set_config(LogConfig { delete, ..log.config().clone() });
                }
                _ => {
                    let back = dice.roll(3);
                    let kept =
                        (log.log_end_offset().get() - back).max(log.log_start_offset().get());
                    log.truncate_to(offset(kept), now).unwrap();
                }
            }
            log.take_old_segments(now).unwrap();
            match log.next_deletion_ms() {
                None => {
                    never += 1;
                    assert_eq!(log.take_old_segments(i64::MAX).unwrap(), 0, "{seed}, {step}");
                }
                Some(due) => {
                    said += 1;
                    assert!(due > now, "{seed}, {step}: {due} is over");
                    assert_eq!(log.take_old_segments(due - 1).unwrap(), 0, "{seed}, {step}");
                    assert!(log.take_old_segments(due).unwrap() > 0, "{seed}, {step}");
                    now = due;
                }
            }
        }
    }
    assert!(said > 100 && never > 100, "{said} and {never}");
}

#[test]
fn a_flush_by_time_and_the_removal_of_files_are_chores_from_their_times_on() {
    let config = LogConfig { flush_ms: 5000, retention_ms: 10_000, ..LogConfig::default() };
    let (_disk, _directory, mut log) = fresh(&config);
    assert_eq!(log.next_chore_ms(), None);
    append(&mut log, &[b"a"]);
    assert_eq!(log.next_chore_ms(), Some(NOW + 5000));
    assert!(!log.is_flush_due(NOW + 4999) && log.is_flush_due(NOW + 5000));
    log.flush(NOW).unwrap();
    assert_eq!(log.next_chore_ms(), None);
    log.set_high_watermark(log.log_end_offset());
    assert_eq!(log.take_old_segments(NOW + 20_000).unwrap(), 1);
    assert!(log.is_removal_due(NOW), "the files are to be renamed");
    log.removal().run().unwrap();
    assert_eq!(log.next_chore_ms(), Some(NOW + 80_000));
    assert!(!log.is_removal_due(NOW + 79_999) && log.is_removal_due(NOW + 80_000));
    log.removal().remove_due(NOW + 80_000).unwrap();
    assert_eq!(log.next_chore_ms(), None);
}

#[test]
fn a_sealed_segment_asks_for_its_flush_at_once_unless_nothing_is_to_be_synced() {
    for (flush_sealed, expected) in [(true, Some(i64::MIN)), (false, None)] {
        let config = LogConfig { segment_bytes: 200, flush_sealed, ..LogConfig::default() };
        let (_disk, _directory, mut log) = fresh(&config);
        while log.segment_count() < 2 {
            append(&mut log, &[b"0123456789"]);
        }
        assert_eq!(log.next_chore_ms(), expected);
        assert_eq!(log.is_flush_due(NOW), flush_sealed);
    }
}

#[test]
fn the_first_producer_expires_when_it_was_said() {
    let config = LogConfig { producer_id_expiration_ms: 1000, ..LogConfig::default() };
    let (_disk, _directory, mut log) = fresh(&config);
    assert_eq!(log.next_expiry_ms(), None);
    for (id, at) in [(1, NOW + 500), (2, NOW)] {
        let producer = Producer { id, epoch: 0, sequence: 0 };
        append_bytes(&mut log, &batch(&[b"x"], at, Some(producer)), 0, NOW).unwrap();
    }
    let due = log.next_expiry_ms().unwrap();
    assert_eq!(due, NOW + 1000);
    log.expire_producers(due - 1);
    assert_eq!(log.producers().len(), 2);
    log.expire_producers(due);
    assert_eq!(log.producers().len(), 1);
    assert_eq!(log.next_expiry_ms(), Some(NOW + 1500));
}
