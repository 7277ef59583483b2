//! Pages made from lines that were made up.

use super::figures::{CaseResult, Verdict, factor, ratio_text, results_of, shown};
use super::*;
use crate::metric::{Figures, metric};
use crate::scenario::{Case, DEFAULTS, case};
use crate::stats::Ratio;
use crate::subject::Subject;

fn one_case() -> Case {
    case("a case", true, &DEFAULTS, &["mb_s", "cpu_s_gb"], |_, _| Ok(Figures::new()))
        .goal("mb_s", 1.6)
        .goal("cpu_s_gb", 0.35)
        .limit("cpu_s_gb", 0.5)
}

fn line(session: &str, subject: Subject, round: u32, mb_s: f64) -> Measurement {
    let cpu = 100.0 / mb_s;
    Measurement {
        session: session.to_owned(),
        quick: false,
        scenario: "p1".to_owned(),
        case: "a case".to_owned(),
        subject,
        round,
        attempt: 1,
        void: None,
        figures: Figures::from([("mb_s".to_owned(), mb_s), ("cpu_s_gb".to_owned(), cpu)]),
        environment: serde_json::Map::new(),
    }
}

fn lines() -> Vec<Measurement> {
    let mut lines = vec![line("2026-01-01", Subject::Kafka, 1, 9_999.0)];
    for (round, kafka, keld) in [(1, 100.0, 200.0), (2, 50.0, 110.0), (3, 100.0, 210.0)] {
        lines.push(line("2026-01-02", Subject::KeldReplicated, round, keld));
        lines.push(line("2026-01-02", Subject::Kafka, round, kafka));
    }
    lines
}

fn result(lines: &[Measurement]) -> CaseResult {
    results_of(one_case(), lines).unwrap()
}

#[test]
fn only_the_latest_session_counts() {
    let result = result(&lines());
    assert_eq!(result.lines.len(), 6);
    assert_eq!(result.subjects(), [Subject::KeldReplicated, Subject::Kafka]);
    assert_eq!(result.spread(Subject::Kafka, "mb_s").unwrap().median, 100.0);
}

#[test]
fn a_void_attempt_is_replaced_and_void_rounds_do_not_count() {
    let mut lines = lines();
    lines[1].void = Some("others".to_owned());
    let mut again = lines[1].clone();
    again.attempt = 2;
    again.void = None;
    again.figures.insert("mb_s".to_owned(), 190.0);
    lines.push(again);
    // Kafka's second round was void to the end.
    lines[4].void = Some("others".to_owned());
    let result = result(&lines);
    assert_eq!(result.void_attempts, 2);
    assert_eq!(result.spread(Subject::Kafka, "mb_s").unwrap().count, 2);
    assert_eq!(result.spread(Subject::KeldReplicated, "mb_s").unwrap().least, 110.0);
    let ratio = result.ratio(DEFAULTS[0], "mb_s").unwrap();
    assert_eq!((ratio.pairs, ratio.median), (2, 2.0));
    assert!(result.noisy.is_empty());
}

#[test]
fn a_subject_with_void_runs_only_is_marked() {
    let mut lines = lines();
    for line in lines.iter_mut().filter(|line| line.subject == Subject::Kafka) {
        line.void = Some("others".to_owned());
    }
    let result = result(&lines);
    assert_eq!(result.noisy, [Subject::Kafka]);
    assert_eq!(result.spread(Subject::Kafka, "mb_s").unwrap().count, 3);
}

#[test]
fn goals_are_judged_by_the_direction_of_their_figure() {
    let judged = result(&lines()).judged();
    let words: Vec<_> = judged.iter().map(|one| (one.wanted.as_str(), one.verdict)).collect();
    assert_eq!(
        words,
        [
            ("≥ 1.60×", Some(Verdict::Reached)),
            ("≤ 0.35×", Some(Verdict::Missed)),
            // 100 / 200 is reached, 100 / 110 is not.
            ("≤ 0.5", Some(Verdict::Barely)),
        ]
    );
}

#[test]
fn a_goal_of_the_second_comparison_says_whose_it_is() {
    let mut lines = lines();
    lines.push(line("2026-01-02", Subject::KeldFsync, 1, 90.0));
    let case = one_case().second_goal("mb_s", 1.0);
    let judged = results_of(case, &lines).unwrap().judged();
    let second = judged.iter().find(|one| one.other.is_some()).unwrap();
    assert_eq!(second.title(), "MB/s, keld fsync");
    assert_eq!((second.ours, second.verdict), (Some(90.0), Some(Verdict::Missed)));
    assert_eq!(judged[0].title(), "MB/s");
}

#[test]
fn the_page_shows_subjects_ratios_and_verdicts() {
    let scenario = crate::scenarios::all()[0];
    let results = Results { scenario, cases: vec![result(&lines())] };
    let page = page::of(&results, &Notes::default());
    let row = "| MB/s | 200 [110..210] | 100 [50..100] | 2.10× [2.00..2.20] |  |";
    assert!(page.contains(row), "{page}");
    assert!(page.contains("| MB/s | ≥ 1.60× | 2.10× [2.00..2.20] | yes |"), "{page}");
    assert!(page.contains("| broker CPU s/GB | ≤ 0.35× | 0.48× [0.45..0.50] | **no** |"), "{page}");
    let overview =
        overview::of(&[results], &[], Beside { node: false, profiles: false }, &Notes::default());
    assert!(overview.contains("2 of 3 goals were reached."), "{overview}");
}

#[test]
fn plots_are_written_for_what_there_is() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = crate::scenarios::all()[0];
    let results = [Results { scenario, cases: vec![result(&lines())] }];
    let plots = plot::write(directory.path(), &results).unwrap();
    assert_eq!(plots.iter().map(|plot| plot.file).collect::<Vec<_>>(), ["ratios.svg"]);
    let svg = std::fs::read_to_string(directory.path().join("ratios.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("a case") && svg.contains("2×"), "{svg}");
}

#[test]
fn a_failover_is_drawn_as_a_time_line() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = crate::scenarios::all().into_iter().find(|one| one.id == "p11").unwrap();
    let mut lines = lines();
    for line in &mut lines {
        let windows = (0..60_u32).map(|at| (format!("window_{at:03}_acks"), f64::from(at)));
        line.figures.extend(windows);
    }
    let results = [Results { scenario, cases: vec![result(&lines)] }];
    let plots = plot::write(directory.path(), &results).unwrap();
    assert!(plots.iter().any(|plot| plot.file == "p11.svg"));
    let svg = std::fs::read_to_string(directory.path().join("p11.svg")).unwrap();
    assert!(svg.contains("a case") && svg.contains("keld replicated"), "{svg}");
}

#[test]
fn figures_are_shown_with_the_digits_that_matter() {
    let shown = |key: &str, value| shown(metric(key).unwrap(), value);
    assert_eq!(shown("mb_s", 1234.4), "1,234");
    assert_eq!(shown("mb_s", 2.83), "2.8");
    assert_eq!(shown("requests_s", 1_234_567.0), "1,234,567");
    assert_eq!(shown("p50_ms", 0.1234), "0.123");
    assert_eq!(factor(123.4), "123");
    assert_eq!(factor(0.0123), "0.012");
    let ratio = Ratio { median: 1.1, low: 0.9, high: 1.2, pairs: 5 };
    assert_eq!(ratio_text(ratio), "1.10× [0.90..1.20] ?");
}

#[test]
fn the_readme_of_the_project_tells_the_figures_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let all = super::results(&root.join(DIRECTORY)).unwrap();
    let wanted = short::filled(&readme, &all).expect("the README has a place for the table");
    assert!(readme == wanted, "run `cargo xtask bench report`: the table is of other figures");
}
