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
use crate::receive::Receive;
use crate::server::ServerStats;
use crate::session::Session;
use futures_util::FutureExt;
use keld_env::{BoxFuture, Clock, Monotonic, Stream};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

/// The API key of Produce, the one request that may follow unanswered ones of its kind.
const PRODUCE: i16 = 0;
/// Requests handled before other connections of the worker get their turn.
const TURN_REQUESTS: usize = 32;

pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    session: Session,
    handler: Arc<dyn RequestHandler>,
    limits: Arc<Limits>,
    clock: Arc<dyn Clock>,
    stats: Arc<ServerStats>,
    stopping: BoxFuture<()>,
    receive: Receive,
    in_flight: VecDeque<InFlight>,
    output: Output,
    idle_timer: BoxFuture<()>,
    last_activity: Monotonic,
    state: State,
}

/// What a connection is made of.
pub(crate) struct Parts {
    pub(crate) stream: Box<dyn Stream>,
    pub(crate) session: Session,
    pub(crate) handler: Arc<dyn RequestHandler>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stats: Arc<ServerStats>,
    pub(crate) stopping: BoxFuture<()>,
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
    /// The peer closed, a limit was reached, or the server stops.
    Closed(&'static str),
    /// The peer sent something that is no frame.
    Invalid(String),
    /// Reading or writing failed.
    Failed(io::Error),
}

impl Connection {
    pub(crate) fn new(parts: Parts) -> Self {
        let Parts { stream, session, handler, limits, clock, stats, stopping } = parts;
        let now = clock.monotonic();
        let idle_timer = clock.sleep_until(now + limits.idle);
        Self {
            stream,
            session,
            handler,
            limits,
            clock,
            stats,
            stopping,
            receive: Receive::default(),
            in_flight: VecDeque::new(),
            output: Output::default(),
            idle_timer,
            last_activity: now,
            state: State::Open,
        }
    }

    /// Serves until the connection ends.
    pub(crate) async fn run(mut self) {
        let ended = std::future::poll_fn(|context| self.poll(context)).await;
        let (peer, listener) = (self.session.peer, &self.session.listener);
        match ended {
            Ended::Closed(why) => tracing::debug!(%peer, %listener, why, "connection closed"),
            Ended::Invalid(error) => {
                tracing::warn!(%peer, %listener, error, "unexpected bytes; closing connection");
            }
            Ended::Failed(error) => tracing::debug!(%peer, %listener, %error, "connection failed"),
        }
        std::future::poll_fn(|context| self.stream.poll_shutdown(context)).await.ok();
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        if self.state == State::Open && self.stopping.poll_unpin(context).is_ready() {
            self.state = State::Draining;
        }
        let mut handled = 0;
        loop {
            if let Err(error) = self.settle(context) {
                return Poll::Ready(Ended::Failed(error));
            }
            match self.output.poll_send(&mut *self.stream, context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Ended::Failed(error)),
                Poll::Pending => {
                    if self.output.bytes() > self.limits.output_bytes_max {
                        // Backpressure: the peer must take answers before it may ask on.
                        return self.poll_idle(context);
                    }
                }
            }
            if self.state == State::Draining {
                if self.in_flight.is_empty() && self.output.bytes() == 0 {
                    return Poll::Ready(Ended::Closed("drained"));
                }
                return Poll::Pending;
            }
            match self.take_request() {
                Err(ended) => return Poll::Ready(ended),
                Ok(Taken::Handled) => {
                    handled += 1;
                    if handled == TURN_REQUESTS {
                        context.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                    continue;
                }
                Ok(Taken::MustWait) => {
                    // Nothing is read meanwhile: the bytes wait in the socket, bounded by TCP.
                    return self.poll_idle(context);
                }
                Ok(Taken::NeedsBytes) => {}
            }
            match self.stream.poll_read(context, self.receive.room()) {
                Poll::Pending => {
                    self.receive.shrink();
                    return self.poll_idle(context);
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
                    self.stats.received_bytes.fetch_add(read as u64, Ordering::Relaxed);
                    self.last_activity = self.clock.monotonic();
                }
                Poll::Ready(Err(error)) => return Poll::Ready(Ended::Failed(error)),
            }
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
            let Some(InFlight { outcome: Waiting::Done(outcome), .. }) = self.in_flight.pop_front()
            else {
                return Ok(());
            };
            match outcome {
                Outcome::Reply(frame) => {
                    self.last_activity = self.clock.monotonic();
                    self.stats.sent_bytes.fetch_add(frame.length() as u64 + 4, Ordering::Relaxed);
                    self.output.push(frame)?;
                }
                Outcome::Nothing => {}
                Outcome::Close => {
                    self.in_flight.clear();
                    self.state = State::Draining;
                }
            }
        }
        Ok(())
    }

    fn take_request(&mut self) -> Result<Taken, Ended> {
        if !self.in_flight.is_empty() {
            let all_produce = self.in_flight.iter().all(|request| request.is_produce);
            if !all_produce || self.in_flight.len() >= self.limits.in_flight_max {
                return Ok(Taken::MustWait);
            }
            match self.receive.next_api_key() {
                Some(PRODUCE) => {}
                Some(_) => return Ok(Taken::MustWait),
                None => return Ok(Taken::NeedsBytes),
            }
        }
        let is_produce = self.receive.next_api_key() == Some(PRODUCE);
        let frame = match self.receive.next_frame(self.limits.request_bytes_max) {
            Ok(Some(frame)) => frame,
            Ok(None) => return Ok(Taken::NeedsBytes),
            Err(error) => return Err(Ended::Invalid(error.to_string())),
        };
        self.stats.requests.fetch_add(1, Ordering::Relaxed);
        let outcome = match self.handler.handle(&mut self.session, frame) {
            Answer::Now(outcome) => Waiting::Done(outcome),
            Answer::Later(future) => Waiting::Pending(future),
        };
        self.in_flight.push_back(InFlight { is_produce, outcome });
        Ok(Taken::Handled)
    }

    /// Waits, at most as long as the peer may be silent.
    fn poll_idle(&mut self, context: &mut Context<'_>) -> Poll<Ended> {
        while self.idle_timer.poll_unpin(context).is_ready() {
            let now = self.clock.monotonic();
            let deadline = self.last_activity + self.limits.idle;
            if now >= deadline && self.in_flight.is_empty() {
                return Poll::Ready(Ended::Closed("idle"));
            }
            let next = if now < deadline { deadline } else { now + self.limits.idle };
            self.idle_timer = self.clock.sleep_until(next);
        }
        Poll::Pending
    }
}

enum Taken {
    Handled,
    MustWait,
    NeedsBytes,
}
