//! Control records as JSON, field names and order as in Kafka's schemas.

use bytes::Bytes;
use keld_record::{ControlRecord, ControlRecordType, EndTxnMarker, Record};
use keld_wire::quorum_records::{
    KRaftVersionRecord, LeaderChangeMessage, SnapshotFooterRecord, SnapshotHeaderRecord,
    VotersRecord,
};
use keld_wire::{Decoder, Message};
use serde_json::{Value, json};

/// What stands behind a control record's metadata.
pub(super) fn describe(record: &Record) -> String {
    let Ok(control) = ControlRecord::from_record(record) else {
        return " controlType: unreadable".to_owned();
    };
    let value = record.value.clone().unwrap_or_default();
    let described = match control.record_type {
        ControlRecordType::Abort | ControlRecordType::Commit => marker(&control),
        ControlRecordType::LeaderChange => leader_change(value),
        ControlRecordType::SnapshotHeader => read(value).map(|header: SnapshotHeaderRecord| {
            let shown = json!({
                "version": header.version,
                "lastContainedLogTimestamp": header.last_contained_log_timestamp,
            });
            format!(" SnapshotHeader {shown}")
        }),
        ControlRecordType::SnapshotFooter => read(value).map(|footer: SnapshotFooterRecord| {
            format!(" SnapshotFooter {}", json!({ "version": footer.version }))
        }),
        ControlRecordType::KRaftVersion => read(value).map(|version: KRaftVersionRecord| {
            let shown = json!({
                "version": version.version,
                "kRaftVersion": version.kraft_version,
            });
            format!(" KRaftVersion {shown}")
        }),
        ControlRecordType::KRaftVoters => voters(value),
        ControlRecordType::Unknown(id) => Some(format!(" controlType: UNKNOWN({id})")),
    };
    described.unwrap_or_else(|| " controlType: unreadable".to_owned())
}

fn marker(control: &ControlRecord) -> Option<String> {
    let marker = EndTxnMarker::from_control_record(control).ok()??;
    let kind = match control.record_type {
        ControlRecordType::Commit => "COMMIT",
        _ => "ABORT",
    };
    Some(format!(" endTxnMarker: {kind} coordinatorEpoch: {}", marker.coordinator_epoch))
}

fn leader_change(value: Bytes) -> Option<String> {
    let message: LeaderChangeMessage = read(value)?;
    let voters = |voters: &[keld_wire::quorum_records::leader_change_message::Voter]| -> Value {
        let voter = |voter: &keld_wire::quorum_records::leader_change_message::Voter| {
            let mut shown = json!({ "voterId": voter.voter_id });
            if message.version >= 1 {
                shown["voterDirectoryId"] = Value::from(voter.voter_directory_id.to_string());
            }
            shown
        };
        voters.iter().map(voter).collect()
    };
    let shown = json!({
        "version": message.version,
        "leaderId": message.leader_id,
        "voters": voters(&message.voters),
        "grantingVoters": voters(&message.granting_voters),
    });
    Some(format!(" LeaderChange: {shown}"))
}

fn voters(value: Bytes) -> Option<String> {
    let record: VotersRecord = read(value)?;
    let voters: Value = record
        .voters
        .iter()
        .map(|voter| {
            let endpoints: Value = voter
                .endpoints
                .iter()
                .map(|at| json!({ "name": &*at.name, "host": &*at.host, "port": at.port }))
                .collect();
            let feature = &voter.kraft_version_feature;
            json!({
                "voterId": voter.voter_id,
                "voterDirectoryId": voter.voter_directory_id.to_string(),
                "endpoints": endpoints,
                "kRaftVersionFeature": {
                    "minSupportedVersion": feature.min_supported_version,
                    "maxSupportedVersion": feature.max_supported_version,
                },
            })
        })
        .collect();
    Some(format!(" KRaftVoters {}", json!({ "version": record.version, "voters": voters })))
}

/// Reads a message whose first field is its version.
fn read<M: Message>(value: Bytes) -> Option<M> {
    let version = i16::from_be_bytes([*value.first()?, *value.get(1)?]);
    let versions = M::VALID_VERSIONS;
    let version = version.max(versions.min).min(versions.max);
    M::decode(&mut Decoder::new(value), version).ok()
}
