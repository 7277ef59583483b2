//! The list of deliberate differences.

/// One line of `differences.txt`.
#[derive(Debug)]
pub(crate) struct Deliberate {
    step: String,
    path: String,
    line: String,
    used: bool,
}

/// The lines of `differences.txt`: `step | path | reason`, with `*` for any text.
pub(crate) fn read() -> Vec<Deliberate> {
    include_str!("differences.txt")
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut parts = line.splitn(3, " | ").map(str::trim);
            let mut next = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
            match (next(), next(), next()) {
                (Some(step), Some(path), Some(_)) => {
                    Deliberate { step, path, line: line.to_owned(), used: false }
                }
                _ => panic!("not `step | path | reason`: {line}"),
            }
        })
        .collect()
}

/// Whether a listed difference covers this one; notes that it was used.
pub(crate) fn covers(list: &mut [Deliberate], step: &str, path: &str) -> bool {
    let found = list.iter_mut().find(|one| matches(&one.step, step) && matches(&one.path, path));
    match found {
        Some(one) => {
            one.used = true;
            true
        }
        None => false,
    }
}

/// Lines that covered nothing.
pub(crate) fn unused(list: &[Deliberate]) -> Vec<String> {
    list.iter().filter(|one| !one.used).map(|one| one.line.clone()).collect()
}

/// Whether `text` fits `pattern`, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_any_text() {
        assert!(matches("a*c", "abbc"));
        assert!(matches("*", ""));
        assert!(matches("a", "a"));
        assert!(!matches("a*c", "abd"));
        assert!(!matches("a", "ab"));
        assert!(matches("*.b.*", "a.b.c"));
    }
}
