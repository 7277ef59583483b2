//! Listeners, and what all connections share: limits, counts, the end.

use crate::connection::{Connection, Parts};
use crate::handler::RequestHandler;
use crate::limits::Limits;
use crate::pace::Pace;
use crate::phase::{Phase, Phases};
use crate::session::Session;
use keld_env::{Address, ColdReads, Env, Listener, Stream};
use keld_types::Principal;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long accepting pauses after an error (no more descriptors, mostly).
const ACCEPT_RETRY: Duration = Duration::from_millis(100);

/// One entry of `listeners`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListenerSpec {
    /// Its name, as in `listener.security.protocol.map`.
    pub name: Arc<str>,
    /// Where it listens.
    pub address: Address,
}

/// A listener that listens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bound {
    /// Its name.
    pub name: Arc<str>,
    /// The address with the port the system chose.
    pub address: SocketAddr,
}

/// Counters of a server; all only grow, but `open_connections`.
#[derive(Debug, Default)]
pub struct ServerStats {
    /// Connections now open.
    pub open_connections: AtomicUsize,
    /// Connections ever accepted.
    pub accepted_connections: AtomicU64,
    /// Connections refused by a limit.
    pub refused_connections: AtomicU64,
    /// Bytes read.
    pub received_bytes: AtomicU64,
    /// Bytes of answers, as they were queued.
    pub sent_bytes: AtomicU64,
    /// Requests handed to the handler.
    pub requests: AtomicU64,
}

/// A listener with its name.
type Named = (Arc<str>, Box<dyn Listener>);

/// The listeners of a node and their connections.
#[derive(Debug)]
pub struct Server {
    bound: Vec<Bound>,
    /// Bound, not yet accepting.
    idle: Mutex<Vec<Named>>,
    shared: Arc<Shared>,
}

struct Shared {
    env: Env,
    handler: Arc<dyn RequestHandler>,
    limits: RwLock<Arc<Limits>>,
    stats: Arc<ServerStats>,
    by_ip: Mutex<BTreeMap<IpAddr, usize>>,
    by_listener: BTreeMap<Arc<str>, OfListener>,
    pace: Pace,
    next_connection: AtomicU64,
    /// Nothing more is accepted.
    stopping: CancellationToken,
    /// What the connections see of the end.
    phases: Arc<Phases>,
    /// What answers must wait for the disk for.
    cold: Arc<ColdReads>,
    /// A connection ended.
    closed: Notify,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("stats", &self.stats).finish_non_exhaustive()
    }
}

/// What is counted of one listener.
#[derive(Debug, Default)]
struct OfListener {
    open_connections: AtomicUsize,
    pace: Pace,
}

/// Counts a connection for as long as it lives.
struct Place {
    shared: Arc<Shared>,
    ip: IpAddr,
    listener: Arc<str>,
}

impl Server {
    /// Binds all listeners, or none: an error names the address that could not be bound. Nothing is
    /// accepted before [`start`](Self::start).
    pub async fn bind(
        env: &Env,
        specs: &[ListenerSpec],
        limits: Limits,
        handler: Arc<dyn RequestHandler>,
    ) -> io::Result<Self> {
        let mut listeners = Vec::new();
        for spec in specs {
            let listener = env.network.listen(spec.address.clone(), limits.backlog).await?;
            listeners.push((Arc::clone(&spec.name), listener));
        }
        let shared = Arc::new(Shared {
            cold: ColdReads::new(Arc::clone(&env.spawn)),
            env: env.clone(),
            handler,
            limits: RwLock::new(Arc::new(limits)),
            stats: Arc::new(ServerStats::default()),
            by_ip: Mutex::new(BTreeMap::new()),
            by_listener: specs
                .iter()
                .map(|spec| (Arc::clone(&spec.name), OfListener::default()))
                .collect(),
            pace: Pace::default(),
            next_connection: AtomicU64::new(0),
            stopping: CancellationToken::new(),
            phases: Arc::new(Phases::default()),
            closed: Notify::new(),
        });
        let bound = listeners
            .iter()
            .map(|(name, listener)| Bound {
                name: Arc::clone(name),
                address: listener.local_address(),
            })
            .collect();
        Ok(Self { bound, idle: Mutex::new(listeners), shared })
    }

    /// Begins to accept on the listeners whose name `is_wanted`, where that is not done yet.
    /// Connections that came before wait in the system's backlog.
    pub fn start(&self, is_wanted: impl Fn(&str) -> bool) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (wanted, left) = std::mem::take(&mut *idle)
            .into_iter()
            .partition::<Vec<Named>, _>(|(name, _)| is_wanted(name));
        *idle = left;
        drop(idle);
        for (name, listener) in wanted {
            let accepting = accept(Arc::clone(&self.shared), name, listener);
            self.shared.env.spawn.spawn("accept", Box::pin(accepting));
        }
    }

    /// The listeners with the ports the system chose.
    pub fn bound(&self) -> &[Bound] {
        &self.bound
    }

    /// Changes the limits: those of counts at once, those of a connection for new ones.
    pub fn set_limits(&self, limits: Limits) {
        let mut held = self.shared.limits.write().unwrap_or_else(PoisonError::into_inner);
        *held = Arc::new(limits);
        drop(held);
        // Whoever waits for room looks again.
        self.shared.closed.notify_waiters();
    }

    /// The counters.
    pub fn stats(&self) -> Arc<ServerStats> {
        Arc::clone(&self.shared.stats)
    }

    /// Stops accepting and reading, lets answers in flight go out for at most `grace`, then closes
    /// what is left.
    pub async fn stop(&self, grace: Duration) {
        self.shared.stopping.cancel();
        self.shared.phases.enter(Phase::Stopping);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let clock = &self.shared.env.clock;
        let mut timer = clock.sleep_until(clock.monotonic() + grace);
        loop {
            let closed = self.shared.closed.notified();
            if self.shared.stats.open_connections.load(Ordering::SeqCst) == 0 {
                return;
            }
            tokio::select! {
                () = closed => {}
                () = &mut timer => break,
            }
        }
        self.shared.phases.enter(Phase::Aborting);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopping.cancel();
        self.shared.phases.enter(Phase::Aborting);
    }
}

async fn accept(shared: Arc<Shared>, name: Arc<str>, mut listener: Box<dyn Listener>) {
    let mut worker = 0;
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.stopping.cancelled() => return,
            () = shared.room(&name) => {
                tokio::select! {
                    biased;
                    () = shared.stopping.cancelled() => return,
                    accepted = poll_fn(|context| listener.poll_accept(context)) => accepted,
                }
            }
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::select! {
                    biased;
                    () = shared.stopping.cancelled() => return,
                    () = shared.pause(&name) => {}
                }
                shared.serve(&name, worker, stream, peer);
                worker = worker.wrapping_add(1);
            }
            Err(error) => {
                tracing::error!(listener = %name, %error, "cannot accept connections");
                let clock = &shared.env.clock;
                clock.sleep_until(clock.monotonic() + ACCEPT_RETRY).await;
            }
        }
    }
}

impl Shared {
    fn limits(&self) -> Arc<Limits> {
        Arc::clone(&self.limits.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until the listener may have another connection.
    async fn room(&self, listener: &str) {
        loop {
            let closed = self.closed.notified();
            let limits = self.limits();
            let own_max = limits.of_listener(listener).and_then(|own| own.connections_max);
            let own_max = own_max.unwrap_or(usize::MAX);
            let own = self.by_listener.get(listener);
            let own = own.map_or(0, |own| own.open_connections.load(Ordering::SeqCst));
            let all = self.stats.open_connections.load(Ordering::SeqCst);
            if all < limits.connections_max && own < own_max {
                return;
            }
            closed.await;
        }
    }

    /// Waits until a connection that came may be served: they come no faster than the limits say.
    async fn pause(&self, listener: &str) {
        let clock = &self.env.clock;
        loop {
            let limits = self.limits();
            let taken = match (
                limits.of_listener(listener).and_then(|own| own.creation_rate),
                self.by_listener.get(listener),
            ) {
                (Some(rate), Some(own)) => own.pace.take(rate, clock.monotonic()),
                _ => Ok(()),
            };
            match taken {
                Ok(()) => break,
                Err(wait) => clock.sleep_until(clock.monotonic() + wait).await,
            }
        }
        loop {
            let rate = self.limits().creation_rate;
            match self.pace.take(rate, clock.monotonic()) {
                Ok(()) => return,
                Err(wait) => clock.sleep_until(clock.monotonic() + wait).await,
            }
        }
    }

    fn serve(
        self: &Arc<Self>,
        name: &Arc<str>,
        worker: usize,
        stream: Box<dyn Stream>,
        peer: SocketAddr,
    ) {
        let Some(place) = self.place(name, peer.ip()) else { return };
        let limits = self.limits();
        if let Err(error) = stream.tune(&limits.tuning_of(name)) {
            // It serves as the system has it.
            tracing::warn!(listener = %name, %peer, %error, "connection is not tuned");
        }
        let session = Session {
            connection_id: self.next_connection.fetch_add(1, Ordering::Relaxed),
            listener: Arc::clone(name),
            peer,
            principal: Principal::anonymous(),
            software: None,
        };
        let parts = Parts {
            stream,
            session,
            handler: Arc::clone(&self.handler),
            limits,
            clock: Arc::clone(&self.env.clock),
            stats: Arc::clone(&self.stats),
            phases: Arc::clone(&self.phases),
            cold: Arc::clone(&self.cold),
        };
        let task = async move {
            let _place = place;
            // Made here, on its worker, so that its timer is that worker's.
            Connection::new(parts).run().await;
        };
        self.env.spawn.spawn_on(worker, "connection", Box::pin(task));
    }

    fn place(self: &Arc<Self>, listener: &Arc<str>, ip: IpAddr) -> Option<Place> {
        let mut by_ip = self.by_ip.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_ip.entry(ip).or_insert(0);
        let limit = self.limits().connections_max_of(ip);
        if *count >= limit {
            if *count == 0 {
                by_ip.remove(&ip);
            }
            self.stats.refused_connections.fetch_add(1, Ordering::Relaxed);
            tracing::info!(%ip, limit, "rejected connection: the address has as many as it may");
            return None;
        }
        *count += 1;
        self.stats.open_connections.fetch_add(1, Ordering::SeqCst);
        self.stats.accepted_connections.fetch_add(1, Ordering::Relaxed);
        if let Some(own) = self.by_listener.get(listener) {
            own.open_connections.fetch_add(1, Ordering::SeqCst);
        }
        Some(Place { shared: Arc::clone(self), ip, listener: Arc::clone(listener) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut by_ip = self.shared.by_ip.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_ip.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                by_ip.remove(&self.ip);
            }
        }
        drop(by_ip);
        self.shared.stats.open_connections.fetch_sub(1, Ordering::SeqCst);
        if let Some(own) = self.shared.by_listener.get(&self.listener) {
            own.open_connections.fetch_sub(1, Ordering::SeqCst);
        }
        self.shared.closed.notify_waiters();
    }
}
