//! A broker in memory that can be told to misbehave.

use bytes::{Bytes, BytesMut};
use keld_env::sim::{Process, Simulation};
use keld_env::{Address, Env, Stream};
use keld_record::{BatchHeader, HEADER_LENGTH, RecordBatch, batches, increment_sequence};
use keld_types::{ErrorCode, Offset, Uuid};
use keld_wire::messages::api_versions_response::ApiVersion;
use keld_wire::messages::fetch_response::{FetchableTopicResponse, PartitionData};
use keld_wire::messages::find_coordinator_response::Coordinator;
use keld_wire::messages::join_group_response::JoinGroupResponseMember;
use keld_wire::messages::list_offsets_response::{
    ListOffsetsPartitionResponse, ListOffsetsTopicResponse,
};
use keld_wire::messages::metadata_response::{
    MetadataResponseBroker, MetadataResponsePartition, MetadataResponseTopic,
};
use keld_wire::messages::offset_commit_response::{
    OffsetCommitResponsePartition, OffsetCommitResponseTopic,
};
use keld_wire::messages::offset_fetch_response::{
    OffsetFetchResponseGroup, OffsetFetchResponsePartitions, OffsetFetchResponseTopics,
};
use keld_wire::messages::produce_response::{PartitionProduceResponse, TopicProduceResponse};
use keld_wire::messages::{
    ApiVersionsResponse, FetchRequest, FetchResponse, FindCoordinatorResponse, HeartbeatResponse,
    InitProducerIdResponse, JoinGroupRequest, JoinGroupResponse, LeaveGroupResponse,
    ListOffsetsRequest, ListOffsetsResponse, MetadataRequest, MetadataResponse,
    OffsetCommitRequest, OffsetCommitResponse, OffsetFetchRequest, OffsetFetchResponse,
    ProduceRequest, ProduceResponse, SyncGroupRequest, SyncGroupResponse,
};
use keld_wire::{ApiKey, Records, Request, Response, Str, encode_response, parse_request};
use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::io::IoSlice;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const HOST: &str = "broker";
pub(crate) const PORT: u16 = 9092;

/// How one Produce request is treated instead of well.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// Nothing is written, this is the answer for every partition.
    Refuse(ErrorCode),
    /// Everything is written, then the connection ends.
    WriteAndCut,
    /// Nothing is written and the connection ends.
    Cut,
    /// No answer for this long, then as if nothing had been.
    Delay(Duration),
}

#[derive(Default, Debug)]
pub(crate) struct State {
    /// Partitions of each topic, each with its batches.
    pub(crate) logs: BTreeMap<(String, i32), Log>,
    pub(crate) partitions: i32,
    pub(crate) faults: VecDeque<Fault>,
    /// Batches larger than this are refused.
    pub(crate) batch_bytes_max: Option<usize>,
    pub(crate) committed: BTreeMap<(String, i32), i64>,
    /// Answers of the next heartbeats.
    pub(crate) heartbeats: VecDeque<ErrorCode>,
    /// The newest ApiVersions version it knows.
    pub(crate) api_versions_max: i16,
    pub(crate) requests: Vec<ApiKey>,
    next_producer: i64,
    generation: i32,
    assignment: Bytes,
}

#[derive(Default, Debug)]
pub(crate) struct Log {
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) start: i64,
    next_sequence: BTreeMap<i64, i32>,
    written: BTreeMap<(i64, i32), i64>,
}

impl Log {
    pub(crate) fn end(&self) -> i64 {
        self.batches.last().map_or(self.start, |batch| batch.header().next_offset().get())
    }

    /// Appends at the end, as a leader does.
    pub(crate) fn append(&mut self, batch: &RecordBatch) -> i64 {
        let base = self.end();
        let header = BatchHeader { base_offset: Offset::new(base), ..*batch.header() };
        let bytes = [&header.encode()[..], &batch.bytes()[HEADER_LENGTH..]].concat();
        self.batches.push(RecordBatch::parse(&bytes.into()).expect("the same length"));
        base
    }

    /// Every value, in order.
    pub(crate) fn values(&self) -> Vec<String> {
        let records = self.batches.iter().flat_map(|batch| batch.records().expect("readable"));
        records
            .map(|record| record.expect("readable").value.expect("a value"))
            .map(|value| String::from_utf8(value.to_vec()).expect("text"))
            .collect()
    }

    fn produce(&mut self, batch: &RecordBatch) -> Result<i64, ErrorCode> {
        let header = batch.header();
        if !header.has_producer_id() {
            return Ok(self.append(batch));
        }
        let (producer, sequence) = (header.producer_id.get(), header.base_sequence);
        if let Some(base) = self.written.get(&(producer, sequence)) {
            return Ok(*base);
        }
        let expected = self.next_sequence.get(&producer).copied().unwrap_or(0);
        if sequence != expected {
            return Err(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);
        }
        let base = self.append(batch);
        self.written.insert((producer, sequence), base);
        self.next_sequence.insert(producer, increment_sequence(sequence, header.record_count));
        Ok(base)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct FakeBroker(pub(crate) Arc<Mutex<State>>);

impl FakeBroker {
    /// Starts a broker on a process of its own.
    pub(crate) fn start(simulation: &mut Simulation, partitions: i32) -> (Self, Process) {
        let state =
            State { partitions, api_versions_max: 3, next_producer: 1000, ..State::default() };
        let broker = Self(Arc::new(Mutex::new(state)));
        let process = simulation.process(HOST);
        broker.start_on(&process);
        (broker, process)
    }

    /// Starts the same broker, with what it has, on another process.
    pub(crate) fn start_on(&self, process: &Process) {
        let (served, env) = (self.clone(), process.env().clone());
        process.env().spawn.spawn("fake broker", Box::pin(served.listen(env)));
    }

    pub(crate) fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("no test panics with the lock")
    }

    async fn listen(self, env: Env) {
        let address = Address { host: HOST.to_owned(), port: PORT };
        let mut listener = env.network.listen(address, 16).await.expect("a free port");
        loop {
            let (stream, _) = poll_fn(|cx| listener.poll_accept(cx)).await.expect("accepts");
            let serve = self.clone().serve(stream, env.clone());
            env.spawn.spawn("fake connection", Box::pin(serve));
        }
    }

    async fn serve(self, mut stream: Box<dyn Stream>, env: Env) {
        let mut buffer = BytesMut::new();
        loop {
            let mut chunk = [0; 4096];
            match poll_fn(|cx| stream.poll_read(cx, &mut chunk)).await {
                Ok(0) | Err(_) => return,
                Ok(read) => buffer.extend_from_slice(&chunk[..read]),
            }
            while buffer.len() >= 4 {
                let length = u32::from_be_bytes([buffer[0], buffer[1], buffer[2], buffer[3]]);
                let length = usize::try_from(length).expect("fits");
                if buffer.len() < 4 + length {
                    break;
                }
                let frame = buffer.split_to(4 + length).freeze().slice(4..);
                let Some(answer) = self.answer(frame, &env).await else { return };
                let mut rest = &answer[..];
                while !rest.is_empty() {
                    let slice = [IoSlice::new(rest)];
                    match poll_fn(|cx| stream.poll_write(cx, &slice)).await {
                        Ok(written) => rest = &rest[written..],
                        Err(_) => return,
                    }
                }
            }
        }
    }

    /// The frame to send; `None` ends the connection.
    async fn answer(&self, frame: Bytes, env: &Env) -> Option<Bytes> {
        // An ApiVersions request that is too new has a body this broker does not read.
        let key = i16::from_be_bytes([frame[0], frame[1]]);
        let version = i16::from_be_bytes([frame[2], frame[3]]);
        let newest = self.state().api_versions_max;
        if key == ApiKey::ApiVersions.code() && version > newest {
            let correlation = i32::from_be_bytes([frame[4], frame[5], frame[6], frame[7]]);
            let refusal = ApiVersionsResponse {
                error_code: ErrorCode::UNSUPPORTED_VERSION,
                ..self.api_versions()
            };
            let answer = encode_response(correlation, &refusal.into(), 0).expect("encodes");
            return answer.to_bytes();
        }
        let (preamble, request, _) = parse_request(frame).expect("a request of our client");
        self.state().requests.push(preamble.api_key);
        let fault = match &request {
            Request::Produce(_) => self.state().faults.pop_front(),
            _ => None,
        };
        match fault {
            Some(Fault::Cut) => return None,
            Some(Fault::Delay(duration)) => {
                env.clock.sleep_until(env.clock.monotonic() + duration).await;
            }
            Some(Fault::Refuse(_) | Fault::WriteAndCut) | None => {}
        }
        let is_empty_fetch = match &request {
            Request::Fetch(fetch) => self.fetch(fetch).1,
            _ => false,
        };
        if is_empty_fetch {
            env.clock.sleep_until(env.clock.monotonic() + Duration::from_millis(100)).await;
        }
        let response = self.respond(request, fault);
        if let Some(Fault::WriteAndCut) = fault {
            return None;
        }
        let correlation = preamble.header.correlation_id;
        let answer = encode_response(correlation, &response, preamble.version()).expect("encodes");
        answer.to_bytes()
    }

    fn respond(&self, request: Request, fault: Option<Fault>) -> Response {
        match request {
            Request::ApiVersions(_) => self.api_versions().into(),
            Request::Metadata(request) => self.metadata(&request).into(),
            Request::InitProducerId(_) => {
                let mut state = self.state();
                state.next_producer += 1;
                InitProducerIdResponse {
                    producer_id: state.next_producer,
                    producer_epoch: 0,
                    ..InitProducerIdResponse::default()
                }
                .into()
            }
            Request::Produce(request) => self.produce(&request, fault).into(),
            Request::Fetch(request) => self.fetch(&request).0.into(),
            Request::ListOffsets(request) => self.list_offsets(&request).into(),
            Request::FindCoordinator(request) => FindCoordinatorResponse {
                coordinators: vec![Coordinator {
                    key: request.coordinator_keys[0].clone(),
                    node_id: 1,
                    host: Str::from_static(HOST),
                    port: i32::from(PORT),
                    ..Coordinator::default()
                }],
                ..FindCoordinatorResponse::default()
            }
            .into(),
            Request::JoinGroup(request) => self.join(&request).into(),
            Request::SyncGroup(request) => self.sync(request).into(),
            Request::Heartbeat(_) => {
                let error_code = self.state().heartbeats.pop_front().unwrap_or(ErrorCode::NONE);
                HeartbeatResponse { error_code, ..HeartbeatResponse::default() }.into()
            }
            Request::LeaveGroup(_) => LeaveGroupResponse::default().into(),
            Request::OffsetFetch(request) => self.offset_fetch(&request).into(),
            Request::OffsetCommit(request) => self.offset_commit(&request).into(),
            other => panic!("the fake broker was asked {other:?}"),
        }
    }

    fn api_versions(&self) -> ApiVersionsResponse {
        let newest = self.state().api_versions_max;
        let apis = [
            ApiKey::Produce,
            ApiKey::Fetch,
            ApiKey::ListOffsets,
            ApiKey::Metadata,
            ApiKey::InitProducerId,
            ApiKey::FindCoordinator,
            ApiKey::JoinGroup,
            ApiKey::SyncGroup,
            ApiKey::Heartbeat,
            ApiKey::LeaveGroup,
            ApiKey::OffsetFetch,
            ApiKey::OffsetCommit,
            ApiKey::ApiVersions,
        ];
        ApiVersionsResponse {
            api_keys: apis
                .into_iter()
                .map(|api| ApiVersion {
                    api_key: api.code(),
                    min_version: api.versions().min,
                    max_version: if api == ApiKey::ApiVersions {
                        newest
                    } else {
                        api.versions().max
                    },
                    ..ApiVersion::default()
                })
                .collect(),
            ..ApiVersionsResponse::default()
        }
    }

    fn metadata(&self, request: &MetadataRequest) -> MetadataResponse {
        let count = self.state().partitions;
        let topics = request.topics.clone().unwrap_or_default();
        MetadataResponse {
            brokers: vec![MetadataResponseBroker {
                node_id: 1,
                host: Str::from_static(HOST),
                port: i32::from(PORT),
                ..MetadataResponseBroker::default()
            }],
            controller_id: 1,
            topics: topics
                .into_iter()
                .map(|topic| {
                    let is_missing =
                        topic.name.as_deref().is_some_and(|n| n.starts_with("missing"));
                    MetadataResponseTopic {
                        error_code: if is_missing {
                            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
                        } else {
                            ErrorCode::NONE
                        },
                        name: topic.name,
                        topic_id: Uuid::from_parts(1, 1),
                        partitions: (0..if is_missing { 0 } else { count })
                            .map(|partition_index| MetadataResponsePartition {
                                partition_index,
                                leader_id: 1,
                                replica_nodes: vec![1],
                                isr_nodes: vec![1],
                                ..MetadataResponsePartition::default()
                            })
                            .collect(),
                        ..MetadataResponseTopic::default()
                    }
                })
                .collect(),
            ..MetadataResponse::default()
        }
    }

    fn produce(&self, request: &ProduceRequest, fault: Option<Fault>) -> ProduceResponse {
        let mut state = self.state();
        let limit = state.batch_bytes_max.unwrap_or(usize::MAX);
        let mut responses = Vec::new();
        for topic in &request.topic_data {
            let mut partition_responses = Vec::new();
            for partition in &topic.partition_data {
                let records = partition.records.as_ref().and_then(Records::to_bytes);
                let batch = batches(records.expect("bytes")).next().expect("a batch");
                let batch = batch.expect("a good frame");
                batch.verify_crc().expect("a right checksum");
                let log = state.logs.entry((topic.name.to_string(), partition.index)).or_default();
                let result = match fault {
                    Some(Fault::Refuse(code)) => Err(code),
                    _ if batch.bytes().len() > limit => Err(ErrorCode::MESSAGE_TOO_LARGE),
                    _ => log.produce(&batch),
                };
                partition_responses.push(PartitionProduceResponse {
                    index: partition.index,
                    error_code: result.err().unwrap_or(ErrorCode::NONE),
                    base_offset: result.unwrap_or(-1),
                    ..PartitionProduceResponse::default()
                });
            }
            responses.push(TopicProduceResponse {
                name: topic.name.clone(),
                partition_responses,
                ..TopicProduceResponse::default()
            });
        }
        ProduceResponse { responses, ..ProduceResponse::default() }
    }

    /// The answer, and whether there is nothing in it.
    fn fetch(&self, request: &FetchRequest) -> (FetchResponse, bool) {
        let mut state = self.state();
        let mut is_empty = true;
        let mut responses = Vec::new();
        for topic in &request.topics {
            let mut partitions = Vec::new();
            for asked in &topic.partitions {
                let log = state.logs.entry((topic.topic.to_string(), asked.partition)).or_default();
                let end = log.end();
                let is_out = asked.fetch_offset < log.start || asked.fetch_offset > end;
                let mut bytes = BytesMut::new();
                for batch in &log.batches {
                    let is_read = batch.header().next_offset().get() > asked.fetch_offset;
                    // Two batches an answer, so that there are several.
                    if is_read && bytes.len() < 200 && !is_out {
                        bytes.extend_from_slice(batch.bytes());
                    }
                }
                is_empty &= bytes.is_empty() && !is_out;
                partitions.push(PartitionData {
                    partition_index: asked.partition,
                    error_code: if is_out {
                        ErrorCode::OFFSET_OUT_OF_RANGE
                    } else {
                        ErrorCode::NONE
                    },
                    high_watermark: end,
                    last_stable_offset: end,
                    records: Some(Records::from(bytes.freeze())),
                    ..PartitionData::default()
                });
            }
            responses.push(FetchableTopicResponse {
                topic: topic.topic.clone(),
                partitions,
                ..FetchableTopicResponse::default()
            });
        }
        (FetchResponse { responses, ..FetchResponse::default() }, is_empty)
    }

    fn list_offsets(&self, request: &ListOffsetsRequest) -> ListOffsetsResponse {
        let mut state = self.state();
        let mut topics = Vec::new();
        for topic in &request.topics {
            let mut partitions = Vec::new();
            for asked in &topic.partitions {
                let log =
                    state.logs.entry((topic.name.to_string(), asked.partition_index)).or_default();
                partitions.push(ListOffsetsPartitionResponse {
                    partition_index: asked.partition_index,
                    offset: if asked.timestamp == -2 { log.start } else { log.end() },
                    ..ListOffsetsPartitionResponse::default()
                });
            }
            topics.push(ListOffsetsTopicResponse {
                name: topic.name.clone(),
                partitions,
                ..ListOffsetsTopicResponse::default()
            });
        }
        ListOffsetsResponse { topics, ..ListOffsetsResponse::default() }
    }

    /// A group of one: whoever joins leads.
    fn join(&self, request: &JoinGroupRequest) -> JoinGroupResponse {
        if request.member_id.is_empty() {
            return JoinGroupResponse {
                error_code: ErrorCode::MEMBER_ID_REQUIRED,
                member_id: Str::from_static("member-1"),
                protocol_name: Some(Str::EMPTY),
                ..JoinGroupResponse::default()
            };
        }
        let mut state = self.state();
        state.generation += 1;
        let protocol = &request.protocols[0];
        JoinGroupResponse {
            generation_id: state.generation,
            protocol_type: Some(request.protocol_type.clone()),
            protocol_name: Some(protocol.name.clone()),
            leader: request.member_id.clone(),
            member_id: request.member_id.clone(),
            members: vec![JoinGroupResponseMember {
                member_id: request.member_id.clone(),
                metadata: protocol.metadata.clone(),
                ..JoinGroupResponseMember::default()
            }],
            ..JoinGroupResponse::default()
        }
    }

    fn sync(&self, request: SyncGroupRequest) -> SyncGroupResponse {
        let mut state = self.state();
        if let Some(assignment) = request.assignments.into_iter().next() {
            state.assignment = assignment.assignment;
        }
        SyncGroupResponse { assignment: state.assignment.clone(), ..SyncGroupResponse::default() }
    }

    fn offset_fetch(&self, request: &OffsetFetchRequest) -> OffsetFetchResponse {
        let state = self.state();
        let group = &request.groups[0];
        let topics = group.topics.clone().unwrap_or_default();
        OffsetFetchResponse {
            groups: vec![OffsetFetchResponseGroup {
                group_id: group.group_id.clone(),
                topics: topics
                    .into_iter()
                    .map(|topic| OffsetFetchResponseTopics {
                        partitions: topic
                            .partition_indexes
                            .iter()
                            .map(|index| OffsetFetchResponsePartitions {
                                partition_index: *index,
                                committed_offset: state
                                    .committed
                                    .get(&(topic.name.to_string(), *index))
                                    .copied()
                                    .unwrap_or(-1),
                                ..OffsetFetchResponsePartitions::default()
                            })
                            .collect(),
                        name: topic.name,
                        ..OffsetFetchResponseTopics::default()
                    })
                    .collect(),
                ..OffsetFetchResponseGroup::default()
            }],
            ..OffsetFetchResponse::default()
        }
    }

    fn offset_commit(&self, request: &OffsetCommitRequest) -> OffsetCommitResponse {
        let mut state = self.state();
        let mut topics = Vec::new();
        for topic in &request.topics {
            for partition in &topic.partitions {
                let key = (topic.name.to_string(), partition.partition_index);
                state.committed.insert(key, partition.committed_offset);
            }
            topics.push(OffsetCommitResponseTopic {
                name: topic.name.clone(),
                partitions: topic
                    .partitions
                    .iter()
                    .map(|partition| OffsetCommitResponsePartition {
                        partition_index: partition.partition_index,
                        ..OffsetCommitResponsePartition::default()
                    })
                    .collect(),
                ..OffsetCommitResponseTopic::default()
            });
        }
        OffsetCommitResponse { topics, ..OffsetCommitResponse::default() }
    }
}
