//! BrokerHeartbeat: what a broker wants, and what it is to do.
//!
//! ```text
//! fenced               want-shut-down          -> shut down now
//! fenced               !want-fence, caught up  -> unfenced
//! unfenced             want-fence, shut-down   -> shut down now (fenced)
//! unfenced             want-fence              -> fenced
//! unfenced             want-shut-down, leads   -> controlled shutdown
//! unfenced             want-shut-down          -> shut down now (fenced)
//! controlled shutdown  leads nothing, and every active broker knows it -> shut down now (fenced)
//! ```

use crate::api_error::ApiError;
use crate::command::{BrokerRef, DecideContext};
use crate::controller::Controller;
use keld_metadata::{BrokerRegistration, ClusterImage, VersionedRecord};
use keld_types::{BrokerEpoch, BrokerId, DirectoryId, Offset};
use keld_wire::messages::{BrokerHeartbeatRequest, BrokerHeartbeatResponse};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Fenced,
    Unfenced,
    ControlledShutdown,
    ShutdownNow,
}

impl State {
    const fn is_fenced(self) -> bool {
        match self {
            Self::Fenced | Self::ShutdownNow => true,
            Self::Unfenced | Self::ControlledShutdown => false,
        }
    }
}

impl Controller {
    pub(crate) fn heartbeat(
        &mut self,
        image: &ClusterImage,
        request: &BrokerHeartbeatRequest,
        context: &DecideContext<'_>,
    ) -> Result<(Vec<VersionedRecord>, BrokerHeartbeatResponse), ApiError> {
        let broker = BrokerRef {
            id: BrokerId::new(request.broker_id),
            epoch: BrokerEpoch::new(request.broker_epoch),
        };
        let known = Self::registered(image, broker)?;
        let metadata_offset = Offset::new(request.current_metadata_offset);
        let is_caught_up = metadata_offset >= self.sessions.registered_at(broker);
        let current = self.state(known, broker);
        let next = self.next_state(image, request, (broker, current), is_caught_up);
        let mut records = Vec::new();
        if next != current {
            match next {
                State::Fenced | State::ShutdownNow => {
                    self.add_fencing(image, broker, &mut records)?;
                }
                State::Unfenced => {
                    self.add_unfencing(image, broker, &mut records)?;
                    let version = image.features.metadata_version();
                    Self::end_recovery(image, broker.id, version, &mut records)?;
                }
                State::ControlledShutdown => {
                    records.extend(self.begin_controlled_shutdown(image, broker)?.0);
                }
            }
        }
        self.sessions.touch(broker, next.is_fenced(), metadata_offset, context.now);
        if next == State::ShutdownNow {
            self.sessions.end(broker);
        }
        if image.features.metadata_version().has_directories() {
            let offline: Vec<DirectoryId> =
                request.offline_log_dirs.iter().copied().map(DirectoryId::new).collect();
            records.extend(self.offline_directories(image, broker, &offline)?.0);
        }
        if let Some(cordoned) = &request.cordoned_log_dirs {
            let cordoned: Vec<_> = cordoned.iter().copied().map(DirectoryId::new).collect();
            records.extend(Self::cordoned_change(image, known, &cordoned));
        }
        if next == State::ControlledShutdown {
            // Without a record there is nothing that the other brokers must hear of first.
            let moved_at = i64::try_from(records.len()).ok().filter(|count| *count > 0);
            let moved_at = moved_at.map(|count| context.next_offset + (count - 1));
            self.sessions.begin_shutdown(broker, moved_at.unwrap_or(Offset::NONE));
        }
        let response = BrokerHeartbeatResponse {
            is_caught_up,
            is_fenced: next.is_fenced(),
            should_shut_down: next == State::ShutdownNow,
            ..BrokerHeartbeatResponse::default()
        };
        Ok((records, response))
    }

    fn state(&self, known: &BrokerRegistration, broker: BrokerRef) -> State {
        if known.fenced {
            State::Fenced
        } else if self.sessions.shutdown_offset(broker).is_some() {
            State::ControlledShutdown
        } else {
            State::Unfenced
        }
    }

    fn next_state(
        &self,
        image: &ClusterImage,
        request: &BrokerHeartbeatRequest,
        (broker, current): (BrokerRef, State),
        is_caught_up: bool,
    ) -> State {
        match current {
            State::Fenced if request.want_shut_down => State::ShutdownNow,
            State::Fenced if !request.want_fence && is_caught_up => State::Unfenced,
            State::Fenced => State::Fenced,
            State::Unfenced => match (request.want_fence, request.want_shut_down) {
                (true, true) => State::ShutdownNow,
                (true, false) => State::Fenced,
                (false, true) if leads(image, broker.id) => State::ControlledShutdown,
                (false, true) => State::ShutdownNow,
                (false, false) => State::Unfenced,
            },
            State::ControlledShutdown => {
                let lowest = self.sessions.lowest_active_offset(image);
                let moved_at = self.sessions.shutdown_offset(broker);
                let is_known = lowest.is_none_or(|lowest| moved_at.is_none_or(|at| at <= lowest));
                if is_known && !leads(image, broker.id) {
                    State::ShutdownNow
                } else {
                    State::ControlledShutdown
                }
            }
            State::ShutdownNow => State::ShutdownNow,
        }
    }
}

fn leads(image: &ClusterImage, broker: BrokerId) -> bool {
    let mut partitions = image.topics.values().flat_map(|topic| topic.partitions.values());
    partitions.any(|partition| partition.leader == broker)
}
