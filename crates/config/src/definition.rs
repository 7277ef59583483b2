//! One row of the table of options, and the small enums of its columns.

use crate::support::Support;
use crate::validator::Validator;

/// What kind of resource an option belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Scope {
    /// A node: `server.properties` and dynamic broker configs.
    Broker,
    /// A topic's overrides.
    Topic,
    /// A group's overrides.
    Group,
    /// A client-metrics subscription (KIP-714).
    ClientMetrics,
}

/// The type of a value, with Kafka's `ConfigDef.Type` meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `true` or `false`, in any case.
    Boolean,
    /// Text, trimmed.
    String,
    /// 32-bit integer.
    Int,
    /// 16-bit integer.
    Short,
    /// 64-bit integer.
    Long,
    /// Floating point number.
    Double,
    /// Comma separated texts.
    List,
    /// The name of a Java class.
    Class,
    /// A secret: never shown.
    Password,
}

impl Kind {
    /// The name as Kafka writes it in messages and documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "BOOLEAN",
            Self::String => "STRING",
            Self::Int => "INT",
            Self::Short => "SHORT",
            Self::Long => "LONG",
            Self::Double => "DOUBLE",
            Self::List => "LIST",
            Self::Class => "CLASS",
            Self::Password => "PASSWORD",
        }
    }

    /// The number of this type in a DescribeConfigs response.
    pub fn response_id(self) -> i8 {
        match self {
            Self::Boolean => 1,
            Self::String => 2,
            Self::Int => 3,
            Self::Short => 4,
            Self::Long => 5,
            Self::Double => 6,
            Self::List => 7,
            Self::Class => 8,
            Self::Password => 9,
        }
    }
}

/// How much an option matters to most users, as Kafka ranks it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Importance {
    /// Most installations set it.
    High,
    /// Some installations set it.
    Medium,
    /// Few installations set it.
    Low,
}

/// Whether and where an option can be changed while the node runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UpdateMode {
    /// Only in `server.properties`, with a restart.
    ReadOnly,
    /// Dynamically for one broker.
    PerBroker,
    /// Dynamically for one broker or for all.
    ClusterWide,
    /// An override of a topic, group or subscription: always dynamic.
    Dynamic,
}

/// One option.
#[derive(Clone, PartialEq, Debug)]
pub struct Definition {
    /// What it belongs to.
    pub scope: Scope,
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Its default as text; `None` when it has none or the default is null.
    pub default: Option<&'static str>,
    /// Must be given: there is no default at all.
    pub required: bool,
    /// Which values are valid.
    pub validator: Validator,
    /// How much it matters.
    pub importance: Importance,
    /// Internal to Kafka: works, but is listed only where set.
    pub internal: bool,
    /// Whether it can be changed at run time.
    pub update_mode: UpdateMode,
    /// What Keld does with it.
    pub support: Support,
    /// One sentence on what it does.
    pub documentation: &'static str,
}

impl Definition {
    /// The value is a secret and must not be shown or logged.
    pub fn is_sensitive(&self) -> bool {
        self.kind == Kind::Password
    }
}
