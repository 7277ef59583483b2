//! Membership in a group of the classic protocol.
//!
//! ```text
//! out of the group --start_join--> joining --ok--> stable --asked to rejoin--> (next poll) joining
//!        ^                                           |
//!        +--- thrown out, or not polled for too long +
//! ```
//!
//! Joining runs in a task of its own, so that a poll may give up waiting without giving up the
//! join; so do heartbeats. Both end when the [`Group`] is dropped.

use super::ConsumerConfig;
use crate::admin::{GroupOffset, commit_request, is_coordinator_error};
use crate::assignor::{
    Assignor, Subscription, read_assignment, read_subscription, write_assignment,
    write_subscription,
};
use crate::client::Client;
use crate::error::{ApiError, ClientError};
use crate::timer;
use keld_env::Monotonic;
use keld_types::{ErrorCode, GroupId, TopicName, TopicPartition};
use keld_wire::messages::join_group_request::JoinGroupRequestProtocol;
use keld_wire::messages::leave_group_request::MemberIdentity;
use keld_wire::messages::sync_group_request::SyncGroupRequestAssignment;
use keld_wire::messages::{
    HeartbeatRequest, JoinGroupRequest, JoinGroupResponse, LeaveGroupRequest, OffsetCommitRequest,
    SyncGroupRequest,
};
use keld_wire::{Message, Str};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

const PROTOCOL_TYPE: &str = "consumer";
/// How much longer than the rebalance a JoinGroup request may take.
const JOIN_GRACE: Duration = Duration::from_secs(5);

/// What a successful join brings.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) assignment: Vec<TopicPartition>,
    /// Partition counts of the group's topics, if this member leads it.
    pub(super) snapshot: Option<BTreeMap<TopicName, usize>>,
}

/// A consumer's side of its group.
#[derive(Debug)]
pub(super) struct Group {
    shared: Arc<Shared>,
    joining: Option<oneshot::Receiver<Result<Joined, ClientError>>>,
}

#[derive(Debug)]
struct Shared {
    id: GroupId,
    instance_id: Option<String>,
    assignors: Vec<Assignor>,
    session_timeout: Duration,
    heartbeat_interval: Duration,
    poll_interval_max: Duration,
    /// For commits and heartbeats.
    client: Client,
    /// For joins, which keep a connection busy as long as a rebalance takes.
    join_client: Client,
    membership: Mutex<Membership>,
    /// Something changed that the next poll must act on.
    changed: Notify,
}

#[derive(Debug)]
struct Membership {
    member_id: String,
    generation: i32,
    is_stable: bool,
    needs_join: bool,
    is_joining: bool,
    is_lost: bool,
    is_heartbeating: bool,
    fatal: Option<ClientError>,
    last_poll: Monotonic,
    join_not_before: Option<Monotonic>,
    is_closed: bool,
}

impl Shared {
    fn membership(&self) -> MutexGuard<'_, Membership> {
        self.membership.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Monotonic {
        self.client.env().clock.monotonic()
    }

    async fn pause(&self, attempt: u32) {
        let pause = self.client.config().backoff(attempt);
        timer::sleep(&*self.client.env().clock, pause).await;
    }

    /// The member is out: what it read may be read by somebody else.
    fn throw_out(&self, forget_member: bool) {
        let mut membership = self.membership();
        if forget_member {
            membership.member_id.clear();
        }
        membership.generation = -1;
        membership.is_stable = false;
        membership.is_lost = true;
        membership.needs_join = true;
        drop(membership);
        self.changed.notify_one();
    }

    fn ask_rejoin(&self) {
        self.membership().needs_join = true;
        self.changed.notify_one();
    }
}

/// Waits for the end of a join (`Some`) or a reason to look at the membership (`None`).
pub(super) async fn event(group: &mut Option<Group>) -> Option<Result<Joined, ClientError>> {
    let Some(group) = group else { return std::future::pending().await };
    let changed = group.shared.changed.notified();
    match &mut group.joining {
        Some(joining) => {
            tokio::select! {
                biased;
                joined = joining => {
                    group.joining = None;
                    Some(joined.unwrap_or(Err(ClientError::Closed)))
                }
                () = changed => None,
            }
        }
        None => {
            changed.await;
            None
        }
    }
}

impl Group {
    pub(super) fn new(client: &Client, id: GroupId, config: &ConsumerConfig) -> Self {
        let client = client.separate();
        let shared = Shared {
            id,
            instance_id: config.instance_id.clone(),
            assignors: config.assignors.clone(),
            session_timeout: config.session_timeout,
            heartbeat_interval: config.heartbeat_interval,
            poll_interval_max: config.poll_interval_max,
            join_client: client.separate(),
            membership: Mutex::new(Membership {
                member_id: String::new(),
                generation: -1,
                is_stable: false,
                needs_join: false,
                is_joining: false,
                is_lost: false,
                is_heartbeating: false,
                fatal: None,
                last_poll: client.env().clock.monotonic(),
                join_not_before: None,
                is_closed: false,
            }),
            client,
            changed: Notify::new(),
        };
        Self { shared: Arc::new(shared), joining: None }
    }

    pub(super) fn id(&self) -> &GroupId {
        &self.shared.id
    }

    pub(super) fn member_id(&self) -> Option<String> {
        Some(self.shared.membership().member_id.clone()).filter(|id| !id.is_empty())
    }

    /// The consumer is alive and reading.
    pub(super) fn polled(&self, now: Monotonic) {
        self.shared.membership().last_poll = now;
    }

    /// Asks for a new round of joining.
    pub(super) fn rejoin(&self) {
        self.shared.ask_rejoin();
    }

    pub(super) fn needs_join(&self) -> bool {
        let membership = self.shared.membership();
        membership.needs_join && !membership.is_joining && self.joining.is_none()
    }

    pub(super) fn join_not_before(&self) -> Option<Monotonic> {
        self.shared.membership().join_not_before
    }

    /// Whether the member was thrown out since the last call.
    pub(super) fn take_lost(&self) -> bool {
        std::mem::take(&mut self.shared.membership().is_lost)
    }

    pub(super) fn check_fatal(&self) -> Result<(), ClientError> {
        match &self.shared.membership().fatal {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// Joins in a task; [`event`] tells when it is done.
    pub(super) fn start_join(
        &mut self,
        topics: BTreeSet<TopicName>,
        owned: BTreeSet<TopicPartition>,
    ) {
        let (done, joining) = oneshot::channel();
        self.joining = Some(joining);
        let mut membership = self.shared.membership();
        membership.needs_join = false;
        membership.is_joining = true;
        membership.is_stable = false;
        drop(membership);
        let shared = Arc::clone(&self.shared);
        let task = async move {
            let joined = join(&shared, topics, owned).await;
            let mut membership = shared.membership();
            membership.is_joining = false;
            membership.is_stable = joined.is_ok();
            membership.needs_join |= joined.is_err();
            membership.join_not_before =
                joined.as_ref().err().map(|_| shared.now() + shared.client.config().retry_backoff);
            let is_first = joined.is_ok() && !membership.is_heartbeating;
            membership.is_heartbeating |= is_first;
            drop(membership);
            if is_first {
                let task = heartbeats(Arc::clone(&shared));
                shared.client.env().spawn.spawn("group heartbeats", Box::pin(task));
            }
            // A consumer that is gone does not want to know.
            done.send(joined).ok();
        };
        self.shared.client.env().spawn.spawn("group join", Box::pin(task));
    }

    /// Commits offsets, as a member if there is a membership.
    pub(super) async fn commit(
        &self,
        offsets: &BTreeMap<TopicPartition, GroupOffset>,
    ) -> Result<(), ClientError> {
        if offsets.is_empty() {
            return Ok(());
        }
        let shared = &self.shared;
        let timeout = shared.client.config().request_timeout;
        let version_max = crate::admin::OFFSETS_BY_NAME_VERSION;
        shared
            .client
            .retrying("OffsetCommit", || async {
                let request = {
                    let membership = shared.membership();
                    OffsetCommitRequest {
                        generation_id_or_member_epoch: membership.generation,
                        member_id: Str::from(&membership.member_id),
                        group_instance_id: shared.instance_id.as_ref().map(Str::from),
                        ..commit_request(&shared.id, offsets)
                    }
                };
                let response = shared
                    .client
                    .call_coordinator(&shared.id, request, version_max, timeout)
                    .await?;
                let partitions = response.topics.iter().flat_map(|topic| {
                    topic.partitions.iter().map(move |partition| (&topic.name, partition))
                });
                for (topic, partition) in partitions {
                    let code = partition.error_code;
                    shared.client.check_coordinator(&shared.id, code);
                    match code {
                        ErrorCode::REBALANCE_IN_PROGRESS => shared.ask_rejoin(),
                        ErrorCode::UNKNOWN_MEMBER_ID => shared.throw_out(true),
                        ErrorCode::ILLEGAL_GENERATION => shared.throw_out(false),
                        _ => {}
                    }
                    let what = || {
                        let index = partition.partition_index;
                        format!("committing an offset of {topic}-{index} for group {}", shared.id)
                    };
                    ClientError::check(what, code, None)?;
                }
                Ok(())
            })
            .await
    }

    /// Leaves the group; a static member stays until its session ends, as it may come back.
    pub(super) async fn leave(&self, reason: &str) -> Result<(), ClientError> {
        self.shared.membership().is_closed = true;
        leave(&self.shared, reason).await
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.shared.membership().is_closed = true;
    }
}

async fn leave(shared: &Shared, reason: &str) -> Result<(), ClientError> {
    let member_id = std::mem::take(&mut shared.membership().member_id);
    if member_id.is_empty() || shared.instance_id.is_some() {
        return Ok(());
    }
    let request = LeaveGroupRequest {
        group_id: Str::from(shared.id.as_str()),
        members: vec![MemberIdentity {
            member_id: Str::from(&member_id),
            reason: Some(Str::from(reason)),
            ..MemberIdentity::default()
        }],
        ..LeaveGroupRequest::default()
    };
    let timeout = shared.client.config().request_timeout;
    let version_max = LeaveGroupRequest::LATEST_STABLE_VERSION;
    let response =
        shared.client.call_coordinator(&shared.id, request, version_max, timeout).await?;
    ClientError::check(|| format!("leaving group {}", shared.id), response.error_code, None)
}

/// Joins and syncs until it works, the coordinator refuses for good, or the consumer is gone.
async fn join(
    shared: &Shared,
    topics: BTreeSet<TopicName>,
    mut owned: BTreeSet<TopicPartition>,
) -> Result<Joined, ClientError> {
    let mut attempt = 0;
    loop {
        if shared.membership().is_closed {
            return Err(ClientError::Closed);
        }
        let error = match join_once(shared, &topics, &owned).await {
            Ok(joined) => return Ok(joined),
            Err(error) => error,
        };
        let code = error.code();
        if let Some(code) = code {
            shared.join_client.check_coordinator(&shared.id, code);
        }
        match code {
            // Not a failure: the coordinator has named us, and wants to hear the name.
            Some(ErrorCode::MEMBER_ID_REQUIRED) => continue,
            Some(ErrorCode::REBALANCE_IN_PROGRESS) => {}
            Some(ErrorCode::UNKNOWN_MEMBER_ID | ErrorCode::ILLEGAL_GENERATION) => {
                let mut membership = shared.membership();
                if code == Some(ErrorCode::UNKNOWN_MEMBER_ID) {
                    membership.member_id.clear();
                }
                membership.generation = -1;
                // What was kept through the rebalance is lost with the membership.
                membership.is_lost |= !owned.is_empty();
                owned.clear();
            }
            Some(code) if is_coordinator_error(code) => {}
            Some(_) | None if error.is_retriable() => {}
            Some(_) | None => return Err(error),
        }
        tracing::debug!(group = %shared.id, %error, "joining again");
        attempt += 1;
        shared.pause(attempt).await;
    }
}

async fn join_once(
    shared: &Shared,
    topics: &BTreeSet<TopicName>,
    owned: &BTreeSet<TopicPartition>,
) -> Result<Joined, ClientError> {
    let (member_id, generation) = {
        let membership = shared.membership();
        (membership.member_id.clone(), membership.generation)
    };
    let subscription = Subscription {
        topics: topics.clone(),
        owned: owned.clone(),
        generation,
        instance_id: shared.instance_id.clone(),
        rack: None,
    };
    let request = JoinGroupRequest {
        group_id: Str::from(shared.id.as_str()),
        session_timeout_ms: millis(shared.session_timeout),
        rebalance_timeout_ms: millis(shared.poll_interval_max),
        member_id: Str::from(&member_id),
        group_instance_id: shared.instance_id.as_ref().map(Str::from),
        protocol_type: Str::from_static(PROTOCOL_TYPE),
        protocols: shared
            .assignors
            .iter()
            .map(|assignor| JoinGroupRequestProtocol {
                name: Str::from_static(assignor.name()),
                metadata: write_subscription(&subscription, assignor.is_cooperative()),
                ..JoinGroupRequestProtocol::default()
            })
            .collect(),
        ..JoinGroupRequest::default()
    };
    let client = &shared.join_client;
    let timeout = shared.poll_interval_max + JOIN_GRACE;
    let version_max = JoinGroupRequest::LATEST_STABLE_VERSION;
    let response = client.call_coordinator(&shared.id, request, version_max, timeout).await?;
    if response.error_code == ErrorCode::MEMBER_ID_REQUIRED {
        shared.membership().member_id = response.member_id.to_string();
    }
    ClientError::check(|| format!("joining group {}", shared.id), response.error_code, None)?;
    {
        let mut membership = shared.membership();
        membership.member_id = response.member_id.to_string();
        membership.generation = response.generation_id;
    }
    let is_leader = response.leader == response.member_id;
    let (assignments, snapshot) = if is_leader {
        let (assignments, snapshot) = lead(client, &response).await?;
        let assignments = if response.skip_assignment { Vec::new() } else { assignments };
        (assignments, Some(snapshot))
    } else {
        (Vec::new(), None)
    };
    let request = SyncGroupRequest {
        group_id: Str::from(shared.id.as_str()),
        generation_id: response.generation_id,
        member_id: response.member_id.clone(),
        group_instance_id: shared.instance_id.as_ref().map(Str::from),
        protocol_type: Some(Str::from_static(PROTOCOL_TYPE)),
        protocol_name: response.protocol_name.clone(),
        assignments,
        ..SyncGroupRequest::default()
    };
    let version_max = SyncGroupRequest::LATEST_STABLE_VERSION;
    let response = client.call_coordinator(&shared.id, request, version_max, timeout).await?;
    let what = || format!("syncing with group {}", shared.id);
    ClientError::check(what, response.error_code, None)?;
    let assignment = read_assignment(&response.assignment)
        .map_err(|error| ClientError::Api { what: what(), error })?;
    Ok(Joined { assignment, snapshot })
}

/// Shares the partitions out among the members, as their leader.
async fn lead(
    client: &Client,
    response: &JoinGroupResponse,
) -> Result<(Vec<SyncGroupRequestAssignment>, BTreeMap<TopicName, usize>), ClientError> {
    let name = response.protocol_name.as_deref().unwrap_or_default();
    let assignor = Assignor::from_name(name).ok_or_else(|| ClientError::Api {
        what: "leading the group".to_owned(),
        error: ApiError {
            code: ErrorCode::INCONSISTENT_GROUP_PROTOCOL,
            message: Some(format!("the coordinator chose `{name}`, which was not offered")),
        },
    })?;
    let mut members = BTreeMap::new();
    for member in &response.members {
        let instance_id = member.group_instance_id.as_ref().map(Str::to_string);
        let subscription = read_subscription(&member.metadata, instance_id).map_err(|error| {
            ClientError::Api { what: format!("member {} of the group", member.member_id), error }
        })?;
        members.insert(member.member_id.to_string(), subscription);
    }
    let topics: BTreeSet<TopicName> =
        members.values().flat_map(|member| member.topics.iter().cloned()).collect();
    let metadata = client.refresh_topics(topics.iter().cloned(), false).await?;
    let mut counts = BTreeMap::new();
    let mut snapshot = BTreeMap::new();
    for topic in topics {
        let count = metadata.topics.get(&topic).map_or(0, |topic| topic.partitions.len());
        counts.insert(topic.clone(), i32::try_from(count).unwrap_or(i32::MAX));
        snapshot.insert(topic, count);
    }
    let assignments = assignor
        .assign(&members, &counts)
        .into_iter()
        .map(|(member_id, partitions)| SyncGroupRequestAssignment {
            member_id: Str::from(member_id),
            assignment: write_assignment(&partitions),
            ..SyncGroupRequestAssignment::default()
        })
        .collect();
    Ok((assignments, snapshot))
}

/// Tells the coordinator that the member lives, until the consumer is gone.
async fn heartbeats(shared: Arc<Shared>) {
    let clock = Arc::clone(&shared.client.env().clock);
    let mut last_answer = clock.monotonic();
    let mut pause = shared.heartbeat_interval;
    loop {
        timer::sleep(&*clock, pause).await;
        pause = shared.heartbeat_interval;
        let (request, last_poll) = {
            let membership = shared.membership();
            if membership.is_closed {
                return;
            }
            if !membership.is_stable {
                last_answer = clock.monotonic();
                continue;
            }
            let request = HeartbeatRequest {
                group_id: Str::from(shared.id.as_str()),
                generation_id: membership.generation,
                member_id: Str::from(&membership.member_id),
                group_instance_id: shared.instance_id.as_ref().map(Str::from),
                ..HeartbeatRequest::default()
            };
            (request, membership.last_poll)
        };
        if clock.monotonic().saturating_sub(last_poll) > shared.poll_interval_max {
            tracing::warn!(group = %shared.id, "not polled for max.poll.interval.ms: leaving");
            if let Err(error) = leave(&shared, "not polled for max.poll.interval.ms").await {
                tracing::debug!(%error, "leaving failed");
            }
            shared.throw_out(true);
            continue;
        }
        let generation = request.generation_id;
        let version_max = HeartbeatRequest::LATEST_STABLE_VERSION;
        let timeout = shared.client.config().request_timeout.min(shared.session_timeout);
        let answer =
            shared.client.call_coordinator(&shared.id, request, version_max, timeout).await;
        {
            // An answer about an older generation says nothing about this one.
            let membership = shared.membership();
            if membership.generation != generation || !membership.is_stable {
                continue;
            }
        }
        let now = clock.monotonic();
        match answer.map(|response| response.error_code) {
            Ok(ErrorCode::NONE) => last_answer = now,
            Ok(ErrorCode::REBALANCE_IN_PROGRESS) => {
                last_answer = now;
                shared.ask_rejoin();
            }
            Ok(ErrorCode::UNKNOWN_MEMBER_ID) => shared.throw_out(true),
            Ok(ErrorCode::ILLEGAL_GENERATION) => shared.throw_out(false),
            Ok(code) if is_coordinator_error(code) => {
                shared.client.check_coordinator(&shared.id, code);
                pause = shared.client.config().retry_backoff;
            }
            Ok(code) => {
                let what = format!("heartbeat of group {}", shared.id);
                let error = ClientError::Api { what, error: ApiError { code, message: None } };
                shared.membership().fatal = Some(error);
                shared.changed.notify_one();
            }
            Err(error) => {
                tracing::debug!(group = %shared.id, %error, "heartbeat failed");
                pause = shared.client.config().retry_backoff;
                if now.saturating_sub(last_answer) > shared.session_timeout {
                    last_answer = now;
                    shared.ask_rejoin();
                }
            }
        }
    }
}

fn millis(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}
