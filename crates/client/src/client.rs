//! Brokers, metadata and coordinators: what admin, producer and consumer share.

use crate::config::ClientConfig;
use crate::connection::Connection;
use crate::error::ClientError;
use crate::metadata::{ClusterMetadata, PartitionMetadata, TopicMetadata};
use crate::timer;
use keld_env::{Address, Env, Monotonic};
use keld_types::{BrokerId, ErrorCode, GroupId, PartitionIndex, TopicName};
use keld_wire::messages::metadata_request::MetadataRequestTopic;
use keld_wire::messages::{ApiVersionsResponse, FindCoordinatorRequest, MetadataRequest};
use keld_wire::{Rpc, Str};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Connections to a cluster and what is known of it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
    lane: u32,
}

#[derive(Debug)]
struct Inner {
    env: Env,
    config: ClientConfig,
    /// One slot an address and lane.
    slots: Mutex<BTreeMap<(Address, u32), Slot>>,
    lanes: AtomicU32,
    state: Mutex<State>,
}

/// A connection, or the one attempt at it that everybody who wants it waits for. The attempt runs
/// in a task of its own: a caller that nobody polls for a while must not hold up the others.
#[derive(Debug)]
enum Slot {
    Connecting(watch::Receiver<Attempt>),
    Open(Connection),
}

/// `None` until the attempt is over.
type Attempt = Option<Result<Connection, ClientError>>;

#[derive(Debug)]
struct State {
    metadata: Arc<ClusterMetadata>,
    refreshed: Monotonic,
    is_stale: bool,
    coordinators: BTreeMap<GroupId, BrokerId>,
    /// Which known broker is asked next when any will do.
    turn: usize,
}

/// Which topics a Metadata request asks for.
#[derive(Clone, Debug)]
pub(crate) enum Topics {
    None,
    All,
    These(BTreeSet<TopicName>),
}

impl Client {
    /// Connects to the first bootstrap broker that answers and learns the brokers.
    pub async fn connect(env: Env, config: ClientConfig) -> Result<Self, ClientError> {
        let client = Self::lazy(env, config);
        client.retrying("connecting", || client.refresh(Topics::None, false)).await?;
        Ok(client)
    }

    /// Does not connect before the first call.
    pub fn lazy(env: Env, config: ClientConfig) -> Self {
        let refreshed = env.clock.monotonic();
        Self {
            inner: Arc::new(Inner {
                env,
                config,
                slots: Mutex::new(BTreeMap::new()),
                lanes: AtomicU32::new(1),
                state: Mutex::new(State {
                    metadata: Arc::new(ClusterMetadata::default()),
                    refreshed,
                    is_stale: false,
                    coordinators: BTreeMap::new(),
                    turn: 0,
                }),
            }),
            lane: 0,
        }
    }

    /// The same cluster over connections of its own. A broker answers the requests of a connection
    /// in order, so whoever waits long (a fetch, a rebalance) must not share one.
    #[must_use]
    pub fn separate(&self) -> Self {
        let lane = self.inner.lanes.fetch_add(1, Ordering::Relaxed);
        Self { inner: Arc::clone(&self.inner), lane }
    }

    /// The settings.
    pub fn config(&self) -> &ClientConfig {
        &self.inner.config
    }

    /// The environment.
    pub fn env(&self) -> &Env {
        &self.inner.env
    }

    /// What is known of the cluster, without asking.
    pub fn metadata(&self) -> Arc<ClusterMetadata> {
        Arc::clone(&self.state().metadata)
    }

    /// Asks for the cluster's brokers and all topics.
    pub async fn refresh_all(&self) -> Result<Arc<ClusterMetadata>, ClientError> {
        self.retrying("Metadata of all topics", || self.refresh(Topics::All, false)).await?;
        Ok(self.metadata())
    }

    /// Asks for some topics; those that do not exist end up in `refused`. With `create`, brokers
    /// that allow it create what is missing.
    pub async fn refresh_topics(
        &self,
        topics: impl IntoIterator<Item = TopicName>,
        create: bool,
    ) -> Result<Arc<ClusterMetadata>, ClientError> {
        let topics = Topics::These(topics.into_iter().collect());
        self.retrying("Metadata", || self.refresh(topics.clone(), create)).await?;
        Ok(self.metadata())
    }

    /// A topic with partitions, asking until it is there or `api_timeout` has passed.
    pub async fn topic(
        &self,
        name: &TopicName,
        create: bool,
    ) -> Result<TopicMetadata, ClientError> {
        if let Some(topic) = self.metadata().topics.get(name) {
            return Ok(topic.clone());
        }
        self.retrying("Metadata", || async {
            self.refresh(Topics::These([name.clone()].into()), create).await?;
            let metadata = self.metadata();
            match (metadata.topics.get(name), metadata.refused.get(name)) {
                (Some(topic), _) => Ok(topic.clone()),
                // Only a topic that is being created will come: asking for a missing one is final.
                (None, Some(error))
                    if !create
                        && (!error.code.is_retriable()
                            || error.code == ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) =>
                {
                    Err(ClientError::Topic {
                        topic: name.clone(),
                        reason: format!("is refused: {error}"),
                    })
                }
                (None, Some(error)) => Err(ClientError::Api {
                    what: format!("metadata of topic {name}"),
                    error: error.clone(),
                }),
                (None, None) => Err(ClientError::Topic {
                    topic: name.clone(),
                    reason: "is missing from the broker's answer".to_owned(),
                }),
            }
        })
        .await
    }

    /// A partition as last known.
    pub fn partition(
        &self,
        topic: &TopicName,
        partition: PartitionIndex,
    ) -> Option<PartitionMetadata> {
        self.state().metadata.partition(topic, partition).cloned()
    }

    /// Sends to any broker.
    pub(crate) async fn call_any<R: Rpc + Clone>(
        &self,
        request: R,
    ) -> Result<R::Response, ClientError> {
        self.call_any_up_to(request, R::LATEST_STABLE_VERSION).await
    }

    /// Sends to any broker at a version no higher than `version_max`.
    pub(crate) async fn call_any_up_to<R: Rpc + Clone>(
        &self,
        request: R,
        version_max: i16,
    ) -> Result<R::Response, ClientError> {
        self.retrying(R::NAME, || async {
            let (address, connection) = self.any().await?;
            let timeout = self.config().request_timeout;
            let answer = connection.call_up_to(request.clone(), version_max, timeout).await;
            self.drop_if_lost(&address, &connection, answer)
        })
        .await
    }

    /// Sends to one broker, once.
    pub(crate) async fn call_broker<R: Rpc>(
        &self,
        broker: BrokerId,
        request: R,
        version_max: i16,
        timeout: Duration,
    ) -> Result<R::Response, ClientError> {
        let (address, connection) = self.broker(broker).await?;
        let answer = connection.call_up_to(request, version_max, timeout).await;
        self.drop_if_lost(&address, &connection, answer)
    }

    /// Sends to one broker, where no answer is due.
    pub(crate) async fn send_unanswered<R: Rpc>(
        &self,
        broker: BrokerId,
        request: R,
        version_max: i16,
    ) -> Result<(), ClientError> {
        let (address, connection) = self.broker(broker).await?;
        let sent = connection.send_unanswered(request, version_max).await;
        self.drop_if_lost(&address, &connection, sent)
    }

    /// The versions one broker (any if `None`) has, and its features.
    pub async fn api_versions(
        &self,
        broker: Option<BrokerId>,
    ) -> Result<ApiVersionsResponse, ClientError> {
        let address = match broker {
            Some(id) => self.address(id).await?,
            None => self.any().await?.0,
        };
        let (_, versions) = Connection::open(self.env(), self.config(), &address).await?;
        Ok(versions)
    }

    /// Finds the coordinator of a group, from the cache if it is there.
    pub(crate) async fn coordinator(&self, group: &GroupId) -> Result<BrokerId, ClientError> {
        if let Some(broker) = self.state().coordinators.get(group) {
            return Ok(*broker);
        }
        let request = FindCoordinatorRequest {
            coordinator_keys: vec![Str::from(group.as_str())],
            ..FindCoordinatorRequest::default()
        };
        let (address, connection) = self.any().await?;
        let timeout = self.config().request_timeout;
        let what = || format!("finding the coordinator of group {group}");
        let node = if connection.versions(keld_wire::ApiKey::FindCoordinator).contains(4) {
            let answer = connection.call(request, timeout).await;
            let response = self.drop_if_lost(&address, &connection, answer)?;
            let found = response.coordinators.into_iter().next().unwrap_or_default();
            ClientError::check(what, found.error_code, found.error_message.as_deref())?;
            found.node_id
        } else {
            let request = FindCoordinatorRequest {
                key: Str::from(group.as_str()),
                ..FindCoordinatorRequest::default()
            };
            let answer = connection.call_up_to(request, 3, timeout).await;
            let response = self.drop_if_lost(&address, &connection, answer)?;
            ClientError::check(what, response.error_code, response.error_message.as_deref())?;
            response.node_id
        };
        let broker = BrokerId::new(node);
        self.state().coordinators.insert(group.clone(), broker);
        Ok(broker)
    }

    /// The versions of an API that a group's coordinator has.
    pub(crate) async fn coordinator_versions(
        &self,
        group: &GroupId,
        api: keld_wire::ApiKey,
    ) -> Result<keld_wire::VersionRange, ClientError> {
        let broker = self.coordinator(group).await?;
        Ok(self.broker(broker).await?.1.versions(api))
    }

    /// Sends to the coordinator of a group, once; forgets the coordinator if it was not the one.
    pub(crate) async fn call_coordinator<R: Rpc>(
        &self,
        group: &GroupId,
        request: R,
        version_max: i16,
        timeout: Duration,
    ) -> Result<R::Response, ClientError> {
        let broker = self.coordinator(group).await?;
        let answer = self.call_broker(broker, request, version_max, timeout).await;
        if answer.is_err() {
            self.forget_coordinator(group);
        }
        answer
    }

    /// Forgets who coordinates a group, if the code says that it was somebody else.
    pub(crate) fn check_coordinator(&self, group: &GroupId, code: ErrorCode) {
        if matches!(code, ErrorCode::NOT_COORDINATOR | ErrorCode::COORDINATOR_NOT_AVAILABLE) {
            self.forget_coordinator(group);
        }
    }

    fn forget_coordinator(&self, group: &GroupId) {
        self.state().coordinators.remove(group);
    }

    /// Asks once for metadata.
    pub(crate) async fn refresh(&self, topics: Topics, create: bool) -> Result<(), ClientError> {
        let is_all = matches!(topics, Topics::All);
        let request = MetadataRequest {
            topics: match topics {
                Topics::None => Some(Vec::new()),
                Topics::All => None,
                Topics::These(names) => Some(
                    names
                        .iter()
                        .map(|name| MetadataRequestTopic {
                            name: Some(Str::from(name.as_str())),
                            ..MetadataRequestTopic::default()
                        })
                        .collect(),
                ),
            },
            allow_auto_topic_creation: create,
            ..MetadataRequest::default()
        };
        let (address, connection) = self.any().await?;
        let answer = connection.call(request, self.config().request_timeout).await;
        let response = self.drop_if_lost(&address, &connection, answer)?;
        let now = self.env().clock.monotonic();
        let mut state = self.state();
        Arc::make_mut(&mut state.metadata).merge(&response, is_all);
        state.refreshed = now;
        state.is_stale = false;
        Ok(())
    }

    /// Whether the metadata is older than `metadata_max_age`, or was made so.
    pub(crate) fn is_stale(&self) -> bool {
        let now = self.env().clock.monotonic();
        let state = self.state();
        let age = now.saturating_sub(state.refreshed);
        // A pause, so that a leader that is missing is not asked for in a tight loop.
        state.is_stale && age >= self.config().retry_backoff || age > self.config().metadata_max_age
    }

    /// Makes the metadata count as old.
    pub(crate) fn make_stale(&self) {
        self.state().is_stale = true;
    }

    /// Repeats a call until it works, fails for good, or `api_timeout` has passed.
    pub(crate) async fn retrying<T, F: Future<Output = Result<T, ClientError>>>(
        &self,
        what: &str,
        mut call: impl FnMut() -> F,
    ) -> Result<T, ClientError> {
        let clock = &*self.env().clock;
        let after = self.config().api_timeout;
        let deadline = clock.monotonic() + after;
        let mut attempt = 0;
        let mut last_error = None;
        loop {
            let error = match timer::until(clock, deadline, call()).await {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(error)) if error.is_retriable() => error,
                Ok(Err(error)) => return Err(error),
                // What went wrong before says more than that time ran out.
                Err(timer::Elapsed) => {
                    let timeout = ClientError::Timeout { what: what.to_owned(), after };
                    return Err(last_error.unwrap_or(timeout));
                }
            };
            attempt += 1;
            let pause = self.config().backoff(attempt);
            if clock.monotonic() + pause >= deadline {
                return Err(error);
            }
            tracing::debug!(what, %error, attempt, "trying again");
            last_error = Some(error);
            timer::sleep(clock, pause).await;
        }
    }

    /// A connection to any broker: those that are known in turn, then the bootstrap addresses.
    async fn any(&self) -> Result<(Address, Connection), ClientError> {
        let (known, turn) = {
            let mut state = self.state();
            state.turn = state.turn.wrapping_add(1);
            let known: Vec<Address> =
                state.metadata.brokers.values().map(|broker| broker.address.clone()).collect();
            (known, state.turn)
        };
        let start = turn % known.len().max(1);
        let in_turn = known[start..].iter().chain(&known[..start]);
        let mut reasons = Vec::new();
        for address in in_turn.chain(&self.config().bootstrap) {
            match self.open(address).await {
                Ok(connection) => return Ok((address.clone(), connection)),
                Err(error) => reasons.push(error.to_string()),
            }
        }
        Err(ClientError::Bootstrap { reasons: reasons.join("; ") })
    }

    async fn broker(&self, id: BrokerId) -> Result<(Address, Connection), ClientError> {
        let address = self.address(id).await?;
        let connection = self.open(&address).await?;
        Ok((address, connection))
    }

    async fn address(&self, id: BrokerId) -> Result<Address, ClientError> {
        let known = |client: &Self| client.metadata().brokers.get(&id).map(|b| b.address.clone());
        if let Some(address) = known(self) {
            return Ok(address);
        }
        self.refresh(Topics::None, false).await?;
        known(self).ok_or_else(|| ClientError::Disconnected {
            broker: format!("broker {id}"),
            reason: "it is not in the cluster's metadata".to_owned(),
        })
    }

    async fn open(&self, address: &Address) -> Result<Connection, ClientError> {
        let mut attempt = {
            let mut slots = self.slots();
            let key = (address.clone(), self.lane);
            match slots.get(&key) {
                Some(Slot::Open(connection)) if connection.is_alive() => {
                    return Ok(connection.clone());
                }
                Some(Slot::Connecting(attempt)) => attempt.clone(),
                Some(Slot::Open(_)) | None => {
                    let (over, attempt) = watch::channel(None);
                    slots.insert(key, Slot::Connecting(attempt.clone()));
                    let task = self.clone().connect_slot(address.clone(), over);
                    self.env().spawn.spawn("client connect", Box::pin(task));
                    attempt
                }
            }
        };
        let over = attempt.wait_for(Option::is_some).await;
        over.ok().and_then(|result| result.clone()).unwrap_or(Err(ClientError::Closed))
    }

    /// Opens the connection of a slot, and empties the slot if that fails.
    async fn connect_slot(self, address: Address, over: watch::Sender<Attempt>) {
        let opened = Connection::open(self.env(), self.config(), &address).await;
        let opened = opened.map(|(connection, _)| connection);
        let key = (address, self.lane);
        match &opened {
            Ok(connection) => self.slots().insert(key, Slot::Open(connection.clone())),
            Err(_) => self.slots().remove(&key),
        };
        over.send_replace(Some(opened));
    }

    /// After a lost connection or an answer that never came, the next call opens a new one: behind
    /// an unanswered request nothing else would be answered.
    fn drop_if_lost<T>(
        &self,
        address: &Address,
        connection: &Connection,
        answer: Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        if let Err(ClientError::Disconnected { .. } | ClientError::Timeout { .. }) = &answer {
            let mut slots = self.slots();
            let key = (address.clone(), self.lane);
            let is_this =
                matches!(slots.get(&key), Some(Slot::Open(open)) if open.is_same(connection));
            if is_this {
                slots.remove(&key);
            }
        }
        answer
    }

    fn slots(&self) -> MutexGuard<'_, BTreeMap<(Address, u32), Slot>> {
        self.inner.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
