//! Figures as people read them. An estimate always shows that it is one: `≈` or a range.

pub use crate::domain::figures::{bytes, short_count};
use crate::domain::lag::Flow;
use crate::domain::names::{Range, Rcu};
use crate::domain::plan::{Basis, Estimate};
use std::time::Duration;

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

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and casts of floats saturate"
)]
const fn whole(value: f64) -> u64 {
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

/// The middle of a range of units: `≈ 362`; `≥ 6` when nothing bounds it.
#[must_use]
pub fn rcu_middle(range: Range<Rcu>) -> String {
    match range.high {
        None => format!("≥ {}", rcu(range.low)),
        Some(_) => format!("≈ {}", rcu(middle(range))),
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

/// An estimate: exact ones bare, unknown ones as `?`.
#[must_use]
pub fn estimate(estimate: &Estimate) -> String {
    match (estimate.basis, estimate.rcu.high) {
        (Basis::Unknown, None) => "? RCU".to_owned(),
        (Basis::Exact, Some(high)) if high == estimate.rcu.low => format!("{} RCU", rcu(high)),
        _ => format!("{} RCU", rcu_range(estimate.rcu)),
    }
}

/// What an estimate expects: what routes are ranked by, and shown where there is no room for a range.
#[must_use]
pub fn expected(estimate: &Estimate) -> String {
    match (estimate.basis, estimate.rcu.high) {
        (Basis::Unknown, None) => "? RCU".to_owned(),
        (_, None) => format!("{} RCU", rcu_range(estimate.rcu)),
        (Basis::Exact, Some(high)) if high == estimate.rcu.low => format!("{} RCU", rcu(high)),
        _ => format!("≈ {} RCU", rcu(estimate.shown())),
    }
}

/// The same with the range it may come to: `≈ 6 (3.5–20) RCU`.
#[must_use]
pub fn expected_in_range(estimate: &Estimate) -> String {
    match estimate.rcu.high {
        Some(high) if rcu(high) != rcu(estimate.rcu.low) => format!(
            "≈ {} ({}–{}) RCU",
            rcu(estimate.shown()),
            rcu(estimate.rcu.low),
            rcu(high)
        ),
        _ => expected(estimate),
    }
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

/// A duration: `41 ms`, `4.1 s`, `2 min 5 s`.
#[must_use]
pub fn millis(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

/// A span of time in short, for columns: `400 ms`, `12 s`, `3 min`, `2 h`, `4 d`.
#[must_use]
pub fn age(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{} s", ms / 1000),
        60_000..3_600_000 => format!("{} min", ms / 60_000),
        3_600_000..86_400_000 => format!("{} h", ms / 3_600_000),
        _ => format!("{} d", ms / 86_400_000),
    }
}

/// How changes reach a copy, in a few words: `lag ≤ 2 s`, `stopped 40 s`.
#[must_use]
pub fn lag(flow: Flow) -> String {
    let age = |time: Duration| age(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    match flow {
        Flow::Unknown => "lag unknown".to_owned(),
        Flow::Idle => "no changes".to_owned(),
        Flow::Flowing { .. } => format!("lag {}", bounds(flow).unwrap_or_default()),
        Flow::Behind { .. } => format!("{} behind", bounds(flow).unwrap_or_default()),
        Flow::Stopped { since } => format!("stopped {}", age(since)),
    }
}

/// How far a copy is behind, as far as it is known: `≤ 2 s`, `≥ 40 s`.
#[must_use]
pub fn bounds(flow: Flow) -> Option<String> {
    let age = |time: Duration| age(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    flow.bounds().map(|(low, high)| match high {
        // Rounded up: less would not be true.
        Some(high) => format!(
            "≤ {}",
            age(Duration::from_secs(whole(high.as_secs_f64().ceil())))
        ),
        None => format!("≥ {}", age(low)),
    })
}

/// How long ago: `just now`, `2 min ago`, `3 h ago`, `4 d ago`.
#[must_use]
pub fn ago(ms: u64) -> String {
    let minutes = ms / 60_000;
    match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1440 => format!("{} h ago", minutes / 60),
        _ => format!("{} d ago", minutes / 1440),
    }
}

/// A share in percent, never 100% before it is whole.
#[must_use]
pub fn percent(part: u64, of: u64) -> u64 {
    if of == 0 || part >= of {
        return 100;
    }
    part.saturating_mul(100) / of
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

    #[test]
    fn a_range_never_looks_like_a_fact() {
        assert_eq!(rcu_range(Range::new(Rcu(6.0), Rcu(7.5))), "≈ 6–7.5");
        assert_eq!(rcu_range(Range::new(Rcu(6.0), Rcu(6.0))), "≈ 6");
        assert_eq!(rcu_range(Range::at_least(Rcu(6.0))), "≥ 6");
        assert_eq!(rcu_middle(Range::new(Rcu(360.5), Rcu(364.0))), "≈ 362");
    }

    #[test]
    fn what_is_expected_stands_before_what_it_may_come_to() {
        let mut estimate = Estimate {
            rcu: Range::new(Rcu(3.5), Rcu(20.0)),
            expected: Rcu(6.0),
            requests: Range::new(1, 3),
            bytes: Range::new(0, 0),
            usd: None,
            basis: Basis::Analyzed,
        };
        assert_eq!(expected_in_range(&estimate), "≈ 6 (3.5–20) RCU");
        assert_eq!(expected(&estimate), "≈ 6 RCU");
        estimate.rcu = Range::new(Rcu(6.0), Rcu(6.0));
        assert_eq!(expected_in_range(&estimate), "≈ 6 RCU");
        estimate.basis = Basis::Exact;
        assert_eq!(expected_in_range(&estimate), "6 RCU");
        estimate.rcu = Range::at_least(Rcu(6.0));
        assert_eq!(expected_in_range(&estimate), "≥ 6 RCU");
        estimate.basis = Basis::Unknown;
        assert_eq!(expected_in_range(&estimate), "? RCU");
    }

    #[test]
    fn a_share_is_whole_only_when_it_is() {
        assert_eq!(percent(9_999, 10_000), 99);
        assert_eq!(percent(10_000, 10_000), 100);
        assert_eq!(percent(1, 0), 100);
    }

    #[rstest]
    #[case(400, "400 ms")]
    #[case(59_999, "59 s")]
    #[case(3_599_999, "59 min")]
    #[case(7_200_000, "2 h")]
    #[case(90_000_000, "1 d")]
    fn a_span_has_one_figure(#[case] ms: u64, #[case] text: &str) {
        assert_eq!(age(ms), text);
    }

    #[rstest]
    #[case(41, "41 ms")]
    #[case(4_123, "4.1 s")]
    #[case(125_000, "2 min 5 s")]
    fn durations_have_the_unit_that_fits(#[case] ms: u64, #[case] text: &str) {
        assert_eq!(millis(ms), text);
    }
}
