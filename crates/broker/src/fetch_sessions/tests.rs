//! Tests of incremental fetch sessions.

use super::*;

fn interest(topic: &str, partition: i32, offset: i64) -> Interest {
    Interest {
        topic: Some(TopicName::new(topic)),
        topic_id: TopicId::ZERO,
        partition: PartitionIndex::new(partition),
        fetch_offset: Offset::new(offset),
        fetcher_log_start: Offset::NONE,
        bytes_max: 1000,
        current_leader_epoch: None,
        last_fetched_epoch: None,
    }
}

fn forgotten(topic: &str, partition: i32) -> Forgotten {
    Forgotten {
        topic: Some(TopicName::new(topic)),
        topic_id: TopicId::ZERO,
        partition: PartitionIndex::new(partition),
    }
}

fn request(session_id: i32, epoch: i32, now_ms: i64) -> SessionRequest {
    SessionRequest { session_id, epoch, uses_topic_ids: false, is_follower: false, now_ms }
}

fn data(high_watermark: i64, records: &'static [u8]) -> PartitionData {
    PartitionData {
        high_watermark,
        log_start_offset: 0,
        records: Some(bytes::Bytes::from_static(records).into()),
        ..PartitionData::default()
    }
}

fn counter() -> impl FnMut() -> u64 {
    let mut next = 0;
    move || {
        next += 1;
        next
    }
}

/// Opens a session with partitions 0..count of topic `t`.
fn open(sessions: &FetchSessions, count: i32, now_ms: i64, draw: &mut dyn FnMut() -> u64) -> i32 {
    let interests: Vec<Interest> = (0..count).map(|index| interest("t", index, 0)).collect();
    let mut context = sessions.open(request(0, 0, now_ms), interests, &[]).unwrap();
    let results = context.take_interests(|_| None).into_iter().map(|i| (i, data(0, b""))).collect();
    let answer = sessions.finish(context, results, draw);
    assert_eq!(answer.partitions.len(), count as usize, "a full answer has every partition");
    answer.session_id
}

fn indexes(answer: &SessionAnswer) -> Vec<i32> {
    answer.partitions.iter().map(|(interest, _)| interest.partition.get()).collect()
}

#[test]
fn an_incremental_fetch_answers_what_changed_and_rotates_what_had_records() {
    let sessions = FetchSessions::new(10);
    let mut draw = counter();
    let id = open(&sessions, 3, 0, &mut draw);
    let mut fetch = |epoch: i32, watermarks: &dyn Fn(i32) -> PartitionData| {
        let mut context = sessions.open(request(id, epoch, 0), Vec::new(), &[]).unwrap();
        let order: Vec<Interest> = context.take_interests(|_| None);
        let shown: Vec<i32> = order.iter().map(|i| i.partition.get()).collect();
        let results = order
            .into_iter()
            .map(|i| {
                let data = watermarks(i.partition.get());
                (i, data)
            })
            .collect();
        (shown, sessions.finish(context, results, &mut draw))
    };
    let (order, answer) = fetch(1, &|_| data(0, b""));
    assert_eq!((order, indexes(&answer)), (vec![0, 1, 2], vec![]));
    let (_, answer) = fetch(2, &|index| if index == 0 { data(5, b"x") } else { data(0, b"") });
    assert_eq!(indexes(&answer), [0]);
    let (order, answer) = fetch(3, &|index| if index == 0 { data(5, b"") } else { data(0, b"") });
    assert_eq!((order, indexes(&answer)), (vec![1, 2, 0], vec![]));
    let failed = PartitionData { error_code: ErrorCode::NOT_LEADER_OR_FOLLOWER, ..data(-1, b"") };
    let (_, answer) = fetch(4, &|index| if index == 1 { failed.clone() } else { data(5, b"") });
    assert_eq!(indexes(&answer), [1, 2], "errors, and a moved high watermark");
    let (_, answer) = fetch(5, &|_| data(5, b""));
    assert_eq!(indexes(&answer), [1], "told again after its error");
}

#[test]
fn whoever_was_told_where_to_cut_is_told_the_high_watermark_again() {
    let (sessions, mut draw) = (FetchSessions::new(10), counter());
    let mut diverging = data(9, b"");
    diverging.diverging_epoch.epoch = 3;
    let mut answered = |request: SessionRequest, data: &PartitionData| {
        let named = vec![interest("t", 0, i64::from(10 - request.epoch))];
        let mut context = sessions.open(request, named, &[]).unwrap();
        let results = context.take_interests(|_| None).into_iter().map(|i| (i, data.clone()));
        let results = results.collect();
        sessions.finish(context, results, &mut draw)
    };
    let id = answered(request(0, 0, 0), &diverging).session_id;
    let mut told =
        |epoch: i32, data: &PartitionData| answered(request(id, epoch, 0), data).partitions.len();
    let same = data(9, b"");
    assert_eq!(told(1, &same), 1, "it cut its log and did not look at the offsets");
    assert_eq!(told(2, &same), 0);
    assert_eq!(told(3, &diverging), 1);
    assert_eq!(told(4, &same), 1);
    assert_eq!(told(5, &same), 0);
}

#[test]
fn sessions_check_id_epoch_and_topic_ids() {
    let sessions = FetchSessions::new(10);
    let id = open(&sessions, 1, 0, &mut counter());
    let error = |request| sessions.open(request, Vec::new(), &[]).unwrap_err();
    assert_eq!(error(request(id + 1, 1, 0)), ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
    assert_eq!(error(request(-7, 1, 0)), ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
    assert_eq!(error(request(id, 2, 0)), ErrorCode::INVALID_FETCH_SESSION_EPOCH);
    let with_ids = SessionRequest { uses_topic_ids: true, ..request(id, 1, 0) };
    assert_eq!(error(with_ids), ErrorCode::FETCH_SESSION_TOPIC_ID_ERROR);
    // A duplicate of an answered request is told that the epoch moved on.
    let first = sessions.open(request(id, 1, 0), Vec::new(), &[]).unwrap();
    let second = sessions.open(request(id, 2, 0), Vec::new(), &[]).unwrap();
    let late = sessions.finish(first, Vec::new(), &mut counter());
    assert_eq!(late.error_code, ErrorCode::INVALID_FETCH_SESSION_EPOCH);
    assert_eq!(sessions.finish(second, Vec::new(), &mut counter()).error_code, ErrorCode::NONE);
}

#[test]
fn partitions_are_added_changed_and_forgotten_and_an_empty_session_ends() {
    let sessions = FetchSessions::new(10);
    let id = open(&sessions, 2, 0, &mut counter());
    let changes = vec![interest("t", 1, 77), interest("u", 5, 9)];
    let mut context = sessions.open(request(id, 1, 0), changes, &[forgotten("t", 0)]).unwrap();
    let offsets: Vec<i64> =
        context.take_interests(|_| None).iter().map(|i| i.fetch_offset.get()).collect();
    assert_eq!(offsets, [77, 9]);
    let gone = [forgotten("t", 1), forgotten("u", 5)];
    let context = sessions.open(request(id, 2, 0), Vec::new(), &gone).unwrap();
    assert!(matches!(context, FetchContext::Sessionless(_)));
    assert_eq!(sessions.counts(), (0, 0));
}

#[test]
fn a_full_fetch_closes_the_session_it_names() {
    let sessions = FetchSessions::new(10);
    let mut draw = counter();
    let id = open(&sessions, 1, 0, &mut draw);
    let context = sessions.open(request(id, -1, 0), vec![interest("t", 0, 0)], &[]).unwrap();
    assert!(matches!(context, FetchContext::Sessionless(_)));
    assert_eq!(sessions.counts(), (0, 0));
}

#[test]
fn a_name_that_was_not_known_is_looked_up_again() {
    let sessions = FetchSessions::new(10);
    let topic_id = TopicId::new(keld_types::Uuid::from_parts(7, 7));
    let unknown = Interest { topic: None, topic_id, ..interest("", 0, 0) };
    let with_ids = |id, epoch| SessionRequest { uses_topic_ids: true, ..request(id, epoch, 0) };
    let context = sessions.open(with_ids(0, 0), vec![unknown.clone()], &[]).unwrap();
    let id = sessions.finish(context, vec![(unknown, data(-1, b""))], &mut counter()).session_id;
    let mut context = sessions.open(with_ids(id, 1), Vec::new(), &[]).unwrap();
    let known = context.take_interests(|id| (id == topic_id).then(|| TopicName::new("late")));
    assert_eq!(known[0].topic, Some(TopicName::new("late")));
}

#[test]
fn a_full_cache_keeps_recent_sessions_and_gives_up_stale_ones() {
    let sessions = FetchSessions::new(2);
    let mut draw = counter();
    let small = open(&sessions, 1, 0, &mut draw);
    let large = open(&sessions, 5, 0, &mut draw);
    assert_eq!(open(&sessions, 9, 1000, &mut draw), NO_SESSION, "both are recent");
    // Both are old and in use: the larger newcomer replaces the smallest.
    for id in [small, large] {
        sessions.open(request(id, 1, 130_000), Vec::new(), &[]).unwrap();
    }
    let newer = open(&sessions, 3, 130_001, &mut draw);
    assert_ne!(newer, NO_SESSION);
    let gone = sessions.open(request(small, 2, 0), Vec::new(), &[]).unwrap_err();
    assert_eq!(gone, ErrorCode::FETCH_SESSION_ID_NOT_FOUND);
    // Silent for two minutes: replaced by anyone.
    assert_ne!(open(&sessions, 1, 130_002 + EVICTION_MS, &mut draw), NO_SESSION);
    assert_eq!(sessions.counts(), (2, 2));
}

#[test]
fn a_partition_named_twice_counts_once() {
    let twice = vec![interest("t", 0, 1), interest("t", 1, 2), interest("t", 0, 3)];
    let distinct = without_duplicates(twice);
    assert_eq!(distinct, [interest("t", 0, 3), interest("t", 1, 2)]);
}
