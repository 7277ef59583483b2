//! A parsed value, and its text as Kafka prints it.

use std::fmt;

use crate::definition::Kind;
use crate::error::ConfigError;

/// A value of one of Kafka's config types.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// Text.
    String(String),
    /// 32-bit integer.
    Int(i32),
    /// 16-bit integer.
    Short(i16),
    /// 64-bit integer.
    Long(i64),
    /// Floating point number.
    Double(f64),
    /// List of texts.
    List(Vec<String>),
    /// Java class name.
    Class(String),
    /// A secret.
    Password(String),
}

impl Value {
    /// Parses `text` as Kafka's `ConfigDef.parseType` does: trimmed, lists split at commas.
    pub fn parse(name: &str, text: &str, kind: Kind) -> Result<Self, ConfigError> {
        let trimmed = text.trim();
        let not_a_number =
            || ConfigError::value(name, text, format!("Not a number of type {}", kind.name()));
        Ok(match kind {
            Kind::Boolean if trimmed.eq_ignore_ascii_case("true") => Self::Boolean(true),
            Kind::Boolean if trimmed.eq_ignore_ascii_case("false") => Self::Boolean(false),
            Kind::Boolean => {
                return Err(ConfigError::value(
                    name,
                    text,
                    "Expected value to be either true or false",
                ));
            }
            Kind::String => Self::String(trimmed.to_owned()),
            Kind::Class => Self::Class(trimmed.to_owned()),
            Kind::Password => Self::Password(trimmed.to_owned()),
            Kind::Int => Self::Int(trimmed.parse().map_err(|_| not_a_number())?),
            Kind::Short => Self::Short(trimmed.parse().map_err(|_| not_a_number())?),
            Kind::Long => Self::Long(trimmed.parse().map_err(|_| not_a_number())?),
            Kind::Double => Self::Double(trimmed.parse().map_err(|_| not_a_number())?),
            Kind::List if trimmed.is_empty() => Self::List(Vec::new()),
            Kind::List => {
                Self::List(trimmed.split(',').map(|item| item.trim().to_owned()).collect())
            }
        })
    }

    /// The number as a floating point one, for range checks; `None` for other types.
    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(f64::from(*number)),
            Self::Short(number) => Some(f64::from(*number)),
            // Rounding above 2^53 is Kafka's own: it compares `doubleValue()`.
            #[allow(clippy::cast_precision_loss, reason = "Kafka compares doubles too")]
            Self::Long(number) => Some(*number as f64),
            Self::Double(number) => Some(*number),
            Self::Boolean(_)
            | Self::String(_)
            | Self::List(_)
            | Self::Class(_)
            | Self::Password(_) => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::String(value) | Self::Class(value) => f.write_str(value),
            Self::Password(_) => f.write_str("[hidden]"),
            Self::Int(value) => value.fmt(f),
            Self::Short(value) => value.fmt(f),
            Self::Long(value) => value.fmt(f),
            Self::Double(value) => f.write_str(&java_double(*value)),
            Self::List(items) => f.write_str(&items.join(",")),
        }
    }
}

/// Prints a double as Java's `Double.toString` does: plain between 10^-3 and 10^7, else scientific
/// with at least one digit after the point.
fn java_double(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() };
    }
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{value:?}");
    }
    let text = format!("{value:E}");
    match text.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_as_java_prints_them() {
        for (value, text) in [
            (0.5, "0.5"),
            (1.0, "1.0"),
            (0.0, "0.0"),
            (f64::MAX, "1.7976931348623157E308"),
            (2_147_483_647.0, "2.147483647E9"),
            (1e7, "1.0E7"),
            (0.0001, "1.0E-4"),
            (123_456.75, "123456.75"),
        ] {
            assert_eq!(java_double(value), text);
        }
    }

    #[test]
    fn values_parse_and_print_in_normal_form() {
        let print = |text, kind| Value::parse("x", text, kind).map(|value| value.to_string());
        assert_eq!(print(" TRUE ", Kind::Boolean).as_deref(), Ok("true"));
        assert_eq!(print("+010", Kind::Int).as_deref(), Ok("10"));
        assert_eq!(print("a , b,c", Kind::List).as_deref(), Ok("a,b,c"));
        assert_eq!(print("  ", Kind::List).as_deref(), Ok(""));
        assert_eq!(print("secret", Kind::Password).as_deref(), Ok("[hidden]"));
        let message = |text, kind| Value::parse("x", text, kind).map_err(|error| error.to_string());
        assert_eq!(
            message("1x", Kind::Int),
            Err("Invalid value 1x for configuration x: Not a number of type INT".to_owned())
        );
        assert_eq!(
            message("yes", Kind::Boolean),
            Err("Invalid value yes for configuration x: Expected value to be either true or false"
                .to_owned())
        );
        assert!(message("99999999999", Kind::Int).is_err());
    }
}
