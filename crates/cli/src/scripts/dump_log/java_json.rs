//! JSON as the library of Kafka's tools writes it, where it differs from the usual.

use std::fmt::Write;

use serde_json::Value;

/// The value on one line.
pub(super) fn text(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            *out += &java_double(number.as_f64().unwrap_or_default());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => *out += &value.to_string(),
        Value::String(text) => write_text(out, text),
        Value::Array(values) => {
            let mut before = '[';
            for value in values {
                out.push(before);
                write_value(out, value);
                before = ',';
            }
            *out += if values.is_empty() { "[]" } else { "]" };
        }
        Value::Object(fields) => {
            let mut before = '{';
            for (name, value) in fields {
                out.push(before);
                write_text(out, name);
                out.push(':');
                write_value(out, value);
                before = ',';
            }
            *out += if fields.is_empty() { "{}" } else { "}" };
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => *out += "\\\"",
            '\\' => *out += "\\\\",
            '\u{8}' => *out += "\\b",
            '\t' => *out += "\\t",
            '\n' => *out += "\\n",
            '\u{c}' => *out += "\\f",
            '\r' => *out += "\\r",
            // A String takes every write.
            control if control < ' ' => drop(write!(out, "\\u{:04X}", u32::from(control))),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// `Double.toString`: scientific below a thousandth and from ten million.
fn java_double(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{value:?}");
    }
    let text = format!("{value:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_and_letters_are_written_as_java_does() {
        for (value, expected) in [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (1000.5, "1000.5"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (1.5e10, "1.5E10"),
            (0.001, "0.001"),
            (0.000_25, "2.5E-4"),
            (-2e7, "-2.0E7"),
        ] {
            assert_eq!(text(&json!(value)), expected);
        }
        assert_eq!(text(&json!("a\"\\/\n\t\u{1f}é🦀")), "\"a\\\"\\\\/\\n\\t\\u001Fé🦀\"");
        assert_eq!(text(&json!({"b": [1, null], "a": true})), "{\"b\":[1,null],\"a\":true}");
    }
}
