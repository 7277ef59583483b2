//! `cargo xtask layers`: a crate depends on crates of strictly lower layers only, and sans-IO
//! crates on nothing that touches the world. The table below is the one of `ARCHITECTURE.md`.
//!
//! Development dependencies are checked too, but for `keld-testkit`, which tests of any crate may
//! use.

use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

/// Each crate with its layer.
const LAYERS: [(&str, u8); 18] = [
    ("keld-types", 0),
    ("keld-scenario", 0),
    ("keld-record", 1),
    ("keld-wire", 1),
    ("keld-config", 1),
    ("keld-metadata", 2),
    ("keld-raft", 2),
    ("keld-env", 2),
    ("keld-log", 3),
    ("keld-controller", 3),
    ("keld-coordinator", 3),
    ("keld-net", 3),
    ("keld-replication", 4),
    ("keld-client", 4),
    ("keld-broker", 5),
    ("keld-cli", 5),
    ("keld", 6),
    ("keld-testkit", 7),
];

/// Members that stand outside the layers: tools and measurements.
const OUTSIDE: [&str; 3] = ["xtask", "keld-bench", "keld-guard"];

/// Crates that decide and touch nothing: folders below `crates/`.
pub(crate) const SANS_IO: [&str; 8] =
    ["types", "record", "wire", "config", "metadata", "raft", "controller", "coordinator"];

/// What sans-IO crates may not depend on.
const WORLDLY: [&str; 9] =
    ["tokio", "tokio-util", "rand", "uuid", "rustix", "jiff", "axum", "keld-env", "signal-hook"];

/// Runs the verb.
pub(crate) fn run() -> anyhow::Result<()> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .output()
        .context("run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout).context("read cargo metadata")?;
    let problems = check(&metadata);
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

fn check(metadata: &Value) -> Vec<String> {
    let layer = |name: &str| LAYERS.iter().find(|(known, _)| *known == name).map(|(_, at)| *at);
    let mut problems = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        if OUTSIDE.contains(&name) {
            continue;
        }
        let Some(own) = layer(name) else {
            problems.push(format!("{name} has no layer in xtask/src/layers.rs"));
            continue;
        };
        let sans_io = name.strip_prefix("keld-").is_some_and(|short| SANS_IO.contains(&short));
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let on = dependency["name"].as_str().unwrap_or_default();
            let for_tests = dependency["kind"].as_str() == Some("dev");
            if sans_io && !for_tests && WORLDLY.contains(&on) {
                problems.push(format!("{name} is sans-IO and may not depend on {on}"));
            }
            let Some(other) = layer(on) else { continue };
            if for_tests && on == "keld-testkit" {
                continue;
            }
            if other >= own {
                problems.push(format!("{name} (layer {own}) depends on {on} (layer {other})"));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, on: &str, kind: Option<&str>) -> Value {
        serde_json::json!({ "packages": [
            { "name": name, "dependencies": [{ "name": on, "kind": kind }] }
        ] })
    }

    #[test]
    fn edges_upwards_and_sideways_are_found() {
        assert_eq!(
            check(&package("keld-log", "keld-broker", None)),
            ["keld-log (layer 3) depends on keld-broker (layer 5)"]
        );
        assert_eq!(check(&package("keld-log", "keld-net", Some("dev"))).len(), 1);
        assert_eq!(check(&package("keld-log", "keld-env", None)).len(), 0);
        assert_eq!(check(&package("keld-log", "keld-testkit", Some("dev"))).len(), 0);
        assert_eq!(check(&package("keld-log", "keld-testkit", None)).len(), 1);
    }

    #[test]
    fn sans_io_crates_stay_out_of_the_world() {
        assert_eq!(
            check(&package("keld-raft", "tokio", None)),
            ["keld-raft is sans-IO and may not depend on tokio"]
        );
        assert_eq!(check(&package("keld-raft", "tokio", Some("dev"))).len(), 0);
        assert_eq!(check(&package("keld-new", "bytes", None)).len(), 1);
    }
}
