//! Why a configuration is not accepted, in Kafka's words.

/// One reason why a configuration is not accepted. The text is what Kafka would answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value does not parse or lies outside its bounds.
    #[error("Invalid value {value} for configuration {name}{}", suffix(message))]
    InvalidValue {
        /// The option.
        name: String,
        /// The value as given; `null` when there is none.
        value: String,
        /// What is wrong with it.
        message: Option<String>,
    },
    /// An option without a default is not set.
    #[error("Missing required configuration \"{name}\" which has no default value.")]
    Missing {
        /// The option.
        name: String,
    },
    /// Options contradict each other or a value is malformed, in a sentence of its own.
    #[error("{0}")]
    Invalid(String),
    /// A cross-field rule is broken, which Kafka reports with this prefix.
    #[error("requirement failed: {0}")]
    Requirement(String),
    /// A request that makes no sense for the resource (Kafka answers INVALID_REQUEST).
    #[error("{0}")]
    InvalidRequest(String),
    /// Set to something that Keld knows and does not offer.
    #[error("{name}={value} is not supported by Keld: {reason}")]
    Refused {
        /// The option.
        name: String,
        /// The value as given (hidden when secret).
        value: String,
        /// Why, and what to do instead.
        reason: String,
    },
}

impl ConfigError {
    /// A value outside its bounds.
    pub(crate) fn value(
        name: &str,
        value: impl std::fmt::Display,
        message: impl Into<String>,
    ) -> Self {
        Self::InvalidValue {
            name: name.to_owned(),
            value: value.to_string(),
            message: Some(message.into()),
        }
    }
}

fn suffix(message: &Option<String>) -> String {
    message.as_ref().map_or_else(String::new, |text| format!(": {text}"))
}
