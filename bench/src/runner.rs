//! Runs the cases of scenarios in turned order, repeats what does not count, keeps every line.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Map, Value, json};

use crate::arena::Arena;
use crate::environment::{self, Watch};
use crate::measurement::Measurement;
use crate::scenario::{Case, Plan, Scenario};
use crate::server::now;
use crate::subject::Subject;
use crate::summary;
use crate::tools::Tools;

/// How often a run is done at most until it counts.
const ATTEMPTS_MAX: u32 = 3;

/// The ceiling is no side of a ratio; this often is enough to see the client's bound.
const CEILING_ROUNDS: u32 = 2;

/// A session of the command.
#[derive(Debug)]
pub(crate) struct Runner {
    plan: Plan,
    arena: Arena,
    out: PathBuf,
    session: String,
    fixed: Map<String, Value>,
    began: Instant,
    done: u32,
    planned: u32,
}

impl Runner {
    pub(crate) fn new(
        plan: Plan,
        tools: Tools,
        out: PathBuf,
        session: String,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(&out).with_context(|| format!("make {}", out.display()))?;
        let fixed = environment::fixed(&tools);
        let arena = Arena::new(plan, tools);
        Ok(Self { plan, arena, out, session, fixed, began: now(), done: 0, planned: 0 })
    }

    /// Runs whole scenarios. One that fails does not keep the others from running; the errors come
    /// back with the names.
    pub(crate) fn run(&mut self, scenarios: &[Scenario]) -> Vec<(&'static str, anyhow::Error)> {
        let plan = self.plan;
        self.planned = scenarios
            .iter()
            .flat_map(|scenario| (scenario.cases)(plan))
            .map(|case| {
                (1..=plan.rounds.min(case.rounds_max))
                    .map(|round| order(&case, round).len())
                    .sum::<usize>()
            })
            .map(|runs| u32::try_from(runs).unwrap_or(u32::MAX))
            .sum();
        let mut failed = Vec::new();
        for scenario in scenarios {
            for case in (scenario.cases)(plan) {
                if let Err(error) = self.run_case(scenario, &case) {
                    eprintln!("{}: {}: {error:#}", scenario.id, case.name);
                    failed.push((scenario.id, error.context(case.name.clone())));
                    // Whatever state the servers are in, the next case gets new ones.
                    self.arena.clear();
                }
            }
        }
        failed
    }

    fn run_case(&mut self, scenario: &Scenario, case: &Case) -> anyhow::Result<()> {
        let mut lines = Vec::new();
        for round in 1..=self.plan.rounds.min(case.rounds_max) {
            for subject in order(case, round) {
                self.done += 1;
                lines.push(self.run_subject(scenario, case, subject, round)?);
            }
        }
        eprint!("{}", summary::of_case(case, &lines));
        self.arena.end_case()
    }

    /// Runs until it counts; the last attempt's line.
    fn run_subject(
        &mut self,
        scenario: &Scenario,
        case: &Case,
        subject: Subject,
        round: u32,
    ) -> anyhow::Result<Measurement> {
        let attempts = if self.plan.quick { 1 } else { ATTEMPTS_MAX };
        let mut attempt = 1;
        loop {
            let (figures, environment, void) = self
                .attempt(case, subject)
                .with_context(|| format!("{} {}, round {round}", scenario.id, subject.name()))?;
            let measurement = Measurement {
                session: self.session.clone(),
                quick: self.plan.quick,
                scenario: scenario.id.to_owned(),
                case: case.name.clone(),
                subject,
                round,
                attempt,
                void,
                figures,
                environment,
            };
            self.keep(&measurement)?;
            self.tell(&measurement, case);
            if measurement.void.is_none() || attempt >= attempts {
                return Ok(measurement);
            }
            attempt += 1;
        }
    }

    fn attempt(
        &mut self,
        case: &Case,
        subject: Subject,
    ) -> anyhow::Result<(crate::metric::Figures, Map<String, Value>, Option<String>)> {
        if !case.own_servers {
            self.arena.server(subject)?;
        }
        rustix::fs::sync();
        let probe = self.arena.take_memory(case.memory_bytes)?;
        let watch = Watch::start()?;
        self.arena.begin_run()?;
        let result = (case.run)(&mut self.arena, subject);
        let (used, idle) = self.arena.end_run(subject)?;
        let (noise, noisy) = watch.end(used, idle)?;
        self.arena.clean()?;
        let mut environment = self.fixed.clone();
        let rate = |value: f64| json!((value * 100.0).round() / 100.0);
        environment.insert("first_touch_gb_s".to_owned(), rate(probe.touch));
        environment.insert("page_cache_gb_s".to_owned(), rate(probe.file));
        environment.extend(noise);
        Ok((result?, environment, probe.void().or(noisy)))
    }

    fn keep(&self, measurement: &Measurement) -> anyhow::Result<()> {
        let path = self.out.join(format!("{}.jsonl", measurement.scenario));
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("open {}", path.display()))?;
        writeln!(file, "{}", measurement.to_line())?;
        Ok(())
    }

    /// One line of progress.
    fn tell(&self, measurement: &Measurement, case: &Case) {
        let elapsed = self.began.elapsed();
        let left = elapsed / self.done.max(1) * self.planned.saturating_sub(self.done);
        let void = measurement.void.as_ref().map_or(String::new(), |why| format!("  void: {why}"));
        eprintln!(
            "[{} of {}, {}, about {} left] {} {} · {} · round {}: {}{void}",
            self.done,
            self.planned,
            minutes(elapsed),
            minutes(left),
            measurement.scenario,
            measurement.case,
            measurement.subject.name(),
            measurement.round,
            summary::of_run(case, measurement),
        );
    }
}

/// The subjects of a round: forwards in odd rounds, backwards in even ones.
fn order(case: &Case, round: u32) -> Vec<Subject> {
    let mut subjects: Vec<Subject> = case
        .subjects
        .iter()
        .copied()
        .filter(|subject| *subject != Subject::Ceiling || round <= CEILING_ROUNDS)
        .collect();
    if round.is_multiple_of(2) {
        subjects.reverse();
    }
    subjects
}

fn minutes(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

#[cfg(test)]
mod tests {
    use super::{Subject, minutes, order};
    use crate::scenario::{DEFAULTS, case};
    use std::time::Duration;

    #[test]
    fn order_turns_every_other_round() {
        let case = case("x", true, &DEFAULTS, &["mb_s"], |_, _| Ok(Default::default()));
        let (a, b, c) = (Subject::KeldReplicated, Subject::Kafka, Subject::KeldFsync);
        assert_eq!(order(&case, 1), [Subject::Ceiling, a, b, c]);
        assert_eq!(order(&case, 2), [c, b, a, Subject::Ceiling]);
        assert_eq!(order(&case, 3), [a, b, c]);
        assert_eq!(order(&case, 4), [c, b, a]);
    }

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(minutes(Duration::from_secs(125)), "2:05");
    }
}
