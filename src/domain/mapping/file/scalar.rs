//! Single values: durations, numbers, and the values of a domain.

use crate::domain::problem::Problem;
use crate::domain::value::{Number, Value};
use std::time::Duration;
use toml::de::{DeInteger, DeValue};

/// Parses a duration: a whole number with `ms`, `s`, `m`, or `h`.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (amount, unit) = text.split_at(unit_at);
    let amount: u64 = amount.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(amount)),
        "s" => Some(Duration::from_secs(amount)),
        "m" => amount.checked_mul(60).map(Duration::from_secs),
        "h" => amount.checked_mul(3600).map(Duration::from_secs),
        _ => None,
    }
}

/// A whole number in plain decimal: TOML also writes hexadecimal, octal, and binary.
fn decimal(integer: &DeInteger<'_>) -> Option<String> {
    i128::from_str_radix(integer.as_str(), integer.radix())
        .ok()
        .map(|number| number.to_string())
}

/// A finite number above zero.
pub(super) fn positive_number(value: &DeValue<'_>) -> Option<f64> {
    let text = match value {
        DeValue::Integer(integer) => decimal(integer)?,
        DeValue::Float(float) => float.as_str().to_owned(),
        _ => return None,
    };
    let number: f64 = text.parse().ok()?;
    (number.is_finite() && number > 0.0).then_some(number)
}

/// A value of a domain: a string, a number with all its digits, or a boolean.
pub(super) fn domain_value(value: &DeValue<'_>) -> Result<Value, Problem> {
    let number = |text: &str| {
        text.trim_start_matches('+')
            .parse::<Number>()
            .map(Value::N)
            .map_err(|error| Problem::new(format!("`{text}` cannot be stored: {error}")))
    };
    match value {
        DeValue::String(text) => Ok(Value::s(text.as_ref())),
        DeValue::Integer(integer) => {
            number(&decimal(integer).unwrap_or_else(|| integer.as_str().to_owned()))
        }
        DeValue::Float(float) => number(float.as_str()),
        DeValue::Boolean(flag) => Ok(Value::Bool(*flag)),
        other => Err(Problem::new(format!(
            "a domain has no values of type {}",
            other.type_str()
        ))
        .hint("strings, numbers, `true`, `false`")),
    }
}
