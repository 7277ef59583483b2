//! Single rules, each on one node by hand.

use keld_raft::{
    BatchSummary, Effect, ElectionState, EpochAnswer, Fetch, FetchAnswer, FetchOutcome,
    FetchSnapshotAnswer, Input, LogView, Millis, OffsetAndEpoch, RaftCode, RaftConfig, RaftError,
    RaftNode, ReplicaKey, Request, RequestId, Response, RoleName, Vote, VoterSet,
};
use keld_types::{BrokerId, DirectoryId, LeaderEpoch, Offset, Uuid};

fn key(id: i32) -> ReplicaKey {
    ReplicaKey::new(BrokerId::new(id), DirectoryId::new(Uuid::from_parts(9, id as u64)))
}

fn epoch(value: i32) -> LeaderEpoch {
    LeaderEpoch::new(value)
}

fn node(voters: &[i32], election: Option<ElectionState>, log: LogView) -> (RaftNode, Vec<Effect>) {
    let config = RaftConfig::new(key(1), VoterSet::new(voters.iter().map(|id| key(*id))));
    RaftNode::start(config, election, log, 42, Millis::new(0)).unwrap()
}

fn vote(candidate: i32, in_epoch: i32, last: (i32, i64), pre_vote: bool) -> Input {
    Input::Request {
        from: BrokerId::new(candidate),
        request_id: RequestId::new(77),
        request: Request::Vote(Vote {
            epoch: epoch(in_epoch),
            candidate: key(candidate),
            voter: key(1),
            last: OffsetAndEpoch { epoch: epoch(last.0), offset: Offset::new(last.1) },
            pre_vote,
        }),
    }
}

fn granted(effects: &[Effect]) -> (RaftCode, bool) {
    effects
        .iter()
        .find_map(|effect| match effect {
            Effect::Reply { response: Response::Vote(vote), .. } => {
                Some((vote.answer.code, vote.granted))
            }
            _ => None,
        })
        .expect("a vote is answered")
}

#[test]
fn the_only_voter_leads_at_once_and_commits_when_flushed() {
    let (mut node, effects) = node(&[1], None, LogView::empty());
    assert_eq!(node.role(), RoleName::Leader);
    assert_eq!(node.epoch(), epoch(1));
    assert!(matches!(effects[0], Effect::Persist(_)));
    let batch =
        BatchSummary { base_offset: Offset::ZERO, last_offset: Offset::ZERO, epoch: epoch(1) };
    let effects = node.step(Millis::new(1), Input::Appended(batch)).unwrap();
    assert_eq!(effects, [], "appended is not committed");
    let effects = node.step(Millis::new(2), Input::Flushed(Offset::new(1))).unwrap();
    assert_eq!(effects, [Effect::HighWatermark(Offset::new(1))]);
    assert_eq!(node.deadline(), Millis::NEVER);
}

#[test]
fn the_only_voter_starts_a_new_epoch_after_a_restart() {
    let election =
        ElectionState { epoch: epoch(4), leader: Some(BrokerId::new(1)), voted: Some(key(1)) };
    let log = LogView::recovered(Offset::ZERO, Offset::new(9), [(epoch(4), Offset::ZERO)]);
    let (node, _) = node(&[1], Some(election), log);
    assert_eq!((node.role(), node.epoch()), (RoleName::Leader, epoch(5)));
}

#[test]
fn a_vote_is_durable_before_it_is_answered_and_given_once_an_epoch() {
    let (mut node, _) = node(&[1, 2, 3], None, LogView::empty());
    let now = Millis::new(1);
    let effects = node.step(now, vote(2, 1, (0, 0), false)).unwrap();
    let persist = effects
        .iter()
        .rposition(|e| matches!(e, Effect::Persist(state) if state.voted == Some(key(2))));
    let reply = effects.iter().position(|e| matches!(e, Effect::Reply { .. }));
    assert!(persist.unwrap() < reply.unwrap());
    assert_eq!(granted(&effects), (RaftCode::None, true));
    assert_eq!(
        granted(&node.step(now, vote(3, 1, (0, 0), false)).unwrap()),
        (RaftCode::None, false)
    );
    assert_eq!(
        granted(&node.step(now, vote(2, 1, (0, 0), false)).unwrap()),
        (RaftCode::None, true)
    );
}

#[test]
fn a_vote_is_refused_to_a_shorter_log_an_old_epoch_and_another_directory() {
    let log = LogView::recovered(Offset::ZERO, Offset::new(5), [(epoch(2), Offset::ZERO)]);
    let (mut node, _) = node(&[1, 2, 3], None, log);
    let now = Millis::new(1);
    assert!(!granted(&node.step(now, vote(2, 3, (2, 4), false)).unwrap()).1);
    assert!(!granted(&node.step(now, vote(2, 3, (1, 9), false)).unwrap()).1);
    assert_eq!(
        granted(&node.step(now, vote(2, 1, (0, 9), false)).unwrap()).0,
        RaftCode::FencedLeaderEpoch
    );
    assert_eq!(
        granted(&node.step(now, vote(2, 4, (4, 9), false)).unwrap()).0,
        RaftCode::InvalidRequest
    );
    let Input::Request { request: Request::Vote(mut stray), from, request_id } =
        vote(2, 5, (2, 9), false)
    else {
        unreachable!()
    };
    stray.voter = ReplicaKey::new(BrokerId::new(1), DirectoryId::new(Uuid::from_parts(1, 1)));
    let request = Request::Vote(stray);
    let effects = node.step(now, Input::Request { from, request_id, request }).unwrap();
    assert_eq!(granted(&effects), (RaftCode::InvalidVoterKey, false));
}

#[test]
fn a_pre_vote_changes_nothing_and_is_refused_by_a_follower_that_hears_its_leader() {
    let (mut node, _) = node(&[1, 2, 3], None, LogView::empty());
    let before = node.epoch();
    let effects = node.step(Millis::new(1), vote(2, 0, (0, 0), true)).unwrap();
    assert_eq!(granted(&effects), (RaftCode::None, true));
    assert!(!effects.iter().any(|e| matches!(e, Effect::Persist(_))));
    assert_eq!(node.epoch(), before);

    let begin = Request::BeginQuorumEpoch(keld_raft::BeginQuorumEpoch {
        leader: BrokerId::new(3),
        epoch: epoch(1),
        voter: key(1),
    });
    let from = BrokerId::new(3);
    let request_id = RequestId::new(5);
    let effects =
        node.step(Millis::new(2), Input::Request { from, request_id, request: begin }).unwrap();
    assert_eq!(node.role(), RoleName::Follower);
    let sent = effects
        .iter()
        .find_map(|e| match e {
            Effect::Send { to, request_id, request: Request::Fetch(_) } if *to == from => {
                Some(*request_id)
            }
            _ => None,
        })
        .expect("a follower fetches");
    assert!(granted(&node.step(Millis::new(3), vote(2, 1, (0, 0), true)).unwrap()).1);
    let answer = EpochAnswer { code: RaftCode::None, epoch: epoch(1), leader: Some(from) };
    let response = Response::Fetch(FetchAnswer {
        answer,
        high_watermark: None,
        outcome: FetchOutcome::Records(Vec::new()),
    });
    node.step(Millis::new(4), Input::Response { from, request_id: sent, response }).unwrap();
    assert!(!granted(&node.step(Millis::new(5), vote(2, 1, (0, 0), true)).unwrap()).1);
}

/// A voter of three that follows node 3, has heard of it, and asks it for more.
fn following(voters: &[i32]) -> (RaftNode, RequestId) {
    let election = ElectionState { epoch: epoch(1), leader: Some(BrokerId::new(3)), voted: None };
    let (mut node, effects) = node(voters, Some(election), LogView::empty());
    let from = BrokerId::new(3);
    let request_id = fetch_sent(&effects, 3).expect("a follower fetches");
    let answer = EpochAnswer { code: RaftCode::None, epoch: epoch(1), leader: Some(from) };
    let response = Response::Fetch(FetchAnswer {
        answer,
        high_watermark: None,
        outcome: FetchOutcome::Records(Vec::new()),
    });
    let input = Input::Response { from, request_id, response };
    let effects = node.step(Millis::new(10), input).unwrap();
    let request_id = fetch_sent(&effects, 3).expect("it asks on");
    (node, request_id)
}

fn fetch_sent(effects: &[Effect], whom: i32) -> Option<RequestId> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send { to, request_id, request: Request::Fetch(_) }
            if *to == BrokerId::new(whom) =>
        {
            Some(*request_id)
        }
        _ => None,
    })
}

fn fails(node: &mut RaftNode, at: u64, request_id: RequestId, is_refused: bool) -> Vec<Effect> {
    let to = BrokerId::new(3);
    let input = if is_refused {
        Input::Refused { to, request_id }
    } else {
        Input::Failed { to, request_id }
    };
    node.step(Millis::new(at), input).unwrap()
}

#[test]
fn a_leader_that_nobody_listens_for_is_not_waited_for() {
    let (mut node, request_id) = following(&[1, 2, 3]);
    assert!(!granted(&node.step(Millis::new(20), vote(2, 1, (0, 0), true)).unwrap()).1);
    fails(&mut node, 20, request_id, true);
    assert!(
        granted(&node.step(Millis::new(21), vote(2, 1, (0, 0), true)).unwrap()).1,
        "it grants what it would ask for"
    );
    let mut asks_at = None;
    for now in 21..200 {
        node.step(Millis::new(now), Input::Tick).unwrap();
        if node.role() == RoleName::Prospective {
            asks_at = Some(now);
            break;
        }
    }
    assert_eq!(asks_at, Some(70));
}

#[test]
fn voters_that_lost_their_leader_do_not_ask_at_once_together() {
    // Node 1 is the second of those that are left.
    let (mut node, request_id) = following(&[0, 1, 3]);
    fails(&mut node, 20, request_id, true);
    node.step(Millis::new(169), Input::Tick).unwrap();
    assert_eq!(node.role(), RoleName::Follower);
    node.step(Millis::new(170), Input::Tick).unwrap();
    assert_eq!(node.role(), RoleName::Prospective);
}

#[test]
fn a_leader_that_answers_again_is_followed_on() {
    let (mut node, request_id) = following(&[1, 2, 3]);
    let effects = fails(&mut node, 20, request_id, true);
    let request_id = fetch_sent(&effects, 2).expect("another voter is asked meanwhile");
    let input = Input::Failed { to: BrokerId::new(2), request_id };
    node.step(Millis::new(21), input).unwrap();
    let mut request_id = None;
    for now in 22..69 {
        let effects = node.step(Millis::new(now), Input::Tick).unwrap();
        request_id = request_id.or(fetch_sent(&effects, 3));
    }
    let from = BrokerId::new(3);
    let request_id = request_id.expect("it is asked again");
    let answer = EpochAnswer { code: RaftCode::None, epoch: epoch(1), leader: Some(from) };
    let response = Response::Fetch(FetchAnswer {
        answer,
        high_watermark: None,
        outcome: FetchOutcome::Records(Vec::new()),
    });
    node.step(Millis::new(69), Input::Response { from, request_id, response }).unwrap();
    node.step(Millis::new(500), Input::Tick).unwrap();
    assert_eq!(node.role(), RoleName::Follower);
    assert!(!granted(&node.step(Millis::new(501), vote(2, 1, (0, 0), true)).unwrap()).1);
}

#[test]
fn a_leader_that_resigns_is_not_held_on_to() {
    let (mut node, _) = following(&[1, 2, 3]);
    assert!(!granted(&node.step(Millis::new(20), vote(2, 1, (0, 0), true)).unwrap()).1);
    let end = Request::EndQuorumEpoch(keld_raft::EndQuorumEpoch {
        leader: BrokerId::new(3),
        epoch: epoch(1),
        preferred_successors: vec![key(2), key(1)],
    });
    let (from, request_id) = (BrokerId::new(3), RequestId::new(5));
    node.step(Millis::new(21), Input::Request { from, request_id, request: end }).unwrap();
    assert_eq!(node.role(), RoleName::Follower, "its successor comes first");
    assert!(granted(&node.step(Millis::new(22), vote(2, 1, (0, 0), true)).unwrap()).1);
}

#[test]
fn a_broken_connection_alone_brings_no_election_on() {
    let (mut node, request_id) = following(&[1, 2, 3]);
    fails(&mut node, 20, request_id, false);
    node.step(Millis::new(1900), Input::Tick).unwrap();
    assert_eq!(node.role(), RoleName::Follower);
    assert!(!granted(&node.step(Millis::new(1901), vote(2, 1, (0, 0), true)).unwrap()).1);
}

#[test]
fn a_leader_that_would_cut_committed_records_stops_the_node() {
    let election = ElectionState { epoch: epoch(2), leader: Some(BrokerId::new(2)), voted: None };
    let log = LogView::recovered(Offset::ZERO, Offset::new(5), [(epoch(2), Offset::ZERO)]);
    let (mut node, effects) = node(&[1, 2, 3], Some(election), log);
    let from = BrokerId::new(2);
    let sent = |effects: &[Effect]| {
        effects.iter().find_map(|e| match e {
            Effect::Send { request_id, request: Request::Fetch(Fetch { .. }), .. } => {
                Some(*request_id)
            }
            _ => None,
        })
    };
    let answer = EpochAnswer { code: RaftCode::None, epoch: epoch(2), leader: Some(from) };
    let fetched =
        |high_watermark, outcome| Response::Fetch(FetchAnswer { answer, high_watermark, outcome });
    let request_id = sent(&effects).unwrap();
    let response = fetched(Some(Offset::new(4)), FetchOutcome::Records(Vec::new()));
    let effects =
        node.step(Millis::new(1), Input::Response { from, request_id, response }).unwrap();
    assert_eq!(node.high_watermark(), Some(Offset::new(4)));
    let request_id = sent(&effects).unwrap();
    let point = OffsetAndEpoch { offset: Offset::new(3), epoch: epoch(2) };
    let response = fetched(Some(Offset::new(4)), FetchOutcome::Diverging(point));
    let result = node.step(Millis::new(2), Input::Response { from, request_id, response });
    assert!(matches!(result, Err(RaftError::CommittedDivergence { .. })));
}

#[test]
fn a_follower_takes_no_batch_with_a_gap_or_an_epoch_above_the_leaders() {
    for (base, in_epoch) in [(6, 2), (5, 3), (5, 1)] {
        let election =
            ElectionState { epoch: epoch(2), leader: Some(BrokerId::new(2)), voted: None };
        let log = LogView::recovered(Offset::ZERO, Offset::new(5), [(epoch(2), Offset::ZERO)]);
        let (mut node, effects) = node(&[1, 2, 3], Some(election), log);
        let Some(Effect::Send { request_id, .. }) =
            effects.iter().find(|e| matches!(e, Effect::Send { .. }))
        else {
            panic!("a follower fetches")
        };
        let from = BrokerId::new(2);
        let answer = EpochAnswer { code: RaftCode::None, epoch: epoch(2), leader: Some(from) };
        let batch = BatchSummary {
            base_offset: Offset::new(base),
            last_offset: Offset::new(base + 1),
            epoch: epoch(in_epoch),
        };
        let response = Response::Fetch(FetchAnswer {
            answer,
            high_watermark: None,
            outcome: FetchOutcome::Records(vec![batch]),
        });
        let input = Input::Response { from, request_id: *request_id, response };
        let effects = node.step(Millis::new(1), input).unwrap();
        assert!(!effects.iter().any(|e| matches!(e, Effect::Append { .. })));
        assert_eq!(node.log().end(), Offset::new(5));
    }
}

#[test]
fn a_leader_without_its_majority_resigns() {
    let (mut node, _) = node(&[1, 2], None, LogView::empty());
    let mut now = 0;
    while node.role() != RoleName::Leader {
        now = node.deadline().get();
        let mut queue = node.step(Millis::new(now), Input::Tick).unwrap();
        while let Some(effect) = queue.pop() {
            let Effect::Send { to, request_id, request: Request::Vote(vote) } = effect else {
                continue;
            };
            let answer = EpochAnswer { code: RaftCode::None, epoch: vote.epoch, leader: None };
            let response = Response::Vote(keld_raft::VoteAnswer { answer, granted: true });
            let input = Input::Response { from: to, request_id, response };
            queue.extend(node.step(Millis::new(now), input).unwrap());
        }
    }
    let elected_at = now;
    while node.role() == RoleName::Leader {
        now = node.deadline().get();
        node.step(Millis::new(now), Input::Tick).unwrap();
    }
    assert_eq!(node.role(), RoleName::Resigned);
    assert_eq!(now - elected_at, 3000, "one and a half fetch timeouts");
}

#[test]
fn a_follower_whose_log_parts_from_the_leaders_learns_no_high_watermark() {
    let election = ElectionState { epoch: epoch(4), leader: Some(BrokerId::new(2)), voted: None };
    // Two epochs that the leader does not have.
    let epochs = [(epoch(1), Offset::ZERO), (epoch(2), Offset::new(3)), (epoch(3), Offset::new(6))];
    let log = LogView::recovered(Offset::ZERO, Offset::new(9), epochs);
    let (mut node, effects) = node(&[1, 2, 3], Some(election), log);
    let from = BrokerId::new(2);
    let sent = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Send { request_id, request: Request::Fetch(fetch), .. } => {
                Some((*request_id, fetch.offset))
            }
            _ => None,
        })
    };
    let answer = EpochAnswer { code: RaftCode::None, epoch: epoch(4), leader: Some(from) };
    let fetched = |outcome| {
        let high_watermark = Some(Offset::new(8));
        Response::Fetch(FetchAnswer { answer, high_watermark, outcome })
    };
    let (request_id, _) = sent(&effects).expect("a follower fetches");
    let point = OffsetAndEpoch { offset: Offset::new(9), epoch: epoch(2) };
    let response = fetched(FetchOutcome::Diverging(point));
    let effects =
        node.step(Millis::new(1), Input::Response { from, request_id, response }).unwrap();
    assert!(effects.contains(&Effect::Truncate(Offset::new(6))), "{effects:?}");
    assert_eq!(node.high_watermark(), None, "offsets 3 to 6 may part from the leader's too");
    let (request_id, offset) = sent(&effects).expect("it asks again");
    assert_eq!(offset, Offset::new(6));
    let response = fetched(FetchOutcome::Records(Vec::new()));
    node.step(Millis::new(2), Input::Response { from, request_id, response }).unwrap();
    assert_eq!(node.high_watermark(), Some(Offset::new(6)), "what it has agrees now");
}

#[test]
fn a_follower_that_is_too_far_behind_takes_the_snapshot() {
    let election = ElectionState { epoch: epoch(2), leader: Some(BrokerId::new(2)), voted: None };
    let (mut node, effects) = node(&[1, 2, 3], Some(election), LogView::empty());
    let from = BrokerId::new(2);
    let request = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Send { request_id, request, .. } => Some((*request_id, request.clone())),
            _ => None,
        })
    };
    let snapshot = OffsetAndEpoch { offset: Offset::new(50), epoch: epoch(1) };
    let answer = EpochAnswer { code: RaftCode::None, epoch: epoch(2), leader: Some(from) };
    let (request_id, _) = request(&effects).expect("a follower fetches");
    let response = Response::Fetch(FetchAnswer {
        answer,
        high_watermark: Some(Offset::new(60)),
        outcome: FetchOutcome::Snapshot(snapshot),
    });
    let mut effects =
        node.step(Millis::new(1), Input::Response { from, request_id, response }).unwrap();
    for position in [0, 70] {
        let Some((request_id, Request::FetchSnapshot(asked))) = request(&effects) else {
            panic!("it asks for the snapshot: {effects:?}")
        };
        assert_eq!((asked.snapshot, asked.position), (snapshot, position));
        let piece = FetchSnapshotAnswer { answer, snapshot, size: 100, position, length: 70 };
        let length = piece.length.min(piece.size - position);
        let response = Response::FetchSnapshot(FetchSnapshotAnswer { length, ..piece });
        let input = Input::Response { from, request_id, response };
        effects = node.step(Millis::new(2), input).unwrap();
        assert!(effects.contains(&Effect::WriteSnapshot { request_id, snapshot, position }));
    }
    assert!(effects.contains(&Effect::InstallSnapshot(snapshot)));
    assert_eq!(request(&effects), None, "nothing is asked before it is installed");
    let voters = Some(VoterSet::new([key(2), key(3), key(4)]));
    let effects = node.step(Millis::new(3), Input::SnapshotInstalled { snapshot, voters }).unwrap();
    assert_eq!(node.log().end_and_epoch(), snapshot);
    assert_eq!(node.log().flushed_and_epoch(), snapshot);
    assert!(node.voters().get(BrokerId::new(4)).is_some());
    let Some((_, Request::Fetch(fetch))) = request(&effects) else { panic!("{effects:?}") };
    assert_eq!((fetch.offset, fetch.last_epoch), (Offset::new(50), epoch(1)));
}

/// An observer asks for no votes, so it must find the leader that others elect. It waits once for the
/// one that went silent, and asks those that answer until one of them knows the next.
#[test]
fn an_observer_does_not_wait_twice_for_a_silent_leader() {
    let (mut node, _) = following(&[2, 3, 4]);
    let mut count = 0;
    let mut answers = |node: &mut RaftNode, now: u64, answer: EpochAnswer| {
        let mut effects = node.step(Millis::new(now), Input::Tick).unwrap();
        loop {
            assert_eq!(fetch_sent(&effects, 3), None, "it was silent; at {now}");
            let sent = [2, 4].into_iter().find_map(|id| Some((id, fetch_sent(&effects, id)?)));
            let Some((id, request_id)) = sent else { return };
            count += 1;
            let outcome = FetchOutcome::Records(Vec::new());
            let response = Response::Fetch(FetchAnswer { answer, high_watermark: None, outcome });
            let input = Input::Response { from: BrokerId::new(id), request_id, response };
            effects = node.step(Millis::new(now), input).unwrap();
        }
    };
    let code = RaftCode::NotLeaderOrFollower;
    // The request of the tenth millisecond has just expired. The others wait for the leader, too,
    let old = EpochAnswer { code, epoch: epoch(1), leader: Some(BrokerId::new(3)) };
    (2010..2300).for_each(|now| answers(&mut node, now, old));
    // and then elect another.
    let none = EpochAnswer { code, epoch: epoch(2), leader: None };
    (2300..2600).for_each(|now| answers(&mut node, now, none));
    assert!(count > 20, "{count} requests");
    let mut found = None;
    for now in 2600..2700 {
        let effects = node.step(Millis::new(now), Input::Tick).unwrap();
        for id in [2, 4] {
            let Some(request_id) = fetch_sent(&effects, id) else { continue };
            let answer = EpochAnswer { code, epoch: epoch(2), leader: Some(BrokerId::new(4)) };
            let outcome = FetchOutcome::Records(Vec::new());
            let response = Response::Fetch(FetchAnswer { answer, high_watermark: None, outcome });
            let input = Input::Response { from: BrokerId::new(id), request_id, response };
            let effects = node.step(Millis::new(now), input).unwrap();
            found = found.or(fetch_sent(&effects, 4));
        }
    }
    assert!(found.is_some(), "the new leader is asked");
}
