//! Listener names, protocols and addresses.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::ConfigError;

/// A listener's name, upper case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ListenerName(String);

impl ListenerName {
    /// Normalises a name as Kafka does: upper case, not blank.
    pub fn normalised(text: &str) -> Result<Self, ConfigError> {
        if text.trim().is_empty() {
            return Err(ConfigError::Invalid(
                "The provided listener name is null or empty string".to_owned(),
            ));
        }
        Ok(Self(text.to_uppercase()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ListenerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a listener protects its connections.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SecurityProtocol {
    /// No encryption, no authentication.
    Plaintext,
    /// TLS.
    Ssl,
    /// SASL without encryption.
    SaslPlaintext,
    /// SASL over TLS.
    SaslSsl,
}

impl SecurityProtocol {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Plaintext, Self::Ssl, Self::SaslPlaintext, Self::SaslSsl];

    /// Kafka's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plaintext => "PLAINTEXT",
            Self::Ssl => "SSL",
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
        }
    }

    /// The number used in metadata records.
    pub fn id(self) -> i16 {
        match self {
            Self::Plaintext => 0,
            Self::Ssl => 1,
            Self::SaslPlaintext => 2,
            Self::SaslSsl => 3,
        }
    }

    pub(crate) fn parse(text: &str, option: &str) -> Result<Self, ConfigError> {
        Self::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(text)).ok_or_else(
            || {
                ConfigError::Invalid(format!(
                    "Invalid security protocol `{text}` defined in {option}"
                ))
            },
        )
    }
}

/// A host and a port.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HostPort {
    /// Name or address, without brackets.
    pub host: String,
    /// Port; 0 asks for any free one.
    pub port: u16,
}

impl HostPort {
    /// Reads `host:port`, `[v6]:port` or `scheme://host:port`.
    pub fn parse(text: &str) -> Option<Self> {
        let address = match text.split_once("://") {
            Some((scheme, rest)) if scheme.chars().all(is_host_letter) => rest,
            Some(_) => return None,
            None => text,
        };
        let (host, port) = address.rsplit_once(':')?;
        let host = host.strip_prefix('[').unwrap_or(host);
        let host = host.strip_suffix(']').unwrap_or(host);
        let valid = host.chars().all(|letter| is_host_letter(letter) || letter == ':');
        let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        (valid && digits).then_some(())?;
        Some(Self { host: host.to_owned(), port: port.parse().ok()? })
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A place to listen at, or to be reached at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listener {
    /// Its name.
    pub name: ListenerName,
    /// Its protocol.
    pub protocol: SecurityProtocol,
    /// Name or address; `None` is every interface (to listen at) or the machine's own name (to be
    /// reached at).
    pub host: Option<String>,
    /// Port; 0 asks for any free one.
    pub port: u16,
}

impl fmt::Display for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.host.clone().unwrap_or_default();
        write!(f, "{}://{}", self.name, HostPort { host, port: self.port })
    }
}

/// Reads `NAME://host:port` entries, with the protocols of their names.
pub(crate) fn parse_listeners(
    entries: &[String],
    protocols: &BTreeMap<ListenerName, SecurityProtocol>,
    distinct_ports: bool,
) -> Result<Vec<Listener>, ConfigError> {
    let listeners: Result<Vec<Listener>, String> =
        entries.iter().map(|entry| parse_listener(entry, protocols)).collect();
    listeners
        .and_then(|listeners| {
            check_distinct(&listeners, entries, distinct_ports)?;
            Ok(listeners)
        })
        .map_err(|message| {
            ConfigError::Invalid(format!(
                "Error creating broker listeners from '[{}]': {message}",
                entries.join(", ")
            ))
        })
}

fn parse_listener(
    entry: &str,
    protocols: &BTreeMap<ListenerName, SecurityProtocol>,
) -> Result<Listener, String> {
    let unparsable = || format!("Unable to parse {entry} to a broker endpoint");
    let (name, address) = entry.rsplit_once("://").ok_or_else(unparsable)?;
    let (host, port) = address.rsplit_once(':').ok_or_else(unparsable)?;
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    if !host.chars().all(|letter| is_host_letter(letter) || letter == ':') {
        return Err(unparsable());
    }
    let digits = port.strip_prefix('-').unwrap_or(port);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unparsable());
    }
    let port =
        port.parse().map_err(|_| format!("the port of {entry} must be between 0 and 65535"))?;
    let name = ListenerName::normalised(name).map_err(|error| error.to_string())?;
    let protocol = *protocols
        .get(&name)
        .ok_or_else(|| format!("No security protocol defined for listener {name}"))?;
    Ok(Listener { name, protocol, host: (!host.is_empty()).then(|| host.to_owned()), port })
}

fn check_distinct(
    listeners: &[Listener],
    entries: &[String],
    distinct_ports: bool,
) -> Result<(), String> {
    let shown = format!("[{}]", entries.join(", "));
    for (at, listener) in listeners.iter().enumerate() {
        if listeners[..at].iter().any(|earlier| earlier.name == listener.name) {
            return Err(format!("Each listener must have a different name, listeners: {shown}"));
        }
    }
    if !distinct_ports {
        return Ok(());
    }
    for listener in listeners.iter().filter(|listener| listener.port != 0) {
        let same: Vec<&Listener> =
            listeners.iter().filter(|other| other.port == listener.port).collect();
        if same.len() == 1 {
            continue;
        }
        let families: Vec<Option<bool>> = same.iter().map(|other| is_ipv4(other)).collect();
        let named = families.iter().filter(|family| family.is_none()).count();
        if named > 1 || (named == 1 && same.len() == 2) && families.iter().all(Option::is_none) {
            return Err(format!("Each listener must have a different port, listeners: {shown}"));
        }
        let addresses: Vec<bool> = families.into_iter().flatten().collect();
        match addresses[..] {
            [] | [_] => {}
            [first, second] if first != second && named == 0 => {}
            [_, _] => {
                return Err(format!(
                    "If you have two listeners on the same port then one needs to be IPv4 and \
                     the other IPv6, listeners: {shown}, port: {}",
                    listener.port
                ));
            }
            _ => {
                return Err(format!(
                    "Each listener must have a different port unless exactly one listener has an \
                     IPv4 address and the other IPv6 address, listeners: {shown}, port: {}",
                    listener.port
                ));
            }
        }
    }
    Ok(())
}

/// Whether the host is an IPv4 address (`Some(true)`), an IPv6 one, or a name (`None`).
fn is_ipv4(listener: &Listener) -> Option<bool> {
    let host = listener.host.as_deref()?;
    host.parse::<std::net::IpAddr>().ok().map(|address| address.is_ipv4())
}

fn is_host_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '%' | '.' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(entries: &[&str]) -> Result<Vec<Listener>, String> {
        let protocols = SecurityProtocol::ALL
            .into_iter()
            .map(|protocol| (ListenerName(protocol.name().to_owned()), protocol))
            .collect();
        let entries: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        parse_listeners(&entries, &protocols, true).map_err(|error| error.to_string())
    }

    #[test]
    fn addresses_of_all_forms_are_read() {
        let listeners = parse(&["plaintext://[::1]:9092", "SSL://:9093"]).expect("valid");
        assert_eq!(listeners[0].host.as_deref(), Some("::1"));
        assert_eq!(listeners[0].to_string(), "PLAINTEXT://[::1]:9092");
        assert_eq!(listeners[1].host, None);
        assert_eq!(HostPort::parse("a:1").map(|at| at.to_string()).as_deref(), Some("a:1"));
        assert_eq!(HostPort::parse("[::1]:1").map(|at| at.to_string()).as_deref(), Some("[::1]:1"));
        assert_eq!(HostPort::parse("a"), None);
        assert_eq!(HostPort::parse("a:70000"), None);
    }

    #[test]
    fn two_listeners_need_two_names_and_ports() {
        let prefix = |list: &str| format!("Error creating broker listeners from '[{list}]': ");
        let list = "PLAINTEXT://a:1, PLAINTEXT://a:2";
        assert_eq!(
            parse(&["PLAINTEXT://a:1", "PLAINTEXT://a:2"]),
            Err(prefix(list)
                + &format!("Each listener must have a different name, listeners: [{list}]"))
        );
        let list = "PLAINTEXT://a:1, SSL://b:1";
        assert_eq!(
            parse(&["PLAINTEXT://a:1", "SSL://b:1"]),
            Err(prefix(list)
                + &format!("Each listener must have a different port, listeners: [{list}]"))
        );
        assert!(parse(&["PLAINTEXT://127.0.0.1:1", "SSL://[::1]:1"]).is_ok());
        assert!(parse(&["PLAINTEXT://127.0.0.1:1", "SSL://127.0.0.2:1"]).is_err());
        assert_eq!(
            parse(&["nonsense"]),
            Err(prefix("nonsense") + "Unable to parse nonsense to a broker endpoint")
        );
        assert_eq!(
            parse(&["X://a:1"]),
            Err(prefix("X://a:1") + "No security protocol defined for listener X")
        );
    }
}
