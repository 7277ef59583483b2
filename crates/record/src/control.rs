//! Control records: what brokers and controllers write between clients' records.

use crate::record::Record;
use bytes::{BufMut, Bytes, BytesMut};
use keld_types::Offset;

/// What a control record says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ControlRecordType {
    /// 0: a producer's transaction was aborted.
    Abort,
    /// 1: a producer's transaction was committed.
    Commit,
    /// 2: the quorum has a new leader.
    LeaderChange,
    /// 3: the first record of a snapshot.
    SnapshotHeader,
    /// 4: the last record of a snapshot.
    SnapshotFooter,
    /// 5: the version of the quorum's own format.
    KRaftVersion,
    /// 6: the set of voters.
    KRaftVoters,
    /// A type of a later release: skipped.
    Unknown(i16),
}

impl ControlRecordType {
    /// The number in the key.
    pub const fn id(self) -> i16 {
        match self {
            Self::Abort => 0,
            Self::Commit => 1,
            Self::LeaderChange => 2,
            Self::SnapshotHeader => 3,
            Self::SnapshotFooter => 4,
            Self::KRaftVersion => 5,
            Self::KRaftVoters => 6,
            Self::Unknown(id) => id,
        }
    }

    /// The type of a number in a key.
    pub const fn from_id(id: i16) -> Self {
        match id {
            0 => Self::Abort,
            1 => Self::Commit,
            2 => Self::LeaderChange,
            3 => Self::SnapshotHeader,
            4 => Self::SnapshotFooter,
            5 => Self::KRaftVersion,
            6 => Self::KRaftVoters,
            other => Self::Unknown(other),
        }
    }

    /// The key: version 0 and the type, both i16.
    pub fn key(self) -> Bytes {
        let mut key = BytesMut::with_capacity(4);
        key.put_i16(0);
        key.put_i16(self.id());
        key.freeze()
    }

    /// Reads a key; later versions are read as version 0, as they only add fields.
    pub fn parse_key(key: &[u8]) -> Result<Self, ControlRecordError> {
        let Some([v0, v1, t0, t1]) = key.first_chunk::<4>() else {
            return Err(ControlRecordError::ShortKey { length: key.len() });
        };
        let version = i16::from_be_bytes([*v0, *v1]);
        if version < 0 {
            return Err(ControlRecordError::Version { version });
        }
        Ok(Self::from_id(i16::from_be_bytes([*t0, *t1])))
    }
}

/// A control record: its type and the value's bytes, which the type's schema describes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ControlRecord {
    /// What it says.
    pub record_type: ControlRecordType,
    /// The value, with its version in front.
    pub value: Bytes,
}

impl ControlRecord {
    /// Reads a record of a control batch.
    pub fn from_record(record: &Record) -> Result<Self, ControlRecordError> {
        let key = record.key.as_ref().ok_or(ControlRecordError::NoKey { offset: record.offset })?;
        Ok(Self {
            record_type: ControlRecordType::parse_key(key)?,
            value: record.value.clone().unwrap_or_default(),
        })
    }
}

/// The value of an `Abort` or `Commit` record: version 0 and the coordinator's epoch, i16 and i32.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EndTxnMarker {
    /// Whether the transaction was committed.
    pub committed: bool,
    /// Epoch of the transaction coordinator that decided.
    pub coordinator_epoch: i32,
}

impl EndTxnMarker {
    /// The control record.
    pub fn to_control_record(self) -> ControlRecord {
        let mut value = BytesMut::with_capacity(6);
        value.put_i16(0);
        value.put_i32(self.coordinator_epoch);
        let record_type =
            if self.committed { ControlRecordType::Commit } else { ControlRecordType::Abort };
        ControlRecord { record_type, value: value.freeze() }
    }

    /// Reads a control record; `None` when it is of another type.
    pub fn from_control_record(record: &ControlRecord) -> Result<Option<Self>, ControlRecordError> {
        let committed = match record.record_type {
            ControlRecordType::Abort => false,
            ControlRecordType::Commit => true,
            ControlRecordType::LeaderChange
            | ControlRecordType::SnapshotHeader
            | ControlRecordType::SnapshotFooter
            | ControlRecordType::KRaftVersion
            | ControlRecordType::KRaftVoters
            | ControlRecordType::Unknown(_) => return Ok(None),
        };
        let Some([v0, v1, epoch @ ..]) = record.value.first_chunk::<6>() else {
            return Err(ControlRecordError::ShortValue { length: record.value.len() });
        };
        let version = i16::from_be_bytes([*v0, *v1]);
        if version < 0 {
            return Err(ControlRecordError::Version { version });
        }
        Ok(Some(Self { committed, coordinator_epoch: i32::from_be_bytes(*epoch) }))
    }
}

/// A control record that cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ControlRecordError {
    /// A record of a control batch without a key.
    #[error("control record at offset {offset} has no key")]
    NoKey {
        /// The record's offset.
        offset: Offset,
    },
    /// A key of fewer than four bytes.
    #[error(
        "Invalid value size found for control record key. Must have at least 4 bytes, but found only {length}"
    )]
    ShortKey {
        /// The key's length.
        length: usize,
    },
    /// A marker's value of fewer than six bytes.
    #[error("end transaction marker has {length} bytes, fewer than 6")]
    ShortValue {
        /// The value's length.
        length: usize,
    },
    /// A negative version.
    #[error("Invalid version found for control record: {version}. May indicate data corruption")]
    Version {
        /// The version.
        version: i16,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_markers_have_kafkas_bytes() {
        assert_eq!(&ControlRecordType::Commit.key()[..], [0, 0, 0, 1]);
        assert_eq!(&ControlRecordType::KRaftVoters.key()[..], [0, 0, 0, 6]);
        let marker = EndTxnMarker { committed: true, coordinator_epoch: 7 };
        let record = marker.to_control_record();
        assert_eq!(&record.value[..], [0, 0, 0, 0, 0, 7]);
        assert_eq!(EndTxnMarker::from_control_record(&record), Ok(Some(marker)));
    }

    #[test]
    fn later_versions_and_types_are_read_and_short_ones_refused() {
        let parse = ControlRecordType::parse_key;
        assert_eq!(parse(&[0, 9, 0, 0, 1, 2]), Ok(ControlRecordType::Abort));
        assert_eq!(parse(&[0, 0, 0, 77]), Ok(ControlRecordType::Unknown(77)));
        assert_eq!(parse(&[0, 0, 0]), Err(ControlRecordError::ShortKey { length: 3 }));
        assert_eq!(parse(&[255, 255, 0, 0]), Err(ControlRecordError::Version { version: -1 }));
        let short = ControlRecord {
            record_type: ControlRecordType::Abort,
            value: Bytes::from_static(&[0]),
        };
        assert!(EndTxnMarker::from_control_record(&short).is_err());
    }
}
