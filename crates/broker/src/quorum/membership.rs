//! Other voters: adding, removing and updating one (KIP-853), by a record of the log.

use super::core::{Core, millis};
use super::error::QuorumError;
use super::event::{VoterEdit, VoterRequest};
use super::voters::KnownVoters;
use keld_controller::ApiError;
use keld_metadata::{BatchPlace, Provenance, control_batch, snapshot};
use keld_raft::{BatchSummary, ReplicaKey, VoterChange, VoterChangeError};
use keld_types::{BrokerId, DirectoryId, ErrorCode};
use keld_wire::quorum_records::VotersRecord;
use keld_wire::quorum_records::voters_record::Voter;

impl Core {
    /// Writes the record, if the core allows it, and answers now or when it is committed.
    pub(super) fn change_voter(
        &mut self,
        request: VoterRequest,
        now_ms: i64,
    ) -> Result<(), QuorumError> {
        let VoterRequest { change, when_committed, reply } = request;
        let record = match self.changed_voters(&change) {
            Ok(record) => record,
            Err(refusal) => {
                reply.send(Err(refusal)).ok();
                return Ok(());
            }
        };
        let kraft_version = self.voters.latest().kraft_version;
        let (base_offset, epoch) = (self.log.log_end_offset(), self.raft.epoch());
        // Only the voters: `kraft.version` stands in the log already.
        let mut records = snapshot::kraft_records(kraft_version, Some(&record))
            .map_err(|error| QuorumError::Write(keld_metadata::BatchWriteError::Encode(error)))?;
        records.drain(..records.len().saturating_sub(1));
        let place = BatchPlace { base_offset, epoch, timestamp_ms: now_ms };
        let bytes = control_batch(&records, place)?;
        let summary = BatchSummary { base_offset, last_offset: base_offset, epoch };
        let last = Provenance { offset: base_offset, epoch, timestamp_ms: now_ms };
        self.pending.push_back(super::core::Pending { records: Vec::new(), last });
        if let Err(error) = self.append(bytes, &[summary], now_ms) {
            if !error.is_no_space() {
                return Err(error);
            }
            self.pending.pop_back();
            let refusal = ApiError::new(ErrorCode::KAFKA_STORAGE_ERROR, error.to_string());
            reply.send(Err(refusal)).ok();
            return Ok(());
        }
        tracing::info!(?change, offset = base_offset.get(), "the quorum's voters change");
        let known = KnownVoters { kraft_version, record: Some(record), in_log: true };
        self.voters.note(base_offset, known.clone());
        self.note_voters(base_offset, &known, now_ms)?;
        if when_committed {
            self.voter_change = Some((base_offset, reply));
        } else {
            reply.send(Ok(())).ok();
        }
        self.flush(now_ms)
    }

    /// Answers whoever waits for a change of the voters.
    pub(super) fn settle_voter_change(&mut self) -> Result<(), QuorumError> {
        let Some((offset, reply)) = self.voter_change.take() else { return Ok(()) };
        if self.raft.high_watermark().is_some_and(|known| known > offset) {
            reply.send(Ok(())).ok();
        } else if self.raft.epoch_start().is_none() {
            let text = "This node does not lead the quorum any more.";
            reply.send(Err(ApiError::new(ErrorCode::NOT_LEADER_OR_FOLLOWER, text))).ok();
        } else {
            self.voter_change = Some((offset, reply));
        }
        Ok(())
    }

    fn changed_voters(&self, change: &VoterEdit) -> Result<VotersRecord, ApiError> {
        let known = self.voters.latest();
        let key = |voter: &Voter| {
            let directory = DirectoryId::new(voter.voter_directory_id);
            ReplicaKey::new(BrokerId::new(voter.voter_id), directory)
        };
        let checked = match change {
            VoterEdit::Add(voter) => VoterChange::Add(key(voter)),
            VoterEdit::Remove(voter) => VoterChange::Remove(*voter),
            VoterEdit::Update(voter) => VoterChange::Update(key(voter)),
        };
        if self.raft.epoch_start().is_none() {
            return Err(ApiError::bare(ErrorCode::NOT_LEADER_OR_FOLLOWER));
        }
        let verb = match change {
            VoterEdit::Add(_) => "adding",
            VoterEdit::Remove(_) => "removing",
            VoterEdit::Update(_) => "updating",
        };
        if known.kraft_version < 1 {
            let text = format!(
                "Cluster doesn't support {verb} voter because the kraft.version feature is {}",
                known.kraft_version
            );
            return Err(ApiError::new(ErrorCode::UNSUPPORTED_VERSION, text));
        }
        self.raft.check_voter_change(millis(&self.env), checked).map_err(refusal)?;
        let mut record = known.record.clone().unwrap_or_default();
        match change {
            VoterEdit::Add(voter) => record.voters.push(voter.clone()),
            VoterEdit::Remove(gone) => {
                record.voters.retain(|voter| voter.voter_id != gone.id.get())
            }
            VoterEdit::Update(voter) => {
                for known in record.voters.iter_mut().filter(|v| v.voter_id == voter.voter_id) {
                    *known = voter.clone();
                }
            }
        }
        Ok(record)
    }
}

fn refusal(error: VoterChangeError) -> ApiError {
    let code = match error {
        VoterChangeError::NotLeader => ErrorCode::NOT_LEADER_OR_FOLLOWER,
        VoterChangeError::NothingCommitted
        | VoterChangeError::Pending(_)
        | VoterChangeError::Lagging(_) => ErrorCode::REQUEST_TIMED_OUT,
        VoterChangeError::Duplicate(_) => ErrorCode::DUPLICATE_VOTER,
        VoterChangeError::NotFound(_) => ErrorCode::VOTER_NOT_FOUND,
        VoterChangeError::LastVoter(_) => ErrorCode::INVALID_REQUEST,
    };
    ApiError::new(code, format!("The voters cannot be changed: {error}"))
}
