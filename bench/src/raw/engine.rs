//! One thread, many connections: sends prepared requests and takes the answers.
//!
//! Closed loop: each connection has at most `depth` requests under way and sends the next when an
//! answer comes. Open loop: requests are due at a fixed rate; a request that could not be sent in
//! time still counts from when it was due, so a broker that stalls cannot hide it. Nothing is
//! allocated once the buffers have their size. A frame's first twelve bytes are written by the
//! connection, the rest is shared and never changed.

use std::io::{ErrorKind, IoSlice, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};

use super::latency::Latencies;
use super::requests::HEAD_LENGTH;
use crate::server::now;

/// A sleep ends up to this much late; before a request is due, this long is spun.
const SPIN: Duration = Duration::from_micros(60);

/// A broker that answers nothing for this long has failed.
const SILENCE_MAX: Duration = Duration::from_mins(2);

/// What is sent and what is made of the answers.
pub(super) trait Load {
    /// Prepares the connection's next request, which is due at `due`; the number by which
    /// [`Load::frame`] knows it. `None` when the connection has nothing to send now.
    fn next(&mut self, connection: usize, due: Instant) -> Option<usize>;

    /// The prepared request.
    fn frame(&self, connection: usize, request: usize) -> &[u8];

    /// Takes the body of an answer; `due` is when its request was due. The error code in it.
    fn answer(&mut self, connection: usize, body: &[u8], due: Instant) -> anyhow::Result<i16>;

    /// Whether the connection sends whenever it can, beside the plan's requests and its rate.
    fn is_aside(&self, _connection: usize) -> bool {
        false
    }

    /// Whether the connections aside have done their work, once all planned requests have been
    /// answered.
    fn is_complete(&self) -> bool {
        true
    }
}

/// How requests are sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) address: SocketAddr,
    pub(super) connections: usize,
    /// Requests under way on one connection.
    pub(super) depth: usize,
    /// Requests in all.
    pub(super) requests: u64,
    /// Requests a second, all connections together; none: as fast as they are answered.
    pub(super) rate: Option<f64>,
    /// Sending ends after this long at the latest.
    pub(super) duration: Duration,
    /// What is due earlier than this is not in the latencies.
    pub(super) warm: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) answered: u64,
    pub(super) errors: u64,
    pub(super) first_error: i16,
    pub(super) elapsed: Duration,
    pub(super) latencies: Latencies,
}

struct Connection {
    stream: TcpStream,
    /// When the requests under way were due, by correlation id modulo depth.
    due: Vec<Instant>,
    correlation_id: u32,
    under_way: usize,
    /// The request being written: its number, its first bytes, and how much of it is out.
    writing: Option<usize>,
    head: [u8; HEAD_LENGTH],
    written: usize,
    watched_for_room: bool,
    buffer: Vec<u8>,
    filled: usize,
}

struct Engine<'a, L> {
    plan: Plan,
    load: &'a mut L,
    epoll: OwnedFd,
    connections: Vec<Connection>,
    began: Instant,
    sent: u64,
    outcome: Outcome,
    /// Nothing more to send.
    drained: bool,
    /// A request is due and no connection has room for it.
    full: bool,
    /// Where the search for a free connection begins.
    turn: usize,
}

/// Runs a load to its end.
pub(super) fn run<L: Load>(plan: Plan, load: &mut L) -> anyhow::Result<Outcome> {
    // The kernel may otherwise wake this thread 50 µs late on purpose.
    rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1))?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    let began = now();
    let mut connections = Vec::with_capacity(plan.connections);
    for index in 0..plan.connections {
        let stream = TcpStream::connect(plan.address)
            .with_context(|| format!("cannot connect to {}", plan.address))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        epoll::add(&epoll, &stream, data(index), EventFlags::IN)?;
        connections.push(Connection {
            stream,
            due: vec![began; plan.depth],
            correlation_id: 0,
            under_way: 0,
            writing: None,
            head: [0; HEAD_LENGTH],
            written: 0,
            watched_for_room: false,
            buffer: vec![0; 64 * 1024],
            filled: 0,
        });
    }
    let outcome = Outcome {
        answered: 0,
        errors: 0,
        first_error: 0,
        elapsed: Duration::ZERO,
        latencies: Latencies::new(),
    };
    let began = now();
    let engine = Engine {
        plan,
        load,
        epoll,
        connections,
        began,
        sent: 0,
        outcome,
        drained: false,
        full: false,
        turn: 0,
    };
    engine.run()
}

fn data(index: usize) -> EventData {
    EventData::new_u64(index as u64)
}

impl<L: Load> Engine<'_, L> {
    fn run(mut self) -> anyhow::Result<Outcome> {
        let mut events = [Event { flags: EventFlags::empty(), data: data(0) }; 64];
        let mut heard = self.began;
        loop {
            self.send_due()?;
            if self.drained && self.planned_under_way() == 0 && self.load.is_complete() {
                self.outcome.elapsed = self.began.elapsed();
                return Ok(self.outcome);
            }
            let timeout = self.patience();
            let count = match epoll::wait(&self.epoll, &mut events[..], Some(&timeout)) {
                Ok(count) => count,
                Err(rustix::io::Errno::INTR) => 0,
                Err(error) => return Err(error.into()),
            };
            for event in &events[..count] {
                let index = usize::try_from(event.data.u64())?;
                let flags = event.flags;
                if flags.intersects(EventFlags::IN | EventFlags::HUP | EventFlags::ERR) {
                    self.receive(index)?;
                    heard = now();
                }
                if flags.contains(EventFlags::OUT) && !self.write(index)? {
                    self.watch(index, false)?;
                }
            }
            if count == 0 && self.planned_under_way() > 0 && heard.elapsed() > SILENCE_MAX {
                let under_way = self.planned_under_way();
                bail!("no answer for {SILENCE_MAX:?} with {under_way} requests under way");
            }
        }
    }

    /// Requests of the plan that are not answered yet.
    fn planned_under_way(&self) -> usize {
        let planned = |(index, _): &(usize, &Connection)| !self.load.is_aside(*index);
        self.connections.iter().enumerate().filter(planned).map(|(_, one)| one.under_way).sum()
    }

    /// When the next request is due, in open loop.
    fn due(&self, rate: f64) -> Instant {
        self.began + Duration::from_secs_f64(self.sent as f64 / rate)
    }

    /// How long to wait for answers: until shortly before the next request is due.
    fn patience(&self) -> Timespec {
        let second = Timespec { tv_sec: 1, tv_nsec: 0 };
        let Some(rate) = self.plan.rate else { return second };
        if self.drained || self.full {
            // Only an answer can help.
            return second;
        }
        let left = self.due(rate).saturating_duration_since(now());
        if left <= SPIN {
            // Spinning, but never while the broker waits for this processor.
            rustix::thread::sched_yield();
        }
        let left = left.saturating_sub(SPIN).min(Duration::from_secs(1));
        Timespec::try_from(left).unwrap_or(second)
    }

    fn send_due(&mut self) -> anyhow::Result<()> {
        let count = self.connections.len();
        for index in 0..count {
            if self.load.is_aside(index) {
                self.start(index, now())?;
            }
        }
        self.full = false;
        if self.drained {
            return Ok(());
        }
        let mut full = 0;
        while full < count {
            if self.sent >= self.plan.requests {
                self.drained = true;
                return Ok(());
            }
            let due = match self.plan.rate {
                None => now(),
                Some(rate) => {
                    let due = self.due(rate);
                    if due > now() {
                        return Ok(());
                    }
                    due
                }
            };
            if due.saturating_duration_since(self.began) >= self.plan.duration {
                self.drained = true;
                return Ok(());
            }
            let index = self.turn;
            self.turn = (self.turn + 1) % count;
            if !self.load.is_aside(index) && self.start(index, due)? {
                self.sent += 1;
                full = 0;
            } else {
                full += 1;
            }
        }
        // Every connection is full, or out of requests for good.
        self.full = true;
        self.drained = self.planned_under_way() == 0;
        Ok(())
    }

    /// Starts a request on a connection with room for one.
    fn start(&mut self, index: usize, due: Instant) -> anyhow::Result<bool> {
        let connection = &mut self.connections[index];
        if connection.writing.is_some() || connection.under_way >= self.plan.depth {
            return Ok(false);
        }
        let Some(request) = self.load.next(index, due) else { return Ok(false) };
        let frame = self.load.frame(index, request);
        connection.head.copy_from_slice(&frame[..HEAD_LENGTH]);
        connection.head[8..].copy_from_slice(&connection.correlation_id.to_be_bytes());
        let slot = connection.correlation_id as usize % self.plan.depth;
        connection.due[slot] = due;
        connection.correlation_id = connection.correlation_id.wrapping_add(1);
        connection.under_way += 1;
        connection.writing = Some(request);
        connection.written = 0;
        if self.write(index)? {
            self.watch(index, true)?;
        }
        Ok(true)
    }

    /// Writes on; whether something is left.
    fn write(&mut self, index: usize) -> anyhow::Result<bool> {
        let connection = &mut self.connections[index];
        let Some(request) = connection.writing else { return Ok(false) };
        let frame = self.load.frame(index, request);
        while connection.written < frame.len() {
            let head = &connection.head[connection.written.min(HEAD_LENGTH)..];
            let body = &frame[connection.written.max(HEAD_LENGTH)..];
            match connection.stream.write_vectored(&[IoSlice::new(head), IoSlice::new(body)]) {
                Ok(0) => bail!("the broker closed a connection"),
                Ok(count) => connection.written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(true),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error).context("cannot write a request"),
            }
        }
        connection.writing = None;
        Ok(false)
    }

    fn watch(&mut self, index: usize, for_room: bool) -> anyhow::Result<()> {
        let connection = &mut self.connections[index];
        if connection.watched_for_room != for_room {
            let room = if for_room { EventFlags::OUT } else { EventFlags::empty() };
            epoll::modify(&self.epoll, &connection.stream, data(index), EventFlags::IN | room)?;
            connection.watched_for_room = for_room;
        }
        Ok(())
    }

    /// Reads what is there, at most one buffer's worth, and takes the answers in it.
    fn receive(&mut self, index: usize) -> anyhow::Result<()> {
        let connection = &mut self.connections[index];
        let room = &mut connection.buffer[connection.filled..];
        match connection.stream.read(room) {
            Ok(0) => bail!("the broker closed a connection"),
            Ok(count) => connection.filled += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error).context("cannot read an answer"),
        }
        let mut at = 0;
        let mut whole = 0;
        while connection.filled - at >= 4 {
            let prefix: [u8; 4] = connection.buffer[at..at + 4].try_into()?;
            whole = usize::try_from(u32::from_be_bytes(prefix))? + 4;
            if connection.filled - at < whole {
                break;
            }
            let answer = &connection.buffer[at + 4..at + whole];
            let id: [u8; 4] = answer.get(..4).context("an answer without an id")?.try_into()?;
            let slot = u32::from_be_bytes(id) as usize % self.plan.depth;
            let due = connection.due[slot];
            connection.under_way =
                connection.under_way.checked_sub(1).context("an answer nobody asked for")?;
            if !self.load.is_aside(index) {
                if due.saturating_duration_since(self.began) >= self.plan.warm {
                    self.outcome.latencies.record(due.elapsed());
                }
                self.outcome.answered += 1;
            }
            let error = self.load.answer(index, &answer[4..], due)?;
            if error != 0 {
                self.outcome.errors += 1;
                if self.outcome.first_error == 0 {
                    self.outcome.first_error = error;
                }
            }
            at += whole;
            whole = 0;
        }
        // What is left is a piece of one answer: to the front, and room for all of it.
        connection.buffer.copy_within(at..connection.filled, 0);
        connection.filled -= at;
        if connection.buffer.len() < whole {
            connection.buffer.resize(whole + 64 * 1024, 0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::super::loads::{Kind, Prepared};
    use super::*;

    /// Answers each request with the error code of its last byte, then ends with its clients.
    fn answer(listener: &TcpListener) {
        let (mut stream, _) = listener.accept().unwrap();
        let mut prefix = [0; 4];
        while stream.read_exact(&mut prefix).is_ok() {
            let mut request = vec![0; u32::from_be_bytes(prefix) as usize];
            stream.read_exact(&mut request).unwrap();
            // Correlation id, one topic "t", one partition 0, the code, an offset.
            let mut body = request[4..8].to_vec();
            body.extend_from_slice(&[0, 0, 0, 1, 0, 1, b't', 0, 0, 0, 1, 0, 0, 0, 0, 0]);
            body.push(*request.last().unwrap());
            body.extend_from_slice(&[0; 8]);
            let length = u32::try_from(body.len()).unwrap();
            stream.write_all(&length.to_be_bytes()).unwrap();
            stream.write_all(&body).unwrap();
        }
    }

    fn frame(code: u8) -> Vec<u8> {
        let mut frame = vec![0, 0, 0, 12];
        frame.extend_from_slice(&[0; 11]);
        frame.push(code);
        frame
    }

    fn outcome(requests: u64, rate: Option<f64>) -> Outcome {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let plan = Plan {
            address: listener.local_addr().unwrap(),
            connections: 1,
            depth: 4,
            requests,
            rate,
            duration: Duration::MAX,
            warm: Duration::ZERO,
        };
        let frames = vec![frame(0), frame(0), frame(7)];
        let mut load = Prepared { frames, turn: 0, kind: Kind::Produce };
        thread::scope(|scope| {
            scope.spawn(|| answer(&listener));
            run(plan, &mut load).unwrap()
        })
    }

    #[test]
    fn a_closed_loop_counts_every_answer_and_error() {
        let outcome = outcome(90, None);
        assert_eq!((outcome.answered, outcome.errors, outcome.first_error), (90, 30, 7));
        assert_eq!(outcome.latencies.count(), 90);
    }

    #[test]
    fn an_open_loop_sends_what_is_due() {
        let outcome = outcome(60, Some(20_000.0));
        assert_eq!((outcome.answered, outcome.errors), (60, 20));
        // The last request was due 59 intervals after the first.
        assert!(outcome.elapsed >= Duration::from_micros(59 * 50));
    }
}
