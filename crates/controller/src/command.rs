//! What the controller can be asked, and what it answers.

use crate::api_error::ApiError;
use keld_metadata::VersionedRecord;
use keld_types::{BrokerEpoch, BrokerId, DirectoryId, Offset, ProducerId, Uuid};
use keld_wire::messages as wire;
use keld_wire::metadata_records::RegisterControllerRecord;
use std::fmt;
use std::time::Duration;

/// A broker in one of its registrations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BrokerRef {
    /// Its node id.
    pub id: BrokerId,
    /// Its registration.
    pub epoch: BrokerEpoch,
}

/// A change that is asked for.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// First of all in a new epoch: the bootstrap records of an empty log, or the end of a
    /// transaction that the last leader left open.
    Activate {
        /// What a new cluster begins with.
        bootstrap: Vec<VersionedRecord>,
        /// Whether the log ends within a metadata transaction.
        in_transaction: bool,
    },
    /// CreateTopics.
    CreateTopics(wire::CreateTopicsRequest),
    /// DeleteTopics, with its version.
    DeleteTopics(wire::DeleteTopicsRequest, i16),
    /// CreatePartitions.
    CreatePartitions(wire::CreatePartitionsRequest),
    /// AlterConfigs.
    AlterConfigs(wire::AlterConfigsRequest),
    /// IncrementalAlterConfigs.
    IncrementalAlterConfigs(wire::IncrementalAlterConfigsRequest),
    /// UpdateFeatures, with its version.
    UpdateFeatures(wire::UpdateFeaturesRequest, i16),
    /// UnregisterBroker.
    UnregisterBroker(BrokerId),
    /// BrokerRegistration.
    RegisterBroker(wire::BrokerRegistrationRequest),
    /// A controller that starts.
    RegisterController(RegisterControllerRecord),
    /// BrokerHeartbeat.
    Heartbeat(wire::BrokerHeartbeatRequest),
    /// The connection a broker was heard by broke, or it has not been heard of by this controller:
    /// it may be looked for.
    BrokerDisconnected(BrokerRef),
    /// A broker that was looked for is no more: unless it was heard of meanwhile, its session ends.
    BrokerGone(BrokerRef),
    /// AlterPartition, with its version.
    AlterPartition(wire::AlterPartitionRequest, i16),
    /// ElectLeaders.
    ElectLeaders(wire::ElectLeadersRequest),
    /// AlterPartitionReassignments.
    AlterPartitionReassignments(wire::AlterPartitionReassignmentsRequest),
    /// ListPartitionReassignments.
    ListPartitionReassignments(wire::ListPartitionReassignmentsRequest),
    /// The time has come for what is done by itself; the answer says when the next is.
    Tick,
    /// A registered broker is ready; with the directories it cordons, once it knows them.
    UnfenceBroker(BrokerRef, Option<Vec<DirectoryId>>),
    /// A broker is not heard of any more.
    FenceBroker(BrokerRef),
    /// A broker is about to stop.
    BeginControlledShutdown(BrokerRef),
    /// Directories of a broker that failed.
    OfflineDirectories(BrokerRef, Vec<DirectoryId>),
    /// AssignReplicasToDirs.
    AssignReplicasToDirs(wire::AssignReplicasToDirsRequest),
    /// A thousand producer ids for a broker.
    AllocateProducerIds(BrokerRef),
    /// A record that says nothing.
    NoOp,
}

/// Ids to hand out: `first..first + count`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProducerIdBlock {
    /// The first.
    pub first: ProducerId,
    /// How many.
    pub count: i32,
}

/// The answer to a command, true once the records are committed.
#[derive(Clone, PartialEq, Debug)]
pub enum Reply {
    /// Done, nothing to say.
    Done,
    /// Refused as a whole.
    Refused(ApiError),
    /// To CreateTopics.
    CreateTopics(wire::CreateTopicsResponse),
    /// To DeleteTopics.
    DeleteTopics(wire::DeleteTopicsResponse),
    /// To CreatePartitions.
    CreatePartitions(wire::CreatePartitionsResponse),
    /// To AlterConfigs.
    AlterConfigs(wire::AlterConfigsResponse),
    /// To IncrementalAlterConfigs.
    IncrementalAlterConfigs(wire::IncrementalAlterConfigsResponse),
    /// To UpdateFeatures.
    UpdateFeatures(wire::UpdateFeaturesResponse),
    /// To RegisterBroker.
    Registered(BrokerEpoch),
    /// To Tick: how long the next may wait.
    Ticked(Duration),
    /// To Heartbeat.
    Heartbeat(wire::BrokerHeartbeatResponse),
    /// To AlterPartition.
    AlterPartition(wire::AlterPartitionResponse),
    /// To ElectLeaders.
    ElectLeaders(wire::ElectLeadersResponse),
    /// To AlterPartitionReassignments.
    AlterPartitionReassignments(wire::AlterPartitionReassignmentsResponse),
    /// To ListPartitionReassignments.
    ListPartitionReassignments(wire::ListPartitionReassignmentsResponse),
    /// To AssignReplicasToDirs.
    AssignReplicasToDirs(wire::AssignReplicasToDirsResponse),
    /// To AllocateProducerIds.
    ProducerIds(ProducerIdBlock),
}

/// What a decision needs from outside.
pub struct DecideContext<'a> {
    /// Where the decision's first record will stand in the log.
    pub next_offset: Offset,
    /// `kraft.version` as the log's control records say.
    pub kraft_version: i16,
    /// A clock that never goes back, since any moment.
    pub now: Duration,
    /// Draws a new id.
    pub uuids: &'a mut dyn FnMut() -> Uuid,
}

impl fmt::Debug for DecideContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecideContext")
            .field("next_offset", &self.next_offset)
            .field("kraft_version", &self.kraft_version)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// Records to append as one batch, and the reply to release once they are committed. Without
/// records the reply is true once everything decided before is committed.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// The records, in order.
    pub records: Vec<VersionedRecord>,
    /// The reply.
    pub reply: Reply,
    /// The version of the quorum's own records to go over to, with the voters in the log: control
    /// records, which the quorum writes before these.
    pub kraft_version: Option<i16>,
}

impl Decision {
    pub(crate) fn new(records: Vec<VersionedRecord>, reply: Reply) -> Self {
        Self { records, reply, kraft_version: None }
    }

    pub(crate) fn refused(error: ApiError) -> Self {
        Self::new(Vec::new(), Reply::Refused(error))
    }

    pub(crate) fn of<T>(
        result: Result<(Vec<VersionedRecord>, T), ApiError>,
        reply: impl FnOnce(T) -> Reply,
    ) -> Self {
        match result {
            Ok((records, value)) => Self::new(records, reply(value)),
            Err(error) => Self::refused(error),
        }
    }
}
