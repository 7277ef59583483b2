//! `cargo xtask docs [--check]`: writes `docs/config.md` from the table of options; with `--check`
//! it only compares.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail, ensure};

/// Runs the verb.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        other => bail!("docs takes nothing or --check, not {other:?}"),
    };
    let path = Path::new(keld_config::DOCUMENT_PATH);
    let text = keld_config::render_document();
    let fresh = fs::read_to_string(path).ok().as_ref() == Some(&text);
    if check {
        ensure!(fresh, "{} is out of date, run `cargo xtask docs`", path.display());
        return Ok(());
    }
    if !fresh {
        fs::write(path, text).with_context(|| format!("write {}", path.display()))?;
        println!("wrote {}", path.display());
    }
    Ok(())
}
