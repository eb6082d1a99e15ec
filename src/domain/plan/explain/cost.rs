//! What a plan costs, and a Scan beside it.

use crate::domain::cost::{ScanCost, unit_factor};
use crate::domain::figures::{bytes, plural, rcu, rcu_range, usd};
use crate::domain::names::{Range, Rcu};
use crate::domain::plan::{Basis, Estimate, Plan, Route};
use crate::domain::query::Consistency;

impl Estimate {
    /// The dollars of the expected units, where a price is known.
    #[must_use]
    pub fn expected_usd(&self) -> Option<f64> {
        let (low, high) = self.usd?;
        let (units, from, to) = (self.shown().0, self.rcu.low.0, self.rcu.high?.0);
        if to <= from {
            return Some(low);
        }
        Some((low * (to - units) + high? * (units - from)) / (to - from))
    }
}

impl Route {
    /// What a Scan of the base would consume at the consistency of the plan.
    #[must_use]
    pub fn scan_cost(&self) -> ScanCost {
        let factor = unit_factor(self.plan.consistency) / unit_factor(Consistency::Eventual);
        let times = |units: Rcu| Rcu(units.0 * factor);
        ScanCost {
            rcu: self.scan.rcu.map(|rcu| Range {
                low: times(rcu.low),
                high: rcu.high.map(times),
            }),
            usd: self.scan.usd.map(|usd| usd * factor),
        }
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

/// The same with what it comes to in money: `≈ 6 (3.5–20) RCU ≈ $0.00000075`.
pub(super) fn price(estimate: &Estimate) -> String {
    let usd = estimate.expected_usd().map_or_else(String::new, dollars);
    format!("{}{usd}", expected_in_range(estimate))
}

/// ` ≈ $0.0000016`.
pub(super) fn dollars(amount: f64) -> String {
    format!(" ≈ {}", usd(amount))
}

/// `up to 30 kB in 3–4 requests, strongly consistent: twice the units`.
pub(super) fn volume(plan: &Plan) -> String {
    let estimate = &plan.estimate;
    let low = estimate.requests.low;
    let requests = match estimate.requests.high {
        Some(high) if high == low => plural(high, "request"),
        Some(high) => format!("{low}–{}", plural(high, "request")),
        None => format!("{} or more", plural(low, "request")),
    };
    let low = bytes(estimate.bytes.low);
    let size = match estimate.bytes.high.map(bytes) {
        Some(high) if high != low && estimate.bytes.low == 0 => format!("up to {high} in "),
        Some(high) if high != low => format!("{low}–{high} in "),
        Some(high) => format!("{high} in "),
        None => String::new(),
    };
    let consistency = match plan.consistency {
        Consistency::Eventual => "",
        Consistency::Strong => ", strongly consistent: twice the units",
    };
    format!("{size}{requests}{consistency}")
}

/// Where an estimate comes from, and what would make it better when it is off by more than half.
pub(super) fn basis(estimate: &Estimate) -> Option<String> {
    let source = match estimate.basis {
        Basis::Exact => return None,
        Basis::Analyzed => "from sampled statistics",
        Basis::Learned => "from what earlier reads found",
        Basis::Described => "from table sizes alone",
        Basis::Unknown => "as table sizes are",
    };
    let is_wide = estimate
        .rcu
        .high
        .is_none_or(|high| high.0 > 2.0 * estimate.rcu.low.0);
    let better = match estimate.basis {
        Basis::Learned | Basis::Described | Basis::Unknown if is_wide => {
            "; `driftscope analyze` helps"
        }
        _ => "",
    };
    Some(format!("{}, {source}{better}", estimate.basis.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate() -> Estimate {
        Estimate {
            rcu: Range::new(Rcu(3.5), Rcu(20.0)),
            expected: Rcu(6.0),
            requests: Range::new(1, 3),
            bytes: Range::new(0, 0),
            usd: None,
            basis: Basis::Analyzed,
        }
    }

    #[test]
    fn what_is_expected_stands_before_what_it_may_come_to() {
        let mut estimate = estimate();
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
    fn the_price_is_that_of_what_is_expected() {
        let mut estimate = estimate();
        assert_eq!(estimate.expected_usd(), None);
        estimate.usd = Some((0.35, Some(2.0)));
        assert_eq!(price(&estimate), "≈ 6 (3.5–20) RCU ≈ $0.6");
        estimate.rcu = Range::new(Rcu(3.5), Rcu(3.5));
        assert_eq!(estimate.expected_usd(), Some(0.35));
        estimate.rcu = Range::at_least(Rcu(3.5));
        assert_eq!(estimate.expected_usd(), None);
    }
}
