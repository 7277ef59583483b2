//! P16: half of the top rate for a long time.

use std::time::Duration;

use anyhow::Context;

use super::support::BATCH;
use crate::arena::{Arena, run_client};
use crate::metric::Figures;
use crate::raw::{Client, NewTopic, Replicas};
use crate::scenario::{Case, Comparison, Plan, Scenario, case};
use crate::server::Server;
use crate::stats::median;
use crate::subject::Subject;

/// The soak.
pub(crate) const P16: Scenario = Scenario {
    id: "p16",
    title: "P16: soak at half of the top rate, with retention deleting",
    about: "Keld's default durability, acks=all; one partition, records of 1,024 bytes in batches of 63 from the raw driver, open loop at half of \
            what a closed loop with five requests under way reached right before; segments of 64 MiB, `retention.bytes` 1 GiB, \
            looked after every five seconds. \
            The time is cut into windows of a minute (shorter when the soak is); each line of the raw results has the figures of every window. \
            Drift: the median of the last third of the windows against the median of the first third after the first window.",
    cases,
};

const METRICS: &[&str] = &[
    "minutes",
    "mb_s",
    "p50_ms",
    "p99_ms",
    "p999_ms",
    "max_ms",
    "p999_drift_percent",
    "rss_drift_percent",
    "descriptors_spread",
    "rss_mb",
    "peak_rss_mb",
    "cpu_s_gb",
];

const TOPIC: &str = "soak";

/// Open files may differ by those of the segments that are rolled, and by those whose space is
/// given back: a look every five seconds finds some fifteen.
const DESCRIPTORS: f64 = 24.0;

fn cases(plan: Plan) -> Vec<Case> {
    let alone = [Comparison { ours: Subject::KeldFsync, theirs: Subject::Kafka }];
    let minutes = plan.minutes;
    let run = move |arena: &mut Arena, subject| soak(arena, subject, minutes);
    let mut case = case("half of the top rate", false, &alone, METRICS, run);
    case.subjects = vec![Subject::KeldFsync];
    vec![
        case.limit("p999_drift_percent", 10.0)
            .limit("rss_drift_percent", 10.0)
            .limit("descriptors_spread", DESCRIPTORS)
            .rounds_at_most(1)
            .takes(u64::from(minutes) * 60 + 20)
            .with_own_servers()
            .memory(1 << 30),
    ]
}

fn soak(arena: &mut Arena, subject: Subject, minutes: u32) -> anyhow::Result<Figures> {
    arena.release_memory();
    let options = [("log.retention.check.interval.ms", "5000")];
    let mut server = Server::start(subject.program(), arena.tools(), &options)?;
    let own = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    let configs = subject
        .topic_options()
        .iter()
        .copied()
        .chain([("segment.bytes", "67108864"), ("retention.bytes", "1073741824")])
        .map(own)
        .collect();
    let mut client = Client::connect(server.address())?;
    client
        .create_topics(&[NewTopic {
            name: TOPIC.to_owned(),
            partitions: 1,
            replicas: Replicas::Count(1),
            configs,
        }])?
        .none()?;
    client.wait_for_leaders(&[TOPIC.to_owned()], Duration::from_mins(1))?;
    client.wait_until_served(TOPIC, 1, Duration::from_mins(1))?;
    let top = load(arena, &server, None, arena.plan().seconds(12))?;
    let rate = top.get("requests_s").copied().context("no rate")? / 2.0;
    let seconds = u64::from(minutes) * 60;
    let window = 60.min(seconds / 6).max(1);
    let before = server.cpu()?;
    let mut windows = Vec::new();
    for _ in 0..seconds / window {
        let mut figures = load(arena, &server, Some(rate), window)?;
        let footprint = server.footprint()?;
        figures.insert("rss_mb".to_owned(), footprint.memory.resident as f64 / 1e6);
        figures.insert("descriptors".to_owned(), footprint.descriptors as f64);
        windows.push(figures);
    }
    let used = server.cpu()? - before;
    let mut figures = summary(&windows);
    figures.insert("minutes".to_owned(), f64::from(minutes));
    crate::arena::describe(server.footprint()?, used, &mut figures);
    crate::arena::derive(&mut figures);
    server.kill()?;
    Ok(figures)
}

/// Produces with acks=all; at a rate from when a request was due, without one in a closed loop.
fn load(
    arena: &Arena,
    server: &Server,
    rate: Option<f64>,
    seconds: u64,
) -> anyhow::Result<Figures> {
    let mut client = arena.tools().raw("produce", server.address(), TOPIC)?;
    client.args(["--records", &BATCH.to_string(), "--acks", "-1"]);
    client.args(["--seconds", &seconds.to_string()]);
    match rate {
        Some(rate) => client.args(["--rate", &rate.to_string(), "--depth", "64"]),
        None => client.args(["--depth", "5"]),
    };
    run_client(client)
}

/// The windows' figures, what they come to, and their drift.
fn summary(windows: &[Figures]) -> Figures {
    let column = |key: &str| -> Vec<f64> {
        windows.iter().filter_map(|window| window.get(key).copied()).collect()
    };
    let mut figures = Figures::new();
    for key in ["bytes", "records", "requests", "seconds"] {
        figures.insert(key.to_owned(), column(key).iter().sum());
    }
    for key in ["p50_ms", "p99_ms", "p999_ms"] {
        figures.extend(median(&column(key)).map(|value| (key.to_owned(), value)));
    }
    figures.insert("max_ms".to_owned(), column("max_ms").iter().copied().fold(0.0, f64::max));
    figures.extend(drift(&column("p999_ms")).map(|value| ("p999_drift_percent".to_owned(), value)));
    figures.extend(drift(&column("rss_mb")).map(|value| ("rss_drift_percent".to_owned(), value)));
    let files = column("descriptors");
    let most = files.iter().copied().fold(f64::MIN, f64::max);
    let least = files.iter().copied().fold(f64::MAX, f64::min);
    figures.insert("descriptors_spread".to_owned(), (most - least).max(0.0));
    for (at, window) in windows.iter().enumerate() {
        for key in ["p50_ms", "p99_ms", "p999_ms", "max_ms", "rss_mb", "descriptors"] {
            let Some(value) = window.get(key) else { continue };
            figures.insert(format!("window_{:02}_{key}", at + 1), *value);
        }
    }
    figures
}

/// By how many per cent the last third of the windows is above the first third after the first.
fn drift(values: &[f64]) -> Option<f64> {
    let rest = values.get(1..)?;
    let third = (rest.len() / 3).max(1);
    let first = median(rest.get(..third)?)?;
    let last = median(rest.get(rest.len() - third..)?)?;
    Some((last / first - 1.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drift_is_that_of_the_ends_without_the_first_window() {
        let near = |left: Option<f64>, right: f64| (left.unwrap() - right).abs() < 1e-9;
        assert!(near(drift(&[90.0, 10.0, 10.0, 10.0, 11.0, 11.0, 11.0]), 10.0));
        assert!(near(drift(&[1.0, 5.0]), 0.0));
        assert_eq!(drift(&[1.0]), None);
    }

    #[test]
    fn windows_are_summed_and_kept() {
        let window = |p999: f64, files: f64| {
            Figures::from([
                ("bytes".to_owned(), 10.0),
                ("p999_ms".to_owned(), p999),
                ("descriptors".to_owned(), files),
            ])
        };
        let figures = summary(&[window(5.0, 100.0), window(2.0, 103.0), window(3.0, 101.0)]);
        assert_eq!(figures["bytes"], 30.0);
        assert_eq!(figures["p999_ms"], 3.0);
        assert_eq!(figures["p999_drift_percent"], 50.0);
        assert_eq!(figures["descriptors_spread"], 3.0);
        assert_eq!(figures["window_02_p999_ms"], 2.0);
    }
}
