//! Who is at the other end of a connection.

use std::fmt;
use std::sync::Arc;

/// An authenticated identity, printed `Type:name` as in Kafka's ACLs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Principal {
    kind: Arc<str>,
    name: Arc<str>,
}

impl Principal {
    /// A principal of the given type (`User` nearly always) and name.
    pub fn new(kind: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Self { kind: kind.into(), name: name.into() }
    }

    /// Its type.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `User:ANONYMOUS`, what every connection of a PLAINTEXT listener is.
    pub fn anonymous() -> Self {
        Self::new("User", "ANONYMOUS")
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.name)
    }
}
