//! Figures as screens show them: those of the domain, and what only screens tell.

use crate::domain::figures::whole;
pub use crate::domain::figures::{
    bytes, count, middle, plural, rcu, rcu_range, short_count, times, usd,
};
use crate::domain::lag::Flow;
use crate::domain::names::{Range, Rcu};
pub use crate::domain::plan::{expected, expected_in_range};
use std::time::Duration;

/// The middle of a range of units: `≈ 362`; `≥ 6` when nothing bounds it.
#[must_use]
pub fn rcu_middle(range: Range<Rcu>) -> String {
    match range.high {
        None => format!("≥ {}", rcu(range.low)),
        Some(_) => format!("≈ {}", rcu(middle(range))),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn a_range_never_looks_like_a_fact() {
        assert_eq!(rcu_range(Range::new(Rcu(6.0), Rcu(7.5))), "≈ 6–7.5");
        assert_eq!(rcu_range(Range::new(Rcu(6.0), Rcu(6.0))), "≈ 6");
        assert_eq!(rcu_range(Range::at_least(Rcu(6.0))), "≥ 6");
        assert_eq!(rcu_middle(Range::new(Rcu(360.5), Rcu(364.0))), "≈ 362");
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
