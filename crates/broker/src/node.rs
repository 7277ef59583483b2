//! A running node: everything it is made of, and its start and stop.

use crate::apis::metadata::EncodedTopics;
use crate::assignments;
use crate::auto_topics::AutoTopics;
use crate::background::{self, Upkeep};
use crate::cleaner::{self, Cleaner};
use crate::departures::{self, Departures};
use crate::directory_moves::DirectoryMoves;
use crate::dispatch::Dispatch;
use crate::fetch_sessions::FetchSessions;
use crate::fetchers::Fetchers;
use crate::groups::{self, Groups};
use crate::lease;
use crate::lifecycle::{self, Lifecycle};
use crate::liveness::{self, Liveness};
use crate::logs::{LogManager, LogsError};
use crate::metrics::Metrics;
use crate::partitions::PartitionTable;
use crate::producer_ids::ProducerIds;
use crate::quorum::{Inbox, QuorumError, QuorumHandle};
use crate::telemetry::Telemetry;
use crate::throttles::Throttles;
use arc_swap::ArcSwap;
use keld_config::{BrokerLayers, ConfigError, NodeConfig, Properties};
use keld_env::{Address, ColdReads, Env, Monotonic, Tuning};
use keld_metadata::{ClusterImage, ConfigResource, LoadedDelta};
use keld_net::{Bound, Limits, ListenerLimits, ListenerSpec, Server, ServerStats};
use keld_replication::{Committers, Lease, Tails};
use keld_types::{BrokerEpoch, ClusterId, Offset, Uuid};
use keld_wire::{ApiKey, VersionRange};
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How long connections may finish what is in flight when the node stops.
const STOP_GRACE: Duration = Duration::from_secs(5);

/// How long a node that leads the quorum and stops waits for another to lead it.
const HAND_OVER_MAX: Duration = Duration::from_millis(500);

/// A node could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The log directories cannot be used.
    #[error(transparent)]
    Logs(#[from] LogsError),
    /// A listener could not be bound.
    #[error(transparent)]
    Listen(io::Error),
    /// The metadata cannot be loaded.
    #[error(transparent)]
    Quorum(#[from] QuorumError),
    /// A part of the node panicked while it started.
    #[error("the node failed while it started: {0}")]
    Failed(&'static str),
}

/// Called after each published image.
type Hook = Box<dyn Fn(&LoadedDelta) + Send + Sync>;

/// A running node.
pub struct Node {
    pub(crate) env: Env,
    pub(crate) logs: LogManager,
    pub(crate) partitions: PartitionTable,
    /// Group commits of the partitions, one committer a log directory.
    pub(crate) committers: Arc<Committers>,
    pub(crate) fetch_sessions: FetchSessions,
    /// Fetch what other brokers lead.
    pub(crate) fetchers: Fetchers,
    /// Topics as they stand in answers.
    pub(crate) encoded_topics: EncodedTopics,
    /// How fast throttled replicas are copied.
    pub(crate) throttles: Throttles,
    /// The ends of partitions in memory.
    pub(crate) tails: Arc<Tails>,
    pub(crate) cold_reads: Arc<ColdReads>,
    /// The image that requests see.
    pub(crate) image: ArcSwap<ClusterImage>,
    /// Its offset.
    pub(crate) image_changed: watch::Sender<Offset>,
    pub(crate) hooks: Mutex<Vec<Hook>>,
    pub(crate) groups: Groups,
    pub(crate) auto_topics: AutoTopics,
    pub(crate) producer_ids: ProducerIds,
    pub(crate) lifecycle: Lifecycle,
    /// Whether its leaderships may be acted on.
    pub(crate) lease: Arc<Lease>,
    /// Whether the brokers of this controller run.
    pub(crate) liveness: Liveness,
    /// Brokers that were fenced a moment ago.
    pub(crate) departures: Departures,
    /// Drawn by this start of the process.
    pub(crate) incarnation_id: Uuid,
    pub(crate) moves: DirectoryMoves,
    pub(crate) cleaner: Cleaner,
    pub(crate) upkeep: Upkeep,
    /// Asks the controller.
    pub(crate) quorum: QuorumHandle,
    /// The driver's end, until the driver takes it.
    inbox: Mutex<Option<Inbox>>,
    /// Client metrics.
    pub(crate) telemetry: Telemetry,
    pub(crate) metrics: Metrics,
    /// When the node was opened.
    pub(crate) opened_at: Monotonic,
    /// Why the node cannot go on.
    failure: watch::Sender<Option<String>>,
    /// Background tasks end.
    pub(crate) stopping: CancellationToken,
    pub(crate) layers: ArcSwap<BrokerLayers>,
    config: ArcSwap<NodeConfig>,
    server: Mutex<Option<Arc<Server>>>,
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("id", &self.config().node_id).finish_non_exhaustive()
    }
}

impl Node {
    /// Opens the data, starts the roles, and listens. Clients are answered once this node has the
    /// metadata ([`Self::accept_clients`]); until then their connections wait.
    pub async fn start(properties: Properties, env: Env) -> Result<Arc<Self>, StartError> {
        let node = Self::open(BrokerLayers::new(properties), env).await?;
        groups::follow(&node);
        assignments::follow(&node);
        liveness::follow(&node);
        departures::follow(&node);
        node.listen().await?;
        node.start_quorum().await?;
        node.assign_all_directories();
        node.resume_moves();
        node.serve();
        Ok(node)
    }

    /// Everything before the quorum and the listeners.
    pub(crate) async fn open(layers: BrokerLayers, env: Env) -> Result<Arc<Self>, StartError> {
        let config = Arc::new(layers.node_config()?);
        let logs = {
            let (config, inner) = (Arc::clone(&config), env.clone());
            let slot = Arc::new(Mutex::new(None));
            let filled = Arc::clone(&slot);
            let open = move || {
                let opened = LogManager::open(&config, &inner);
                *filled.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened);
            };
            env.spawn.blocking("open log directories", Box::new(open)).await;
            let opened = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
            opened.ok_or(StartError::Failed("opening the log directories"))??
        };
        let opened_at = env.clock.monotonic();
        let incarnation_id = env.random.uuid();
        let move_threads =
            layers.effective().get("num.replica.alter.log.dirs.threads").map(str::to_owned);
        let move_threads = move_threads
            .and_then(|count| count.trim().parse().ok())
            .unwrap_or(config.log_dirs.len());
        let (quorum, inbox) = QuorumHandle::channel();
        let slots = config.limits.max_incremental_fetch_session_cache_slots;
        Ok(Arc::new(Self {
            committers: Committers::new(env.clone()),
            tails: Tails::new(usize::try_from(config.limits.tail_bytes_max).unwrap_or(0)),
            cold_reads: ColdReads::new(Arc::clone(&env.spawn)),
            env,
            logs,
            partitions: PartitionTable::default(),
            encoded_topics: EncodedTopics::default(),
            fetchers: Fetchers::default(),
            throttles: Throttles::new(&config.replication),
            fetch_sessions: FetchSessions::new(usize::try_from(slots).unwrap_or(0)),
            image: ArcSwap::from_pointee(ClusterImage::empty()),
            image_changed: watch::Sender::new(Offset::NONE),
            hooks: Mutex::new(Vec::new()),
            groups: Groups::default(),
            auto_topics: AutoTopics::default(),
            producer_ids: ProducerIds::default(),
            lifecycle: Lifecycle::default(),
            lease: lease::begin(config.replication.broker_session_timeout_ms, opened_at),
            liveness: Liveness::default(),
            departures: Departures::default(),
            incarnation_id,
            moves: DirectoryMoves::new(move_threads),
            cleaner: Cleaner::default(),
            upkeep: Upkeep::default(),
            quorum,
            inbox: Mutex::new(Some(inbox)),
            telemetry: Telemetry::default(),
            metrics: Metrics::new(crate::apis::APIS.iter().map(|api| api.key)),
            opened_at,
            failure: watch::Sender::new(None),
            stopping: CancellationToken::new(),
            layers: ArcSwap::from_pointee(layers),
            config: ArcSwap::new(config),
            server: Mutex::new(None),
        }))
    }

    /// Binds the listeners, so that their ports are known; nothing is accepted yet.
    pub(crate) async fn listen(self: &Arc<Self>) -> Result<(), StartError> {
        let dispatch = Arc::new(Dispatch { node: Arc::clone(self) });
        let server = Server::bind(&self.env, &self.listener_specs(), self.limits(), dispatch)
            .await
            .map_err(StartError::Listen)?;
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(server));
        Ok(())
    }

    /// Begins to answer requests and to do what a node does by itself.
    pub(crate) fn serve(self: &Arc<Self>) {
        if let Some(server) = self.server() {
            server.start(|listener| self.is_controller_listener(listener));
        }
        if self.lifecycle.epoch().is_some() {
            // The only voter has the metadata and is registered.
            self.accept_clients();
        }
        if self.config().roles.broker {
            self.env.spawn.spawn("lease", Box::pin(lease::run(Arc::clone(self))));
        }
        self.env.spawn.spawn("lifecycle", Box::pin(lifecycle::run(Arc::clone(self))));
        if self.config().roles.controller {
            self.env.spawn.spawn("liveness", Box::pin(liveness::run(Arc::clone(self))));
        }
        self.env.spawn.spawn("background", Box::pin(background::run(Arc::clone(self))));
        self.env.spawn.spawn("cleaner", Box::pin(cleaner::run(Arc::clone(self))));
        self.env.spawn.spawn("groups", Box::pin(groups::run_timer(Arc::clone(self))));
    }

    /// Begins to answer clients. What a node says of the cluster before it has the metadata is
    /// wrong, and clients believe it: they forget brokers and topics that are not named.
    pub(crate) fn accept_clients(&self) {
        if let Some(server) = self.server() {
            server.start(|_| true);
        }
    }

    fn server(&self) -> Option<Arc<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What comes in for the quorum's driver; only the first caller gets it.
    pub(crate) fn take_inbox(&self) -> Option<Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Stops: no more requests, then everything on disk, then the marks of a clean shutdown.
    pub async fn stop(self: &Arc<Self>) {
        let image = self.image();
        let me = self.config().node_id;
        if image.brokers.values().any(|broker| broker.id != me && broker.is_active()) {
            // Others can lead: clients go there before the connections end.
            self.leave_cluster(STOP_GRACE).await;
        }
        self.quorum.hand_over(&self.env, HAND_OVER_MAX).await;
        self.stopping.cancel();
        for partition in self.partitions.partitions() {
            // Long polls end, so that their connections can.
            partition.wake();
        }
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(server) = server {
            server.stop(STOP_GRACE).await;
        }
        self.leave_cluster(STOP_GRACE).await;
        self.quorum.stop().await;
        self.cleaner.ended().await;
        let this = Arc::clone(self);
        self.block("close logs", Box::new(move || this.close_logs())).await;
    }

    /// Closes every log and marks the stop as clean. Blocks.
    fn close_logs(&self) {
        self.write_epochs();
        let partitions = self.partitions.partitions();
        let logs = partitions.iter().filter_map(|partition| partition.take_log());
        if self.logs.close(logs.filter(|log| !log.is_failed()).collect()) {
            self.logs.close_cleanly(self.broker_epoch());
        } else {
            self.logs.write_checkpoints();
        }
        self.logs.release();
    }

    /// The node cannot go on: whoever runs it is told by [`Self::failed`].
    pub(crate) fn fail(&self, reason: String) {
        tracing::error!(reason, "the node cannot go on");
        self.failure.send_if_modified(|held| {
            let is_first = held.is_none();
            held.get_or_insert(reason);
            is_first
        });
    }

    /// Completes with the reason when the node cannot go on: its process should end.
    pub async fn failed(&self) -> String {
        let (mut own, mut quorum) = (self.failure.subscribe(), self.quorum.failure());
        let own =
            async { own.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone()) };
        let quorum =
            async { quorum.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone()) };
        let reason = tokio::select! {
            biased;
            reason = own => reason,
            reason = quorum => reason,
        };
        reason.unwrap_or_else(|| "a part of the node ended".to_owned())
    }

    /// The epoch that the controller gave this process, −1 before it has registered. What the
    /// metadata says of another process in its place is not this broker: −1 would let a process
    /// that was replaced fetch as if it were of no epoch (KIP-903).
    pub(crate) fn broker_epoch(&self) -> BrokerEpoch {
        self.lifecycle.epoch().unwrap_or(BrokerEpoch::new(-1))
    }

    /// The listeners with the ports the system chose.
    pub fn bound(&self) -> Vec<Bound> {
        self.server().map(|server| server.bound().to_vec()).unwrap_or_default()
    }

    /// Counters of connections and bytes.
    pub fn network_stats(&self) -> Option<Arc<ServerStats>> {
        self.server().map(|server| server.stats())
    }

    /// The configuration now, dynamic options included.
    pub fn config(&self) -> Arc<NodeConfig> {
        self.config.load_full()
    }

    /// Where the options come from.
    pub(crate) fn layers(&self) -> Arc<BrokerLayers> {
        self.layers.load_full()
    }

    /// The cluster.
    pub fn cluster_id(&self) -> &ClusterId {
        &self.logs.cluster_id
    }

    /// The cluster's state, as requests see it.
    pub fn image(&self) -> Arc<ClusterImage> {
        self.image.load_full()
    }

    /// Takes the dynamic options of an image. Options that are not valid are left out; if the whole
    /// is not, the configuration stays.
    pub(crate) fn reload_config(&self, image: &ClusterImage) {
        let options = |resource| image.config(&resource).map(|known| (**known).clone());
        let layers = self.layers.load().with_dynamic(
            &options(ConfigResource::broker_default()).unwrap_or_default(),
            &options(ConfigResource::broker(self.config().node_id)).unwrap_or_default(),
        );
        match layers.node_config() {
            Ok(config) => {
                self.layers.store(Arc::new(layers));
                self.throttles.configure(&config.replication);
                self.config.store(Arc::new(config));
                if let Some(server) = self.server() {
                    server.set_limits(self.limits());
                }
            }
            Err(error) => tracing::warn!(%error, "dynamic broker options not taken"),
        }
    }

    /// Whether a listener belongs to the controller role.
    pub(crate) fn is_controller_listener(&self, name: &str) -> bool {
        let config = self.config.load();
        config.controller_listener_names.iter().any(|known| known.as_str() == name)
    }

    /// The versions of an API that this node serves.
    pub(crate) fn versions_of(&self, key: ApiKey) -> VersionRange {
        let mut range = key.versions();
        if key.latest_version_unstable() && !self.config.load().limits.unstable_api_versions_enable
        {
            range.max -= 1;
        }
        range
    }

    fn listener_specs(&self) -> Vec<ListenerSpec> {
        let spec = |listener: &keld_config::Listener| ListenerSpec {
            name: listener.name.as_str().into(),
            address: Address {
                host: listener.host.clone().unwrap_or_default(),
                port: listener.port,
            },
        };
        self.config().listeners.iter().map(spec).collect()
    }

    fn limits(&self) -> Limits {
        let config = self.config();
        let socket = &config.socket;
        let bound = |value: i32| usize::try_from(value).unwrap_or(0);
        let overrides = socket.max_connections_per_ip_overrides.iter();
        Limits {
            request_bytes_max: bound(socket.request_max_bytes),
            idle: u64::try_from(socket.connections_max_idle_ms)
                .map_or(Duration::from_secs(u64::from(u32::MAX)), Duration::from_millis),
            connections_max: bound(socket.max_connections),
            creation_rate: u32::try_from(socket.max_connection_creation_rate).unwrap_or(0),
            listeners: config
                .listeners
                .iter()
                .filter_map(|listener| {
                    let name = listener.name.as_str();
                    let own = socket.listeners.get(&name.to_lowercase())?;
                    let limits = ListenerLimits {
                        connections_max: own.max_connections.map(bound),
                        creation_rate: own
                            .max_connection_creation_rate
                            .map(|rate| u32::try_from(rate).unwrap_or(0)),
                        congestion_control: own.congestion_control.clone(),
                    };
                    Some((name.to_owned(), limits))
                })
                .collect(),
            connections_per_ip_max: bound(socket.max_connections_per_ip),
            connections_per_ip_overrides: overrides
                .filter_map(|(ip, count)| Some((ip.parse::<IpAddr>().ok()?, bound(*count))))
                .collect(),
            tuning: Tuning {
                send_buffer_bytes: usize::try_from(socket.send_buffer_bytes).ok(),
                congestion_control: Some(socket.congestion_control.clone())
                    .filter(|name| !name.is_empty()),
            },
            backlog: u32::try_from(socket.listen_backlog_size).unwrap_or(50),
            ..Limits::default()
        }
    }
}
