//! Administration: topics, configs, groups, records, the cluster.
//!
//! A call that is about several things answers for each of them; the outer error is for a call
//! that got no answer at all. Retriable refusals are repeated until `api_timeout`.

mod cluster;
mod configs;
mod groups;
mod offsets;
mod replicas;
mod topics;
mod voters;

pub use cluster::FeatureUpdate;
pub use configs::{
    ConfigEntry, ConfigOperation, ConfigResource, ConfigResourceType, ConfigSynonym,
    DescribedConfigs,
};
pub use groups::{GroupDescription, GroupListing, GroupMember, GroupOffset};
pub(crate) use groups::{
    OFFSETS_BY_NAME_VERSION, commit_request, fetch_offsets, is_coordinator_error,
};
pub use offsets::{ListedOffset, OffsetSpec};
pub use replicas::{Election, Reassignment};
pub use topics::{CreatedTopic, NewTopic, PartitionDescription, TopicDescription, TopicListing};
pub use voters::VoterEndpoint;

use crate::client::Client;
use crate::error::{ApiError, ClientError};
use keld_types::TopicPartition;
use keld_wire::Str;
use std::collections::BTreeMap;

/// The answer about one of several things.
pub type ApiResult<T> = Result<T, ApiError>;

/// See the module's documentation.
#[derive(Clone, Debug)]
pub struct Admin {
    client: Client,
}

impl Admin {
    /// Uses the client's connections.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// `api_timeout` as the protocol writes it.
    fn timeout_ms(&self) -> i32 {
        i32::try_from(self.client.config().api_timeout.as_millis()).unwrap_or(i32::MAX)
    }
}

/// Text of a nullable string.
fn text(value: Option<&Str>) -> Option<String> {
    value.map(|text| text.to_string())
}

/// Partitions by topic, as requests group them.
fn by_topic<'a>(
    partitions: impl IntoIterator<Item = &'a TopicPartition>,
) -> BTreeMap<&'a str, Vec<i32>> {
    let mut topics: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    for partition in partitions {
        topics.entry(partition.topic.as_str()).or_default().push(partition.partition.get());
    }
    topics
}

/// A refusal of the whole call.
fn check(
    what: &str,
    code: keld_types::ErrorCode,
    message: Option<&Str>,
) -> Result<(), ClientError> {
    ClientError::check(|| what.to_owned(), code, message.map(Str::as_str))
}
