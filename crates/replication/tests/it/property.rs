//! Random histories of three replicas: elections, lost metadata, late answers, kills. What was
//! acknowledged stays, and logs are equal up to the high watermark (I2, I3, I4, I10).

use crate::cluster::{Answer, Cluster, registration};
use keld_replication::{CountsWhen, Fetched, IsrAnswer, IsrChangeKind, Role};
use keld_types::{Offset, PartitionEpoch, RequiredAcks};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

#[derive(Clone, Debug)]
enum Step {
    Produce,
    Ask(i32),
    Answer(i32),
    Fetch(i32),
    Alter,
    LoseAlter,
    Shrink,
    /// Somebody of the ISR is elected; the broker that is named does not hear of it.
    Elect(u8, i32),
    /// Everybody hears what the metadata is.
    Tell,
    Restart(i32),
}

fn step() -> impl Strategy<Value = Step> {
    let broker = 1..=3_i32;
    prop_oneof![
        4 => Just(Step::Produce),
        2 => broker.clone().prop_map(Step::Ask),
        2 => broker.clone().prop_map(Step::Answer),
        6 => broker.clone().prop_map(Step::Fetch),
        2 => Just(Step::Alter),
        1 => Just(Step::LoseAlter),
        1 => Just(Step::Shrink),
        1 => (any::<u8>(), 0..=3_i32).prop_map(|(who, deaf)| Step::Elect(who, deaf)),
        2 => Just(Step::Tell),
        1 => broker.prop_map(Step::Restart),
    ]
}

/// The controller: what it has registered, one epoch each.
struct Controller {
    leader: i32,
    leader_epoch: i32,
    partition_epoch: i32,
    isr: Vec<i32>,
}

struct History {
    cluster: Cluster,
    controller: Controller,
    held: BTreeMap<i32, Answer>,
    appended: usize,
    waiting: Vec<(Offset, String, keld_replication::Committed)>,
    acknowledged: Vec<(Offset, String)>,
}

impl History {
    fn new(counts_when: CountsWhen) -> Self {
        let cluster = Cluster::new(&[1, 2, 3], 2, counts_when);
        let isr = vec![1, 2, 3];
        let controller = Controller { leader: 1, leader_epoch: 0, partition_epoch: 0, isr };
        let mut history = Self {
            cluster,
            controller,
            held: BTreeMap::new(),
            appended: 0,
            waiting: Vec::new(),
            acknowledged: Vec::new(),
        };
        history.tell(&[1, 2, 3]);
        history
    }

    fn tell(&mut self, to: &[i32]) {
        let Controller { leader, leader_epoch, partition_epoch, isr } = &self.controller;
        let registered = registration(*leader, *leader_epoch, *partition_epoch, &[1, 2, 3], isr);
        self.cluster.apply(to, &registered);
    }

    fn ask(&mut self, id: i32) {
        if let Some(Ok(answer)) = self.cluster.ask(id) {
            self.held.insert(id, answer);
        }
    }

    fn answer(&mut self, id: i32) {
        let Some(Answer { asked, records, offsets, diverging }) = self.held.remove(&id) else {
            return;
        };
        let partition = self.cluster.partition(id);
        if let Some(diverging) = diverging {
            let cut = partition.truncate_diverging(&asked, diverging).unwrap();
            if let Some(cut) = cut {
                assert!(!cut.is_below_high_watermark, "{id} cuts what is committed: {cut:?}");
            }
        } else {
            let fetched = Fetched {
                records,
                high_watermark: offsets.high_watermark,
                log_start: offsets.log_start,
            };
            partition.append_fetched(&asked, &fetched).unwrap();
        }
        self.cluster.settle();
    }

    fn alter(&mut self, is_lost: bool) {
        let waiting = std::mem::take(&mut *self.cluster.world.proposals.lock().unwrap());
        for (partition, change) in waiting {
            let controller = &mut self.controller;
            let is_valid = change.leader_epoch.get() == controller.leader_epoch
                && change.partition_epoch.get() == controller.partition_epoch;
            if !is_valid {
                let code = keld_types::ErrorCode::INVALID_UPDATE_VERSION;
                partition.finish_isr_change(&change, Err(code));
                continue;
            }
            let brokers = self.cluster.world.brokers.lock().unwrap();
            let is_current = |(id, epoch): &(keld_types::BrokerId, keld_types::BrokerEpoch)| {
                epoch.get() == -1 || brokers[&id.get()].epoch == *epoch
            };
            let eligible = change.isr.iter().all(is_current);
            drop(brokers);
            if !eligible {
                let code = keld_types::ErrorCode::INELIGIBLE_REPLICA;
                partition.finish_isr_change(&change, Err(code));
                continue;
            }
            controller.isr = change.isr.iter().map(|(id, _)| id.get()).collect();
            controller.partition_epoch += 1;
            if is_lost {
                // The leader learns of it by the metadata.
                continue;
            }
            let answer = IsrAnswer {
                leader_epoch: change.leader_epoch,
                partition_epoch: PartitionEpoch::new(controller.partition_epoch),
                isr: change.isr.iter().map(|(id, _)| *id).collect(),
            };
            partition.finish_isr_change(&change, Ok(answer));
            let _: &IsrChangeKind = &change.kind;
        }
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Produce => {
                let leader = self.controller.leader;
                let value = format!("v{}", self.appended);
                let result = self.cluster.append(leader, &[&value], RequiredAcks::AllInSync);
                if let Ok((appended, committed)) = result {
                    self.appended += 1;
                    self.waiting.push((appended.info.first_offset, value, committed));
                }
                self.cluster.settle();
            }
            Step::Ask(id) => self.ask(*id),
            Step::Answer(id) => self.answer(*id),
            Step::Fetch(id) => {
                self.ask(*id);
                self.answer(*id);
            }
            Step::Alter => self.alter(false),
            Step::LoseAlter => self.alter(true),
            Step::Shrink => {
                let late = std::time::Duration::from_millis(31_000);
                self.cluster.simulation.run_for(late).unwrap();
                self.cluster.partition(self.controller.leader).shrink_isr();
            }
            Step::Elect(who, deaf) => {
                let isr = &self.controller.isr;
                self.controller.leader = isr[usize::from(*who) % isr.len()];
                self.controller.leader_epoch += 1;
                self.controller.partition_epoch += 1;
                let to: Vec<i32> =
                    (1..=3).filter(|id| id != deaf || *id == self.controller.leader).collect();
                self.tell(&to);
            }
            Step::Tell => self.tell(&[1, 2, 3]),
            Step::Restart(id) => self.restart(*id),
        }
        self.check();
    }

    /// A process dies and comes back with another epoch. The controller fences it first: it leaves
    /// the ISR, unless it is the last one there.
    fn restart(&mut self, id: i32) {
        self.held.remove(&id);
        self.cluster.restart(id, false);
        let controller = &mut self.controller;
        if controller.isr.len() > 1 {
            controller.isr.retain(|member| *member != id);
        }
        if controller.leader == id {
            controller.leader = controller.isr[0];
        }
        controller.leader_epoch += 1;
        controller.partition_epoch += 1;
        self.tell(&[1, 2, 3]);
    }

    fn check(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        self.waiting.retain_mut(|(offset, value, committed)| {
            match Pin::new(committed).poll(&mut context) {
                Poll::Pending => true,
                Poll::Ready(outcome) => {
                    if outcome.is_ok() {
                        self.acknowledged.push((*offset, value.clone()));
                    }
                    false
                }
            }
        });
        // Whoever may be elected has all that was acknowledged.
        for id in &self.controller.isr {
            let values = self.cluster.values(*id);
            for (offset, value) in &self.acknowledged {
                let index = usize::try_from(offset.get()).unwrap();
                assert_eq!(values.get(index), Some(value), "{id} lacks what was acknowledged");
            }
        }
        for one in 1..=3 {
            let own = self.cluster.offsets(one);
            assert!(own.log_start <= own.high_watermark && own.high_watermark <= own.log_end);
            let epochs = self.cluster.epochs(one);
            let rises = |pair: &[(_, Offset)]| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1;
            assert!(epochs.windows(2).all(rises), "{one}: {epochs:?}");
            for other in one + 1..=3 {
                let high = own.high_watermark.min(self.cluster.offsets(other).high_watermark);
                let upto = usize::try_from(high.get()).unwrap();
                let (a, b) = (self.cluster.values(one), self.cluster.values(other));
                assert_eq!(a[..upto], b[..upto], "{one} and {other} differ below {high}");
            }
        }
    }

    /// With nothing in the way all replicas come to the same log.
    fn converge(&mut self) {
        self.held.clear();
        for _ in 0..12 {
            self.tell(&[1, 2, 3]);
            for id in 1..=3 {
                self.ask(id);
                self.answer(id);
            }
            self.alter(false);
            self.check();
        }
        let leader = self.cluster.bytes(self.controller.leader);
        for id in 1..=3 {
            assert_eq!(self.cluster.bytes(id), leader, "{id} did not catch up");
            let is_leader = matches!(self.cluster.partition(id).role(), Role::Leader(_));
            assert_eq!(is_leader, id == self.controller.leader);
        }
        assert_eq!(self.controller.isr.len(), 3, "all are in sync again");
        assert!(self.waiting.is_empty(), "everything is answered");
    }
}

fn run(counts_when: CountsWhen, steps: &[Step]) {
    let mut history = History::new(counts_when);
    for step in steps {
        history.step(step);
    }
    history.converge();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_acknowledged_is_lost(steps in prop::collection::vec(step(), 1..60)) {
        run(CountsWhen::Appended, &steps);
    }

    #[test]
    fn nor_where_only_what_is_durable_counts(steps in prop::collection::vec(step(), 1..40)) {
        run(CountsWhen::Durable, &steps);
    }
}
