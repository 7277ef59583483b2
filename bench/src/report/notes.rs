//! What people write beside the figures: `notes.md`, which no command writes.
//!
//! A part begins with a heading of the second order, whose text is where it goes: `overview`, the id
//! of a scenario (`p1`), or a profile (`p1-flame`).

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

/// The file of the notes, beside the raw lines.
const FILE: &str = "notes.md";

/// Texts by where they go.
#[derive(Debug, Default)]
pub(super) struct Notes(BTreeMap<String, String>);

impl Notes {
    /// The notes of a folder; none without the file.
    pub(super) fn read(directory: &Path) -> anyhow::Result<Self> {
        let path = directory.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| format!("read {}", path.display())),
        }
    }

    fn parse(text: &str) -> Self {
        let mut parts: BTreeMap<String, String> = BTreeMap::new();
        let mut name = None;
        for line in text.lines() {
            if let Some(heading) = line.strip_prefix("## ") {
                name = Some(heading.trim().to_lowercase());
            } else if let Some(name) = &name {
                let part = parts.entry(name.clone()).or_default();
                part.push_str(line);
                part.push('\n');
            }
        }
        Self(parts)
    }

    /// The paragraphs that go to a place, with an empty line before them; nothing without any.
    pub(super) fn paragraphs(&self, place: &str) -> String {
        let text = self.0.get(place).map_or("", |text| text.trim());
        if text.is_empty() { String::new() } else { format!("\n{text}\n") }
    }
}

#[cfg(test)]
mod tests {
    use super::Notes;

    #[test]
    fn parts_go_to_where_their_heading_says() {
        let notes =
            Notes::parse("# Notes\n\nNot shown.\n\n## P1\n\nOne.\nTwo.\n\n## p6\n\n## p4\nX\n");
        assert_eq!(notes.paragraphs("p1"), "\nOne.\nTwo.\n");
        assert_eq!(notes.paragraphs("p4"), "\nX\n");
        assert_eq!(notes.paragraphs("p6"), "");
        assert_eq!(notes.paragraphs("p9"), "");
    }
}
