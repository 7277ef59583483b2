//! The driver's state and one round of it. Everything here blocks on the disk.

use super::driver::Round;
use super::error::QuorumError;
use super::load::{Loaded, epochs, load};
use super::snapshots::SnapshotFiles;
use super::state_file;
use super::status::QuorumStatus;
use super::voters::{KnownVoters, voters_record};
use bytes::{Bytes, BytesMut};
use keld_config::{BrokerLayers, NodeConfig};
use keld_controller::{ApiError, Command, Controller, DecideContext, Reply};
use keld_env::Env;
use keld_log::{LogDirectory, PartitionLog};
use keld_metadata::snapshot::{self, BATCH_BYTES_MAX, Snapshot, SnapshotHeader, SnapshotId};
use keld_metadata::{
    BatchPlace, ClusterDelta, ClusterImage, ImageLoader, LoadedDelta, MetadataRecord,
    MetadataVersion, Provenance, VersionedRecord, control_batch, data_batches,
};
use keld_raft::{
    BatchSummary, Effect, Input, LogView, Millis, RaftConfig, RaftNode, ReplicaKey, VoterSet,
};
use keld_types::{ErrorCode, LeaderEpoch, Offset};
use keld_wire::Str;
use keld_wire::metadata_records::FeatureLevelRecord;
use keld_wire::quorum_records::LeaderChangeMessage;
use keld_wire::quorum_records::leader_change_message::Voter;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

/// A batch that is appended and not committed yet.
#[derive(Debug)]
struct Pending {
    records: Vec<VersionedRecord>,
    last: Provenance,
}

/// When the last snapshot was, and what came since.
#[derive(Debug)]
struct SnapshotProgress {
    last: Option<SnapshotId>,
    bytes_since: u64,
    at_ms: i64,
}

#[derive(Debug)]
pub(super) struct Core {
    env: Env,
    config: Arc<NodeConfig>,
    controller: Controller,
    local: ReplicaKey,
    raft: RaftNode,
    log: PartitionLog,
    state_path: PathBuf,
    files: SnapshotFiles,
    loader: ImageLoader,
    voters: KnownVoters,
    voter_set: VoterSet,
    pending: VecDeque<Pending>,
    deltas: Vec<LoadedDelta>,
    snapshots: SnapshotProgress,
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
        let Loaded { log, loader, voters, snapshot, bytes_since_snapshot } =
            load(&config, directory, &files, now_ms)?;
        let voter_set = voters.voter_set(&config, local)?;
        let state_path = dir.join(state_file::FILE_NAME);
        let election = state_file::read(env.disk.as_ref(), &state_path)?;
        let view = LogView::recovered(
            log.log_start_offset(),
            log.log_end_offset(),
            epochs(&log, snapshot),
        );
        let controller = Controller::new(meta.cluster_id.clone(), config.node_id, layers);
        let (raft, effects) = RaftNode::start(
            raft_config(&config, local, voter_set.clone()),
            election,
            view,
            env.random.next_u64(),
            millis(&env),
        )?;
        let mut core = Self {
            config,
            controller,
            local,
            raft,
            log,
            state_path,
            files,
            loader,
            voters,
            voter_set,
            pending: VecDeque::new(),
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
        core.flush(now_ms)?;
        let bootstrap = core.bootstrap_records(directory)?;
        let in_transaction = core.loader.in_transaction();
        core.round(vec![Command::Activate { bootstrap, in_transaction }], now_ms)?;
        Ok(core)
    }

    /// The committed state.
    pub(super) fn image(&self) -> &ClusterImage {
        self.loader.image()
    }

    pub(super) fn status(&self) -> QuorumStatus {
        QuorumStatus {
            leader: self.raft.leader(),
            epoch: self.raft.epoch(),
            high_watermark: self.raft.high_watermark(),
            log_end: self.log.log_end_offset(),
            local: (self.local.id, self.local.directory_id),
            kraft_version: self.voters.kraft_version,
            voters: self.voters.record.clone(),
        }
    }

    /// Decides, appends, syncs, commits and applies. When there is no space for the records, the
    /// commands are refused; any other error leaves the core unusable.
    pub(super) fn round(
        &mut self,
        mut commands: Vec<Command>,
        now_ms: i64,
    ) -> Result<Round, QuorumError> {
        if commands.is_empty() && self.idle_record_due_in_ms(now_ms) == Some(0) {
            commands.push(Command::NoOp);
        }
        let before = (self.pending.len(), self.voters.clone());
        let mut replies = Vec::with_capacity(commands.len());
        let mut bytes = BytesMut::new();
        let mut summaries = Vec::new();
        let mut next = self.log.log_end_offset();
        // Within a transaction the image does not show what the log already has.
        let mut speculative = ClusterDelta::new(self.loader.image());
        for command in commands {
            let decision = self.decide(speculative.image(), command, next);
            let mut after = speculative.clone();
            let fits = decision.records.iter().try_for_each(|known| after.replay(&known.record));
            if let Err(error) = fits {
                tracing::error!(%error, "a decision does not fit the metadata; refused");
                replies.push(Reply::Refused(ApiError::bare(ErrorCode::UNKNOWN_SERVER_ERROR)));
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
            replies.push(decision.reply);
        }
        if !bytes.is_empty() {
            self.appended_at_ms = now_ms;
            match self.append(bytes.freeze(), &summaries, now_ms) {
                Ok(()) => self.flush(now_ms)?,
                Err(error) if error.is_no_space() => {
                    self.pending.truncate(before.0);
                    self.voters = before.1;
                    let why = ApiError::new(ErrorCode::KAFKA_STORAGE_ERROR, error.to_string());
                    replies.fill_with(|| Reply::Refused(why.clone()));
                }
                Err(error) => return Err(error),
            }
        }
        if let Err(error) = self.snapshot_if_due(now_ms) {
            if !error.is_no_space() {
                return Err(error);
            }
            tracing::warn!(%error, "no space for a metadata snapshot; it is tried again later");
            self.snapshots.at_ms = now_ms;
        }
        Ok(Round { replies, deltas: std::mem::take(&mut self.deltas) })
    }

    fn decide(
        &self,
        image: &ClusterImage,
        command: Command,
        next_offset: Offset,
    ) -> keld_controller::Decision {
        let mut uuids = || self.env.random.uuid();
        let mut context = DecideContext {
            next_offset,
            kraft_version: self.voters.kraft_version,
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
        self.voters = KnownVoters { kraft_version: version, record: Some(record), in_log: true };
        tracing::info!(version, "the quorum's voters are in its log now");
        Ok(EncodedBatch { bytes, summary, pending: Pending { records: Vec::new(), last } })
    }

    fn append(
        &mut self,
        bytes: Bytes,
        summaries: &[BatchSummary],
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        self.snapshots.bytes_since += bytes.len() as u64;
        self.log.append_as_follower(&bytes, self.raft.epoch(), now_ms)?;
        for summary in summaries {
            let effects = self.raft.step(millis(&self.env), Input::Appended(*summary))?;
            self.carry_out(effects, now_ms)?;
        }
        Ok(())
    }

    /// Makes what is appended durable, and tells the core.
    fn flush(&mut self, now_ms: i64) -> Result<(), QuorumError> {
        let durable = self.log.flush(now_ms)?;
        let effects = self.raft.step(millis(&self.env), Input::Flushed(durable))?;
        self.carry_out(effects, now_ms)
    }

    fn carry_out(&mut self, effects: Vec<Effect>, now_ms: i64) -> Result<(), QuorumError> {
        for effect in effects {
            match effect {
                Effect::Persist(election) => {
                    let dir = self.log.dir().to_owned();
                    let disk = self.env.disk.as_ref();
                    disk.create_dir_all(&dir).map_err(QuorumError::file("create", &dir))?;
                    let is_static = self.voters.kraft_version == 0;
                    let voters = is_static.then_some(&self.voter_set);
                    state_file::write(disk, &self.state_path, &election, voters)?;
                }
                Effect::AppendLeaderChange { epoch, voters, granting } => {
                    self.append_leader_change(epoch, &voters, &granting, now_ms)?;
                }
                Effect::HighWatermark(offset) => self.commit(offset)?,
                Effect::LeaderChanged { leader, epoch } => {
                    let leader = leader.map(keld_types::BrokerId::get);
                    tracing::info!(leader, epoch = epoch.get(), "metadata quorum has a leader");
                }
                // A quorum of one sends nothing and is sent nothing.
                Effect::Send { .. }
                | Effect::Reply { .. }
                | Effect::ReplyRecords { .. }
                | Effect::Append { .. }
                | Effect::Truncate(_) => {
                    return Err(QuorumError::NotTheVoter(format!(
                        "a quorum of one was asked to talk to another node: {effect:?}"
                    )));
                }
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
        if let Some(record) = self.voters.record_to_write(&self.config, self.local) {
            let version = self.voters.kraft_version;
            records.extend(snapshot::kraft_records(version, Some(&record)).map_err(encode)?);
            self.voters.record = Some(record);
            self.voters.in_log = true;
        }
        let base_offset = self.log.log_end_offset();
        let place = BatchPlace { base_offset, epoch, timestamp_ms: now_ms };
        let bytes = control_batch(&records, place)?;
        let count = i64::try_from(records.len()).unwrap_or(i64::MAX);
        let summary = BatchSummary { base_offset, last_offset: base_offset + (count - 1), epoch };
        let last = Provenance { offset: summary.last_offset, epoch, timestamp_ms: now_ms };
        self.pending.push_back(Pending { records: Vec::new(), last });
        self.append(bytes, &[summary], now_ms)
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
    fn bootstrap_records(
        &self,
        directory: &LogDirectory,
    ) -> Result<Vec<VersionedRecord>, QuorumError> {
        if self.image().features.metadata_version.is_some() {
            return Ok(Vec::new());
        }
        let path = directory.path().join("bootstrap.checkpoint");
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
        let idle = self.idle_record_due_in_ms(now_ms);
        idle.map_or(u64::MAX, |ms| ms.max(1)).min(self.snapshot_due_in_ms(now_ms))
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
        let header = SnapshotHeader {
            last_contained_timestamp_ms: image.provenance.timestamp_ms,
            kraft_version: self.voters.kraft_version,
            voters: self.voters.record.clone().filter(|_| self.voters.kraft_version > 0),
        };
        let snapshot = Snapshot { header, records: image.to_records() };
        self.files.write(id, &snapshot, now_ms)?;
        self.snapshots = SnapshotProgress { last: Some(id), bytes_since: 0, at_ms: now_ms };
        tracing::info!(snapshot = %id, "wrote a metadata snapshot");
        self.let_go(now_ms)
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
            let input = Input::LogStartAdvanced(newer.end_offset);
            let effects = self.raft.step(millis(&self.env), input)?;
            self.carry_out(effects, now_ms)?;
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

fn millis(env: &Env) -> Millis {
    Millis::new(u64::try_from(env.clock.monotonic().as_millis()).unwrap_or(u64::MAX))
}

fn raft_config(config: &NodeConfig, local: ReplicaKey, voters: VoterSet) -> RaftConfig {
    let time = |value: i32| u64::try_from(value).unwrap_or(0);
    let quorum = &config.quorum;
    RaftConfig {
        election_timeout_ms: time(quorum.election_timeout_ms),
        fetch_timeout_ms: time(quorum.fetch_timeout_ms),
        election_backoff_max_ms: time(quorum.election_backoff_max_ms),
        request_timeout_ms: time(quorum.request_timeout_ms),
        retry_backoff_ms: time(quorum.retry_backoff_ms),
        ..RaftConfig::new(local, voters)
    }
}
