//! A simulated node with its disk, and a raw client.

use crate::node::{Node, StartError};
use bytes::Bytes;
use keld_config::Properties;
use keld_controller::{Command, Reply};
use keld_env::sim::{Process, SimDisk, Simulation};
use keld_env::{Address, Disk, Env, Stream};
use keld_log::{LogDirectory, MetaProperties};
use keld_record::{BatchBuilder, BatchProducer, Compression};
use keld_types::{BrokerId, ClusterId, DirectoryId, ErrorCode, TopicId, Uuid};
use keld_wire::messages::CreateTopicsRequest;
use keld_wire::messages::create_topics_request::{
    CreatableReplicaAssignment, CreatableTopic, CreatableTopicConfig,
};
use keld_wire::{ApiKey, Decode, Decoder, Encode, Encoder, RequestHeader, ResponseHeader, Rpc};
use std::future::poll_fn;
use std::io::IoSlice;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub(super) const HOST: &str = "node";
pub(super) const PORT: u16 = 9092;

pub(super) struct World {
    pub(super) simulation: Simulation,
    pub(super) process: Process,
    pub(super) client: Process,
    pub(super) node: Arc<Node>,
}

/// Formats the directories of a cluster of one.
pub(super) fn format(disk: &SimDisk, dirs: &[&str]) {
    for (index, dir) in dirs.iter().enumerate() {
        let meta = MetaProperties {
            cluster_id: ClusterId::new("qJ8oL0l0RkCkKmSvbSjSZQ"),
            node_id: BrokerId::new(1),
            directory_id: Some(DirectoryId::new(Uuid::from_parts(7, 100 + index as u64))),
        };
        LogDirectory::format(disk, Path::new(dir), &meta).unwrap();
    }
    for ancestor in dirs.iter().flat_map(|dir| Path::new(*dir).ancestors().skip(1)) {
        disk.sync_dir(ancestor).unwrap();
    }
}

pub(super) fn properties(dirs: &[&str], options: &[(&str, &str)]) -> Properties {
    let mut properties = Properties::new();
    let dirs = dirs.join(",");
    for (name, value) in [
        ("process.roles", "broker,controller"),
        ("node.id", "1"),
        ("listeners", "PLAINTEXT://node:9092,CONTROLLER://node:9093"),
        ("controller.listener.names", "CONTROLLER"),
        ("controller.quorum.voters", "1@node:9093"),
        ("log.dirs", dirs.as_str()),
        ("offsets.topic.replication.factor", "1"),
    ] {
        properties.set(name, value);
    }
    for (name, value) in options {
        properties.set(*name, *value);
    }
    properties
}

impl World {
    pub(super) fn new(options: &[(&str, &str)]) -> Self {
        Self::with_dirs(&["/data"], options)
    }

    pub(super) fn with_dirs(dirs: &[&str], options: &[(&str, &str)]) -> Self {
        let disk = SimDisk::new();
        format(&disk, dirs);
        Self::try_on(disk, dirs, options).unwrap()
    }

    /// A node on a disk that was there before.
    pub(super) fn try_on(
        disk: SimDisk,
        dirs: &[&str],
        options: &[(&str, &str)],
    ) -> Result<Self, StartError> {
        Self::try_in(disk, dirs, options, Env::clone)
    }

    /// A node that sees what `seen` makes of its environment.
    pub(super) fn try_in(
        disk: SimDisk,
        dirs: &[&str],
        options: &[(&str, &str)],
        seen: impl FnOnce(&Env) -> Env,
    ) -> Result<Self, StartError> {
        let mut simulation = Simulation::new(11);
        let process = simulation.process_on(HOST, disk);
        let client = simulation.process("client");
        let start = Node::start(properties(dirs, options), seen(process.env()));
        let node = simulation.run(&process, start).expect("the start completes")?;
        Ok(Self { simulation, process, client, node })
    }

    /// Stops the node cleanly and starts another on its disk.
    pub(super) fn restarted(self, dirs: &[&str], options: &[(&str, &str)]) -> Self {
        let node = Arc::clone(&self.node);
        self.simulation.run(&self.process, async move { node.stop().await }).unwrap();
        let disk = self.process.kill();
        Self::try_on(disk, dirs, options).unwrap()
    }

    /// Runs a client against the node.
    pub(super) fn talk<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
        &self,
        talk: impl FnOnce(Env) -> F,
    ) -> T {
        self.simulation.run(&self.client, talk(self.client.env().clone())).unwrap()
    }

    /// Creates a topic and gives its id.
    pub(super) fn create(&self, name: &str, partitions: i32, configs: &[(&str, &str)]) -> TopicId {
        let request = CreateTopicsRequest {
            topics: vec![CreatableTopic {
                name: name.into(),
                num_partitions: partitions,
                replication_factor: 1,
                configs: configs
                    .iter()
                    .map(|(name, value)| CreatableTopicConfig {
                        name: (*name).into(),
                        value: Some((*value).into()),
                        ..CreatableTopicConfig::default()
                    })
                    .collect(),
                ..CreatableTopic::default()
            }],
            timeout_ms: 1000,
            ..CreateTopicsRequest::default()
        };
        let submitted = self.node.quorum.submit(Command::CreateTopics(request));
        match self.simulation.run(&self.process, submitted).unwrap() {
            Reply::CreateTopics(response) => {
                let topic = &response.topics[0];
                assert_eq!(topic.error_code, ErrorCode::NONE, "{:?}", topic.error_message);
                TopicId::new(topic.topic_id)
            }
            reply => panic!("{reply:?}"),
        }
    }

    pub(super) fn run_for(&self, duration: Duration) {
        self.simulation.run_for(duration).unwrap();
    }
}

/// A connection that sends whatever it is told to.
pub(super) struct Client {
    stream: Box<dyn Stream>,
    next_correlation_id: i32,
}

impl Client {
    pub(super) async fn connect(env: &Env) -> Self {
        Self::connect_to(env, PORT).await
    }

    pub(super) async fn connect_to(env: &Env, port: u16) -> Self {
        Self::over(env.network.connect(Address { host: HOST.into(), port }).await.unwrap())
    }

    pub(super) fn over(stream: Box<dyn Stream>) -> Self {
        Self { stream, next_correlation_id: 1 }
    }

    pub(super) async fn send_frame(&mut self, body: &[u8]) {
        let mut frame = (body.len() as i32).to_be_bytes().to_vec();
        frame.extend_from_slice(body);
        self.send_bytes(&frame).await;
    }

    async fn send_bytes(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() {
            let slices = [IoSlice::new(rest)];
            let sent = poll_fn(|context| self.stream.poll_write(context, &slices)).await.unwrap();
            rest = &rest[sent..];
        }
    }

    /// Sends a request; its correlation id.
    pub(super) async fn send<R: Rpc>(&mut self, request: &R, version: i16) -> i32 {
        self.send_together(std::slice::from_ref(request), version).await
    }

    /// Sends requests so that they arrive as one piece; the correlation id of the first.
    pub(super) async fn send_together<R: Rpc>(&mut self, requests: &[R], version: i16) -> i32 {
        let first = self.next_correlation_id;
        let mut bytes = Vec::new();
        for request in requests {
            let header = RequestHeader {
                request_api_key: R::API_KEY.code(),
                request_api_version: version,
                correlation_id: self.next_correlation_id,
                client_id: Some("test".into()),
                ..RequestHeader::default()
            };
            self.next_correlation_id += 1;
            let mut out = Encoder::new();
            header.encode(&mut out, R::API_KEY.request_header_version(version)).unwrap();
            request.encode(&mut out, version).unwrap();
            let body = out.finish_bytes().unwrap();
            bytes.extend_from_slice(&(body.len() as i32).to_be_bytes());
            bytes.extend_from_slice(&body);
        }
        self.send_bytes(&bytes).await;
        first
    }

    /// The next frame; `None` at the end of the connection.
    pub(super) async fn receive_frame(&mut self) -> Option<Bytes> {
        let prefix = self.read(4).await?;
        let length = i32::from_be_bytes([prefix[0], prefix[1], prefix[2], prefix[3]]);
        self.read(length as usize).await.map(Bytes::from)
    }

    async fn read(&mut self, length: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        while out.len() < length {
            let mut buffer = vec![0; length - out.len()];
            match poll_fn(|context| self.stream.poll_read(context, &mut buffer)).await {
                Ok(0) | Err(_) => return None,
                Ok(read) => out.extend_from_slice(&buffer[..read]),
            }
        }
        Some(out)
    }

    pub(super) async fn receive<T: Decode>(
        &mut self,
        key: ApiKey,
        version: i16,
    ) -> Option<(i32, T)> {
        let mut input = Decoder::new(self.receive_frame().await?);
        let header =
            ResponseHeader::decode(&mut input, key.response_header_version(version)).unwrap();
        let body = T::decode(&mut input, version).unwrap();
        assert_eq!(input.remaining(), 0, "nothing behind the body");
        Some((header.correlation_id, body))
    }

    pub(super) async fn call<R: Rpc>(&mut self, request: R, version: i16) -> R::Response {
        let correlation_id = self.send(&request, version).await;
        let (answered, response) = self.receive(R::API_KEY, version).await.expect("an answer");
        assert_eq!(answered, correlation_id);
        response
    }
}

/// A batch of records with these values.
pub(super) fn batch(values: &[&str]) -> Bytes {
    batch_of(Compression::None, keld_env::sim::WALL_START_MS, None, values)
}

pub(super) fn batch_of(
    compression: Compression,
    timestamp: i64,
    producer: Option<BatchProducer>,
    values: &[&str],
) -> Bytes {
    let mut builder = BatchBuilder::new(compression);
    if let Some(producer) = producer {
        builder = builder.producer(producer);
    }
    for value in values {
        builder.append(timestamp, Some(b"key"), Some(value.as_bytes()), &[]).unwrap();
    }
    builder.finish().unwrap()
}

pub(super) fn dir(path: &str) -> PathBuf {
    PathBuf::from(path)
}

/// A disk that a node of this id was formatted on.
pub(super) fn formatted(id: i32) -> SimDisk {
    formatted_in("qJ8oL0l0RkCkKmSvbSjSZQ", id)
}

/// The same, of another cluster.
pub(super) fn formatted_in(cluster_id: &str, id: i32) -> SimDisk {
    let disk = SimDisk::new();
    let meta = MetaProperties {
        cluster_id: ClusterId::new(cluster_id),
        node_id: BrokerId::new(id),
        directory_id: Some(DirectoryId::new(Uuid::from_parts(7, u64::try_from(id).unwrap()))),
    };
    LogDirectory::format(&disk, Path::new("/data"), &meta).unwrap();
    disk.sync_dir(Path::new("/")).unwrap();
    disk
}

/// Asks for topic `t` with one partition for each list of replicas.
pub(super) fn topic_on<'a>(replicas: impl Iterator<Item = &'a [i32]>) -> CreateTopicsRequest {
    let assignments =
        (0..).zip(replicas).map(|(partition_index, broker_ids)| CreatableReplicaAssignment {
            partition_index,
            broker_ids: broker_ids.to_vec(),
            ..Default::default()
        });
    let topic = CreatableTopic {
        name: "t".into(),
        num_partitions: -1,
        replication_factor: -1,
        assignments: assignments.collect(),
        ..Default::default()
    };
    CreateTopicsRequest { topics: vec![topic], timeout_ms: 5000, ..Default::default() }
}
