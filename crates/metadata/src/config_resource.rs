//! What a config belongs to.

use std::fmt;

/// Kind of a config resource, with the numbers of the protocol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ConfigResourceType {
    /// 2: a topic.
    Topic,
    /// 4: a broker; the empty name is the default of all brokers.
    Broker,
    /// 8: log levels of a broker; never in the metadata.
    BrokerLogger,
    /// 16: a client-metrics subscription.
    ClientMetrics,
    /// 32: a group.
    Group,
    /// A kind that this release does not know.
    Unknown(i8),
}

impl ConfigResourceType {
    /// The kind of a number.
    pub const fn from_id(id: i8) -> Self {
        match id {
            2 => Self::Topic,
            4 => Self::Broker,
            8 => Self::BrokerLogger,
            16 => Self::ClientMetrics,
            32 => Self::Group,
            other => Self::Unknown(other),
        }
    }

    /// The number.
    pub const fn id(self) -> i8 {
        match self {
            Self::Topic => 2,
            Self::Broker => 4,
            Self::BrokerLogger => 8,
            Self::ClientMetrics => 16,
            Self::Group => 32,
            Self::Unknown(id) => id,
        }
    }
}

/// A kind and a name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConfigResource {
    /// What kind.
    pub resource_type: ConfigResourceType,
    /// Which one.
    pub name: String,
}

impl ConfigResource {
    /// Pairs a kind and a name.
    pub fn new(resource_type: ConfigResourceType, name: impl Into<String>) -> Self {
        Self { resource_type, name: name.into() }
    }

    /// A topic.
    pub fn topic(name: impl Into<String>) -> Self {
        Self::new(ConfigResourceType::Topic, name)
    }

    /// A group.
    pub fn group(name: impl Into<String>) -> Self {
        Self::new(ConfigResourceType::Group, name)
    }

    /// One broker.
    pub fn broker(id: keld_types::BrokerId) -> Self {
        Self::new(ConfigResourceType::Broker, id.to_string())
    }

    /// The default of all brokers.
    pub fn broker_default() -> Self {
        Self::new(ConfigResourceType::Broker, "")
    }
}

impl fmt::Display for ConfigResource {
    /// As Kafka prints it in messages: `ConfigResource(type=TOPIC, name='x')`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.resource_type {
            ConfigResourceType::Topic => "TOPIC",
            ConfigResourceType::Broker => "BROKER",
            ConfigResourceType::BrokerLogger => "BROKER_LOGGER",
            ConfigResourceType::ClientMetrics => "CLIENT_METRICS",
            ConfigResourceType::Group => "GROUP",
            ConfigResourceType::Unknown(_) => "UNKNOWN",
        };
        write!(f, "ConfigResource(type={kind}, name='{}')", self.name)
    }
}
