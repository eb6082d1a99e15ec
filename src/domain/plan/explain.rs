//! A route as text and as the JSON contract.
//!
//! Owns the words of `explain` and the field names of the contract. Decides nothing.

mod facts;
mod json;
mod text;

pub use facts::explain_facts;
pub use json::{plan_json, rejected_json, scan_json};
pub use text::explain_text;

use crate::domain::names::{Range, Rcu};

/// Units as people read them: halves while they matter.
pub(super) fn figure(rcu: Rcu) -> String {
    let halves = rcu.0 < 99.75 && rcu.0.fract() != 0.0;
    let digits = if halves {
        format!("{:.1}", rcu.0)
    } else {
        format!("{:.0}", rcu.0.round())
    };
    if rcu.0 < 999.5 {
        return digits;
    }
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::new();
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

/// A range of units: an estimate always shows that it is one.
pub(super) fn range(rcu: Range<Rcu>) -> String {
    let low = figure(rcu.low);
    match rcu.high.map(figure) {
        None => format!("≥ {low}"),
        Some(high) if high == low => format!("≈ {low}"),
        Some(high) => format!("≈ {low}–{high}"),
    }
}

#[cfg(test)]
mod tests;
