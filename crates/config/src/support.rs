//! What Keld does with an option that Kafka has: honour it, accept it with a warning, or refuse it.

/// What Keld does with an option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Support {
    /// It has an effect.
    Honoured,
    /// It is accepted and has no effect; setting it is warned about with this reason.
    Accepted(&'static str),
    /// Setting it to anything but its default is an error with this reason.
    Refused(&'static str),
}

/// A thing to tell the operator at start; never an error.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// The option it is about.
    pub name: String,
    /// What to know or do.
    pub message: String,
}

impl Support {
    /// Reads the column of the table.
    pub(crate) fn from_column(text: &'static str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "honoured" => Some(Self::Honoured),
            Some(("accepted", key)) => reason(key).map(Self::Accepted),
            Some(("refused", key)) => reason(key).map(Self::Refused),
            _ => None,
        }
    }
}

/// The reasons, by their key in the table.
fn reason(key: &str) -> Option<&'static str> {
    Some(match key {
        "java" => "it names Java code, which Keld cannot load",
        "threads" => "Keld sizes its threads by the machine",
        "tls" => "it concerns TLS listeners, which this version does not open",
        "sasl" => "it concerns SASL listeners, which this version does not open",
        "tokens" => "it concerns delegation tokens, which need SASL",
        "tiered" => "it concerns tiered storage, which this version does not have",
        "transactions" => "it concerns transactions, which this version does not have",
        "consumer" => {
            "it concerns the consumer group protocol of KIP-848, which this version does not offer; classic groups are complete"
        }
        "share" => "it concerns share groups, which this version does not have",
        "streams" => "it concerns streams groups, which this version does not have",
        "joins" => "a controller joins the quorum by `kafka-metadata-quorum add-controller`",
        "pulls" => "the controller asks nothing of brokers: they fetch what it decides",
        "reports" => {
            "a directory that fails is reported at once and with every heartbeat, for as long as it takes"
        }
        "commits" => {
            "a commit of offsets waits for replicas until it is committed or another leads"
        }
        "connects" => "a connection to another node has as long as the request that it is made for",
        "quotas" => "it concerns quotas, which this version does not have",
        "sampler" => "it tunes Kafka's metric sampler; Keld's metrics are counters served by HTTP",
        "waiters" => "Keld wakes waiting requests directly and has no list of stale ones to purge",
        "queue" => "Keld bounds memory by connection, not by a shared request queue",
        "metrics" => "Keld serves its metrics at `keld.http.listeners`",
        "checkpoints" => {
            "all checkpoints are written at `replica.high.watermark.checkpoint.interval.ms`"
        }
        "buffers" => {
            "the system sizes the receive buffers of sockets: the small ones that Kafka asks for cost more CPU"
        }
        "linger" => "what came while the records before were written is written at once, together",
        "idle_batch" => "the controller writes one batch a change",
        "clients" => "it is read from a client's own configuration",
        _ => return None,
    })
}
