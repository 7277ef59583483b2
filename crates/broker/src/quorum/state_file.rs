//! `quorum-state`: what a node remembers of elections, one line of JSON as Kafka writes it.
//!
//! ```text
//! {"leaderId":1,"leaderEpoch":4,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}
//! ```
//!
//! A static quorum (`kraft.version` 0) has version 0, with the ids of its voters and without
//! directories.

use super::error::QuorumError;
use keld_env::{Disk, OpenMode};
use keld_raft::{ElectionState, ReplicaKey, VoterSet};
use keld_types::{BrokerId, DirectoryId, LeaderEpoch, Mutation, Uuid};
use serde_json::{Value, json};
use std::io;
use std::path::Path;

/// Largest file that is read.
const BYTES_MAX: u64 = 1 << 20;

pub(super) const FILE_NAME: &str = "quorum-state";

/// Reads the file; `None` when there is none.
pub(super) fn read(disk: &dyn Disk, path: &Path) -> Result<Option<ElectionState>, QuorumError> {
    let content = match disk.read_file(path, BYTES_MAX) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(QuorumError::file("read", path)(error)),
    };
    decode(&content)
        .map(Some)
        .map_err(|reason| QuorumError::Content { path: path.to_owned(), reason })
}

/// Replaces the file; it is durable when this returns.
pub(super) fn write(
    disk: &dyn Disk,
    path: &Path,
    election: &ElectionState,
    voters: Option<&VoterSet>,
) -> Result<(), QuorumError> {
    let content = encode(election, voters);
    if Mutation::VoteNotSynced.is_planted() {
        let file = disk.open(path, OpenMode::Truncate).map_err(QuorumError::file("write", path))?;
        return file
            .write_all_at(&mut [io::IoSlice::new(content.as_bytes())], 0)
            .map_err(QuorumError::file("write", path));
    }
    disk.replace_file(path, content.as_bytes()).map_err(QuorumError::file("write", path))
}

/// `static_voters` are those of a quorum with `kraft.version` 0.
fn encode(election: &ElectionState, static_voters: Option<&VoterSet>) -> String {
    let leader = election.leader.unwrap_or(BrokerId::NONE);
    // Kafka keeps no vote of an epoch whose leader it knows: the leader says it all.
    let voted = election.voted.filter(|_| election.leader.is_none());
    let voted_id = voted.map_or(BrokerId::NONE, |key| key.id);
    match static_voters {
        Some(voters) => {
            let ids: Vec<Value> =
                voters.iter().map(|voter| json!({ "voterId": voter.id.get() })).collect();
            json!({
                "clusterId": "",
                "leaderId": leader.get(),
                "leaderEpoch": election.epoch.get(),
                "votedId": voted_id.get(),
                "appliedOffset": 0,
                "currentVoters": ids,
                "data_version": 0,
            })
            .to_string()
        }
        None => {
            let directory = voted.map_or(Uuid::ZERO, |key| key.directory_id.uuid());
            json!({
                "leaderId": leader.get(),
                "leaderEpoch": election.epoch.get(),
                "votedId": voted_id.get(),
                "votedDirectoryId": directory.to_string(),
                "data_version": 1,
            })
            .to_string()
        }
    }
}

fn decode(content: &[u8]) -> Result<ElectionState, String> {
    let text = std::str::from_utf8(content).map_err(|_| "not UTF-8".to_owned())?;
    let line = text.lines().next().ok_or("the file is empty")?;
    let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let number = |name: &str| {
        value
            .get(name)
            .and_then(Value::as_i64)
            .and_then(|number| i32::try_from(number).ok())
            .ok_or_else(|| format!("{name} is missing or no 32-bit number"))
    };
    let version = number("data_version")?;
    if !(0..=1).contains(&version) {
        return Err(format!("data_version {version} is not within 0 and 1"));
    }
    let id = |number: i32| (number >= 0).then(|| BrokerId::new(number));
    let directory = match value.get("votedDirectoryId").and_then(Value::as_str) {
        Some(text) => text.parse::<Uuid>().map_err(|error| error.to_string())?,
        None => Uuid::ZERO,
    };
    Ok(ElectionState {
        epoch: LeaderEpoch::new(number("leaderEpoch")?),
        leader: id(number("leaderId")?),
        voted: id(number("votedId")?).map(|id| ReplicaKey::new(id, DirectoryId::new(directory))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kafkas_file_is_written_and_read() {
        let line = r#"{"leaderId":1,"leaderEpoch":4,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}"#;
        let election = ElectionState {
            epoch: LeaderEpoch::new(4),
            leader: Some(BrokerId::new(1)),
            voted: None,
        };
        assert_eq!(decode(line.as_bytes()), Ok(election.clone()));
        assert_eq!(encode(&election, None), line);
        let voters =
            VoterSet::new([ReplicaKey::new(BrokerId::new(1), DirectoryId::new(Uuid::ZERO))]);
        let line = r#"{"clusterId":"","leaderId":1,"leaderEpoch":4,"votedId":-1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}"#;
        assert_eq!(encode(&election, Some(&voters)), line);
        assert_eq!(decode(line.as_bytes()), Ok(election));
    }

    #[test]
    fn a_vote_survives() {
        let key = ReplicaKey::new(BrokerId::new(2), DirectoryId::new(Uuid::from_parts(3, 4)));
        let election = ElectionState { epoch: LeaderEpoch::new(7), leader: None, voted: Some(key) };
        assert_eq!(decode(encode(&election, None).as_bytes()), Ok(election));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["", "{}", "[1]", r#"{"leaderId":1,"leaderEpoch":1,"votedId":1,"data_version":2}"#]
        {
            assert!(decode(text.as_bytes()).is_err(), "{text}");
        }
    }
}
