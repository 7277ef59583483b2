//! A cluster in a test: an image, and a controller that decides on it.

use keld_config::{BrokerLayers, Properties};
use keld_controller::{
    BrokerRef, Command, Controller, DecideContext, Decision, Reply, supported_features,
};
use keld_metadata::{
    ClusterDelta, ClusterImage, Feature, MetadataRecord, MetadataVersion, Provenance, TopicImage,
    VersionedRecord,
};
use keld_types::{BrokerId, ClusterId, Offset, TopicName, Uuid};
use keld_wire::messages::BrokerRegistrationRequest;
use keld_wire::messages::broker_registration_request as registration;
use keld_wire::metadata_records::FeatureLevelRecord;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const DIRECTORY: Uuid = Uuid::from_parts(77, 1);

pub(crate) struct Cluster {
    pub(crate) controller: Controller,
    pub(crate) image: ClusterImage,
    next_offset: i64,
    next_uuid: u64,
    incarnation: u64,
}

pub(crate) fn feature(name: &str, feature_level: i16) -> VersionedRecord {
    let record = FeatureLevelRecord { name: name.into(), feature_level, ..Default::default() };
    MetadataRecord::from(record).at(0)
}

pub(crate) fn bootstrap(elr: bool) -> Vec<VersionedRecord> {
    let mut records = vec![feature(MetadataVersion::FEATURE_NAME, 30)];
    if elr {
        records.push(feature(Feature::ELR_VERSION, 1));
    }
    records.push(feature(Feature::GROUP_VERSION, 1));
    records
}

impl Cluster {
    /// Only the bootstrap records.
    pub(crate) fn empty(elr: bool, options: &[(&str, &str)]) -> Self {
        let mut properties = Properties::default();
        for (name, value) in [
            ("process.roles", "broker,controller"),
            ("node.id", "1"),
            ("controller.listener.names", "CONTROLLER"),
            ("listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093"),
            ("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            ("controller.quorum.voters", "1@localhost:9093"),
            ("log.dirs", "/data"),
        ] {
            properties.set(name, value);
        }
        for (name, value) in options {
            properties.set(*name, *value);
        }
        let layers = BrokerLayers::new(properties);
        let mut cluster = Self {
            controller: Controller::new(ClusterId::new("cluster"), BrokerId::new(1), layers),
            image: ClusterImage::empty(),
            next_offset: 3,
            next_uuid: 1000,
            incarnation: 1,
        };
        let bootstrap = bootstrap(elr);
        let activated = cluster.decide(Command::Activate { bootstrap, in_transaction: false });
        assert_eq!(activated.reply, Reply::Done);
        cluster
    }

    /// With one broker that is ready.
    pub(crate) fn ready(elr: bool, options: &[(&str, &str)]) -> Self {
        let mut cluster = Self::empty(elr, options);
        let broker = cluster.register(-1);
        cluster.unfence(broker);
        cluster
    }

    /// Decides and, as the driver would, applies.
    pub(crate) fn decide(&mut self, command: Command) -> Decision {
        let (next_offset, start) = (Offset::new(self.next_offset), self.next_uuid);
        let mut drawn = 0;
        let mut uuids = || {
            drawn += 1;
            Uuid::from_parts(7, start + drawn)
        };
        let mut context =
            DecideContext { next_offset, kraft_version: 0, now: Duration::ZERO, uuids: &mut uuids };
        let decision = self.controller.decide(&self.image, command, &mut context);
        self.next_uuid += 100;
        let mut delta = ClusterDelta::new(&self.image);
        for known in &decision.records {
            known.encode().expect("fits its version");
            delta.replay(&known.record).expect("fits the image");
        }
        self.next_offset += i64::try_from(decision.records.len()).unwrap();
        self.image = delta.finish(Provenance::EMPTY);
        decision
    }

    pub(crate) fn registration(&mut self, previous_broker_epoch: i64) -> BrokerRegistrationRequest {
        self.incarnation += 1;
        BrokerRegistrationRequest {
            broker_id: 1,
            cluster_id: "cluster".into(),
            incarnation_id: Uuid::from_parts(3, self.incarnation),
            listeners: vec![registration::Listener {
                name: "PLAINTEXT".into(),
                host: "localhost".into(),
                port: 9092,
                ..Default::default()
            }],
            features: supported_features()
                .map(|(name, range)| registration::Feature {
                    name: name.into(),
                    min_supported_version: range.min,
                    max_supported_version: range.max,
                    ..Default::default()
                })
                .collect(),
            log_dirs: vec![DIRECTORY],
            previous_broker_epoch,
            ..Default::default()
        }
    }

    pub(crate) fn register(&mut self, previous_broker_epoch: i64) -> BrokerRef {
        let request = self.registration(previous_broker_epoch);
        match self.decide(Command::RegisterBroker(request)).reply {
            Reply::Registered(epoch) => BrokerRef { id: BrokerId::new(1), epoch },
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn unfence(&mut self, broker: BrokerRef) {
        let reply = self.decide(Command::UnfenceBroker(broker, Some(Vec::new()))).reply;
        assert_eq!(reply, Reply::Done);
    }

    pub(crate) fn topic(&self, name: &str) -> &Arc<TopicImage> {
        self.image.topic(&TopicName::new(name)).expect("the topic")
    }
}
