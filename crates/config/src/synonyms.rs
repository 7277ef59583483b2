//! Options that mean the same thing under several names, in the order in which they win.

/// How a synonym's value becomes the value of the option it stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conversion {
    /// As it is.
    Same,
    /// Minutes to milliseconds.
    Minutes,
    /// Hours to milliseconds.
    Hours,
}

impl Conversion {
    /// Converts a value; text that is no integer counts as 0, as in Kafka.
    pub fn apply(self, text: &str) -> String {
        let scale = match self {
            Self::Same => return text.to_owned(),
            Self::Minutes => 60_000,
            Self::Hours => 3_600_000,
        };
        (i64::from(text.trim().parse::<i32>().unwrap_or(0)) * scale).to_string()
    }
}

/// The broker options that give a topic option its default, strongest first.
pub fn topic_synonyms(name: &str) -> &'static [(&'static str, Conversion)] {
    use Conversion::{Hours, Minutes, Same};
    match name {
        "segment.bytes" => &[("log.segment.bytes", Same)],
        "segment.ms" => &[("log.roll.ms", Same), ("log.roll.hours", Hours)],
        "segment.jitter.ms" => &[("log.roll.jitter.ms", Same), ("log.roll.jitter.hours", Hours)],
        "segment.index.bytes" => &[("log.index.size.max.bytes", Same)],
        "flush.messages" => &[("log.flush.interval.messages", Same)],
        "flush.ms" => &[("log.flush.interval.ms", Same), ("log.flush.scheduler.interval.ms", Same)],
        "retention.bytes" => &[("log.retention.bytes", Same)],
        "retention.ms" => &[
            ("log.retention.ms", Same),
            ("log.retention.minutes", Minutes),
            ("log.retention.hours", Hours),
        ],
        "max.message.bytes" => &[("message.max.bytes", Same)],
        "index.interval.bytes" => &[("log.index.interval.bytes", Same)],
        "delete.retention.ms" => &[("log.cleaner.delete.retention.ms", Same)],
        "min.compaction.lag.ms" => &[("log.cleaner.min.compaction.lag.ms", Same)],
        "max.compaction.lag.ms" => &[("log.cleaner.max.compaction.lag.ms", Same)],
        "file.delete.delay.ms" => &[("log.segment.delete.delay.ms", Same)],
        "min.cleanable.dirty.ratio" => &[("log.cleaner.min.cleanable.ratio", Same)],
        "cleanup.policy" => &[("log.cleanup.policy", Same)],
        "unclean.leader.election.enable" => &[("unclean.leader.election.enable", Same)],
        "min.insync.replicas" => &[("min.insync.replicas", Same)],
        "compression.type" => &[("compression.type", Same)],
        "compression.gzip.level" => &[("compression.gzip.level", Same)],
        "compression.lz4.level" => &[("compression.lz4.level", Same)],
        "compression.zstd.level" => &[("compression.zstd.level", Same)],
        "preallocate" => &[("log.preallocate", Same)],
        "message.timestamp.type" => &[("log.message.timestamp.type", Same)],
        "message.timestamp.before.max.ms" => &[("log.message.timestamp.before.max.ms", Same)],
        "message.timestamp.after.max.ms" => &[("log.message.timestamp.after.max.ms", Same)],
        "local.retention.ms" => &[("log.local.retention.ms", Same)],
        "local.retention.bytes" => &[("log.local.retention.bytes", Same)],
        "keld.durability" => &[("keld.durability", Same)],
        _ => &[],
    }
}

/// The broker option that gives a group option its default.
pub fn group_synonym(name: &str) -> Option<&'static str> {
    Some(match name {
        "consumer.session.timeout.ms" => "group.consumer.session.timeout.ms",
        "consumer.heartbeat.interval.ms" => "group.consumer.heartbeat.interval.ms",
        "consumer.assignment.interval.ms" => "group.consumer.assignment.interval.ms",
        "share.session.timeout.ms" => "group.share.session.timeout.ms",
        "share.heartbeat.interval.ms" => "group.share.heartbeat.interval.ms",
        "share.record.lock.duration.ms" => "group.share.record.lock.duration.ms",
        "share.delivery.count.limit" => "group.share.delivery.count.limit",
        "share.partition.max.record.locks" => "group.share.partition.max.record.locks",
        "share.assignment.interval.ms" => "group.share.assignment.interval.ms",
        "streams.session.timeout.ms" => "group.streams.session.timeout.ms",
        "streams.heartbeat.interval.ms" => "group.streams.heartbeat.interval.ms",
        "streams.num.standby.replicas" => "group.streams.num.standby.replicas",
        "streams.initial.rebalance.delay.ms" => "group.streams.initial.rebalance.delay.ms",
        "streams.assignment.interval.ms" => "group.streams.assignment.interval.ms",
        _ => return None,
    })
}

/// The broker options that set the same thing as `name`, strongest first, `name` among them.
/// With `match_listener`, `listener.name.X.option` also has `option`.
pub fn broker_synonyms(name: &str, match_listener: bool) -> Vec<&str> {
    const ROLL: [&str; 2] = ["log.roll.ms", "log.roll.hours"];
    const JITTER: [&str; 2] = ["log.roll.jitter.ms", "log.roll.jitter.hours"];
    const RETENTION: [&str; 3] =
        ["log.retention.ms", "log.retention.minutes", "log.retention.hours"];
    for group in [&ROLL[..], &JITTER[..], &RETENTION[..]] {
        if group.contains(&name) {
            return group.to_vec();
        }
    }
    if name == "log.flush.interval.ms" {
        return vec!["log.flush.interval.ms", "log.flush.scheduler.interval.ms"];
    }
    match listener_base_name(name) {
        Some(base) if match_listener => {
            const OF_MECHANISM: [&str; 5] = [
                "sasl.jaas.config",
                "sasl.login.callback.handler.class",
                "sasl.login.class",
                "sasl.server.callback.handler.class",
                "connections.max.reauth.ms",
            ];
            let base =
                OF_MECHANISM.iter().find(|end| base.ends_with(**end)).copied().unwrap_or(base);
            vec![name, base]
        }
        _ => vec![name],
    }
}

/// `option` of `listener.name.X.option`.
pub(crate) fn listener_base_name(name: &str) -> Option<&str> {
    name.strip_prefix("listener.name.")?.split_once('.').map(|(_, base)| base)
}
