// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.
//! Any request, and which response belongs to it.

use crate::messages::{
    AddOffsetsToTxnRequest, AddOffsetsToTxnResponse, AddPartitionsToTxnRequest,
    AddPartitionsToTxnResponse, AddRaftVoterRequest, AddRaftVoterResponse,
    AllocateProducerIdsRequest, AllocateProducerIdsResponse, AlterClientQuotasRequest,
    AlterClientQuotasResponse, AlterConfigsRequest, AlterConfigsResponse,
    AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse, AlterPartitionRequest,
    AlterPartitionResponse, AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse,
    AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse,
    AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse, ApiVersionsRequest,
    ApiVersionsResponse, AssignReplicasToDirsRequest, AssignReplicasToDirsResponse,
    BeginQuorumEpochRequest, BeginQuorumEpochResponse, BrokerHeartbeatRequest,
    BrokerHeartbeatResponse, BrokerRegistrationRequest, BrokerRegistrationResponse,
    ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse, ConsumerGroupHeartbeatRequest,
    ConsumerGroupHeartbeatResponse, ControllerRegistrationRequest, ControllerRegistrationResponse,
    CreateAclsRequest, CreateAclsResponse, CreateDelegationTokenRequest,
    CreateDelegationTokenResponse, CreatePartitionsRequest, CreatePartitionsResponse,
    CreateTopicsRequest, CreateTopicsResponse, DeleteAclsRequest, DeleteAclsResponse,
    DeleteGroupsRequest, DeleteGroupsResponse, DeleteRecordsRequest, DeleteRecordsResponse,
    DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse, DeleteShareGroupStateRequest,
    DeleteShareGroupStateResponse, DeleteTopicsRequest, DeleteTopicsResponse, DescribeAclsRequest,
    DescribeAclsResponse, DescribeClientQuotasRequest, DescribeClientQuotasResponse,
    DescribeClusterRequest, DescribeClusterResponse, DescribeConfigsRequest,
    DescribeConfigsResponse, DescribeDelegationTokenRequest, DescribeDelegationTokenResponse,
    DescribeGroupsRequest, DescribeGroupsResponse, DescribeLogDirsRequest, DescribeLogDirsResponse,
    DescribeProducersRequest, DescribeProducersResponse, DescribeQuorumRequest,
    DescribeQuorumResponse, DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse,
    DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse, DescribeTransactionsRequest,
    DescribeTransactionsResponse, DescribeUserScramCredentialsRequest,
    DescribeUserScramCredentialsResponse, ElectLeadersRequest, ElectLeadersResponse,
    EndQuorumEpochRequest, EndQuorumEpochResponse, EndTxnRequest, EndTxnResponse, EnvelopeRequest,
    EnvelopeResponse, ExpireDelegationTokenRequest, ExpireDelegationTokenResponse, FetchRequest,
    FetchResponse, FetchSnapshotRequest, FetchSnapshotResponse, FindCoordinatorRequest,
    FindCoordinatorResponse, GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse,
    HeartbeatRequest, HeartbeatResponse, IncrementalAlterConfigsRequest,
    IncrementalAlterConfigsResponse, InitProducerIdRequest, InitProducerIdResponse,
    InitializeShareGroupStateRequest, InitializeShareGroupStateResponse, JoinGroupRequest,
    JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse, ListConfigResourcesRequest,
    ListConfigResourcesResponse, ListGroupsRequest, ListGroupsResponse, ListOffsetsRequest,
    ListOffsetsResponse, ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse,
    ListTransactionsRequest, ListTransactionsResponse, MetadataRequest, MetadataResponse,
    OffsetCommitRequest, OffsetCommitResponse, OffsetDeleteRequest, OffsetDeleteResponse,
    OffsetFetchRequest, OffsetFetchResponse, OffsetForLeaderEpochRequest,
    OffsetForLeaderEpochResponse, ProduceRequest, ProduceResponse, PushTelemetryRequest,
    PushTelemetryResponse, ReadShareGroupStateRequest, ReadShareGroupStateResponse,
    ReadShareGroupStateSummaryRequest, ReadShareGroupStateSummaryResponse, RemoveRaftVoterRequest,
    RemoveRaftVoterResponse, RenewDelegationTokenRequest, RenewDelegationTokenResponse,
    SaslAuthenticateRequest, SaslAuthenticateResponse, SaslHandshakeRequest, SaslHandshakeResponse,
    ShareAcknowledgeRequest, ShareAcknowledgeResponse, ShareFetchRequest, ShareFetchResponse,
    ShareGroupDescribeRequest, ShareGroupDescribeResponse, ShareGroupHeartbeatRequest,
    ShareGroupHeartbeatResponse, StreamsGroupDescribeRequest, StreamsGroupDescribeResponse,
    StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse, SyncGroupRequest,
    SyncGroupResponse, TxnOffsetCommitRequest, TxnOffsetCommitResponse, UnregisterBrokerRequest,
    UnregisterBrokerResponse, UpdateFeaturesRequest, UpdateFeaturesResponse,
    UpdateRaftVoterRequest, UpdateRaftVoterResponse, VoteRequest, VoteResponse,
    WriteShareGroupStateRequest, WriteShareGroupStateResponse, WriteTxnMarkersRequest,
    WriteTxnMarkersResponse,
};
use crate::{ApiKey, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Rpc};

/// The body of any request.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Produce.
    Produce(ProduceRequest),
    /// Fetch.
    Fetch(FetchRequest),
    /// ListOffsets.
    ListOffsets(ListOffsetsRequest),
    /// Metadata.
    Metadata(MetadataRequest),
    /// OffsetCommit.
    OffsetCommit(OffsetCommitRequest),
    /// OffsetFetch.
    OffsetFetch(OffsetFetchRequest),
    /// FindCoordinator.
    FindCoordinator(FindCoordinatorRequest),
    /// JoinGroup.
    JoinGroup(JoinGroupRequest),
    /// Heartbeat.
    Heartbeat(HeartbeatRequest),
    /// LeaveGroup.
    LeaveGroup(LeaveGroupRequest),
    /// SyncGroup.
    SyncGroup(SyncGroupRequest),
    /// DescribeGroups.
    DescribeGroups(DescribeGroupsRequest),
    /// ListGroups.
    ListGroups(ListGroupsRequest),
    /// SaslHandshake.
    SaslHandshake(SaslHandshakeRequest),
    /// ApiVersions.
    ApiVersions(ApiVersionsRequest),
    /// CreateTopics.
    CreateTopics(CreateTopicsRequest),
    /// DeleteTopics.
    DeleteTopics(DeleteTopicsRequest),
    /// DeleteRecords.
    DeleteRecords(DeleteRecordsRequest),
    /// InitProducerId.
    InitProducerId(InitProducerIdRequest),
    /// OffsetForLeaderEpoch.
    OffsetForLeaderEpoch(OffsetForLeaderEpochRequest),
    /// AddPartitionsToTxn.
    AddPartitionsToTxn(AddPartitionsToTxnRequest),
    /// AddOffsetsToTxn.
    AddOffsetsToTxn(AddOffsetsToTxnRequest),
    /// EndTxn.
    EndTxn(EndTxnRequest),
    /// WriteTxnMarkers.
    WriteTxnMarkers(WriteTxnMarkersRequest),
    /// TxnOffsetCommit.
    TxnOffsetCommit(TxnOffsetCommitRequest),
    /// DescribeAcls.
    DescribeAcls(DescribeAclsRequest),
    /// CreateAcls.
    CreateAcls(CreateAclsRequest),
    /// DeleteAcls.
    DeleteAcls(DeleteAclsRequest),
    /// DescribeConfigs.
    DescribeConfigs(DescribeConfigsRequest),
    /// AlterConfigs.
    AlterConfigs(AlterConfigsRequest),
    /// AlterReplicaLogDirs.
    AlterReplicaLogDirs(AlterReplicaLogDirsRequest),
    /// DescribeLogDirs.
    DescribeLogDirs(DescribeLogDirsRequest),
    /// SaslAuthenticate.
    SaslAuthenticate(SaslAuthenticateRequest),
    /// CreatePartitions.
    CreatePartitions(CreatePartitionsRequest),
    /// CreateDelegationToken.
    CreateDelegationToken(CreateDelegationTokenRequest),
    /// RenewDelegationToken.
    RenewDelegationToken(RenewDelegationTokenRequest),
    /// ExpireDelegationToken.
    ExpireDelegationToken(ExpireDelegationTokenRequest),
    /// DescribeDelegationToken.
    DescribeDelegationToken(DescribeDelegationTokenRequest),
    /// DeleteGroups.
    DeleteGroups(DeleteGroupsRequest),
    /// ElectLeaders.
    ElectLeaders(ElectLeadersRequest),
    /// IncrementalAlterConfigs.
    IncrementalAlterConfigs(IncrementalAlterConfigsRequest),
    /// AlterPartitionReassignments.
    AlterPartitionReassignments(AlterPartitionReassignmentsRequest),
    /// ListPartitionReassignments.
    ListPartitionReassignments(ListPartitionReassignmentsRequest),
    /// OffsetDelete.
    OffsetDelete(OffsetDeleteRequest),
    /// DescribeClientQuotas.
    DescribeClientQuotas(DescribeClientQuotasRequest),
    /// AlterClientQuotas.
    AlterClientQuotas(AlterClientQuotasRequest),
    /// DescribeUserScramCredentials.
    DescribeUserScramCredentials(DescribeUserScramCredentialsRequest),
    /// AlterUserScramCredentials.
    AlterUserScramCredentials(AlterUserScramCredentialsRequest),
    /// Vote.
    Vote(VoteRequest),
    /// BeginQuorumEpoch.
    BeginQuorumEpoch(BeginQuorumEpochRequest),
    /// EndQuorumEpoch.
    EndQuorumEpoch(EndQuorumEpochRequest),
    /// DescribeQuorum.
    DescribeQuorum(DescribeQuorumRequest),
    /// AlterPartition.
    AlterPartition(AlterPartitionRequest),
    /// UpdateFeatures.
    UpdateFeatures(UpdateFeaturesRequest),
    /// Envelope.
    Envelope(EnvelopeRequest),
    /// FetchSnapshot.
    FetchSnapshot(FetchSnapshotRequest),
    /// DescribeCluster.
    DescribeCluster(DescribeClusterRequest),
    /// DescribeProducers.
    DescribeProducers(DescribeProducersRequest),
    /// BrokerRegistration.
    BrokerRegistration(BrokerRegistrationRequest),
    /// BrokerHeartbeat.
    BrokerHeartbeat(BrokerHeartbeatRequest),
    /// UnregisterBroker.
    UnregisterBroker(UnregisterBrokerRequest),
    /// DescribeTransactions.
    DescribeTransactions(DescribeTransactionsRequest),
    /// ListTransactions.
    ListTransactions(ListTransactionsRequest),
    /// AllocateProducerIds.
    AllocateProducerIds(AllocateProducerIdsRequest),
    /// ConsumerGroupHeartbeat.
    ConsumerGroupHeartbeat(ConsumerGroupHeartbeatRequest),
    /// ConsumerGroupDescribe.
    ConsumerGroupDescribe(ConsumerGroupDescribeRequest),
    /// ControllerRegistration.
    ControllerRegistration(ControllerRegistrationRequest),
    /// GetTelemetrySubscriptions.
    GetTelemetrySubscriptions(GetTelemetrySubscriptionsRequest),
    /// PushTelemetry.
    PushTelemetry(PushTelemetryRequest),
    /// AssignReplicasToDirs.
    AssignReplicasToDirs(AssignReplicasToDirsRequest),
    /// ListConfigResources.
    ListConfigResources(ListConfigResourcesRequest),
    /// DescribeTopicPartitions.
    DescribeTopicPartitions(DescribeTopicPartitionsRequest),
    /// ShareGroupHeartbeat.
    ShareGroupHeartbeat(ShareGroupHeartbeatRequest),
    /// ShareGroupDescribe.
    ShareGroupDescribe(ShareGroupDescribeRequest),
    /// ShareFetch.
    ShareFetch(ShareFetchRequest),
    /// ShareAcknowledge.
    ShareAcknowledge(ShareAcknowledgeRequest),
    /// AddRaftVoter.
    AddRaftVoter(AddRaftVoterRequest),
    /// RemoveRaftVoter.
    RemoveRaftVoter(RemoveRaftVoterRequest),
    /// UpdateRaftVoter.
    UpdateRaftVoter(UpdateRaftVoterRequest),
    /// InitializeShareGroupState.
    InitializeShareGroupState(InitializeShareGroupStateRequest),
    /// ReadShareGroupState.
    ReadShareGroupState(ReadShareGroupStateRequest),
    /// WriteShareGroupState.
    WriteShareGroupState(WriteShareGroupStateRequest),
    /// DeleteShareGroupState.
    DeleteShareGroupState(DeleteShareGroupStateRequest),
    /// ReadShareGroupStateSummary.
    ReadShareGroupStateSummary(ReadShareGroupStateSummaryRequest),
    /// StreamsGroupHeartbeat.
    StreamsGroupHeartbeat(StreamsGroupHeartbeatRequest),
    /// StreamsGroupDescribe.
    StreamsGroupDescribe(StreamsGroupDescribeRequest),
    /// DescribeShareGroupOffsets.
    DescribeShareGroupOffsets(DescribeShareGroupOffsetsRequest),
    /// AlterShareGroupOffsets.
    AlterShareGroupOffsets(AlterShareGroupOffsetsRequest),
    /// DeleteShareGroupOffsets.
    DeleteShareGroupOffsets(DeleteShareGroupOffsetsRequest),
}

impl Request {
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
            ApiKey::Produce => Self::Produce(ProduceRequest::decode(input, version)?),
            ApiKey::Fetch => Self::Fetch(FetchRequest::decode(input, version)?),
            ApiKey::ListOffsets => Self::ListOffsets(ListOffsetsRequest::decode(input, version)?),
            ApiKey::Metadata => Self::Metadata(MetadataRequest::decode(input, version)?),
            ApiKey::OffsetCommit => {
                Self::OffsetCommit(OffsetCommitRequest::decode(input, version)?)
            }
            ApiKey::OffsetFetch => Self::OffsetFetch(OffsetFetchRequest::decode(input, version)?),
            ApiKey::FindCoordinator => {
                Self::FindCoordinator(FindCoordinatorRequest::decode(input, version)?)
            }
            ApiKey::JoinGroup => Self::JoinGroup(JoinGroupRequest::decode(input, version)?),
            ApiKey::Heartbeat => Self::Heartbeat(HeartbeatRequest::decode(input, version)?),
            ApiKey::LeaveGroup => Self::LeaveGroup(LeaveGroupRequest::decode(input, version)?),
            ApiKey::SyncGroup => Self::SyncGroup(SyncGroupRequest::decode(input, version)?),
            ApiKey::DescribeGroups => {
                Self::DescribeGroups(DescribeGroupsRequest::decode(input, version)?)
            }
            ApiKey::ListGroups => Self::ListGroups(ListGroupsRequest::decode(input, version)?),
            ApiKey::SaslHandshake => {
                Self::SaslHandshake(SaslHandshakeRequest::decode(input, version)?)
            }
            ApiKey::ApiVersions => Self::ApiVersions(ApiVersionsRequest::decode(input, version)?),
            ApiKey::CreateTopics => {
                Self::CreateTopics(CreateTopicsRequest::decode(input, version)?)
            }
            ApiKey::DeleteTopics => {
                Self::DeleteTopics(DeleteTopicsRequest::decode(input, version)?)
            }
            ApiKey::DeleteRecords => {
                Self::DeleteRecords(DeleteRecordsRequest::decode(input, version)?)
            }
            ApiKey::InitProducerId => {
                Self::InitProducerId(InitProducerIdRequest::decode(input, version)?)
            }
            ApiKey::OffsetForLeaderEpoch => {
                Self::OffsetForLeaderEpoch(OffsetForLeaderEpochRequest::decode(input, version)?)
            }
            ApiKey::AddPartitionsToTxn => {
                Self::AddPartitionsToTxn(AddPartitionsToTxnRequest::decode(input, version)?)
            }
            ApiKey::AddOffsetsToTxn => {
                Self::AddOffsetsToTxn(AddOffsetsToTxnRequest::decode(input, version)?)
            }
            ApiKey::EndTxn => Self::EndTxn(EndTxnRequest::decode(input, version)?),
            ApiKey::WriteTxnMarkers => {
                Self::WriteTxnMarkers(WriteTxnMarkersRequest::decode(input, version)?)
            }
            ApiKey::TxnOffsetCommit => {
                Self::TxnOffsetCommit(TxnOffsetCommitRequest::decode(input, version)?)
            }
            ApiKey::DescribeAcls => {
                Self::DescribeAcls(DescribeAclsRequest::decode(input, version)?)
            }
            ApiKey::CreateAcls => Self::CreateAcls(CreateAclsRequest::decode(input, version)?),
            ApiKey::DeleteAcls => Self::DeleteAcls(DeleteAclsRequest::decode(input, version)?),
            ApiKey::DescribeConfigs => {
                Self::DescribeConfigs(DescribeConfigsRequest::decode(input, version)?)
            }
            ApiKey::AlterConfigs => {
                Self::AlterConfigs(AlterConfigsRequest::decode(input, version)?)
            }
            ApiKey::AlterReplicaLogDirs => {
                Self::AlterReplicaLogDirs(AlterReplicaLogDirsRequest::decode(input, version)?)
            }
            ApiKey::DescribeLogDirs => {
                Self::DescribeLogDirs(DescribeLogDirsRequest::decode(input, version)?)
            }
            ApiKey::SaslAuthenticate => {
                Self::SaslAuthenticate(SaslAuthenticateRequest::decode(input, version)?)
            }
            ApiKey::CreatePartitions => {
                Self::CreatePartitions(CreatePartitionsRequest::decode(input, version)?)
            }
            ApiKey::CreateDelegationToken => {
                Self::CreateDelegationToken(CreateDelegationTokenRequest::decode(input, version)?)
            }
            ApiKey::RenewDelegationToken => {
                Self::RenewDelegationToken(RenewDelegationTokenRequest::decode(input, version)?)
            }
            ApiKey::ExpireDelegationToken => {
                Self::ExpireDelegationToken(ExpireDelegationTokenRequest::decode(input, version)?)
            }
            ApiKey::DescribeDelegationToken => Self::DescribeDelegationToken(
                DescribeDelegationTokenRequest::decode(input, version)?,
            ),
            ApiKey::DeleteGroups => {
                Self::DeleteGroups(DeleteGroupsRequest::decode(input, version)?)
            }
            ApiKey::ElectLeaders => {
                Self::ElectLeaders(ElectLeadersRequest::decode(input, version)?)
            }
            ApiKey::IncrementalAlterConfigs => Self::IncrementalAlterConfigs(
                IncrementalAlterConfigsRequest::decode(input, version)?,
            ),
            ApiKey::AlterPartitionReassignments => Self::AlterPartitionReassignments(
                AlterPartitionReassignmentsRequest::decode(input, version)?,
            ),
            ApiKey::ListPartitionReassignments => Self::ListPartitionReassignments(
                ListPartitionReassignmentsRequest::decode(input, version)?,
            ),
            ApiKey::OffsetDelete => {
                Self::OffsetDelete(OffsetDeleteRequest::decode(input, version)?)
            }
            ApiKey::DescribeClientQuotas => {
                Self::DescribeClientQuotas(DescribeClientQuotasRequest::decode(input, version)?)
            }
            ApiKey::AlterClientQuotas => {
                Self::AlterClientQuotas(AlterClientQuotasRequest::decode(input, version)?)
            }
            ApiKey::DescribeUserScramCredentials => Self::DescribeUserScramCredentials(
                DescribeUserScramCredentialsRequest::decode(input, version)?,
            ),
            ApiKey::AlterUserScramCredentials => Self::AlterUserScramCredentials(
                AlterUserScramCredentialsRequest::decode(input, version)?,
            ),
            ApiKey::Vote => Self::Vote(VoteRequest::decode(input, version)?),
            ApiKey::BeginQuorumEpoch => {
                Self::BeginQuorumEpoch(BeginQuorumEpochRequest::decode(input, version)?)
            }
            ApiKey::EndQuorumEpoch => {
                Self::EndQuorumEpoch(EndQuorumEpochRequest::decode(input, version)?)
            }
            ApiKey::DescribeQuorum => {
                Self::DescribeQuorum(DescribeQuorumRequest::decode(input, version)?)
            }
            ApiKey::AlterPartition => {
                Self::AlterPartition(AlterPartitionRequest::decode(input, version)?)
            }
            ApiKey::UpdateFeatures => {
                Self::UpdateFeatures(UpdateFeaturesRequest::decode(input, version)?)
            }
            ApiKey::Envelope => Self::Envelope(EnvelopeRequest::decode(input, version)?),
            ApiKey::FetchSnapshot => {
                Self::FetchSnapshot(FetchSnapshotRequest::decode(input, version)?)
            }
            ApiKey::DescribeCluster => {
                Self::DescribeCluster(DescribeClusterRequest::decode(input, version)?)
            }
            ApiKey::DescribeProducers => {
                Self::DescribeProducers(DescribeProducersRequest::decode(input, version)?)
            }
            ApiKey::BrokerRegistration => {
                Self::BrokerRegistration(BrokerRegistrationRequest::decode(input, version)?)
            }
            ApiKey::BrokerHeartbeat => {
                Self::BrokerHeartbeat(BrokerHeartbeatRequest::decode(input, version)?)
            }
            ApiKey::UnregisterBroker => {
                Self::UnregisterBroker(UnregisterBrokerRequest::decode(input, version)?)
            }
            ApiKey::DescribeTransactions => {
                Self::DescribeTransactions(DescribeTransactionsRequest::decode(input, version)?)
            }
            ApiKey::ListTransactions => {
                Self::ListTransactions(ListTransactionsRequest::decode(input, version)?)
            }
            ApiKey::AllocateProducerIds => {
                Self::AllocateProducerIds(AllocateProducerIdsRequest::decode(input, version)?)
            }
            ApiKey::ConsumerGroupHeartbeat => {
                Self::ConsumerGroupHeartbeat(ConsumerGroupHeartbeatRequest::decode(input, version)?)
            }
            ApiKey::ConsumerGroupDescribe => {
                Self::ConsumerGroupDescribe(ConsumerGroupDescribeRequest::decode(input, version)?)
            }
            ApiKey::ControllerRegistration => {
                Self::ControllerRegistration(ControllerRegistrationRequest::decode(input, version)?)
            }
            ApiKey::GetTelemetrySubscriptions => Self::GetTelemetrySubscriptions(
                GetTelemetrySubscriptionsRequest::decode(input, version)?,
            ),
            ApiKey::PushTelemetry => {
                Self::PushTelemetry(PushTelemetryRequest::decode(input, version)?)
            }
            ApiKey::AssignReplicasToDirs => {
                Self::AssignReplicasToDirs(AssignReplicasToDirsRequest::decode(input, version)?)
            }
            ApiKey::ListConfigResources => {
                Self::ListConfigResources(ListConfigResourcesRequest::decode(input, version)?)
            }
            ApiKey::DescribeTopicPartitions => Self::DescribeTopicPartitions(
                DescribeTopicPartitionsRequest::decode(input, version)?,
            ),
            ApiKey::ShareGroupHeartbeat => {
                Self::ShareGroupHeartbeat(ShareGroupHeartbeatRequest::decode(input, version)?)
            }
            ApiKey::ShareGroupDescribe => {
                Self::ShareGroupDescribe(ShareGroupDescribeRequest::decode(input, version)?)
            }
            ApiKey::ShareFetch => Self::ShareFetch(ShareFetchRequest::decode(input, version)?),
            ApiKey::ShareAcknowledge => {
                Self::ShareAcknowledge(ShareAcknowledgeRequest::decode(input, version)?)
            }
            ApiKey::AddRaftVoter => {
                Self::AddRaftVoter(AddRaftVoterRequest::decode(input, version)?)
            }
            ApiKey::RemoveRaftVoter => {
                Self::RemoveRaftVoter(RemoveRaftVoterRequest::decode(input, version)?)
            }
            ApiKey::UpdateRaftVoter => {
                Self::UpdateRaftVoter(UpdateRaftVoterRequest::decode(input, version)?)
            }
            ApiKey::InitializeShareGroupState => Self::InitializeShareGroupState(
                InitializeShareGroupStateRequest::decode(input, version)?,
            ),
            ApiKey::ReadShareGroupState => {
                Self::ReadShareGroupState(ReadShareGroupStateRequest::decode(input, version)?)
            }
            ApiKey::WriteShareGroupState => {
                Self::WriteShareGroupState(WriteShareGroupStateRequest::decode(input, version)?)
            }
            ApiKey::DeleteShareGroupState => {
                Self::DeleteShareGroupState(DeleteShareGroupStateRequest::decode(input, version)?)
            }
            ApiKey::ReadShareGroupStateSummary => Self::ReadShareGroupStateSummary(
                ReadShareGroupStateSummaryRequest::decode(input, version)?,
            ),
            ApiKey::StreamsGroupHeartbeat => {
                Self::StreamsGroupHeartbeat(StreamsGroupHeartbeatRequest::decode(input, version)?)
            }
            ApiKey::StreamsGroupDescribe => {
                Self::StreamsGroupDescribe(StreamsGroupDescribeRequest::decode(input, version)?)
            }
            ApiKey::DescribeShareGroupOffsets => Self::DescribeShareGroupOffsets(
                DescribeShareGroupOffsetsRequest::decode(input, version)?,
            ),
            ApiKey::AlterShareGroupOffsets => {
                Self::AlterShareGroupOffsets(AlterShareGroupOffsetsRequest::decode(input, version)?)
            }
            ApiKey::DeleteShareGroupOffsets => Self::DeleteShareGroupOffsets(
                DeleteShareGroupOffsetsRequest::decode(input, version)?,
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

impl From<ProduceRequest> for Request {
    fn from(body: ProduceRequest) -> Self {
        Self::Produce(body)
    }
}
impl From<FetchRequest> for Request {
    fn from(body: FetchRequest) -> Self {
        Self::Fetch(body)
    }
}
impl From<ListOffsetsRequest> for Request {
    fn from(body: ListOffsetsRequest) -> Self {
        Self::ListOffsets(body)
    }
}
impl From<MetadataRequest> for Request {
    fn from(body: MetadataRequest) -> Self {
        Self::Metadata(body)
    }
}
impl From<OffsetCommitRequest> for Request {
    fn from(body: OffsetCommitRequest) -> Self {
        Self::OffsetCommit(body)
    }
}
impl From<OffsetFetchRequest> for Request {
    fn from(body: OffsetFetchRequest) -> Self {
        Self::OffsetFetch(body)
    }
}
impl From<FindCoordinatorRequest> for Request {
    fn from(body: FindCoordinatorRequest) -> Self {
        Self::FindCoordinator(body)
    }
}
impl From<JoinGroupRequest> for Request {
    fn from(body: JoinGroupRequest) -> Self {
        Self::JoinGroup(body)
    }
}
impl From<HeartbeatRequest> for Request {
    fn from(body: HeartbeatRequest) -> Self {
        Self::Heartbeat(body)
    }
}
impl From<LeaveGroupRequest> for Request {
    fn from(body: LeaveGroupRequest) -> Self {
        Self::LeaveGroup(body)
    }
}
impl From<SyncGroupRequest> for Request {
    fn from(body: SyncGroupRequest) -> Self {
        Self::SyncGroup(body)
    }
}
impl From<DescribeGroupsRequest> for Request {
    fn from(body: DescribeGroupsRequest) -> Self {
        Self::DescribeGroups(body)
    }
}
impl From<ListGroupsRequest> for Request {
    fn from(body: ListGroupsRequest) -> Self {
        Self::ListGroups(body)
    }
}
impl From<SaslHandshakeRequest> for Request {
    fn from(body: SaslHandshakeRequest) -> Self {
        Self::SaslHandshake(body)
    }
}
impl From<ApiVersionsRequest> for Request {
    fn from(body: ApiVersionsRequest) -> Self {
        Self::ApiVersions(body)
    }
}
impl From<CreateTopicsRequest> for Request {
    fn from(body: CreateTopicsRequest) -> Self {
        Self::CreateTopics(body)
    }
}
impl From<DeleteTopicsRequest> for Request {
    fn from(body: DeleteTopicsRequest) -> Self {
        Self::DeleteTopics(body)
    }
}
impl From<DeleteRecordsRequest> for Request {
    fn from(body: DeleteRecordsRequest) -> Self {
        Self::DeleteRecords(body)
    }
}
impl From<InitProducerIdRequest> for Request {
    fn from(body: InitProducerIdRequest) -> Self {
        Self::InitProducerId(body)
    }
}
impl From<OffsetForLeaderEpochRequest> for Request {
    fn from(body: OffsetForLeaderEpochRequest) -> Self {
        Self::OffsetForLeaderEpoch(body)
    }
}
impl From<AddPartitionsToTxnRequest> for Request {
    fn from(body: AddPartitionsToTxnRequest) -> Self {
        Self::AddPartitionsToTxn(body)
    }
}
impl From<AddOffsetsToTxnRequest> for Request {
    fn from(body: AddOffsetsToTxnRequest) -> Self {
        Self::AddOffsetsToTxn(body)
    }
}
impl From<EndTxnRequest> for Request {
    fn from(body: EndTxnRequest) -> Self {
        Self::EndTxn(body)
    }
}
impl From<WriteTxnMarkersRequest> for Request {
    fn from(body: WriteTxnMarkersRequest) -> Self {
        Self::WriteTxnMarkers(body)
    }
}
impl From<TxnOffsetCommitRequest> for Request {
    fn from(body: TxnOffsetCommitRequest) -> Self {
        Self::TxnOffsetCommit(body)
    }
}
impl From<DescribeAclsRequest> for Request {
    fn from(body: DescribeAclsRequest) -> Self {
        Self::DescribeAcls(body)
    }
}
impl From<CreateAclsRequest> for Request {
    fn from(body: CreateAclsRequest) -> Self {
        Self::CreateAcls(body)
    }
}
impl From<DeleteAclsRequest> for Request {
    fn from(body: DeleteAclsRequest) -> Self {
        Self::DeleteAcls(body)
    }
}
impl From<DescribeConfigsRequest> for Request {
    fn from(body: DescribeConfigsRequest) -> Self {
        Self::DescribeConfigs(body)
    }
}
impl From<AlterConfigsRequest> for Request {
    fn from(body: AlterConfigsRequest) -> Self {
        Self::AlterConfigs(body)
    }
}
impl From<AlterReplicaLogDirsRequest> for Request {
    fn from(body: AlterReplicaLogDirsRequest) -> Self {
        Self::AlterReplicaLogDirs(body)
    }
}
impl From<DescribeLogDirsRequest> for Request {
    fn from(body: DescribeLogDirsRequest) -> Self {
        Self::DescribeLogDirs(body)
    }
}
impl From<SaslAuthenticateRequest> for Request {
    fn from(body: SaslAuthenticateRequest) -> Self {
        Self::SaslAuthenticate(body)
    }
}
impl From<CreatePartitionsRequest> for Request {
    fn from(body: CreatePartitionsRequest) -> Self {
        Self::CreatePartitions(body)
    }
}
impl From<CreateDelegationTokenRequest> for Request {
    fn from(body: CreateDelegationTokenRequest) -> Self {
        Self::CreateDelegationToken(body)
    }
}
impl From<RenewDelegationTokenRequest> for Request {
    fn from(body: RenewDelegationTokenRequest) -> Self {
        Self::RenewDelegationToken(body)
    }
}
impl From<ExpireDelegationTokenRequest> for Request {
    fn from(body: ExpireDelegationTokenRequest) -> Self {
        Self::ExpireDelegationToken(body)
    }
}
impl From<DescribeDelegationTokenRequest> for Request {
    fn from(body: DescribeDelegationTokenRequest) -> Self {
        Self::DescribeDelegationToken(body)
    }
}
impl From<DeleteGroupsRequest> for Request {
    fn from(body: DeleteGroupsRequest) -> Self {
        Self::DeleteGroups(body)
    }
}
impl From<ElectLeadersRequest> for Request {
    fn from(body: ElectLeadersRequest) -> Self {
        Self::ElectLeaders(body)
    }
}
impl From<IncrementalAlterConfigsRequest> for Request {
    fn from(body: IncrementalAlterConfigsRequest) -> Self {
        Self::IncrementalAlterConfigs(body)
    }
}
impl From<AlterPartitionReassignmentsRequest> for Request {
    fn from(body: AlterPartitionReassignmentsRequest) -> Self {
        Self::AlterPartitionReassignments(body)
    }
}
impl From<ListPartitionReassignmentsRequest> for Request {
    fn from(body: ListPartitionReassignmentsRequest) -> Self {
        Self::ListPartitionReassignments(body)
    }
}
impl From<OffsetDeleteRequest> for Request {
    fn from(body: OffsetDeleteRequest) -> Self {
        Self::OffsetDelete(body)
    }
}
impl From<DescribeClientQuotasRequest> for Request {
    fn from(body: DescribeClientQuotasRequest) -> Self {
        Self::DescribeClientQuotas(body)
    }
}
impl From<AlterClientQuotasRequest> for Request {
    fn from(body: AlterClientQuotasRequest) -> Self {
        Self::AlterClientQuotas(body)
    }
}
impl From<DescribeUserScramCredentialsRequest> for Request {
    fn from(body: DescribeUserScramCredentialsRequest) -> Self {
        Self::DescribeUserScramCredentials(body)
    }
}
impl From<AlterUserScramCredentialsRequest> for Request {
    fn from(body: AlterUserScramCredentialsRequest) -> Self {
        Self::AlterUserScramCredentials(body)
    }
}
impl From<VoteRequest> for Request {
    fn from(body: VoteRequest) -> Self {
        Self::Vote(body)
    }
}
impl From<BeginQuorumEpochRequest> for Request {
    fn from(body: BeginQuorumEpochRequest) -> Self {
        Self::BeginQuorumEpoch(body)
    }
}
impl From<EndQuorumEpochRequest> for Request {
    fn from(body: EndQuorumEpochRequest) -> Self {
        Self::EndQuorumEpoch(body)
    }
}
impl From<DescribeQuorumRequest> for Request {
    fn from(body: DescribeQuorumRequest) -> Self {
        Self::DescribeQuorum(body)
    }
}
impl From<AlterPartitionRequest> for Request {
    fn from(body: AlterPartitionRequest) -> Self {
        Self::AlterPartition(body)
    }
}
impl From<UpdateFeaturesRequest> for Request {
    fn from(body: UpdateFeaturesRequest) -> Self {
        Self::UpdateFeatures(body)
    }
}
impl From<EnvelopeRequest> for Request {
    fn from(body: EnvelopeRequest) -> Self {
        Self::Envelope(body)
    }
}
impl From<FetchSnapshotRequest> for Request {
    fn from(body: FetchSnapshotRequest) -> Self {
        Self::FetchSnapshot(body)
    }
}
impl From<DescribeClusterRequest> for Request {
    fn from(body: DescribeClusterRequest) -> Self {
        Self::DescribeCluster(body)
    }
}
impl From<DescribeProducersRequest> for Request {
    fn from(body: DescribeProducersRequest) -> Self {
        Self::DescribeProducers(body)
    }
}
impl From<BrokerRegistrationRequest> for Request {
    fn from(body: BrokerRegistrationRequest) -> Self {
        Self::BrokerRegistration(body)
    }
}
impl From<BrokerHeartbeatRequest> for Request {
    fn from(body: BrokerHeartbeatRequest) -> Self {
        Self::BrokerHeartbeat(body)
    }
}
impl From<UnregisterBrokerRequest> for Request {
    fn from(body: UnregisterBrokerRequest) -> Self {
        Self::UnregisterBroker(body)
    }
}
impl From<DescribeTransactionsRequest> for Request {
    fn from(body: DescribeTransactionsRequest) -> Self {
        Self::DescribeTransactions(body)
    }
}
impl From<ListTransactionsRequest> for Request {
    fn from(body: ListTransactionsRequest) -> Self {
        Self::ListTransactions(body)
    }
}
impl From<AllocateProducerIdsRequest> for Request {
    fn from(body: AllocateProducerIdsRequest) -> Self {
        Self::AllocateProducerIds(body)
    }
}
impl From<ConsumerGroupHeartbeatRequest> for Request {
    fn from(body: ConsumerGroupHeartbeatRequest) -> Self {
        Self::ConsumerGroupHeartbeat(body)
    }
}
impl From<ConsumerGroupDescribeRequest> for Request {
    fn from(body: ConsumerGroupDescribeRequest) -> Self {
        Self::ConsumerGroupDescribe(body)
    }
}
impl From<ControllerRegistrationRequest> for Request {
    fn from(body: ControllerRegistrationRequest) -> Self {
        Self::ControllerRegistration(body)
    }
}
impl From<GetTelemetrySubscriptionsRequest> for Request {
    fn from(body: GetTelemetrySubscriptionsRequest) -> Self {
        Self::GetTelemetrySubscriptions(body)
    }
}
impl From<PushTelemetryRequest> for Request {
    fn from(body: PushTelemetryRequest) -> Self {
        Self::PushTelemetry(body)
    }
}
impl From<AssignReplicasToDirsRequest> for Request {
    fn from(body: AssignReplicasToDirsRequest) -> Self {
        Self::AssignReplicasToDirs(body)
    }
}
impl From<ListConfigResourcesRequest> for Request {
    fn from(body: ListConfigResourcesRequest) -> Self {
        Self::ListConfigResources(body)
    }
}
impl From<DescribeTopicPartitionsRequest> for Request {
    fn from(body: DescribeTopicPartitionsRequest) -> Self {
        Self::DescribeTopicPartitions(body)
    }
}
impl From<ShareGroupHeartbeatRequest> for Request {
    fn from(body: ShareGroupHeartbeatRequest) -> Self {
        Self::ShareGroupHeartbeat(body)
    }
}
impl From<ShareGroupDescribeRequest> for Request {
    fn from(body: ShareGroupDescribeRequest) -> Self {
        Self::ShareGroupDescribe(body)
    }
}
impl From<ShareFetchRequest> for Request {
    fn from(body: ShareFetchRequest) -> Self {
        Self::ShareFetch(body)
    }
}
impl From<ShareAcknowledgeRequest> for Request {
    fn from(body: ShareAcknowledgeRequest) -> Self {
        Self::ShareAcknowledge(body)
    }
}
impl From<AddRaftVoterRequest> for Request {
    fn from(body: AddRaftVoterRequest) -> Self {
        Self::AddRaftVoter(body)
    }
}
impl From<RemoveRaftVoterRequest> for Request {
    fn from(body: RemoveRaftVoterRequest) -> Self {
        Self::RemoveRaftVoter(body)
    }
}
impl From<UpdateRaftVoterRequest> for Request {
    fn from(body: UpdateRaftVoterRequest) -> Self {
        Self::UpdateRaftVoter(body)
    }
}
impl From<InitializeShareGroupStateRequest> for Request {
    fn from(body: InitializeShareGroupStateRequest) -> Self {
        Self::InitializeShareGroupState(body)
    }
}
impl From<ReadShareGroupStateRequest> for Request {
    fn from(body: ReadShareGroupStateRequest) -> Self {
        Self::ReadShareGroupState(body)
    }
}
impl From<WriteShareGroupStateRequest> for Request {
    fn from(body: WriteShareGroupStateRequest) -> Self {
        Self::WriteShareGroupState(body)
    }
}
impl From<DeleteShareGroupStateRequest> for Request {
    fn from(body: DeleteShareGroupStateRequest) -> Self {
        Self::DeleteShareGroupState(body)
    }
}
impl From<ReadShareGroupStateSummaryRequest> for Request {
    fn from(body: ReadShareGroupStateSummaryRequest) -> Self {
        Self::ReadShareGroupStateSummary(body)
    }
}
impl From<StreamsGroupHeartbeatRequest> for Request {
    fn from(body: StreamsGroupHeartbeatRequest) -> Self {
        Self::StreamsGroupHeartbeat(body)
    }
}
impl From<StreamsGroupDescribeRequest> for Request {
    fn from(body: StreamsGroupDescribeRequest) -> Self {
        Self::StreamsGroupDescribe(body)
    }
}
impl From<DescribeShareGroupOffsetsRequest> for Request {
    fn from(body: DescribeShareGroupOffsetsRequest) -> Self {
        Self::DescribeShareGroupOffsets(body)
    }
}
impl From<AlterShareGroupOffsetsRequest> for Request {
    fn from(body: AlterShareGroupOffsetsRequest) -> Self {
        Self::AlterShareGroupOffsets(body)
    }
}
impl From<DeleteShareGroupOffsetsRequest> for Request {
    fn from(body: DeleteShareGroupOffsetsRequest) -> Self {
        Self::DeleteShareGroupOffsets(body)
    }
}
impl Rpc for ProduceRequest {
    const API_KEY: ApiKey = ApiKey::Produce;
    type Response = ProduceResponse;
}
impl Rpc for FetchRequest {
    const API_KEY: ApiKey = ApiKey::Fetch;
    type Response = FetchResponse;
}
impl Rpc for ListOffsetsRequest {
    const API_KEY: ApiKey = ApiKey::ListOffsets;
    type Response = ListOffsetsResponse;
}
impl Rpc for MetadataRequest {
    const API_KEY: ApiKey = ApiKey::Metadata;
    type Response = MetadataResponse;
}
impl Rpc for OffsetCommitRequest {
    const API_KEY: ApiKey = ApiKey::OffsetCommit;
    type Response = OffsetCommitResponse;
}
impl Rpc for OffsetFetchRequest {
    const API_KEY: ApiKey = ApiKey::OffsetFetch;
    type Response = OffsetFetchResponse;
}
impl Rpc for FindCoordinatorRequest {
    const API_KEY: ApiKey = ApiKey::FindCoordinator;
    type Response = FindCoordinatorResponse;
}
impl Rpc for JoinGroupRequest {
    const API_KEY: ApiKey = ApiKey::JoinGroup;
    type Response = JoinGroupResponse;
}
impl Rpc for HeartbeatRequest {
    const API_KEY: ApiKey = ApiKey::Heartbeat;
    type Response = HeartbeatResponse;
}
impl Rpc for LeaveGroupRequest {
    const API_KEY: ApiKey = ApiKey::LeaveGroup;
    type Response = LeaveGroupResponse;
}
impl Rpc for SyncGroupRequest {
    const API_KEY: ApiKey = ApiKey::SyncGroup;
    type Response = SyncGroupResponse;
}
impl Rpc for DescribeGroupsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeGroups;
    type Response = DescribeGroupsResponse;
}
impl Rpc for ListGroupsRequest {
    const API_KEY: ApiKey = ApiKey::ListGroups;
    type Response = ListGroupsResponse;
}
impl Rpc for SaslHandshakeRequest {
    const API_KEY: ApiKey = ApiKey::SaslHandshake;
    type Response = SaslHandshakeResponse;
}
impl Rpc for ApiVersionsRequest {
    const API_KEY: ApiKey = ApiKey::ApiVersions;
    type Response = ApiVersionsResponse;
}
impl Rpc for CreateTopicsRequest {
    const API_KEY: ApiKey = ApiKey::CreateTopics;
    type Response = CreateTopicsResponse;
}
impl Rpc for DeleteTopicsRequest {
    const API_KEY: ApiKey = ApiKey::DeleteTopics;
    type Response = DeleteTopicsResponse;
}
impl Rpc for DeleteRecordsRequest {
    const API_KEY: ApiKey = ApiKey::DeleteRecords;
    type Response = DeleteRecordsResponse;
}
impl Rpc for InitProducerIdRequest {
    const API_KEY: ApiKey = ApiKey::InitProducerId;
    type Response = InitProducerIdResponse;
}
impl Rpc for OffsetForLeaderEpochRequest {
    const API_KEY: ApiKey = ApiKey::OffsetForLeaderEpoch;
    type Response = OffsetForLeaderEpochResponse;
}
impl Rpc for AddPartitionsToTxnRequest {
    const API_KEY: ApiKey = ApiKey::AddPartitionsToTxn;
    type Response = AddPartitionsToTxnResponse;
}
impl Rpc for AddOffsetsToTxnRequest {
    const API_KEY: ApiKey = ApiKey::AddOffsetsToTxn;
    type Response = AddOffsetsToTxnResponse;
}
impl Rpc for EndTxnRequest {
    const API_KEY: ApiKey = ApiKey::EndTxn;
    type Response = EndTxnResponse;
}
impl Rpc for WriteTxnMarkersRequest {
    const API_KEY: ApiKey = ApiKey::WriteTxnMarkers;
    type Response = WriteTxnMarkersResponse;
}
impl Rpc for TxnOffsetCommitRequest {
    const API_KEY: ApiKey = ApiKey::TxnOffsetCommit;
    type Response = TxnOffsetCommitResponse;
}
impl Rpc for DescribeAclsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeAcls;
    type Response = DescribeAclsResponse;
}
impl Rpc for CreateAclsRequest {
    const API_KEY: ApiKey = ApiKey::CreateAcls;
    type Response = CreateAclsResponse;
}
impl Rpc for DeleteAclsRequest {
    const API_KEY: ApiKey = ApiKey::DeleteAcls;
    type Response = DeleteAclsResponse;
}
impl Rpc for DescribeConfigsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeConfigs;
    type Response = DescribeConfigsResponse;
}
impl Rpc for AlterConfigsRequest {
    const API_KEY: ApiKey = ApiKey::AlterConfigs;
    type Response = AlterConfigsResponse;
}
impl Rpc for AlterReplicaLogDirsRequest {
    const API_KEY: ApiKey = ApiKey::AlterReplicaLogDirs;
    type Response = AlterReplicaLogDirsResponse;
}
impl Rpc for DescribeLogDirsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeLogDirs;
    type Response = DescribeLogDirsResponse;
}
impl Rpc for SaslAuthenticateRequest {
    const API_KEY: ApiKey = ApiKey::SaslAuthenticate;
    type Response = SaslAuthenticateResponse;
}
impl Rpc for CreatePartitionsRequest {
    const API_KEY: ApiKey = ApiKey::CreatePartitions;
    type Response = CreatePartitionsResponse;
}
impl Rpc for CreateDelegationTokenRequest {
    const API_KEY: ApiKey = ApiKey::CreateDelegationToken;
    type Response = CreateDelegationTokenResponse;
}
impl Rpc for RenewDelegationTokenRequest {
    const API_KEY: ApiKey = ApiKey::RenewDelegationToken;
    type Response = RenewDelegationTokenResponse;
}
impl Rpc for ExpireDelegationTokenRequest {
    const API_KEY: ApiKey = ApiKey::ExpireDelegationToken;
    type Response = ExpireDelegationTokenResponse;
}
impl Rpc for DescribeDelegationTokenRequest {
    const API_KEY: ApiKey = ApiKey::DescribeDelegationToken;
    type Response = DescribeDelegationTokenResponse;
}
impl Rpc for DeleteGroupsRequest {
    const API_KEY: ApiKey = ApiKey::DeleteGroups;
    type Response = DeleteGroupsResponse;
}
impl Rpc for ElectLeadersRequest {
    const API_KEY: ApiKey = ApiKey::ElectLeaders;
    type Response = ElectLeadersResponse;
}
impl Rpc for IncrementalAlterConfigsRequest {
    const API_KEY: ApiKey = ApiKey::IncrementalAlterConfigs;
    type Response = IncrementalAlterConfigsResponse;
}
impl Rpc for AlterPartitionReassignmentsRequest {
    const API_KEY: ApiKey = ApiKey::AlterPartitionReassignments;
    type Response = AlterPartitionReassignmentsResponse;
}
impl Rpc for ListPartitionReassignmentsRequest {
    const API_KEY: ApiKey = ApiKey::ListPartitionReassignments;
    type Response = ListPartitionReassignmentsResponse;
}
impl Rpc for OffsetDeleteRequest {
    const API_KEY: ApiKey = ApiKey::OffsetDelete;
    type Response = OffsetDeleteResponse;
}
impl Rpc for DescribeClientQuotasRequest {
    const API_KEY: ApiKey = ApiKey::DescribeClientQuotas;
    type Response = DescribeClientQuotasResponse;
}
impl Rpc for AlterClientQuotasRequest {
    const API_KEY: ApiKey = ApiKey::AlterClientQuotas;
    type Response = AlterClientQuotasResponse;
}
impl Rpc for DescribeUserScramCredentialsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeUserScramCredentials;
    type Response = DescribeUserScramCredentialsResponse;
}
impl Rpc for AlterUserScramCredentialsRequest {
    const API_KEY: ApiKey = ApiKey::AlterUserScramCredentials;
    type Response = AlterUserScramCredentialsResponse;
}
impl Rpc for VoteRequest {
    const API_KEY: ApiKey = ApiKey::Vote;
    type Response = VoteResponse;
}
impl Rpc for BeginQuorumEpochRequest {
    const API_KEY: ApiKey = ApiKey::BeginQuorumEpoch;
    type Response = BeginQuorumEpochResponse;
}
impl Rpc for EndQuorumEpochRequest {
    const API_KEY: ApiKey = ApiKey::EndQuorumEpoch;
    type Response = EndQuorumEpochResponse;
}
impl Rpc for DescribeQuorumRequest {
    const API_KEY: ApiKey = ApiKey::DescribeQuorum;
    type Response = DescribeQuorumResponse;
}
impl Rpc for AlterPartitionRequest {
    const API_KEY: ApiKey = ApiKey::AlterPartition;
    type Response = AlterPartitionResponse;
}
impl Rpc for UpdateFeaturesRequest {
    const API_KEY: ApiKey = ApiKey::UpdateFeatures;
    type Response = UpdateFeaturesResponse;
}
impl Rpc for EnvelopeRequest {
    const API_KEY: ApiKey = ApiKey::Envelope;
    type Response = EnvelopeResponse;
}
impl Rpc for FetchSnapshotRequest {
    const API_KEY: ApiKey = ApiKey::FetchSnapshot;
    type Response = FetchSnapshotResponse;
}
impl Rpc for DescribeClusterRequest {
    const API_KEY: ApiKey = ApiKey::DescribeCluster;
    type Response = DescribeClusterResponse;
}
impl Rpc for DescribeProducersRequest {
    const API_KEY: ApiKey = ApiKey::DescribeProducers;
    type Response = DescribeProducersResponse;
}
impl Rpc for BrokerRegistrationRequest {
    const API_KEY: ApiKey = ApiKey::BrokerRegistration;
    type Response = BrokerRegistrationResponse;
}
impl Rpc for BrokerHeartbeatRequest {
    const API_KEY: ApiKey = ApiKey::BrokerHeartbeat;
    type Response = BrokerHeartbeatResponse;
}
impl Rpc for UnregisterBrokerRequest {
    const API_KEY: ApiKey = ApiKey::UnregisterBroker;
    type Response = UnregisterBrokerResponse;
}
impl Rpc for DescribeTransactionsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeTransactions;
    type Response = DescribeTransactionsResponse;
}
impl Rpc for ListTransactionsRequest {
    const API_KEY: ApiKey = ApiKey::ListTransactions;
    type Response = ListTransactionsResponse;
}
impl Rpc for AllocateProducerIdsRequest {
    const API_KEY: ApiKey = ApiKey::AllocateProducerIds;
    type Response = AllocateProducerIdsResponse;
}
impl Rpc for ConsumerGroupHeartbeatRequest {
    const API_KEY: ApiKey = ApiKey::ConsumerGroupHeartbeat;
    type Response = ConsumerGroupHeartbeatResponse;
}
impl Rpc for ConsumerGroupDescribeRequest {
    const API_KEY: ApiKey = ApiKey::ConsumerGroupDescribe;
    type Response = ConsumerGroupDescribeResponse;
}
impl Rpc for ControllerRegistrationRequest {
    const API_KEY: ApiKey = ApiKey::ControllerRegistration;
    type Response = ControllerRegistrationResponse;
}
impl Rpc for GetTelemetrySubscriptionsRequest {
    const API_KEY: ApiKey = ApiKey::GetTelemetrySubscriptions;
    type Response = GetTelemetrySubscriptionsResponse;
}
impl Rpc for PushTelemetryRequest {
    const API_KEY: ApiKey = ApiKey::PushTelemetry;
    type Response = PushTelemetryResponse;
}
impl Rpc for AssignReplicasToDirsRequest {
    const API_KEY: ApiKey = ApiKey::AssignReplicasToDirs;
    type Response = AssignReplicasToDirsResponse;
}
impl Rpc for ListConfigResourcesRequest {
    const API_KEY: ApiKey = ApiKey::ListConfigResources;
    type Response = ListConfigResourcesResponse;
}
impl Rpc for DescribeTopicPartitionsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeTopicPartitions;
    type Response = DescribeTopicPartitionsResponse;
}
impl Rpc for ShareGroupHeartbeatRequest {
    const API_KEY: ApiKey = ApiKey::ShareGroupHeartbeat;
    type Response = ShareGroupHeartbeatResponse;
}
impl Rpc for ShareGroupDescribeRequest {
    const API_KEY: ApiKey = ApiKey::ShareGroupDescribe;
    type Response = ShareGroupDescribeResponse;
}
impl Rpc for ShareFetchRequest {
    const API_KEY: ApiKey = ApiKey::ShareFetch;
    type Response = ShareFetchResponse;
}
impl Rpc for ShareAcknowledgeRequest {
    const API_KEY: ApiKey = ApiKey::ShareAcknowledge;
    type Response = ShareAcknowledgeResponse;
}
impl Rpc for AddRaftVoterRequest {
    const API_KEY: ApiKey = ApiKey::AddRaftVoter;
    type Response = AddRaftVoterResponse;
}
impl Rpc for RemoveRaftVoterRequest {
    const API_KEY: ApiKey = ApiKey::RemoveRaftVoter;
    type Response = RemoveRaftVoterResponse;
}
impl Rpc for UpdateRaftVoterRequest {
    const API_KEY: ApiKey = ApiKey::UpdateRaftVoter;
    type Response = UpdateRaftVoterResponse;
}
impl Rpc for InitializeShareGroupStateRequest {
    const API_KEY: ApiKey = ApiKey::InitializeShareGroupState;
    type Response = InitializeShareGroupStateResponse;
}
impl Rpc for ReadShareGroupStateRequest {
    const API_KEY: ApiKey = ApiKey::ReadShareGroupState;
    type Response = ReadShareGroupStateResponse;
}
impl Rpc for WriteShareGroupStateRequest {
    const API_KEY: ApiKey = ApiKey::WriteShareGroupState;
    type Response = WriteShareGroupStateResponse;
}
impl Rpc for DeleteShareGroupStateRequest {
    const API_KEY: ApiKey = ApiKey::DeleteShareGroupState;
    type Response = DeleteShareGroupStateResponse;
}
impl Rpc for ReadShareGroupStateSummaryRequest {
    const API_KEY: ApiKey = ApiKey::ReadShareGroupStateSummary;
    type Response = ReadShareGroupStateSummaryResponse;
}
impl Rpc for StreamsGroupHeartbeatRequest {
    const API_KEY: ApiKey = ApiKey::StreamsGroupHeartbeat;
    type Response = StreamsGroupHeartbeatResponse;
}
impl Rpc for StreamsGroupDescribeRequest {
    const API_KEY: ApiKey = ApiKey::StreamsGroupDescribe;
    type Response = StreamsGroupDescribeResponse;
}
impl Rpc for DescribeShareGroupOffsetsRequest {
    const API_KEY: ApiKey = ApiKey::DescribeShareGroupOffsets;
    type Response = DescribeShareGroupOffsetsResponse;
}
impl Rpc for AlterShareGroupOffsetsRequest {
    const API_KEY: ApiKey = ApiKey::AlterShareGroupOffsets;
    type Response = AlterShareGroupOffsetsResponse;
}
impl Rpc for DeleteShareGroupOffsetsRequest {
    const API_KEY: ApiKey = ApiKey::DeleteShareGroupOffsets;
    type Response = DeleteShareGroupOffsetsResponse;
}
