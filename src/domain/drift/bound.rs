//! What a sample says: the highest rate of drift that it does not contradict.
//!
//! Exact (Clopper–Pearson, one-sided, 95%), because an interval by standard errors is empty when
//! nothing is found. Speaks of one direction only, and never of "no drift".

use serde_json::{Value as Json, json};
use statrs::distribution::{Beta, ContinuousCDF};

/// How sure a bound is.
const CONFIDENCE: f64 = 0.95;

/// Items to sample when nobody says how many: none drifted among them bounds the rate by 0.1%.
pub const SAMPLE: u64 = 2_995;

/// What was found in one direction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sampled {
    /// Items sampled and judged.
    pub sampled: u64,
    /// Of them drifted.
    pub drifted: u64,
    /// How many times more items this sample needs than one of single items would.
    pub design_effect: f64,
}

/// The bounds of both directions of a copy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bound {
    /// From sampled base items: missing, different, misplaced.
    pub base_to_copy: Sampled,
    /// From sampled copy items: orphaned, misplaced, different.
    pub copy_to_base: Sampled,
}

impl Sampled {
    /// The rate that the true one does not exceed, with 95% confidence.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a sample has far fewer than 2^52 items"
    )]
    pub fn rate_upper_95(&self) -> f64 {
        let effect = self.design_effect.max(1.0);
        let (n, k) = (self.sampled as f64 / effect, self.drifted as f64 / effect);
        // The quantile of Beta(k + 1, n − k) (Clopper and Pearson, 1934).
        match Beta::new(k + 1.0, n - k) {
            Ok(beta) => beta.inverse_cdf(CONFIDENCE),
            // All of it drifted, or nothing was sampled.
            Err(_) => 1.0,
        }
    }

    fn to_json(&self) -> Json {
        // A millionth is finer than any sample tells.
        let rate = (self.rate_upper_95() * 1e6).round() / 1e6;
        json!({"sampled": self.sampled, "drifted": self.drifted, "rate_upper_95": rate})
    }
}

impl Bound {
    /// The `bound` of the JSON contract.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({
            "base_to_copy": self.base_to_copy.to_json(),
            "copy_to_base": self.copy_to_base.to_json(),
        })
    }
}

/// The clusters that sampled items came in: a page of neighbours says less than as many items drawn
/// one by one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clusters {
    /// Of each: items, and how many of them drifted.
    counts: Vec<(u64, u64)>,
}

impl Clusters {
    /// Takes note of a cluster of so many items; its number.
    pub fn add(&mut self, items: u64) -> usize {
        self.counts.push((items, 0));
        self.counts.len() - 1
    }

    /// Takes an item out that could not be judged.
    pub fn withdraw(&mut self, cluster: usize) {
        self.counts[cluster].0 -= 1;
    }

    /// Takes note of an item that drifted.
    pub fn drifted(&mut self, cluster: usize) {
        self.counts[cluster].1 += 1;
    }

    /// Sums up. The design effect is the variance of the rate between clusters over that of single
    /// items (Kish, 1965); nothing drifted measures none.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a sample has far fewer than 2^52 items"
    )]
    pub fn sum(&self) -> Sampled {
        let sampled: u64 = self.counts.iter().map(|(items, _)| items).sum();
        let drifted: u64 = self.counts.iter().map(|(_, drifted)| drifted).sum();
        let (n, clusters) = (sampled as f64, self.counts.len() as f64);
        let rate = drifted as f64 / n.max(1.0);
        let single = rate * (1.0 - rate) * n;
        let deviation = |&(items, drifted): &(u64, u64)| drifted as f64 - rate * items as f64;
        let squares: f64 = self.counts.iter().map(|c| deviation(c).powi(2)).sum();
        let between = squares * clusters / (clusters - 1.0).max(1.0);
        let design_effect = if single > 0.0 { between / single } else { 1.0 };
        Sampled {
            sampled,
            drifted,
            design_effect: design_effect.max(1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn upper(sampled: u64, drifted: u64) -> f64 {
        let sampled = Sampled {
            sampled,
            drifted,
            design_effect: 1.0,
        };
        sampled.rate_upper_95()
    }

    #[rstest]
    #[case(2_995, 0, 0.001)]
    #[case(2_995, 1, 0.001_58)]
    #[case(2_995, 3, 0.002_59)]
    #[case(2_995, 5, 0.003_51)]
    #[case(299, 0, 0.01)]
    #[case(29_956, 0, 0.000_1)]
    fn the_bound_is_exact(#[case] sampled: u64, #[case] drifted: u64, #[case] expected: f64) {
        let found = upper(sampled, drifted);
        assert!((found - expected).abs() < expected * 0.005, "{found}");
    }

    #[test]
    fn of_nothing_found_it_is_one_minus_the_nth_root_of_a_twentieth() {
        for n in [1_u32, 7, 100, 2_995] {
            let expected = 1.0 - 0.05_f64.powf(1.0 / f64::from(n));
            assert!((upper(n.into(), 0) - expected).abs() < 1e-9, "{n}");
        }
    }

    #[rstest]
    #[case::nothing_sampled(0, 0)]
    #[case::all_drifted(40, 40)]
    fn there_is_no_bound_of(#[case] sampled: u64, #[case] drifted: u64) {
        assert!((upper(sampled, drifted) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn drift_that_comes_in_whole_clusters_widens_the_bound() {
        let mut together = Clusters::default();
        let mut spread = Clusters::default();
        for cluster in 0..100 {
            together.add(10);
            spread.add(10);
            if cluster < 10 {
                spread.drifted(cluster);
            }
        }
        for _ in 0..10 {
            together.drifted(0);
        }
        let (together, spread) = (together.sum(), spread.sum());
        assert_eq!((together.sampled, together.drifted), (1_000, 10));
        assert!(
            (9.0..11.0).contains(&together.design_effect),
            "{together:?}"
        );
        assert!((0.99..1.01).contains(&spread.design_effect), "{spread:?}");
        assert!(together.rate_upper_95() > 2.0 * spread.rate_upper_95());
    }

    #[test]
    fn an_item_that_was_not_judged_is_not_of_the_sample() {
        let mut clusters = Clusters::default();
        let cluster = clusters.add(3);
        clusters.withdraw(cluster);
        assert_eq!(clusters.sum().sampled, 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_bound_is_above_the_rate_and_falls_with_the_sample(n in 1_u64..5_000, share in 0.0..1.0_f64) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a small number")]
            let k = (n as f64 * share) as u64;
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let rate = k as f64 / n as f64;
            prop_assert!(upper(n, k) > rate && upper(n, k) <= 1.0);
            prop_assert!(upper(2 * n, 2 * k) < upper(n, k));
        }
    }
}
