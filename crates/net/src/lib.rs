//! Listeners, connections, frames, ordered answers and limits.
//!
//! A [`Server`] reads frames, hands each to a [`RequestHandler`] on the thread that read it, and
//! writes the answers in the order of the requests. It knows nothing of what is in a frame but the
//! API key, which decides what may be in flight together.

mod connection;
mod frame;
mod handler;
mod limits;
mod output;
mod pace;
mod phase;
mod receive;
mod server;
mod session;

pub use frame::{Frame, Part};
pub use handler::{Answer, Outcome, RequestHandler};
pub use limits::{Limits, ListenerLimits};
pub use receive::{FrameError, Receive};
pub use server::{Bound, ListenerSpec, Server, ServerStats};
pub use session::{ClientSoftware, Session};
