//! The quorum as DescribeQuorum and ApiVersions show it.

use keld_types::{BrokerId, DirectoryId, LeaderEpoch, Offset};
use keld_wire::quorum_records::VotersRecord;

/// Leader, epoch, offsets, voters.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct QuorumStatus {
    /// The epoch's leader.
    pub(crate) leader: Option<BrokerId>,
    /// The epoch.
    pub(crate) epoch: LeaderEpoch,
    /// Everything before it is committed.
    pub(crate) high_watermark: Option<Offset>,
    /// The end of this node's metadata log.
    pub(crate) log_end: Offset,
    /// This node, and the directory of its metadata log.
    pub(crate) local: (BrokerId, DirectoryId),
    /// `kraft.version`: 1 is a dynamic quorum.
    pub(crate) kraft_version: i16,
    /// The voters of a dynamic quorum, with their endpoints.
    pub(crate) voters: Option<VotersRecord>,
}
