//! `cargo xtask tidy`: rules about the text of the tree that no compiler checks.
//!
//! Each source begins with `//!`; sans-IO crates name nothing worldly and no map of random order;
//! nothing unfinished is marked; documents have one first heading and name only paths that exist;
//! no file is large unless generated; every dependency is explained in `docs/dependencies.md`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use regex::Regex;

use crate::layers::SANS_IO;

/// Largest file that is not generated.
const BYTES_MAX: u64 = 256 * 1024;

/// What may be larger: generated or locked.
const LARGE: [&str; 5] =
    ["Cargo.lock", "crates/wire/src/", "crates/wire/schemas/", "docs/config.md", "tests/"];

/// Words that mark unfinished work or forbidden things, spelt so that this file does not hold them.
const BANNED: [(&str, &str); 6] = [
    (concat!("FIX", "ME"), "fix it, or open an issue and say why it can wait"),
    (concat!("XX", "X:"), "fix it, or open an issue and say why it can wait"),
    (concat!("TO", "DO"), "finish it, or open an issue and leave no mark"),
    (concat!("#[ig", "nore"), "make the test run, or delete it"),
    (concat!("to", "do!("), "finish it"),
    (concat!("unimple", "mented!("), "finish it"),
];

/// What sans-IO crates may not name outside tests.
const WORLDLY: [&str; 11] = [
    "Instant",
    "std::fs",
    "std::thread",
    "std::env::",
    "std::process",
    "tokio::",
    "rand::",
    "HashMap",
    "HashSet",
    "TcpStream",
    "SystemTime",
];

/// Runs the verb.
pub(crate) fn run() -> anyhow::Result<()> {
    let files = tracked_files()?;
    let mut problems = Vec::new();
    for file in &files {
        let path = Path::new(file);
        let Ok(metadata) = path.metadata() else { continue };
        let may_be_large = LARGE.iter().any(|prefix| file.starts_with(prefix));
        if metadata.len() > BYTES_MAX && !may_be_large {
            problems.push(format!("{file}: larger than {BYTES_MAX} bytes"));
        }
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
        if !matches!(extension, "rs" | "md" | "toml" | "tsv" | "sh" | "py" | "go" | "js" | "java") {
            continue;
        }
        let Ok(text) = fs::read_to_string(path) else { continue };
        problems.extend(check_text(file, &text));
        if extension == "md" {
            problems.extend(check_document(file, &text, &|path| Path::new(path).exists()));
        }
    }
    problems.extend(check_dependencies(
        &fs::read_to_string("Cargo.toml").context("read Cargo.toml")?,
        &fs::read_to_string("docs/dependencies.md").unwrap_or_default(),
    ));
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(())
}

/// Files of the working tree that are not ignored.
fn tracked_files() -> anyhow::Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("run git ls-files")?;
    ensure!(output.status.success(), "git ls-files failed");
    let text = String::from_utf8(output.stdout).context("read git ls-files")?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn check_text(file: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let is_rust = file.ends_with(".rs");
    let is_generated = text.starts_with("// Written by `cargo xtask codegen`");
    if is_rust && !is_generated && !text.starts_with("//!") {
        problems.push(format!("{file}: must begin with `//!`"));
    }
    let sans_io = SANS_IO.iter().any(|name| file.starts_with(&format!("crates/{name}/src/")))
        && is_rust
        && !is_test_file(file);
    // Unit tests stand at the end of a file; what follows is theirs.
    let tests_at = text.lines().position(|line| line.trim() == "#[cfg(test)]");
    for (at, line) in text.lines().enumerate() {
        for (word, advice) in BANNED {
            if line.contains(word) {
                problems.push(format!("{file}:{}: `{word}`: {advice}", at + 1));
            }
        }
        let is_code =
            !line.trim_start().starts_with("//") && tests_at.is_none_or(|tests| at < tests);
        if sans_io && is_code {
            for word in WORLDLY.iter().filter(|word| names(line, word)) {
                problems.push(format!("{file}:{}: `{word}` in a sans-IO crate", at + 1));
            }
        }
        if line.ends_with([' ', '\t']) && (is_rust || file.ends_with(".toml")) {
            problems.push(format!("{file}:{}: blanks at the end of the line", at + 1));
        }
    }
    problems
}

/// The word stands in the line by itself, not as a part of a longer name.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let joins = |letter: Option<char>| letter.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !joins(before) && (word.ends_with(':') || !joins(after))
    })
}

fn is_test_file(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

fn check_document(file: &str, text: &str, exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut problems = Vec::new();
    let mut fenced = false;
    let mut headings = 0;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            headings += usize::from(line.starts_with("# "));
            prose.push_str(line);
            prose.push('\n');
        }
    }
    if headings != 1 {
        problems.push(format!("{file}: {headings} first headings, must be one"));
    }
    for quoted in prose.split('`').skip(1).step_by(2) {
        let ours = ["crates/", "docs/", "xtask/", "tests/", "bench/", ".ci/"];
        if !ours.iter().any(|folder| quoted.starts_with(folder)) {
            continue;
        }
        // A pattern (`docs/design/<crate>.md`, `tests/*/run`) or a sentence names no one path.
        if quoted.contains(['<', '*', '{', ' ', '$']) {
            continue;
        }
        let path = quoted.split([':', '#']).next().unwrap_or(quoted);
        // A crate's own page may name paths from the crate's root.
        let own = file
            .strip_prefix("docs/design/")
            .and_then(|page| page.strip_suffix(".md"))
            .map(|name| format!("crates/{name}/{path}"));
        if !exists(path) && !own.is_some_and(|own| exists(&own)) {
            problems.push(format!("{file}: names `{path}`, which does not exist"));
        }
    }
    problems
}

/// Every outside dependency of the workspace has a line ``| `name` |`` in the document.
fn check_dependencies(manifest: &str, document: &str) -> Vec<String> {
    let name = Regex::new(r"^([A-Za-z0-9_-]+)\s*=").expect("a constant pattern");
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| name.captures(line).map(|found| found[1].to_owned()))
        .filter(|name| !name.starts_with("keld-"))
        .filter(|name| !document.contains(&format!("| `{name}` |")))
        .map(|name| format!("docs/dependencies.md: no line for `{name}`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_begin_with_their_purpose_and_hold_no_marks() {
        assert_eq!(check_text("a.rs", "//! A.\nfn a() {}\n"), [""; 0]);
        assert_eq!(check_text("a.rs", "fn a() {}\n"), ["a.rs: must begin with `//!`"]);
        let marked = format!("//! A.\n// {}\n", BANNED[0].0);
        assert_eq!(check_text("a.rs", &marked).len(), 1);
        assert_eq!(check_text("a.rs", "//! A. \n").len(), 1);
    }

    #[test]
    fn sans_io_crates_name_nothing_worldly_outside_tests() {
        let file = "crates/raft/src/a.rs";
        let found = |line: &str| check_text(file, &format!("//! A.\n{line}\n")).len();
        assert_eq!(found("use std::time::Instant;"), 1);
        assert_eq!(found("let x: HashMap<u8, u8>;"), 1);
        assert_eq!(found("let x: MyHashMapped;"), 0);
        assert_eq!(found("use std::time::Duration;"), 0);
        assert_eq!(found("// Instant is not used"), 0);
        assert_eq!(found("#[cfg(test)]\nuse std::fs;"), 0);
        assert_eq!(check_text("crates/log/src/a.rs", "//! A.\nuse std::fs;\n").len(), 0);
    }

    #[test]
    fn documents_have_one_heading_and_name_real_paths() {
        let check = |text: &str| check_document("a.md", text, &|path| path == "docs/a.md");
        assert_eq!(check("# A\n`docs/a.md` `docs/a.md:7` `docs/<x>.md`\n```\n# b\n```\n").len(), 0);
        assert_eq!(check("# A\n`docs/b.md`\n"), ["a.md: names `docs/b.md`, which does not exist"]);
        let page = |path: &str| {
            check_document("docs/design/log.md", &format!("# A\n`{path}`\n"), &|path| {
                path == "crates/log/tests/it/a.rs"
            })
        };
        assert_eq!((page("tests/it/a.rs").len(), page("tests/it/b.rs").len()), (0, 1));
        assert_eq!(check("# A\n# B\n").len(), 1);
        assert_eq!(check("text\n").len(), 1);
    }

    #[test]
    fn dependencies_need_a_line() {
        let manifest = "[workspace.dependencies]\nkeld-a = \"1\"\nbytes = \"1\"\n\n# x\nsnap = \"1\"\n[profile.dev]\nx = 1\n";
        assert_eq!(
            check_dependencies(manifest, "| `bytes` | why |"),
            ["docs/dependencies.md: no line for `snap`"]
        );
    }
}
