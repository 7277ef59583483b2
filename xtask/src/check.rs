//! `cargo xtask check`: everything that holds for every commit but the tests themselves.

use std::process::Command;

use anyhow::{Context, bail};

use crate::{codegen, docs, layers, tidy};

/// Runs the verb: all steps, even after one failed, so that one run tells everything.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    if !arguments.is_empty() {
        bail!("check takes no arguments, not {arguments:?}");
    }
    let flag = ["--check".to_owned()];
    let steps: [(&str, &dyn Fn() -> anyhow::Result<()>); 6] = [
        ("tidy", &tidy::run),
        ("layers", &layers::run),
        ("codegen --check", &|| codegen::run(&flag)),
        ("docs --check", &|| docs::run(&flag)),
        ("rustfmt", &|| cargo(&["fmt", "--all", "--check"])),
        ("clippy", &|| {
            cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"])
        }),
    ];
    let mut failed = Vec::new();
    for (name, step) in steps {
        match step() {
            Ok(()) => println!("ok      {name}"),
            Err(error) => {
                println!("FAILED  {name}\n{error:#}");
                failed.push(name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(arguments).status().context("run cargo")?;
    if !status.success() {
        bail!("cargo {} failed", arguments.join(" "));
    }
    Ok(())
}
