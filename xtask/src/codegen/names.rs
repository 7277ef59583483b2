//! Rust names for Kafka's names.

/// `TopicData` becomes `topic_data`, `KRaftVersion` becomes `kraft_version`.
pub(crate) fn snake(name: &str) -> String {
    let name = name.replace("KRaft", "Kraft");
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| letters[before]);
        let after_small = before.is_some_and(|before| !before.is_uppercase());
        let before_small = letters.get(index + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && before.is_some() && (after_small || before_small) {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// The snake-case name of a field, usable as an identifier.
pub(crate) fn field(name: &str) -> String {
    match snake(name).as_str() {
        word @ ("type" | "match" | "move" | "ref" | "use") => format!("r#{word}"),
        word => word.to_owned(),
    }
}
