//! Client metrics (KIP-714): which client pushes which metrics how often, and its latest push.
//!
//! Subscriptions are the metadata's client-metrics configs; what a client instance is asked for is
//! worked out at each request, so nothing here must follow metadata changes. The latest push of an
//! instance is kept as it came (OTLP, decompressed) within a bound over all instances.

use bytes::Bytes;
use keld_config::validate_client_metrics;
use keld_metadata::{ClusterImage, ConfigResourceType};
use keld_record::Compression;
use keld_types::{ErrorCode, Uuid};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

/// Client instances known at a time, as in Kafka.
const INSTANCES_MAX: usize = 16_384;
/// How long an idle instance is kept at the least, as in Kafka.
const EXPIRY_MS: i64 = 60_000;
/// Bytes of latest pushes kept over all instances; beyond it only counts are kept.
const KEPT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How much longer than `telemetry.max.bytes` a push may be once decompressed.
const EXPANSION_MAX: u64 = 16;
/// How often a client pushes when no subscription says otherwise.
const INTERVAL_MS_DEFAULT: i32 = 300_000;

/// The codecs a client may use, the preferred first, by their numbers.
pub(crate) const ACCEPTED_COMPRESSION: [i8; 4] = [4, 3, 1, 2];

/// What a client is asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Subscription {
    pub(crate) id: i32,
    pub(crate) metrics: Vec<String>,
    pub(crate) interval_ms: i32,
}

/// What of a client a subscription's `match` can look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client<'a> {
    pub(crate) instance: Uuid,
    pub(crate) client_id: &'a str,
    pub(crate) software_name: &'a str,
    pub(crate) software_version: &'a str,
    pub(crate) peer: std::net::SocketAddr,
}

/// A request that is refused: code, and Kafka's words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
}

/// Known client instances.
#[derive(Debug, Default)]
pub(crate) struct Telemetry {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    instances: BTreeMap<Uuid, Instance>,
    kept_bytes: usize,
    pushes: u64,
    pushed_bytes: u64,
}

#[derive(Debug, Default)]
struct Instance {
    subscription_id: i32,
    interval_ms: i32,
    last_get_ms: i64,
    last_push_ms: i64,
    last_seen_ms: i64,
    is_terminating: bool,
    last_error: ErrorCode,
    latest: Bytes,
}

/// A push as it arrived.
#[derive(Debug)]
pub(crate) struct Push {
    pub(crate) subscription_id: i32,
    pub(crate) is_terminating: bool,
    pub(crate) compression: i8,
    pub(crate) metrics: Bytes,
}

impl Telemetry {
    /// GetTelemetrySubscriptions: what this client is to push.
    pub(crate) fn subscribe(
        &self,
        image: &ClusterImage,
        client: Client<'_>,
        now_ms: i64,
    ) -> Result<Subscription, Refusal> {
        let subscription = subscription(image, client);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let instance = state.instance(client.instance, &subscription, now_ms);
        let last = instance.last_get_ms.max(instance.last_push_ms);
        let is_due = now_ms - last >= i64::from(instance.interval_ms);
        let must_ask_again =
            [ErrorCode::UNKNOWN_SUBSCRIPTION_ID, ErrorCode::UNSUPPORTED_COMPRESSION_TYPE]
                .contains(&instance.last_error);
        if !is_due && !must_ask_again {
            return Err(too_early(client.instance));
        }
        if is_due {
            instance.last_get_ms = now_ms;
        }
        instance.last_error = ErrorCode::NONE;
        Ok(subscription)
    }

    /// PushTelemetry: checks and keeps what the client pushed.
    pub(crate) fn push(
        &self,
        image: &ClusterImage,
        client: Client<'_>,
        push: Push,
        bytes_max: usize,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        if client.instance.is_zero() || client.instance == Uuid::ONE {
            return Err(refusal(
                ErrorCode::INVALID_REQUEST,
                format!(
                    "Invalid request from the client [{}], invalid client instance id",
                    client.instance
                ),
            ));
        }
        let subscription = subscription(image, client);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let instance = state.instance(client.instance, &subscription, now_ms);
        let checked = instance.check(client.instance, &push, bytes_max, now_ms);
        instance.is_terminating = push.is_terminating;
        let kept = checked.and_then(|compression| {
            if push.metrics.is_empty() {
                return Ok(Bytes::new());
            }
            let limit = (bytes_max as u64).saturating_mul(EXPANSION_MAX);
            compression.decompress(push.metrics.clone(), limit).map_err(|error| {
                refusal(ErrorCode::INVALID_RECORD, format!("Metrics cannot be read: {error}"))
            })
        });
        match kept {
            Ok(metrics) => {
                instance.last_error = ErrorCode::NONE;
                state.keep(client.instance, push.metrics.len(), metrics);
                Ok(())
            }
            Err(refusal) => {
                instance.last_error = refusal.code;
                Err(refusal)
            }
        }
    }

    /// The latest push of every instance that has one: OTLP `MetricsData`.
    pub(crate) fn latest(&self) -> Vec<(Uuid, Bytes)> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let pushed = state.instances.iter().filter(|(_, instance)| !instance.latest.is_empty());
        pushed.map(|(id, instance)| (*id, instance.latest.clone())).collect()
    }

    /// Pushes taken, and their bytes as they came.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.pushes, state.pushed_bytes)
    }
}

impl State {
    /// The instance, new when it is not known or its subscription changed.
    fn instance(&mut self, id: Uuid, subscription: &Subscription, now_ms: i64) -> &mut Instance {
        let known = self.instances.get(&id);
        if known.is_none_or(|instance| instance.subscription_id != subscription.id) {
            if known.is_none() && self.instances.len() >= INSTANCES_MAX {
                self.make_room(now_ms);
            }
            let fresh = Instance {
                subscription_id: subscription.id,
                interval_ms: subscription.interval_ms,
                last_get_ms: i64::MIN / 2,
                last_push_ms: i64::MIN / 2,
                ..Instance::default()
            };
            let old = self.instances.insert(id, fresh);
            self.kept_bytes -= old.map_or(0, |old| old.latest.len());
        }
        let instance = self.instances.entry(id).or_default();
        instance.last_seen_ms = now_ms;
        instance
    }

    /// Forgets the instances that are overdue, or, if none is, the one seen longest ago.
    fn make_room(&mut self, now_ms: i64) {
        let overdue = |instance: &Instance| {
            let patience = EXPIRY_MS.max(i64::from(instance.interval_ms) * 3);
            now_ms - instance.last_seen_ms > patience
        };
        self.instances.retain(|_, instance| !overdue(instance));
        if self.instances.len() >= INSTANCES_MAX {
            let oldest = self.instances.iter().min_by_key(|(_, instance)| instance.last_seen_ms);
            if let Some(id) = oldest.map(|(id, _)| *id) {
                self.instances.remove(&id);
            }
        }
        self.kept_bytes = self.instances.values().map(|instance| instance.latest.len()).sum();
    }

    fn keep(&mut self, id: Uuid, pushed_bytes: usize, metrics: Bytes) {
        self.pushes += 1;
        self.pushed_bytes += pushed_bytes as u64;
        let Some(instance) = self.instances.get_mut(&id) else { return };
        self.kept_bytes -= instance.latest.len();
        instance.latest = Bytes::new();
        if self.kept_bytes + metrics.len() <= KEPT_BYTES_MAX {
            self.kept_bytes += metrics.len();
            instance.latest = metrics;
        }
    }
}

impl Instance {
    fn check(
        &mut self,
        id: Uuid,
        push: &Push,
        bytes_max: usize,
        now_ms: i64,
    ) -> Result<Compression, Refusal> {
        if self.is_terminating {
            return Err(refusal(
                ErrorCode::INVALID_REQUEST,
                format!(
                    "Client [{id}] sent the previous request with state terminating to TRUE, can \
                     not acceptany requests after that"
                ),
            ));
        }
        let is_due = self.last_get_ms > self.last_push_ms
            || now_ms - self.last_push_ms >= i64::from(self.interval_ms);
        if !is_due && !push.is_terminating {
            return Err(too_early(id));
        }
        if is_due {
            self.last_push_ms = now_ms;
        }
        if push.subscription_id != self.subscription_id {
            return Err(refusal(
                ErrorCode::UNKNOWN_SUBSCRIPTION_ID,
                format!("Unknown client subscription id for the client [{id}]"),
            ));
        }
        let compression = u8::try_from(push.compression).ok().and_then(Compression::from_id).ok_or_else(|| {
            refusal(
                ErrorCode::UNSUPPORTED_COMPRESSION_TYPE,
                format!(
                    "Unknown compression type [{}] is received in telemetry request from [{id}]",
                    push.compression
                ),
            )
        })?;
        if push.metrics.len() > bytes_max {
            return Err(refusal(
                ErrorCode::TELEMETRY_TOO_LARGE,
                format!(
                    "Telemetry request from [{id}] is larger than the maximum allowed size [{bytes_max}]"
                ),
            ));
        }
        Ok(compression)
    }
}

fn refusal(code: ErrorCode, message: String) -> Refusal {
    Refusal { code, message }
}

fn too_early(id: Uuid) -> Refusal {
    refusal(
        ErrorCode::THROTTLING_QUOTA_EXCEEDED,
        format!("Request from the client [{id}] arrived before the next push interval time"),
    )
}

/// All subscriptions that match the client, in one.
fn subscription(image: &ClusterImage, client: Client<'_>) -> Subscription {
    let mut metrics = BTreeSet::new();
    let mut interval_ms = INTERVAL_MS_DEFAULT;
    for (resource, options) in image.configs.iter() {
        if resource.resource_type != ConfigResourceType::ClientMetrics {
            continue;
        }
        // What another version wrote and this one refuses matches nobody.
        let Ok(config) = validate_client_metrics(&resource.name, options) else { continue };
        if config.matches.iter().all(|(selector, pattern)| client.matches(selector, pattern)) {
            metrics.extend(config.metrics);
            interval_ms = interval_ms.min(config.interval_ms);
        }
    }
    if metrics.contains("*") {
        metrics = BTreeSet::from(["*".to_owned()]);
    }
    let metrics: Vec<String> = metrics.into_iter().collect();
    let id = identify(&metrics, interval_ms, client.instance);
    Subscription { id, metrics, interval_ms }
}

/// A number that changes whenever what is asked for changes (FNV-1a over it and the instance).
fn identify(metrics: &[String], interval_ms: i32, instance: Uuid) -> i32 {
    let text = metrics.join(",");
    let bytes = text.bytes().chain(interval_ms.to_be_bytes()).chain(*instance.as_bytes());
    let hash = bytes
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i32::from_be_bytes(hash.to_be_bytes())
}

impl Client<'_> {
    /// Whether the whole of the selected property matches; a pattern that is no regular expression
    /// matches nothing.
    fn matches(&self, selector: &str, pattern: &str) -> bool {
        let value = match selector {
            "client_instance_id" => self.instance.to_string(),
            "client_id" => self.client_id.to_owned(),
            "client_software_name" => self.software_name.to_owned(),
            "client_software_version" => self.software_version.to_owned(),
            "client_source_address" => self.peer.ip().to_canonical().to_string(),
            "client_source_port" => self.peer.port().to_string(),
            _ => return false,
        };
        regex::Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(&value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keld_metadata::ConfigResource;
    use std::sync::Arc;

    fn image(subscriptions: &[(&str, &[(&str, &str)])]) -> ClusterImage {
        let mut image = ClusterImage::empty();
        let configs = subscriptions.iter().map(|(name, options)| {
            let options = options.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            (ConfigResource::new(ConfigResourceType::ClientMetrics, *name), Arc::new(options))
        });
        image.configs = Arc::new(configs.collect());
        image
    }

    fn client(instance: u64) -> Client<'static> {
        Client {
            instance: Uuid::from_parts(7, instance),
            client_id: "billing",
            software_name: "apache-kafka-java",
            software_version: "4.3.1",
            peer: ([127, 0, 0, 1], 5000).into(),
        }
    }

    fn push(subscription_id: i32, metrics: &'static [u8]) -> Push {
        Push {
            subscription_id,
            is_terminating: false,
            compression: 0,
            metrics: Bytes::from_static(metrics),
        }
    }

    #[test]
    fn a_client_is_asked_for_what_matches_it() {
        let image = image(&[
            ("a", &[("metrics", "x."), ("interval.ms", "1000"), ("match", "client_id=bil.*")]),
            ("b", &[("metrics", "y."), ("match", "client_id=other")]),
        ]);
        let asked = Telemetry::default().subscribe(&image, client(2), 0).expect("first request");
        assert_eq!((asked.metrics, asked.interval_ms), (vec!["x.".to_owned()], 1000));
    }

    #[test]
    fn pushes_are_checked_and_the_latest_is_kept() {
        let image = image(&[("a", &[("metrics", "*"), ("interval.ms", "1000")])]);
        let telemetry = Telemetry::default();
        let asked = telemetry.subscribe(&image, client(2), 10_000).expect("first request");
        let code = |result: Result<(), Refusal>| result.map_err(|refusal| refusal.code);
        let at = |now, push| code(telemetry.push(&image, client(2), push, 4, now));
        assert_eq!(at(10_001, push(asked.id, b"m1")), Ok(()));
        assert_eq!(at(10_002, push(asked.id, b"m2")), Err(ErrorCode::THROTTLING_QUOTA_EXCEEDED));
        assert_eq!(at(11_500, push(asked.id ^ 1, b"m2")), Err(ErrorCode::UNKNOWN_SUBSCRIPTION_ID));
        let again = telemetry.subscribe(&image, client(2), 11_501).map(|asked| asked.id);
        assert_eq!(again, Ok(asked.id), "asking again is allowed after an unknown subscription");
        assert_eq!(at(13_000, push(asked.id, b"12345")), Err(ErrorCode::TELEMETRY_TOO_LARGE));
        let unknown = Push { compression: 9, ..push(asked.id, b"m3") };
        assert_eq!(at(15_000, unknown), Err(ErrorCode::UNSUPPORTED_COMPRESSION_TYPE));
        let last = Push { is_terminating: true, ..push(asked.id, b"m4") };
        assert_eq!(at(15_001, last), Ok(()));
        assert_eq!(at(99_000, push(asked.id, b"m5")), Err(ErrorCode::INVALID_REQUEST));
        assert_eq!(telemetry.latest(), [(client(2).instance, Bytes::from_static(b"m4"))]);
        assert_eq!(telemetry.counts(), (2, 4));
        let nobody = Client { instance: Uuid::ZERO, ..client(2) };
        let refused = telemetry.push(&image, nobody, push(0, b""), 4, 0);
        assert_eq!(code(refused), Err(ErrorCode::INVALID_REQUEST));
    }

    #[test]
    fn instances_and_kept_bytes_are_bounded() {
        let image = image(&[]);
        let telemetry = Telemetry::default();
        for number in 0..(INSTANCES_MAX as u64 + 10) {
            telemetry.subscribe(&image, client(number + 2), 1).expect("new instance");
        }
        let state = telemetry.state.lock().expect("lock");
        assert_eq!(state.instances.len(), INSTANCES_MAX);
    }
}
