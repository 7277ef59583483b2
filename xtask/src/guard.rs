//! `cargo xtask guard [--renew]`: instruction counts of one produce and one fetch.
//!
//! Runs `bench/guard` under Callgrind, through gungraun, and compares each step with
//! `bench/guard/baseline.tsv`: a step that takes 2 % more fails, with both numbers. `--renew` writes
//! the counts of this tree as the new baselines; they are committed with what changed them.
//! Counts belong to one toolchain and processor family: the table says which, and on another
//! they are shown, not compared.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BASELINE: &str = "bench/guard/baseline.tsv";

/// More than this above the baseline fails.
const PERCENT_MAX: u64 = 2;

const HEAD: &str = "\
# Instructions of one produce and one fetch, step by step: name, count. Written by `cargo xtask guard --renew`.
";

/// Steps and their counts.
type Counts = BTreeMap<String, u64>;

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let renew = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--renew"] => true,
        _ => bail!("{arguments:?}: nothing, or --renew"),
    };
    let toolchain = toolchain()?;
    let counts = count()?;
    if renew {
        fs::write(BASELINE, write(&toolchain, &counts)).context(BASELINE)?;
        println!("{} steps written to {BASELINE}", counts.len());
        return Ok(());
    }
    let text = fs::read_to_string(BASELINE)
        .with_context(|| format!("{BASELINE}: write it with `cargo xtask guard --renew`"))?;
    let (of, baseline) = read(&text)?;
    let (table, failures) = compare(&baseline, &counts);
    print!("{table}");
    if of != toolchain {
        println!(
            "not compared: the baselines were counted with {of}, these with {toolchain}\n\
             counts of two kinds of machine differ by themselves; `cargo xtask guard --renew` on the \
             commit before a change gives baselines for this one"
        );
        return Ok(());
    }
    ensure!(
        failures.is_empty(),
        "{}\nif that is meant: `cargo xtask guard --renew`, and commit {BASELINE}",
        failures.join("\n")
    );
    Ok(())
}

/// Runs the benchmarks and reads what they counted.
fn count() -> Result<Counts> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let tools = fs::canonicalize(target.join("test-deps/gungraun/bin"))
        .context("gungraun-runner is not installed: run `keld-test-setup guard`")?;
    let home = std::path::absolute(target.join("gungraun"))?;
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    let mut path = tools.into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program)
        .args(["bench", "--quiet", "--package", "keld-guard", "--bench", "guard", "--"])
        .args(["--save-summary=json", "--nosummary=true"])
        .env("PATH", path)
        .env("GUNGRAUN_HOME", &home)
        .output()
        .context("run cargo bench")?;
    if !output.status.success() {
        let (out, err) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("cargo bench ended with {}:\n{out}{err}", output.status);
    }
    let mut counts = Counts::new();
    collect(&home, &mut counts)?;
    ensure!(!counts.is_empty(), "no counts below {}", home.display());
    Ok(counts)
}

/// Reads every summary below a folder.
fn collect(folder: &Path, counts: &mut Counts) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, counts)?;
        } else if path.file_name().is_some_and(|name| name == "summary.json") {
            let summary = serde_json::from_slice(&fs::read(&path)?)?;
            let (name, count) = of_summary(&summary).with_context(|| path.display().to_string())?;
            counts.insert(name, count);
        }
    }
    Ok(())
}

/// The step of a summary, and the instructions it took.
fn of_summary(summary: &Value) -> Result<(String, u64)> {
    let text = |field: &str| summary[field].as_str().with_context(|| format!("no {field}"));
    let name = format!("{} {}", text("function_name")?, text("id")?);
    let count = summary
        .pointer("/profiles/0/data/total/metrics/Ir/values/new")
        .and_then(Value::as_u64)
        .context("no count of instructions")?;
    Ok((name, count))
}

fn toolchain() -> Result<String> {
    let line = |program: &str| -> Result<String> {
        let output = Command::new(program).arg("--version").output();
        let output = output.with_context(|| format!("run {program} --version"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    Ok(format!("{}, {}, {}", line("rustc")?, line("valgrind")?, std::env::consts::ARCH))
}

fn write(toolchain: &str, counts: &Counts) -> String {
    let mut text = format!("{HEAD}# {toolchain}\n");
    for (name, count) in counts {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{name}\t{count}");
    }
    text
}

/// The toolchain and the counts of a table.
fn read(text: &str) -> Result<(String, Counts)> {
    let mut toolchain = String::new();
    let mut counts = Counts::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            comment.clone_into(&mut toolchain);
            continue;
        }
        let (name, count) = line.split_once('\t').with_context(|| format!("no tab in {line:?}"))?;
        let count = count.parse().with_context(|| format!("no count in {line:?}"))?;
        counts.insert(name.to_owned(), count);
    }
    Ok((toolchain, counts))
}

/// A table of both, and what fails.
fn compare(baseline: &Counts, counts: &Counts) -> (String, Vec<String>) {
    let mut table = String::new();
    let mut failures = Vec::new();
    for (name, count) in counts {
        let Some(before) = baseline.get(name) else {
            failures.push(format!("{name}: {count} instructions, and no baseline"));
            continue;
        };
        let percent = (*count as f64 / (*before).max(1) as f64 - 1.0) * 100.0;
        let row = format!("{name}: {before} -> {count} instructions ({percent:+.1} %)");
        let _ = writeln!(table, "  {row}");
        if count.saturating_mul(100) > before.saturating_mul(100 + PERCENT_MAX) {
            failures.push(format!("{row}, more than {PERCENT_MAX} % above the baseline"));
        }
    }
    for (name, before) in baseline.iter().filter(|(name, _)| !counts.contains_key(*name)) {
        failures.push(format!("{name}: {before} instructions before, and not counted any more"));
    }
    (table, failures)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pairs: &[(&str, u64)]) -> Counts {
        pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }

    #[test]
    fn two_percent_more_fails_with_both_numbers() {
        let baseline = counts(&[("a one", 10_000), ("b one", 10_000), ("c one", 10_000)]);
        let now = counts(&[("a one", 10_201), ("b one", 10_200), ("c one", 5_000)]);
        let (table, failures) = compare(&baseline, &now);
        assert_eq!(table.lines().count(), 3);
        assert_eq!(
            failures,
            ["a one: 10000 -> 10201 instructions (+2.0 %), more than 2 % above the baseline"]
        );
    }

    #[test]
    fn steps_without_a_counterpart_fail() {
        let (_, failures) = compare(&counts(&[("old", 1)]), &counts(&[("new", 2)]));
        assert_eq!(
            failures,
            [
                "new: 2 instructions, and no baseline",
                "old: 1 instructions before, and not counted any more"
            ]
        );
    }

    #[test]
    fn a_table_comes_back_as_it_was_written() {
        let held = counts(&[("a one", 1), ("b two", 22)]);
        let (toolchain, back) = read(&write("rustc 1", &held)).unwrap();
        assert_eq!((toolchain.as_str(), back), ("rustc 1", held));
        assert!(read("a one 5").is_err());
    }

    #[test]
    fn a_summary_names_its_step_and_its_instructions() {
        let summary = serde_json::json!({
            "function_name": "decode", "id": "one",
            "profiles": [{"data": {"total": {"metrics": {"Ir": {"values": {"new": 7}}}}}}],
        });
        assert_eq!(of_summary(&summary).unwrap(), ("decode one".to_owned(), 7));
        assert!(of_summary(&serde_json::json!({"function_name": "decode"})).is_err());
    }
}
