//! The features a new cluster starts with, and how they are printed.

use super::StorageError;
use super::directories::FormatRequest;
use keld_config::NodeConfig;
use keld_metadata::{Feature, FeatureLevel, MetadataRecord, MetadataVersion, VersionedRecord};
use keld_wire::Str;
use keld_wire::metadata_records::FeatureLevelRecord;
use std::collections::BTreeMap;

/// What `bootstrap.checkpoint` says.
#[derive(Debug)]
pub(super) struct Bootstrap {
    pub(super) version: MetadataVersion,
    pub(super) kraft_version: FeatureLevel,
    pub(super) records: Vec<VersionedRecord>,
}

impl Bootstrap {
    pub(super) fn new(config: &NodeConfig, request: &FormatRequest) -> Result<Self, StorageError> {
        let unstable = config.limits.unstable_feature_versions_enable;
        let given: BTreeMap<String, FeatureLevel> = request.features.iter().cloned().collect();
        let version = release_version(request, &given, unstable)?;
        let levels = feature_levels(config, version, given)?;
        let mut records = vec![feature_level(MetadataVersion::FEATURE_NAME, version.level())];
        records.extend(
            levels
                .iter()
                .filter(|(name, level)| {
                    ![MetadataVersion::FEATURE_NAME, Feature::KRAFT_VERSION]
                        .contains(&name.as_str())
                        && **level > 0
                })
                .map(|(name, level)| feature_level(name, *level)),
        );
        let kraft_version = levels.get(Feature::KRAFT_VERSION).copied().unwrap_or(0);
        Ok(Self { version, kraft_version, records })
    }

    /// As Kafka prints it.
    pub(super) fn describe(&self) -> String {
        let records: Vec<String> = self
            .records
            .iter()
            .filter_map(|known| match &known.record {
                MetadataRecord::FeatureLevel(record) => Some(format!(
                    "ApiMessageAndVersion(FeatureLevelRecord(name='{}', featureLevel={}) at \
                     version {})",
                    &*record.name, record.feature_level, known.version
                )),
                _ => None,
            })
            .collect();
        format!(
            "BootstrapMetadata(records=[{}], metadataVersionLevel={}, source=format command)",
            records.join(", "),
            self.version.level()
        )
    }
}

fn release_version(
    request: &FormatRequest,
    given: &BTreeMap<String, FeatureLevel>,
    unstable: bool,
) -> Result<MetadataVersion, StorageError> {
    let version = match (given.get(MetadataVersion::FEATURE_NAME), request.release) {
        (Some(_), Some(_)) => {
            return Err(StorageError::refused(
                "Use --release-version instead of --feature metadata.version=X to avoid ambiguity.",
            ));
        }
        (Some(level), None) => MetadataVersion::from_level(*level)
            .map_err(|error| StorageError::refused(error.to_string()))?,
        (None, Some(release)) => release,
        (None, None) if unstable => MetadataVersion::LATEST_TESTING,
        (None, None) => MetadataVersion::LATEST_PRODUCTION,
    };
    if !unstable && !version.is_production() {
        return Err(StorageError::refused(format!(
            "metadata.version {version} is not yet stable."
        )));
    }
    Ok(version)
}

fn feature_levels(
    config: &NodeConfig,
    version: MetadataVersion,
    given: BTreeMap<String, FeatureLevel>,
) -> Result<BTreeMap<String, FeatureLevel>, StorageError> {
    for name in given.keys() {
        if name != MetadataVersion::FEATURE_NAME && Feature::named(name).is_none() {
            let mut known: Vec<_> = Feature::production().iter().map(|f| f.name).collect();
            known.sort_unstable();
            return Err(StorageError::refused(format!(
                "Unsupported feature: {name}. Supported features are: {}",
                known.join(", ")
            )));
        }
    }
    let mut levels = given;
    levels.insert(MetadataVersion::FEATURE_NAME.to_owned(), version.level());
    let is_dynamic = config.quorum.voters.is_empty();
    let kraft = kraft_level(levels.get(Feature::KRAFT_VERSION).copied(), is_dynamic)?;
    levels.insert(Feature::KRAFT_VERSION.to_owned(), kraft);
    for feature in Feature::production() {
        levels.entry(feature.name.to_owned()).or_insert_with(|| feature.default_level(version));
    }
    for feature in Feature::production() {
        let level = levels.get(feature.name).copied().unwrap_or(0);
        if feature.bootstrap_version(level).is_none() {
            return Err(StorageError::refused(format!(
                "No feature:{} with feature level {level}",
                feature.name
            )));
        }
        feature
            .validate(level, &levels)
            .map_err(|error| StorageError::refused(error.to_string()))?;
    }
    Ok(levels)
}

fn kraft_level(
    given: Option<FeatureLevel>,
    is_dynamic: bool,
) -> Result<FeatureLevel, StorageError> {
    match given {
        None => Ok(FeatureLevel::from(is_dynamic)),
        Some(0) if is_dynamic => Err(StorageError::refused(
            "Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the \
             flags --standalone, --initial-controllers, or --no-initial-controllers is used. For \
             dynamic controllers support, try removing the --feature flag for kraft.version.",
        )),
        Some(level) if level != 0 && !is_dynamic => Err(StorageError::refused(format!(
            "Cannot set kraft.version to {level} unless controller.quorum.voters is empty and one \
             of the flags --standalone, --initial-controllers, or --no-initial-controllers is \
             used. For dynamic controllers support, try using one of --standalone, \
             --initial-controllers, or --no-initial-controllers and removing \
             controller.quorum.voters."
        ))),
        Some(level) => Ok(level),
    }
}

fn feature_level(name: &str, level: FeatureLevel) -> VersionedRecord {
    let record = FeatureLevelRecord {
        name: Str::from(name),
        feature_level: level,
        ..FeatureLevelRecord::default()
    };
    MetadataRecord::from(record).at(0)
}
