//! One run of one subject, as it is kept: one JSON object a line in `docs/benchmarks/<scenario>.jsonl`.

use anyhow::Context;
use serde_json::{Map, Value, json};

use crate::metric::Figures;
use crate::subject::Subject;

/// One run.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Measurement {
    /// When the command began, UTC; the same for all its runs.
    pub(crate) session: String,
    pub(crate) quick: bool,
    pub(crate) scenario: String,
    pub(crate) case: String,
    pub(crate) subject: Subject,
    /// From 1; ratios are taken between subjects of the same round.
    pub(crate) round: u32,
    /// From 1; above it, the runs before were void and are kept as lines too.
    pub(crate) attempt: u32,
    /// Why the figures do not count; a run that failed has none.
    pub(crate) void: Option<String>,
    pub(crate) figures: Figures,
    /// The machine around the run: load, steal, others' processor time, probe, versions.
    pub(crate) environment: Map<String, Value>,
}

/// What the reason of a run begins with that failed.
const FAILED: &str = "failed: ";

impl Measurement {
    /// The reason of a run that failed.
    pub(crate) fn failure(error: &anyhow::Error) -> String {
        // A client's whole command and a server's last words are too long for a table.
        let text: String = format!("{error:#}").chars().take(600).collect();
        format!("{FAILED}{text}")
    }

    /// Why the run failed, if it did.
    pub(crate) fn failed(&self) -> Option<&str> {
        self.void.as_deref()?.strip_prefix(FAILED)
    }

    /// One line, without its end.
    pub(crate) fn to_line(&self) -> String {
        json!({
            "session": self.session,
            "quick": self.quick,
            "scenario": self.scenario,
            "case": self.case,
            "subject": self.subject.name(),
            "round": self.round,
            "attempt": self.attempt,
            "void": self.void,
            "figures": self.figures.iter().map(|(key, value)| (key.clone(), json!(rounded(*value))))
                .collect::<Map<_, _>>(),
            "environment": self.environment,
        })
        .to_string()
    }

    /// Reads what [`Self::to_line`] wrote.
    pub(crate) fn from_line(line: &str) -> anyhow::Result<Self> {
        let value: Value = serde_json::from_str(line).context("a line of raw results")?;
        let text = |key: &str| {
            value[key].as_str().map(str::to_owned).with_context(|| format!("no {key} in {line}"))
        };
        let number = |key: &str| {
            value[key]
                .as_u64()
                .and_then(|number| u32::try_from(number).ok())
                .with_context(|| format!("no {key} in {line}"))
        };
        let subject = text("subject")?;
        let figures = value["figures"].as_object().context("no figures")?;
        Ok(Self {
            session: text("session")?,
            quick: value["quick"].as_bool().unwrap_or(false),
            scenario: text("scenario")?,
            case: text("case")?,
            subject: Subject::named(&subject).with_context(|| format!("subject {subject}"))?,
            round: number("round")?,
            attempt: number("attempt")?,
            void: value["void"].as_str().map(str::to_owned),
            figures: figures
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), value.as_f64()?)))
                .collect(),
            environment: value["environment"].as_object().cloned().unwrap_or_default(),
        })
    }
}

/// Six decimals are finer than anything that is measured here.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::{Figures, Measurement, Subject, json};

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let environment = json!({"load": 0.5}).as_object().cloned().unwrap_or_default();
        let measurement = Measurement {
            session: "2026-01-02T03:04:05Z".to_owned(),
            quick: true,
            scenario: "p1".to_owned(),
            case: "64 KiB".to_owned(),
            subject: Subject::KafkaFlush,
            round: 3,
            attempt: 2,
            void: Some("others used 40 % of the machine".to_owned()),
            figures: Figures::from([("mb_s".to_owned(), 123.456)]),
            environment,
        };
        let read = Measurement::from_line(&measurement.to_line()).unwrap();
        assert_eq!(read, measurement);
        assert!(Measurement::from_line("{\"subject\":\"x\"}").is_err());
    }
}
