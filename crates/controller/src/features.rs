//! Finalizing features.

use crate::activation::MIN_INSYNC_REPLICAS;
use crate::api_error::ApiError;
use crate::command::{Decision, Reply};
use crate::controller::Controller;
use keld_metadata::{
    ClusterImage, ConfigResource, ConfigResourceType, Feature, FeatureLevel, MetadataRecord,
    MetadataVersion, VersionRange, VersionedRecord,
};
use keld_types::ErrorCode;
use keld_wire::Str;
use keld_wire::messages::update_features_response::UpdatableFeatureResult;
use keld_wire::messages::{UpdateFeaturesRequest, UpdateFeaturesResponse};
use keld_wire::metadata_records::{ConfigRecord, FeatureLevelRecord, NoOpRecord};
use std::collections::BTreeMap;

/// Every feature this release supports with its levels, `metadata.version` first.
pub fn supported_features() -> impl Iterator<Item = (&'static str, VersionRange)> {
    let names = Feature::production().iter().map(|feature| feature.name);
    std::iter::once(MetadataVersion::FEATURE_NAME).chain(names).filter_map(|name| {
        Feature::supported(name).map(|(min, max)| (name, VersionRange { min, max }))
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UpgradeType {
    Upgrade,
    SafeDowngrade,
    UnsafeDowngrade,
    Unknown,
}

impl UpgradeType {
    const fn from_code(code: i8) -> Self {
        match code {
            1 => Self::Upgrade,
            2 => Self::SafeDowngrade,
            3 => Self::UnsafeDowngrade,
            _ => Self::Unknown,
        }
    }
}

struct Update<'a> {
    name: &'a str,
    level: FeatureLevel,
    upgrade_type: UpgradeType,
}

impl Controller {
    pub(crate) fn update_features(
        &self,
        image: &ClusterImage,
        request: &UpdateFeaturesRequest,
        version: i16,
        kraft_version: i16,
    ) -> Decision {
        let mut response = UpdateFeaturesResponse::default();
        let mut new_kraft_version = None;
        let records = match self.feature_records(image, request, kraft_version) {
            Ok(records) => {
                if version <= 1 {
                    response.results = request
                        .feature_updates
                        .iter()
                        .map(|update| UpdatableFeatureResult {
                            feature: update.feature.clone(),
                            error_code: ErrorCode::NONE,
                            error_message: Some(Str::from("NONE")),
                            ..UpdatableFeatureResult::default()
                        })
                        .collect();
                }
                response.error_message = None;
                if request.validate_only {
                    Vec::new()
                } else {
                    let update = request.feature_updates.iter().find(|update| {
                        &*update.feature == Feature::KRAFT_VERSION
                            && update.max_version_level > kraft_version
                    });
                    new_kraft_version = update.map(|update| update.max_version_level);
                    records
                }
            }
            Err(error) => {
                response.error_code = error.code;
                response.error_message = Some(Str::from(format!(
                    "The update failed for all features since the following feature had an error: \
                     {}",
                    error.message.unwrap_or_default()
                )));
                Vec::new()
            }
        };
        Decision {
            kraft_version: new_kraft_version,
            ..Decision::new(records, Reply::UpdateFeatures(response))
        }
    }

    fn feature_records(
        &self,
        image: &ClusterImage,
        request: &UpdateFeaturesRequest,
        kraft_version: i16,
    ) -> Result<Vec<VersionedRecord>, ApiError> {
        let mut proposed = image.features.finalized.clone();
        let current = image.features.metadata_version().level();
        proposed.insert(MetadataVersion::FEATURE_NAME.to_owned(), current);
        for update in &request.feature_updates {
            proposed.insert(update.feature.to_string(), update.max_version_level);
        }
        let mut records = Vec::new();
        let enables_elr = request
            .feature_updates
            .iter()
            .any(|update| &*update.feature == Feature::ELR_VERSION && update.max_version_level > 0);
        if enables_elr {
            records.extend(self.elr_safety_records(image));
        }
        for update in &request.feature_updates {
            let update = Update {
                name: &update.feature,
                level: update.max_version_level,
                upgrade_type: UpgradeType::from_code(update.upgrade_type),
            };
            records.extend(self.feature_record(image, &update, &proposed, kraft_version)?);
        }
        Ok(records)
    }

    fn feature_record(
        &self,
        image: &ClusterImage,
        update: &Update<'_>,
        proposed: &BTreeMap<String, FeatureLevel>,
        kraft_version: i16,
    ) -> Result<Option<VersionedRecord>, ApiError> {
        let invalid = |why: &str| {
            ApiError::new(
                ErrorCode::INVALID_UPDATE_VERSION,
                format!(
                    "Invalid update version {} for feature {}. {why}",
                    update.level, update.name
                ),
            )
        };
        if update.upgrade_type == UpgradeType::Unknown {
            return Err(invalid("The controller does not support the given upgrade type."));
        }
        let current = if update.name == Feature::KRAFT_VERSION {
            kraft_version
        } else {
            image.features.level(update.name)
        };
        if update.level < 0 {
            return Err(invalid("A feature version cannot be less than 0."));
        }
        if let Some(why) = self.not_supported(image, update) {
            return Err(invalid(&why));
        }
        if update.level < current && update.upgrade_type == UpgradeType::Upgrade {
            return Err(invalid(
                "Can't downgrade the version of this feature without setting the upgrade type to \
                 either safe or unsafe downgrade.",
            ));
        }
        if update.level > current && update.upgrade_type != UpgradeType::Upgrade {
            return Err(invalid("Can't downgrade to a newer version."));
        }
        match update.name {
            MetadataVersion::FEATURE_NAME => metadata_version_record(image, update).map(Some),
            Feature::KRAFT_VERSION if update.level < current => {
                Err(invalid("Can't downgrade the version of this feature."))
            }
            // The quorum's control records say it; this is an offset to wait for.
            Feature::KRAFT_VERSION => {
                let is_upgrade = update.upgrade_type == UpgradeType::Upgrade;
                Ok(is_upgrade.then(|| MetadataRecord::from(NoOpRecord::default()).at(0)))
            }
            name => {
                let feature = Feature::named(name)
                    .ok_or_else(|| invalid(&format!("Feature {name} not found.")))?;
                feature
                    .validate(update.level, proposed)
                    .map_err(|error| invalid(&error.to_string()))?;
                Ok(Some(feature_level(name, update.level)))
            }
        }
    }

    fn not_supported(&self, image: &ClusterImage, update: &Update<'_>) -> Option<String> {
        let reason = |what: String, range: Option<VersionRange>| {
            let range = range.unwrap_or(VersionRange { min: 0, max: 0 });
            if (range.min..=range.max).contains(&update.level) {
                None
            } else if range.max == 0 {
                Some(format!("{what} does not support this feature."))
            } else if range.min == range.max {
                Some(format!("{what} only supports versions {}", range.min))
            } else {
                Some(format!("{what} only supports versions {}-{}", range.min, range.max))
            }
        };
        let local = Feature::supported(update.name).map(|(min, max)| VersionRange { min, max });
        reason(format!("Local controller {}", self.node_id), local).or_else(|| {
            image.brokers.values().find_map(|broker| {
                let range = broker.features.get(update.name).copied();
                reason(format!("Broker {}", broker.id), range)
            })
        })
    }

    /// With ELR on, `min.insync.replicas` is one for the whole cluster.
    fn elr_safety_records(&self, image: &ClusterImage) -> Vec<VersionedRecord> {
        let mut records = Vec::new();
        let default = image.config(&ConfigResource::broker_default());
        if default.is_none_or(|options| !options.contains_key(MIN_INSYNC_REPLICAS)) {
            records.push(self.cluster_min_isr_record());
        }
        for (resource, options) in image.configs.iter() {
            let is_one_broker =
                resource.resource_type == ConfigResourceType::Broker && !resource.name.is_empty();
            if is_one_broker && options.contains_key(MIN_INSYNC_REPLICAS) {
                let record = ConfigRecord {
                    resource_type: ConfigResourceType::Broker.id(),
                    resource_name: Str::from(resource.name.as_str()),
                    name: Str::from(MIN_INSYNC_REPLICAS),
                    value: None,
                    ..ConfigRecord::default()
                };
                records.push(MetadataRecord::from(record).at(0));
            }
        }
        records
    }
}

fn metadata_version_record(
    image: &ClusterImage,
    update: &Update<'_>,
) -> Result<VersionedRecord, ApiError> {
    let invalid = |why: String| ApiError::new(ErrorCode::INVALID_UPDATE_VERSION, why);
    let current = image.features.metadata_version();
    let new = MetadataVersion::from_level(update.level).map_err(|_| {
        invalid(format!(
            "Invalid metadata.version {}. Valid versions are from {} to {}.",
            update.level,
            MetadataVersion::MINIMUM.level(),
            MetadataVersion::LATEST_TESTING.level()
        ))
    })?;
    if new < current && MetadataVersion::metadata_changed(current, new) {
        let why = if update.upgrade_type == UpgradeType::UnsafeDowngrade {
            "Unsafe metadata downgrade is not supported in this version."
        } else {
            "Refusing to perform the requested downgrade because it might delete metadata \
             information."
        };
        return Err(invalid(format!(
            "Unsupported metadata.version downgrade from {} to {}. {why}",
            current.level(),
            new.level()
        )));
    }
    Ok(feature_level(MetadataVersion::FEATURE_NAME, update.level))
}

fn feature_level(name: &str, level: FeatureLevel) -> VersionedRecord {
    let record = FeatureLevelRecord {
        name: Str::from(name),
        feature_level: level,
        ..FeatureLevelRecord::default()
    };
    MetadataRecord::from(record).at(0)
}
