// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! Any response.

use crate::messages::{
    AddOffsetsToTxnResponse, AddPartitionsToTxnResponse, AddRaftVoterResponse,
    AllocateProducerIdsResponse, AlterClientQuotasResponse, AlterConfigsResponse,
    AlterPartitionReassignmentsResponse, AlterPartitionResponse, AlterReplicaLogDirsResponse,
    AlterShareGroupOffsetsResponse, AlterUserScramCredentialsResponse, ApiVersionsResponse,
    AssignReplicasToDirsResponse, BeginQuorumEpochResponse, BrokerHeartbeatResponse,
    BrokerRegistrationResponse, ConsumerGroupDescribeResponse, ConsumerGroupHeartbeatResponse,
    ControllerRegistrationResponse, CreateAclsResponse, CreateDelegationTokenResponse,
    CreatePartitionsResponse, CreateTopicsResponse, DeleteAclsResponse, DeleteGroupsResponse,
    DeleteRecordsResponse, DeleteShareGroupOffsetsResponse, DeleteShareGroupStateResponse,
    DeleteTopicsResponse, DescribeAclsResponse, DescribeClientQuotasResponse,
    DescribeClusterResponse, DescribeConfigsResponse, DescribeDelegationTokenResponse,
    DescribeGroupsResponse, DescribeLogDirsResponse, DescribeProducersResponse,
    DescribeQuorumResponse, DescribeShareGroupOffsetsResponse, DescribeTopicPartitionsResponse,
    DescribeTransactionsResponse, DescribeUserScramCredentialsResponse, ElectLeadersResponse,
    EndQuorumEpochResponse, EndTxnResponse, EnvelopeResponse, ExpireDelegationTokenResponse,
    FetchResponse, FetchSnapshotResponse, FindCoordinatorResponse,
    GetTelemetrySubscriptionsResponse, HeartbeatResponse, IncrementalAlterConfigsResponse,
    InitProducerIdResponse, InitializeShareGroupStateResponse, JoinGroupResponse,
    LeaveGroupResponse, ListConfigResourcesResponse, ListGroupsResponse, ListOffsetsResponse,
    ListPartitionReassignmentsResponse, ListTransactionsResponse, MetadataResponse,
    OffsetCommitResponse, OffsetDeleteResponse, OffsetFetchResponse, OffsetForLeaderEpochResponse,
    ProduceResponse, PushTelemetryResponse, ReadShareGroupStateResponse,
    ReadShareGroupStateSummaryResponse, RemoveRaftVoterResponse, RenewDelegationTokenResponse,
    SaslAuthenticateResponse, SaslHandshakeResponse, ShareAcknowledgeResponse, ShareFetchResponse,
    ShareGroupDescribeResponse, ShareGroupHeartbeatResponse, StreamsGroupDescribeResponse,
    StreamsGroupHeartbeatResponse, SyncGroupResponse, TxnOffsetCommitResponse,
    UnregisterBrokerResponse, UpdateFeaturesResponse, UpdateRaftVoterResponse, VoteResponse,
    WriteShareGroupStateResponse, WriteTxnMarkersResponse,
};
use crate::{ApiKey, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder};

/// The body of any response.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// Produce.
    Produce(ProduceResponse),
    /// Fetch.
    Fetch(FetchResponse),
    /// ListOffsets.
    ListOffsets(ListOffsetsResponse),
    /// Metadata.
    Metadata(MetadataResponse),
    /// OffsetCommit.
    OffsetCommit(OffsetCommitResponse),
    /// OffsetFetch.
    OffsetFetch(OffsetFetchResponse),
    /// FindCoordinator.
    FindCoordinator(FindCoordinatorResponse),
    /// JoinGroup.
    JoinGroup(JoinGroupResponse),
    /// Heartbeat.
    Heartbeat(HeartbeatResponse),
    /// LeaveGroup.
    LeaveGroup(LeaveGroupResponse),
    /// SyncGroup.
    SyncGroup(SyncGroupResponse),
    /// DescribeGroups.
    DescribeGroups(DescribeGroupsResponse),
    /// ListGroups.
    ListGroups(ListGroupsResponse),
    /// SaslHandshake.
    SaslHandshake(SaslHandshakeResponse),
    /// ApiVersions.
    ApiVersions(ApiVersionsResponse),
    /// CreateTopics.
    CreateTopics(CreateTopicsResponse),
    /// DeleteTopics.
    DeleteTopics(DeleteTopicsResponse),
    /// DeleteRecords.
    DeleteRecords(DeleteRecordsResponse),
    /// InitProducerId.
    InitProducerId(InitProducerIdResponse),
    /// OffsetForLeaderEpoch.
    OffsetForLeaderEpoch(OffsetForLeaderEpochResponse),
    /// AddPartitionsToTxn.
    AddPartitionsToTxn(AddPartitionsToTxnResponse),
    /// AddOffsetsToTxn.
    AddOffsetsToTxn(AddOffsetsToTxnResponse),
    /// EndTxn.
    EndTxn(EndTxnResponse),
    /// WriteTxnMarkers.
    WriteTxnMarkers(WriteTxnMarkersResponse),
    /// TxnOffsetCommit.
    TxnOffsetCommit(TxnOffsetCommitResponse),
    /// DescribeAcls.
    DescribeAcls(DescribeAclsResponse),
    /// CreateAcls.
    CreateAcls(CreateAclsResponse),
    /// DeleteAcls.
    DeleteAcls(DeleteAclsResponse),
    /// DescribeConfigs.
    DescribeConfigs(DescribeConfigsResponse),
    /// AlterConfigs.
    AlterConfigs(AlterConfigsResponse),
    /// AlterReplicaLogDirs.
    AlterReplicaLogDirs(AlterReplicaLogDirsResponse),
    /// DescribeLogDirs.
    DescribeLogDirs(DescribeLogDirsResponse),
    /// SaslAuthenticate.
    SaslAuthenticate(SaslAuthenticateResponse),
    /// CreatePartitions.
    CreatePartitions(CreatePartitionsResponse),
    /// CreateDelegationToken.
    CreateDelegationToken(CreateDelegationTokenResponse),
    /// RenewDelegationToken.
    RenewDelegationToken(RenewDelegationTokenResponse),
    /// ExpireDelegationToken.
    ExpireDelegationToken(ExpireDelegationTokenResponse),
    /// DescribeDelegationToken.
    DescribeDelegationToken(DescribeDelegationTokenResponse),
    /// DeleteGroups.
    DeleteGroups(DeleteGroupsResponse),
    /// ElectLeaders.
    ElectLeaders(ElectLeadersResponse),
    /// IncrementalAlterConfigs.
    IncrementalAlterConfigs(IncrementalAlterConfigsResponse),
    /// AlterPartitionReassignments.
    AlterPartitionReassignments(AlterPartitionReassignmentsResponse),
    /// ListPartitionReassignments.
    ListPartitionReassignments(ListPartitionReassignmentsResponse),
    /// OffsetDelete.
    OffsetDelete(OffsetDeleteResponse),
    /// DescribeClientQuotas.
    DescribeClientQuotas(DescribeClientQuotasResponse),
    /// AlterClientQuotas.
    AlterClientQuotas(AlterClientQuotasResponse),
    /// DescribeUserScramCredentials.
    DescribeUserScramCredentials(DescribeUserScramCredentialsResponse),
    /// AlterUserScramCredentials.
    AlterUserScramCredentials(AlterUserScramCredentialsResponse),
    /// Vote.
    Vote(VoteResponse),
    /// BeginQuorumEpoch.
    BeginQuorumEpoch(BeginQuorumEpochResponse),
    /// EndQuorumEpoch.
    EndQuorumEpoch(EndQuorumEpochResponse),
    /// DescribeQuorum.
    DescribeQuorum(DescribeQuorumResponse),
    /// AlterPartition.
    AlterPartition(AlterPartitionResponse),
    /// UpdateFeatures.
    UpdateFeatures(UpdateFeaturesResponse),
    /// Envelope.
    Envelope(EnvelopeResponse),
    /// FetchSnapshot.
    FetchSnapshot(FetchSnapshotResponse),
    /// DescribeCluster.
    DescribeCluster(DescribeClusterResponse),
    /// DescribeProducers.
    DescribeProducers(DescribeProducersResponse),
    /// BrokerRegistration.
    BrokerRegistration(BrokerRegistrationResponse),
    /// BrokerHeartbeat.
    BrokerHeartbeat(BrokerHeartbeatResponse),
    /// UnregisterBroker.
    UnregisterBroker(UnregisterBrokerResponse),
    /// DescribeTransactions.
    DescribeTransactions(DescribeTransactionsResponse),
    /// ListTransactions.
    ListTransactions(ListTransactionsResponse),
    /// AllocateProducerIds.
    AllocateProducerIds(AllocateProducerIdsResponse),
    /// ConsumerGroupHeartbeat.
    ConsumerGroupHeartbeat(ConsumerGroupHeartbeatResponse),
    /// ConsumerGroupDescribe.
    ConsumerGroupDescribe(ConsumerGroupDescribeResponse),
    /// ControllerRegistration.
    ControllerRegistration(ControllerRegistrationResponse),
    /// GetTelemetrySubscriptions.
    GetTelemetrySubscriptions(GetTelemetrySubscriptionsResponse),
    /// PushTelemetry.
    PushTelemetry(PushTelemetryResponse),
    /// AssignReplicasToDirs.
    AssignReplicasToDirs(AssignReplicasToDirsResponse),
    /// ListConfigResources.
    ListConfigResources(ListConfigResourcesResponse),
    /// DescribeTopicPartitions.
    DescribeTopicPartitions(DescribeTopicPartitionsResponse),
    /// ShareGroupHeartbeat.
    ShareGroupHeartbeat(ShareGroupHeartbeatResponse),
    /// ShareGroupDescribe.
    ShareGroupDescribe(ShareGroupDescribeResponse),
    /// ShareFetch.
    ShareFetch(ShareFetchResponse),
    /// ShareAcknowledge.
    ShareAcknowledge(ShareAcknowledgeResponse),
    /// AddRaftVoter.
    AddRaftVoter(AddRaftVoterResponse),
    /// RemoveRaftVoter.
    RemoveRaftVoter(RemoveRaftVoterResponse),
    /// UpdateRaftVoter.
    UpdateRaftVoter(UpdateRaftVoterResponse),
    /// InitializeShareGroupState.
    InitializeShareGroupState(InitializeShareGroupStateResponse),
    /// ReadShareGroupState.
    ReadShareGroupState(ReadShareGroupStateResponse),
    /// WriteShareGroupState.
    WriteShareGroupState(WriteShareGroupStateResponse),
    /// DeleteShareGroupState.
    DeleteShareGroupState(DeleteShareGroupStateResponse),
    /// ReadShareGroupStateSummary.
    ReadShareGroupStateSummary(ReadShareGroupStateSummaryResponse),
    /// StreamsGroupHeartbeat.
    StreamsGroupHeartbeat(StreamsGroupHeartbeatResponse),
    /// StreamsGroupDescribe.
    StreamsGroupDescribe(StreamsGroupDescribeResponse),
    /// DescribeShareGroupOffsets.
    DescribeShareGroupOffsets(DescribeShareGroupOffsetsResponse),
    /// AlterShareGroupOffsets.
    AlterShareGroupOffsets(AlterShareGroupOffsetsResponse),
    /// DeleteShareGroupOffsets.
    DeleteShareGroupOffsets(DeleteShareGroupOffsetsResponse),
}

impl Response {
    /// The API it belongs to.
    pub const fn api_key(&self) -> ApiKey {
        match self {
            Self::Produce(_) => ApiKey::Produce,
            Self::Fetch(_) => ApiKey::Fetch,
            Self::ListOffsets(_) => ApiKey::ListOffsets,
            Self::Metadata(_) => ApiKey::Metadata,
            Self::OffsetCommit(_) => ApiKey::OffsetCommit,
            Self::OffsetFetch(_) => ApiKey::OffsetFetch,
            Self::FindCoordinator(_) => ApiKey::FindCoordinator,
            Self::JoinGroup(_) => ApiKey::JoinGroup,
            Self::Heartbeat(_) => ApiKey::Heartbeat,
            Self::LeaveGroup(_) => ApiKey::LeaveGroup,
            Self::SyncGroup(_) => ApiKey::SyncGroup,
            Self::DescribeGroups(_) => ApiKey::DescribeGroups,
            Self::ListGroups(_) => ApiKey::ListGroups,
            Self::SaslHandshake(_) => ApiKey::SaslHandshake,
            Self::ApiVersions(_) => ApiKey::ApiVersions,
            Self::CreateTopics(_) => ApiKey::CreateTopics,
            Self::DeleteTopics(_) => ApiKey::DeleteTopics,
            Self::DeleteRecords(_) => ApiKey::DeleteRecords,
            Self::InitProducerId(_) => ApiKey::InitProducerId,
            Self::OffsetForLeaderEpoch(_) => ApiKey::OffsetForLeaderEpoch,
            Self::AddPartitionsToTxn(_) => ApiKey::AddPartitionsToTxn,
            Self::AddOffsetsToTxn(_) => ApiKey::AddOffsetsToTxn,
            Self::EndTxn(_) => ApiKey::EndTxn,
            Self::WriteTxnMarkers(_) => ApiKey::WriteTxnMarkers,
            Self::TxnOffsetCommit(_) => ApiKey::TxnOffsetCommit,
            Self::DescribeAcls(_) => ApiKey::DescribeAcls,
            Self::CreateAcls(_) => ApiKey::CreateAcls,
            Self::DeleteAcls(_) => ApiKey::DeleteAcls,
            Self::DescribeConfigs(_) => ApiKey::DescribeConfigs,
            Self::AlterConfigs(_) => ApiKey::AlterConfigs,
            Self::AlterReplicaLogDirs(_) => ApiKey::AlterReplicaLogDirs,
            Self::DescribeLogDirs(_) => ApiKey::DescribeLogDirs,
            Self::SaslAuthenticate(_) => ApiKey::SaslAuthenticate,
            Self::CreatePartitions(_) => ApiKey::CreatePartitions,
            Self::CreateDelegationToken(_) => ApiKey::CreateDelegationToken,
            Self::RenewDelegationToken(_) => ApiKey::RenewDelegationToken,
            Self::ExpireDelegationToken(_) => ApiKey::ExpireDelegationToken,
            Self::DescribeDelegationToken(_) => ApiKey::DescribeDelegationToken,
            Self::DeleteGroups(_) => ApiKey::DeleteGroups,
            Self::ElectLeaders(_) => ApiKey::ElectLeaders,
            Self::IncrementalAlterConfigs(_) => ApiKey::IncrementalAlterConfigs,
            Self::AlterPartitionReassignments(_) => ApiKey::AlterPartitionReassignments,
            Self::ListPartitionReassignments(_) => ApiKey::ListPartitionReassignments,
            Self::OffsetDelete(_) => ApiKey::OffsetDelete,
            Self::DescribeClientQuotas(_) => ApiKey::DescribeClientQuotas,
            Self::AlterClientQuotas(_) => ApiKey::AlterClientQuotas,
            Self::DescribeUserScramCredentials(_) => ApiKey::DescribeUserScramCredentials,
            Self::AlterUserScramCredentials(_) => ApiKey::AlterUserScramCredentials,
            Self::Vote(_) => ApiKey::Vote,
            Self::BeginQuorumEpoch(_) => ApiKey::BeginQuorumEpoch,
            Self::EndQuorumEpoch(_) => ApiKey::EndQuorumEpoch,
            Self::DescribeQuorum(_) => ApiKey::DescribeQuorum,
            Self::AlterPartition(_) => ApiKey::AlterPartition,
            Self::UpdateFeatures(_) => ApiKey::UpdateFeatures,
            Self::Envelope(_) => ApiKey::Envelope,
            Self::FetchSnapshot(_) => ApiKey::FetchSnapshot,
            Self::DescribeCluster(_) => ApiKey::DescribeCluster,
            Self::DescribeProducers(_) => ApiKey::DescribeProducers,
            Self::BrokerRegistration(_) => ApiKey::BrokerRegistration,
            Self::BrokerHeartbeat(_) => ApiKey::BrokerHeartbeat,
            Self::UnregisterBroker(_) => ApiKey::UnregisterBroker,
            Self::DescribeTransactions(_) => ApiKey::DescribeTransactions,
            Self::ListTransactions(_) => ApiKey::ListTransactions,
            Self::AllocateProducerIds(_) => ApiKey::AllocateProducerIds,
            Self::ConsumerGroupHeartbeat(_) => ApiKey::ConsumerGroupHeartbeat,
            Self::ConsumerGroupDescribe(_) => ApiKey::ConsumerGroupDescribe,
            Self::ControllerRegistration(_) => ApiKey::ControllerRegistration,
            Self::GetTelemetrySubscriptions(_) => ApiKey::GetTelemetrySubscriptions,
            Self::PushTelemetry(_) => ApiKey::PushTelemetry,
            Self::AssignReplicasToDirs(_) => ApiKey::AssignReplicasToDirs,
            Self::ListConfigResources(_) => ApiKey::ListConfigResources,
            Self::DescribeTopicPartitions(_) => ApiKey::DescribeTopicPartitions,
            Self::ShareGroupHeartbeat(_) => ApiKey::ShareGroupHeartbeat,
            Self::ShareGroupDescribe(_) => ApiKey::ShareGroupDescribe,
            Self::ShareFetch(_) => ApiKey::ShareFetch,
            Self::ShareAcknowledge(_) => ApiKey::ShareAcknowledge,
            Self::AddRaftVoter(_) => ApiKey::AddRaftVoter,
            Self::RemoveRaftVoter(_) => ApiKey::RemoveRaftVoter,
            Self::UpdateRaftVoter(_) => ApiKey::UpdateRaftVoter,
            Self::InitializeShareGroupState(_) => ApiKey::InitializeShareGroupState,
            Self::ReadShareGroupState(_) => ApiKey::ReadShareGroupState,
            Self::WriteShareGroupState(_) => ApiKey::WriteShareGroupState,
            Self::DeleteShareGroupState(_) => ApiKey::DeleteShareGroupState,
            Self::ReadShareGroupStateSummary(_) => ApiKey::ReadShareGroupStateSummary,
            Self::StreamsGroupHeartbeat(_) => ApiKey::StreamsGroupHeartbeat,
            Self::StreamsGroupDescribe(_) => ApiKey::StreamsGroupDescribe,
            Self::DescribeShareGroupOffsets(_) => ApiKey::DescribeShareGroupOffsets,
            Self::AlterShareGroupOffsets(_) => ApiKey::AlterShareGroupOffsets,
            Self::DeleteShareGroupOffsets(_) => ApiKey::DeleteShareGroupOffsets,
        }
    }

    /// Reads the body at `version`.
    pub fn decode(api_key: ApiKey, input: &mut Decoder, version: i16) -> Result<Self, DecodeError> {
        Ok(match api_key {
            ApiKey::Produce => Self::Produce(ProduceResponse::decode(input, version)?),
            ApiKey::Fetch => Self::Fetch(FetchResponse::decode(input, version)?),
            ApiKey::ListOffsets => Self::ListOffsets(ListOffsetsResponse::decode(input, version)?),
            ApiKey::Metadata => Self::Metadata(MetadataResponse::decode(input, version)?),
            ApiKey::OffsetCommit => {
                Self::OffsetCommit(OffsetCommitResponse::decode(input, version)?)
            }
            ApiKey::OffsetFetch => Self::OffsetFetch(OffsetFetchResponse::decode(input, version)?),
            ApiKey::FindCoordinator => {
                Self::FindCoordinator(FindCoordinatorResponse::decode(input, version)?)
            }
            ApiKey::JoinGroup => Self::JoinGroup(JoinGroupResponse::decode(input, version)?),
            ApiKey::Heartbeat => Self::Heartbeat(HeartbeatResponse::decode(input, version)?),
            ApiKey::LeaveGroup => Self::LeaveGroup(LeaveGroupResponse::decode(input, version)?),
            ApiKey::SyncGroup => Self::SyncGroup(SyncGroupResponse::decode(input, version)?),
            ApiKey::DescribeGroups => {
                Self::DescribeGroups(DescribeGroupsResponse::decode(input, version)?)
            }
            ApiKey::ListGroups => Self::ListGroups(ListGroupsResponse::decode(input, version)?),
            ApiKey::SaslHandshake => {
                Self::SaslHandshake(SaslHandshakeResponse::decode(input, version)?)
            }
            ApiKey::ApiVersions => Self::ApiVersions(ApiVersionsResponse::decode(input, version)?),
            ApiKey::CreateTopics => {
                Self::CreateTopics(CreateTopicsResponse::decode(input, version)?)
            }
            ApiKey::DeleteTopics => {
                Self::DeleteTopics(DeleteTopicsResponse::decode(input, version)?)
            }
            ApiKey::DeleteRecords => {
                Self::DeleteRecords(DeleteRecordsResponse::decode(input, version)?)
            }
            ApiKey::InitProducerId => {
                Self::InitProducerId(InitProducerIdResponse::decode(input, version)?)
            }
            ApiKey::OffsetForLeaderEpoch => {
                Self::OffsetForLeaderEpoch(OffsetForLeaderEpochResponse::decode(input, version)?)
            }
            ApiKey::AddPartitionsToTxn => {
                Self::AddPartitionsToTxn(AddPartitionsToTxnResponse::decode(input, version)?)
            }
            ApiKey::AddOffsetsToTxn => {
                Self::AddOffsetsToTxn(AddOffsetsToTxnResponse::decode(input, version)?)
            }
            ApiKey::EndTxn => Self::EndTxn(EndTxnResponse::decode(input, version)?),
            ApiKey::WriteTxnMarkers => {
                Self::WriteTxnMarkers(WriteTxnMarkersResponse::decode(input, version)?)
            }
            ApiKey::TxnOffsetCommit => {
                Self::TxnOffsetCommit(TxnOffsetCommitResponse::decode(input, version)?)
            }
            ApiKey::DescribeAcls => {
                Self::DescribeAcls(DescribeAclsResponse::decode(input, version)?)
            }
            ApiKey::CreateAcls => Self::CreateAcls(CreateAclsResponse::decode(input, version)?),
            ApiKey::DeleteAcls => Self::DeleteAcls(DeleteAclsResponse::decode(input, version)?),
            ApiKey::DescribeConfigs => {
                Self::DescribeConfigs(DescribeConfigsResponse::decode(input, version)?)
            }
            ApiKey::AlterConfigs => {
                Self::AlterConfigs(AlterConfigsResponse::decode(input, version)?)
            }
            ApiKey::AlterReplicaLogDirs => {
                Self::AlterReplicaLogDirs(AlterReplicaLogDirsResponse::decode(input, version)?)
            }
            ApiKey::DescribeLogDirs => {
                Self::DescribeLogDirs(DescribeLogDirsResponse::decode(input, version)?)
            }
            ApiKey::SaslAuthenticate => {
                Self::SaslAuthenticate(SaslAuthenticateResponse::decode(input, version)?)
            }
            ApiKey::CreatePartitions => {
                Self::CreatePartitions(CreatePartitionsResponse::decode(input, version)?)
            }
            ApiKey::CreateDelegationToken => {
                Self::CreateDelegationToken(CreateDelegationTokenResponse::decode(input, version)?)
            }
            ApiKey::RenewDelegationToken => {
                Self::RenewDelegationToken(RenewDelegationTokenResponse::decode(input, version)?)
            }
            ApiKey::ExpireDelegationToken => {
                Self::ExpireDelegationToken(ExpireDelegationTokenResponse::decode(input, version)?)
            }
            ApiKey::DescribeDelegationToken => Self::DescribeDelegationToken(
                DescribeDelegationTokenResponse::decode(input, version)?,
            ),
            ApiKey::DeleteGroups => {
                Self::DeleteGroups(DeleteGroupsResponse::decode(input, version)?)
            }
            ApiKey::ElectLeaders => {
                Self::ElectLeaders(ElectLeadersResponse::decode(input, version)?)
            }
            ApiKey::IncrementalAlterConfigs => Self::IncrementalAlterConfigs(
                IncrementalAlterConfigsResponse::decode(input, version)?,
            ),
            ApiKey::AlterPartitionReassignments => Self::AlterPartitionReassignments(
                AlterPartitionReassignmentsResponse::decode(input, version)?,
            ),
            ApiKey::ListPartitionReassignments => Self::ListPartitionReassignments(
                ListPartitionReassignmentsResponse::decode(input, version)?,
            ),
            ApiKey::OffsetDelete => {
                Self::OffsetDelete(OffsetDeleteResponse::decode(input, version)?)
            }
            ApiKey::DescribeClientQuotas => {
                Self::DescribeClientQuotas(DescribeClientQuotasResponse::decode(input, version)?)
            }
            ApiKey::AlterClientQuotas => {
                Self::AlterClientQuotas(AlterClientQuotasResponse::decode(input, version)?)
            }
            ApiKey::DescribeUserScramCredentials => Self::DescribeUserScramCredentials(
                DescribeUserScramCredentialsResponse::decode(input, version)?,
            ),
            ApiKey::AlterUserScramCredentials => Self::AlterUserScramCredentials(
                AlterUserScramCredentialsResponse::decode(input, version)?,
            ),
            ApiKey::Vote => Self::Vote(VoteResponse::decode(input, version)?),
            ApiKey::BeginQuorumEpoch => {
                Self::BeginQuorumEpoch(BeginQuorumEpochResponse::decode(input, version)?)
            }
            ApiKey::EndQuorumEpoch => {
                Self::EndQuorumEpoch(EndQuorumEpochResponse::decode(input, version)?)
            }
            ApiKey::DescribeQuorum => {
                Self::DescribeQuorum(DescribeQuorumResponse::decode(input, version)?)
            }
            ApiKey::AlterPartition => {
                Self::AlterPartition(AlterPartitionResponse::decode(input, version)?)
            }
            ApiKey::UpdateFeatures => {
                Self::UpdateFeatures(UpdateFeaturesResponse::decode(input, version)?)
            }
            ApiKey::Envelope => Self::Envelope(EnvelopeResponse::decode(input, version)?),
            ApiKey::FetchSnapshot => {
                Self::FetchSnapshot(FetchSnapshotResponse::decode(input, version)?)
            }
            ApiKey::DescribeCluster => {
                Self::DescribeCluster(DescribeClusterResponse::decode(input, version)?)
            }
            ApiKey::DescribeProducers => {
                Self::DescribeProducers(DescribeProducersResponse::decode(input, version)?)
            }
            ApiKey::BrokerRegistration => {
                Self::BrokerRegistration(BrokerRegistrationResponse::decode(input, version)?)
            }
            ApiKey::BrokerHeartbeat => {
                Self::BrokerHeartbeat(BrokerHeartbeatResponse::decode(input, version)?)
            }
            ApiKey::UnregisterBroker => {
                Self::UnregisterBroker(UnregisterBrokerResponse::decode(input, version)?)
            }
            ApiKey::DescribeTransactions => {
                Self::DescribeTransactions(DescribeTransactionsResponse::decode(input, version)?)
            }
            ApiKey::ListTransactions => {
                Self::ListTransactions(ListTransactionsResponse::decode(input, version)?)
            }
            ApiKey::AllocateProducerIds => {
                Self::AllocateProducerIds(AllocateProducerIdsResponse::decode(input, version)?)
            }
            ApiKey::ConsumerGroupHeartbeat => Self::ConsumerGroupHeartbeat(
                ConsumerGroupHeartbeatResponse::decode(input, version)?,
            ),
            ApiKey::ConsumerGroupDescribe => {
                Self::ConsumerGroupDescribe(ConsumerGroupDescribeResponse::decode(input, version)?)
            }
            ApiKey::ControllerRegistration => Self::ControllerRegistration(
                ControllerRegistrationResponse::decode(input, version)?,
            ),
            ApiKey::GetTelemetrySubscriptions => Self::GetTelemetrySubscriptions(
                GetTelemetrySubscriptionsResponse::decode(input, version)?,
            ),
            ApiKey::PushTelemetry => {
                Self::PushTelemetry(PushTelemetryResponse::decode(input, version)?)
            }
            ApiKey::AssignReplicasToDirs => {
                Self::AssignReplicasToDirs(AssignReplicasToDirsResponse::decode(input, version)?)
            }
            ApiKey::ListConfigResources => {
                Self::ListConfigResources(ListConfigResourcesResponse::decode(input, version)?)
            }
            ApiKey::DescribeTopicPartitions => Self::DescribeTopicPartitions(
                DescribeTopicPartitionsResponse::decode(input, version)?,
            ),
            ApiKey::ShareGroupHeartbeat => {
                Self::ShareGroupHeartbeat(ShareGroupHeartbeatResponse::decode(input, version)?)
            }
            ApiKey::ShareGroupDescribe => {
                Self::ShareGroupDescribe(ShareGroupDescribeResponse::decode(input, version)?)
            }
            ApiKey::ShareFetch => Self::ShareFetch(ShareFetchResponse::decode(input, version)?),
            ApiKey::ShareAcknowledge => {
                Self::ShareAcknowledge(ShareAcknowledgeResponse::decode(input, version)?)
            }
            ApiKey::AddRaftVoter => {
                Self::AddRaftVoter(AddRaftVoterResponse::decode(input, version)?)
            }
            ApiKey::RemoveRaftVoter => {
                Self::RemoveRaftVoter(RemoveRaftVoterResponse::decode(input, version)?)
            }
            ApiKey::UpdateRaftVoter => {
                Self::UpdateRaftVoter(UpdateRaftVoterResponse::decode(input, version)?)
            }
            ApiKey::InitializeShareGroupState => Self::InitializeShareGroupState(
                InitializeShareGroupStateResponse::decode(input, version)?,
            ),
            ApiKey::ReadShareGroupState => {
                Self::ReadShareGroupState(ReadShareGroupStateResponse::decode(input, version)?)
            }
            ApiKey::WriteShareGroupState => {
                Self::WriteShareGroupState(WriteShareGroupStateResponse::decode(input, version)?)
            }
            ApiKey::DeleteShareGroupState => {
                Self::DeleteShareGroupState(DeleteShareGroupStateResponse::decode(input, version)?)
            }
            ApiKey::ReadShareGroupStateSummary => Self::ReadShareGroupStateSummary(
                ReadShareGroupStateSummaryResponse::decode(input, version)?,
            ),
            ApiKey::StreamsGroupHeartbeat => {
                Self::StreamsGroupHeartbeat(StreamsGroupHeartbeatResponse::decode(input, version)?)
            }
            ApiKey::StreamsGroupDescribe => {
                Self::StreamsGroupDescribe(StreamsGroupDescribeResponse::decode(input, version)?)
            }
            ApiKey::DescribeShareGroupOffsets => Self::DescribeShareGroupOffsets(
                DescribeShareGroupOffsetsResponse::decode(input, version)?,
            ),
            ApiKey::AlterShareGroupOffsets => Self::AlterShareGroupOffsets(
                AlterShareGroupOffsetsResponse::decode(input, version)?,
            ),
            ApiKey::DeleteShareGroupOffsets => Self::DeleteShareGroupOffsets(
                DeleteShareGroupOffsetsResponse::decode(input, version)?,
            ),
        })
    }

    /// Writes the body at `version`.
    pub fn encode(&self, out: &mut Encoder, version: i16) -> Result<(), EncodeError> {
        match self {
            Self::Produce(body) => body.encode(out, version),
            Self::Fetch(body) => body.encode(out, version),
            Self::ListOffsets(body) => body.encode(out, version),
            Self::Metadata(body) => body.encode(out, version),
            Self::OffsetCommit(body) => body.encode(out, version),
            Self::OffsetFetch(body) => body.encode(out, version),
            Self::FindCoordinator(body) => body.encode(out, version),
            Self::JoinGroup(body) => body.encode(out, version),
            Self::Heartbeat(body) => body.encode(out, version),
            Self::LeaveGroup(body) => body.encode(out, version),
            Self::SyncGroup(body) => body.encode(out, version),
            Self::DescribeGroups(body) => body.encode(out, version),
            Self::ListGroups(body) => body.encode(out, version),
            Self::SaslHandshake(body) => body.encode(out, version),
            Self::ApiVersions(body) => body.encode(out, version),
            Self::CreateTopics(body) => body.encode(out, version),
            Self::DeleteTopics(body) => body.encode(out, version),
            Self::DeleteRecords(body) => body.encode(out, version),
            Self::InitProducerId(body) => body.encode(out, version),
            Self::OffsetForLeaderEpoch(body) => body.encode(out, version),
            Self::AddPartitionsToTxn(body) => body.encode(out, version),
            Self::AddOffsetsToTxn(body) => body.encode(out, version),
            Self::EndTxn(body) => body.encode(out, version),
            Self::WriteTxnMarkers(body) => body.encode(out, version),
            Self::TxnOffsetCommit(body) => body.encode(out, version),
            Self::DescribeAcls(body) => body.encode(out, version),
            Self::CreateAcls(body) => body.encode(out, version),
            Self::DeleteAcls(body) => body.encode(out, version),
            Self::DescribeConfigs(body) => body.encode(out, version),
            Self::AlterConfigs(body) => body.encode(out, version),
            Self::AlterReplicaLogDirs(body) => body.encode(out, version),
            Self::DescribeLogDirs(body) => body.encode(out, version),
            Self::SaslAuthenticate(body) => body.encode(out, version),
            Self::CreatePartitions(body) => body.encode(out, version),
            Self::CreateDelegationToken(body) => body.encode(out, version),
            Self::RenewDelegationToken(body) => body.encode(out, version),
            Self::ExpireDelegationToken(body) => body.encode(out, version),
            Self::DescribeDelegationToken(body) => body.encode(out, version),
            Self::DeleteGroups(body) => body.encode(out, version),
            Self::ElectLeaders(body) => body.encode(out, version),
            Self::IncrementalAlterConfigs(body) => body.encode(out, version),
            Self::AlterPartitionReassignments(body) => body.encode(out, version),
            Self::ListPartitionReassignments(body) => body.encode(out, version),
            Self::OffsetDelete(body) => body.encode(out, version),
            Self::DescribeClientQuotas(body) => body.encode(out, version),
            Self::AlterClientQuotas(body) => body.encode(out, version),
            Self::DescribeUserScramCredentials(body) => body.encode(out, version),
            Self::AlterUserScramCredentials(body) => body.encode(out, version),
            Self::Vote(body) => body.encode(out, version),
            Self::BeginQuorumEpoch(body) => body.encode(out, version),
            Self::EndQuorumEpoch(body) => body.encode(out, version),
            Self::DescribeQuorum(body) => body.encode(out, version),
            Self::AlterPartition(body) => body.encode(out, version),
            Self::UpdateFeatures(body) => body.encode(out, version),
            Self::Envelope(body) => body.encode(out, version),
            Self::FetchSnapshot(body) => body.encode(out, version),
            Self::DescribeCluster(body) => body.encode(out, version),
            Self::DescribeProducers(body) => body.encode(out, version),
            Self::BrokerRegistration(body) => body.encode(out, version),
            Self::BrokerHeartbeat(body) => body.encode(out, version),
            Self::UnregisterBroker(body) => body.encode(out, version),
            Self::DescribeTransactions(body) => body.encode(out, version),
            Self::ListTransactions(body) => body.encode(out, version),
            Self::AllocateProducerIds(body) => body.encode(out, version),
            Self::ConsumerGroupHeartbeat(body) => body.encode(out, version),
            Self::ConsumerGroupDescribe(body) => body.encode(out, version),
            Self::ControllerRegistration(body) => body.encode(out, version),
            Self::GetTelemetrySubscriptions(body) => body.encode(out, version),
            Self::PushTelemetry(body) => body.encode(out, version),
            Self::AssignReplicasToDirs(body) => body.encode(out, version),
            Self::ListConfigResources(body) => body.encode(out, version),
            Self::DescribeTopicPartitions(body) => body.encode(out, version),
            Self::ShareGroupHeartbeat(body) => body.encode(out, version),
            Self::ShareGroupDescribe(body) => body.encode(out, version),
            Self::ShareFetch(body) => body.encode(out, version),
            Self::ShareAcknowledge(body) => body.encode(out, version),
            Self::AddRaftVoter(body) => body.encode(out, version),
            Self::RemoveRaftVoter(body) => body.encode(out, version),
            Self::UpdateRaftVoter(body) => body.encode(out, version),
            Self::InitializeShareGroupState(body) => body.encode(out, version),
            Self::ReadShareGroupState(body) => body.encode(out, version),
            Self::WriteShareGroupState(body) => body.encode(out, version),
            Self::DeleteShareGroupState(body) => body.encode(out, version),
            Self::ReadShareGroupStateSummary(body) => body.encode(out, version),
            Self::StreamsGroupHeartbeat(body) => body.encode(out, version),
            Self::StreamsGroupDescribe(body) => body.encode(out, version),
            Self::DescribeShareGroupOffsets(body) => body.encode(out, version),
            Self::AlterShareGroupOffsets(body) => body.encode(out, version),
            Self::DeleteShareGroupOffsets(body) => body.encode(out, version),
        }
    }
}

impl From<ProduceResponse> for Response {
    fn from(body: ProduceResponse) -> Self {
        Self::Produce(body)
    }
}
impl From<FetchResponse> for Response {
    fn from(body: FetchResponse) -> Self {
        Self::Fetch(body)
    }
}
impl From<ListOffsetsResponse> for Response {
    fn from(body: ListOffsetsResponse) -> Self {
        Self::ListOffsets(body)
    }
}
impl From<MetadataResponse> for Response {
    fn from(body: MetadataResponse) -> Self {
        Self::Metadata(body)
    }
}
impl From<OffsetCommitResponse> for Response {
    fn from(body: OffsetCommitResponse) -> Self {
        Self::OffsetCommit(body)
    }
}
impl From<OffsetFetchResponse> for Response {
    fn from(body: OffsetFetchResponse) -> Self {
        Self::OffsetFetch(body)
    }
}
impl From<FindCoordinatorResponse> for Response {
    fn from(body: FindCoordinatorResponse) -> Self {
        Self::FindCoordinator(body)
    }
}
impl From<JoinGroupResponse> for Response {
    fn from(body: JoinGroupResponse) -> Self {
        Self::JoinGroup(body)
    }
}
impl From<HeartbeatResponse> for Response {
    fn from(body: HeartbeatResponse) -> Self {
        Self::Heartbeat(body)
    }
}
impl From<LeaveGroupResponse> for Response {
    fn from(body: LeaveGroupResponse) -> Self {
        Self::LeaveGroup(body)
    }
}
impl From<SyncGroupResponse> for Response {
    fn from(body: SyncGroupResponse) -> Self {
        Self::SyncGroup(body)
    }
}
impl From<DescribeGroupsResponse> for Response {
    fn from(body: DescribeGroupsResponse) -> Self {
        Self::DescribeGroups(body)
    }
}
impl From<ListGroupsResponse> for Response {
    fn from(body: ListGroupsResponse) -> Self {
        Self::ListGroups(body)
    }
}
impl From<SaslHandshakeResponse> for Response {
    fn from(body: SaslHandshakeResponse) -> Self {
        Self::SaslHandshake(body)
    }
}
impl From<ApiVersionsResponse> for Response {
    fn from(body: ApiVersionsResponse) -> Self {
        Self::ApiVersions(body)
    }
}
impl From<CreateTopicsResponse> for Response {
    fn from(body: CreateTopicsResponse) -> Self {
        Self::CreateTopics(body)
    }
}
impl From<DeleteTopicsResponse> for Response {
    fn from(body: DeleteTopicsResponse) -> Self {
        Self::DeleteTopics(body)
    }
}
impl From<DeleteRecordsResponse> for Response {
    fn from(body: DeleteRecordsResponse) -> Self {
        Self::DeleteRecords(body)
    }
}
impl From<InitProducerIdResponse> for Response {
    fn from(body: InitProducerIdResponse) -> Self {
        Self::InitProducerId(body)
    }
}
impl From<OffsetForLeaderEpochResponse> for Response {
    fn from(body: OffsetForLeaderEpochResponse) -> Self {
        Self::OffsetForLeaderEpoch(body)
    }
}
impl From<AddPartitionsToTxnResponse> for Response {
    fn from(body: AddPartitionsToTxnResponse) -> Self {
        Self::AddPartitionsToTxn(body)
    }
}
impl From<AddOffsetsToTxnResponse> for Response {
    fn from(body: AddOffsetsToTxnResponse) -> Self {
        Self::AddOffsetsToTxn(body)
    }
}
impl From<EndTxnResponse> for Response {
    fn from(body: EndTxnResponse) -> Self {
        Self::EndTxn(body)
    }
}
impl From<WriteTxnMarkersResponse> for Response {
    fn from(body: WriteTxnMarkersResponse) -> Self {
        Self::WriteTxnMarkers(body)
    }
}
impl From<TxnOffsetCommitResponse> for Response {
    fn from(body: TxnOffsetCommitResponse) -> Self {
        Self::TxnOffsetCommit(body)
    }
}
impl From<DescribeAclsResponse> for Response {
    fn from(body: DescribeAclsResponse) -> Self {
        Self::DescribeAcls(body)
    }
}
impl From<CreateAclsResponse> for Response {
    fn from(body: CreateAclsResponse) -> Self {
        Self::CreateAcls(body)
    }
}
impl From<DeleteAclsResponse> for Response {
    fn from(body: DeleteAclsResponse) -> Self {
        Self::DeleteAcls(body)
    }
}
impl From<DescribeConfigsResponse> for Response {
    fn from(body: DescribeConfigsResponse) -> Self {
        Self::DescribeConfigs(body)
    }
}
impl From<AlterConfigsResponse> for Response {
    fn from(body: AlterConfigsResponse) -> Self {
        Self::AlterConfigs(body)
    }
}
impl From<AlterReplicaLogDirsResponse> for Response {
    fn from(body: AlterReplicaLogDirsResponse) -> Self {
        Self::AlterReplicaLogDirs(body)
    }
}
impl From<DescribeLogDirsResponse> for Response {
    fn from(body: DescribeLogDirsResponse) -> Self {
        Self::DescribeLogDirs(body)
    }
}
impl From<SaslAuthenticateResponse> for Response {
    fn from(body: SaslAuthenticateResponse) -> Self {
        Self::SaslAuthenticate(body)
    }
}
impl From<CreatePartitionsResponse> for Response {
    fn from(body: CreatePartitionsResponse) -> Self {
        Self::CreatePartitions(body)
    }
}
impl From<CreateDelegationTokenResponse> for Response {
    fn from(body: CreateDelegationTokenResponse) -> Self {
        Self::CreateDelegationToken(body)
    }
}
impl From<RenewDelegationTokenResponse> for Response {
    fn from(body: RenewDelegationTokenResponse) -> Self {
        Self::RenewDelegationToken(body)
    }
}
impl From<ExpireDelegationTokenResponse> for Response {
    fn from(body: ExpireDelegationTokenResponse) -> Self {
        Self::ExpireDelegationToken(body)
    }
}
impl From<DescribeDelegationTokenResponse> for Response {
    fn from(body: DescribeDelegationTokenResponse) -> Self {
        Self::DescribeDelegationToken(body)
    }
}
impl From<DeleteGroupsResponse> for Response {
    fn from(body: DeleteGroupsResponse) -> Self {
        Self::DeleteGroups(body)
    }
}
impl From<ElectLeadersResponse> for Response {
    fn from(body: ElectLeadersResponse) -> Self {
        Self::ElectLeaders(body)
    }
}
impl From<IncrementalAlterConfigsResponse> for Response {
    fn from(body: IncrementalAlterConfigsResponse) -> Self {
        Self::IncrementalAlterConfigs(body)
    }
}
impl From<AlterPartitionReassignmentsResponse> for Response {
    fn from(body: AlterPartitionReassignmentsResponse) -> Self {
        Self::AlterPartitionReassignments(body)
    }
}
impl From<ListPartitionReassignmentsResponse> for Response {
    fn from(body: ListPartitionReassignmentsResponse) -> Self {
        Self::ListPartitionReassignments(body)
    }
}
impl From<OffsetDeleteResponse> for Response {
    fn from(body: OffsetDeleteResponse) -> Self {
        Self::OffsetDelete(body)
    }
}
impl From<DescribeClientQuotasResponse> for Response {
    fn from(body: DescribeClientQuotasResponse) -> Self {
        Self::DescribeClientQuotas(body)
    }
}
impl From<AlterClientQuotasResponse> for Response {
    fn from(body: AlterClientQuotasResponse) -> Self {
        Self::AlterClientQuotas(body)
    }
}
impl From<DescribeUserScramCredentialsResponse> for Response {
    fn from(body: DescribeUserScramCredentialsResponse) -> Self {
        Self::DescribeUserScramCredentials(body)
    }
}
impl From<AlterUserScramCredentialsResponse> for Response {
    fn from(body: AlterUserScramCredentialsResponse) -> Self {
        Self::AlterUserScramCredentials(body)
    }
}
impl From<VoteResponse> for Response {
    fn from(body: VoteResponse) -> Self {
        Self::Vote(body)
    }
}
impl From<BeginQuorumEpochResponse> for Response {
    fn from(body: BeginQuorumEpochResponse) -> Self {
        Self::BeginQuorumEpoch(body)
    }
}
impl From<EndQuorumEpochResponse> for Response {
    fn from(body: EndQuorumEpochResponse) -> Self {
        Self::EndQuorumEpoch(body)
    }
}
impl From<DescribeQuorumResponse> for Response {
    fn from(body: DescribeQuorumResponse) -> Self {
        Self::DescribeQuorum(body)
    }
}
impl From<AlterPartitionResponse> for Response {
    fn from(body: AlterPartitionResponse) -> Self {
        Self::AlterPartition(body)
    }
}
impl From<UpdateFeaturesResponse> for Response {
    fn from(body: UpdateFeaturesResponse) -> Self {
        Self::UpdateFeatures(body)
    }
}
impl From<EnvelopeResponse> for Response {
    fn from(body: EnvelopeResponse) -> Self {
        Self::Envelope(body)
    }
}
impl From<FetchSnapshotResponse> for Response {
    fn from(body: FetchSnapshotResponse) -> Self {
        Self::FetchSnapshot(body)
    }
}
impl From<DescribeClusterResponse> for Response {
    fn from(body: DescribeClusterResponse) -> Self {
        Self::DescribeCluster(body)
    }
}
impl From<DescribeProducersResponse> for Response {
    fn from(body: DescribeProducersResponse) -> Self {
        Self::DescribeProducers(body)
    }
}
impl From<BrokerRegistrationResponse> for Response {
    fn from(body: BrokerRegistrationResponse) -> Self {
        Self::BrokerRegistration(body)
    }
}
impl From<BrokerHeartbeatResponse> for Response {
    fn from(body: BrokerHeartbeatResponse) -> Self {
        Self::BrokerHeartbeat(body)
    }
}
impl From<UnregisterBrokerResponse> for Response {
    fn from(body: UnregisterBrokerResponse) -> Self {
        Self::UnregisterBroker(body)
    }
}
impl From<DescribeTransactionsResponse> for Response {
    fn from(body: DescribeTransactionsResponse) -> Self {
        Self::DescribeTransactions(body)
    }
}
impl From<ListTransactionsResponse> for Response {
    fn from(body: ListTransactionsResponse) -> Self {
        Self::ListTransactions(body)
    }
}
impl From<AllocateProducerIdsResponse> for Response {
    fn from(body: AllocateProducerIdsResponse) -> Self {
        Self::AllocateProducerIds(body)
    }
}
impl From<ConsumerGroupHeartbeatResponse> for Response {
    fn from(body: ConsumerGroupHeartbeatResponse) -> Self {
        Self::ConsumerGroupHeartbeat(body)
    }
}
impl From<ConsumerGroupDescribeResponse> for Response {
    fn from(body: ConsumerGroupDescribeResponse) -> Self {
        Self::ConsumerGroupDescribe(body)
    }
}
impl From<ControllerRegistrationResponse> for Response {
    fn from(body: ControllerRegistrationResponse) -> Self {
        Self::ControllerRegistration(body)
    }
}
impl From<GetTelemetrySubscriptionsResponse> for Response {
    fn from(body: GetTelemetrySubscriptionsResponse) -> Self {
        Self::GetTelemetrySubscriptions(body)
    }
}
impl From<PushTelemetryResponse> for Response {
    fn from(body: PushTelemetryResponse) -> Self {
        Self::PushTelemetry(body)
    }
}
impl From<AssignReplicasToDirsResponse> for Response {
    fn from(body: AssignReplicasToDirsResponse) -> Self {
        Self::AssignReplicasToDirs(body)
    }
}
impl From<ListConfigResourcesResponse> for Response {
    fn from(body: ListConfigResourcesResponse) -> Self {
        Self::ListConfigResources(body)
    }
}
impl From<DescribeTopicPartitionsResponse> for Response {
    fn from(body: DescribeTopicPartitionsResponse) -> Self {
        Self::DescribeTopicPartitions(body)
    }
}
impl From<ShareGroupHeartbeatResponse> for Response {
    fn from(body: ShareGroupHeartbeatResponse) -> Self {
        Self::ShareGroupHeartbeat(body)
    }
}
impl From<ShareGroupDescribeResponse> for Response {
    fn from(body: ShareGroupDescribeResponse) -> Self {
        Self::ShareGroupDescribe(body)
    }
}
impl From<ShareFetchResponse> for Response {
    fn from(body: ShareFetchResponse) -> Self {
        Self::ShareFetch(body)
    }
}
impl From<ShareAcknowledgeResponse> for Response {
    fn from(body: ShareAcknowledgeResponse) -> Self {
        Self::ShareAcknowledge(body)
    }
}
impl From<AddRaftVoterResponse> for Response {
    fn from(body: AddRaftVoterResponse) -> Self {
        Self::AddRaftVoter(body)
    }
}
impl From<RemoveRaftVoterResponse> for Response {
    fn from(body: RemoveRaftVoterResponse) -> Self {
        Self::RemoveRaftVoter(body)
    }
}
impl From<UpdateRaftVoterResponse> for Response {
    fn from(body: UpdateRaftVoterResponse) -> Self {
        Self::UpdateRaftVoter(body)
    }
}
impl From<InitializeShareGroupStateResponse> for Response {
    fn from(body: InitializeShareGroupStateResponse) -> Self {
        Self::InitializeShareGroupState(body)
    }
}
impl From<ReadShareGroupStateResponse> for Response {
    fn from(body: ReadShareGroupStateResponse) -> Self {
        Self::ReadShareGroupState(body)
    }
}
impl From<WriteShareGroupStateResponse> for Response {
    fn from(body: WriteShareGroupStateResponse) -> Self {
        Self::WriteShareGroupState(body)
    }
}
impl From<DeleteShareGroupStateResponse> for Response {
    fn from(body: DeleteShareGroupStateResponse) -> Self {
        Self::DeleteShareGroupState(body)
    }
}
impl From<ReadShareGroupStateSummaryResponse> for Response {
    fn from(body: ReadShareGroupStateSummaryResponse) -> Self {
        Self::ReadShareGroupStateSummary(body)
    }
}
impl From<StreamsGroupHeartbeatResponse> for Response {
    fn from(body: StreamsGroupHeartbeatResponse) -> Self {
        Self::StreamsGroupHeartbeat(body)
    }
}
impl From<StreamsGroupDescribeResponse> for Response {
    fn from(body: StreamsGroupDescribeResponse) -> Self {
        Self::StreamsGroupDescribe(body)
    }
}
impl From<DescribeShareGroupOffsetsResponse> for Response {
    fn from(body: DescribeShareGroupOffsetsResponse) -> Self {
        Self::DescribeShareGroupOffsets(body)
    }
}
impl From<AlterShareGroupOffsetsResponse> for Response {
    fn from(body: AlterShareGroupOffsetsResponse) -> Self {
        Self::AlterShareGroupOffsets(body)
    }
}
impl From<DeleteShareGroupOffsetsResponse> for Response {
    fn from(body: DeleteShareGroupOffsetsResponse) -> Self {
        Self::DeleteShareGroupOffsets(body)
    }
}
