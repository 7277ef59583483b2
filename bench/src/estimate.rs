//! How long runs will take: as long as the same ones took last time, or what their case says.

use std::collections::BTreeMap;
use std::path::Path;

use crate::measurement::Measurement;
use crate::runner::order;
use crate::scenario::{Case, Plan, Scenario};
use crate::stats::median;
use crate::subject::Subject;

/// The key of a run's time in the environment of its raw line, with what comes before and after.
pub(crate) const WALL: &str = "wall_s";

/// Seconds of runs by scenario, case and subject.
#[derive(Debug)]
pub(crate) struct Estimates {
    plan: Plan,
    known: BTreeMap<(String, String, Subject), f64>,
}

impl Estimates {
    /// From the raw lines in a folder, those of a quick look for quick looks only. Lines that
    /// cannot be read tell nothing.
    pub(crate) fn read(plan: Plan, folder: &Path) -> Self {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let lines = files
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .filter_map(|path| std::fs::read_to_string(path).ok());
        let mut all: BTreeMap<_, Vec<f64>> = BTreeMap::new();
        for text in lines {
            for line in text.lines().filter_map(|line| Measurement::from_line(line).ok()) {
                let wall = line.environment.get(WALL).and_then(serde_json::Value::as_f64);
                if let Some(wall) = wall.filter(|_| line.quick == plan.quick) {
                    all.entry((line.scenario, line.case, line.subject)).or_default().push(wall);
                }
            }
        }
        let known = all.into_iter().filter_map(|(key, walls)| Some((key, median(&walls)?)));
        Self { plan, known: known.collect() }
    }

    /// Seconds of one run.
    pub(crate) fn of_run(&self, scenario: &str, case: &Case, subject: Subject) -> f64 {
        let key = (scenario.to_owned(), case.name.clone(), subject);
        self.known.get(&key).copied().unwrap_or(case.run_seconds as f64)
    }

    /// Seconds of all runs of a scenario.
    pub(crate) fn of(&self, scenario: &Scenario) -> f64 {
        let mut seconds = 0.0;
        for case in self.plan.cases(scenario) {
            for round in 1..=case.rounds(self.plan) {
                for subject in order(&case, round) {
                    seconds += self.of_run(scenario.id, &case, subject);
                }
            }
        }
        seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { quick: false, rounds: 2, minutes: 1, within: None, only: None };

    #[test]
    fn a_run_takes_as_long_as_last_time_and_else_what_its_case_says() {
        let folder = tempfile::tempdir().unwrap();
        let scenario = crate::scenarios::all()[0];
        let empty = Estimates::read(PLAN, folder.path());
        let cases = (scenario.cases)(PLAN);
        let (case, subject) = (&cases[0], cases[0].subjects[1]);
        assert_eq!(empty.of_run(scenario.id, case, subject), case.run_seconds as f64);
        let mut line = Measurement {
            session: String::new(),
            quick: false,
            scenario: scenario.id.to_owned(),
            case: case.name.clone(),
            subject,
            round: 1,
            attempt: 1,
            void: None,
            figures: crate::metric::Figures::new(),
            environment: serde_json::Map::new(),
        };
        line.environment.insert(WALL.to_owned(), 100.5.into());
        std::fs::write(folder.path().join("p1.jsonl"), line.to_line()).unwrap();
        let known = Estimates::read(PLAN, folder.path());
        assert_eq!(known.of_run(scenario.id, case, subject), 100.5);
        let more = 2.0 * (100.5 - case.run_seconds as f64);
        assert!((known.of(&scenario) - empty.of(&scenario) - more).abs() < 1e-6);
    }
}
