//! A blocking client for what comes before and after a measurement: topics made and deleted,
//! leaders waited for, the first acknowledged record of a node that starts.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bytes::Bytes;
use keld_types::ErrorCode;
use keld_wire::messages::MetadataResponse;
use keld_wire::{Response, Rpc, parse_response};

use super::replies;
use super::requests::{self, NewTopic, Resource};
use crate::server::{now, pause};

/// How long an answer may take before the connection is given up.
const ANSWER_MAX: Duration = Duration::from_mins(2);

/// An answer larger than this is not one.
const ANSWER_BYTES_MAX: usize = 256 << 20;

/// A connection that asks and waits.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream =
            TcpStream::connect(address).with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_MAX))?;
        Ok(Self { stream })
    }

    /// Sends a frame; the answer without its length.
    fn exchange(&mut self, frame: &[u8]) -> anyhow::Result<Bytes> {
        self.stream.write_all(frame)?;
        let mut prefix = [0; 4];
        self.stream.read_exact(&mut prefix)?;
        let length = usize::try_from(u32::from_be_bytes(prefix))?;
        if length > ANSWER_BYTES_MAX {
            bail!("an answer of {length} bytes");
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        Ok(answer.into())
    }

    pub(super) fn call<R: Rpc>(&mut self, request: R, version: i16) -> anyhow::Result<Response> {
        let answer = self.exchange(&requests::frame_of(request, version)?)?;
        Ok(parse_response(answer, R::API_KEY, version)?.1)
    }

    /// Makes topics in one request; how many were refused, and the first refusal.
    pub(crate) fn create_topics(&mut self, topics: &[NewTopic]) -> anyhow::Result<Refused> {
        let request = requests::create_topics(topics);
        match self.call(request, requests::CREATE_TOPICS_VERSION)? {
            Response::CreateTopics(response) => {
                Ok(Refused::of(response.topics.iter().map(|topic| topic.error_code)))
            }
            other => bail!("not an answer to CreateTopics: {other:?}"),
        }
    }

    /// Deletes topics in one request; those that do not exist are no error.
    pub(crate) fn delete_topics(&mut self, topics: &[String]) -> anyhow::Result<Refused> {
        const UNKNOWN_TOPIC_OR_PARTITION: ErrorCode = ErrorCode::from_code(3);
        let request = requests::delete_topics(topics);
        match self.call(request, requests::DELETE_TOPICS_VERSION)? {
            Response::DeleteTopics(response) => {
                let codes = response.responses.iter().map(|topic| topic.error_code);
                Ok(Refused::of(codes.filter(|code| *code != UNKNOWN_TOPIC_OR_PARTITION)))
            }
            other => bail!("not an answer to DeleteTopics: {other:?}"),
        }
    }

    /// Sets options of a topic.
    pub(crate) fn alter_topic(
        &mut self,
        topic: &str,
        options: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        self.alter(Resource::Topic, topic, options)
    }

    /// Sets options of a broker; this connection is to it.
    pub(crate) fn alter_broker(&mut self, id: i32, options: &[(&str, &str)]) -> anyhow::Result<()> {
        self.alter(Resource::Broker, &id.to_string(), options)
    }

    fn alter(
        &mut self,
        resource: Resource,
        name: &str,
        options: &[(&str, &str)],
    ) -> anyhow::Result<()> {
        let request = requests::alter(resource, name, options);
        match self.call(request, requests::ALTER_CONFIGS_VERSION)? {
            Response::IncrementalAlterConfigs(response) => {
                Refused::of(response.responses.iter().map(|one| one.error_code)).none()
            }
            other => bail!("not an answer to IncrementalAlterConfigs: {other:?}"),
        }
    }

    pub(crate) fn metadata(
        &mut self,
        topics: &[String],
        create: bool,
    ) -> anyhow::Result<MetadataResponse> {
        let request = requests::metadata(topics, create);
        match self.call(request, requests::METADATA_VERSION)? {
            Response::Metadata(response) => Ok(response),
            other => bail!("not an answer to Metadata: {other:?}"),
        }
    }

    /// Waits until every partition of the topics has a leader.
    pub(crate) fn wait_for_leaders(
        &mut self,
        topics: &[String],
        patience: Duration,
    ) -> anyhow::Result<()> {
        let began = now();
        loop {
            let metadata = self.metadata(topics, false)?;
            if metadata.topics.len() == topics.len()
                && metadata.topics.iter().all(|topic| {
                    topic.error_code.is_none()
                        && !topic.partitions.is_empty()
                        && topic
                            .partitions
                            .iter()
                            .all(|one| one.error_code.is_none() && one.leader_id >= 0)
                })
            {
                return Ok(());
            }
            if began.elapsed() > patience {
                bail!("no leaders for {} topics after {patience:?}", topics.len());
            }
            pause(Duration::from_millis(5));
        }
    }

    /// Waits until the broker serves every partition as its leader: metadata may name it before it
    /// knows so itself. Nothing is written.
    pub(crate) fn wait_until_served(
        &mut self,
        topic: &str,
        partitions: u32,
        patience: Duration,
    ) -> anyhow::Result<()> {
        let all: Vec<i32> = (0..i32::try_from(partitions)?).collect();
        self.wait_until_all_served(topic, &all, patience)
    }

    /// The same of some partitions.
    pub(crate) fn wait_until_all_served(
        &mut self,
        topic: &str,
        partitions: &[i32],
        patience: Duration,
    ) -> anyhow::Result<()> {
        let began = now();
        loop {
            let request = requests::list_offsets(topic, partitions);
            let answer = match self.call(request, requests::LIST_OFFSETS_VERSION)? {
                Response::ListOffsets(answer) => answer,
                other => bail!("not an answer to ListOffsets: {other:?}"),
            };
            let all = || answer.topics.iter().flat_map(|topic| &topic.partitions);
            let refused = Refused::of(all().map(|one| one.error_code));
            if refused.count == 0 && all().count() == partitions.len() {
                return Ok(());
            }
            if began.elapsed() > patience {
                bail!("{topic} is not served after {patience:?}: {:?}", refused.first);
            }
            pause(Duration::from_millis(5));
        }
    }

    /// Asks for a group's coordinator until there is one, which makes the topic of offsets.
    pub(crate) fn wait_for_coordinator(
        &mut self,
        group: &str,
        patience: Duration,
    ) -> anyhow::Result<()> {
        let began = now();
        loop {
            let request = requests::find_coordinator(group);
            match self.call(request, requests::FIND_COORDINATOR_VERSION)? {
                Response::FindCoordinator(answer) if answer.error_code.is_none() => return Ok(()),
                Response::FindCoordinator(answer) if began.elapsed() > patience => {
                    bail!("no coordinator of {group}: {:?}", answer.error_code)
                }
                Response::FindCoordinator(_) => pause(Duration::from_millis(10)),
                other => bail!("not an answer to FindCoordinator: {other:?}"),
            }
        }
    }

    /// Commits a prepared offset until the coordinator has loaded its part and takes it.
    pub(super) fn wait_for_commit(
        &mut self,
        frame: &[u8],
        patience: Duration,
    ) -> anyhow::Result<()> {
        let began = now();
        loop {
            let answer = self.exchange(frame)?;
            match replies::offset_commit(answer.get(4..).context("a short answer")?)? {
                0 => return Ok(()),
                error if began.elapsed() > patience => bail!("error {error} to a commit"),
                _ => pause(Duration::from_millis(10)),
            }
        }
    }

    /// Produces a prepared frame; the error code and the base offset.
    pub(crate) fn produce(&mut self, frame: &[u8]) -> anyhow::Result<(i16, i64)> {
        let answer = self.exchange(frame)?;
        replies::produce(answer.get(4..).context("a short answer")?)
    }
}

/// What of a request for several things was refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Refused {
    pub(crate) count: usize,
    pub(crate) first: ErrorCode,
}

impl Refused {
    pub(super) fn of(codes: impl Iterator<Item = ErrorCode>) -> Self {
        let mut refused = codes.filter(|code| !code.is_none()).peekable();
        let first = refused.peek().copied().unwrap_or_default();
        Self { count: refused.count(), first }
    }

    /// An error when anything was refused.
    pub(crate) fn none(self) -> anyhow::Result<()> {
        match self.count {
            0 => Ok(()),
            count => bail!("{count} refused, the first with {:?}", self.first),
        }
    }
}

/// When a node that starts became of use.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct FirstAnswer {
    /// Until a connection was accepted.
    pub(crate) connected: Duration,
    /// Until the topic's metadata had a leader.
    pub(crate) metadata: Duration,
    /// Until a record was acknowledged.
    pub(crate) acknowledged: Duration,
}

/// Tries until a record of 100 bytes is acknowledged by partition 0 of `topic`, which is made
/// when the node makes topics by itself. Times count from `began`.
pub(crate) fn first_acknowledged(
    address: SocketAddr,
    topic: &str,
    began: Instant,
    patience: Duration,
) -> anyhow::Result<FirstAnswer> {
    let batch = requests::record_batch(1, 100, 1)?;
    let frame = requests::produce(topic, 0, 1, &batch)?;
    let names = [topic.to_owned()];
    let (mut connected, mut metadata) = (None, None);
    while began.elapsed() < patience {
        let Ok(mut client) = Client::connect(address) else {
            pause(Duration::from_micros(500));
            continue;
        };
        connected.get_or_insert_with(|| began.elapsed());
        while began.elapsed() < patience {
            let Ok(answer) = client.metadata(&names, true) else { break };
            let led = answer.topics.iter().any(|topic| {
                topic.error_code.is_none()
                    && topic
                        .partitions
                        .iter()
                        .any(|one| one.partition_index == 0 && one.leader_id >= 0)
            });
            if led {
                metadata.get_or_insert_with(|| began.elapsed());
                match client.produce(&frame) {
                    Ok((0, _)) => {
                        return Ok(FirstAnswer {
                            connected: connected.unwrap_or_default(),
                            metadata: metadata.unwrap_or_default(),
                            acknowledged: began.elapsed(),
                        });
                    }
                    Ok(_) => {}
                    Err(_) => break,
                }
            }
            pause(Duration::from_millis(1));
        }
        pause(Duration::from_millis(1));
    }
    bail!("no record acknowledged by {address} within {patience:?}")
}
