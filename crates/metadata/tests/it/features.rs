//! Levels of 4.3.1.

use keld_metadata::{Feature, MetadataVersion};
use std::collections::BTreeMap;

#[test]
fn releases_name_their_levels() {
    let level = |text| MetadataVersion::from_release(text, false).map(MetadataVersion::level);
    assert_eq!(level("4.3"), Ok(30));
    assert_eq!(level("4.3.1"), Ok(30));
    assert_eq!(level("4.3-IV0"), Ok(30));
    assert_eq!(level("4.0"), Ok(25));
    assert_eq!(level("4.0-IV1"), Ok(23));
    assert_eq!(level("3.3"), Ok(7));
    for unknown in ["4.4-IV0", "4.4", "3.2", "", "x", "4", "4.3-IV9"] {
        assert!(level(unknown).is_err(), "{unknown}");
    }
    assert!(MetadataVersion::from_release("4.4-IV0", true).is_ok());
    let message = MetadataVersion::from_release("9.9", false).unwrap_err().to_string();
    assert!(message.starts_with(
        "Unknown metadata.version '9.9'. Supported metadata.version are: 3.3-IV3, 3.4-IV0, 3.5-IV0"
    ));
    assert!(message.ends_with("4.2-IV1, 4.3-IV0"));
}

#[test]
fn defaults_follow_the_metadata_version() {
    let defaults = |level| {
        let version = MetadataVersion::from_level(level).unwrap();
        Feature::production().iter().map(|f| f.default_level(version)).collect::<Vec<_>>()
    };
    assert_eq!(defaults(30), [1, 2, 1, 1, 1, 1]);
    assert_eq!(defaults(25), [1, 2, 1, 0, 0, 0]);
    assert_eq!(defaults(20), [0, 0, 0, 0, 0, 0]);
    assert_eq!(defaults(21), [1, 0, 0, 0, 0, 0]);
}

#[test]
fn a_feature_needs_its_dependencies() {
    let elr = Feature::named(Feature::ELR_VERSION).unwrap();
    let levels = |level| BTreeMap::from([("metadata.version".to_owned(), level)]);
    assert!(elr.validate(1, &levels(23)).is_ok());
    assert_eq!(
        elr.validate(1, &levels(22)).unwrap_err().to_string(),
        "eligible.leader.replicas.version could not be set to 1 because it depends on \
         metadata.version level 23"
    );
    assert!(elr.validate(0, &BTreeMap::new()).is_ok());
    assert!(elr.validate(1, &BTreeMap::new()).is_err());
}

#[test]
fn a_downgrade_loses_metadata_when_a_level_between_changed_it() {
    let at = |level| MetadataVersion::from_level(level).unwrap();
    assert!(MetadataVersion::metadata_changed(at(30), at(29)));
    assert!(!MetadataVersion::metadata_changed(at(29), at(25)));
    assert!(!MetadataVersion::metadata_changed(at(24), at(24)));
    assert!(MetadataVersion::metadata_changed(at(22), at(23)));
}
