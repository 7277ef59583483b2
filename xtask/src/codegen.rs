//! `cargo xtask codegen [--check]`: writes the Rust of `crates/wire` and `docs/protocol.md` from
//! the schemas in `crates/wire/schemas`; with `--check` it only compares.
//!
//! The output is committed, formatted with rustfmt, and a pure function of the schemas.

mod api;
mod message;
mod names;
mod shapes;
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

use crate::schema::Message;

const SCHEMAS: &str = "crates/wire/schemas";
const SOURCE: &str = "crates/wire/src";
const HEADER: &str =
    "// Written by `cargo xtask codegen` from `crates/wire/schemas`; edit the schemas instead.\n";

/// Messages by module (`messages`, `metadata_records`, ...) in order of their names.
type Groups = BTreeMap<String, Vec<Message>>;

/// Runs the verb.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        other => bail!("codegen takes nothing or --check, not {other:?}"),
    };
    let groups = load(Path::new(SCHEMAS))?;
    let files = format(generate(&groups)?)?;
    let owned: Vec<PathBuf> = groups.keys().map(|group| Path::new(SOURCE).join(group)).collect();
    let mut stale = Vec::new();
    for folder in &owned {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry?.path();
            if !files.contains_key(&path) {
                stale.push(path);
            }
        }
    }
    let changed: Vec<&PathBuf> = files
        .iter()
        .filter(|(path, text)| fs::read_to_string(path).ok().as_ref() != Some(*text))
        .map(|(path, _)| path)
        .collect();
    if check {
        ensure!(
            changed.is_empty() && stale.is_empty(),
            "generated files are out of date, run `cargo xtask codegen`: {changed:?} {stale:?}"
        );
        return Ok(());
    }
    for path in &changed {
        fs::create_dir_all(path.parent().context("a generated file has a folder")?)?;
        fs::write(path, &files[*path])?;
    }
    for path in &stale {
        fs::remove_file(path)?;
    }
    println!("{} files, {} changed, {} removed", files.len(), changed.len(), stale.len());
    Ok(())
}

fn load(root: &Path) -> anyhow::Result<Groups> {
    let mut groups = Groups::new();
    for folder in fs::read_dir(root).with_context(|| root.display().to_string())? {
        let folder = folder?.path();
        let group = folder.file_name().and_then(|name| name.to_str()).context("a folder's name")?;
        let mut messages = Vec::new();
        for file in fs::read_dir(&folder)? {
            let path = file?.path();
            let text = fs::read_to_string(&path)?;
            let message = Message::parse(&text)
                .map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
            messages.push(message);
        }
        messages.sort_by(|a, b| a.name.cmp(&b.name));
        groups.insert(group.to_owned(), messages);
    }
    Ok(groups)
}

fn generate(groups: &Groups) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::new();
    let source = Path::new(SOURCE);
    for (group, messages) in groups {
        for message in messages {
            let file = source.join(group).join(format!("{}.rs", names::snake(&message.name)));
            let text = message::module(message).with_context(|| message.name.clone())?;
            files.insert(file, format!("{HEADER}{text}"));
        }
        let module = tables::module(group, messages);
        files.insert(source.join(format!("{group}.rs")), format!("{HEADER}{module}"));
    }
    let apis = api::apis(&groups["messages"])?;
    files.insert(source.join("api_key.rs"), format!("{HEADER}{}", api::key(&apis)));
    files.insert(source.join("request.rs"), format!("{HEADER}{}", api::request(&apis)));
    files.insert(source.join("response.rs"), format!("{HEADER}{}", api::response(&apis)));
    files.insert(source.join("shapes.rs"), format!("{HEADER}{}", shapes::shapes(groups)));
    let every = tables::every(groups);
    files.insert("crates/wire/tests/it/every.rs".into(), format!("{HEADER}{every}"));
    files.insert("docs/protocol.md".into(), tables::document(&apis, groups));
    Ok(files)
}

/// Formats all Rust files with one call of rustfmt.
fn format(files: BTreeMap<PathBuf, String>) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let scratch = std::env::temp_dir().join(format!("keld-codegen-{}", std::process::id()));
    fs::create_dir_all(&scratch)?;
    let numbered: Vec<(PathBuf, PathBuf)> = files
        .keys()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .enumerate()
        .map(|(number, path)| (path.clone(), scratch.join(format!("f{number}.rs"))))
        .collect();
    let mut arguments = Vec::new();
    for (path, copy) in &numbered {
        // `mod x;` would make rustfmt look for files: hidden from it, and put back below.
        fs::write(copy, files[path].replace("pub mod ", "pub use mod_"))?;
        arguments.push(copy);
    }
    let config = fs::canonicalize("rustfmt.toml")?;
    let status = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(config)
        .args(arguments)
        .status()
        .context("rustfmt cannot be run")?;
    ensure!(status.success(), "rustfmt: {status}; its input is in {}", scratch.display());
    let mut formatted = files.clone();
    for (path, copy) in &numbered {
        let text = fs::read_to_string(copy)?.replace("pub use mod_", "pub mod ");
        formatted.insert(path.clone(), text);
    }
    fs::remove_dir_all(&scratch)?;
    Ok(formatted)
}
