//! Produce: each partition's batch is appended on this thread, in the order of the request; the
//! answer comes at once unless something must first be durable or replicated.

mod together;

pub(crate) use together::{handle_together, is_single};

use crate::context::RequestContext;
use crate::node::Node;
use crate::refusal::{LeaderHint, error_code, validate_code};
use crate::reply::Reply;
use futures_util::FutureExt;
use keld_log::AppendOrigin;
use keld_record::{BatchError, RecordBatch, ValidateError, check_produce_records};
use keld_replication::{Append, Appended, Committed, Partition, PartitionError};
use keld_types::{
    ErrorCode, PartitionIndex, RequiredAcks, TopicId, TopicName, TopicPartition, Uuid,
};
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::produce_response::{
    BatchIndexAndErrorMessage, LeaderIdAndEpoch, NodeEndpoint, PartitionProduceResponse,
    TopicProduceResponse,
};
use keld_wire::messages::{ProduceRequest, ProduceResponse};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The client id that may write to internal topics, as in Kafka.
const ADMIN_CLIENT: &str = "__admin_client";

/// The answer in the making.
struct Answer {
    response: ProduceResponse,
    waiting: Vec<Waiting>,
    has_errors: bool,
    /// By node id, as the tags of the answer name each once.
    endpoints: BTreeMap<i32, NodeEndpoint>,
}

/// A partition whose append is not yet committed, by its place in the answer.
struct Waiting {
    topic: usize,
    partition: usize,
    committed: Committed,
}

/// A batch that its partition may be asked to append.
struct Ready {
    held: Arc<Partition>,
    batch: RecordBatch,
    acks: RequiredAcks,
}

/// Tells clients that know of hints where a leader is.
struct Hints {
    node: Arc<Node>,
    listener: Arc<str>,
}

impl Hints {
    fn hint(&self, topic: &TopicProduceResponse, index: i32) -> Option<LeaderHint> {
        let index = PartitionIndex::new(index);
        let name = topic_name(&self.node, &topic.name, TopicId::new(topic.topic_id))?;
        Some(self.node.leader_hint(&self.listener, &name, index))
    }
}

fn leader_of(hint: &LeaderHint) -> LeaderIdAndEpoch {
    LeaderIdAndEpoch {
        leader_id: hint.leader.get(),
        leader_epoch: hint.epoch.get(),
        ..LeaderIdAndEpoch::default()
    }
}

/// The topic's name, given by name or by id; `None` for an id that is not known.
fn topic_name(node: &Node, name: &str, topic_id: TopicId) -> Option<TopicName> {
    if topic_id == TopicId::ZERO {
        Some(TopicName::new(name))
    } else {
        node.image.load().topic_by_id(topic_id).map(|topic| topic.name.clone())
    }
}

/// What holds for the whole request.
struct Producer<'a> {
    node: &'a Arc<Node>,
    context: &'a RequestContext,
    acks: Option<RequiredAcks>,
    has_transactional_id: bool,
}

pub(crate) fn handle(node: &Arc<Node>, context: &RequestContext, request: ProduceRequest) -> Reply {
    let producer = Producer::of(node, context, &request);
    let mut answer = Answer::with_capacity(request.topic_data.len());
    for topic in request.topic_data {
        producer.topic(topic, &mut answer);
    }
    producer.reply(answer, request.timeout_ms)
}

impl<'a> Producer<'a> {
    fn of(node: &'a Arc<Node>, context: &'a RequestContext, request: &ProduceRequest) -> Self {
        let acks = RequiredAcks::from_i16(request.acks);
        let has_transactional_id = request.transactional_id.is_some();
        Self { node, context, acks, has_transactional_id }
    }

    /// What is answered when every partition has an outcome.
    fn reply(&self, answer: Answer, timeout_ms: i32) -> Reply {
        if self.acks == Some(RequiredAcks::None) {
            // Nobody reads an answer: an error is told by ending the connection.
            return if answer.has_errors {
                let client_id = self.context.client_id();
                tracing::info!(peer = %self.context.peer, client_id, "closing connection due to error during produce request with acks=0");
                Reply::Close
            } else {
                Reply::Nothing
            };
        }
        if answer.waiting.is_empty() {
            return answer.finish().into();
        }
        let timeout = Duration::from_millis(u64::try_from(timeout_ms).unwrap_or(0));
        let deadline = self.node.env.clock.monotonic() + timeout;
        let timer = self.node.env.clock.sleep_until(deadline);
        let hints = (self.context.version >= 10).then(|| Hints {
            node: Arc::clone(self.node),
            listener: Arc::clone(&self.context.listener),
        });
        Reply::later(answer.wait(timer, hints))
    }

    fn topic(&self, topic: TopicProduceData, answer: &mut Answer) {
        let mut entry = TopicProduceResponse {
            name: topic.name.clone(),
            topic_id: topic.topic_id,
            partition_responses: Vec::with_capacity(topic.partition_data.len()),
            ..TopicProduceResponse::default()
        };
        for partition in topic.partition_data {
            let index = PartitionIndex::new(partition.index);
            let prepared = self.prepare(&topic.name, topic.topic_id, partition);
            let result = prepared.and_then(|ready| {
                let Ready { held, batch, acks } = ready;
                let origin = AppendOrigin::Client;
                let append = Append { batch: &batch, origin, acks, leader_epoch: None };
                let result = held.append(&append);
                outcome(held, result)
            });
            let response = self.respond(&entry, index, result, answer);
            entry.partition_responses.push(response);
        }
        answer.response.responses.push(entry);
    }

    /// One partition's part of the answer, which is the next of `entry`.
    fn respond(
        &self,
        entry: &TopicProduceResponse,
        index: PartitionIndex,
        result: Result<(Arc<Partition>, Appended), Refused>,
        answer: &mut Answer,
    ) -> PartitionProduceResponse {
        match result {
            Ok((held, appended)) => {
                let must_wait = !appended.is_committed
                    && (appended.must_be_durable || self.acks == Some(RequiredAcks::AllInSync));
                if must_wait {
                    answer.waiting.push(Waiting {
                        topic: answer.response.responses.len(),
                        partition: entry.partition_responses.len(),
                        committed: held.committed(appended.required, appended.leader_epoch),
                    });
                }
                PartitionProduceResponse {
                    index: index.get(),
                    base_offset: appended.info.first_offset.get(),
                    log_append_time_ms: appended.info.log_append_time_ms,
                    log_start_offset: appended.info.log_start_offset.get(),
                    ..PartitionProduceResponse::default()
                }
            }
            Err(refused) => {
                answer.has_errors = true;
                let name = self.topic_name(&entry.name, TopicId::new(entry.topic_id));
                self.refuse(name.as_ref(), index, refused, answer)
            }
        }
    }

    /// The topic's name; `None` for an id that is not known.
    fn topic_name(&self, name: &str, topic_id: TopicId) -> Option<TopicName> {
        let is_named = !name.is_empty() || self.context.version <= 12;
        if topic_id == TopicId::ZERO && !is_named {
            return None;
        }
        topic_name(self.node, name, topic_id)
    }

    /// Everything that is checked before the partition is asked.
    fn prepare(
        &self,
        name: &str,
        topic_id: Uuid,
        data: PartitionProduceData,
    ) -> Result<Ready, Refused> {
        let topic_id = TopicId::new(topic_id);
        let index = PartitionIndex::new(data.index);
        let held = match topic_id {
            TopicId::ZERO => self.node.partitions.partition(name, index),
            _ => None,
        };
        let (held, partition) = match held {
            Some(held) => {
                let partition = held.topic_partition().clone();
                (Some(held), partition)
            }
            None => {
                let unknown = Refused::code(ErrorCode::UNKNOWN_TOPIC_ID);
                let topic = self.topic_name(name, topic_id).ok_or(unknown)?;
                let held = self.node.partitions.partition(topic.as_str(), index);
                if held.is_none() && self.node.image.load().partition_of(&topic, index).is_none() {
                    return Err(Refused::code(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION));
                }
                (held, TopicPartition::new(topic, index))
            }
        };
        let records = data.records.and_then(|records| records.to_bytes()).unwrap_or_default();
        let batch =
            check_produce_records(self.context.version, &records, &partition).map_err(|error| {
                Refused { message: corrupt_message(&error), ..Refused::code(validate_code(&error)) }
            })?;
        let Some(acks) = self.acks else {
            return Err(Refused::code(ErrorCode::INVALID_REQUIRED_ACKS));
        };
        if partition.topic.is_internal() && self.context.client_id() != ADMIN_CLIENT {
            return Err(Refused::code(ErrorCode::INVALID_TOPIC_EXCEPTION));
        }
        self.check_transactional(&batch)?;
        match held {
            Some(held) => Ok(Ready { held, batch, acks }),
            None => Err(Refused::code(ErrorCode::NOT_LEADER_OR_FOLLOWER)),
        }
    }

    /// Transactions are not served: no producer can have been given one.
    fn check_transactional(&self, batch: &RecordBatch) -> Result<(), Refused> {
        if !batch.header().is_transactional() {
            return Ok(());
        }
        Err(if self.has_transactional_id {
            Refused {
                code: ErrorCode::INVALID_TXN_STATE,
                message: Some("Partition was not added to the transaction".to_owned()),
                ..Refused::code(ErrorCode::INVALID_TXN_STATE)
            }
        } else {
            Refused::code(ErrorCode::TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
        })
    }

    fn refuse(
        &self,
        topic: Option<&TopicName>,
        index: PartitionIndex,
        refused: Refused,
        answer: &mut Answer,
    ) -> PartitionProduceResponse {
        tracing::debug!(
            topic = topic.map(TopicName::as_str), partition = %index, error = ?refused.code,
            "produce refused"
        );
        let mut response = PartitionProduceResponse {
            index: index.get(),
            error_code: refused.code,
            base_offset: -1,
            log_append_time_ms: -1,
            log_start_offset: refused.log_start_offset,
            record_errors: refused.record_errors,
            error_message: refused.message.as_deref().map(Into::into),
            ..PartitionProduceResponse::default()
        };
        if refused.code == ErrorCode::NOT_LEADER_OR_FOLLOWER
            && self.context.version >= 10
            && let Some(topic) = topic
        {
            let hint = self.node.leader_hint(&self.context.listener, topic, index);
            response.current_leader = leader_of(&hint);
            answer.add_endpoint(hint);
        }
        response
    }
}

/// The message of a refusal before the log is asked: Kafka has one only for frames that cannot be
/// of any magic.
fn corrupt_message(error: &ValidateError) -> Option<String> {
    match error {
        ValidateError::Corrupt {
            error: error @ (BatchError::InvalidMagic { .. } | BatchError::SizeTooSmall { .. }),
            ..
        } => Some(error.to_string()),
        _ => None,
    }
}

/// Why one partition's records were not appended.
struct Refused {
    code: ErrorCode,
    message: Option<String>,
    record_errors: Vec<BatchIndexAndErrorMessage>,
    log_start_offset: i64,
}

impl Refused {
    fn code(code: ErrorCode) -> Self {
        Self { code, message: None, record_errors: Vec::new(), log_start_offset: -1 }
    }

    /// As Kafka tells it: a message only where single records are named; the log start offset only
    /// where the refusal is not an everyday one.
    fn by(partition: &Partition, error: PartitionError) -> Self {
        let mut refused = Self::code(error_code(&error));
        let everyday = matches!(
            refused.code,
            ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
                | ErrorCode::NOT_LEADER_OR_FOLLOWER
                | ErrorCode::MESSAGE_TOO_LARGE
                | ErrorCode::RECORD_LIST_TOO_LARGE
                | ErrorCode::CORRUPT_MESSAGE
                | ErrorCode::KAFKA_STORAGE_ERROR
        );
        if !everyday {
            refused.log_start_offset =
                partition.offsets().map_or(-1, |offsets| offsets.log_start.get());
        }
        if let PartitionError::Invalid(
            invalid @ (ValidateError::InvalidRecords { errors }
            | ValidateError::InvalidTimestamps { errors }),
        ) = &error
        {
            refused.message = Some(invalid.to_string());
            refused.record_errors = errors
                .iter()
                .map(|error| BatchIndexAndErrorMessage {
                    batch_index: error.index,
                    batch_index_error_message: Some(error.message.as_str().into()),
                    ..BatchIndexAndErrorMessage::default()
                })
                .collect();
        }
        if everyday {
            tracing::debug!(partition = %partition.topic_partition(), %error, "append refused");
        } else {
            tracing::info!(partition = %partition.topic_partition(), %error, "append refused");
        }
        refused
    }
}

fn outcome(
    held: Arc<Partition>,
    result: Result<Appended, PartitionError>,
) -> Result<(Arc<Partition>, Appended), Refused> {
    match result {
        Ok(appended) => Ok((held, appended)),
        Err(error) => Err(Refused::by(&held, error)),
    }
}

impl Answer {
    fn with_capacity(topics: usize) -> Self {
        let responses = Vec::with_capacity(topics);
        Self {
            response: ProduceResponse { responses, ..ProduceResponse::default() },
            waiting: Vec::new(),
            has_errors: false,
            endpoints: BTreeMap::new(),
        }
    }

    fn add_endpoint(&mut self, hint: LeaderHint) {
        if let Some(endpoint) = hint.endpoint {
            let node_id = hint.leader.get();
            self.endpoints.entry(node_id).or_insert_with(|| NodeEndpoint {
                node_id,
                host: endpoint.host.into(),
                port: i32::from(endpoint.port),
                rack: endpoint.rack.map(Into::into),
                ..NodeEndpoint::default()
            });
        }
    }

    fn finish(mut self) -> ProduceResponse {
        self.response.node_endpoints = self.endpoints.into_values().collect();
        self.response
    }

    /// Waits for all, at most until the timer; what is not committed by then is told so.
    async fn wait(
        mut self,
        timer: impl Future<Output = ()> + Send,
        hints: Option<Hints>,
    ) -> ProduceResponse {
        let mut timer = std::pin::pin!(timer);
        for Waiting { topic, partition, mut committed } in std::mem::take(&mut self.waiting) {
            let outcome = tokio::select! {
                biased;
                outcome = &mut committed => Some(outcome),
                // A timer that fired stays fired: the rest is looked at once more.
                () = &mut timer => committed.now_or_never(),
            };
            let code = match outcome {
                Some(Ok(())) => continue,
                Some(Err(error)) => error_code(&error),
                None => ErrorCode::REQUEST_TIMED_OUT,
            };
            let Some(entry) = self.response.responses.get_mut(topic) else { continue };
            let index = entry.partition_responses.get(partition).map_or(-1, |slot| slot.index);
            let hints = hints.as_ref().filter(|_| code == ErrorCode::NOT_LEADER_OR_FOLLOWER);
            let hint = hints.and_then(|hints| hints.hint(entry, index));
            if let Some(slot) = entry.partition_responses.get_mut(partition) {
                slot.error_code = code;
                if let Some(hint) = &hint {
                    slot.current_leader = leader_of(hint);
                }
            }
            if let Some(hint) = hint {
                self.add_endpoint(hint);
            }
        }
        self.finish()
    }
}
