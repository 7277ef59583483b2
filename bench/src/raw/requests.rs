//! Requests prepared once and sent many times.
//!
//! The versions are the newest without tagged fields, spoken alike by Apache Kafka 4.3.1 and Keld:
//! Produce 8, Fetch 11, ListOffsets 5, Metadata 8, OffsetCommit 7, CreateTopics 4, DeleteTopics 3,
//! IncrementalAlterConfigs 0, FindCoordinator 2, ApiVersions 2. A frame is the whole of what goes over the socket; its
//! correlation id (bytes 8 to 11) is written by who sends it.

use anyhow::Context;
use bytes::Bytes;
use keld_record::{BatchBuilder, Compression};
use keld_wire::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use keld_wire::messages::fetch_request::{FetchPartition, FetchTopic};
use keld_wire::messages::incremental_alter_configs_request::{
    AlterConfigsResource, AlterableConfig,
};
use keld_wire::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use keld_wire::messages::metadata_request::MetadataRequestTopic;
use keld_wire::messages::offset_commit_request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::{
    ApiVersionsRequest, CreateTopicsRequest, DeleteTopicsRequest, FetchRequest,
    FindCoordinatorRequest, IncrementalAlterConfigsRequest, ListOffsetsRequest, MetadataRequest,
    OffsetCommitRequest, ProduceRequest,
};
use keld_wire::{Records, Request, Rpc, Str, encode_request};

/// Bytes of length, API key, version and correlation id: what a sender writes anew.
pub(super) const HEAD_LENGTH: usize = 12;

/// Marks the place of an offset in a template; no length, epoch or name looks like it.
const OFFSET_MARK: i64 = 0x0123_4567_89ab_cdef;

pub(super) const PRODUCE_VERSION: i16 = 8;
pub(super) const FETCH_VERSION: i16 = 11;
pub(super) const LIST_OFFSETS_VERSION: i16 = 5;
pub(super) const METADATA_VERSION: i16 = 8;
pub(super) const OFFSET_COMMIT_VERSION: i16 = 7;
pub(super) const CREATE_TOPICS_VERSION: i16 = 4;
pub(super) const DELETE_TOPICS_VERSION: i16 = 3;
pub(super) const ALTER_CONFIGS_VERSION: i16 = 0;
pub(super) const FIND_COORDINATOR_VERSION: i16 = 2;
pub(super) const API_VERSIONS_VERSION: i16 = 2;

/// A text on the wire.
pub(super) fn text(text: &str) -> Str {
    Str::from_utf8(Bytes::copy_from_slice(text.as_bytes())).expect("a str is UTF-8")
}

/// A request as it goes over the socket, with correlation id 0.
pub(super) fn frame(request: &Request, version: i16) -> anyhow::Result<Vec<u8>> {
    let encoded = encode_request(0, Some(Str::from_static("keld-bench")), request, version)?;
    Ok(encoded.to_bytes().context("a request without external records")?.to_vec())
}

/// What fills a record's value, and how the batch is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// Printable bytes at random: nothing compresses them much.
    Random,
    /// Words at random, some three to five times smaller when compressed.
    Words,
}

/// A small generator (xorshift64): the same bytes in every run.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new() -> Self {
        Self(88_172_645_463_325_252)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A value of `size` bytes.
    pub(super) fn value(&mut self, payload: Payload, size: usize) -> Vec<u8> {
        const WORDS: [&str; 12] = [
            "page_view",
            "add_to_cart",
            "checkout",
            "login",
            "search",
            "impression",
            "\"user\":",
            "\"price\":",
            "\"country\":\"DE\"",
            "Mozilla/5.0 (X11; Linux x86_64)",
            "true",
            "null",
        ];
        let mut value = Vec::with_capacity(size + 64);
        while value.len() < size {
            match payload {
                Payload::Random => value.push(b'A' + (self.next() >> 33).to_le_bytes()[0] % 58),
                Payload::Words => {
                    let number = self.next() >> 20;
                    let word = WORDS[usize::try_from(number % 12).unwrap_or(0)];
                    value.extend_from_slice(word.as_bytes());
                    value.extend_from_slice(format!(",{:x},", number % 65_536).as_bytes());
                }
            }
        }
        value.truncate(size);
        value
    }
}

/// A batch of `records` records of `size` random bytes each.
pub(crate) fn record_batch(records: usize, size: usize, now_ms: i64) -> anyhow::Result<Bytes> {
    let mut random = Random::new();
    let mut builder = BatchBuilder::new(Compression::None);
    for _ in 0..records {
        builder.append(now_ms, None, Some(&random.value(Payload::Random, size)), &[])?;
    }
    Ok(builder.finish()?)
}

/// A Produce request of one batch to one partition.
pub(super) fn produce(
    topic: &str,
    partition: i32,
    acks: i16,
    batch: &Bytes,
) -> anyhow::Result<Vec<u8>> {
    let data = PartitionProduceData {
        index: partition,
        records: Some(Records::from(batch.clone())),
        ..PartitionProduceData::default()
    };
    let request = ProduceRequest {
        acks,
        timeout_ms: 30_000,
        topic_data: vec![TopicProduceData {
            name: text(topic),
            partition_data: vec![data],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    };
    frame(&Request::Produce(request), PRODUCE_VERSION)
}

/// A Produce of one batch to each of some partitions, acknowledged by all replicas in sync.
pub(super) fn produce_each(topic: &str, partitions: &[i32], batch: &Bytes) -> ProduceRequest {
    let partition = |index: &i32| PartitionProduceData {
        index: *index,
        records: Some(Records::from(batch.clone())),
        ..PartitionProduceData::default()
    };
    ProduceRequest {
        acks: -1,
        timeout_ms: 30_000,
        topic_data: vec![TopicProduceData {
            name: text(topic),
            partition_data: partitions.iter().map(partition).collect(),
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    }
}

/// A frame with an offset to fill in.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) bytes: Vec<u8>,
    offset_at: usize,
}

impl Template {
    fn new(bytes: Vec<u8>) -> anyhow::Result<Self> {
        let mark = OFFSET_MARK.to_be_bytes();
        let offset_at =
            bytes.windows(8).position(|window| window == mark).context("no offset in a request")?;
        Ok(Self { bytes, offset_at })
    }

    /// Writes the offset.
    pub(super) fn set_offset(&mut self, offset: i64) {
        self.bytes[self.offset_at..self.offset_at + 8].copy_from_slice(&offset.to_be_bytes());
    }
}

/// What a Fetch waits for and brings.
#[derive(Clone, Copy, Debug)]
pub(super) struct FetchLimits {
    pub(super) partition_bytes_max: i32,
    pub(super) wait_ms_max: i32,
}

/// A Fetch request of one partition.
pub(super) fn fetch(topic: &str, partition: i32, limits: FetchLimits) -> anyhow::Result<Template> {
    let request = FetchRequest {
        max_wait_ms: limits.wait_ms_max,
        min_bytes: 1,
        topics: vec![FetchTopic {
            topic: text(topic),
            partitions: vec![FetchPartition {
                partition,
                fetch_offset: OFFSET_MARK,
                partition_max_bytes: limits.partition_bytes_max,
                ..FetchPartition::default()
            }],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    };
    Template::new(frame(&Request::Fetch(request), FETCH_VERSION)?)
}

/// An OffsetCommit of one partition by a group without members.
pub(super) fn offset_commit(group: &str, topic: &str, partition: i32) -> anyhow::Result<Template> {
    let request = OffsetCommitRequest {
        group_id: text(group),
        generation_id_or_member_epoch: -1,
        topics: vec![OffsetCommitRequestTopic {
            name: text(topic),
            partitions: vec![OffsetCommitRequestPartition {
                partition_index: partition,
                committed_offset: OFFSET_MARK,
                committed_leader_epoch: -1,
                committed_metadata: Some(Str::EMPTY),
                ..OffsetCommitRequestPartition::default()
            }],
            ..OffsetCommitRequestTopic::default()
        }],
        ..OffsetCommitRequest::default()
    };
    Template::new(frame(&Request::OffsetCommit(request), OFFSET_COMMIT_VERSION)?)
}

/// Metadata of the named topics.
pub(super) fn metadata(topics: &[String], create: bool) -> MetadataRequest {
    let topic =
        |name: &String| MetadataRequestTopic { name: Some(text(name)), ..Default::default() };
    MetadataRequest {
        topics: Some(topics.iter().map(topic).collect()),
        allow_auto_topic_creation: create,
        ..MetadataRequest::default()
    }
}

/// The ends of partitions of a topic: what a broker tells only of partitions that it leads.
pub(super) fn list_offsets(topic: &str, partitions: &[i32]) -> ListOffsetsRequest {
    const LATEST: i64 = -1;
    let partition = |index: &i32| ListOffsetsPartition {
        partition_index: *index,
        current_leader_epoch: -1,
        timestamp: LATEST,
        ..ListOffsetsPartition::default()
    };
    ListOffsetsRequest {
        replica_id: -1,
        topics: vec![ListOffsetsTopic {
            name: text(topic),
            partitions: partitions.iter().map(partition).collect(),
            ..ListOffsetsTopic::default()
        }],
        ..ListOffsetsRequest::default()
    }
}

/// ApiVersions as old clients ask it.
pub(super) fn api_versions() -> anyhow::Result<Vec<u8>> {
    frame(&Request::ApiVersions(ApiVersionsRequest::default()), API_VERSIONS_VERSION)
}

/// Where the replicas of a new topic are.
#[derive(Clone, Debug)]
pub(crate) enum Replicas {
    /// So many, wherever the controller puts them.
    Count(i16),
    /// Those of each partition on these nodes, of which the first leads.
    On(Vec<Vec<i32>>),
}

/// A topic to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewTopic {
    pub(crate) name: String,
    /// Of a topic whose replicas are placed, as many as there are places.
    pub(crate) partitions: i32,
    pub(crate) replicas: Replicas,
    pub(crate) configs: Vec<(String, String)>,
}

/// CreateTopics of several topics.
pub(super) fn create_topics(topics: &[NewTopic]) -> CreateTopicsRequest {
    let config = |(name, value): &(String, String)| CreatableTopicConfig {
        name: text(name),
        value: Some(text(value)),
        ..CreatableTopicConfig::default()
    };
    let place = |(index, nodes): (i32, &Vec<i32>)| CreatableReplicaAssignment {
        partition_index: index,
        broker_ids: nodes.clone(),
        ..CreatableReplicaAssignment::default()
    };
    let topic = |topic: &NewTopic| CreatableTopic {
        name: text(&topic.name),
        // With places, both numbers are told by them.
        num_partitions: match topic.replicas {
            Replicas::Count(_) => topic.partitions,
            Replicas::On(_) => -1,
        },
        replication_factor: match topic.replicas {
            Replicas::Count(count) => count,
            Replicas::On(_) => -1,
        },
        assignments: match &topic.replicas {
            Replicas::Count(_) => Vec::new(),
            Replicas::On(places) => (0..).zip(places).map(place).collect(),
        },
        configs: topic.configs.iter().map(config).collect(),
        ..CreatableTopic::default()
    };
    CreateTopicsRequest {
        topics: topics.iter().map(topic).collect(),
        timeout_ms: 60_000,
        ..CreateTopicsRequest::default()
    }
}

/// Whose options are set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Resource {
    Topic,
    Broker,
}

/// IncrementalAlterConfigs that sets options of a topic or a broker.
pub(super) fn alter(
    resource: Resource,
    name: &str,
    options: &[(&str, &str)],
) -> IncrementalAlterConfigsRequest {
    const SET: i8 = 0;
    let config = |(name, value): &(&str, &str)| AlterableConfig {
        name: text(name),
        config_operation: SET,
        value: Some(text(value)),
        ..AlterableConfig::default()
    };
    IncrementalAlterConfigsRequest {
        resources: vec![AlterConfigsResource {
            resource_type: match resource {
                Resource::Topic => 2,
                Resource::Broker => 4,
            },
            resource_name: text(name),
            configs: options.iter().map(config).collect(),
            ..AlterConfigsResource::default()
        }],
        ..IncrementalAlterConfigsRequest::default()
    }
}

/// DeleteTopics of several topics.
pub(super) fn delete_topics(topics: &[String]) -> DeleteTopicsRequest {
    DeleteTopicsRequest {
        topic_names: topics.iter().map(|name| text(name)).collect(),
        timeout_ms: 60_000,
        ..DeleteTopicsRequest::default()
    }
}

/// FindCoordinator of a group.
pub(super) fn find_coordinator(group: &str) -> FindCoordinatorRequest {
    FindCoordinatorRequest { key: text(group), key_type: 0, ..FindCoordinatorRequest::default() }
}

/// The frame of any request.
pub(super) fn frame_of<R: Rpc>(request: R, version: i16) -> anyhow::Result<Vec<u8>> {
    frame(&request.into(), version)
}

#[cfg(test)]
mod tests {
    use keld_record::{RecordBatch, batches};
    use keld_wire::{ApiKey, parse_request};

    use super::*;

    fn parse(frame: &[u8]) -> (ApiKey, i16, Request) {
        let length = u32::from_be_bytes(frame[..4].try_into().unwrap());
        assert_eq!(usize::try_from(length).unwrap() + 4, frame.len());
        let (preamble, request, behind) =
            parse_request(Bytes::copy_from_slice(&frame[4..])).unwrap();
        assert_eq!(behind, 0);
        (preamble.api_key, preamble.version(), request)
    }

    #[test]
    fn a_prepared_produce_carries_a_valid_batch() {
        let batch = record_batch(63, 1024, 1_700_000_000_000).unwrap();
        let frame = produce("t", 3, 1, &batch).unwrap();
        let (api_key, version, request) = parse(&frame);
        assert_eq!((api_key, version), (ApiKey::Produce, 8));
        let Request::Produce(request) = request else { panic!("not a Produce") };
        assert_eq!(request.acks, 1);
        let partition = &request.topic_data[0].partition_data[0];
        assert_eq!(partition.index, 3);
        let records = partition.records.as_ref().unwrap().to_bytes().unwrap();
        let batches: Vec<RecordBatch> = batches(records.clone()).collect::<Result<_, _>>().unwrap();
        assert_eq!(batches.len(), 1);
        assert_eq!(batches[0].header().record_count, 63);
        assert!(records.len() > 63 * 1024 && records.len() < 63 * 1024 + 2048);
    }

    #[test]
    fn the_offset_of_a_template_is_the_one_set() {
        let limits = FetchLimits { partition_bytes_max: 65_536, wait_ms_max: 500 };
        let mut template = fetch("topic", 7, limits).unwrap();
        template.set_offset(4_711);
        let Request::Fetch(request) = parse(&template.bytes).2 else { panic!("not a Fetch") };
        let partition = &request.topics[0].partitions[0];
        assert_eq!((partition.partition, partition.fetch_offset), (7, 4_711));
        assert_eq!(partition.partition_max_bytes, 65_536);

        let mut template = offset_commit("g", "topic", 2).unwrap();
        template.set_offset(12);
        let Request::OffsetCommit(request) = parse(&template.bytes).2 else { panic!("no commit") };
        assert_eq!(request.topics[0].partitions[0].committed_offset, 12);
    }

    #[test]
    fn places_of_replicas_stand_for_the_numbers() {
        let topic = |replicas| NewTopic {
            name: "t".to_owned(),
            partitions: 2,
            replicas,
            configs: Vec::new(),
        };
        let placed = create_topics(&[topic(Replicas::On(vec![vec![3, 1], vec![2, 3]]))]);
        let placed = &placed.topics[0];
        assert_eq!((placed.num_partitions, placed.replication_factor), (-1, -1));
        assert_eq!(placed.assignments[1].partition_index, 1);
        assert_eq!(placed.assignments[1].broker_ids, [2, 3]);
        let counted = create_topics(&[topic(Replicas::Count(3))]);
        let counted = &counted.topics[0];
        assert_eq!((counted.num_partitions, counted.replication_factor), (2, 3));
        assert!(counted.assignments.is_empty());
    }

    #[test]
    fn values_have_the_size_asked_for_and_words_compress() {
        let mut random = Random::new();
        assert_eq!(random.value(Payload::Random, 100).len(), 100);
        let words = random.value(Payload::Words, 1024);
        assert_eq!(words.len(), 1024);
        let mut builder = BatchBuilder::new(Compression::Lz4);
        for _ in 0..64 {
            builder.append(0, None, Some(&random.value(Payload::Words, 1024)), &[]).unwrap();
        }
        assert!(builder.finish().unwrap().len() < 40 * 1024);
    }
}
