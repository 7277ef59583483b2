//! `metadata.version`: which records and fields the cluster may write.

use std::fmt;

/// A level of the feature `metadata.version`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetadataVersion(i16);

struct Row {
    level: i16,
    release: &'static str,
    sub: &'static str,
    /// Whether records or fields came that an older controller could not read.
    changes_metadata: bool,
}

const fn row(level: i16, release: &'static str, sub: &'static str, changes_metadata: bool) -> Row {
    Row { level, release, sub, changes_metadata }
}

/// Every level that Kafka 4.3 knows, in order.
static ROWS: [Row; 25] = [
    row(7, "3.3", "IV3", true),
    row(8, "3.4", "IV0", true),
    row(9, "3.5", "IV0", false),
    row(10, "3.5", "IV1", false),
    row(11, "3.5", "IV2", true),
    row(12, "3.6", "IV0", false),
    row(13, "3.6", "IV1", true),
    row(14, "3.6", "IV2", true),
    row(15, "3.7", "IV0", true),
    row(16, "3.7", "IV1", false),
    row(17, "3.7", "IV2", true),
    row(18, "3.7", "IV3", false),
    row(19, "3.7", "IV4", false),
    row(20, "3.8", "IV0", false),
    row(21, "3.9", "IV0", false),
    row(22, "4.0", "IV0", false),
    row(23, "4.0", "IV1", true),
    row(24, "4.0", "IV2", false),
    row(25, "4.0", "IV3", false),
    row(26, "4.1", "IV0", false),
    row(27, "4.1", "IV1", false),
    row(28, "4.2", "IV0", false),
    row(29, "4.2", "IV1", false),
    row(30, "4.3", "IV0", true),
    row(31, "4.4", "IV0", false),
];

/// No such version, in Kafka's words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct UnknownMetadataVersion(String);

impl MetadataVersion {
    /// The feature's name.
    pub const FEATURE_NAME: &'static str = "metadata.version";
    /// The oldest level that Kafka 4 reads: 3.3-IV3.
    pub const MINIMUM: Self = Self(7);
    /// The newest level of Kafka 4.3.1 for production: 4.3-IV0.
    pub const LATEST_PRODUCTION: Self = Self(30);
    /// The newest level known, behind `unstable.feature.versions.enable`.
    pub const LATEST_TESTING: Self = Self(31);

    /// The level of a number.
    pub fn from_level(level: i16) -> Result<Self, UnknownMetadataVersion> {
        if ROWS.iter().any(|row| row.level == level) {
            Ok(Self(level))
        } else {
            Err(UnknownMetadataVersion(format!(
                "No MetadataVersion with feature level {level}. Valid feature levels are from {} to {}.",
                Self::MINIMUM.0,
                Self::LATEST_TESTING.0
            )))
        }
    }

    /// The level of a release (`4.3`, `4.3.1`) or a full version (`4.3-IV0`).
    pub fn from_release(text: &str, unstable: bool) -> Result<Self, UnknownMetadataVersion> {
        let latest = if unstable { Self::LATEST_TESTING } else { Self::LATEST_PRODUCTION };
        let mut segments = text.split('.');
        let key = match (segments.next(), segments.next(), segments.next()) {
            (Some(major), Some(minor), Some(_)) => format!("{major}.{minor}"),
            (Some(_) | None, Some(_) | None, Some(_) | None) => text.to_owned(),
        };
        let exact = ROWS.iter().find(|row| format!("{}-{}", row.release, row.sub) == key);
        // A release alone means its newest level that is ready for production.
        let of_release = || {
            ROWS.iter()
                .rev()
                .find(|row| row.release == key && row.level <= Self::LATEST_PRODUCTION.0)
        };
        match exact.or_else(of_release) {
            Some(row) if row.level <= latest.0 => Ok(Self(row.level)),
            Some(_) | None => {
                let known: Vec<_> = ROWS
                    .iter()
                    .filter(|row| row.level <= latest.0)
                    .map(|row| format!("{}-{}", row.release, row.sub))
                    .collect();
                Err(UnknownMetadataVersion(format!(
                    "Unknown metadata.version '{text}'. Supported metadata.version are: {}",
                    known.join(", ")
                )))
            }
        }
    }

    /// Every level, oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        ROWS.iter().map(|row| Self(row.level))
    }

    /// The number.
    pub const fn level(self) -> i16 {
        self.0
    }

    /// Whether it is meant for production in 4.3.1.
    pub fn is_production(self) -> bool {
        self <= Self::LATEST_PRODUCTION
    }

    /// Whether records or fields were added between the two, in either direction: such a downgrade
    /// would lose metadata.
    pub fn metadata_changed(from: Self, to: Self) -> bool {
        let (low, high) = if from < to { (from, to) } else { (to, from) };
        ROWS.iter().any(|row| row.level > low.0 && row.level <= high.0 && row.changes_metadata)
    }

    /// Registered controllers are written.
    pub fn has_controller_registration(self) -> bool {
        self.0 >= 15
    }

    /// SCRAM credentials are written.
    pub fn has_scram(self) -> bool {
        self.0 >= 11
    }

    /// Multi-record changes may be wrapped in transactions.
    pub fn has_transactions(self) -> bool {
        self.0 >= 13
    }

    /// Delegation tokens are written.
    pub fn has_delegation_tokens(self) -> bool {
        self.0 >= 14
    }

    /// Replicas name their directories.
    pub fn has_directories(self) -> bool {
        self.0 >= 17
    }

    /// Partitions name eligible leader replicas.
    pub fn has_elr(self) -> bool {
        self.0 >= 23
    }

    /// Brokers name cordoned directories.
    pub fn has_cordoned_directories(self) -> bool {
        self.0 >= 30
    }

    /// A shrinking ISR bumps the leader epoch.
    pub fn bumps_leader_epoch_on_shrink(self) -> bool {
        self.0 < 12
    }

    /// Version of `RegisterBrokerRecord` to write.
    pub fn register_broker_version(self) -> i16 {
        match self.0 {
            30.. => 4,
            17.. => 3,
            8.. => 2,
            _ => 1,
        }
    }

    /// Version of `BrokerRegistrationChangeRecord` to write.
    pub fn broker_registration_change_version(self) -> i16 {
        match self.0 {
            30.. => 3,
            17.. => 2,
            _ => 1,
        }
    }

    /// Version of `PartitionRecord` and `PartitionChangeRecord` to write.
    pub fn partition_version(self) -> i16 {
        match self.0 {
            23.. => 2,
            17.. => 1,
            _ => 0,
        }
    }
}

impl fmt::Display for MetadataVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match ROWS.iter().find(|row| row.level == self.0) {
            Some(row) => write!(f, "{}-{}", row.release, row.sub),
            None => self.0.fmt(f),
        }
    }
}

impl fmt::Debug for MetadataVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
