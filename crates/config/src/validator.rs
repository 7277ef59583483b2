//! Which values an option takes: the checks of Kafka's `ConfigDef`, with its messages.

use crate::error::ConfigError;
use crate::listener::HostPort;
use crate::value::Value;

/// A check on one value. `Display` gives the form used in documents.
#[derive(Clone, PartialEq, Debug)]
pub enum Validator {
    /// Anything of the right type.
    Any,
    /// A number of at least `min` and, where given, at most `max`.
    Range {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: Option<f64>,
        /// The bounds as written, for messages (`1048576`, not `1048576.0`).
        text: &'static str,
    },
    /// gzip's levels: 1 to 9, or −1.
    GzipLevel,
    /// One of the texts.
    OneOf(Vec<&'static str>),
    /// One of the texts, in any case.
    OneOfAnyCase(Vec<&'static str>),
    /// A list.
    List(ListRule),
    /// Text that is not empty.
    NonEmpty,
    /// Any text, but it must be there.
    NonNull,
    /// `partition:broker` pairs or `*`.
    ThrottledReplicas,
    /// `id@host:port` entries.
    Voters,
    /// `host:port` entries of the quorum.
    Endpoints,
    /// `host:port` entries of the HTTP listener.
    HttpEndpoints,
    /// Where a share group starts.
    OffsetReset,
}

/// What a list may hold.
#[derive(Clone, PartialEq, Debug)]
pub struct ListRule {
    /// The allowed items; any when empty.
    pub items: Vec<&'static str>,
    /// The empty list is valid.
    pub empty_allowed: bool,
    /// No list at all is valid.
    pub null_allowed: bool,
}

impl Validator {
    /// Reads the column of the table; `None` when it is not understood.
    pub(crate) fn from_column(text: &'static str) -> Option<Self> {
        let split = |items: &'static str| items.split(", ").collect::<Vec<_>>();
        if let Some(items) = text.strip_prefix("one of: ") {
            return Some(Self::OneOf(split(items)));
        }
        if let Some(items) = text.strip_prefix("one of (any case): ") {
            return Some(Self::OneOfAnyCase(split(items)));
        }
        if let Some(rest) = text.strip_prefix("list") {
            let mut parts = rest.split("; ");
            let items = match parts.next()? {
                "" => Vec::new(),
                of => split(of.strip_prefix(" of: ")?),
            };
            let mut rule = ListRule { items, empty_allowed: true, null_allowed: false };
            for part in parts {
                match part {
                    "not empty" => rule.empty_allowed = false,
                    "may be null" => rule.null_allowed = true,
                    _ => return None,
                }
            }
            return Some(Self::List(rule));
        }
        Some(match text {
            "-" => Self::Any,
            "non-empty" => Self::NonEmpty,
            "non-null" => Self::NonNull,
            "replicas" => Self::ThrottledReplicas,
            "voters" => Self::Voters,
            "endpoints" => Self::Endpoints,
            "http" => Self::HttpEndpoints,
            "offset reset" => Self::OffsetReset,
            "[1,...,9] or -1" => Self::GzipLevel,
            _ => {
                let (min, max) = text
                    .strip_prefix('[')?
                    .strip_suffix(']')?
                    .split_once(",...")
                    .map(|(min, rest)| (min, rest.strip_prefix(',')))?;
                let max = max.map(str::parse).transpose().ok()?;
                Self::Range { min: min.parse().ok()?, max, text }
            }
        })
    }

    /// Checks a value (`None` is null), with Kafka's message when it is not valid.
    pub fn check(&self, name: &str, value: Option<&Value>) -> Result<(), ConfigError> {
        match self {
            Self::Any => Ok(()),
            Self::Range { min, max, text } => check_range(name, value, (*min, *max), text),
            Self::GzipLevel => match number(name, value)? {
                level if (1.0..=9.0).contains(&level) || level == -1.0 => Ok(()),
                _ => Err(invalid(name, value, "Value must be between 1 and 9 or equal to -1")),
            },
            Self::OneOf(items) => match value {
                Some(Value::String(text)) if items.contains(&text.as_str()) => Ok(()),
                _ => Err(invalid(
                    name,
                    value,
                    format!("String must be one of: {}", items.join(", ")),
                )),
            },
            Self::OneOfAnyCase(items) => match value {
                Some(Value::String(text))
                    if items.iter().any(|item| item.eq_ignore_ascii_case(text)) =>
                {
                    Ok(())
                }
                _ => Err(invalid(
                    name,
                    value,
                    format!("String must be one of (case insensitive): {}", items.join(", ")),
                )),
            },
            Self::List(rule) => rule.check(name, value),
            Self::NonEmpty => match value {
                Some(Value::String(text)) if text.is_empty() => {
                    Err(invalid(name, value, "String must be non-empty"))
                }
                _ => Ok(()),
            },
            Self::NonNull if value.is_none() => Err(invalid(name, value, "entry must be non null")),
            Self::NonNull => Ok(()),
            Self::ThrottledReplicas => check_throttled_replicas(name, value),
            Self::Voters => crate::node::parse_voters(list(value), true).map(drop),
            Self::Endpoints => crate::node::parse_bootstrap_servers(list(value)).map(drop),
            Self::HttpEndpoints => list(value).iter().try_for_each(|entry| {
                HostPort::parse(entry).map(drop).ok_or_else(|| {
                    ConfigError::value(name, entry, "each entry should be in the form `host:port`")
                })
            }),
            Self::OffsetReset => check_offset_reset(name, value),
        }
    }
}

impl ListRule {
    fn check(&self, name: &str, value: Option<&Value>) -> Result<(), ConfigError> {
        let Some(Value::List(items)) = value else {
            return if self.null_allowed {
                Ok(())
            } else {
                Err(ConfigError::Invalid(format!(
                    "Configuration '{name}' values must not be null."
                )))
            };
        };
        if items.is_empty() && !self.empty_allowed {
            let valid = if self.items.is_empty() {
                "any non-empty value".to_owned()
            } else {
                format!("[{}]", self.items.join(", "))
            };
            return Err(ConfigError::Invalid(format!(
                "Configuration '{name}' must not be empty. Valid values include: {valid}"
            )));
        }
        for item in items {
            if item.is_empty() {
                return Err(ConfigError::Invalid(format!(
                    "Configuration '{name}' values must not be empty."
                )));
            }
            if !self.items.is_empty() && !self.items.contains(&item.as_str()) {
                return Err(ConfigError::value(
                    name,
                    item,
                    format!("String must be one of: {}", self.items.join(", ")),
                ));
            }
        }
        Ok(())
    }
}

impl std::fmt::Display for Validator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => Ok(()),
            Self::Range { text, .. } => f.write_str(text),
            Self::GzipLevel => f.write_str("[1,...,9] or -1"),
            Self::OneOf(items) => write!(f, "[{}]", items.join(", ")),
            Self::OneOfAnyCase(items) => write!(f, "(case insensitive) [{}]", items.join(", ")),
            Self::List(rule) if rule.items.is_empty() && rule.empty_allowed => Ok(()),
            Self::List(rule) if rule.items.is_empty() => f.write_str("not empty"),
            Self::List(rule) => write!(f, "list of [{}]", rule.items.join(", ")),
            Self::NonEmpty => f.write_str("non-empty"),
            Self::NonNull => f.write_str("non-null"),
            Self::ThrottledReplicas => {
                f.write_str("`*` or [partitionId]:[brokerId],[partitionId]:[brokerId],...")
            }
            Self::Voters => f.write_str("{id}@{host}:{port},..."),
            Self::Endpoints | Self::HttpEndpoints => f.write_str("{host}:{port},..."),
            Self::OffsetReset => f.write_str("[latest, earliest, by_duration:PnDTnHnMn.nS]"),
        }
    }
}

fn list(value: Option<&Value>) -> &[String] {
    match value {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn invalid(name: &str, value: Option<&Value>, message: impl Into<String>) -> ConfigError {
    match value {
        Some(Value::List(items)) => {
            ConfigError::value(name, format!("[{}]", items.join(", ")), message)
        }
        Some(value) => ConfigError::value(name, value, message),
        None => ConfigError::value(name, "null", message),
    }
}

fn number(name: &str, value: Option<&Value>) -> Result<f64, ConfigError> {
    value
        .and_then(Value::as_number)
        .ok_or_else(|| ConfigError::value(name, "null", "Value must be non-null"))
}

fn check_range(
    name: &str,
    value: Option<&Value>,
    (min, max): (f64, Option<f64>),
    text: &str,
) -> Result<(), ConfigError> {
    let given = number(name, value)?;
    let bounds = text.trim_matches(['[', ']']);
    let (low, high) = bounds.split_once(",...").unwrap_or((bounds, ""));
    if given < min {
        return Err(invalid(name, value, format!("Value must be at least {low}")));
    }
    if max.is_some_and(|max| given > max) {
        let high = high.trim_start_matches(',');
        return Err(invalid(name, value, format!("Value must be no more than {high}")));
    }
    Ok(())
}

fn check_throttled_replicas(name: &str, value: Option<&Value>) -> Result<(), ConfigError> {
    let items = list(value);
    let is_pair = |item: &String| {
        item.is_empty()
            || item.split_once(':').is_some_and(|(partition, broker)| {
                let digits =
                    |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                digits(partition) && digits(broker)
            })
    };
    if items.iter().all(is_pair) || items.concat() == "*" {
        return Ok(());
    }
    Err(invalid(
        name,
        value,
        format!(
            "{name} must be the literal '*' or a list of replicas in the following format: \
             [partitionId]:[brokerId],[partitionId]:[brokerId],..."
        ),
    ))
}

fn check_offset_reset(name: &str, value: Option<&Value>) -> Result<(), ConfigError> {
    let text = match value {
        Some(Value::String(text)) => text.as_str(),
        _ => "",
    };
    let valid = match text.strip_prefix("by_duration:") {
        Some(duration) => is_positive_iso_duration(duration),
        None => text == "latest" || text == "earliest",
    };
    if valid {
        return Ok(());
    }
    Err(invalid(
        name,
        value,
        format!(
            "Invalid value `{text}` for configuration {name}. The value must be either \
             'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS.>'."
        ),
    ))
}

/// `PnDTnHnMn.nS` without a sign, at least one part.
fn is_positive_iso_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['P', 'p']) else { return false };
    let upper = rest.to_ascii_uppercase();
    let (days, time) = match upper.split_once('T') {
        Some((days, time)) => (days, Some(time)),
        None => (upper.as_str(), None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let days_valid = days.is_empty() || days.strip_suffix('D').is_some_and(digits);
    let Some(time) = time else { return days_valid && !days.is_empty() };
    let mut rest = time;
    let mut parts = 0;
    for unit in ['H', 'M', 'S'] {
        if let Some((number, tail)) = rest.split_once(unit) {
            let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
            if !digits(whole) || !digits(fraction) || (unit != 'S' && number.contains('.')) {
                return false;
            }
            rest = tail;
            parts += 1;
        }
    }
    days_valid && parts > 0 && rest.is_empty()
}
