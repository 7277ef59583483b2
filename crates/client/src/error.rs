//! What can go wrong, and what to do about it.

use keld_env::Address;
use keld_types::{ErrorCode, TopicName, TopicPartition};
use std::fmt;
use std::time::Duration;

/// An answer of a broker that is not "yes", about one thing that was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiError {
    /// The protocol's code.
    pub code: ErrorCode,
    /// The broker's own words, if it sent any.
    pub message: Option<String>,
}

impl ApiError {
    /// `Ok` for NONE.
    pub fn check(code: ErrorCode, message: Option<&str>) -> Result<(), Self> {
        if code.is_none() {
            Ok(())
        } else {
            Err(Self { code, message: message.filter(|m| !m.is_empty()).map(str::to_owned) })
        }
    }

    /// What the user can do, where something can be done.
    pub fn advice(&self) -> Option<&'static str> {
        advice(self.code)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, "{}: {message}", self.code),
            None => self.code.fmt(f),
        }
    }
}

impl std::error::Error for ApiError {}

/// Why a call failed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection could be opened.
    #[error("cannot connect to {address}: {reason}")]
    Connect {
        /// The broker's address.
        address: Address,
        /// What the system said.
        reason: String,
    },
    /// None of the bootstrap addresses answered.
    #[error("no bootstrap broker answered: {reasons}")]
    Bootstrap {
        /// One reason for each address.
        reasons: String,
    },
    /// The connection ended before the answer came.
    #[error("connection to {broker} was lost: {reason}")]
    Disconnected {
        /// The broker.
        broker: String,
        /// Why.
        reason: String,
    },
    /// No answer in time.
    #[error("{what} took longer than {} ms", .after.as_millis())]
    Timeout {
        /// What was waited for.
        what: String,
        /// How long.
        after: Duration,
    },
    /// The broker has no version of an API that this client has.
    #[error("{broker} does not support {api} in a version this client speaks")]
    Unsupported {
        /// The broker.
        broker: String,
        /// The API.
        api: &'static str,
    },
    /// The broker's bytes cannot be read, or the request cannot be written at the broker's version.
    #[error("{api} with {broker}: {reason}")]
    Protocol {
        /// The broker.
        broker: String,
        /// The API.
        api: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The broker refused.
    #[error("{what}: {error}")]
    Api {
        /// What was asked.
        what: String,
        /// The answer.
        error: ApiError,
    },
    /// The metadata does not have what is needed.
    #[error("topic {topic} {reason}")]
    Topic {
        /// The topic.
        topic: TopicName,
        /// What is wrong with it.
        reason: String,
    },
    /// A record cannot be sent as it is.
    #[error("a record for topic {topic} cannot be sent: {reason}")]
    Record {
        /// The topic.
        topic: TopicName,
        /// Why.
        reason: String,
    },
    /// A record was not delivered within `delivery.timeout.ms`.
    #[error("a record for {partition} was not delivered within {} ms: {last_error}", .after.as_millis())]
    Delivery {
        /// The partition.
        partition: TopicPartition,
        /// The bound.
        after: Duration,
        /// The last failure, or why it was never sent.
        last_error: String,
    },
    /// A partition has no position and none may be chosen.
    #[error("{partition} has no committed offset and `auto.offset.reset` is `none`")]
    NoOffset {
        /// The partition.
        partition: TopicPartition,
    },
    /// Records that cannot be read.
    #[error("records of {partition} at offset {offset} cannot be read: {reason}")]
    Records {
        /// The partition.
        partition: TopicPartition,
        /// Where.
        offset: keld_types::Offset,
        /// Why.
        reason: String,
    },
    /// The call makes no sense on this client.
    #[error("{0}")]
    Misuse(String),
    /// The client was closed.
    #[error("the client is closed")]
    Closed,
}

impl ClientError {
    /// A refusal about `what`; `Ok` for NONE.
    pub(crate) fn check(
        what: impl FnOnce() -> String,
        code: ErrorCode,
        message: Option<&str>,
    ) -> Result<(), Self> {
        ApiError::check(code, message).map_err(|error| Self::Api { what: what(), error })
    }

    /// Whether the same call may work a moment later, perhaps at another broker.
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Connect { .. }
            | Self::Bootstrap { .. }
            | Self::Disconnected { .. }
            | Self::Timeout { .. } => true,
            Self::Api { error, .. } => error.code.is_retriable(),
            Self::Unsupported { .. }
            | Self::Protocol { .. }
            | Self::Topic { .. }
            | Self::Record { .. }
            | Self::Delivery { .. }
            | Self::NoOffset { .. }
            | Self::Records { .. }
            | Self::Misuse(_)
            | Self::Closed => false,
        }
    }

    /// The broker's code, if a broker refused.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Api { error, .. } => Some(error.code),
            Self::Connect { .. }
            | Self::Bootstrap { .. }
            | Self::Disconnected { .. }
            | Self::Timeout { .. }
            | Self::Unsupported { .. }
            | Self::Protocol { .. }
            | Self::Topic { .. }
            | Self::Record { .. }
            | Self::Delivery { .. }
            | Self::NoOffset { .. }
            | Self::Records { .. }
            | Self::Misuse(_)
            | Self::Closed => None,
        }
    }

    /// What the user can do, where something can be done.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Connect { .. } | Self::Bootstrap { .. } => {
                Some("check that a broker listens there and that the address is one it advertises")
            }
            Self::Disconnected { .. } => Some("check the broker's log; it may have been stopped"),
            Self::Timeout { .. } => Some("check that the broker is alive, or allow more time"),
            Self::Unsupported { .. } => Some("use a newer broker"),
            Self::Api { error, .. } => error.advice(),
            Self::NoOffset { .. } => {
                Some("commit an offset, seek, or set `auto.offset.reset` to earliest or latest")
            }
            Self::Topic { .. } => Some("create the topic, or check its name"),
            Self::Delivery { .. } => {
                Some("check that the partition has a leader and enough in-sync replicas")
            }
            Self::Protocol { .. }
            | Self::Record { .. }
            | Self::Records { .. }
            | Self::Misuse(_)
            | Self::Closed => None,
        }
    }
}

fn advice(code: ErrorCode) -> Option<&'static str> {
    match code {
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION => Some("create the topic, or check its name"),
        ErrorCode::TOPIC_ALREADY_EXISTS => Some("choose another name, or alter the topic"),
        ErrorCode::INVALID_REPLICATION_FACTOR => {
            Some("ask for no more replicas than there are brokers")
        }
        ErrorCode::MESSAGE_TOO_LARGE => {
            Some("raise the topic's `max.message.bytes` or send smaller records")
        }
        ErrorCode::NOT_ENOUGH_REPLICAS | ErrorCode::NOT_ENOUGH_REPLICAS_AFTER_APPEND => {
            Some("bring replicas back, or lower `min.insync.replicas`")
        }
        ErrorCode::NON_EMPTY_GROUP => Some("stop the group's consumers first"),
        ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC => {
            Some("stop the group's consumers of the topic first")
        }
        ErrorCode::GROUP_ID_NOT_FOUND => Some("check the group's name"),
        ErrorCode::INVALID_RECORD => {
            Some("a compacted topic needs keys; otherwise the client wrote a bad batch")
        }
        ErrorCode::INVALID_TIMESTAMP => {
            Some("check the clock, or the topic's `message.timestamp.*` settings")
        }
        ErrorCode::TOPIC_AUTHORIZATION_FAILED
        | ErrorCode::GROUP_AUTHORIZATION_FAILED
        | ErrorCode::CLUSTER_AUTHORIZATION_FAILED => Some("ask for the missing permission"),
        _ => None,
    }
}
