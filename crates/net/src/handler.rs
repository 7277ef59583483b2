//! The seam to whoever answers requests.

use crate::frame::Frame;
use crate::session::Session;
use bytes::Bytes;
use keld_env::BoxFuture;

/// What became of a request.
#[derive(Debug)]
pub enum Outcome {
    /// Send this.
    Reply(Frame),
    /// Nothing is sent (Produce with acks 0).
    Nothing,
    /// Nothing can be sent: the connection ends, after the answers before this one.
    Close,
}

/// What a handler says at once.
pub enum Answer {
    /// The request is done.
    Now(Outcome),
    /// The request waits for something; the connection polls this on its own worker. Dropped when
    /// the peer goes away.
    Later(BoxFuture<Outcome>),
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Now(outcome) => f.debug_tuple("Now").field(outcome).finish(),
            Self::Later(_) => f.write_str("Later"),
        }
    }
}

/// Answers the requests of all connections.
///
/// `handle` runs on the worker that read the request and must not block. Requests of a connection
/// come in their order; while one is unanswered only Produce requests follow it, and only behind
/// other Produce requests.
pub trait RequestHandler: Send + Sync + 'static {
    /// Handles one frame (without its length prefix). The bytes are a slice of the connection's
    /// buffer: copy what is kept for long.
    fn handle(&self, session: &mut Session, frame: Bytes) -> Answer;

    /// A connection ended, for whatever reason. Runs where the connection did, and must not block.
    fn closed(&self, _session: &Session) {}

    /// Handles Produce requests that came in together, in their order, and gives as many answers in
    /// the same order; an [`Outcome::Close`] ends them early.
    fn handle_produce(
        &self,
        session: &mut Session,
        frames: &mut Vec<Bytes>,
        answers: &mut Vec<Answer>,
    ) {
        for frame in frames.drain(..) {
            let answer = self.handle(session, frame);
            let ends = matches!(answer, Answer::Now(Outcome::Close));
            answers.push(answer);
            if ends {
                return;
            }
        }
    }
}
