//! The fields of an answer as paths with values, read from its `Debug` form.
//!
//! Elements of lists are named by their key field where they have one, so that the order in which
//! a broker lists topics or configurations does not matter, and a missing one stands out.

use std::collections::BTreeMap;

/// Fields that name an element of a list.
const KEYS: [&str; 14] = [
    "api_key",
    "name",
    "topic",
    "topic_name",
    "topic_id",
    "partition_index",
    "partition",
    "partition_id",
    "index",
    "resource_name",
    "group_id",
    "node_id",
    "member_id",
    "key",
];

/// A value of the `Debug` form.
#[derive(Debug)]
enum Tree {
    Leaf(String),
    Struct(Vec<(String, Tree)>),
    List(Vec<Tree>),
}

/// Paths with values of a value's pretty `Debug` form.
pub(crate) fn flatten(debug: &str) -> BTreeMap<String, String> {
    let lines: Vec<&str> = debug.lines().map(str::trim).collect();
    let mut at = 0;
    let tree = parse(&lines, &mut at);
    let mut fields = BTreeMap::new();
    walk(&tree, String::new(), &mut fields);
    fields
}

fn parse(lines: &[&str], at: &mut usize) -> Tree {
    let line = lines.get(*at).copied().unwrap_or_default();
    *at += 1;
    parse_value(line, lines, at)
}

fn parse_value(text: &str, lines: &[&str], at: &mut usize) -> Tree {
    let is_quoted = text.starts_with('"') || text.starts_with("b\"");
    if !is_quoted && text.ends_with('{') {
        let mut fields = Vec::new();
        while let Some(line) = lines.get(*at).copied() {
            *at += 1;
            if line.starts_with('}') {
                break;
            }
            let (name, rest) = line.split_once(": ").unwrap_or(("", line));
            fields.push((name.to_owned(), parse_value(rest, lines, at)));
        }
        return Tree::Struct(fields);
    }
    if !is_quoted && (text.ends_with('[') || text.ends_with('(')) {
        let close = if text.ends_with('[') { ']' } else { ')' };
        let mut items = Vec::new();
        while let Some(line) = lines.get(*at).copied() {
            if line.starts_with(close) {
                *at += 1;
                break;
            }
            items.push(parse(lines, at));
        }
        if close == ')' && items.len() == 1 {
            return items.remove(0);
        }
        return Tree::List(items);
    }
    Tree::Leaf(text.trim_end_matches(',').to_owned())
}

fn walk(tree: &Tree, path: String, fields: &mut BTreeMap<String, String>) {
    match tree {
        Tree::Leaf(value) => {
            fields.insert(path, value.clone());
        }
        Tree::Struct(members) => {
            for (name, member) in members {
                let separator = if path.is_empty() { "" } else { "." };
                walk(member, format!("{path}{separator}{name}"), fields);
            }
        }
        Tree::List(items) => {
            if items.is_empty() {
                fields.insert(path, "[]".to_owned());
                return;
            }
            let mut seen: BTreeMap<String, usize> = BTreeMap::new();
            for (index, item) in items.iter().enumerate() {
                let name = key_of(item).unwrap_or_else(|| index.to_string());
                let times = seen.entry(name.clone()).or_insert(0);
                *times += 1;
                let name = if *times > 1 { format!("{name}#{times}") } else { name };
                walk(item, format!("{path}[{name}]"), fields);
            }
        }
    }
}

fn key_of(item: &Tree) -> Option<String> {
    let Tree::Struct(members) = item else { return None };
    let empty = ["\"\"", "None", "AAAAAAAAAAAAAAAAAAAAAA"];
    KEYS.iter().find_map(|key| {
        members.iter().find_map(|(name, member)| match member {
            Tree::Leaf(value)
                if name == key && (*key == "group_id" || !empty.contains(&value.as_str())) =>
            {
                Some(format!("{key}={}", value.trim_matches('"')))
            }
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::flatten;

    #[test]
    fn lists_are_keyed_and_order_does_not_matter() {
        #[derive(Debug)]
        struct Part {
            #[expect(dead_code, reason = "read through Debug")]
            name: &'static str,
            #[expect(dead_code, reason = "read through Debug")]
            size: Option<u8>,
        }
        let (one, two) = (Part { name: "a(", size: Some(1) }, Part { name: "b", size: None });
        let fields = flatten(&format!("{:#?}", [&one, &two]));
        assert_eq!(fields, flatten(&format!("{:#?}", [&two, &one])));
        assert_eq!(fields.get("[name=a(].size").map(String::as_str), Some("1"));
    }
}
