//! The network between nodes: a TCP proxy in front of each listener, through which faults come.
//!
//! A listener's proxy keeps its port for as long as the cluster is there, so a node can be told of
//! the others before any of them runs, and may come back on another port of its own. Which node
//! made a connection is read from `/proc`: whose socket it is. So a link has two ends and two
//! directions, though a node advertises one address to everybody.
//!
//! A cut holds bytes back, as lost packets do: nobody is told, nothing is dropped, and once the cut
//! is healed the connection goes on, unless one side gave it up meanwhile.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes that a direction of a connection holds back.
const BUFFER_BYTES: usize = 64 << 10;

/// Who made a connection: a node by its id, or `None`, a client.
type Source = Option<i32>;

/// The links between the nodes of a cluster. What is not between two nodes is never held back.
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The processes of the nodes that run.
    pids: BTreeMap<i32, u32>,
    /// Directions in which nothing passes.
    cut: BTreeSet<(i32, i32)>,
    /// How long bytes between two nodes are on their way.
    delay: Duration,
    open: BTreeMap<u64, Open>,
    next: u64,
    is_closed: bool,
}

/// A connection between two sockets, one of which a node or client made.
#[derive(Debug)]
struct Open {
    source: Source,
    node: i32,
    sockets: [TcpStream; 2],
}

impl Open {
    fn reset(&self) {
        for socket in &self.sockets {
            // A socket that is closed already is what is wanted.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Network {
    /// Holds back what `from` sends to `to`, answers included.
    pub fn cut(&self, from: i32, to: i32) {
        self.lock().cut.insert((from, to));
    }

    /// Holds back what `node` sends to each of `others`, or what they send to it, or both.
    pub fn isolate(&self, node: i32, others: &[i32], sends: bool, receives: bool) {
        let mut state = self.lock();
        for other in others.iter().copied().filter(|other| *other != node) {
            if sends {
                state.cut.insert((node, other));
            }
            if receives {
                state.cut.insert((other, node));
            }
        }
    }

    /// Bytes between nodes take so long from now on, each way.
    pub fn delay(&self, delay: Duration) {
        self.lock().delay = delay;
    }

    /// Everything passes again, at once.
    pub fn heal(&self) {
        let mut state = self.lock();
        state.cut.clear();
        state.delay = Duration::ZERO;
        drop(state);
        self.0.changed.notify_all();
    }

    /// Ends every connection between two nodes; returns how many there were.
    pub fn reset_connections(&self) -> usize {
        let state = self.lock();
        let between = state.open.values().filter(|open| open.source.is_some());
        between.map(Open::reset).count()
    }

    /// How many connections each pair of nodes has, by who made it and to whom.
    pub fn connections(&self) -> BTreeMap<(i32, i32), usize> {
        let mut counts = BTreeMap::new();
        for open in self.lock().open.values() {
            if let Some(source) = open.source {
                *counts.entry((source, open.node)).or_default() += 1;
            }
        }
        counts
    }

    /// The process that a node is now; `None` when it does not run.
    pub(crate) fn set_pid(&self, node: i32, pid: Option<u32>) {
        let mut state = self.lock();
        match pid {
            Some(pid) => state.pids.insert(node, pid),
            None => state.pids.remove(&node),
        };
    }

    /// Ends all connections and everything that waits.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.open.values().for_each(Open::reset);
        drop(state);
        self.0.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until bytes may pass, for their delay too; whether they still may at all.
    fn pass(&self, from: Source, to: Source) -> bool {
        let (Some(from), Some(to)) = (from, to) else { return !self.lock().is_closed };
        let delay = self.lock().delay;
        if !delay.is_zero() {
            thread::sleep(delay);
        }
        let mut state = self.lock();
        while state.cut.contains(&(from, to)) && !state.is_closed {
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.is_closed
    }

    fn source_of(&self, peer: SocketAddr, proxy: u16) -> Source {
        let pids = self.lock().pids.clone();
        let inode = socket_inode(peer.port(), proxy)?;
        pids.into_iter().find(|(_, pid)| owns_socket(*pid, &inode)).map(|(node, _)| node)
    }

    /// Registers a connection and starts to copy both ways.
    fn carry(&self, source: Source, node: i32, made: TcpStream, reached: TcpStream) -> Result<()> {
        made.set_nodelay(true)?;
        reached.set_nodelay(true)?;
        let sockets = [made.try_clone()?, reached.try_clone()?];
        let (made_again, reached_again) = (made.try_clone()?, reached.try_clone()?);
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        state.open.insert(number, Open { source, node, sockets });
        drop(state);
        // The entry goes when the second direction ends.
        let last = Arc::new(Registered { network: self.clone(), number });
        let (network, other) = (self.clone(), Arc::clone(&last));
        thread::spawn(move || {
            network.copy(made, reached, source, Some(node));
            drop(last);
        });
        let network = self.clone();
        thread::spawn(move || {
            network.copy(reached_again, made_again, Some(node), source);
            drop(other);
        });
        Ok(())
    }

    /// Copies one direction until it ends; the end itself passes only when bytes would.
    fn copy(&self, mut from: TcpStream, mut to: TcpStream, source: Source, target: Source) {
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let count = from.read(&mut buffer).unwrap_or(0);
            let is_open = self.pass(source, target);
            let bytes = buffer.get(..count).unwrap_or_default();
            if bytes.is_empty() || !is_open {
                // The other side may have ended first.
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
            if to.write_all(bytes).is_err() {
                let _ = from.shutdown(Shutdown::Both);
                return;
            }
        }
    }
}

#[derive(Debug)]
struct Registered {
    network: Network,
    number: u64,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.network.lock().open.remove(&self.number);
    }
}

/// The proxy of one listener of a node; closed when dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    target: Arc<AtomicU16>,
    is_closed: Arc<AtomicBool>,
}

impl Proxy {
    /// Listens on a free port for connections to `node`.
    pub fn listen(network: &Network, node: i32) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("bind a proxy")?;
        let port = listener.local_addr()?.port();
        let (target, is_closed) = (Arc::new(AtomicU16::new(0)), Arc::new(AtomicBool::new(false)));
        let proxy = Self { port, target: Arc::clone(&target), is_closed: Arc::clone(&is_closed) };
        let network = network.clone();
        thread::spawn(move || {
            while let Ok((made, peer)) = listener.accept() {
                if is_closed.load(Ordering::Acquire) {
                    return;
                }
                let (network, target) = (network.clone(), target.load(Ordering::Acquire));
                thread::spawn(move || {
                    let source = network.source_of(peer, port);
                    // A node that does not listen ends the connection, which is all one can tell.
                    if let Some(reached) = reach(target) {
                        let _ = network.carry(source, node, made, reached);
                    }
                });
            }
        });
        Ok(proxy)
    }

    /// The port that others are told.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The port on which the node really listens; 0 when it does not run.
    pub fn set_target(&self, port: u16) {
        self.target.store(port, Ordering::Release);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::Release);
        // Wakes the thread that accepts; when nobody listens any more, it has ended.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// A connection to a node; `None` when nobody listens there. Where nobody does, the system may give
/// a socket the port that it looks for, so that it is connected to itself.
fn reach(port: u16) -> Option<TcpStream> {
    let reached = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let is_itself = reached.local_addr().ok()?.port() == port;
    (!is_itself).then_some(reached)
}

/// The inode, in text, of the socket at this end of the connection between two local ports.
fn socket_inode(from: u16, to: u16) -> Option<String> {
    // A JVM's sockets are of IPv6, with the same address at the end.
    let wanted = [from, to].map(|port| format!("0100007F:{port:04X}"));
    ["/proc/net/tcp", "/proc/net/tcp6"].iter().find_map(|table| {
        let text = fs::read_to_string(table).ok()?;
        text.lines().find_map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let ends = columns.get(1..3)?;
            let is_it = ends.iter().zip(&wanted).all(|(end, wanted)| end.ends_with(wanted));
            columns.get(9).filter(|_| is_it).map(|inode| (*inode).to_owned())
        })
    })
}

fn owns_socket(pid: u32, inode: &str) -> bool {
    let wanted = format!("socket:[{inode}]");
    let folder = Path::new("/proc").join(pid.to_string()).join("fd");
    let mut entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.any(|entry| fs::read_link(entry.path()).is_ok_and(|link| link == Path::new(&wanted)))
}

#[cfg(test)]
mod tests;
