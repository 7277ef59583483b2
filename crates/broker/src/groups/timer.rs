//! The one task that wakes at the earliest deadline of all shards.

use crate::node::Node;
use std::sync::Arc;

/// Runs until the node stops; then nobody is left waiting.
pub(crate) async fn run(node: Arc<Node>) {
    let clock = Arc::clone(&node.env.clock);
    loop {
        let deadlines = node.groups.shards().into_iter().filter_map(|shard| shard.fire_due(&node));
        let earliest = deadlines.min();
        let wait = async {
            match earliest {
                Some(deadline) => clock.sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = node.stopping.cancelled() => break,
            () = node.groups.sooner.notified() => {}
            () = wait => {}
        }
    }
    node.give_up_groups();
}
