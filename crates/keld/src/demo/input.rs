//! Where the demo's events come from: the file the user names, else the machine's own logs.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Bytes read at the most: the demo is a demonstration, not an import.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The lines of one file.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// Whether the file was longer than what the demo reads.
    pub(crate) cut: bool,
}

impl Source {
    /// The name events carry when their line names no program.
    pub(crate) fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or("input")
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.lines()
    }
}

/// Reads the file the user asked for; an empty one is refused, as there would be nothing to show.
pub(crate) fn named(path: &Path) -> anyhow::Result<Vec<Source>> {
    let source = read(path, BYTES_MAX)
        .with_context(|| format!("cannot read {}: name a readable text file", path.display()))?;
    if source.text.lines().next().is_none() {
        bail!("{} has no lines: name a file with at least one", path.display());
    }
    Ok(vec![source])
}

/// The readable, non-empty text logs below `dir`, largest first, within the demo's budget.
pub(crate) fn system_logs(dir: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    collect(dir, 0, &mut found);
    found.sort_by_key(|(bytes, path)| (std::cmp::Reverse(*bytes), path.clone()));
    let mut budget = BYTES_MAX;
    let mut sources = Vec::new();
    for (_, path) in found {
        let Ok(source) = read(&path, budget) else { continue };
        if source.text.lines().next().is_some() {
            budget = budget.saturating_sub(source.text.len() as u64);
            sources.push(source);
        }
    }
    sources
}

/// Keld's own log of this process so far, for a machine that shows no logs.
pub(crate) fn own_log(captured: &crate::logging::Captured) -> Source {
    Source { path: PathBuf::from("keld.log"), text: captured.text(), cut: false }
}

fn collect(dir: &Path, depth: u32, found: &mut Vec<(u64, PathBuf)>) {
    const DEPTH_MAX: u32 = 3;
    const FILES_MAX: usize = 1000;
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
        if kind.is_dir() && depth < DEPTH_MAX {
            collect(&path, depth + 1, found);
        } else if kind.is_file() && found.len() < FILES_MAX {
            let is_log = path.extension().is_some_and(|ending| ending == "log" || ending == "txt")
                || ["syslog", "messages", "auth", "kern", "daemon"]
                    .iter()
                    .any(|name| path.file_name().is_some_and(|file| file == *name));
            let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
            if is_log && bytes > 0 {
                found.push((bytes, path));
            }
        }
    }
}

/// Bytes that are not UTF-8 are replaced: logs are text, and a byte wrong is no reason to stop.
fn read(path: &Path, bytes_max: u64) -> std::io::Result<Source> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    let cut = bytes.len() as u64 > bytes_max;
    if cut {
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        bytes.truncate(whole);
    }
    Ok(Source { path: path.to_owned(), text: String::from_utf8_lossy(&bytes).into_owned(), cut })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_logs_and_leaves_out_the_rest() {
        let dir = tempfile::tempdir().expect("temporary directory");
        for (name, text) in
            [("a.log", "one\ntwo\n"), ("b.bin", "x"), ("empty.log", ""), ("syslog", "three\n")]
        {
            fs::write(dir.path().join(name), text).expect("write");
        }
        let names: Vec<_> =
            system_logs(dir.path()).iter().map(|source| source.name().to_owned()).collect();
        assert_eq!(names, ["a.log", "syslog"]);
    }

    #[test]
    fn refuses_what_holds_no_lines() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let path = dir.path().join("empty");
        fs::write(&path, "").expect("write");
        assert!(named(&path).is_err_and(|error| error.to_string().contains("no lines")));
        let absent = named(&dir.path().join("absent")).expect_err("absent");
        assert!(absent.to_string().contains("cannot read"), "{absent}");
    }
}
