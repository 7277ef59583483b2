//! The page of the profiles: flame graphs, what functions took, and what people write about them.

use std::path::Path;

use serde_json::Value;

use super::notes::Notes;
use crate::profile::FILE;

/// The page, if there are profiles.
pub(super) fn of(directory: &Path, notes: &Notes) -> anyhow::Result<Option<String>> {
    let Ok(raw) = std::fs::read_to_string(directory.join(FILE)) else { return Ok(None) };
    let mut text = String::from(
        "# Where the broker's time goes\n\n\
         `perf` samples of the processor time of a Keld node under load, 997 a second of each processor, with kernel functions; made by `cargo xtask bench profile` with a build that has names and frame pointers.\n\
         A flame graph shows what called what: the width of a bar is its share; open the SVG by itself to look closer.\n",
    );
    for line in raw.lines().filter(|line| !line.is_empty()) {
        text.push_str(&part(&serde_json::from_str(line)?, notes));
    }
    Ok(Some(text))
}

fn part(profile: &Value, notes: &Notes) -> String {
    let word = |key: &str| profile[key].as_str().unwrap_or_default().to_owned();
    let name = format!("{}-flame", word("id"));
    let mut text = format!("\n## {}\n\n![{name}]({name}.svg)\n", word("title"));
    text.push_str(&notes.paragraphs(&name));
    text.push_str(&format!(
        "\n{} s of processor time, {}; what functions took by themselves, without what they called:\n\n| function | % of the time |\n|---|---|\n",
        profile["seconds"],
        word("session")
    ));
    for function in profile["functions"].as_array().into_iter().flatten() {
        let name = function[0].as_str().unwrap_or_default().replace('|', "\\|");
        text.push_str(&format!("| `{name}` | {:.1} |\n", function[1].as_f64().unwrap_or(0.0)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_shows_its_graph_and_functions() {
        let directory = tempfile::tempdir().unwrap();
        let notes = Notes::read(directory.path()).unwrap();
        assert_eq!(of(directory.path(), &notes).unwrap(), None);
        let line = r#"{"id":"p1","title":"P1: raw","seconds":1.5,"session":"now","functions":[["copy",60.0]]}"#;
        std::fs::write(directory.path().join(FILE), line).unwrap();
        std::fs::write(directory.path().join("notes.md"), "## p1-flame\nMostly copies.\n").unwrap();
        let notes = Notes::read(directory.path()).unwrap();
        let page = of(directory.path(), &notes).unwrap().unwrap();
        assert!(page.contains("![p1-flame](p1-flame.svg)\n\nMostly copies.\n"), "{page}");
        assert!(page.contains("| `copy` | 60.0 |"), "{page}");
    }
}
