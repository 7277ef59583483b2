//! Asking the active controller, wherever it is.
//!
//! A command becomes a turn of this node's own quorum when this node is the active controller, and
//! a request over the network when another is. What this node's broker asks of its controller goes
//! this way; what clients ask is forwarded as it came (`crate::forwarding`).

use crate::node::Node;
use crate::quorum::{ActiveController, ControllerError};
use keld_controller::{ApiError, BrokerRef, Command, ProducerIdBlock, Reply};
use keld_types::{BrokerEpoch, ErrorCode, ProducerId};
use keld_wire::Rpc;
use keld_wire::messages as wire;
use std::time::Duration;

/// Between two tries, while no controller takes the request.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

impl Node {
    /// Asks the active controller. While there is none, or it cannot be reached, it is asked again
    /// until `request.timeout.ms` has passed; then the reply is a refusal. A request that may have
    /// been carried out already is sent again, as Kafka does: the epochs in it make that harmless.
    pub(crate) async fn decide(&self, command: Command) -> Reply {
        let timeout = u64::try_from(self.config().limits.request_timeout_ms).unwrap_or(0);
        self.decide_within(command, Duration::from_millis(timeout)).await
    }

    /// As [`Self::decide`], for as long as `timeout`.
    pub(crate) async fn decide_within(&self, command: Command, timeout: Duration) -> Reply {
        let clock = &self.env.clock;
        let deadline = clock.monotonic() + timeout;
        let mut controllers = self.quorum.watch_controller();
        loop {
            let known = controllers.borrow_and_update().clone();
            let reply = match known {
                ActiveController::Local(_) => self.quorum.submit(command.clone()).await,
                ActiveController::Remote { .. } => {
                    let left = deadline.saturating_sub(clock.monotonic());
                    tokio::select! {
                        biased;
                        reply = self.ask_remote(command.clone(), left) => reply,
                        // The one that was asked may be the reason for the change.
                        _ = controllers.changed() => continue,
                    }
                }
                ActiveController::Unknown => match self.quorum.refusal() {
                    Some(error) => Reply::Refused((*error).clone()),
                    None => not_controller("no controller is known"),
                },
            };
            let is_final = match &reply {
                Reply::Refused(error) => error.code != ErrorCode::NOT_CONTROLLER,
                _ => true,
            };
            if is_final || clock.monotonic() >= deadline || self.stopping.is_cancelled() {
                return reply;
            }
            tokio::select! {
                biased;
                _ = controllers.changed() => {}
                () = clock.sleep_until((clock.monotonic() + RETRY_PAUSE).min(deadline)) => {}
            }
        }
    }

    async fn ask_remote(&self, command: Command, timeout: Duration) -> Reply {
        match command {
            Command::RegisterBroker(request) => {
                let answer = self.call(request, timeout).await;
                reply(
                    answer,
                    |r| r.error_code,
                    |r| Reply::Registered(BrokerEpoch::new(r.broker_epoch)),
                )
            }
            Command::RegisterController(record) => {
                let answer = self.call(registration_request(record), timeout).await;
                let code = |r: &wire::ControllerRegistrationResponse| r.error_code;
                reply(answer, code, |_| Reply::Done)
            }
            Command::Heartbeat(request) => {
                let answer = self.call(request, timeout).await;
                reply(answer, |r| r.error_code, Reply::Heartbeat)
            }
            Command::AlterPartition(request, _) => {
                let answer = self.call(request, timeout).await;
                reply(answer, |r| r.error_code, Reply::AlterPartition)
            }
            Command::AssignReplicasToDirs(request) => {
                let answer = self.call(request, timeout).await;
                reply(answer, |r| r.error_code, Reply::AssignReplicasToDirs)
            }
            Command::AllocateProducerIds(broker) => {
                let request = wire::AllocateProducerIdsRequest {
                    broker_id: broker.id.get(),
                    broker_epoch: broker.epoch.get(),
                    ..wire::AllocateProducerIdsRequest::default()
                };
                let answer = self.call(request, timeout).await;
                reply(
                    answer,
                    |r| r.error_code,
                    |r| {
                        let first = ProducerId::new(r.producer_id_start);
                        Reply::ProducerIds(ProducerIdBlock { first, count: r.producer_id_len })
                    },
                )
            }
            Command::CreateTopics(request) => {
                let answer = self.call(request, timeout).await;
                // Each topic has a code of its own; a controller that is none says so in all.
                let code = |r: &wire::CreateTopicsResponse| {
                    let mut codes = r.topics.iter().map(|topic| topic.error_code);
                    let is_none = codes.any(|code| code == ErrorCode::NOT_CONTROLLER);
                    if is_none { ErrorCode::NOT_CONTROLLER } else { ErrorCode::NONE }
                };
                reply(answer, code, Reply::CreateTopics)
            }
            // Clients' requests are forwarded as they came, and the rest is the controller's own.
            Command::Activate { .. }
            | Command::DeleteTopics(..)
            | Command::CreatePartitions(_)
            | Command::AlterConfigs(_)
            | Command::IncrementalAlterConfigs(_)
            | Command::UpdateFeatures(..)
            | Command::UnregisterBroker(_)
            | Command::BrokerDisconnected(_)
            | Command::BrokerGone(_)
            | Command::ElectLeaders(_)
            | Command::AlterPartitionReassignments(_)
            | Command::ListPartitionReassignments(_)
            | Command::Tick
            | Command::UnfenceBroker(..)
            | Command::FenceBroker(_)
            | Command::BeginControlledShutdown(_)
            | Command::OfflineDirectories(..)
            | Command::NoOp => Reply::Refused(ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR)),
        }
    }

    async fn call<R: Rpc>(
        &self,
        request: R,
        timeout: Duration,
    ) -> Result<R::Response, ControllerError> {
        self.quorum.call_controller(&self.env, request, timeout).await
    }

    /// This broker in its present registration.
    pub(crate) fn broker_ref(&self) -> BrokerRef {
        BrokerRef { id: self.config().node_id, epoch: self.broker_epoch() }
    }
}

/// A refusal that is worth another try.
fn not_controller(why: &str) -> Reply {
    Reply::Refused(ApiError::new(ErrorCode::NOT_CONTROLLER, why))
}

fn reply<T>(
    answer: Result<T, ControllerError>,
    code: impl FnOnce(&T) -> ErrorCode,
    accept: impl FnOnce(T) -> Reply,
) -> Reply {
    match answer {
        Ok(answer) => match code(&answer) {
            ErrorCode::NONE => accept(answer),
            code => Reply::Refused(ApiError::bare(code)),
        },
        Err(error) => not_controller(&error.to_string()),
    }
}

fn registration_request(
    record: keld_wire::metadata_records::RegisterControllerRecord,
) -> wire::ControllerRegistrationRequest {
    use wire::controller_registration_request as request;
    wire::ControllerRegistrationRequest {
        controller_id: record.controller_id,
        incarnation_id: record.incarnation_id,
        zk_migration_ready: record.zk_migration_ready,
        listeners: record
            .end_points
            .into_iter()
            .map(|known| request::Listener {
                name: known.name,
                host: known.host,
                port: known.port,
                security_protocol: known.security_protocol,
                ..request::Listener::default()
            })
            .collect(),
        features: record
            .features
            .into_iter()
            .map(|known| request::Feature {
                name: known.name,
                min_supported_version: known.min_supported_version,
                max_supported_version: known.max_supported_version,
                ..request::Feature::default()
            })
            .collect(),
        ..wire::ControllerRegistrationRequest::default()
    }
}
