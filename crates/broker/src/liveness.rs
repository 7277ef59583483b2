//! Whether brokers that the controller does not hear still run.
//!
//! The kernel closes the sockets of a process that dies, at once. So the active controller looks for
//! a broker when the connection breaks by which it was heard, and for every unfenced broker when it
//! becomes active itself: it connects to where the broker listens.
//!
//! ```text
//! refused, twice, and the broker was not heard of meanwhile -> nobody is there: its session ends
//! accepted, or nothing comes back                           -> its session decides, as ever
//! ```
//!
//! The kernel of a process that is stopped or starved still accepts, and a network that is cut says
//! nothing, so neither is taken for dead. A refusal counts only from a listener that this node
//! reached before, in the same registration: an advertised address that means something else here
//! (`localhost` in another container) proves nothing.

use crate::node::Node;
use crate::quorum::ActiveController;
use keld_controller::{BrokerRef, Command};
use keld_env::{Address, Env};
use keld_types::{BrokerEpoch, BrokerId};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Refusals in a row that are believed: one that comes while a process takes over a port is not.
const REFUSALS: u32 = 2;
/// Between the first two looks; a broker that lives connects anew and is heard of in that time. Stock
/// clients ask for the new leader some 100 ms after they lost the old one.
const PAUSE_FIRST: Duration = Duration::from_millis(50);
/// Between looks, at most.
const PAUSE_MAX: Duration = Duration::from_millis(500);
/// How often a broker is looked for after one break: about as long as a session lasts by default.
/// A dying process may close a connection some time before its listener.
const LOOKS_MAX: u32 = 20;
/// How long a listener may take to accept or refuse.
const ANSWER_MAX: Duration = Duration::from_secs(1);
/// Pauses between the tries to reach a broker that registered.
const REACH_PAUSES: [Duration; 3] =
    [Duration::from_millis(200), Duration::from_secs(2), Duration::from_secs(10)];

/// What a controller knows of the brokers' processes.
#[derive(Debug, Default)]
pub(crate) struct Liveness {
    state: Mutex<State>,
    has_news: Notify,
}

/// Each map has at most one entry a registered broker.
#[derive(Debug, Default)]
struct State {
    heard: BTreeMap<BrokerId, Heard>,
    /// Where brokers were reached, in which registration.
    reached: BTreeMap<BrokerId, (BrokerEpoch, Address)>,
    /// Brokers that this node tries to reach.
    reaching: BTreeSet<BrokerId>,
    /// Brokers that registered or changed.
    changed: BTreeSet<BrokerId>,
    /// Brokers whose connection broke.
    broken: BTreeMap<BrokerId, Heard>,
}

/// How a broker was heard of last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Heard {
    epoch: BrokerEpoch,
    connection_id: u64,
    /// Its heartbeats so far.
    count: u64,
}

/// What a listener says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Knock {
    Accepted,
    Refused,
    /// Nothing, or that it cannot be reached: that is the network's.
    Unknown,
}

impl Liveness {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A broker's heartbeat was taken.
    pub(crate) fn heard(&self, broker: BrokerRef, connection_id: u64) {
        let mut state = self.state();
        let count = state.heard.get(&broker.id).map_or(0, |known| known.count) + 1;
        state.heard.insert(broker.id, Heard { epoch: broker.epoch, connection_id, count });
    }

    /// A broker was let go: what becomes of its connection says nothing.
    pub(crate) fn let_go(&self, broker: BrokerRef) {
        self.state().heard.remove(&broker.id);
    }

    /// A connection to this node ended.
    pub(crate) fn closed(&self, connection_id: u64) {
        let mut state = self.state();
        let mut heard = state.heard.iter();
        let found = heard.find(|(_, known)| known.connection_id == connection_id);
        let Some((id, known)) = found.map(|(id, known)| (*id, *known)) else { return };
        state.broken.insert(id, known);
        drop(state);
        self.has_news.notify_one();
    }

    fn last_heard(&self, id: BrokerId) -> Option<Heard> {
        self.state().heard.get(&id).copied()
    }

    /// Where a broker was reached in this registration.
    fn reached(&self, broker: BrokerRef) -> Option<Address> {
        let state = self.state();
        let (_, at) = state.reached.get(&broker.id).filter(|(epoch, _)| *epoch == broker.epoch)?;
        Some(at.clone())
    }
}

/// Has a controller learn of brokers as they register.
pub(crate) fn follow(node: &Arc<Node>) {
    if !node.config().roles.controller {
        return;
    }
    let weak = Arc::downgrade(node);
    node.on_publish(Box::new(move |loaded| {
        let Some(node) = weak.upgrade() else { return };
        if loaded.delta.changed_brokers.is_empty() {
            return;
        }
        let mut state = node.liveness.state();
        for id in &loaded.delta.changed_brokers {
            if loaded.after.broker(*id).is_some() {
                state.changed.insert(*id);
            } else {
                state.heard.remove(id);
                state.reached.remove(id);
            }
        }
        drop(state);
        node.liveness.has_news.notify_one();
    }));
}

/// Looks for brokers until the node stops.
pub(crate) async fn run(node: Arc<Node>) {
    let mut controllers = node.quorum.watch_controller();
    let mut led = None;
    loop {
        let now = match *controllers.borrow_and_update() {
            ActiveController::Local(epoch) => Some(epoch),
            ActiveController::Remote { .. } | ActiveController::Unknown => None,
        };
        let is_new = now.is_some() && now != led;
        led = now;
        let (changed, mut broken) = {
            let mut state = node.liveness.state();
            (std::mem::take(&mut state.changed), std::mem::take(&mut state.broken))
        };
        for id in changed {
            node.begin_to_reach(id);
        }
        if is_new {
            node.look_for_all();
            broken.clear();
        }
        if led.is_some() {
            for (id, heard) in broken {
                node.begin_to_look(BrokerRef { id, epoch: heard.epoch }, Some(heard));
            }
        }
        tokio::select! {
            () = node.stopping.cancelled() => return,
            _ = controllers.changed() => {}
            () = node.liveness.has_news.notified() => {}
        }
    }
}

impl Node {
    fn begin_to_look(self: &Arc<Self>, broker: BrokerRef, heard: Option<Heard>) {
        let looking = look_for(Arc::clone(self), broker, heard);
        self.env.spawn.spawn("look for a broker", Box::pin(looking));
    }

    /// This node became the controller: it has not heard anybody yet, and whoever was the controller
    /// before it may have died with its broker.
    fn look_for_all(self: &Arc<Self>) {
        let (image, me) = (self.image(), self.config().node_id);
        for broker in image.brokers.values().filter(|broker| !broker.fenced && broker.id != me) {
            let heard = self.liveness.last_heard(broker.id);
            self.begin_to_look(BrokerRef { id: broker.id, epoch: broker.epoch }, heard);
        }
    }

    fn begin_to_reach(self: &Arc<Self>, id: BrokerId) {
        if id == self.config().node_id || !self.liveness.state().reaching.insert(id) {
            return;
        }
        let this = Arc::clone(self);
        let reaching = async move {
            this.reach(id).await;
            this.liveness.state().reaching.remove(&id);
        };
        self.env.spawn.spawn("reach a broker", Box::pin(reaching));
    }

    /// Tries to reach a broker where it says that it listens.
    async fn reach(&self, id: BrokerId) {
        let clock = &self.env.clock;
        for pause in REACH_PAUSES {
            let Some((broker, address)) = self.place_of(id) else { return };
            if self.liveness.reached(broker).is_some_and(|known| known == address) {
                return;
            }
            if knock(&self.env, &address).await == Knock::Accepted {
                self.liveness.state().reached.insert(id, (broker.epoch, address));
                return;
            }
            tokio::select! {
                () = self.stopping.cancelled() => return,
                () = clock.sleep_until(clock.monotonic() + pause) => {}
            }
        }
        tracing::info!(%id, "a broker cannot be reached from here; only its session tells of it");
    }

    /// Where an unfenced broker listens for other brokers, or at all.
    fn place_of(&self, id: BrokerId) -> Option<(BrokerRef, Address)> {
        let image = self.image.load();
        let broker = image.broker(id).filter(|broker| !broker.fenced)?;
        let config = self.config();
        let named = broker.endpoint(config.inter_broker_listener_name.as_str());
        let at = named.or_else(|| broker.endpoints.first())?;
        let address = Address { host: at.host.clone(), port: at.port };
        Some((BrokerRef { id, epoch: broker.epoch }, address))
    }
}

/// Looks for a broker that was heard of as `heard` says and not since, until it is heard of again
/// or known to be gone.
async fn look_for(node: Arc<Node>, broker: BrokerRef, heard: Option<Heard>) {
    let clock = Arc::clone(&node.env.clock);
    node.quorum.submit(Command::BrokerDisconnected(broker)).await;
    let (mut refusals, mut pause) = (0, PAUSE_FIRST);
    for _ in 0..LOOKS_MAX {
        let knocked = match node.liveness.reached(broker) {
            Some(address) => knock(&node.env, &address).await,
            None => Knock::Unknown,
        };
        let is_active = matches!(node.quorum.active_controller(), ActiveController::Local(_));
        if !is_active || node.liveness.last_heard(broker.id) != heard {
            return;
        }
        refusals = if knocked == Knock::Refused { refusals + 1 } else { 0 };
        if refusals == REFUSALS {
            tracing::info!(id = %broker.id, epoch = %broker.epoch, "nobody is where a broker was");
            node.quorum.submit(Command::BrokerGone(broker)).await;
            return;
        }
        tokio::select! {
            () = node.stopping.cancelled() => return,
            () = clock.sleep_until(clock.monotonic() + pause) => {}
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

async fn knock(env: &Env, address: &Address) -> Knock {
    let timeout = env.clock.sleep_until(env.clock.monotonic() + ANSWER_MAX);
    tokio::select! {
        biased;
        connected = env.network.connect(address.clone()) => match connected {
            Ok(_) => Knock::Accepted,
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Knock::Refused,
            Err(_) => Knock::Unknown,
        },
        () = timeout => Knock::Unknown,
    }
}
