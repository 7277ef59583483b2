//! Tests of the fetching side of sessions.

use super::*;
use keld_types::{BrokerId, LeaderEpoch, Offset, PartitionIndex, TopicId, Uuid};

fn key(index: i32) -> Key {
    (TopicId::new(Uuid::from_parts(1, 1)), PartitionIndex::new(index))
}

fn at(offset: i64) -> FollowerPosition {
    FollowerPosition {
        leader: BrokerId::new(1),
        leader_epoch: LeaderEpoch::new(3),
        fetch_offset: Offset::new(offset),
        last_fetched_epoch: None,
        log_start: Offset::ZERO,
        awaits_durability: false,
    }
}

fn names(wish: &Wish) -> Vec<i32> {
    wish.named.iter().map(|(key, _)| key.1.get()).collect()
}

#[test]
fn only_what_changed_is_named_once_a_session_is_there() {
    let mut session = Session::default();
    let mut wanted: BTreeMap<_, _> = (0..3).map(|index| (key(index), at(0))).collect();
    let first = session.next(&wanted);
    assert_eq!((first.session_id, first.epoch, names(&first)), (0, 0, vec![0, 1, 2]));
    assert!(session.take(ErrorCode::NONE, 7));
    wanted.insert(key(1), at(5));
    let second = session.next(&wanted);
    assert_eq!((second.session_id, second.epoch, names(&second)), (7, 1, vec![1]));
    assert_eq!(session.told(&key(1)), Some(&at(5)));
    assert!(session.take(ErrorCode::NONE, 7));
    wanted.remove(&key(2));
    let third = session.next(&wanted);
    assert_eq!((third.epoch, names(&third), third.forgotten), (2, vec![], vec![key(2)]));
    assert_eq!(session.told(&key(2)), None, "an answer for it would be nobody's");
}

#[test]
fn without_a_session_every_request_names_everything() {
    let mut session = Session::default();
    let wanted: BTreeMap<_, _> = [(key(0), at(0))].into();
    session.next(&wanted);
    assert!(session.take(ErrorCode::NONE, 0));
    let again = session.next(&wanted);
    assert_eq!((again.session_id, again.epoch, names(&again)), (0, 0, vec![0]));
}

#[test]
fn a_lost_session_is_ended_and_begun_anew() {
    let mut session = Session::default();
    let wanted: BTreeMap<_, _> = [(key(0), at(0))].into();
    session.next(&wanted);
    assert!(session.take(ErrorCode::NONE, 9));
    session.next(&wanted);
    assert!(!session.take(ErrorCode::INVALID_FETCH_SESSION_EPOCH, 0));
    let again = session.next(&wanted);
    assert_eq!((again.session_id, again.epoch, names(&again)), (9, 0, vec![0]), "ends the old one");
    assert!(!session.take(ErrorCode::FETCH_SESSION_ID_NOT_FOUND, 0));
    let last = session.next(&wanted);
    assert_eq!((last.session_id, last.epoch), (0, 0));
}
