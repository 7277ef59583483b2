//! UpdateFeatures and the first decision of all.

use crate::cluster::{Cluster, bootstrap};
use keld_controller::{Command, Reply};
use keld_metadata::{ConfigResource, MetadataRecord};
use keld_types::ErrorCode;
use keld_wire::messages::UpdateFeaturesRequest;
use keld_wire::messages::update_features_request::FeatureUpdateKey;

fn update(
    cluster: &mut Cluster,
    name: &str,
    max_version_level: i16,
    upgrade_type: i8,
) -> (ErrorCode, String) {
    let key = FeatureUpdateKey {
        feature: name.into(),
        max_version_level,
        upgrade_type,
        ..Default::default()
    };
    let request = UpdateFeaturesRequest { feature_updates: vec![key], ..Default::default() };
    let decision = cluster.decide(Command::UpdateFeatures(request, 2));
    let Reply::UpdateFeatures(response) = decision.reply else { panic!() };
    let message = response.error_message.as_ref().map_or("", |text| text.as_str()).to_owned();
    assert!(response.error_code.is_none() || decision.records.is_empty());
    (response.error_code, message)
}

const PREFIX: &str =
    "The update failed for all features since the following feature had an error: ";

#[test]
fn features_go_up_and_down_by_kafkas_rules() {
    let mut cluster = Cluster::ready(false, &[]);
    let ok = (ErrorCode::NONE, String::new());
    assert_eq!(update(&mut cluster, "transaction.version", 2, 1), ok);
    assert_eq!(cluster.image.features.level("transaction.version"), 2);
    assert_eq!(update(&mut cluster, "transaction.version", 0, 2), ok);
    assert_eq!(cluster.image.features.level("transaction.version"), 0);
    assert_eq!(update(&mut cluster, "metadata.version", 30, 1), ok);
    let cases = [
        (
            ("group.version", 0, 1),
            "Invalid update version 0 for feature group.version. Can't downgrade the version of \
             this feature without setting the upgrade type to either safe or unsafe downgrade.",
        ),
        (
            ("transaction.version", 1, 2),
            "Invalid update version 1 for feature transaction.version. Can't downgrade to a newer \
             version.",
        ),
        (
            ("group.version", 9, 1),
            "Invalid update version 9 for feature group.version. Local controller 1 only supports \
             versions 0-1",
        ),
        (
            ("nonsense", 1, 1),
            "Invalid update version 1 for feature nonsense. Local controller 1 does not support \
             this feature.",
        ),
        (
            ("group.version", 1, 9),
            "Invalid update version 1 for feature group.version. The controller does not support \
             the given upgrade type.",
        ),
        (
            ("metadata.version", 29, 2),
            "Unsupported metadata.version downgrade from 30 to 29. Refusing to perform the \
             requested downgrade because it might delete metadata information.",
        ),
        (
            ("metadata.version", 29, 3),
            "Unsupported metadata.version downgrade from 30 to 29. Unsafe metadata downgrade is \
             not supported in this version.",
        ),
    ];
    for ((name, level, kind), message) in cases {
        let found = update(&mut cluster, name, level, kind);
        assert_eq!(found, (ErrorCode::INVALID_UPDATE_VERSION, format!("{PREFIX}{message}")));
    }
}

#[test]
fn elr_brings_a_floor_for_the_whole_cluster() {
    let mut cluster = Cluster::ready(false, &[]);
    assert!(cluster.image.config(&ConfigResource::broker_default()).is_none());
    update(&mut cluster, "eligible.leader.replicas.version", 1, 1);
    assert!(cluster.image.features.is_elr_enabled());
    let options = cluster.image.config(&ConfigResource::broker_default()).unwrap();
    assert_eq!(options["min.insync.replicas"], "1");
}

#[test]
fn an_empty_log_begins_with_its_bootstrap_in_one_transaction() {
    let mut cluster = Cluster::empty(true, &[]);
    assert_eq!(cluster.image.features.level("metadata.version"), 30);
    let again = Command::Activate { bootstrap: bootstrap(true), in_transaction: false };
    assert_eq!(cluster.decide(again).records, [], "the log is not empty any more");
    let failover = Command::Activate { bootstrap: Vec::new(), in_transaction: true };
    let records = cluster.decide(failover).records;
    assert!(
        matches!(&records[..], [only] if matches!(only.record, MetadataRecord::AbortTransaction(_)))
    );
}
