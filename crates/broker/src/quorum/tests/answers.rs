//! What a node does with answers of its leader that were damaged or cut short on the way: nothing.

use super::{DIR, create, created, formatted, layers, open, register_and_unfence, round};
use crate::quorum::core::Core;
use crate::quorum::event::{Answer, Asked, Event, Served};
use bytes::{Bytes, BytesMut};
use keld_env::Disk;
use keld_env::sim::{Process, Simulation};
use keld_log::LogDirectory;
use keld_raft::{RequestId, Response};
use keld_types::{BrokerId, ErrorCode, Offset, TopicName};
use std::path::Path;
use std::time::Duration;
use tokio::sync::oneshot;

const NOW: i64 = 1_700_000_000_000;
const LEADER: BrokerId = BrokerId::new(1);
const OBSERVER: BrokerId = BrokerId::new(2);

/// The only voter, with a topic, and a node that follows it.
struct Pair {
    simulation: Simulation,
    leader: Core,
    observer: Core,
    observers: Process,
    to_observer: Vec<Event>,
    asked: Vec<(RequestId, oneshot::Receiver<Served>)>,
    _directories: (LogDirectory, LogDirectory),
    _leaders: Process,
}

impl Pair {
    fn new(leader_options: &[(&str, &str)]) -> Self {
        let mut simulation = Simulation::new(3);
        let leaders = simulation.process("leader");
        let own = layers(leader_options, true);
        formatted(leaders.env(), &own);
        let (mut leader, led) = open(leaders.env(), &own).expect("starts");
        register_and_unfence(&mut leader);
        assert_eq!(created(&round(&mut leader, vec![create("a")])[0]), ErrorCode::NONE);
        let observers = simulation.process("observer");
        let own = layers(
            &[
                ("node.id", "2"),
                ("process.roles", "broker"),
                ("listeners", "PLAINTEXT://127.0.0.1:29092"),
            ],
            true,
        );
        formatted(observers.env(), &own);
        let (observer, followed) = open(observers.env(), &own).expect("starts");
        Self {
            simulation,
            leader,
            observer,
            observers,
            to_observer: Vec::new(),
            asked: Vec::new(),
            _directories: (led, followed),
            _leaders: leaders,
        }
    }

    /// Lets the two talk for some milliseconds; `pass` is what becomes of answers on their way.
    fn talk(&mut self, millis: u64, pass: impl Fn(Answer) -> Answer) {
        for _ in 0..millis {
            let events = std::mem::take(&mut self.to_observer);
            let turn = self.observer.turn(events, Vec::new(), NOW).expect("the disk works");
            let mut requests = Vec::new();
            for sent in turn.sends {
                let (reply, answer) = oneshot::channel();
                self.asked.push((sent.request_id, answer));
                requests.push(Event::Asked(Asked {
                    from: OBSERVER,
                    request: sent.request,
                    bytes_max: 1 << 20,
                    located: None,
                    reply,
                }));
            }
            self.leader.turn(requests, Vec::new(), NOW).expect("the disk works");
            for (request_id, mut answer) in std::mem::take(&mut self.asked) {
                match answer.try_recv() {
                    Ok(served) => self.to_observer.push(Event::Answered {
                        from: LEADER,
                        request_id,
                        answer: pass(answer_of(served)),
                        located: Vec::new(),
                    }),
                    Err(_) => self.asked.push((request_id, answer)),
                }
            }
            self.simulation.run_for(Duration::from_millis(1)).expect("time passes");
        }
    }

    fn knows_topic(&self) -> bool {
        self.observer.image().topic(&TopicName::new("a")).is_some()
    }

    fn checkpoints(&self) -> usize {
        let dir = Path::new(DIR).join("__cluster_metadata-0");
        let entries = self.observers.disk().list(&dir).expect("a directory");
        entries.iter().filter(|entry| entry.name.ends_with(".checkpoint")).count()
    }

    #[track_caller]
    fn is_as_the_leader_is(&self) {
        assert_eq!(self.observer.image().to_records(), self.leader.image().to_records());
        assert_eq!(self.observer.status().log_end, self.leader.status().log_end);
    }
}

fn answer_of(served: Served) -> Answer {
    match served.response {
        Response::Fetch(answer) => Answer::Fetch(answer, served.bytes),
        Response::FetchSnapshot(answer) => Answer::FetchSnapshot(answer, served.bytes),
        other => panic!("nobody asked for {other:?}"),
    }
}

fn flipped(bytes: &Bytes, at: usize) -> Bytes {
    let mut bytes = BytesMut::from(&bytes[..]);
    bytes[at] ^= 1;
    bytes.freeze()
}

#[test]
fn metadata_records_that_were_damaged_are_not_taken() {
    let flip_last = |bytes: Bytes| flipped(&bytes, bytes.len() - 1);
    let cut = |bytes: Bytes| bytes.slice(..bytes.len() - 1);
    let flip_first = |bytes: Bytes| flipped(&bytes, 70);
    let spoils: [(&dyn Fn(Bytes) -> Bytes, bool); 3] =
        [(&flip_last, false), (&cut, false), (&flip_first, true)];
    for (spoil, takes_nothing) in spoils {
        let mut pair = Pair::new(&[]);
        pair.talk(300, |answer| match answer {
            Answer::Fetch(answer, bytes) if !bytes.is_empty() => {
                Answer::Fetch(answer, spoil(bytes))
            }
            other => other,
        });
        let (held, all) = (pair.observer.status().log_end, pair.leader.status().log_end);
        assert!(!pair.knows_topic() && held < all, "{held} of {all}");
        assert_eq!(held == Offset::ZERO, takes_nothing, "what came before the damage is good");
        pair.talk(300, |answer| answer);
        pair.is_as_the_leader_is();
    }
}

#[test]
fn a_snapshot_that_was_damaged_or_cut_short_is_not_taken() {
    let flip = |bytes: Bytes| flipped(&bytes, bytes.len() / 2);
    let cut = |bytes: Bytes| bytes.slice(..bytes.len() / 2);
    let spoils: [&dyn Fn(Bytes) -> Bytes; 2] = [&flip, &cut];
    for spoil in spoils {
        let mut pair = Pair::new(&[("metadata.log.max.record.bytes.between.snapshots", "1")]);
        pair.talk(300, |answer| match answer {
            Answer::FetchSnapshot(mut answer, bytes) => {
                let bytes = spoil(bytes);
                answer.length = bytes.len() as u64;
                // What is left is said to be all there is.
                answer.size = answer.position + answer.length;
                Answer::FetchSnapshot(answer, bytes)
            }
            other => other,
        });
        assert!(!pair.knows_topic());
        assert_eq!((pair.observer.status().log_end, pair.checkpoints()), (Offset::ZERO, 0));
        pair.talk(300, |answer| answer);
        assert_eq!(pair.checkpoints(), 1);
        pair.is_as_the_leader_is();
    }
}
