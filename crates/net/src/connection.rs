//! One connection: read, handle, answer in order, on one task of one worker.
//!
//! ```text
//! socket -> Receive -> handler -> in flight (in order) -> Output -> socket
//! ```
//!
//! The next request is taken only when nothing is in flight, or when it and everything in flight
//! are Produce requests (as Kafka's channels are muted while a request is unanswered, but without
//! the round trip for producers that pipeline).

use crate::handler::{Answer, Outcome, RequestHandler};
use crate::limits::Limits;
use crate::output::Output;
use crate::phase::{Phase, Phases};
use crate::receive::Receive;
use crate::server::ServerStats;
use crate::session::Session;
use bytes::Bytes;
use futures_util::FutureExt;
use keld_env::{BoxFuture, Clock, ColdReads, Monotonic, Stream};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The API key of Produce, the one request that may follow unanswered ones of its kind.
const PRODUCE: i16 = 0;
/// Requests handled before other connections of the worker get their turn.
const TURN_REQUESTS: usize = 64;
/// Produce requests handed on together are at most about this long; they lie in the read buffer.
const GROUP_BYTES: usize = 1024 * 1024;
/// After so long without a byte in either direction a connection gives its read buffer back.
const QUIET: Duration = Duration::from_secs(5);
/// Answers are sent when nothing more can be handled at once, or when this much waits.
const SEND_BYTES: usize = 64 * 1024;

pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    session: Session,
    handler: Arc<dyn RequestHandler>,
    limits: Arc<Limits>,
    clock: Arc<dyn Clock>,
    stats: Arc<ServerStats>,
    phases: Arc<Phases>,
    /// The waker `phases` has of this connection.
    registered: Option<Waker>,
    receive: Receive,
    in_flight: VecDeque<InFlight>,
    /// Requests in flight that are no Produce requests.
    others_in_flight: usize,
    output: Output,
    idle_timer: BoxFuture<()>,
    last_activity: Monotonic,
    /// It was quiet for a while: what it holds to read into was given back.
    is_lean: bool,
    state: State,
    counts: Counts,
    /// Produce requests taken together, and their answers; empty between turns.
    group: Vec<Bytes>,
    answers: Vec<Answer>,
}

/// What is counted of one turn, before all connections' counters are touched once.
#[derive(Default)]
struct Counts {
    received_bytes: u64,
    sent_bytes: u64,
    requests: u64,
}

/// What a connection is made of.
pub(crate) struct Parts {
    pub(crate) stream: Box<dyn Stream>,
    pub(crate) session: Session,
    pub(crate) handler: Arc<dyn RequestHandler>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stats: Arc<ServerStats>,
    pub(crate) phases: Arc<Phases>,
    pub(crate) cold: Arc<ColdReads>,
}

/// `Open -> Draining -> (gone)`: while draining nothing more is read, what is in flight is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Open,
    Draining,
}

struct InFlight {
    is_produce: bool,
    outcome: Waiting,
}

enum Waiting {
    Done(Outcome),
    Pending(BoxFuture<Outcome>),
}

/// Why a connection ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// The server gave up waiting for it.
    Aborted,
    /// The peer closed, a limit was reached, or the server stops.
    Closed(&'static str),
    /// The peer sent something that is no frame.
    Invalid(String),
    /// Reading or writing failed.
    Failed(io::Error),
}

impl Connection {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { stream, session, handler, limits, clock, stats, phases, cold } = parts;
        let now = clock.monotonic();
        let idle_timer = clock.sleep_until(now + limits.idle.min(QUIET));
        Self {
            stream,
            session,
            handler,
            limits,
            clock,
            stats,
            phases,
            registered: None,
            receive: Receive::default(),
            in_flight: VecDeque::new(),
            others_in_flight: 0,
            output: Output::new(cold),
            idle_timer,
            last_activity: now,
            is_lean: false,
            state: State::Open,
            counts: Counts::default(),
            group: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Serves until the connection ends.
    pub(crate) async fn run(mut self) {
        let ended = std::future::poll_fn(|context| self.poll(context)).await;
        let (peer, listener) = (self.session.peer, &self.session.listener);
        match ended {
            Ended::Aborted => return,
            Ended::Closed(why) => tracing::debug!(%peer, %listener, why, "connection closed"),
            Ended::Invalid(error) => {
                tracing::warn!(%peer, %listener, error, "unexpected bytes; closing connection");
            }
            Ended::Failed(error) => tracing::debug!(%peer, %listener, %error, "connection failed"),
        }
        let shutdown = |context: &mut Context<'_>| match self.is_aborted(context) {
            true => Poll::Ready(Ok(())),
            false => self.stream.poll_shutdown(context),
        };
        std::future::poll_fn(shutdown).await.ok();
    }

    /// Looks whether the server aborts; from now on a change wakes this task.
    fn is_aborted(&mut self, context: &Context<'_>) -> bool {
        if !self.registered.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
            let waker = context.waker().clone();
            self.registered = Some(waker.clone());
            self.phases.register(self.session.connection_id, waker);
        }
        match self.phases.now() {
            Phase::Serving => false,
            Phase::Stopping => {
                self.state = State::Draining;
                false
            }
            Phase::Aborting => true,
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        if self.is_aborted(context) {
            return Poll::Ready(Ended::Aborted);
        }
        let polled = self.turn(context);
        let counts = std::mem::take(&mut self.counts);
        // What a slow peer takes of an answer is activity as well.
        let taken_bytes = self.output.take_sent();
        if counts.received_bytes > 0 || counts.sent_bytes > 0 || taken_bytes > 0 {
            self.stats.received_bytes.fetch_add(counts.received_bytes, Ordering::Relaxed);
            self.stats.sent_bytes.fetch_add(counts.sent_bytes, Ordering::Relaxed);
            self.stats.requests.fetch_add(counts.requests, Ordering::Relaxed);
            self.last_activity = self.clock.monotonic();
            if std::mem::take(&mut self.is_lean) {
                self.idle_timer = self.clock.sleep_until(self.last_activity + QUIET);
            }
        }
        // After the activity was noted.
        if polled.is_pending() { self.poll_idle(context) } else { polled }
    }

    /// Reads, handles and writes until there is nothing to do or others have waited long enough.
    fn turn(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        let (mut handled, mut is_blocked) = (0, false);
        loop {
            if let Err(error) = self.settle(context) {
                return Poll::Ready(Ended::Failed(error));
            }
            let has_turn = handled < TURN_REQUESTS && self.state == State::Open;
            let taken = if has_turn && (is_blocked || self.output.bytes() < SEND_BYTES) {
                match self.take_requests(TURN_REQUESTS - handled) {
                    Ok(Taken::Handled(count)) => {
                        handled += count;
                        continue;
                    }
                    Ok(taken) => taken,
                    Err(ended) => return self.last_words(context, ended),
                }
            } else {
                Taken::Nothing
            };
            // Everything that is answered goes out together.
            match self.output.poll_send(&mut *self.stream, context) {
                Poll::Ready(Ok(())) => is_blocked = false,
                Poll::Ready(Err(error)) => return Poll::Ready(Ended::Failed(error)),
                Poll::Pending => is_blocked = true,
            }
            if self.state == State::Draining {
                if self.in_flight.is_empty() && self.output.bytes() == 0 {
                    return Poll::Ready(Ended::Closed("drained"));
                }
                return Poll::Pending;
            }
            if self.output.bytes() > self.limits.output_bytes_max {
                // Backpressure: the peer must take answers before it may ask on.
                return Poll::Pending;
            }
            match taken {
                Taken::Nothing if has_turn => continue,
                Taken::Nothing => {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                // Nothing is read meanwhile: the bytes wait in the socket, bounded by TCP.
                Taken::MustWait => return Poll::Pending,
                Taken::NeedsBytes | Taken::Handled(_) => {}
            }
            let (buffer, limit) = self.receive.room();
            match self.stream.poll_read_buf(context, buffer, limit) {
                Poll::Pending => {
                    self.receive.shrink();
                    return Poll::Pending;
                }
                Poll::Ready(Ok(0)) => {
                    if self.in_flight.is_empty() && self.output.bytes() == 0 {
                        return Poll::Ready(Ended::Closed("peer closed"));
                    }
                    // A client that half-closes still gets its answers.
                    self.state = State::Draining;
                }
                Poll::Ready(Ok(read)) => {
                    self.receive.received(read);
                    self.counts.received_bytes += read as u64;
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Ended::Failed(error)),
            }
        }
    }

    /// Sends what is answered already, as far as it goes at once, before the end.
    fn last_words(&mut self, context: &mut Context<'_>, ended: Ended) -> Poll<Ended> {
        match self.output.poll_send(&mut *self.stream, context) {
            Poll::Ready(Err(error)) => Poll::Ready(Ended::Failed(error)),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Ready(ended),
        }
    }

    /// Moves finished answers, in order, to the output.
    fn settle(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        while let Some(front) = self.in_flight.front_mut() {
            if let Waiting::Pending(future) = &mut front.outcome {
                match Pin::new(future).poll(context) {
                    Poll::Ready(outcome) => front.outcome = Waiting::Done(outcome),
                    Poll::Pending => return Ok(()),
                }
            }
            let Some(InFlight { is_produce, outcome: Waiting::Done(outcome) }) =
                self.in_flight.pop_front()
            else {
                return Ok(());
            };
            self.others_in_flight -= usize::from(!is_produce);
            match outcome {
                Outcome::Reply(frame) => {
                    self.counts.sent_bytes += frame.length() as u64 + 4;
                    self.output.push(frame)?;
                }
                Outcome::Nothing => {}
                Outcome::Close => {
                    self.in_flight.clear();
                    self.others_in_flight = 0;
                    self.state = State::Draining;
                }
            }
        }
        Ok(())
    }

    /// Takes the next request, or all Produce requests that are here, at most `count`.
    fn take_requests(&mut self, count: usize) -> Result<Taken, Ended> {
        let key = self.receive.next_api_key();
        if !self.in_flight.is_empty() {
            if self.others_in_flight > 0 || self.in_flight.len() >= self.limits.in_flight_max {
                return Ok(Taken::MustWait);
            }
            match key {
                Some(PRODUCE) => {}
                Some(_) => return Ok(Taken::MustWait),
                None => return Ok(Taken::NeedsBytes),
            }
        }
        let Some(frame) = self.next_frame()? else { return Ok(Taken::NeedsBytes) };
        if key == Some(PRODUCE) {
            return self.take_produce(frame, count);
        }
        self.counts.requests += 1;
        let answer = self.handler.handle(&mut self.session, frame);
        self.others_in_flight += 1;
        let outcome = Waiting::of(answer);
        self.in_flight.push_back(InFlight { is_produce: false, outcome });
        Ok(Taken::Handled(1))
    }

    fn take_produce(&mut self, first: Bytes, count: usize) -> Result<Taken, Ended> {
        let free = self.limits.in_flight_max - self.in_flight.len();
        let mut bytes = first.len();
        self.group.push(first);
        while self.group.len() < count.min(free)
            && bytes < GROUP_BYTES
            && self.receive.next_api_key() == Some(PRODUCE)
        {
            // What is no frame is told when it is looked at the next time.
            let Ok(Some(frame)) = self.next_frame() else { break };
            bytes += frame.len();
            self.group.push(frame);
        }
        let taken = self.group.len();
        self.handler.handle_produce(&mut self.session, &mut self.group, &mut self.answers);
        self.counts.requests += self.answers.len() as u64;
        // A handler that ended early leaves some.
        self.group.clear();
        self.in_flight.extend(
            self.answers
                .drain(..)
                .map(|answer| InFlight { is_produce: true, outcome: Waiting::of(answer) }),
        );
        Ok(Taken::Handled(taken))
    }

    fn next_frame(&mut self) -> Result<Option<Bytes>, Ended> {
        let frame = self.receive.next_frame(self.limits.request_bytes_max);
        frame.map_err(|error| Ended::Invalid(error.to_string()))
    }

    /// Waits, at most as long as the peer may be silent.
    fn poll_idle(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        while self.idle_timer.poll_unpin(context).is_ready() {
            let now = self.clock.monotonic();
            let deadline = self.last_activity + self.limits.idle;
            if now >= deadline && self.in_flight.is_empty() {
                return Poll::Ready(Ended::Closed("idle"));
            }
            let quiet = self.last_activity + QUIET;
            if now >= quiet && !self.is_lean {
                self.receive.release();
                self.is_lean = true;
            }
            let next = if now < deadline { deadline } else { now + self.limits.idle };
            self.idle_timer =
                self.clock.sleep_until(if now < quiet { quiet.min(next) } else { next });
        }
        Poll::Pending
    }
}

enum Taken {
    /// So many requests.
    Handled(usize),
    MustWait,
    NeedsBytes,
    /// It is time to send first.
    Nothing,
}

impl Waiting {
    fn of(answer: Answer) -> Self {
        match answer {
            Answer::Now(outcome) => Self::Done(outcome),
            Answer::Later(future) => Self::Pending(future),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.phases.forget(self.session.connection_id);
        self.handler.closed(&self.session);
    }
}
