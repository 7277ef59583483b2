//! All values of one scope, parsed and checked one by one.

use std::collections::{BTreeMap, BTreeSet};

use crate::definition::{Definition, Scope};
use crate::error::ConfigError;
use crate::support::Warning;
use crate::table::{definition, definitions_of};
use crate::validator::Validator;
use crate::value::Value;

/// Values by name; null where there is none.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    values: BTreeMap<&'static str, Option<Value>>,
    pub(crate) warnings: Vec<Warning>,
}

impl Parsed {
    /// Parses and checks every option of `scope`, defaults where `given` has none.
    pub(crate) fn new(scope: Scope, given: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        Self::of(definitions_of(scope), given)
    }

    /// The same over a choice of options.
    pub(crate) fn of(
        definitions: impl Iterator<Item = &'static Definition>,
        given: &BTreeMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let mut parsed = Self { values: BTreeMap::new(), warnings: Vec::new() };
        for row in definitions {
            let given = given.get(row.name).map(String::as_str);
            if given.is_none() && row.required {
                return Err(ConfigError::Missing { name: row.name.to_owned() });
            }
            let value = given.or(row.default).map(|text| Value::parse(row.name, text, row.kind));
            let value = value.transpose()?.map(|value| parsed.without_duplicates(row, value));
            row.validator.check(row.name, value.as_ref())?;
            parsed.values.insert(row.name, value);
        }
        Ok(parsed)
    }

    fn without_duplicates(&mut self, row: &Definition, value: Value) -> Value {
        let (Validator::List(_), Value::List(items)) = (&row.validator, &value) else {
            return value;
        };
        let mut seen = BTreeSet::new();
        let unique: Vec<String> = items.iter().filter(|item| seen.insert(*item)).cloned().collect();
        if unique.len() == items.len() {
            return value;
        }
        self.warnings.push(Warning {
            name: row.name.to_owned(),
            message: format!("duplicate values are removed from {}", items.join(",")),
        });
        Value::List(unique)
    }

    /// A value by name; asking for an unknown name or a wrong type is a mistake in this crate,
    /// which building any `NodeConfig` or `TopicConfig` in a test shows.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        match self.values.get(name) {
            Some(value) => value.as_ref(),
            None => panic!("{name} is not in the table"),
        }
    }

    pub(crate) fn boolean(&self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Boolean(value)) => *value,
            other => panic!("{name} is no boolean: {other:?}"),
        }
    }

    pub(crate) fn int(&self, name: &str) -> i32 {
        self.int_or_null(name).unwrap_or_else(|| panic!("{name} is null"))
    }

    pub(crate) fn int_or_null(&self, name: &str) -> Option<i32> {
        match self.get(name) {
            Some(Value::Int(value)) => Some(*value),
            Some(Value::Short(value)) => Some(i32::from(*value)),
            None => None,
            other => panic!("{name} is no integer: {other:?}"),
        }
    }

    pub(crate) fn short(&self, name: &str) -> i16 {
        match self.get(name) {
            Some(Value::Short(value)) => *value,
            other => panic!("{name} is no short: {other:?}"),
        }
    }

    pub(crate) fn long(&self, name: &str) -> i64 {
        self.long_or_null(name).unwrap_or_else(|| panic!("{name} is null"))
    }

    pub(crate) fn long_or_null(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Long(value)) => Some(*value),
            None => None,
            other => panic!("{name} is no long: {other:?}"),
        }
    }

    pub(crate) fn double(&self, name: &str) -> f64 {
        match self.get(name) {
            Some(Value::Double(value)) => *value,
            other => panic!("{name} is no double: {other:?}"),
        }
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.text_or_null(name).unwrap_or_else(|| panic!("{name} is null"))
    }

    pub(crate) fn text_or_null(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::String(value) | Value::Class(value)) => Some(value),
            None => None,
            other => panic!("{name} is no text: {other:?}"),
        }
    }

    pub(crate) fn list(&self, name: &str) -> &[String] {
        self.list_or_null(name).unwrap_or_default()
    }

    pub(crate) fn list_or_null(&self, name: &str) -> Option<&[String]> {
        match self.get(name) {
            Some(Value::List(items)) => Some(items),
            None => None,
            other => panic!("{name} is no list: {other:?}"),
        }
    }
}

/// Parses and checks one value given for a known option, so that its printed form is Kafka's.
pub(crate) fn normal_form(scope: Scope, name: &str, text: &str) -> String {
    definition(scope, name)
        .and_then(|row| Value::parse(name, text, row.kind).ok())
        .map_or_else(|| text.to_owned(), |value| value.to_string())
}
