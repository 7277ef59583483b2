//! What a node of many does: serves the log to the others, and takes what the leader sends.

use super::core::{Core, Pending};
use super::error::QuorumError;
use super::event::{Answer, Asked, Event, Served};
use super::load::note_control;
use super::rpc::NO_BYTES;
use super::voters::KnownVoters;
use bytes::Bytes;
use keld_log::ReadBounds;
use keld_metadata::snapshot::SnapshotId;
use keld_metadata::{
    BatchContent, ClusterDelta, ClusterImage, ImageLoader, LoadedDelta, Provenance, read_batch,
};
use keld_raft::{
    BatchSummary, EpochAnswer, FetchAnswer, FetchOutcome, FetchSnapshotAnswer, Input,
    OffsetAndEpoch, RaftCode, RequestId, Response,
};
use keld_record::batches;
use keld_types::Offset;

/// The batches of a fetch response, read but not taken yet; or a piece of a snapshot.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    batches: Vec<IncomingBatch>,
    piece: Bytes,
}

#[derive(Debug)]
struct IncomingBatch {
    summary: BatchSummary,
    bytes: Bytes,
    pending: Pending,
    /// What the batch says of the voters, if it does.
    voters: Option<KnownVoters>,
}

/// Largest snapshot that is fetched.
const SNAPSHOT_BYTES_MAX: u64 = 4 << 30;

impl Core {
    /// Takes something from another node.
    pub(super) fn take(&mut self, event: Event, now_ms: i64) -> Result<(), QuorumError> {
        match event {
            Event::Asked(asked) => self.take_asked(asked, now_ms),
            Event::Answered { from, request_id, answer, located } => {
                for (id, address) in located {
                    self.addresses.learn(id, address);
                    self.step(Input::Located(id), now_ms)?;
                }
                let response = match answer {
                    Answer::Vote(answer) => Response::Vote(answer),
                    Answer::BeginQuorumEpoch(answer) => Response::BeginQuorumEpoch(answer),
                    Answer::EndQuorumEpoch(answer) => Response::EndQuorumEpoch(answer),
                    Answer::Fetch(answer, bytes) => match self.read_fetched(answer, bytes) {
                        Some(answer) => Response::Fetch(answer),
                        None => return self.step(Input::Failed { to: from, request_id }, now_ms),
                    },
                    Answer::FetchSnapshot(answer, bytes) => {
                        if answer.size > SNAPSHOT_BYTES_MAX {
                            tracing::error!(size = answer.size, "snapshot is too large");
                            return self.step(Input::Failed { to: from, request_id }, now_ms);
                        }
                        self.incoming.piece = bytes;
                        Response::FetchSnapshot(answer)
                    }
                };
                self.step(Input::Response { from, request_id, response }, now_ms)?;
                self.incoming = Incoming::default();
                Ok(())
            }
            Event::Failed { to, request_id, is_refused: false } => {
                self.step(Input::Failed { to, request_id }, now_ms)
            }
            Event::Failed { to, request_id, is_refused: true } => {
                self.step(Input::Refused { to, request_id }, now_ms)
            }
            Event::ChangeVoter(request) => self.change_voter(request, now_ms),
            Event::Resign => self.step(Input::Resign, now_ms),
        }
    }

    fn take_asked(&mut self, asked: Asked, now_ms: i64) -> Result<(), QuorumError> {
        if let Some((id, address)) = asked.located {
            self.addresses.learn(id, address);
            self.step(Input::Located(id), now_ms)?;
        }
        let request_id = RequestId::new(self.next_asked);
        self.next_asked += 1;
        self.asked.insert(request_id, (asked.reply, asked.bytes_max));
        self.step(Input::Request { from: asked.from, request_id, request: asked.request }, now_ms)
    }

    /// Reads the batches of a response. What is damaged, and all after it, is not there; an answer
    /// that begins with damage is none.
    fn read_fetched(&mut self, mut answer: FetchAnswer, bytes: Bytes) -> Option<FetchAnswer> {
        self.incoming = Incoming::default();
        if !matches!(answer.outcome, FetchOutcome::Records(_)) || bytes.is_empty() {
            return Some(answer);
        }
        let mut known = self.voters.latest().clone();
        for batch in batches(bytes) {
            let read = batch
                .map_err(|error| error.to_string())
                .and_then(|batch| read_incoming(&batch, &mut known).map_err(|e| e.to_string()));
            match read {
                Ok(batch) => self.incoming.batches.push(batch),
                Err(error) => {
                    tracing::error!(%error, "the leader's metadata records are damaged; refused");
                    break;
                }
            }
        }
        if self.incoming.batches.is_empty() {
            return None;
        }
        let summaries = self.incoming.batches.iter().map(|batch| batch.summary).collect();
        answer.outcome = FetchOutcome::Records(summaries);
        Some(answer)
    }

    /// Appends the first of the batches that were just read, and makes them durable.
    pub(super) fn append_incoming(
        &mut self,
        summaries: &[BatchSummary],
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        let mut incoming = std::mem::take(&mut self.incoming.batches);
        incoming.truncate(summaries.len());
        let all = match &incoming[..] {
            [only] => only.bytes.clone(),
            many => many.iter().flat_map(|batch| batch.bytes.iter().copied()).collect(),
        };
        self.snapshots.bytes_since += all.len() as u64;
        self.log.append_as_follower(&all, self.raft.epoch(), now_ms)?;
        for batch in incoming {
            self.pending.push_back(batch.pending);
            if let Some(known) = batch.voters {
                let offset = batch.summary.base_offset;
                self.voters.note(offset, known.clone());
                self.note_voters(offset, &known, now_ms)?;
            }
        }
        self.flush(now_ms)
    }

    pub(super) fn truncate(&mut self, end: Offset, now_ms: i64) -> Result<(), QuorumError> {
        tracing::info!(end = end.get(), "cutting what the leader's metadata log does not have");
        self.log.truncate_to(end, now_ms)?;
        while self.pending.pop_back_if(|batch| batch.last.offset >= end).is_some() {}
        self.voters.truncate(end);
        Ok(())
    }

    /// Hands an answer to whoever asked.
    pub(super) fn serve(&mut self, request_id: RequestId, response: Response, bytes: Bytes) {
        let Some((reply, _)) = self.asked.remove(&request_id) else { return };
        let leader_address = self.leader_address();
        let log_start = self.log.log_start_offset();
        if reply.send(Served { response, bytes, leader_address, log_start }).is_err() {
            tracing::debug!("the node that asked the quorum is gone");
        }
    }

    pub(super) fn serve_records(
        &mut self,
        request_id: RequestId,
        answer: FetchAnswer,
        from: Offset,
        end: Offset,
    ) -> Result<(), QuorumError> {
        let mut bytes = NO_BYTES;
        if from < end {
            let asked = self.asked.get(&request_id);
            let bounds = ReadBounds {
                offset_max: end,
                bytes_max: asked.map_or(0, |(_, bytes_max)| *bytes_max),
                min_one_batch: true,
                with_aborted: false,
            };
            let data = self.log.read(from, &bounds)?;
            bytes = data.read_all().map_err(QuorumError::file("read", self.log.dir()))?;
        }
        self.serve(request_id, Response::Fetch(answer), bytes);
        Ok(())
    }

    pub(super) fn serve_snapshot(
        &mut self,
        request_id: RequestId,
        answer: EpochAnswer,
        snapshot: OffsetAndEpoch,
        position: u64,
    ) -> Result<(), QuorumError> {
        let bytes_max = self.asked.get(&request_id).map_or(0, |(_, bytes_max)| *bytes_max);
        let id = SnapshotId { end_offset: snapshot.offset, epoch: snapshot.epoch };
        let (code, size, bytes) = match self.files.piece(id, position, bytes_max)? {
            None => (RaftCode::SnapshotNotFound, 0, NO_BYTES),
            Some((size, _)) if position >= size => (RaftCode::PositionOutOfRange, size, NO_BYTES),
            Some((size, bytes)) => (RaftCode::None, size, bytes),
        };
        let response = Response::FetchSnapshot(FetchSnapshotAnswer {
            answer: EpochAnswer { code, ..answer },
            snapshot,
            size,
            position,
            length: bytes.len() as u64,
        });
        self.serve(request_id, response, bytes);
        Ok(())
    }

    pub(super) fn write_piece(
        &mut self,
        snapshot: OffsetAndEpoch,
        position: u64,
    ) -> Result<(), QuorumError> {
        let id = SnapshotId { end_offset: snapshot.offset, epoch: snapshot.epoch };
        let piece = std::mem::take(&mut self.incoming.piece);
        if position == 0 {
            tracing::info!(snapshot = %id, "fetching a metadata snapshot from the leader");
            self.partial = Some(self.files.begin(id)?);
        }
        match &self.partial {
            Some(partial) => partial.write(&piece, position),
            None => Ok(()),
        }
    }

    /// All pieces are there: the snapshot takes the place of the log and the image.
    pub(super) fn install(
        &mut self,
        snapshot: OffsetAndEpoch,
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        let id = SnapshotId { end_offset: snapshot.offset, epoch: snapshot.epoch };
        let finished = match self.partial.take() {
            Some(partial) => self.files.finish(&partial, id)?,
            None => None,
        };
        let Some(stored) = finished else {
            return self.step(Input::SnapshotRefused(snapshot), now_ms);
        };
        self.log.truncate_fully_and_start_at(id.end_offset, now_ms)?;
        let mut delta = ClusterDelta::new(&ClusterImage::empty());
        for known in &stored.records {
            delta.replay(&known.record)?;
        }
        let image = delta.finish(Provenance {
            offset: id.end_offset + -1,
            epoch: id.epoch,
            timestamp_ms: stored.header.last_contained_timestamp_ms,
        });
        self.deltas.push(LoadedDelta::between(self.loader.image().clone(), &image));
        self.loader = ImageLoader::new(image);
        self.pending.clear();
        self.snapshots.last = Some(id);
        self.snapshots.bytes_since = 0;
        self.snapshots.at_ms = now_ms;
        tracing::info!(snapshot = %id, "took the leader's metadata snapshot");
        let known = KnownVoters {
            kraft_version: stored.header.kraft_version,
            record: stored.header.voters,
            in_log: true,
        };
        let is_dynamic = known.kraft_version > 0;
        if let Some(record) = &known.record {
            self.addresses.learn_voters(record);
        }
        let voters = is_dynamic.then(|| known.voter_set(&self.config));
        self.voters = super::voters::VoterHistory::new(known);
        self.step(Input::SnapshotInstalled { snapshot, voters }, now_ms)?;
        self.tell_snapshots(now_ms)
    }
}

fn read_incoming(
    batch: &keld_record::RecordBatch,
    known: &mut KnownVoters,
) -> Result<IncomingBatch, QuorumError> {
    let header = *batch.header();
    let last = Provenance {
        offset: header.last_offset(),
        epoch: header.partition_leader_epoch,
        timestamp_ms: header.max_timestamp,
    };
    let before = known.clone();
    let records = match read_batch(batch)? {
        BatchContent::Data(records) => records,
        BatchContent::Control(records) => {
            for record in &records {
                note_control(record, known, header.base_offset)?;
            }
            Vec::new()
        }
    };
    Ok(IncomingBatch {
        summary: BatchSummary {
            base_offset: header.base_offset,
            last_offset: header.last_offset(),
            epoch: header.partition_leader_epoch,
        },
        bytes: batch.bytes().clone(),
        pending: Pending { records, last },
        voters: (*known != before).then(|| known.clone()),
    })
}
