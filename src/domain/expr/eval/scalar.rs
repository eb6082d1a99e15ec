//! Functions over texts and numbers.

use super::Operand;
use crate::domain::expr::{CastTo, TextOp};
use crate::domain::value::{Number, Value};
use std::borrow::Cow;

/// The text of a text; other types have none.
pub(super) fn text(value: Operand<'_>) -> Option<Cow<'_, str>> {
    match value {
        Operand::S(text) => Some(text),
        _ => None,
    }
}

/// The text of a text, or a number as a plain canonical decimal.
pub(super) fn printed(value: Operand<'_>) -> Option<Cow<'_, str>> {
    match value {
        Operand::N(number) => Some(Cow::Owned(number.to_string())),
        other => text(other),
    }
}

pub(super) fn substr(text: &str, start: u32, length: Option<u32>) -> String {
    let skipped = usize::try_from(start.saturating_sub(1)).unwrap_or(usize::MAX);
    let taken = length.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    text.chars().skip(skipped).take(taken).collect()
}

pub(super) fn change(op: TextOp, text: &str) -> String {
    match op {
        TextOp::Upper => text.to_uppercase(),
        TextOp::Lower => text.to_lowercase(),
        TextOp::Trim => text.trim().to_owned(),
    }
}

/// Pads on the left up to `width` characters; longer text stays as it is.
pub(super) fn lpad(text: &str, width: u32, fill: &str) -> String {
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    let missing = width.saturating_sub(text.chars().count());
    fill.chars()
        .cycle()
        .take(missing)
        .chain(text.chars())
        .collect()
}

pub(super) fn cast(value: Operand<'_>, to: CastTo) -> Option<Value> {
    match (to, value) {
        (CastTo::String, value) => printed(value).map(|text| Value::S(text.into_owned())),
        (CastTo::Number, Operand::S(text)) => text.parse().ok().map(Value::N),
        (CastTo::Number, Operand::N(number)) => Some(Value::N(number)),
        (CastTo::Number, _) => None,
    }
}

/// The remainder of a whole number of any size; its sign follows the dividend.
pub(super) fn remainder(value: &Operand<'_>, modulus: u32) -> Option<Number> {
    let Operand::N(number) = value else {
        return None;
    };
    number.rem(modulus).map(Number::from)
}

/// The greatest whole number that is not above `number`, when it fits.
pub(super) fn floor(number: &Number) -> Option<i64> {
    let (digits, exponent) = number.parts();
    let (whole, fraction) = match u32::try_from(exponent) {
        Ok(up) => (digits.checked_mul(10_u128.checked_pow(up)?)?, false),
        Err(_) => match 10_u128.checked_pow(u32::from(exponent.unsigned_abs())) {
            Some(scale) => (digits / scale, digits % scale > 0),
            None => (0, digits > 0),
        },
    };
    let whole = i128::try_from(whole).ok()?;
    let floor = if number.is_negative() {
        -whole - i128::from(fraction)
    } else {
        whole
    };
    i64::try_from(floor).ok()
}
