//! What commands share: connecting, reading properties files, patterns of topic names, Kafka's
//! words for refusals.

use std::time::Duration;

use keld_client::{Admin, ApiError, Client, ClientConfig, parse_addresses};
use keld_config::Properties;
use keld_env::{Address, Env};
use keld_types::{ErrorCode, TopicName};
use regex::Regex;

use crate::failure::Failure;
use crate::options::Options;

/// Where a broker is looked for when nothing says otherwise.
pub(crate) const DEFAULT_BOOTSTRAP: &str = "localhost:9092";

/// Client settings of a command: from the command line, over those of a properties file.
pub(crate) fn client_config(
    bootstrap: &str,
    properties: &Properties,
    client_id: &str,
) -> Result<ClientConfig, Failure> {
    let addresses =
        parse_addresses(bootstrap).map_err(|error| Failure::usage(error.to_string()))?;
    let mut config = ClientConfig::new(addresses);
    config.client_id = properties.get("client.id").unwrap_or(client_id).to_owned();
    let protocol = properties.get("security.protocol").unwrap_or("PLAINTEXT");
    if protocol != "PLAINTEXT" {
        return Err(Failure::failed(format!("security.protocol={protocol} is not supported"))
            .with_hint("this version connects to PLAINTEXT listeners only"));
    }
    for (name, field) in [
        ("request.timeout.ms", &mut config.request_timeout),
        ("default.api.timeout.ms", &mut config.api_timeout),
        ("retry.backoff.ms", &mut config.retry_backoff),
        ("metadata.max.age.ms", &mut config.metadata_max_age),
    ] {
        if let Some(text) = properties.get(name) {
            *field = Duration::from_millis(number(name, text)?);
        }
    }
    Ok(config)
}

/// A number of a properties file.
pub(crate) fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, Failure> {
    text.trim().parse().map_err(|_| {
        Failure::usage(format!("Invalid value {text} for configuration {name}: not a number"))
    })
}

/// An admin client for these settings; connects at the first call.
pub(crate) fn admin(env: &Env, config: ClientConfig) -> Admin {
    Admin::new(Client::lazy(env.clone(), config))
}

/// An admin client by `--bootstrap-server`, or by `--bootstrap-controller`: then of the active
/// controller, which answers what brokers would forward to it.
pub(crate) async fn admin_by_options(
    env: &Env,
    options: &Options,
    file: &Properties,
    client_id: &str,
) -> Result<Admin, Failure> {
    match (options.get("bootstrap-server"), options.get("bootstrap-controller")) {
        (Some(bootstrap), None) => Ok(admin(env, client_config(bootstrap, file, client_id)?)),
        (None, Some(bootstrap)) => {
            let config = client_config(bootstrap, file, client_id)?;
            let cluster = admin(env, config.clone()).describe_controllers().await?;
            let mut controllers = cluster.brokers.iter();
            let active = controllers
                .find(|controller| controller.broker_id == cluster.controller_id)
                .ok_or_else(|| {
                    Failure::failed("no controller is active")
                        .with_hint("more than half of the quorum's voters must run")
                })?;
            let port = u16::try_from(active.port).unwrap_or(0);
            let address = Address { host: active.host.to_string(), port };
            Ok(admin(env, ClientConfig { bootstrap: vec![address], ..config }))
        }
        (Some(_), Some(_)) => Err(Failure::usage(
            "argument --bootstrap-controller: not allowed with argument --bootstrap-server",
        )),
        (None, None) => Err(Failure::usage(
            "one of the arguments --bootstrap-server --bootstrap-controller is required",
        )),
    }
}

/// Topics and their partitions as Kafka's tools print them: in the order of names and numbers.
pub(crate) fn joined<T: ToString>(items: impl IntoIterator<Item = T>, between: &str) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(between)
}

/// A properties file in Java's syntax, or none.
pub(crate) fn properties(path: Option<&str>) -> Result<Properties, Failure> {
    let Some(path) = path else { return Ok(Properties::new()) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::failed(format!("cannot read {path}: {error}")))?;
    Properties::parse(&text).map_err(|error| Failure::failed(format!("{path}: {error}")))
}

/// Adds `key=value` arguments; a key alone has the empty value.
pub(crate) fn add_pairs(properties: &mut Properties, pairs: &[String]) {
    for pair in pairs {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        properties.set(key, value);
    }
}

/// A pattern of topic names as Kafka's tools take it: a regular expression that must match the
/// whole name, where commas separate alternatives, blanks and outer quotes are dropped.
pub(crate) fn topic_pattern(text: &str) -> Result<Regex, Failure> {
    let text = text.trim().replace(',', "|").replace(' ', "");
    let text = text.trim_matches(['"', '\'']);
    Regex::new(&format!("^(?:{text})$"))
        .map_err(|_| Failure::failed(format!("{text} is an invalid regex.")))
}

/// A name that is certainly wrong is refused here, in Kafka's words.
pub(crate) fn topic_name(text: &str) -> Result<TopicName, Failure> {
    text.parse::<TopicName>().map_err(|error| Failure::failed(error.to_string()))
}

/// What Kafka's tools print of a refusal: the broker's words, else the code's own sentence.
pub(crate) fn words(error: &ApiError) -> String {
    match &error.message {
        Some(message) => message.clone(),
        None => sentence(error.code).map_or_else(|| error.code.to_string(), str::to_owned),
    }
}

/// The same with the name of Kafka's exception in front, as Java prints exceptions.
pub(crate) fn exception(error: &ApiError) -> String {
    let name = match error.code {
        ErrorCode::GROUP_ID_NOT_FOUND => "GroupIdNotFoundException",
        ErrorCode::NON_EMPTY_GROUP => "GroupNotEmptyException",
        ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC => "GroupSubscribedToTopicException",
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION => "UnknownTopicOrPartitionException",
        ErrorCode::INVALID_GROUP_ID => "InvalidGroupIdException",
        ErrorCode::INVALID_CONFIG => "InvalidConfigurationException",
        ErrorCode::INVALID_REQUEST => "InvalidRequestException",
        ErrorCode::PREFERRED_LEADER_NOT_AVAILABLE => "PreferredLeaderNotAvailableException",
        ErrorCode::ELIGIBLE_LEADERS_NOT_AVAILABLE => "EligibleLeadersNotAvailableException",
        _ => return words(error),
    };
    format!("org.apache.kafka.common.errors.{name}: {}", words(error))
}

/// The sentences of Kafka's tools for codes that brokers send without words of their own.
fn sentence(code: ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::GROUP_ID_NOT_FOUND => "The group id does not exist.",
        ErrorCode::NON_EMPTY_GROUP => "The group is not empty.",
        ErrorCode::INVALID_GROUP_ID => "The group id is invalid.",
        ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC => {
            "Deleting offsets of a topic is forbidden while the consumer group is actively \
             subscribed to it."
        }
        ErrorCode::UNKNOWN_TOPIC_OR_PARTITION => "This server does not host this topic-partition.",
        ErrorCode::INVALID_PARTITIONS => "Number of partitions is below 1.",
        ErrorCode::INVALID_REPLICATION_FACTOR => {
            "Replication factor is below 1 or larger than the number of available brokers."
        }
        ErrorCode::COORDINATOR_NOT_AVAILABLE => "The coordinator is not available.",
        ErrorCode::UNKNOWN_MEMBER_ID => "The coordinator is not aware of this member.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names_and_take_lists() {
        let matches =
            |pattern: &str, name: &str| topic_pattern(pattern).expect("valid").is_match(name);
        assert!(matches("a.c", "abc"));
        assert!(!matches("a", "ab"));
        assert!(matches(" 'a, b' ", "b"));
        assert!(topic_pattern("(").is_err());
    }

    #[test]
    fn settings_of_a_file_are_read_and_protection_is_refused() {
        let file = Properties::parse("request.timeout.ms=7\nclient.id=me").expect("syntax");
        let config = client_config("a:1", &file, "tool").expect("valid");
        assert_eq!(config.request_timeout, Duration::from_millis(7));
        assert_eq!(config.client_id, "me");
        let file = Properties::parse("security.protocol=SSL").expect("syntax");
        let failure = client_config("a:1", &file, "tool").expect_err("refused");
        assert_eq!(failure.message(), "security.protocol=SSL is not supported");
        assert!(client_config("a", &Properties::new(), "tool").is_err());
    }
}
