//! The plots, as SVG: all ratios, percentiles end to end, throughput against partitions, failovers.
//!
//! Text is left to who shows the SVG, so no font is needed here and the same lines give the same
//! bytes. Axes that compare are logarithmic.

mod lines;
mod ratios;
mod soak;
mod timeline;

use std::path::Path;

use plotters::prelude::RGBColor;

use super::Results;
use super::overview::Plot;
use crate::subject::Subject;
use lines::{Chart, Curve};

/// Numbers that the names of the end-to-end cases and of P3's cases carry.
const END_TO_END: &str = "p6";
const PARTITIONS: &str = "p3";
const FAILOVER: &str = "p11";
const SOAK: &str = "p16";

/// Quantiles by the keys of figures.
const QUANTILES: [(&str, f64); 5] =
    [("p50_ms", 0.5), ("p90_ms", 0.9), ("p99_ms", 0.99), ("p999_ms", 0.999), ("p9999_ms", 0.9999)];

/// Writes the plots for which there are figures.
pub(super) fn write(directory: &Path, all: &[Results]) -> anyhow::Result<Vec<Plot>> {
    let mut plots = Vec::new();
    if ratios::write(&directory.join("ratios.svg"), all)? {
        plots.push(Plot {
            file: "ratios.svg",
            title: "How many times better Keld is than Kafka",
            caption: "Medians of the rounds' ratios of throughput, time or latency (filled) and of broker CPU (hollow), turned so that right of 1 is better for Keld, with 95 % intervals; like for like.",
        });
    }
    if let Some(results) = all.iter().find(|results| results.scenario.id == END_TO_END) {
        let curves = percentiles(results);
        let chart = Chart {
            title: "P6: time from when a record was due until it was consumed",
            across: "of 1 in … records, at least this late",
            up: "ms",
        };
        if lines::write(&directory.join("p6.svg"), &chart, &curves)? {
            plots.push(Plot {
                file: "p6.svg",
                title: "Latency end to end by percentile",
                caption: "Medians of the rounds at 50 %, 90 %, 99 %, 99.9 % and, where there are samples enough, 99.99 %.",
            });
        }
    }
    if let Some(results) = all.iter().find(|results| results.scenario.id == PARTITIONS) {
        let curves = by_partitions(results);
        let chart = Chart {
            title: "P3: throughput by partitions",
            across: "partitions of the topic",
            up: "MB/s",
        };
        if lines::write(&directory.join("p3.svg"), &chart, &curves)? {
            plots.push(Plot {
                file: "p3.svg",
                title: "Throughput by number of partitions",
                caption: "Medians of the rounds; the client and the volume are the same for every number of partitions.",
            });
        }
    }
    if let Some(results) = all.iter().find(|results| results.scenario.id == FAILOVER)
        && timeline::write(&directory.join("p11.svg"), results)?
    {
        plots.push(Plot {
            file: "p11.svg",
            title: "Acknowledgements around a failover",
            caption: "Records acknowledged in each tenth of a second to a client that writes 10,000 a second, in the first round; what had waited comes at once and is cut off.",
        });
    }
    if let Some(results) = all.iter().find(|results| results.scenario.id == SOAK)
        && soak::write(&directory.join("p16.svg"), results)?
    {
        plots.push(Plot {
            file: "p16.svg",
            title: "A long run at half of the top rate",
            caption: "Each point is a window of a minute: latency until the acknowledgement, memory and open files at its end.",
        });
    }
    Ok(plots)
}

/// The colour of a subject in every plot.
fn colour(subject: Subject) -> RGBColor {
    match subject {
        Subject::Ceiling => RGBColor(150, 150, 150),
        Subject::KeldFsync => RGBColor(0, 90, 160),
        Subject::KeldReplicated => RGBColor(0, 150, 110),
        Subject::KeldMemory => RGBColor(90, 180, 230),
        Subject::Kafka => RGBColor(210, 80, 30),
        Subject::KafkaTuned => RGBColor(240, 160, 60),
        Subject::KafkaFlush => RGBColor(150, 20, 60),
    }
}

/// The ends of a logarithmic axis that shows all values with some room.
fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values.fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    (low / 1.3, high * 1.3)
}

/// Where an axis has numbers: 1, 2 and 5 in every decade; only 1 where there are many decades.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let steps: &[f64] = if high / low > 3e3 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    (-6..10)
        .flat_map(|decade| steps.iter().map(move |step| step * 10_f64.powi(decade)))
        .filter(|value| (low..=high).contains(value))
        .collect()
}

/// A curve a case and subject: how late one record in so many is.
fn percentiles(results: &Results) -> Vec<Curve> {
    let mut curves = Vec::new();
    for (at, case) in results.cases.iter().enumerate() {
        for subject in case.subjects() {
            let points: Vec<(f64, f64)> = QUANTILES
                .iter()
                .filter_map(|(key, quantile)| {
                    Some((1.0 / (1.0 - quantile), case.spread(subject, key)?.median))
                })
                .collect();
            curves.push(Curve {
                name: format!("{}, {}", subject.name(), case.case.name),
                colour: colour(subject),
                shape: at,
                points,
            });
        }
    }
    curves
}

/// A curve a subject and kind of case: what is left of a case's name without its number of
/// partitions.
fn by_partitions(results: &Results) -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    for case in &results.cases {
        let Some((partitions, kind)) = split_partitions(&case.case.name) else { continue };
        let shape = kinds.iter().position(|other| *other == kind).unwrap_or_else(|| {
            kinds.push(kind.clone());
            kinds.len() - 1
        });
        for subject in case.subjects() {
            let Some(spread) = case.spread(subject, "mb_s") else { continue };
            let name = format!("{}{kind}", subject.name());
            let point = (partitions, spread.median);
            match curves.iter_mut().find(|curve| curve.name == name) {
                Some(curve) => curve.points.push(point),
                None => {
                    curves.push(Curve { name, colour: colour(subject), shape, points: vec![point] })
                }
            }
        }
    }
    curves
}

/// `1,000 partitions, raw` is `(1000, ", raw")`; `raw, 16 partitions` is `(16, "raw, ")`.
fn split_partitions(name: &str) -> Option<(f64, String)> {
    let at = name.find(" partition")?;
    let before = &name[..at];
    let start =
        before.rfind(|one: char| !one.is_ascii_digit() && one != ',').map_or(0, |at| at + 1);
    let digits: String = before[start..].chars().filter(char::is_ascii_digit).collect();
    let rest = name[at..].trim_start_matches(" partitions").trim_start_matches(" partition");
    let kind = format!("{}{rest}", &before[..start]);
    let kind = kind.trim_matches([',', ' ']);
    let kind = if kind.is_empty() { String::new() } else { format!(", {kind}") };
    Some((digits.parse().ok()?, kind))
}

#[cfg(test)]
mod tests {
    use super::{range, split_partitions, ticks};

    #[test]
    fn axes_have_round_numbers_within_their_ends() {
        assert_eq!(range([2.0, 0.5, 1.0].into_iter()), (0.5 / 1.3, 2.0 * 1.3));
        let near = ticks(0.4, 6.0);
        assert_eq!(near.len(), 4);
        assert!(near.iter().zip([0.5, 1.0, 2.0, 5.0]).all(|(a, b)| (a - b).abs() < 1e-9));
        assert_eq!(ticks(0.5, 20_000.0).len(), 5);
    }

    #[test]
    fn the_number_of_partitions_is_taken_out_of_a_name() {
        let split = |name| split_partitions(name);
        assert_eq!(split("1,000 partitions, raw"), Some((1000.0, ", raw".to_owned())));
        assert_eq!(split("raw, 16 partitions"), Some((16.0, ", raw".to_owned())));
        assert_eq!(split("1 partition"), Some((1.0, String::new())));
        assert_eq!(split("nothing"), None);
    }
}
