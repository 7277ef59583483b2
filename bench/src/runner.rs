//! Runs the cases of scenarios in turned order, repeats what does not count, keeps every line.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use serde_json::{Map, Value, json};

use crate::arena::Arena;
use crate::environment::{self, Watch};
use crate::estimate::{Estimates, WALL};
use crate::measurement::Measurement;
use crate::metric::Figures;
use crate::scenario::{Case, Plan, Scenario};
use crate::server::now;
use crate::subject::Subject;
use crate::summary;
use crate::tools::Tools;

/// How often a run is done at most until it counts.
const ATTEMPTS_MAX: u32 = 3;

/// How often a run is done at most that fails.
const FAILURES_MAX: u32 = 2;

/// So much later than asked for, further rounds are left out.
const LATE: f64 = 1.05;

/// The ceiling is no side of a ratio; in so many rounds it is enough to see the client's bound.
const CEILING_ROUNDS: u32 = 1;

/// After so many seconds, what is left is expected to take as much longer than estimated, or less,
/// as what is done.
const LEARNING: f64 = 120.0;

/// A session of the command.
#[derive(Debug)]
pub(crate) struct Runner {
    plan: Plan,
    arena: Arena,
    out: PathBuf,
    session: String,
    fixed: Map<String, Value>,
    estimates: Estimates,
    began: Instant,
    /// Seconds that all runs, and the runs to come, take by the estimates.
    planned: f64,
    left: f64,
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
        let estimates = Estimates::read(plan, &out);
        Ok(Self {
            plan,
            arena,
            out,
            session,
            fixed,
            estimates,
            began: now(),
            planned: 0.0,
            left: 0.0,
        })
    }

    /// Runs whole scenarios. A run that fails does not keep the others from running; what failed to
    /// the end comes back.
    pub(crate) fn run(&mut self, scenarios: &[Scenario]) -> Vec<String> {
        self.left = scenarios.iter().map(|scenario| self.estimates.of(scenario)).sum();
        self.planned = self.left;
        let mut failed = Vec::new();
        for scenario in scenarios {
            eprintln!(
                "# {}: about {}, all that is left about {}",
                scenario.title,
                minutes(self.estimates.of(scenario)),
                minutes(self.seconds_left())
            );
            for case in self.plan.cases(scenario) {
                self.run_case(scenario, &case, &mut failed);
            }
        }
        failed
    }

    fn run_case(&mut self, scenario: &Scenario, case: &Case, failed: &mut Vec<String>) {
        let rounds = case.rounds(self.plan);
        let mut lines = Vec::new();
        let mut given_up = Vec::new();
        for round in 1..=rounds {
            for subject in order(case, round) {
                self.left -= self.estimates.of_run(scenario.id, case, subject);
                if given_up.contains(&subject) {
                    continue;
                }
                let line = self.run_subject(scenario, case, subject, round);
                if let Some(why) = line.failed() {
                    failed.push(format!(
                        "{} {}: {}: {why}",
                        scenario.id,
                        case.name,
                        subject.name()
                    ));
                    given_up.push(subject);
                } else {
                    lines.push(line);
                }
            }
            if round < rounds && self.is_late(LATE) {
                eprintln!("   no further rounds of {}, to be done in time", case.name);
                for round in round + 1..=rounds {
                    for subject in order(case, round) {
                        self.left -= self.estimates.of_run(scenario.id, case, subject);
                    }
                }
                break;
            }
        }
        eprint!("{}", summary::of_case(case, &lines));
        if let Err(error) = self.arena.end_case() {
            eprintln!("   cannot clean up after {}: {error:#}; new servers", case.name);
            self.arena.clear();
        }
    }

    /// Whether the session will be over too late, by this factor of the time that it has.
    fn is_late(&self, factor: f64) -> bool {
        let most = self.plan.within.map_or(f64::MAX, |minutes| f64::from(minutes) * 60.0);
        self.began.elapsed().as_secs_f64() + self.seconds_left() > most * factor
    }

    /// Seconds until the end, by the estimates and how well they held so far.
    fn seconds_left(&self) -> f64 {
        let (done, took) = (self.planned - self.left, self.began.elapsed().as_secs_f64());
        let factor = if done > LEARNING { (took / done).clamp(0.5, 2.0) } else { 1.0 };
        self.left * factor
    }

    /// Runs until it counts; the last attempt's line.
    fn run_subject(
        &mut self,
        scenario: &Scenario,
        case: &Case,
        subject: Subject,
        round: u32,
    ) -> Measurement {
        let attempts = if self.plan.quick { 1 } else { ATTEMPTS_MAX };
        let mut attempt = 1;
        loop {
            let mut measurement = Measurement {
                session: self.session.clone(),
                quick: self.plan.quick,
                scenario: scenario.id.to_owned(),
                case: case.name.clone(),
                subject,
                round,
                attempt,
                void: None,
                figures: Figures::new(),
                environment: self.fixed.clone(),
            };
            if let Err(error) = self.attempt(case, &mut measurement) {
                measurement.void = Some(Measurement::failure(&error));
                // Whatever state the server is in, the next run gets a new one.
                self.arena.forget(subject);
            }
            if let Err(error) = self.keep(&measurement) {
                eprintln!("   cannot write the raw line: {error:#}");
            }
            self.tell(&measurement, case);
            let again = match measurement.failed() {
                Some(_) => attempt < attempts.min(FAILURES_MAX),
                None => measurement.void.is_some() && attempt < attempts,
            };
            if !again || self.is_late(1.0) {
                return measurement;
            }
            attempt += 1;
        }
    }

    fn attempt(&mut self, case: &Case, measurement: &mut Measurement) -> anyhow::Result<()> {
        let subject = measurement.subject;
        if case.own_servers {
            self.arena.clear();
        } else {
            self.arena.seat(case.nodes);
            self.arena.cluster(subject)?;
        }
        let began = now();
        if case.nodes > 1 {
            self.arena.settle_others(subject)?;
        }
        rustix::fs::sync();
        let probe = self.arena.take_memory(case.memory_bytes)?;
        let watch = Watch::start()?;
        self.arena.begin_run()?;
        let figures = (case.run)(&mut self.arena, subject);
        self.arena.release_memory();
        measurement.figures = figures?;
        let (used, idle) = self.arena.end_run(subject)?;
        let (noise, noisy) = watch.end(used, idle)?;
        self.arena.clean()?;
        let environment = &mut measurement.environment;
        let rate = |value: f64| json!((value * 100.0).round() / 100.0);
        environment.insert("first_touch_gb_s".to_owned(), rate(probe.touch));
        environment.insert("page_cache_gb_s".to_owned(), rate(probe.file));
        environment.extend(noise);
        environment.insert(WALL.to_owned(), rate(began.elapsed().as_secs_f64()));
        measurement.void = probe.void().or(noisy);
        Ok(())
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
        let void = measurement.void.as_ref().map_or(String::new(), |why| {
            let kind = if measurement.failed().is_some() { "" } else { "void: " };
            format!("  {kind}{why}")
        });
        eprintln!(
            "[{}, about {} left] {} {} · {} · round {}: {}{void}",
            minutes(self.began.elapsed().as_secs_f64()),
            minutes(self.seconds_left()),
            measurement.scenario,
            measurement.case,
            measurement.subject.name(),
            measurement.round,
            summary::of_run(case, measurement),
        );
    }
}

/// The subjects of a round: forwards in odd rounds, backwards in even ones.
pub(crate) fn order(case: &Case, round: u32) -> Vec<Subject> {
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

pub(crate) fn minutes(seconds: f64) -> String {
    let whole = seconds.max(0.0).round();
    format!("{}:{:02}", (whole / 60.0).floor(), whole % 60.0)
}

#[cfg(test)]
mod tests {
    use super::{Subject, minutes, order};
    use crate::scenario::{DEFAULTS, case};

    #[test]
    fn order_turns_every_other_round() {
        let case = case("x", true, &DEFAULTS, &["mb_s"], |_, _| Ok(Default::default()));
        let (a, b, c) = (Subject::KeldReplicated, Subject::Kafka, Subject::KeldFsync);
        assert_eq!(order(&case, 1), [Subject::Ceiling, a, b, c]);
        assert_eq!(order(&case, 2), [c, b, a]);
        assert_eq!(order(&case, 3), [a, b, c]);
        assert_eq!(order(&case, 4), [c, b, a]);
    }

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(minutes(125.2), "2:05");
    }
}
