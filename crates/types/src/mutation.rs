//! Mistakes planted on purpose: each breaks one rule of a protocol, to show that the simulation of
//! a cluster would notice.
//!
//! A rule asks [`Mutation::is_planted`] where it is followed. Only builds with debug assertions can
//! plant a mistake, for the thread that does so; in all others the answer is the constant `false`,
//! and there is nothing to plant it with.

/// A rule that is not followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mutation {
    /// The high watermark moves, and acks=all is taken, with too few replicas in sync.
    MinIsrIgnored,
    /// acks=all is answered before the record is committed.
    AcknowledgedUncommitted,
    /// A leader that lost its office acknowledges what waited for it.
    AcknowledgedWithoutOffice,
    /// A follower is not told where its log parts from the leader's.
    DivergenceUntold,
    /// A shrink of the ISR counts before the controller confirmed it.
    ShrinkCountsEarly,
    /// One follower is enough for the high watermark.
    AnyFollowerCommits,
    /// The leader counts what it has not synced.
    LeaderCountsUnsynced,
    /// A follower tells of what it has not synced.
    FollowerTellsUnsynced,
    /// A flush ends without a sync.
    FlushWithoutSync,
    /// Retries of producers are not recognized.
    RetryNotRecognized,
    /// Any replica that is alive is elected.
    AnyReplicaElected,
    /// A voter votes for whoever asks.
    VotesTwice,
    /// A vote is not synced.
    VoteNotSynced,
    /// A controller counts as leader what it has not synced.
    ControllerCountsUnsynced,
}

#[cfg(debug_assertions)]
std::thread_local! {
    static PLANTED: std::cell::Cell<Option<Mutation>> = const { std::cell::Cell::new(None) };
}

impl Mutation {
    /// Whether the rule is broken on this thread.
    #[inline]
    pub fn is_planted(self) -> bool {
        #[cfg(debug_assertions)]
        return PLANTED.get() == Some(self);
        #[cfg(not(debug_assertions))]
        false
    }

    /// Has one rule broken on this thread, or none.
    #[cfg(debug_assertions)]
    pub fn plant(mutation: Option<Self>) {
        PLANTED.set(mutation);
    }
}
