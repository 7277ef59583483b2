//! P11: how long a client gets no acknowledgements when a node dies, stops or hangs.

use std::time::Duration;

use rustix::process::Signal;

use super::p2::NODES;
use super::support::put;
use super::writer::Writer;
use crate::arena::Arena;
use crate::cluster::Cluster;
use crate::metric::Figures;
use crate::scenario::{Case, Comparison, DEFAULTS, Plan, Scenario, case};
use crate::server::{now, pause};
use crate::subject::Subject;

/// Failover.
pub(crate) const P11: Scenario = Scenario {
    id: "p11",
    title: "P11: failover, as a client sees it",
    about: "Three nodes as in P2. \
            One librdkafka producer with its own settings (acks=all, linger 5 ms, no idempotence, its own times for reconnecting and metadata; a queue that does not fill) and delivery reports \
            writes 10,000 records of 1,024 bytes a second, open loop, to one partition with three replicas, while the line's event \
            happens; afterwards the topic is read back. \
            The gap is the longest time between two acknowledgements from the event to the end; the one before the event tells how quiet the machine was. \
            The node is started again when no partition counts it as in sync any more, or goes on; in the ISR of everything: of every topic, \
            the fifty partitions of committed offsets among them, counted from the creation of its process. \
            Records without idempotence may be there twice. \
            Where the active controller alone is killed, two replicas are on the two other nodes.",
    cases,
};

const METRICS: &[&str] = &["gap_s", "isr_s", "lost", "duplicated", "gap_before_s"];

const LIKE: [Comparison; 1] =
    [Comparison { ours: Subject::KeldReplicated, theirs: Subject::Kafka }];

/// How long a cluster may take to notice, or to take a node back.
const PATIENCE: Duration = Duration::from_mins(1);

/// Records flow for so long before the event, and after all of it.
const CALM: Duration = Duration::from_secs(2);

/// How long a leader hangs.
const HANG: Duration = Duration::from_secs(15);

/// What happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Event {
    LeaderKilled,
    LeaderAndControllerKilled,
    LeaderStopped,
    ControllerKilled,
    LeaderHangs,
}

impl Event {
    /// The nodes with replicas, the leader first, and the node to which it happens.
    fn places(self, controller: i32) -> (Vec<i32>, i32) {
        let ids = 1..=i32::try_from(NODES).unwrap_or(i32::MAX);
        let mut others: Vec<i32> = ids.filter(|id| *id != controller).collect();
        let leader = others[0];
        match self {
            Self::LeaderKilled | Self::LeaderStopped | Self::LeaderHangs => {
                others.push(controller);
                (others, leader)
            }
            Self::LeaderAndControllerKilled => {
                others.insert(0, controller);
                (others, controller)
            }
            Self::ControllerKilled => (others, controller),
        }
    }

    /// Lets it happen, and the node come back; the time from its start, or from when it goes on,
    /// until it is in sync.
    fn happen(self, cluster: &mut Cluster, id: i32) -> anyhow::Result<Duration> {
        match self {
            Self::LeaderHangs => {
                cluster.node(id)?.signal(Signal::STOP)?;
                pause(HANG);
                cluster.node(id)?.signal(Signal::CONT)?;
                let began = now();
                cluster.wait_until_in_sync(id, PATIENCE)?;
                return Ok(began.elapsed());
            }
            Self::LeaderStopped => {
                cluster.node_mut(id)?.stop()?;
            }
            Self::LeaderKilled | Self::LeaderAndControllerKilled | Self::ControllerKilled => {
                cluster.node_mut(id)?.kill()?;
            }
        }
        cluster.wait_until_gone(id, PATIENCE)?;
        pause(CALM);
        cluster.start_again(id, PATIENCE)
    }
}

fn cases(_: Plan) -> Vec<Case> {
    let event = |name, comparisons: &[Comparison], event: Event| {
        case(name, false, comparisons, METRICS, move |arena, subject| run(arena, subject, event))
            .with_nodes(NODES)
            .takes(20)
            .memory(1 << 30)
    };
    vec![
        event("leader killed (SIGKILL)", &DEFAULTS, Event::LeaderKilled)
            .limit("gap_s", 2.0)
            .limit("isr_s", 2.0)
            .limit("lost", 0.0),
        event(
            "leader that is the active controller killed",
            &LIKE,
            Event::LeaderAndControllerKilled,
        )
        .limit("gap_s", 2.0)
        .limit("isr_s", 2.0)
        .limit("lost", 0.0),
        event("leader stopped (SIGTERM)", &DEFAULTS, Event::LeaderStopped)
            .limit("gap_s", 0.1)
            .limit("isr_s", 2.0)
            .limit("lost", 0.0),
        event("active controller killed, which has no replica", &LIKE, Event::ControllerKilled)
            .limit("gap_s", 0.1)
            .limit("lost", 0.0),
        event("leader hangs for 15 s (SIGSTOP)", &LIKE, Event::LeaderHangs).limit("lost", 0.0),
    ]
}

fn run(arena: &mut Arena, subject: Subject, event: Event) -> anyhow::Result<Figures> {
    let controller = arena.cluster(subject)?.controller()?;
    let (replicas, node) = event.places(controller);
    let topic = arena.placed_topic(subject, vec![replicas])?;
    arena.release_memory();
    let tools = arena.tools().clone();
    let cluster = arena.cluster(subject)?;
    let mut writer = Writer::start(&tools, cluster, &topic)?;
    pause(CALM);
    writer.mark()?;
    let in_sync = event.happen(cluster, node)?;
    pause(CALM);
    let mut figures = writer.finish()?;
    put(&mut figures, "isr_s", in_sync);
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn it_happens_to_the_leader_or_to_the_controller_that_holds_nothing() {
        assert_eq!(Event::LeaderKilled.places(1), (vec![2, 3, 1], 2));
        assert_eq!(Event::LeaderAndControllerKilled.places(3), (vec![3, 1, 2], 3));
        assert_eq!(Event::ControllerKilled.places(2), (vec![1, 3], 2));
    }
}
