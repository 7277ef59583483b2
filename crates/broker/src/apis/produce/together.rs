//! Produce requests that came together: those of one batch each are appended together by partition.

use super::{Answer, Producer, Ready, Refused, outcome};
use crate::context::RequestContext;
use crate::node::Node;
use crate::reply::Reply;
use keld_record::RecordBatch;
use keld_replication::{Appended, Partition};
use keld_types::{PartitionIndex, RequiredAcks};
use keld_wire::messages::ProduceRequest;
use keld_wire::messages::produce_request::{PartitionProduceData, TopicProduceData};
use keld_wire::messages::produce_response::TopicProduceResponse;
use std::sync::Arc;

/// A request of one batch, waiting for the others.
struct Single<'a> {
    producer: Producer<'a>,
    timeout_ms: i32,
    entry: TopicProduceResponse,
    index: PartitionIndex,
    state: State,
}

enum State {
    Ready(Ready),
    Done(Result<(Arc<Partition>, Appended), Refused>),
}

/// Whether a request has one batch and an answer: only such are appended together, and none that
/// comes after a failure with acks 0 is appended at all.
pub(crate) fn is_single(request: &ProduceRequest) -> bool {
    let is_one = matches!(&*request.topic_data, [topic] if topic.partition_data.len() == 1);
    is_one && RequiredAcks::from_i16(request.acks) != Some(RequiredAcks::None)
}

/// Handles requests of which [`is_single`] holds, in their order, with a reply each.
pub(crate) fn handle_together(
    node: &Arc<Node>,
    requests: &mut Vec<(RequestContext, ProduceRequest)>,
    mut reply: impl FnMut(RequestContext, Reply),
) {
    let mut contexts = Vec::with_capacity(requests.len());
    let mut bodies = Vec::with_capacity(requests.len());
    for (context, request) in requests.drain(..) {
        contexts.push(context);
        bodies.push(request);
    }
    let mut singles: Vec<Single<'_>> = contexts
        .iter()
        .zip(bodies)
        .filter_map(|(context, request)| Single::of(node, context, request))
        .collect();
    for first in 0..singles.len() {
        append_from(&mut singles, first);
    }
    let replies: Vec<Reply> = singles.into_iter().map(Single::reply).collect();
    contexts.into_iter().zip(replies).for_each(|(context, answer)| reply(context, answer));
}

/// Appends the batch at `first`, if it is not yet done, and all later ones of its partition.
fn append_from(singles: &mut [Single<'_>], first: usize) {
    let Some(Single { state: State::Ready(ready), .. }) = singles.get(first) else { return };
    let partition = Arc::clone(&ready.held);
    let is_same = |single: &Single<'_>| match &single.state {
        State::Ready(ready) => Arc::ptr_eq(&ready.held, &partition),
        State::Done(_) => false,
    };
    let batches: Vec<(&RecordBatch, RequiredAcks)> = singles
        .iter()
        .skip(first)
        .filter(|single| is_same(single))
        .filter_map(|single| match &single.state {
            State::Ready(ready) => Some((&ready.batch, ready.acks)),
            State::Done(_) => None,
        })
        .collect();
    let results = partition.append_each(&batches);
    let same = singles.iter_mut().skip(first).filter(|single| is_same(single));
    for (single, result) in same.zip(results) {
        single.state = State::Done(outcome(Arc::clone(&partition), result));
    }
}

impl<'a> Single<'a> {
    fn of(
        node: &'a Arc<Node>,
        context: &'a RequestContext,
        request: ProduceRequest,
    ) -> Option<Self> {
        let producer = Producer::of(node, context, &request);
        let timeout_ms = request.timeout_ms;
        let TopicProduceData { name, topic_id, partition_data, .. } =
            request.topic_data.into_iter().next()?;
        let data: PartitionProduceData = partition_data.into_iter().next()?;
        let index = PartitionIndex::new(data.index);
        let state = match producer.prepare(&name, topic_id, data) {
            Ok(ready) => State::Ready(ready),
            Err(refused) => State::Done(Err(refused)),
        };
        let partition_responses = Vec::with_capacity(1);
        let entry = TopicProduceResponse {
            name,
            topic_id,
            partition_responses,
            ..TopicProduceResponse::default()
        };
        Some(Self { producer, timeout_ms, entry, index, state })
    }

    fn reply(mut self) -> Reply {
        let result = match self.state {
            State::Done(result) => result,
            // Every batch was appended before.
            State::Ready(_) => return Reply::Close,
        };
        let mut answer = Answer::with_capacity(1);
        let response = self.producer.respond(&self.entry, self.index, result, &mut answer);
        self.entry.partition_responses.push(response);
        answer.response.responses.push(self.entry);
        self.producer.reply(answer, self.timeout_ms)
    }
}
