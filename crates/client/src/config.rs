//! Settings of a client, with Kafka's defaults.

use keld_env::Address;
use std::time::Duration;

/// Settings shared by admin, producer and consumer.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    /// `bootstrap.servers`: where to ask for the brokers.
    pub bootstrap: Vec<Address>,
    /// `client.id`, as logs and quotas of the broker show it.
    pub client_id: String,
    /// `request.timeout.ms`: how long one request may take.
    pub request_timeout: Duration,
    /// `default.api.timeout.ms`: how long a call with its retries may take.
    pub api_timeout: Duration,
    /// `socket.connection.setup.timeout.ms`: how long opening a connection may take.
    pub connect_timeout: Duration,
    /// `retry.backoff.ms`: the pause before trying again.
    pub retry_backoff: Duration,
    /// `retry.backoff.max.ms`: the longest pause; pauses double up to it.
    pub retry_backoff_max: Duration,
    /// `metadata.max.age.ms`: how old the metadata may become.
    pub metadata_max_age: Duration,
    /// The largest answer that is read.
    pub response_bytes_max: usize,
}

impl ClientConfig {
    /// Kafka's defaults with these bootstrap brokers.
    pub fn new(bootstrap: Vec<Address>) -> Self {
        Self {
            bootstrap,
            client_id: "keld".to_owned(),
            request_timeout: Duration::from_secs(30),
            api_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            retry_backoff: Duration::from_millis(100),
            retry_backoff_max: Duration::from_secs(1),
            metadata_max_age: Duration::from_secs(300),
            response_bytes_max: 256 << 20,
        }
    }

    /// The pause before attempt `attempt` (from 1), doubling up to the longest.
    pub(crate) fn backoff(&self, attempt: u32) -> Duration {
        let factor = 1u32 << attempt.saturating_sub(1).min(10);
        self.retry_backoff.saturating_mul(factor).min(self.retry_backoff_max)
    }
}

/// An address that is not `host:port`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{0}` is not an address: write host:port, several with commas between")]
pub struct InvalidAddress(String);

/// Reads `host:port,host:port`; IPv6 in brackets; an optional `NAME://` in front is left out.
pub fn parse_addresses(text: &str) -> Result<Vec<Address>, InvalidAddress> {
    let addresses: Vec<Address> = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(parse_address)
        .collect::<Result<_, _>>()?;
    if addresses.is_empty() { Err(InvalidAddress(text.to_owned())) } else { Ok(addresses) }
}

fn parse_address(text: &str) -> Result<Address, InvalidAddress> {
    let invalid = || InvalidAddress(text.to_owned());
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, port) = rest.rsplit_once(':').ok_or_else(invalid)?;
    let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    let port: u16 = port.parse().map_err(|_| invalid())?;
    if host.is_empty() || port == 0 || host.contains(['[', ']', '/', ' ']) {
        return Err(invalid());
    }
    Ok(Address { host: host.to_owned(), port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_lists_of_addresses() {
        let addresses = parse_addresses("a:1, PLAINTEXT://b:2,[::1]:3").expect("good");
        let text: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        assert_eq!(text, ["a:1", "b:2", "[::1]:3"]);
        for bad in ["", ",", "a", "a:", ":1", "a:0", "a:65536", "a:b", "a b:1"] {
            let error = parse_addresses(bad).expect_err(bad);
            assert!(error.to_string().contains("host:port"), "{error}");
        }
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let config = ClientConfig::new(Vec::new());
        let pauses: Vec<u128> = (1..7).map(|n| config.backoff(n).as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1000, 1000]);
    }
}
