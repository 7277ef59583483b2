//! What is compared: a program with a durability, each a column of the tables.

/// The server program behind a subject; one process serves all subjects of a program, as what
/// differs between them is set for each topic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Program {
    /// Answers produce requests at once and throws the records away: what client and machine can do.
    Ceiling,
    Keld,
    /// Apache Kafka with the values of its stock `server.properties`.
    Kafka,
    /// Apache Kafka with as many threads of each kind as this machine has processors.
    KafkaTuned,
}

impl Program {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ceiling => "ceiling",
            Self::Keld => "keld",
            Self::Kafka => "kafka",
            Self::KafkaTuned => "kafka-tuned",
        }
    }

    /// Whether it is Apache Kafka.
    pub(crate) fn is_kafka(self) -> bool {
        matches!(self, Self::Kafka | Self::KafkaTuned)
    }

    /// What is set otherwise than in the stock `server.properties`.
    pub(crate) fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::KafkaTuned => &[("num.network.threads", "2"), ("num.io.threads", "2")],
            Self::Ceiling | Self::Keld | Self::Kafka => &[],
        }
    }
}

/// A program with a durability.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Subject {
    Ceiling,
    /// `keld.durability=fsync`, Keld's default: acks=all after the records are on stable storage.
    KeldFsync,
    /// `keld.durability=replicated`: what Kafka does by default.
    KeldReplicated,
    /// `keld.durability=memory`.
    KeldMemory,
    /// Kafka's defaults: no flush before an answer.
    Kafka,
    /// Kafka with `flush.messages=1`: a flush before every answer.
    KafkaFlush,
    /// Kafka's defaults with two network and two I/O threads.
    KafkaTuned,
}

impl Subject {
    pub(crate) const ALL: [Self; 7] = [
        Self::Ceiling,
        Self::KeldFsync,
        Self::KeldReplicated,
        Self::KeldMemory,
        Self::Kafka,
        Self::KafkaFlush,
        Self::KafkaTuned,
    ];

    /// The name in raw lines and tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ceiling => "ceiling",
            Self::KeldFsync => "keld fsync",
            Self::KeldReplicated => "keld replicated",
            Self::KeldMemory => "keld memory",
            Self::Kafka => "kafka",
            Self::KafkaFlush => "kafka flush",
            Self::KafkaTuned => "kafka tuned",
        }
    }

    /// The subject of a name, for reading raw lines.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.name() == name)
    }

    pub(crate) fn program(self) -> Program {
        match self {
            Self::Ceiling => Program::Ceiling,
            Self::KeldFsync | Self::KeldReplicated | Self::KeldMemory => Program::Keld,
            Self::Kafka | Self::KafkaFlush => Program::Kafka,
            Self::KafkaTuned => Program::KafkaTuned,
        }
    }

    /// The options by which a topic gets this durability.
    pub(crate) fn topic_options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Ceiling | Self::Kafka | Self::KafkaTuned => &[],
            Self::KeldFsync => &[("keld.durability", "fsync")],
            Self::KeldReplicated => &[("keld.durability", "replicated")],
            Self::KeldMemory => &[("keld.durability", "memory")],
            Self::KafkaFlush => &[("flush.messages", "1")],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Subject;

    #[test]
    fn names_lead_back_to_subjects() {
        for subject in Subject::ALL {
            assert_eq!(Subject::named(subject.name()), Some(subject));
        }
        assert_eq!(Subject::named("redis"), None);
    }
}
