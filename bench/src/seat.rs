//! A node's place in its cluster: its id, its ports, who votes, and the `server.properties` that
//! follow from it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use crate::subject::Program;

/// Replicas of a topic where there are nodes enough for them.
const REPLICAS: usize = 3;

/// Heap of a Kafka that has the machine, and of each of several that share it.
const HEAP: &str = "1g";
const HEAP_SHARED: &str = "512m";

/// A node's place in its cluster.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    id: i32,
    port: u16,
    /// Where it listens as a controller; one that is only a broker does not.
    controller_port: Option<u16>,
    /// `controller.quorum.voters`.
    voters: String,
    /// How many nodes the cluster began with.
    nodes: usize,
}

impl Seat {
    /// The seats of so many nodes from id 1 on, each a broker and a voter.
    pub(crate) fn of_cluster(nodes: usize) -> anyhow::Result<Vec<Self>> {
        let ports = free_ports(2 * nodes)?;
        let ids = 1..=i32::try_from(nodes)?;
        let voters: Vec<String> = ids
            .clone()
            .zip(ports.iter().skip(nodes))
            .map(|(id, port)| format!("{id}@127.0.0.1:{port}"))
            .collect();
        let voters = voters.join(",");
        let seat = |((id, port), controller_port): ((i32, &u16), &u16)| Self {
            id,
            port: *port,
            controller_port: Some(*controller_port),
            voters: voters.clone(),
            nodes,
        };
        Ok(ids.zip(&ports).zip(ports.iter().skip(nodes)).map(seat).collect())
    }

    /// The seat of a broker that comes to this seat's cluster later, and does not vote.
    pub(crate) fn of_newcomer(&self, id: i32) -> anyhow::Result<Self> {
        Ok(Self { id, port: free_port()?, controller_port: None, ..self.clone() })
    }

    pub(crate) fn id(&self) -> i32 {
        self.id
    }

    /// Where clients find it.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// The heap of a JVM in this seat.
    pub(crate) fn heap(&self) -> &'static str {
        if self.nodes == 1 { HEAP } else { HEAP_SHARED }
    }

    /// `server.properties`: the values of Kafka's stock file, then what a measurement needs.
    pub(crate) fn properties(&self, program: Program, log: &Path) -> String {
        let Self { id, port, voters, nodes, .. } = self;
        let (roles, controller) = match self.controller_port {
            Some(port) => ("broker,controller", format!(",CONTROLLER://127.0.0.1:{port}")),
            None => ("broker", String::new()),
        };
        let replicas = (*nodes).min(REPLICAS);
        let least = replicas.div_ceil(2);
        let mut text = format!(
            "process.roles={roles}\nnode.id={id}\ncontroller.quorum.voters={voters}\n\
             listeners=PLAINTEXT://127.0.0.1:{port}{controller}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port}\ninter.broker.listener.name=PLAINTEXT\n\
             controller.listener.names=CONTROLLER\n\
             listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT\n\
             num.network.threads=3\nnum.io.threads=8\nsocket.send.buffer.bytes=102400\n\
             socket.receive.buffer.bytes=102400\nsocket.request.max.bytes=104857600\nnum.partitions=1\n\
             offsets.topic.replication.factor={replicas}\n\
             transaction.state.log.replication.factor={replicas}\n\
             transaction.state.log.min.isr={least}\nlog.retention.hours=168\n\
             log.segment.bytes=1073741824\n\
             group.initial.rebalance.delay.ms=0\nlog.segment.delete.delay.ms=100\nlog.dirs={}\n",
            log.display()
        );
        if program.is_kafka() {
            text.push_str(&format!(
                "share.coordinator.state.topic.replication.factor={replicas}\n\
                 share.coordinator.state.topic.min.isr={least}\n",
            ));
        }
        if program == Program::Keld {
            // Two nodes of one machine cannot have one port.
            text.push_str("keld.http.listeners=\n");
        }
        text
    }
}

/// A loopback port that was free a moment ago.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// So many of them, no two alike.
fn free_ports(count: usize) -> anyhow::Result<Vec<u16>> {
    let listeners: Vec<TcpListener> = (0..count)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<Result<_, _>>()?;
    listeners.iter().map(|one| Ok(one.local_addr()?.port())).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Program, Seat};

    fn value(seat: &Seat, name: &str) -> String {
        let text = seat.properties(Program::Kafka, Path::new("/log"));
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}=")));
        line.unwrap_or_else(|| panic!("no {name}")).to_owned()
    }

    #[test]
    fn the_nodes_of_a_cluster_name_the_same_voters_and_listen_apart() {
        let seats = Seat::of_cluster(3).unwrap();
        let voters = value(&seats[0], "controller.quorum.voters");
        assert_eq!(voters.split(',').count(), 3);
        for (seat, voter) in seats.iter().zip(voters.split(',')) {
            assert_eq!(value(seat, "controller.quorum.voters"), voters);
            let (id, address) = voter.split_once('@').unwrap();
            assert_eq!(value(seat, "node.id"), id);
            assert!(value(seat, "listeners").ends_with(&format!("CONTROLLER://{address}")));
            assert_eq!(value(seat, "transaction.state.log.min.isr"), "2");
        }
        let mut ports: Vec<u16> = seats.iter().map(|seat| seat.address().port()).collect();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 3);
    }

    #[test]
    fn one_node_keeps_one_replica_and_a_newcomer_does_not_vote() {
        let alone = Seat::of_cluster(1).unwrap().remove(0);
        assert_eq!(value(&alone, "offsets.topic.replication.factor"), "1");
        assert_eq!(value(&alone, "transaction.state.log.min.isr"), "1");
        let newcomer = alone.of_newcomer(4).unwrap();
        assert_eq!(value(&newcomer, "process.roles"), "broker");
        assert!(!value(&newcomer, "listeners").contains("CONTROLLER"));
    }
}
