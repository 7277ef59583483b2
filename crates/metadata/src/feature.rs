//! Features that a cluster finalizes, beside `metadata.version`.

use crate::metadata_version::MetadataVersion;
use std::collections::BTreeMap;

/// A feature's level as a number; 0 is "not finalized".
pub type FeatureLevel = i16;

/// What a feature's level may be and what it needs.
#[derive(PartialEq, Eq, Debug)]
pub struct Feature {
    /// Its name in ApiVersions and UpdateFeatures.
    pub name: &'static str,
    /// For each level from 0: the `metadata.version` from which on it is the default.
    bootstrap: &'static [i16],
    /// Levels of other features that a level needs: (level, feature, its level).
    dependencies: &'static [(FeatureLevel, &'static str, FeatureLevel)],
}

/// A set of levels that cannot be, in Kafka's words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct FeatureError(String);

/// In Kafka's order.
static PRODUCTION: [Feature; 6] = [
    Feature { name: "kraft.version", bootstrap: &[7, 21], dependencies: &[] },
    Feature { name: "transaction.version", bootstrap: &[7, 24, 24], dependencies: &[] },
    Feature { name: "group.version", bootstrap: &[7, 22], dependencies: &[] },
    Feature {
        name: "eligible.leader.replicas.version",
        bootstrap: &[7, 26],
        dependencies: &[(1, MetadataVersion::FEATURE_NAME, 23)],
    },
    Feature { name: "share.version", bootstrap: &[7, 28], dependencies: &[] },
    Feature { name: "streams.version", bootstrap: &[7, 29], dependencies: &[] },
];

impl Feature {
    /// `kraft.version`: finalized by control records of the log, never by a feature record.
    pub const KRAFT_VERSION: &'static str = "kraft.version";
    /// `eligible.leader.replicas.version`.
    pub const ELR_VERSION: &'static str = "eligible.leader.replicas.version";
    /// `transaction.version`.
    pub const TRANSACTION_VERSION: &'static str = "transaction.version";
    /// `group.version`.
    pub const GROUP_VERSION: &'static str = "group.version";

    /// The features of Kafka 4.3.1 for production, in Kafka's order, without `metadata.version`.
    pub fn production() -> &'static [Self] {
        &PRODUCTION
    }

    /// The feature of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PRODUCTION.iter().find(|feature| feature.name == name)
    }

    /// Lowest and highest level this release supports of a feature, `metadata.version` included.
    pub fn supported(name: &str) -> Option<(FeatureLevel, FeatureLevel)> {
        if name == MetadataVersion::FEATURE_NAME {
            return Some((
                MetadataVersion::MINIMUM.level(),
                MetadataVersion::LATEST_PRODUCTION.level(),
            ));
        }
        Self::named(name).map(|feature| (0, feature.latest()))
    }

    /// The newest level.
    pub fn latest(&self) -> FeatureLevel {
        FeatureLevel::try_from(self.bootstrap.len().saturating_sub(1)).unwrap_or(0)
    }

    /// The `metadata.version` from which on this level is the default.
    pub fn bootstrap_version(&self, level: FeatureLevel) -> Option<i16> {
        usize::try_from(level).ok().and_then(|level| self.bootstrap.get(level)).copied()
    }

    /// The level a new cluster of that `metadata.version` gets.
    pub fn default_level(&self, version: MetadataVersion) -> FeatureLevel {
        let levels = self.bootstrap.iter().take_while(|least| **least <= version.level()).count();
        FeatureLevel::try_from(levels.saturating_sub(1)).unwrap_or(0)
    }

    /// The levels of other features that `level` needs.
    pub fn dependencies(
        &self,
        level: FeatureLevel,
    ) -> impl Iterator<Item = (&'static str, FeatureLevel)> {
        self.dependencies
            .iter()
            .filter(move |(own, _, _)| *own == level)
            .map(|(_, name, needed)| (*name, *needed))
    }

    /// Whether `level` may stand beside `levels`.
    pub fn validate(
        &self,
        level: FeatureLevel,
        levels: &BTreeMap<String, FeatureLevel>,
    ) -> Result<(), FeatureError> {
        let metadata_version = levels.get(MetadataVersion::FEATURE_NAME);
        let minimum = MetadataVersion::MINIMUM;
        if level >= 1 && metadata_version.is_none_or(|version| *version < minimum.level()) {
            return Err(FeatureError(format!(
                "{} could not be set to {level} because it depends on metadata.version={} ({minimum})",
                self.name,
                minimum.level()
            )));
        }
        for (name, needed) in self.dependencies(level) {
            if levels.get(name).is_none_or(|has| *has < needed) {
                return Err(FeatureError(format!(
                    "{} could not be set to {level} because it depends on {name} level {needed}",
                    self.name
                )));
            }
        }
        Ok(())
    }
}
