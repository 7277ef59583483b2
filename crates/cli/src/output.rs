//! Rows as a table for people or as JSON for programs.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Map, Value};

use crate::console::Console;

/// Which of the two.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum Form {
    /// Columns.
    #[default]
    Table,
    /// An array of objects.
    Json,
}

/// Rows with named columns.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    columns: Vec<&'static str>,
    rows: Vec<Vec<Value>>,
}

impl Rows {
    pub(crate) fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Vec<Value>) {
        self.rows.push(row);
    }

    /// Writes all rows.
    pub(crate) fn print(&self, console: &mut Console, form: Form) {
        match form {
            Form::Json => console.line(format!("{:#}", self.json())),
            Form::Table => console.line(self.table()),
        }
    }

    fn json(&self) -> Value {
        let object = |row: &Vec<Value>| -> Value {
            let fields = self.columns.iter().zip(row);
            fields
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect::<Map<_, _>>()
                .into()
        };
        self.rows.iter().map(object).collect()
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(self.columns.iter().map(|name| name.to_uppercase().replace('_', " ")));
        for row in &self.rows {
            table.add_row(row.iter().map(text));
        }
        for (at, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            let numbers = self.rows.iter().all(|row| row.get(at).is_some_and(Value::is_number));
            if numbers && !self.rows.is_empty() {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let lines: Vec<String> =
            table.to_string().lines().map(|line| line.trim_end().to_owned()).collect();
        lines.join("\n")
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows() -> Rows {
        let mut rows = Rows::new(&["topic", "lag_max"]);
        rows.push(vec![json!("a"), json!(5)]);
        rows.push(vec![json!("longer"), json!(17)]);
        rows
    }

    #[test]
    fn tables_align_and_json_is_typed() {
        assert_eq!(rows().table(), "TOPIC   LAG MAX\na             5\nlonger       17");
        assert_eq!(
            rows().json(),
            json!([{ "topic": "a", "lag_max": 5 }, { "topic": "longer", "lag_max": 17 }])
        );
    }
}
