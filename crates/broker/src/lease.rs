//! Keeps the broker's [`Lease`](keld_replication::Lease): takes note that the process runs, and gets
//! it back after a pause.
//!
//! The evidence that the metadata here is complete again comes by the quorum: the answer to a fetch
//! of the metadata log that was sent after the pause says how far the log is committed, and the
//! publisher tells when the node is that far (`crate::quorum`). Where this node leads the quorum it
//! has a record of its own committed instead: no other can have led meanwhile then.

use crate::node::Node;
use crate::quorum::ActiveController;
use keld_controller::{Command, Reply};
use keld_env::Monotonic;
use keld_replication::Lease;
use std::sync::Arc;
use std::time::Duration;

/// How often a session the task takes note that it runs.
const TICKS_A_SESSION: u32 = 20;

/// Of sessions that are shorter than they should be.
const TICK_MIN: Duration = Duration::from_millis(10);

/// A session lasts `session_ms`.
pub(crate) fn begin(session_ms: i32, now: Monotonic) -> Arc<Lease> {
    Arc::new(Lease::new(session(session_ms), now))
}

fn session(session_ms: i32) -> Duration {
    Duration::from_millis(u64::try_from(session_ms).unwrap_or(0).max(1))
}

/// Runs until the node stops.
pub(crate) async fn run(node: Arc<Node>) {
    let clock = Arc::clone(&node.env.clock);
    let tick = session(node.config().replication.broker_session_timeout_ms) / TICKS_A_SESSION;
    let tick = tick.max(TICK_MIN);
    // To read the logs may have taken long.
    node.lease.begin(clock.monotonic());
    loop {
        let next = clock.monotonic() + tick;
        tokio::select! {
            biased;
            () = node.stopping.cancelled() => return,
            () = clock.sleep_until(next) => {}
        }
        let now = clock.monotonic();
        node.note_pause(node.lease.ran(now));
        let leads_quorum = matches!(node.quorum.active_controller(), ActiveController::Local(_));
        if node.lease.is_lost() && leads_quorum {
            let confirming = confirm(Arc::clone(&node), now);
            node.env.spawn.spawn("lease", Box::pin(confirming));
        }
    }
}

/// Has a record committed that says nothing: whoever can do that leads the quorum still.
async fn confirm(node: Arc<Node>, asked_at: Monotonic) {
    if let Reply::Done = node.quorum.submit(Command::NoOp).await {
        node.is_complete(asked_at);
    }
}

impl Node {
    /// A heartbeat that was sent then was answered.
    pub(crate) fn was_heard(&self, sent_at: Monotonic) {
        self.note_pause(self.lease.heard(sent_at, self.env.clock.monotonic()));
    }

    /// The image, and with it every partition, has all that was committed then.
    pub(crate) fn is_complete(&self, as_of: Monotonic) {
        if self.lease.complete(as_of) {
            tracing::info!("the metadata is complete again: this broker serves what it leads");
        }
    }

    fn note_pause(&self, pause: Option<Duration>) {
        if let Some(pause) = pause {
            tracing::warn!(
                ?pause,
                "this process stood still and its session may have ended: it leads nothing until its \
                 metadata is complete"
            );
        }
    }
}
