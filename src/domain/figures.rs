//! Figures in few characters, as people read them. An estimate always shows that it is one: `≈` or a range.

use super::names::{Range, Rcu};

/// A count in short: `950`, `10 k`, `1.2 M`.
#[must_use]
pub fn short_count(n: u64) -> String {
    scaled(n, ["", " k", " M", " G", " T"])
}

/// Bytes in short: `950 B`, `2.9 MB`.
#[must_use]
pub fn bytes(n: u64) -> String {
    scaled(n, [" B", " kB", " MB", " GB", " TB"])
}

#[expect(
    clippy::cast_precision_loss,
    reason = "three digits are shown, 52 bits are kept"
)]
fn scaled(n: u64, units: [&str; 5]) -> String {
    if n < 1000 {
        return format!("{n}{}", units[0]);
    }
    let mut value = n as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let tenths = (value * 10.0).round() % 10.0;
    let decimals = usize::from(value < 9.95 && tenths >= 1.0);
    format!("{value:.decimals$}{}", units[unit])
}

/// A count with thousands separated: `12,345`.
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Units: `0.5`, `3.5`, `363`, `12,345`. Above 100 halves no longer matter.
#[must_use]
pub fn rcu(units: Rcu) -> String {
    let value = units.0.max(0.0);
    if value >= 99.75 || value.fract() == 0.0 {
        return count(whole(value));
    }
    format!("{value:.1}")
}

/// A figure in whole numbers.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and casts of floats saturate"
)]
pub(crate) const fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// A range of units without the word RCU: `≈ 3.5`, `≈ 6–7.5`, `≥ 6`.
#[must_use]
pub fn rcu_range(range: Range<Rcu>) -> String {
    let low = rcu(range.low);
    match range.high.map(rcu) {
        None => format!("≥ {low}"),
        Some(high) if high == low => format!("≈ {low}"),
        Some(high) => format!("≈ {low}–{high}"),
    }
}

/// The middle of a range, its low end when nothing bounds it.
#[must_use]
pub fn middle(range: Range<Rcu>) -> Rcu {
    Rcu(f64::midpoint(
        range.low.0,
        range.high.unwrap_or(range.low).0,
    ))
}

/// Dollars with two significant digits: `$0.0000016`, `$1.2`, `$340`.
#[must_use]
pub fn usd(dollars: f64) -> String {
    if dollars <= 0.0 {
        return "$0".to_owned();
    }
    if dollars >= 10.0 {
        return format!("${}", count(whole(dollars)));
    }
    let mut decimals = 1;
    let mut scale = dollars;
    while scale < 1.0 && decimals < 12 {
        scale *= 10.0;
        decimals += 1;
    }
    let text = format!("{dollars:.decimals$}");
    format!("${}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// How much more: `104×`, `1.4×`; nothing when it is not more, or there is nothing to compare with.
#[must_use]
pub fn times(more: Rcu, less: Rcu) -> Option<String> {
    let ratio = more.0 / less.0;
    (less.0 > 0.0 && ratio >= 1.05).then(|| {
        if ratio < 9.95 {
            format!("{ratio:.1}×")
        } else {
            format!("{}×", count(whole(ratio)))
        }
    })
}

/// `1 partition`, `3 partitions`.
#[must_use]
pub fn plural(n: u64, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", count(n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, "0 B")]
    #[case(999, "999 B")]
    #[case(2_890_000, "2.9 MB")]
    #[case(10_000, "10 kB")]
    #[case(999_700, "1 MB")]
    #[case(123_456_789, "123 MB")]
    fn bytes_are_short(#[case] n: u64, #[case] text: &str) {
        assert_eq!(bytes(n), text);
    }

    #[rstest]
    #[case(0.5, "0.5")]
    #[case(12.0, "12")]
    #[case(12.5, "12.5")]
    #[case(363.5, "364")]
    #[case(12_345.0, "12,345")]
    fn units_show_halves_only_while_they_matter(#[case] units: f64, #[case] text: &str) {
        assert_eq!(rcu(Rcu(units)), text);
    }

    #[rstest]
    #[case(0.0, "$0")]
    #[case(0.000_001_56, "$0.0000016")]
    #[case(0.05, "$0.05")]
    #[case(1.25, "$1.2")]
    #[case(1234.5, "$1,235")]
    fn dollars_show_two_digits(#[case] dollars: f64, #[case] text: &str) {
        assert_eq!(usd(dollars), text);
    }
}
