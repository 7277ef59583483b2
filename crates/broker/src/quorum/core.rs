//! The driver's state and one round of it. Everything here blocks on the disk.

use super::addresses::Addresses;
use super::channel::ActiveController;
use super::error::QuorumError;
use super::event::Served;
use super::follow::Incoming;
use super::load::{Loaded, epochs, load};
use super::rpc::Identity;
use super::snapshots::{PartialSnapshot, SnapshotFiles};
use super::state_file;
use super::status::{QuorumStatus, ReplicaStatus};
use super::voters::{KnownVoters, VoterHistory, voters_record};
use super::{Submission, event};
use crate::peers::Peer;
use bytes::{Bytes, BytesMut};
use keld_config::{BrokerLayers, NodeConfig};
use keld_controller::{ApiError, Command, Controller, DecideContext, Reply};
use keld_env::{Env, Monotonic};
use keld_log::{LogDirectory, PartitionLog};
use keld_metadata::snapshot::{self, BATCH_BYTES_MAX, Snapshot, SnapshotHeader, SnapshotId};
use keld_metadata::{
    BatchPlace, ClusterDelta, ClusterImage, ImageLoader, LoadedDelta, MetadataRecord,
    MetadataVersion, Provenance, VersionedRecord, control_batch, data_batches,
};
use keld_raft::{
    BatchSummary, Effect, Input, LogView, Millis, RaftConfig, RaftNode, ReplicaKey, Request,
    RequestId, RoleName,
};
use keld_types::{BrokerId, ErrorCode, LeaderEpoch, Mutation, Offset};
use keld_wire::Str;
use keld_wire::metadata_records::FeatureLevelRecord;
use keld_wire::quorum_records::LeaderChangeMessage;
use keld_wire::quorum_records::leader_change_message::Voter;
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// A batch that is appended and not committed yet.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) records: Vec<VersionedRecord>,
    pub(super) last: Provenance,
}

/// A reply that is true once everything before an offset is committed.
#[derive(Debug)]
struct Held {
    committed: Offset,
    sender: oneshot::Sender<Reply>,
    reply: Reply,
}

/// What a turn gives back.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// Replies that are true once the changes are published.
    pub(super) released: Vec<(oneshot::Sender<Reply>, Reply)>,
    /// The committed changes, in order.
    pub(super) deltas: Vec<LoadedDelta>,
    /// Requests to other nodes.
    pub(super) sends: Vec<Outgoing>,
    /// The changes up to here are all that was committed at this time, as the leader says.
    pub(super) complete_as_of: Option<Monotonic>,
}

/// A request to another node.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) to: BrokerId,
    /// `None` when it is not known where that node is.
    pub(super) peer: Option<Peer>,
    pub(super) request_id: RequestId,
    pub(super) request: Request,
}

/// When the last snapshot was, and what came since.
#[derive(Debug)]
pub(super) struct SnapshotProgress {
    pub(super) last: Option<SnapshotId>,
    pub(super) bytes_since: u64,
    pub(super) at_ms: i64,
}

#[derive(Debug)]
pub(super) struct Core {
    pub(super) env: Env,
    pub(super) config: Arc<NodeConfig>,
    controller: Controller,
    pub(super) local: ReplicaKey,
    pub(super) raft: RaftNode,
    pub(super) log: PartitionLog,
    bootstrap_path: PathBuf,
    state_path: PathBuf,
    pub(super) files: SnapshotFiles,
    pub(super) loader: ImageLoader,
    pub(super) voters: VoterHistory,
    pub(super) addresses: Addresses,
    identity: Identity,
    pub(super) pending: VecDeque<Pending>,
    /// The epoch in which this node decides.
    active: Option<LeaderEpoch>,
    held: VecDeque<Held>,
    /// Requests of other nodes that the core has not answered yet.
    pub(super) asked: BTreeMap<RequestId, (oneshot::Sender<Served>, usize)>,
    pub(super) next_asked: u64,
    /// What the response brought that is being dealt with.
    pub(super) incoming: Incoming,
    pub(super) partial: Option<PartialSnapshot>,
    pub(super) voter_change: Option<(Offset, oneshot::Sender<Result<(), ApiError>>)>,
    sends: Vec<Outgoing>,
    pub(super) deltas: Vec<LoadedDelta>,
    pub(super) snapshots: SnapshotProgress,
    /// When the log got its last records, or could not for want of space.
    appended_at_ms: i64,
}

impl Core {
    pub(super) fn open(
        config: Arc<NodeConfig>,
        layers: BrokerLayers,
        env: Env,
        directory: &LogDirectory,
    ) -> Result<Self, QuorumError> {
        let now_ms = env.clock.wall_ms();
        let meta = directory.meta();
        let directory_id = meta.directory_id.unwrap_or(keld_types::DirectoryId::UNASSIGNED);
        let local = ReplicaKey::new(config.node_id, directory_id);
        let dir = directory.path().join("__cluster_metadata-0");
        let files = SnapshotFiles::new(Arc::clone(&env.disk), dir.clone());
        files.remove_partial()?;
        let Loaded { log, mut loader, voters, snapshot, mut pending, bytes_since_snapshot } =
            load(&config, directory, &files, now_ms)?;
        let known = voters.latest();
        known.check(&config, local)?;
        let mut addresses = Addresses::new(&config, &env);
        if let Some(record) = &known.record {
            addresses.learn_voters(record);
        }
        let voter_set = known.voter_set(&config);
        if voter_set.len() == 1 && voter_set.contains(local) {
            // All that the only voter finds on its disk is committed.
            for batch in pending.drain(..) {
                loader.load(&batch.records, batch.last)?;
            }
        }
        let state_path = dir.join(state_file::FILE_NAME);
        let election = state_file::read(env.disk.as_ref(), &state_path)?;
        let snapshots = files.earliest_and_latest()?;
        let view = LogView::recovered(
            log.log_start_offset(),
            log.log_end_offset(),
            epochs(&log, snapshot),
        )
        .with_snapshots(snapshots);
        let controller = Controller::new(meta.cluster_id.clone(), config.node_id, layers);
        let identity = Identity::new(&config, meta.cluster_id.clone());
        let mut raft_config = raft_config(&config, local, &voters);
        raft_config.bootstrap = addresses.bootstrap();
        let seed = env.random.next_u64();
        let (raft, effects) = RaftNode::start(raft_config, election, view, seed, millis(&env))?;
        let mut core = Self {
            config,
            controller,
            local,
            raft,
            log,
            bootstrap_path: directory.path().join("bootstrap.checkpoint"),
            state_path,
            files,
            loader,
            voters,
            addresses,
            identity,
            pending,
            active: None,
            held: VecDeque::new(),
            asked: BTreeMap::new(),
            next_asked: 0,
            incoming: Incoming::default(),
            partial: None,
            voter_change: None,
            sends: Vec::new(),
            deltas: Vec::new(),
            snapshots: SnapshotProgress {
                last: snapshot,
                bytes_since: bytes_since_snapshot,
                at_ms: now_ms,
            },
            appended_at_ms: now_ms,
            env,
        };
        core.carry_out(effects, now_ms)?;
        core.settle(now_ms)?;
        Ok(core)
    }

    /// The committed state.
    pub(super) fn image(&self) -> &ClusterImage {
        self.loader.image()
    }

    /// The changes so far are known.
    pub(super) fn forget_deltas(&mut self) {
        self.deltas.clear();
    }

    /// How many voters there are beside this node.
    pub(super) fn others(&self) -> usize {
        self.raft.voters().iter().filter(|voter| voter.id != self.local.id).count()
    }

    /// Whether this node is the whole quorum.
    pub(super) fn is_alone(&self) -> bool {
        let voters = self.raft.voters();
        voters.len() == 1 && voters.contains(self.local)
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// When the core must be asked again for its own sake.
    pub(super) fn deadline(&self) -> Millis {
        self.raft.deadline()
    }

    pub(super) fn status(&self) -> QuorumStatus {
        let known = self.voters.latest();
        let voters = self.raft.voters();
        QuorumStatus {
            leader: self.raft.leader(),
            epoch: self.raft.epoch(),
            is_leader: self.raft.role() == RoleName::Leader,
            high_watermark: self.raft.high_watermark(),
            log_end: self.log.log_end_offset(),
            local: (self.local.id, self.local.directory_id),
            kraft_version: known.kraft_version,
            voters: known.record.clone(),
            voter_states: voters.iter().map(|voter| self.replica_status(voter)).collect(),
            observer_states: self
                .raft
                .replicas()
                .into_iter()
                .filter(|replica| !voters.contains(*replica) && replica.id >= BrokerId::new(0))
                .map(|replica| self.replica_status(replica))
                .collect(),
        }
    }

    fn replica_status(&self, replica: ReplicaKey) -> ReplicaStatus {
        let (now, now_ms) = (millis(&self.env), self.env.clock.wall_ms());
        if replica.matches(self.local) {
            let log_end = self.log.log_end_offset();
            let key = ReplicaKey::new(replica.id, self.directory_of(replica));
            return ReplicaStatus { key, log_end, fetched_ms: now_ms, caught_up_ms: now_ms };
        }
        let wall = |at: Option<Millis>| {
            at.map_or(-1, |at| {
                let ago = now.get().saturating_sub(at.get());
                now_ms.saturating_sub(i64::try_from(ago).unwrap_or(i64::MAX))
            })
        };
        let (end, fetched, caught_up) = self.raft.progress(replica).unwrap_or((None, None, None));
        ReplicaStatus {
            key: replica,
            log_end: end.unwrap_or(Offset::NONE),
            fetched_ms: wall(fetched),
            caught_up_ms: wall(caught_up),
        }
    }

    /// A static quorum does not know directories.
    fn directory_of(&self, replica: ReplicaKey) -> keld_types::DirectoryId {
        if self.voters.latest().kraft_version > 0 {
            self.local.directory_id
        } else {
            replica.directory_id
        }
    }

    /// Who decides, as far as this node knows.
    pub(super) fn active_controller(&mut self) -> ActiveController {
        if let Some(epoch) = self.active {
            return ActiveController::Local(epoch);
        }
        let leader = self.raft.leader().filter(|id| *id != self.local.id);
        match leader.and_then(|id| Some((id, self.addresses.controller(id)?))) {
            Some((id, peer)) => ActiveController::Remote { id, epoch: self.raft.epoch(), peer },
            None => ActiveController::Unknown,
        }
    }

    /// Where the leader is, for those who ask this node instead.
    pub(super) fn leader_address(&self) -> Option<keld_env::Address> {
        let leader = self.raft.leader()?;
        if leader == self.local.id {
            return self.identity.listeners.first().map(|(_, address)| address.clone());
        }
        self.addresses.address(leader).cloned()
    }

    /// Takes what came, decides, appends, syncs, commits and applies. When there is no space for the
    /// records, the commands are refused; any other error leaves the core unusable.
    pub(super) fn turn(
        &mut self,
        events: Vec<event::Event>,
        submissions: Vec<Submission>,
        now_ms: i64,
    ) -> Result<Turn, QuorumError> {
        for event in events {
            self.take(event, now_ms)?;
            self.settle(now_ms)?;
        }
        if self.raft.deadline() <= millis(&self.env) {
            self.step(Input::Tick, now_ms)?;
            self.settle(now_ms)?;
        }
        let mut commands: Vec<_> =
            submissions.into_iter().map(|given| (given.command, Some(given.reply))).collect();
        if self.active.is_none() {
            for (_, sender) in commands.drain(..) {
                self.hold(Offset::NONE, sender, self.not_controller());
            }
        } else {
            if commands.is_empty() && self.idle_record_due_in_ms(now_ms) == Some(0) {
                commands.push((Command::NoOp, None));
            }
            if self.controller.due_in(self.env.clock.monotonic()) == Duration::ZERO {
                commands.push((Command::Tick, None));
            }
            self.decide_all(commands, now_ms)?;
        }
        if let Err(error) = self.snapshot_if_due(now_ms) {
            if !error.is_no_space() {
                return Err(error);
            }
            tracing::warn!(%error, "no space for a metadata snapshot; it is tried again later");
            self.snapshots.at_ms = now_ms;
        }
        self.settle(now_ms)?;
        let complete_as_of = self.raft.complete_as_of();
        Ok(Turn {
            complete_as_of: complete_as_of.map(|at| Duration::from_millis(at.get())),
            released: self.release(),
            deltas: std::mem::take(&mut self.deltas),
            sends: std::mem::take(&mut self.sends),
        })
    }

    fn not_controller(&self) -> Reply {
        let text = match self.raft.leader().filter(|id| *id != self.local.id) {
            Some(id) => format!("The active controller appears to be node {id}."),
            None => "No controller appears to be active.".to_owned(),
        };
        Reply::Refused(ApiError::new(ErrorCode::NOT_CONTROLLER, text))
    }

    fn hold(&mut self, committed: Offset, sender: Option<oneshot::Sender<Reply>>, reply: Reply) {
        if let Some(sender) = sender {
            self.held.push_back(Held { committed, sender, reply });
        }
    }

    /// The replies that are true by now. A node that does not decide any more cannot tell what
    /// becomes of what it appended.
    fn release(&mut self) -> Vec<(oneshot::Sender<Reply>, Reply)> {
        let committed = self.raft.high_watermark().unwrap_or(Offset::ZERO);
        let refusal = self.active.is_none().then(|| self.not_controller());
        let mut released = Vec::new();
        for held in std::mem::take(&mut self.held) {
            match &refusal {
                _ if held.committed <= committed => released.push((held.sender, held.reply)),
                Some(refusal) => released.push((held.sender, refusal.clone())),
                None => self.held.push_back(held),
            }
        }
        released
    }

    /// Becomes the active controller, or stops to be it, as the core says; makes durable what waits
    /// for it.
    fn settle(&mut self, now_ms: i64) -> Result<(), QuorumError> {
        if self.log.durable_offset() < self.log.log_end_offset() {
            self.flush(now_ms)?;
        }
        let is_caught_up =
            |start: Offset| self.raft.high_watermark().is_some_and(|known| known > start);
        let may_decide = self.raft.epoch_start().is_some_and(is_caught_up);
        let epoch = may_decide.then(|| self.raft.epoch());
        if epoch == self.active {
            return self.settle_voter_change();
        }
        self.active = epoch;
        if let Some(epoch) = epoch {
            tracing::info!(epoch = epoch.get(), "this node is the active controller");
            let bootstrap = self.bootstrap_records()?;
            let in_transaction = self.loader.in_transaction();
            let activate = Command::Activate { bootstrap, in_transaction };
            self.decide_all(vec![(activate, None)], now_ms)?;
        }
        self.settle_voter_change()
    }

    /// Decides each command on the state after the ones before, and appends the records.
    fn decide_all(
        &mut self,
        commands: Vec<(Command, Option<oneshot::Sender<Reply>>)>,
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        if commands.is_empty() {
            return Ok(());
        }
        let before = (self.pending.len(), self.voters.clone());
        let mut replies = Vec::with_capacity(commands.len());
        let mut bytes = BytesMut::new();
        let mut summaries = Vec::new();
        let mut next = self.log.log_end_offset();
        // Within a transaction the image does not show what the log already has.
        let mut speculative = ClusterDelta::new(self.loader.image());
        for record in self.pending.iter().flat_map(|batch| &batch.records) {
            speculative.replay(&record.record)?;
        }
        for (command, sender) in commands {
            let decision = self.decide(speculative.image(), command, next);
            let mut after = speculative.clone();
            let fits = decision.records.iter().try_for_each(|known| after.replay(&known.record));
            let unknown = Reply::Refused(ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR));
            if let Err(error) = fits {
                tracing::error!(%error, "a decision does not fit the metadata; refused");
                replies.push((next, sender, unknown));
                continue;
            }
            if decision.kraft_version.is_some() && !self.is_alone() {
                let why = "kraft.version can be raised only while the quorum has one voter";
                let why = ApiError::new(ErrorCode::INVALID_UPDATE_VERSION, why);
                replies.push((next, sender, Reply::Refused(why)));
                continue;
            }
            let epoch = self.raft.epoch();
            let place = |base_offset| BatchPlace { base_offset, epoch, timestamp_ms: now_ms };
            let mut batches = Vec::new();
            let mut data_offset = next;
            if let Some(version) = decision.kraft_version {
                let batch = self.raise_kraft_version(version, place(next))?;
                data_offset = batch.summary.last_offset.next();
                batches.push(batch);
            }
            batches.extend(self.encode(&decision.records, place(data_offset))?);
            for batch in batches {
                bytes.extend_from_slice(&batch.bytes);
                next = batch.summary.last_offset.next();
                summaries.push(batch.summary);
                self.pending.push_back(batch.pending);
            }
            speculative = after;
            replies.push((next, sender, decision.reply));
        }
        if !bytes.is_empty() {
            self.appended_at_ms = now_ms;
            match self.append(bytes.freeze(), &summaries, now_ms) {
                Ok(()) => {
                    self.tell_voters(&before.1, now_ms)?;
                    self.flush(now_ms)?;
                }
                Err(error) if error.is_no_space() => {
                    self.pending.truncate(before.0);
                    self.voters = before.1;
                    let why = ApiError::new(ErrorCode::KAFKA_STORAGE_ERROR, error.to_string());
                    for (committed, _, reply) in &mut replies {
                        *committed = Offset::NONE;
                        *reply = Reply::Refused(why.clone());
                    }
                }
                Err(error) => return Err(error),
            }
        }
        for (committed, sender, reply) in replies {
            self.hold(committed, sender, reply);
        }
        Ok(())
    }

    /// Tells the core of voters that this node wrote into the log.
    fn tell_voters(&mut self, before: &VoterHistory, now_ms: i64) -> Result<(), QuorumError> {
        let known = before.in_log().len();
        let added: Vec<_> = self.voters.in_log().iter().skip(known).cloned().collect();
        for (offset, voters) in added {
            self.note_voters(offset, &voters, now_ms)?;
        }
        Ok(())
    }

    pub(super) fn note_voters(
        &mut self,
        offset: Offset,
        known: &KnownVoters,
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        if let Some(record) = &known.record {
            self.addresses.learn_voters(record);
        }
        let voters = known.voter_set(&self.config);
        self.step(Input::Voters { offset, voters }, now_ms)
    }

    fn decide(
        &mut self,
        image: &ClusterImage,
        command: Command,
        next_offset: Offset,
    ) -> keld_controller::Decision {
        let env = &self.env;
        let mut uuids = || env.random.uuid();
        let mut context = DecideContext {
            next_offset,
            kraft_version: self.voters.latest().kraft_version,
            now: env.clock.monotonic(),
            uuids: &mut uuids,
        };
        self.controller.decide(image, command, &mut context)
    }

    fn encode(
        &self,
        records: &[VersionedRecord],
        place: BatchPlace,
    ) -> Result<Vec<EncodedBatch>, QuorumError> {
        let mut rest = records;
        let batches = data_batches(records, place, BATCH_BYTES_MAX)?.into_iter().map(|bytes| {
            let header = keld_record::BatchHeader::parse(&bytes).map_err(|error| {
                QuorumError::Batch { offset: place.base_offset, reason: error.to_string() }
            })?;
            let count = usize::try_from(header.record_count).unwrap_or(0).min(rest.len());
            let (own, others) = rest.split_at(count);
            rest = others;
            let summary = BatchSummary {
                base_offset: header.base_offset,
                last_offset: header.last_offset(),
                epoch: place.epoch,
            };
            let last = Provenance {
                offset: summary.last_offset,
                epoch: place.epoch,
                timestamp_ms: place.timestamp_ms,
            };
            let pending = Pending { records: own.to_vec(), last };
            Ok(EncodedBatch { bytes, summary, pending })
        });
        batches.collect()
    }

    /// The control batch by which a static quorum becomes one whose voters stand in its log.
    fn raise_kraft_version(
        &mut self,
        version: i16,
        place: BatchPlace,
    ) -> Result<EncodedBatch, QuorumError> {
        let record = voters_record(&self.config, self.local);
        let records = snapshot::kraft_records(version, Some(&record))
            .map_err(|error| QuorumError::Write(keld_metadata::BatchWriteError::Encode(error)))?;
        let bytes = control_batch(&records, place)?;
        let count = i64::try_from(records.len()).unwrap_or(i64::MAX);
        let last_offset = place.base_offset + (count - 1);
        let summary =
            BatchSummary { base_offset: place.base_offset, last_offset, epoch: place.epoch };
        let last = Provenance {
            offset: last_offset,
            epoch: place.epoch,
            timestamp_ms: place.timestamp_ms,
        };
        let known = KnownVoters { kraft_version: version, record: Some(record), in_log: true };
        self.voters.note(place.base_offset, known);
        tracing::info!(version, "the quorum's voters are in its log now");
        Ok(EncodedBatch { bytes, summary, pending: Pending { records: Vec::new(), last } })
    }

    pub(super) fn append(
        &mut self,
        bytes: Bytes,
        summaries: &[BatchSummary],
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        self.snapshots.bytes_since += bytes.len() as u64;
        self.log.append_as_follower(&bytes, self.raft.epoch(), now_ms)?;
        for summary in summaries {
            self.step(Input::Appended(*summary), now_ms)?;
        }
        Ok(())
    }

    /// Gives the core an input and does what it says.
    pub(super) fn step(&mut self, input: Input, now_ms: i64) -> Result<(), QuorumError> {
        let effects = self.raft.step(millis(&self.env), input)?;
        self.carry_out(effects, now_ms)
    }

    /// Makes what is appended durable, and tells the core.
    pub(super) fn flush(&mut self, now_ms: i64) -> Result<(), QuorumError> {
        let durable = match Mutation::ControllerCountsUnsynced.is_planted() {
            true => self.log.log_end_offset(),
            false => self.log.flush(now_ms)?,
        };
        self.step(Input::Flushed(durable), now_ms)
    }

    pub(super) fn carry_out(
        &mut self,
        effects: Vec<Effect>,
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        for effect in effects {
            match effect {
                Effect::Persist(election) => {
                    let dir = self.log.dir().to_owned();
                    let disk = self.env.disk.as_ref();
                    disk.create_dir_all(&dir).map_err(QuorumError::file("create", &dir))?;
                    let known = self.voters.latest();
                    let voters = (known.kraft_version == 0).then(|| known.voter_set(&self.config));
                    state_file::write(disk, &self.state_path, &election, voters.as_ref())?;
                }
                Effect::AppendLeaderChange { epoch, voters, granting } => {
                    self.append_leader_change(epoch, &voters, &granting, now_ms)?;
                }
                Effect::HighWatermark(offset) => self.commit(offset)?,
                Effect::LeaderChanged { leader, epoch } => {
                    let leader = leader.map(keld_types::BrokerId::get);
                    tracing::info!(leader, epoch = epoch.get(), "metadata quorum has a leader");
                }
                Effect::Send { to, request_id, request } => {
                    let peer = self.addresses.peer(to);
                    self.sends.push(Outgoing { to, peer, request_id, request });
                }
                Effect::Reply { request_id, response, .. } => {
                    self.serve(request_id, response, Bytes::new());
                }
                Effect::ReplyRecords { request_id, answer, from, end, .. } => {
                    self.serve_records(request_id, answer, from, end)?;
                }
                Effect::ReplySnapshot { request_id, answer, snapshot, position, .. } => {
                    self.serve_snapshot(request_id, answer, snapshot, position)?;
                }
                Effect::Append { batches, .. } => self.append_incoming(&batches, now_ms)?,
                Effect::Truncate(end) => self.truncate(end, now_ms)?,
                Effect::WriteSnapshot { snapshot, position, .. } => {
                    self.write_piece(snapshot, position)?;
                }
                Effect::InstallSnapshot(snapshot) => self.install(snapshot, now_ms)?,
            }
        }
        Ok(())
    }

    fn append_leader_change(
        &mut self,
        epoch: LeaderEpoch,
        voters: &[ReplicaKey],
        granting: &[ReplicaKey],
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        let voter = |key: &ReplicaKey| Voter { voter_id: key.id.get(), ..Voter::default() };
        let message = LeaderChangeMessage {
            leader_id: self.local.id.get(),
            voters: voters.iter().map(voter).collect(),
            granting_voters: granting.iter().map(voter).collect(),
            ..LeaderChangeMessage::default()
        };
        let encode = |error: keld_wire::EncodeError| {
            QuorumError::Write(keld_metadata::BatchWriteError::Encode(error))
        };
        let mut records = vec![snapshot::leader_change_record(&message).map_err(encode)?];
        let base_offset = self.log.log_end_offset();
        let before = self.voters.clone();
        let known = self.voters.latest();
        if let Some(record) = known.record_to_write(&self.config, self.local) {
            let kraft_version = known.kraft_version;
            records.extend(snapshot::kraft_records(kraft_version, Some(&record)).map_err(encode)?);
            let known = KnownVoters { kraft_version, record: Some(record), in_log: true };
            self.voters.note(base_offset, known);
        }
        let place = BatchPlace { base_offset, epoch, timestamp_ms: now_ms };
        let bytes = control_batch(&records, place)?;
        let count = i64::try_from(records.len()).unwrap_or(i64::MAX);
        let summary = BatchSummary { base_offset, last_offset: base_offset + (count - 1), epoch };
        let last = Provenance { offset: summary.last_offset, epoch, timestamp_ms: now_ms };
        self.pending.push_back(Pending { records: Vec::new(), last });
        self.append(bytes, &[summary], now_ms)?;
        self.tell_voters(&before, now_ms)
    }

    fn commit(&mut self, high_watermark: Offset) -> Result<(), QuorumError> {
        self.log.set_high_watermark(high_watermark);
        while let Some(batch) =
            self.pending.pop_front_if(|known| known.last.offset < high_watermark)
        {
            let loaded = self.loader.load(&batch.records, batch.last)?;
            if !loaded.delta.is_empty() {
                self.deltas.push(loaded);
            }
        }
        Ok(())
    }

    /// The records of `bootstrap.checkpoint`, or what stands for it when there is none.
    fn bootstrap_records(&self) -> Result<Vec<VersionedRecord>, QuorumError> {
        if self.image().features.metadata_version.is_some() {
            return Ok(Vec::new());
        }
        let path = self.bootstrap_path.clone();
        match self.env.disk.read_file(&path, BOOTSTRAP_BYTES_MAX) {
            Ok(content) => snapshot::read(&Bytes::from(content))
                .map(|read| read.records)
                .map_err(|source| QuorumError::Snapshot { path, source }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let record = FeatureLevelRecord {
                    name: Str::from(MetadataVersion::FEATURE_NAME),
                    feature_level: MetadataVersion::LATEST_PRODUCTION.level(),
                    ..FeatureLevelRecord::default()
                };
                Ok(vec![MetadataRecord::from(record).at(0)])
            }
            Err(error) => Err(QuorumError::file("read", &path)(error)),
        }
    }

    /// How long until a round has something to do without a command.
    pub(super) fn due_in_ms(&self, now_ms: i64) -> u64 {
        let snapshot = self.snapshot_due_in_ms(now_ms);
        if self.active.is_none() {
            return snapshot;
        }
        let idle = self.idle_record_due_in_ms(now_ms);
        let tick = self.controller.due_in(self.env.clock.monotonic()).as_millis();
        let tick = u64::try_from(tick).unwrap_or(u64::MAX).max(1);
        idle.map_or(u64::MAX, |ms| ms.max(1)).min(snapshot).min(tick)
    }

    /// How long until the log gets a record that says nothing, which shows that it goes on.
    fn idle_record_due_in_ms(&self, now_ms: i64) -> Option<u64> {
        let interval = i64::from(self.config.metadata_log.max_idle_interval_ms);
        if interval <= 0 {
            return None;
        }
        // A clock that was set back must not make it wait for longer than the interval.
        let waited = now_ms.saturating_sub(self.appended_at_ms);
        let left = if waited < 0 { 0 } else { interval.saturating_sub(waited).max(0) };
        u64::try_from(left).ok()
    }

    /// How long until a snapshot may be due by time.
    fn snapshot_due_in_ms(&self, now_ms: i64) -> u64 {
        const LONGEST_MS: i64 = 60_000;
        let interval = self.config.metadata_log.max_snapshot_interval_ms;
        if interval <= 0 || self.snapshots.bytes_since == 0 {
            return LONGEST_MS.unsigned_abs();
        }
        let due = self.snapshots.at_ms.saturating_add(interval);
        due.saturating_sub(now_ms).clamp(1, LONGEST_MS).unsigned_abs()
    }

    fn snapshot_if_due(&mut self, now_ms: i64) -> Result<(), QuorumError> {
        let settings = &self.config.metadata_log;
        let bytes_max = u64::try_from(settings.max_record_bytes_between_snapshots).unwrap_or(0);
        let interval = settings.max_snapshot_interval_ms;
        let waited = now_ms.saturating_sub(self.snapshots.at_ms);
        let is_due = self.snapshots.bytes_since > 0
            && (self.snapshots.bytes_since >= bytes_max || (interval > 0 && waited >= interval));
        if !is_due || self.loader.in_transaction() {
            return Ok(());
        }
        let image = self.loader.image();
        let id = SnapshotId {
            end_offset: image.provenance.offset.next(),
            epoch: image.provenance.epoch,
        };
        if self.snapshots.last.is_some_and(|last| last >= id) {
            return Ok(());
        }
        let known = self.voters.at(id.end_offset);
        let header = SnapshotHeader {
            last_contained_timestamp_ms: image.provenance.timestamp_ms,
            kraft_version: known.kraft_version,
            voters: known.record.clone().filter(|_| known.kraft_version > 0),
        };
        let snapshot = Snapshot { header, records: image.to_records() };
        self.files.write(id, &snapshot, now_ms)?;
        self.snapshots = SnapshotProgress { last: Some(id), bytes_since: 0, at_ms: now_ms };
        tracing::info!(snapshot = %id, "wrote a metadata snapshot");
        self.voters.settle(id.end_offset);
        self.let_go(now_ms)?;
        self.tell_snapshots(now_ms)
    }

    pub(super) fn tell_snapshots(&mut self, now_ms: i64) -> Result<(), QuorumError> {
        match self.files.earliest_and_latest()? {
            Some((earliest, latest)) => self.step(Input::Snapshots { earliest, latest }, now_ms),
            None => Ok(()),
        }
    }

    /// Removes snapshots, and the log that a newer one covers, beyond what retention keeps.
    fn let_go(&mut self, now_ms: i64) -> Result<(), QuorumError> {
        let settings = &self.config.metadata_log;
        let (bytes_max, age_max) = (settings.retention_bytes, settings.retention_ms);
        let mut ids = VecDeque::from(self.files.list()?);
        while let [oldest, newer, ..] = *ids.make_contiguous() {
            let mut total = self.log.size_bytes();
            for id in &ids {
                total += self.files.size(*id)?;
            }
            let is_large = bytes_max >= 0 && total > bytes_max.unsigned_abs();
            let written_ms = match self.files.read(oldest) {
                Ok(snapshot) => snapshot.header.last_contained_timestamp_ms,
                Err(_) => i64::MIN,
            };
            let is_old = age_max >= 0 && now_ms.saturating_sub(written_ms) > age_max;
            if !is_large && !is_old {
                break;
            }
            self.files.remove(oldest)?;
            ids.pop_front();
            self.log.increment_log_start_offset(newer.end_offset)?;
            self.log.delete_old_segments(now_ms)?;
            self.step(Input::LogStartAdvanced(newer.end_offset), now_ms)?;
        }
        self.log.delete_doomed(now_ms)?;
        Ok(())
    }

    pub(super) fn close(&mut self, now_ms: i64) -> Result<(), QuorumError> {
        Ok(self.log.close(now_ms)?)
    }
}

struct EncodedBatch {
    bytes: Bytes,
    summary: BatchSummary,
    pending: Pending,
}

/// Largest `bootstrap.checkpoint` that is read.
const BOOTSTRAP_BYTES_MAX: u64 = 64 << 20;

pub(super) fn millis(env: &Env) -> Millis {
    Millis::new(u64::try_from(env.clock.monotonic().as_millis()).unwrap_or(u64::MAX))
}

fn raft_config(config: &NodeConfig, local: ReplicaKey, voters: &VoterHistory) -> RaftConfig {
    let time = |value: i32| u64::try_from(value).unwrap_or(0);
    let quorum = &config.quorum;
    RaftConfig {
        election_timeout_ms: time(quorum.election_timeout_ms),
        fetch_timeout_ms: time(quorum.fetch_timeout_ms),
        election_backoff_max_ms: time(quorum.election_backoff_max_ms),
        request_timeout_ms: time(quorum.request_timeout_ms),
        retry_backoff_ms: time(quorum.retry_backoff_ms),
        voters_in_log: voters
            .in_log()
            .iter()
            .map(|(offset, known)| (*offset, known.voter_set(config)))
            .collect(),
        ..RaftConfig::new(local, voters.before().voter_set(config))
    }
}
