//! The states of a classic group.

/// ```text
/// Empty → PreparingRebalance → CompletingRebalance → Stable
///   ↑_________|   ↑___________________|                 |
///                 ↑_____________________________________|
/// any → Dead (the shard was given up)
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// No members; perhaps offsets.
    Empty,
    /// Waiting for the members to join.
    PreparingRebalance,
    /// Waiting for the leader's assignment.
    CompletingRebalance,
    /// Every member has been given an assignment.
    Stable,
    /// The shard no longer serves the group.
    Dead,
}

impl State {
    /// Whether a group may go from `previous` to this state.
    pub(crate) fn may_follow(self, previous: Self) -> bool {
        match self {
            Self::Empty | Self::CompletingRebalance => previous == Self::PreparingRebalance,
            Self::PreparingRebalance => {
                matches!(previous, Self::Empty | Self::CompletingRebalance | Self::Stable)
            }
            Self::Stable => previous == Self::CompletingRebalance,
            Self::Dead => true,
        }
    }

    /// The name in ListGroups and DescribeGroups.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::PreparingRebalance => "PreparingRebalance",
            Self::CompletingRebalance => "CompletingRebalance",
            Self::Stable => "Stable",
            Self::Dead => "Dead",
        }
    }
}
