//! A registered broker.

use crate::metadata_version::MetadataVersion;
use crate::record::{MetadataRecord, VersionedRecord};
use keld_types::{BrokerEpoch, BrokerId, DirectoryId, Uuid};
use keld_wire::Str;
use keld_wire::metadata_records::RegisterBrokerRecord;
use keld_wire::metadata_records::register_broker_record as wire;
use std::collections::BTreeMap;

/// Where a broker can be reached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerEndpoint {
    /// The listener's name.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.
    pub security_protocol: i16,
}

/// Lowest and highest level of a feature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct VersionRange {
    /// Lowest.
    pub min: i16,
    /// Highest.
    pub max: i16,
}

/// What the controller knows of a broker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokerRegistration {
    /// Its node id.
    pub id: BrokerId,
    /// Offset of the registration record.
    pub epoch: BrokerEpoch,
    /// Drawn anew by each start of the process.
    pub incarnation_id: Uuid,
    /// In the order of the registration.
    pub endpoints: Vec<BrokerEndpoint>,
    /// Feature levels it supports.
    pub features: BTreeMap<String, VersionRange>,
    /// `broker.rack`.
    pub rack: Option<String>,
    /// Whether it must not lead or be in an ISR.
    pub fenced: bool,
    /// Whether it is about to stop.
    pub in_controlled_shutdown: bool,
    /// Whether it was a broker of ZooKeeper times.
    pub is_migrating_zk_broker: bool,
    /// Its directories that are online, sorted.
    pub directories: Vec<DirectoryId>,
    /// Directories that take no new replicas; `None` before 4.3.
    pub cordoned_directories: Option<Vec<DirectoryId>>,
}

impl BrokerRegistration {
    pub(crate) fn from_record(record: &RegisterBrokerRecord) -> Self {
        let mut directories: Vec<_> =
            record.log_dirs.iter().copied().map(DirectoryId::new).collect();
        directories.sort();
        Self {
            id: BrokerId::new(record.broker_id),
            epoch: BrokerEpoch::new(record.broker_epoch),
            incarnation_id: record.incarnation_id,
            endpoints: record
                .end_points
                .iter()
                .map(|endpoint| BrokerEndpoint {
                    name: endpoint.name.to_string(),
                    host: endpoint.host.to_string(),
                    port: endpoint.port,
                    security_protocol: endpoint.security_protocol,
                })
                .collect(),
            features: record
                .features
                .iter()
                .map(|feature| {
                    let range = VersionRange {
                        min: feature.min_supported_version,
                        max: feature.max_supported_version,
                    };
                    (feature.name.to_string(), range)
                })
                .collect(),
            rack: record.rack.as_ref().map(ToString::to_string),
            fenced: record.fenced,
            in_controlled_shutdown: record.in_controlled_shutdown,
            is_migrating_zk_broker: record.is_migrating_zk_broker,
            directories,
            cordoned_directories: record
                .cordoned_log_dirs
                .as_ref()
                .map(|dirs| dirs.iter().copied().map(DirectoryId::new).collect()),
        }
    }

    /// The record that says all of this, in the form of `version`.
    pub fn to_record(&self, version: MetadataVersion) -> VersionedRecord {
        let directories = if version.has_directories() { self.directories.as_slice() } else { &[] };
        let record = RegisterBrokerRecord {
            broker_id: self.id.get(),
            is_migrating_zk_broker: self.is_migrating_zk_broker && version.level() >= 8,
            incarnation_id: self.incarnation_id,
            broker_epoch: self.epoch.get(),
            end_points: self
                .endpoints
                .iter()
                .map(|endpoint| wire::BrokerEndpoint {
                    name: Str::from(endpoint.name.as_str()),
                    host: Str::from(endpoint.host.as_str()),
                    port: endpoint.port,
                    security_protocol: endpoint.security_protocol,
                    ..wire::BrokerEndpoint::default()
                })
                .collect(),
            features: self
                .features
                .iter()
                .map(|(name, range)| wire::BrokerFeature {
                    name: Str::from(name.as_str()),
                    min_supported_version: range.min,
                    max_supported_version: range.max,
                    ..wire::BrokerFeature::default()
                })
                .collect(),
            rack: self.rack.as_deref().map(Str::from),
            fenced: self.fenced,
            in_controlled_shutdown: self.in_controlled_shutdown,
            log_dirs: directories.iter().map(|id| id.uuid()).collect(),
            cordoned_log_dirs: self
                .cordoned_directories
                .as_ref()
                .filter(|_| version.has_cordoned_directories())
                .map(|dirs| dirs.iter().map(|id| id.uuid()).collect()),
            ..RegisterBrokerRecord::default()
        };
        MetadataRecord::from(record).at(version.register_broker_version())
    }

    /// Whether it may lead and be in an ISR.
    pub const fn is_active(&self) -> bool {
        !self.fenced && !self.in_controlled_shutdown
    }

    /// The endpoint of a listener.
    pub fn endpoint(&self, listener: &str) -> Option<&BrokerEndpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.name == listener)
    }
}
