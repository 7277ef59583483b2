//! Replay, snapshot, replay: nothing is lost.

use bytes::Bytes;
use keld_metadata::snapshot::{self, Snapshot};
use keld_metadata::{
    ClusterDelta, ClusterImage, ConfigResource, ImageLoader, MetadataRecord, Provenance,
    VersionedRecord,
};
use keld_types::{
    BrokerId, LeaderEpoch, Offset, PartitionIndex, TopicId, TopicIdPartition, TopicName, Uuid,
};
use keld_wire::metadata_records::client_quota_record::EntityData;
use keld_wire::metadata_records::register_broker_record::{BrokerEndpoint, BrokerFeature};
use keld_wire::metadata_records::*;

fn feature(name: &str, feature_level: i16) -> MetadataRecord {
    FeatureLevelRecord { name: name.into(), feature_level, ..Default::default() }.into()
}

fn id(number: u64) -> Uuid {
    Uuid::from_parts(1, number)
}

fn topic(name: &str, number: u64) -> MetadataRecord {
    TopicRecord { name: name.into(), topic_id: id(number), ..Default::default() }.into()
}

fn partition(number: u64, partition_id: i32) -> MetadataRecord {
    PartitionRecord {
        partition_id,
        topic_id: id(number),
        replicas: vec![1, 2],
        isr: vec![1],
        leader: 1,
        leader_epoch: 0,
        partition_epoch: 0,
        directories: vec![id(100), id(101)],
        eligible_leader_replicas: Some(vec![2]),
        ..Default::default()
    }
    .into()
}

fn config(kind: i8, resource: &str, name: &str, value: Option<&str>) -> MetadataRecord {
    ConfigRecord {
        resource_type: kind,
        resource_name: resource.into(),
        name: name.into(),
        value: value.map(Into::into),
        ..Default::default()
    }
    .into()
}

/// Something of everything that an image keeps.
fn everything() -> Vec<MetadataRecord> {
    let quota = |key: &str, value, remove| {
        let entity_name = Some("alice".into());
        let user = EntityData { entity_type: "user".into(), entity_name, ..Default::default() };
        let entity_type = "client-id".into();
        let any = EntityData { entity_type, entity_name: None, ..Default::default() };
        let entity = vec![user, any];
        ClientQuotaRecord { entity, key: key.into(), value, remove, ..Default::default() }.into()
    };
    vec![
        feature("metadata.version", 30),
        feature("eligible.leader.replicas.version", 1),
        feature("group.version", 1),
        feature("kraft.version", 1),
        RegisterBrokerRecord {
            broker_id: 1,
            incarnation_id: id(7),
            broker_epoch: 5,
            end_points: vec![BrokerEndpoint {
                name: "PLAINTEXT".into(),
                host: "localhost".into(),
                port: 9092,
                ..Default::default()
            }],
            features: vec![BrokerFeature {
                name: "group.version".into(),
                min_supported_version: 0,
                max_supported_version: 1,
                ..Default::default()
            }],
            rack: Some("r1".into()),
            log_dirs: vec![id(101), id(100)],
            cordoned_log_dirs: Some(vec![]),
            ..Default::default()
        }
        .into(),
        BrokerRegistrationChangeRecord {
            broker_id: 1,
            broker_epoch: 5,
            fenced: -1,
            ..Default::default()
        }
        .into(),
        RegisterControllerRecord { controller_id: 1, incarnation_id: id(8), ..Default::default() }
            .into(),
        topic("a.b", 1),
        partition(1, 0),
        partition(1, 1),
        topic("gone", 2),
        partition(2, 0),
        config(2, "gone", "retention.ms", Some("1")),
        config(2, "a.b", "retention.ms", Some("5")),
        config(2, "a.b", "cleanup.policy", Some("compact")),
        config(2, "a.b", "retention.ms", None),
        config(4, "", "log.cleaner.threads", Some("2")),
        config(32, "g", "consumer.session.timeout.ms", Some("45000")),
        RemoveTopicRecord { topic_id: id(2), ..Default::default() }.into(),
        PartitionChangeRecord {
            partition_id: 1,
            topic_id: id(1),
            isr: Some(vec![1, 2]),
            leader: 2,
            eligible_leader_replicas: Some(vec![]),
            ..Default::default()
        }
        .into(),
        quota("producer_byte_rate", 10.5, false),
        quota("consumer_byte_rate", 3.0, false),
        quota("consumer_byte_rate", 0.0, true),
        ProducerIdsRecord { next_producer_id: 2000, ..Default::default() }.into(),
        AccessControlEntryRecord {
            id: id(50),
            principal: "User:alice".into(),
            ..Default::default()
        }
        .into(),
        UserScramCredentialRecord {
            name: "bob".into(),
            mechanism: 1,
            salt: Bytes::from_static(b"salt"),
            iterations: 4096,
            ..Default::default()
        }
        .into(),
        DelegationTokenRecord {
            token_id: "t".into(),
            owner: "User:x".into(),
            ..Default::default()
        }
        .into(),
        NoOpRecord::default().into(),
    ]
}

fn image_of(records: impl IntoIterator<Item = MetadataRecord>) -> ClusterImage {
    let mut delta = ClusterDelta::new(&ClusterImage::empty());
    for record in records {
        delta.replay(&record).unwrap();
    }
    delta.finish(Provenance::EMPTY)
}

fn versioned(records: Vec<MetadataRecord>) -> Vec<VersionedRecord> {
    records.into_iter().map(|record| record.at(0)).collect()
}

#[test]
fn an_image_survives_its_own_snapshot() {
    let image = image_of(everything());
    let records = image.to_records();
    let first: Vec<_> = records.iter().take(2).map(|known| known.record.clone()).collect();
    assert_eq!(first[0], feature("metadata.version", 30));
    let file = snapshot::write(
        &Snapshot { records: records.clone(), ..Snapshot::default() },
        LeaderEpoch::new(3),
        9,
        200,
    )
    .unwrap();
    let read = snapshot::read(&Bytes::from(file)).unwrap();
    assert_eq!(read.records, records);
    assert_eq!(image_of(read.records.into_iter().map(|known| known.record)), image);
}

#[test]
fn replay_keeps_what_is_there_and_drops_what_is_gone() {
    let image = image_of(everything());
    let name = TopicName::new("a.b");
    assert!(image.topic(&TopicName::new("gone")).is_none());
    assert!(image.config(&ConfigResource::topic("gone")).is_none());
    assert_eq!(image.config(&ConfigResource::topic("a.b")).unwrap().len(), 1);
    let unchanged = image.partition_of(&name, PartitionIndex::new(0)).unwrap();
    assert_eq!(unchanged.elr, [BrokerId::new(2)]);
    let changed = image.partition_of(&name, PartitionIndex::new(1)).unwrap();
    assert_eq!(changed.leader, BrokerId::new(2));
    assert_eq!((changed.leader_epoch.get(), changed.partition_epoch.get()), (1, 1));
    assert_eq!(changed.elr, []);
    assert!(image.broker(BrokerId::new(1)).unwrap().is_active());
    assert_eq!(image.features.level("kraft.version"), 0);
    assert_eq!(image.next_producer_id, 2000);
    assert_eq!(image.client_quotas.values().next().unwrap().len(), 1);
}

#[test]
fn older_versions_write_only_what_they_know() {
    for level in [7, 11, 14, 17, 23, 29, 30] {
        let mut records = everything();
        records[0] = feature("metadata.version", level);
        if level < 23 {
            records.remove(1);
        }
        let image = image_of(records);
        for record in image.to_records() {
            record.encode().unwrap_or_else(|error| panic!("level {level}: {error}"));
        }
    }
}

#[test]
fn a_controller_that_registers_is_a_change() {
    let everything = everything();
    let register =
        |record: &&MetadataRecord| matches!(record, MetadataRecord::RegisterController(_));
    let registration = everything.iter().find(register).expect("a controller").clone();
    let mut delta = ClusterDelta::new(&ClusterImage::default());
    delta.replay(&registration).unwrap();
    assert!(!delta.is_empty());
    assert_eq!(delta.changed_controllers.len(), 1);
}

#[test]
fn a_delta_names_what_changed() {
    let image = image_of(everything());
    let mut delta = ClusterDelta::new(&image);
    assert!(delta.is_empty());
    delta.replay(&topic("new", 9)).unwrap();
    delta.replay(&partition(9, 0)).unwrap();
    delta.replay(&topic("brief", 10)).unwrap();
    delta.replay(&partition(10, 0)).unwrap();
    delta.replay(&RemoveTopicRecord { topic_id: id(10), ..Default::default() }.into()).unwrap();
    delta.replay(&RemoveTopicRecord { topic_id: id(1), ..Default::default() }.into()).unwrap();
    let created: Vec<_> = delta.created_topics.iter().copied().collect();
    assert_eq!(created, [TopicId::new(id(9))]);
    let deleted: Vec<_> = delta.deleted_topics.values().map(TopicName::as_str).collect();
    assert_eq!(deleted, ["a.b"]);
    let changed: Vec<_> = delta.changed_partitions.iter().copied().collect();
    let topic_id = TopicId::new(id(9));
    assert_eq!(changed, [TopicIdPartition { topic_id, partition: PartitionIndex::new(0) }]);
    assert!(delta.changed_configs.contains(&ConfigResource::topic("a.b")));
}

#[test]
fn records_that_do_not_fit_are_errors() {
    let image = image_of(everything());
    let misfits: Vec<MetadataRecord> = vec![
        partition(99, 0),
        RemoveTopicRecord { topic_id: id(99), ..Default::default() }.into(),
        PartitionChangeRecord { partition_id: 7, topic_id: id(1), ..Default::default() }.into(),
        ClearElrRecord { topic_name: "nowhere".into(), ..Default::default() }.into(),
        FenceBrokerRecord { id: 1, epoch: 4, ..Default::default() }.into(),
        feature("metadata.version", 99),
    ];
    for misfit in misfits {
        assert!(ClusterDelta::new(&image).replay(&misfit).is_err(), "{misfit:?}");
    }
}

#[test]
fn clear_elr_clears_one_topic_or_all() {
    for name in ["a.b", ""] {
        let mut records = everything();
        records.push(ClearElrRecord { topic_name: name.into(), ..Default::default() }.into());
        let image = image_of(records);
        let topic = image.topic(&TopicName::new("a.b")).unwrap();
        assert!(topic.partitions.values().all(|known| known.elr.is_empty()));
        assert_eq!(topic.partition(PartitionIndex::new(0)).unwrap().partition_epoch.get(), 0);
    }
}

#[test]
fn a_transaction_shows_whole_or_not_at_all() {
    let begin = MetadataRecord::from(BeginTransactionRecord::default());
    let end = MetadataRecord::from(EndTransactionRecord::default());
    let abort = MetadataRecord::from(AbortTransactionRecord::default());
    let at = |offset| Provenance { offset: Offset::new(offset), ..Provenance::EMPTY };
    let mut loader = ImageLoader::new(ClusterImage::empty());
    loader.load(&versioned(vec![begin.clone(), topic("x", 1)]), at(1)).unwrap();
    assert!(loader.in_transaction());
    assert!(loader.image().topics.is_empty());
    assert_eq!(loader.image().provenance.offset, Offset::new(1));
    let loaded =
        loader.load(&versioned(vec![topic("y", 2), end.clone(), topic("z", 3)]), at(4)).unwrap();
    assert_eq!(loaded.after.topics.len(), 3);
    assert_eq!(loaded.delta.created_topics.len(), 3);
    loader.load(&versioned(vec![begin.clone(), topic("w", 4), abort.clone()]), at(7)).unwrap();
    assert_eq!(loader.image().topics.len(), 3);
    assert!(loader.clone().load(&versioned(vec![end]), at(8)).is_err());
    assert!(loader.clone().load(&versioned(vec![abort]), at(8)).is_err());
    assert!(loader.load(&versioned(vec![begin.clone(), begin]), at(9)).is_err());
}

#[test]
fn frames_that_are_no_records_are_errors() {
    let good = topic("x", 1).at(0).encode().unwrap();
    assert_eq!(VersionedRecord::decode(&good).unwrap().record, topic("x", 1));
    for length in 0..good.len() {
        assert!(VersionedRecord::decode(&good.slice(..length)).is_err(), "cut at {length}");
    }
    for bad in [&[2u8, 2, 0][..], &[1, 99, 0], &[1, 2, 9], &[1, 6, 0]] {
        assert!(VersionedRecord::decode(&Bytes::copy_from_slice(bad)).is_err(), "{bad:?}");
    }
    let mut trailing = good.to_vec();
    trailing.push(0);
    assert!(VersionedRecord::decode(&Bytes::from(trailing)).is_err());
}
