//! The simulated network: hosts by name, byte streams with latency, and links that fail.
//!
//! Each direction of a connection is a bounded queue of pieces with their arrival times. A blocked
//! link holds what was sent until it is healed; a connect over it waits. A connection can be reset
//! (both ends see it), or its peer can vanish without a word (a host that lost power).

use super::clock::SimClock;
use super::random::SplitMix;
use crate::clock::{Clock, Monotonic};
use crate::disk::File;
use crate::network::{Address, Listener, Network, Stream};
use crate::spawn::BoxFuture;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Bytes that one direction of a connection holds before the writer waits.
const PIPE_BYTES: usize = 64 * 1024;

/// The network between all simulated hosts. Clones share it.
#[derive(Clone, Debug)]
pub struct SimNet {
    shared: Arc<Mutex<Shared>>,
    clock: SimClock,
}

#[derive(Debug)]
struct Shared {
    random: SplitMix,
    latency: (Duration, Duration),
    hosts: Vec<String>,
    listeners: BTreeMap<(String, u16), Queue>,
    connections: BTreeMap<u64, Connection>,
    blocked: BTreeSet<(String, String)>,
    dead: BTreeSet<String>,
    /// Who waits for the network to change: connects over blocked links.
    waiting: Vec<Waker>,
    next_connection: u64,
    next_port: u16,
}

#[derive(Debug, Default)]
struct Queue {
    backlog: VecDeque<(SimStream, SocketAddr)>,
    waker: Option<Waker>,
}

#[derive(Debug)]
struct Connection {
    hosts: [String; 2],
    /// `pipes[side]` carries what `side` wrote.
    pipes: [Pipe; 2],
    reset: bool,
}

#[derive(Debug, Default)]
struct Pipe {
    pieces: VecDeque<(Monotonic, VecDeque<u8>)>,
    bytes: usize,
    closed: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// One host's view of the network.
#[derive(Clone, Debug)]
pub(super) struct SimNetwork {
    pub(super) net: SimNet,
    pub(super) host: String,
}

#[derive(Debug)]
struct SimListener {
    net: SimNet,
    key: (String, u16),
    address: SocketAddr,
}

struct SimStream {
    net: SimNet,
    connection: u64,
    side: usize,
    sleep: Option<BoxFuture<()>>,
}

impl std::fmt::Debug for SimStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SimStream({}/{})", self.connection, self.side)
    }
}

impl SimNet {
    /// A network whose pieces arrive after 50 to 500 µs.
    pub fn new(seed: u64, clock: SimClock) -> Self {
        let shared = Shared {
            random: SplitMix::new(seed),
            latency: (Duration::from_micros(50), Duration::from_micros(500)),
            hosts: Vec::new(),
            listeners: BTreeMap::new(),
            connections: BTreeMap::new(),
            blocked: BTreeSet::new(),
            dead: BTreeSet::new(),
            waiting: Vec::new(),
            next_connection: 0,
            next_port: 40_000,
        };
        Self { shared: Arc::new(Mutex::new(shared)), clock }
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the least and the greatest time a piece travels.
    pub fn set_latency(&self, least: Duration, greatest: Duration) {
        self.shared().latency = (least, greatest.max(least));
    }

    /// Holds everything sent from one host to another from now on. One direction alone makes
    /// half-open connections.
    pub fn block(&self, from: &str, to: &str) {
        self.shared().blocked.insert((from.to_owned(), to.to_owned()));
    }

    /// Cuts two hosts off from each other, both ways.
    pub fn partition(&self, one: &str, other: &str) {
        self.block(one, other);
        self.block(other, one);
    }

    /// Delivers all that was held, and lets everything through again.
    pub fn heal(&self) {
        let mut shared = self.shared();
        shared.blocked.clear();
        let wakers = shared.all_wakers();
        drop(shared);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Resets every connection between two hosts (of one host when both are the same name).
    pub fn reset(&self, one: &str, other: &str) {
        let mut shared = self.shared();
        for connection in shared.connections.values_mut() {
            let has = |host: &str| connection.hosts.iter().any(|name| name == host);
            if has(one) && has(other) {
                connection.reset = true;
            }
        }
        let wakers = shared.all_wakers();
        drop(shared);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Ends all listeners of a host.
    pub(super) fn stop_listening(&self, host: &str) {
        let mut shared = self.shared();
        let all = std::mem::take(&mut shared.listeners);
        let (gone, kept): (BTreeMap<_, _>, _) =
            all.into_iter().partition(|((name, _), _)| name == host);
        shared.listeners = kept;
        drop(shared);
        // Outside of the lock: streams in the backlog close when dropped.
        drop(gone);
    }

    /// The host's power fails: its listeners vanish, and its peers hear nothing more.
    pub fn power_off(&self, host: &str) {
        self.shared().dead.insert(host.to_owned());
        self.stop_listening(host);
    }

    /// The host is back; connections of its former life are answered with a reset.
    pub fn power_on(&self, host: &str) {
        self.shared().dead.remove(host);
        self.reset(host, host);
    }

    fn host_address(&self, host: &str) -> IpAddr {
        let mut shared = self.shared();
        let index = match shared.hosts.iter().position(|name| name == host) {
            Some(index) => index,
            None => {
                shared.hosts.push(host.to_owned());
                shared.hosts.len() - 1
            }
        };
        let [_, _, high, low] = ((index + 1) as u32).to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(10, 0, high, low))
    }

    fn host_name(&self, from: &str, name: &str) -> String {
        if matches!(name, "localhost" | "127.0.0.1" | "::1" | "" | "0.0.0.0") {
            return from.to_owned();
        }
        if let Ok(IpAddr::V4(ip)) = name.parse::<IpAddr>() {
            let [_, _, high, low] = ip.octets();
            let index = usize::from(high) * 256 + usize::from(low);
            if let Some(host) =
                index.checked_sub(1).and_then(|i| self.shared().hosts.get(i).cloned())
            {
                return host;
            }
        }
        name.to_owned()
    }
}

impl Shared {
    fn all_wakers(&mut self) -> Vec<Waker> {
        let mut wakers = std::mem::take(&mut self.waiting);
        for connection in self.connections.values_mut() {
            for pipe in &mut connection.pipes {
                wakers.extend(pipe.reader.take());
                wakers.extend(pipe.writer.take());
            }
        }
        wakers
    }

    fn is_blocked(&self, from: &str, to: &str) -> bool {
        self.dead.contains(from)
            || self.dead.contains(to)
            || self.blocked.contains(&(from.to_owned(), to.to_owned()))
    }

    fn travel(&mut self) -> Duration {
        let (least, greatest) = self.latency;
        let spread = u64::try_from((greatest - least).as_nanos()).unwrap_or(u64::MAX);
        least + Duration::from_nanos(self.random.below(spread.saturating_add(1)))
    }
}

impl Network for SimNetwork {
    fn listen(&self, address: Address, _backlog: u32) -> BoxFuture<io::Result<Box<dyn Listener>>> {
        let this = self.clone();
        Box::pin(async move {
            let ip = this.net.host_address(&this.host);
            let mut shared = this.net.shared();
            let port = if address.port == 0 {
                shared.next_port += 1;
                shared.next_port
            } else {
                address.port
            };
            let key = (this.host.clone(), port);
            if shared.listeners.contains_key(&key) {
                return Err(io::Error::new(
                    io::ErrorKind::AddrInUse,
                    format!("cannot listen on {address}: the port is in use"),
                ));
            }
            shared.listeners.insert(key.clone(), Queue::default());
            drop(shared);
            let address = SocketAddr::new(ip, port);
            Ok(Box::new(SimListener { net: this.net, key, address }) as Box<dyn Listener>)
        })
    }

    fn connect(&self, address: Address) -> BoxFuture<io::Result<Box<dyn Stream>>> {
        let this = self.clone();
        Box::pin(async move {
            let target = this.net.host_name(&this.host, &address.host);
            let ip = this.net.host_address(&this.host);
            let travel = this.net.shared().travel();
            this.net.clock.sleep_until(this.net.clock.monotonic() + travel).await;
            poll_fn(|context| {
                let mut shared = this.net.shared();
                if shared.is_blocked(&this.host, &target) || shared.is_blocked(&target, &this.host)
                {
                    shared.waiting.push(context.waker().clone());
                    return Poll::Pending;
                }
                Poll::Ready(())
            })
            .await;
            let mut shared = this.net.shared();
            let key = (target.clone(), address.port);
            if !shared.listeners.contains_key(&key) {
                return Err(io::Error::new(
                    io::ErrorKind::ConnectionRefused,
                    format!("cannot connect to {address}: connection refused"),
                ));
            }
            let id = shared.next_connection;
            shared.next_connection += 1;
            shared.next_port = shared.next_port.wrapping_add(1).max(40_000);
            let port = shared.next_port;
            let connection = Connection {
                hosts: [this.host.clone(), target],
                pipes: [Pipe::default(), Pipe::default()],
                reset: false,
            };
            shared.connections.insert(id, connection);
            let stream =
                |side| SimStream { net: this.net.clone(), connection: id, side, sleep: None };
            let waker = shared.listeners.get_mut(&key).and_then(|queue| {
                queue.backlog.push_back((stream(1), SocketAddr::new(ip, port)));
                queue.waker.take()
            });
            drop(shared);
            if let Some(waker) = waker {
                waker.wake();
            }
            Ok(Box::new(stream(0)) as Box<dyn Stream>)
        })
    }
}

impl Listener for SimListener {
    fn local_address(&self) -> SocketAddr {
        self.address
    }

    fn poll_accept(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<(Box<dyn Stream>, SocketAddr)>> {
        let mut shared = self.net.shared();
        let Some(queue) = shared.listeners.get_mut(&self.key) else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        match queue.backlog.pop_front() {
            Some((stream, peer)) => Poll::Ready(Ok((Box::new(stream), peer))),
            None => {
                queue.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for SimListener {
    fn drop(&mut self) {
        let queue = self.net.shared().listeners.remove(&self.key);
        // Outside of the lock: streams in the backlog close when dropped.
        drop(queue);
    }
}

impl Stream for SimStream {
    fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let net = self.net.clone();
        loop {
            let mut shared = net.shared();
            let now = net.clock.monotonic();
            let Some(connection) = shared.connections.get(&self.connection) else {
                return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
            };
            if connection.reset {
                return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
            }
            let [here, there] = [self.side, 1 - self.side];
            let blocked = shared.is_blocked(&connection.hosts[there], &connection.hosts[here]);
            let Some(connection) = shared.connections.get_mut(&self.connection) else {
                return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
            };
            let pipe = &mut connection.pipes[there];
            pipe.reader = Some(context.waker().clone());
            if blocked {
                return Poll::Pending;
            }
            match pipe.pieces.front_mut() {
                None if pipe.closed => return Poll::Ready(Ok(0)),
                None => return Poll::Pending,
                Some((arrival, piece)) if *arrival <= now => {
                    let length = buffer.len().min(piece.len());
                    for (slot, byte) in buffer.iter_mut().zip(piece.drain(..length)) {
                        *slot = byte;
                    }
                    if piece.is_empty() {
                        pipe.pieces.pop_front();
                    }
                    pipe.bytes -= length;
                    let writer = pipe.writer.take();
                    drop(shared);
                    if let Some(writer) = writer {
                        writer.wake();
                    }
                    return Poll::Ready(Ok(length));
                }
                Some((arrival, _)) => {
                    let arrival = *arrival;
                    drop(shared);
                    let sleep = self.sleep.insert(net.clock.sleep_until(arrival));
                    match sleep.as_mut().poll(context) {
                        Poll::Pending => return Poll::Pending,
                        Poll::Ready(()) => {}
                    }
                }
            }
        }
    }

    fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut shared = self.net.shared();
        let arrival = self.net.clock.monotonic() + shared.travel();
        let Some(connection) = shared.connections.get_mut(&self.connection) else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        if connection.reset {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let pipe = &mut connection.pipes[self.side];
        if pipe.closed {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let room = PIPE_BYTES - pipe.bytes;
        let wanted = slices.iter().map(|slice| slice.len()).sum::<usize>();
        if wanted == 0 {
            return Poll::Ready(Ok(0));
        }
        if room == 0 {
            pipe.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        let piece: VecDeque<u8> =
            slices.iter().flat_map(|slice| slice.iter().copied()).take(room).collect();
        let written = piece.len();
        // A stream keeps its order: no piece overtakes the one before it.
        let arrival = pipe.pieces.back().map_or(arrival, |(last, _)| arrival.max(*last));
        pipe.pieces.push_back((arrival, piece));
        pipe.bytes += written;
        let reader = pipe.reader.take();
        drop(shared);
        if let Some(reader) = reader {
            reader.wake();
        }
        Poll::Ready(Ok(written))
    }

    fn poll_send_file(
        &mut self,
        context: &mut Context<'_>,
        file: &Arc<dyn File>,
        position: u64,
        length: usize,
    ) -> Poll<io::Result<usize>> {
        let mut buffer = vec![0; length.min(PIPE_BYTES)];
        let read = file.read_at(&mut buffer, position)?;
        if read == 0 && length > 0 {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        self.poll_write(context, &[IoSlice::new(&buffer[..read])])
    }

    fn poll_shutdown(&mut self, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.close();
        Poll::Ready(Ok(()))
    }
}

impl SimStream {
    fn close(&self) {
        let mut shared = self.net.shared();
        let reader = shared.connections.get_mut(&self.connection).and_then(|connection| {
            connection.pipes[self.side].closed = true;
            connection.pipes[self.side].reader.take()
        });
        drop(shared);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

impl Drop for SimStream {
    fn drop(&mut self) {
        let mut wakers = Vec::new();
        let mut shared = self.net.shared();
        let [here, there] = [self.side, 1 - self.side];
        if let Some(connection) = shared.connections.get_mut(&self.connection) {
            // Unread bytes make the close a reset for the writer, as TCP has it.
            let unread = !connection.pipes[there].pieces.is_empty();
            connection.pipes[here].closed = true;
            let both = connection.pipes[there].closed;
            connection.pipes[there].closed = true;
            connection.reset |= unread && !both;
            wakers.extend(connection.pipes[here].reader.take());
            wakers.extend(connection.pipes[there].writer.take());
        }
        drop(shared);
        wakers.into_iter().for_each(Waker::wake);
    }
}
