//! Fetch: reads what there is, and waits for more if that is not enough.
//!
//! The answer names ranges of files, or holds the few bytes of the tail that a reader who keeps up
//! wants. A fetch that waits is one waiter, watched by its partitions; when it wakes it reads those
//! anew to which something came.

mod round;

use self::round::{Found, Outcome, Room, Round};
use crate::context::RequestContext;
use crate::fetch_sessions::{FetchContext, Forgotten, Interest, SessionRequest};
use crate::node::Node;
use crate::refusal::error_code;
use crate::reply::{FileRange, Ranged, Reply};
use keld_env::Monotonic;
use keld_log::{ColdSpot, LogError};
use keld_replication::{
    Allowance, Changes, FollowerFetch, NearerReplica, Partition, PartitionError, ReadFrom,
    ReadRequest, ServedBy, Waiter, Waiting,
};
use keld_types::{
    BrokerEpoch, BrokerId, ErrorCode, IsolationLevel, LeaderEpoch, Offset, PartitionIndex, TopicId,
    TopicName,
};
use keld_wire::messages::fetch_response::{
    AbortedTransaction, EpochEndOffset, FetchableTopicResponse, LeaderIdAndEpoch, NodeEndpoint,
    PartitionData,
};
use keld_wire::messages::{FetchRequest, FetchResponse};
use keld_wire::{Records, RecordsPart, Str};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The replica id of a consumer.
const CONSUMER: i32 = -1;
/// How often what a look-up missed is read beside the worker before the look-up waits after all.
const WARM_TRIES_MAX: usize = 64;
/// From this version on consumers read from followers too, and may be sent to one (KIP-392).
const FOLLOWERS_SERVE_SINCE: i16 = 11;

/// A fetch whose session is settled.
struct Fetch {
    node: Arc<Node>,
    context: RequestContext,
    session: FetchContext,
    from: ReadFrom,
    served_by: ServedBy,
    /// The rack of a consumer that is to be sent to a replica in it.
    rack: Option<Str>,
    /// The replica that fetches, if one does.
    follower: Option<FollowerFetch>,
    bytes_min: usize,
    bytes_max: usize,
    deadline: Monotonic,
    may_wait: bool,
}

pub(crate) fn handle(node: &Arc<Node>, context: &RequestContext, request: FetchRequest) -> Reply {
    let version = context.version;
    let replica_id =
        if version >= 15 { request.replica_state.replica_id } else { request.replica_id };
    let isolation = match IsolationLevel::from_i8(request.isolation_level) {
        Some(isolation) => isolation,
        None if request.topics.is_empty() => IsolationLevel::ReadUncommitted,
        // Kafka fails on it.
        None => return failed(&request, version, ErrorCode::UNKNOWN_SERVER_ERROR).into(),
    };
    let session_request = SessionRequest {
        session_id: request.session_id,
        epoch: request.session_epoch,
        uses_topic_ids: version >= 13,
        is_follower: replica_id >= 0,
        now_ms: node.env.clock.wall_ms(),
    };
    let (interests, forgotten) = parse(node, version, &request);
    let session = match node.fetch_sessions.open(session_request, interests, &forgotten) {
        Ok(session) => session,
        Err(error_code) => {
            return FetchResponse { error_code, ..FetchResponse::default() }.into();
        }
    };
    let bound = |value: i32| usize::try_from(value).unwrap_or(0);
    let config = node.config();
    let bytes_max = bound(request.max_bytes.min(config.limits.fetch_max_bytes));
    let max_wait = Duration::from_millis(u64::try_from(request.max_wait_ms).unwrap_or(0));
    // Ids below that of consumers are tools that compare replicas.
    let only_leader =
        replica_id >= 0 || (replica_id == CONSUMER && version < FOLLOWERS_SERVE_SINCE);
    let is_sent_to_its_rack = !only_leader && config.replication.selects_replica_by_rack;
    let mut fetch = Fetch {
        node: Arc::clone(node),
        context: context.clone(),
        session,
        from: if replica_id == CONSUMER {
            ReadFrom::Consumer(isolation)
        } else {
            ReadFrom::Replica
        },
        served_by: if only_leader { ServedBy::Leader } else { ServedBy::AnyReplica },
        rack: Some(request.rack_id.clone()).filter(|rack| is_sent_to_its_rack && !rack.is_empty()),
        follower: (replica_id >= 0).then(|| FollowerFetch {
            id: BrokerId::new(replica_id),
            broker_epoch: BrokerEpoch::new(if version >= 15 {
                request.replica_state.replica_epoch
            } else {
                -1
            }),
            log_start: Offset::NONE,
            arrived_ms: i64::try_from(node.env.clock.monotonic().as_millis()).ok(),
        }),
        bytes_min: bound(request.min_bytes).min(bytes_max),
        bytes_max,
        deadline: node.env.clock.monotonic() + max_wait,
        may_wait: request.max_wait_ms > 0,
    };
    let interests = fetch.take_interests();
    let round = fetch.read(interests);
    if round.cold.is_empty() && fetch.is_enough(&round) {
        return Reply::Ranged(fetch.answer(round));
    }
    Reply::Eventually(Box::pin(async move { Reply::Ranged(fetch.wait(round).await) }))
}

/// The answer to a request that is wrong as a whole: before version 13 each partition is told.
fn failed(request: &FetchRequest, version: i16, error_code: ErrorCode) -> FetchResponse {
    let told = request.topics.iter().filter(|_| version < 13);
    let topics = told.map(|topic| FetchableTopicResponse {
        topic: topic.topic.clone(),
        topic_id: topic.topic_id,
        partitions: topic
            .partitions
            .iter()
            .map(|partition| PartitionData {
                partition_index: partition.partition,
                error_code,
                high_watermark: -1,
                records: Some(Records::new()),
                ..PartitionData::default()
            })
            .collect(),
        ..FetchableTopicResponse::default()
    });
    FetchResponse {
        error_code,
        session_id: request.session_id,
        responses: topics.collect(),
        ..FetchResponse::default()
    }
}

/// The partitions a request names, with the names of their topics where they are known.
fn parse(node: &Node, version: i16, request: &FetchRequest) -> (Vec<Interest>, Vec<Forgotten>) {
    let image = node.image.load();
    let name_of = |topic: &Str, id: TopicId| -> Option<TopicName> {
        if version >= 13 {
            image.topic_by_id(id).map(|topic| topic.name.clone())
        } else {
            // The table's name is shared; a name that is not in it is copied.
            let known = node.partitions.topic(topic).map(|entry| entry.name.clone());
            Some(known.unwrap_or_else(|| TopicName::new(topic.as_str())))
        }
    };
    let epoch = |raw: i32| (raw >= 0).then(|| LeaderEpoch::new(raw));
    let mut interests = Vec::new();
    for topic in &request.topics {
        let topic_id = TopicId::new(topic.topic_id);
        let name = name_of(&topic.topic, topic_id);
        interests.extend(topic.partitions.iter().map(|partition| Interest {
            topic: name.clone(),
            topic_id,
            partition: PartitionIndex::new(partition.partition),
            fetch_offset: Offset::new(partition.fetch_offset),
            fetcher_log_start: Offset::new(partition.log_start_offset),
            bytes_max: partition.partition_max_bytes,
            current_leader_epoch: epoch(partition.current_leader_epoch),
            last_fetched_epoch: epoch(partition.last_fetched_epoch),
        }));
    }
    let mut forgotten = Vec::new();
    for topic in &request.forgotten_topics_data {
        let topic_id = TopicId::new(topic.topic_id);
        let name = name_of(&topic.topic, topic_id);
        forgotten.extend(topic.partitions.iter().map(|partition| Forgotten {
            topic: name.clone(),
            topic_id,
            partition: PartitionIndex::new(*partition),
        }));
    }
    (interests, forgotten)
}

impl Fetch {
    fn take_interests(&mut self) -> Vec<Interest> {
        let node = &self.node;
        let name_of = |id| node.image.load().topic_by_id(id).map(|topic| topic.name.clone());
        self.session.take_interests(name_of)
    }

    /// Reads all partitions in order, until the bytes of the request are used up. Partitions that
    /// do not exist come last, as in Kafka.
    fn read(&self, interests: Vec<Interest>) -> Round {
        let mut round = Round {
            results: Vec::with_capacity(interests.len()),
            allowance: self.allowance(),
            ..Round::default()
        };
        let mut missing = Vec::new();
        for interest in interests {
            let found = match self.find(&interest) {
                Ok(found) => found,
                Err(code) => {
                    let read = Err(code);
                    missing.push(Outcome { interest, partition: None, read, nearer: None });
                    continue;
                }
            };
            let read = Err(ErrorCode::NOT_LEADER_OR_FOLLOWER);
            round.results.push(Outcome { interest, partition: found, read, nearer: None });
            let place = round.results.len() - 1;
            self.read_place(&mut round, place, Waiting::Refused);
        }
        // Kafka answers at once only when nothing is left to wait for.
        round.must_answer |= round.results.is_empty();
        round.results.extend(missing);
        round
    }

    /// Reads the partition at a place of the round, within what the others leave.
    fn read_place(&self, round: &mut Round, place: usize, waiting: Waiting) {
        let room = round.room(place, self.bytes_max);
        let Some(outcome) = round.results.get(place) else { return };
        let found = match &outcome.partition {
            Some(partition) => self.read_one(partition, &outcome.interest, room, waiting),
            // It exists, and is not here.
            None => Ok((Err(ErrorCode::NOT_LEADER_OR_FOLLOWER), None)),
        };
        round.put(place, found);
    }

    /// Has what was looked up in vain read beside the worker, and looks again.
    async fn warm_up(&self, round: &mut Round) {
        let mut tries = 0;
        while !round.cold.is_empty() {
            tries += 1;
            for (place, spot) in std::mem::take(&mut round.cold) {
                let ColdSpot { file, position, length } = spot;
                // Whoever looks again meets the error.
                self.node.cold_reads.warm(file, position, length).await.ok();
                // Memory is so short that what was read is gone before it is looked at.
                let is_hopeless = tries > WARM_TRIES_MAX;
                let waiting = if is_hopeless { Waiting::Allowed } else { Waiting::Refused };
                self.read_place(round, place, waiting);
            }
        }
    }

    /// Reads what changed of a round anew, and leaves the rest as it was read.
    fn read_changed(&self, round: Round, changes: Changes) -> Round {
        if changes.all {
            let interests = round.results.into_iter().map(|outcome| outcome.interest).collect();
            return self.read(interests);
        }
        let mut round = round;
        round.allowance = self.allowance();
        for place in changes.places.into_iter().filter_map(|place| usize::try_from(place).ok()) {
            self.read_place(&mut round, place, Waiting::Refused);
        }
        round
    }

    /// The partition; `None` when it exists but has no replica here.
    fn find(&self, interest: &Interest) -> Result<Option<Arc<Partition>>, ErrorCode> {
        let Some(topic) = &interest.topic else { return Err(ErrorCode::UNKNOWN_TOPIC_ID) };
        match self.node.partitions.partition(topic.as_str(), interest.partition) {
            Some(partition) => Ok(Some(partition)),
            None => match self.node.absent_code(topic.as_str(), interest.partition) {
                ErrorCode::NOT_LEADER_OR_FOLLOWER => Ok(None),
                code => Err(code),
            },
        }
    }

    fn read_one(
        &self,
        partition: &Arc<Partition>,
        interest: &Interest,
        room: Room,
        waiting: Waiting,
    ) -> Result<Found, ColdSpot> {
        if interest.topic_id != TopicId::ZERO && interest.topic_id != partition.topic_id() {
            return Ok((Err(ErrorCode::INCONSISTENT_TOPIC_ID), None));
        }
        let wanted = usize::try_from(interest.bytes_max).unwrap_or(0);
        let request = ReadRequest {
            offset: interest.fetch_offset,
            bytes_max: wanted.min(room.left),
            min_one_batch: room.is_first,
            from: self.from,
            current_leader_epoch: interest.current_leader_epoch,
            last_fetched_epoch: interest.last_fetched_epoch,
        };
        let refused = |error: &PartitionError| {
            tracing::debug!(partition = %partition.topic_partition(), %error, "fetch refused");
            (Err(error_code(error)), None)
        };
        if let Some(rack) = &self.rack {
            let is_near = |id| self.is_in_rack(id, rack);
            match partition.nearer_replica(&request, is_near) {
                Ok(None) => {}
                Ok(Some(NearerReplica { id, read })) => return Ok((Ok(read), Some(id))),
                Err(error) => return Ok(refused(&error)),
            }
        }
        let read = match (self.follower, self.served_by) {
            (Some(fetch), _) => {
                let fetch = FollowerFetch { log_start: interest.fetcher_log_start, ..fetch };
                partition.read_as_follower(&request, &fetch, room.allowance, waiting)
            }
            (None, ServedBy::AnyReplica) => partition.read_anywhere(&request, waiting),
            (None, ServedBy::Leader) => partition.read(&request, waiting),
        };
        let mut read = match read {
            Ok(read) => read,
            Err(PartitionError::Log(LogError::Cold { spot, .. })) => return Err(spot),
            Err(error) => return Ok(refused(&error)),
        };
        if let Some(data) = &mut read.data
            && data.is_first_batch_incomplete
        {
            // A piece of a batch helps nobody: the reader asks again when it is first.
            data.ranges.clear();
            data.bytes = None;
            data.length = 0;
        }
        Ok((Ok(read), None))
    }

    /// What a follower may get of what is throttled.
    fn allowance(&self) -> Option<Allowance> {
        self.follower?;
        Some(self.node.throttles.leader.allowance(self.node.env.clock.monotonic()))
    }

    /// Whether a broker is reachable for this client, and in a rack.
    fn is_in_rack(&self, id: BrokerId, rack: &Str) -> bool {
        let image = self.node.image.load();
        image.broker(id).is_some_and(|broker| {
            !broker.fenced
                && broker.rack.as_deref() == Some(rack.as_str())
                && broker.endpoint(&self.context.listener).is_some()
        })
    }

    fn is_enough(&self, round: &Round) -> bool {
        !self.may_wait
            || round.must_answer
            || round.bytes >= self.bytes_min
            // What is read has used the throttle up: waiting would bring nothing.
            || (round.throttled_bytes > 0 && !round.held_back().is_empty())
    }

    /// Waits until there is enough, or the time is up.
    async fn wait(mut self, round: Round) -> Ranged {
        let clock = Arc::clone(&self.node.env.clock);
        let mut timer = clock.sleep_until(self.deadline);
        let mut round = round;
        self.warm_up(&mut round).await;
        if let Some(follower) = &mut self.follower {
            // Where the replica is was noted; from here on it is only read again.
            follower.arrived_ms = None;
        }
        if self.is_enough(&round) {
            return self.answer(round);
        }
        loop {
            let waiter = Waiter::new(self.bytes_min.saturating_sub(round.bytes));
            let held_back = round.held_back();
            if self.watch(&round, &waiter) {
                tokio::select! {
                    biased;
                    () = &*waiter => {}
                    () = &mut timer => {}
                    () = self.until_allowed(&held_back) => {}
                }
            }
            let is_late = clock.monotonic() >= self.deadline;
            let mut changes = waiter.take_changes();
            changes.places.extend(held_back);
            // The last answer tells of log starts too, which move without a word to anybody.
            changes.all |= is_late;
            round = self.read_changed(round, changes);
            self.warm_up(&mut round).await;
            if is_late || self.node.stopping.is_cancelled() || self.is_enough(&round) {
                return self.answer(round);
            }
        }
    }

    /// Waits until what is held back may be sent; for ever where nothing is.
    async fn until_allowed(&self, held_back: &[u32]) {
        let clock = self.node.env.clock.as_ref();
        let throttle = &self.node.throttles.leader;
        match throttle.allowance(clock.monotonic()).pause() {
            _ if held_back.is_empty() => std::future::pending().await,
            Some(pause) => throttle.wait(clock, pause).await,
            None => {}
        }
    }

    /// Has all partitions watch; false when something came already.
    fn watch(&self, round: &Round, waiter: &Arc<Waiter>) -> bool {
        (0..).zip(&round.results).all(|(place, outcome)| {
            match (&outcome.partition, &outcome.read) {
                // Looked at again when the throttle allows it.
                _ if outcome.is_held_back() => true,
                (Some(partition), Ok(read)) => {
                    let watches =
                        partition.watch_as(self.served_by, waiter, place, self.from, read.seen);
                    if !watches {
                        waiter.complete();
                    }
                    watches
                }
                // Not there: only the time is waited for.
                (None, _) | (_, Err(_)) => true,
            }
        })
    }

    fn answer(self, round: Round) -> Ranged {
        if round.throttled_bytes > 0 {
            let now = self.node.env.clock.monotonic();
            self.node.throttles.leader.record(round.throttled_bytes, now);
        }
        let mut ranges = Vec::new();
        let mut endpoints = BTreeMap::new();
        let mut results = Vec::with_capacity(round.results.len());
        for outcome in round.results {
            let data = self.partition_data(&outcome, &mut ranges, &mut endpoints);
            results.push((outcome.interest, data));
        }
        let node = Arc::clone(&self.node);
        let mut draw = || node.env.random.next_u64();
        let answer = node.fetch_sessions.finish(self.session, results, &mut draw);
        let mut responses: Vec<FetchableTopicResponse> = Vec::new();
        let mut last: Option<(Option<TopicName>, TopicId)> = None;
        for (interest, data) in answer.partitions {
            let topic = (interest.topic, interest.topic_id);
            match responses.last_mut() {
                Some(response) if last.as_ref() == Some(&topic) => response.partitions.push(data),
                _ => {
                    let name = topic.0.as_ref().map_or("", TopicName::as_str);
                    responses.push(FetchableTopicResponse {
                        topic: name.into(),
                        topic_id: topic.1.uuid(),
                        partitions: vec![data],
                        ..FetchableTopicResponse::default()
                    });
                    last = Some(topic);
                }
            }
        }
        let response = FetchResponse {
            error_code: answer.error_code,
            session_id: answer.session_id,
            responses,
            node_endpoints: endpoints.into_values().collect(),
            ..FetchResponse::default()
        };
        Ranged { response: response.into(), ranges }
    }

    fn partition_data(
        &self,
        outcome: &Outcome,
        ranges: &mut Vec<FileRange>,
        endpoints: &mut BTreeMap<i32, NodeEndpoint>,
    ) -> PartitionData {
        let partition_index = outcome.interest.partition.get();
        let read = match &outcome.read {
            Ok(read) => read,
            Err(code) => return self.refused(outcome, *code, endpoints),
        };
        let mut data = PartitionData {
            partition_index,
            high_watermark: read.offsets.high_watermark.get(),
            last_stable_offset: read.offsets.last_stable.get(),
            log_start_offset: read.offsets.log_start.get(),
            aborted_transactions: None,
            records: Some(Records::new()),
            preferred_read_replica: outcome.nearer.unwrap_or(BrokerId::NONE).get(),
            ..PartitionData::default()
        };
        if let Some(diverging) = &read.diverging {
            data.diverging_epoch = EpochEndOffset {
                epoch: diverging.leader_epoch.get(),
                end_offset: diverging.end_offset.get(),
                ..EpochEndOffset::default()
            };
        }
        if let Some(found) = &read.data {
            let mut records = Records::new();
            if let Some(bytes) = &found.bytes {
                records.push(RecordsPart::Bytes(bytes.clone()));
            }
            for range in &found.ranges {
                // At most one range a partition; a request cannot name 2³² partitions.
                let handle = u32::try_from(ranges.len()).unwrap_or(u32::MAX);
                records.push(RecordsPart::External { handle, length: range.length });
                ranges.push(FileRange {
                    file: Arc::clone(&range.file),
                    position: range.position,
                    length: range.length,
                });
            }
            data.records = Some(records);
            data.aborted_transactions = found.aborted_transactions.as_ref().map(|aborted| {
                aborted
                    .iter()
                    .map(|transaction| AbortedTransaction {
                        producer_id: transaction.producer_id.get(),
                        first_offset: transaction.first_offset.get(),
                        ..AbortedTransaction::default()
                    })
                    .collect()
            });
        }
        data
    }

    fn refused(
        &self,
        outcome: &Outcome,
        code: ErrorCode,
        endpoints: &mut BTreeMap<i32, NodeEndpoint>,
    ) -> PartitionData {
        let version = self.context.version;
        // Clients of those versions do not know the code and would not look for a new leader.
        let code = if code == ErrorCode::KAFKA_STORAGE_ERROR && version <= 5 {
            ErrorCode::NOT_LEADER_OR_FOLLOWER
        } else {
            code
        };
        let partition = outcome.interest.partition;
        let mut data = PartitionData {
            partition_index: partition.get(),
            error_code: code,
            high_watermark: -1,
            records: Some(Records::new()),
            ..PartitionData::default()
        };
        let is_missing =
            matches!(code, ErrorCode::UNKNOWN_TOPIC_ID | ErrorCode::UNKNOWN_TOPIC_OR_PARTITION);
        if !is_missing {
            data.aborted_transactions = None;
        }
        let wants_hint =
            matches!(code, ErrorCode::NOT_LEADER_OR_FOLLOWER | ErrorCode::FENCED_LEADER_EPOCH);
        if version >= 16
            && wants_hint
            && let Some(topic) = &outcome.interest.topic
        {
            let hint = self.node.leader_hint(&self.context.listener, topic, partition);
            let node_id = hint.leader.get();
            data.current_leader = LeaderIdAndEpoch {
                leader_id: node_id,
                leader_epoch: hint.epoch.get(),
                ..LeaderIdAndEpoch::default()
            };
            if let Some(endpoint) = hint.endpoint {
                endpoints.entry(node_id).or_insert_with(|| NodeEndpoint {
                    node_id,
                    host: endpoint.host.into(),
                    port: i32::from(endpoint.port),
                    rack: endpoint.rack.map(Into::into),
                    ..NodeEndpoint::default()
                });
            }
        }
        data
    }
}
