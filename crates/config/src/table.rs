//! Reads `definitions.tsv`, which is part of the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::definition::{Definition, Importance, Kind, Scope, UpdateMode};
use crate::support::Support;
use crate::validator::Validator;

const TABLE: &str = include_str!("../definitions.tsv");

/// Every option: brokers', topics', groups', client metrics', each scope sorted by name.
pub static DEFINITIONS: LazyLock<Vec<Definition>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| parse(line).expect("the built-in table is well formed, which a test checks"))
        .collect()
});

static BY_NAME: LazyLock<BTreeMap<(Scope, &'static str), &'static Definition>> =
    LazyLock::new(|| DEFINITIONS.iter().map(|row| ((row.scope, row.name), row)).collect());

/// The definition of `name` in `scope`.
pub fn definition(scope: Scope, name: &str) -> Option<&'static Definition> {
    BY_NAME.get(&(scope, name)).copied()
}

/// All definitions of `scope`, sorted by name, Kafka's before Keld's own.
pub fn definitions_of(scope: Scope) -> impl Iterator<Item = &'static Definition> {
    DEFINITIONS.iter().filter(move |row| row.scope == scope)
}

fn parse(line: &'static str) -> Option<Definition> {
    let mut columns = line.split('\t');
    let mut next = || columns.next();
    let scope = match next()? {
        "broker" => Scope::Broker,
        "topic" => Scope::Topic,
        "group" => Scope::Group,
        "client-metrics" => Scope::ClientMetrics,
        _ => return None,
    };
    let name = next()?;
    let kind = match next()? {
        "boolean" => Kind::Boolean,
        "string" => Kind::String,
        "int" => Kind::Int,
        "short" => Kind::Short,
        "long" => Kind::Long,
        "double" => Kind::Double,
        "list" => Kind::List,
        "class" => Kind::Class,
        "password" => Kind::Password,
        _ => return None,
    };
    let default = next()?;
    Some(Definition {
        scope,
        name,
        kind,
        default: (default != "~" && default != "!").then_some(default),
        required: default == "!",
        validator: Validator::from_column(next()?)?,
        importance: match next()? {
            "high" => Importance::High,
            "medium" => Importance::Medium,
            "low" => Importance::Low,
            _ => return None,
        },
        internal: match next()? {
            "internal" => true,
            "-" => false,
            _ => return None,
        },
        update_mode: match next()? {
            "read-only" => UpdateMode::ReadOnly,
            "per-broker" => UpdateMode::PerBroker,
            "cluster-wide" => UpdateMode::ClusterWide,
            "dynamic" => UpdateMode::Dynamic,
            _ => return None,
        },
        support: Support::from_column(next()?)?,
        documentation: next()?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::value::Value;

    #[test]
    fn every_row_of_the_table_is_understood() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            assert!(parse(line).is_some(), "not understood: {line}");
            assert_eq!(line.split('\t').count(), 10, "columns of: {line}");
        }
    }

    #[test]
    fn names_are_unique_and_documented() {
        let mut seen = BTreeSet::new();
        for row in DEFINITIONS.iter() {
            assert!(seen.insert((row.scope, row.name)), "{} stands twice", row.name);
            assert!(row.documentation.len() > 14, "{} is not documented", row.name);
            assert!(row.documentation.ends_with('.'), "{} lacks a full stop", row.name);
        }
        let kafkas = definitions_of(Scope::Topic).filter(|row| !row.name.starts_with("keld."));
        assert_eq!(kafkas.count(), 34);
        assert_eq!(definitions_of(Scope::Group).count(), 17);
        assert_eq!(definitions_of(Scope::ClientMetrics).count(), 3);
        let kafkas = definitions_of(Scope::Broker).filter(|row| !row.name.starts_with("keld."));
        assert_eq!(kafkas.count(), 363, "360 static ones and three dynamic throttles");
    }

    #[test]
    fn every_default_is_a_valid_value() {
        // These are checked only when set; Kafka's own defaults do not pass its checks.
        let exempt = ["controller.listener.names"];
        for row in DEFINITIONS.iter().filter(|row| !row.required && !exempt.contains(&row.name)) {
            let value = row.default.map(|text| Value::parse(row.name, text, row.kind));
            let value = value.transpose().expect("a default parses");
            assert_eq!(row.validator.check(row.name, value.as_ref()), Ok(()), "{}", row.name);
        }
    }
}
