//! Tests of the agenda: who is looked at in a round, and who is not.

use super::*;
use keld_types::{PartitionIndex, TopicId, Uuid};

const NONE: Checks = Checks { checkpoint: false, retention: false, expiry: false };
const RETENTION: Checks = Checks { retention: true, ..NONE };
const ALL: Checks = Checks { checkpoint: true, retention: true, expiry: true };
const NOTHING: Outlook = Outlook {
    chore: Next::Never,
    checkpoint: Next::Never,
    retention: Next::Never,
    expiry: Next::Never,
};

fn partition(index: i32) -> TopicIdPartition {
    let topic_id = TopicId::new(Uuid::from_parts(1, 1));
    TopicIdPartition { topic_id, partition: PartitionIndex::new(index) }
}

fn looks(agenda: &mut Agenda, touched: &[i32], due: Checks, now_ms: i64) -> Vec<(i32, Checks)> {
    let touched = touched.iter().copied().map(partition).collect();
    let looks = agenda.round(touched, due, now_ms);
    looks.into_iter().map(|(at, checks)| (at.partition.get(), checks)).collect()
}

#[test]
fn who_was_touched_is_looked_at_at_once_and_at_the_next_check_of_each_kind() {
    let mut agenda = Agenda::default();
    for round in 0..3 {
        assert_eq!(looks(&mut agenda, &[7], NONE, round), [(7, NONE)]);
        agenda.settle(partition(7), NONE, NOTHING);
    }
    assert_eq!(looks(&mut agenda, &[], NONE, 3), []);
    assert_eq!(looks(&mut agenda, &[], RETENTION, 4), [(7, RETENTION)]);
    agenda.settle(partition(7), RETENTION, NOTHING);
    let rest = Checks { retention: false, ..ALL };
    assert_eq!(looks(&mut agenda, &[], ALL, 5), [(7, rest)], "one check is as good as many");
    agenda.settle(partition(7), rest, NOTHING);
    assert_eq!(looks(&mut agenda, &[], ALL, i64::MAX), []);
}

#[test]
fn who_named_a_time_is_looked_at_at_the_first_check_from_then_on_and_not_before() {
    let mut agenda = Agenda::default();
    looks(&mut agenda, &[1, 2, 3], ALL, 0);
    for (index, due_ms) in [(1, 100), (2, 50), (3, 200)] {
        let outlook = Outlook { retention: Next::At(due_ms), ..NOTHING };
        agenda.settle(partition(index), ALL, outlook);
    }
    assert_eq!(looks(&mut agenda, &[], ALL, 49), []);
    assert_eq!(looks(&mut agenda, &[], NONE, 150), [], "no check is due");
    assert_eq!(looks(&mut agenda, &[], RETENTION, 150), [(1, RETENTION), (2, RETENTION)]);
    // What a later look names takes the place of what an earlier one did.
    agenda.settle(partition(1), RETENTION, Outlook { retention: Next::At(400), ..NOTHING });
    agenda.settle(partition(2), RETENTION, Outlook { retention: Next::Soon, ..NOTHING });
    assert_eq!(looks(&mut agenda, &[3], RETENTION, 160), [(2, RETENTION), (3, RETENTION)]);
    agenda.settle(partition(2), RETENTION, NOTHING);
    agenda.settle(partition(3), RETENTION, Outlook { retention: Next::At(300), ..NOTHING });
    assert_eq!(looks(&mut agenda, &[], RETENTION, 299), []);
    assert_eq!(looks(&mut agenda, &[], RETENTION, 400), [(1, RETENTION), (3, RETENTION)]);
}

#[test]
fn chores_come_in_every_round_from_their_time_on() {
    let mut agenda = Agenda::default();
    looks(&mut agenda, &[1], ALL, 0);
    assert!(agenda.is_idle(i64::MAX));
    agenda.settle(partition(1), ALL, Outlook { chore: Next::At(10), ..NOTHING });
    assert!(agenda.is_idle(9));
    assert_eq!(looks(&mut agenda, &[], ALL, 9), []);
    assert!(!agenda.is_idle(10));
    assert_eq!(looks(&mut agenda, &[], NONE, 10), [(1, NONE)]);
    agenda.settle(partition(1), NONE, Outlook { chore: Next::Soon, ..NOTHING });
    assert!(!agenda.is_idle(0));
    assert_eq!(looks(&mut agenda, &[], NONE, 0), [(1, NONE)]);
}

#[test]
fn nothing_is_left_of_who_is_forgotten() {
    let mut agenda = Agenda::default();
    looks(&mut agenda, &[1, 2], NONE, 0);
    let at = Next::At(10);
    let outlook = Outlook { chore: at, checkpoint: Next::Soon, retention: at, expiry: at };
    for index in [1, 2] {
        agenda.settle(partition(index), ALL, outlook);
        agenda.forget(partition(index));
    }
    assert_eq!(looks(&mut agenda, &[], ALL, i64::MAX), []);
    for line in agenda.lines() {
        assert!(line.soon.is_empty() && line.order.is_empty() && line.times.is_empty());
    }
}
