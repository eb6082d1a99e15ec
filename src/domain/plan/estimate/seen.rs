//! What whole items of a sample tell of conditions: how often they hold together.
//!
//! Shares of single attributes, multiplied, are right only where attributes have nothing to do with
//! each other. Examples show what comes together, as far as they are many enough to show it.

use super::share::share;
use crate::domain::expr::Predicate;
use crate::domain::plan::access::{Context, roots};
use crate::domain::stats::{Examples, Matches, Spread};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Examples of which a part is told at least: of fewer all are taken for their like.
const FEW: u32 = 10;
/// Matches at which examples say as much as what is thought of one attribute; and the squares of
/// standard deviations from what is to be expected at which they are believed by half.
const DOUBTFUL: f64 = 4.0;
/// Matches that are added on either side before what was found is held against what was to be expected.
const SHRINK: f64 = 1.0;
/// A share is known by its attribute when it is off by no more than this.
const KNOWN: f64 = 0.05;

/// Which examples satisfy which condition: found once for all paths that a request may take.
#[derive(Debug, Default)]
pub(in crate::domain::plan) struct Seen(RefCell<Vec<(Predicate, Option<Matches>)>>);

/// A share that examples tell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Told {
    /// The share.
    pub(super) share: Spread,
    /// What it is a share of.
    pub(super) among: Among,
}

/// What examples were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Those that satisfy what is given.
    Given,
    /// Others, too, for too few satisfy it.
    Some,
}

/// The share of base items that satisfy `wanted` of those that satisfy `given`, of which the last says most.
/// `independent` is what it would be of all items were all attributes independent. `None` where no examples
/// tell.
pub(super) fn told(
    context: &Context<'_>,
    given: &[&Predicate],
    wanted: &[&Predicate],
    independent: Spread,
) -> Option<Told> {
    let (examples, all) = context.statistics.examples(&context.base.name)?;
    let seen = |conjuncts: &[&Predicate]| {
        let mut conjuncts = conjuncts.iter();
        conjuncts.try_fold(examples.all(), |both, conjunct| {
            Some(both.and(&context.seen.matches(examples, conjunct)?))
        })
    };
    let matching = seen(wanted)?;
    let is_complete = all <= count(examples.len());
    // Where too few satisfy all that is given, those do that satisfy the last of it.
    let enough = |matches: &Matches| is_complete || matches.count() >= FEW;
    let part = (0..=given.len()).find_map(|from| {
        let matches = seen(&given[from..]).filter(enough)?;
        Some((if from == 0 { Among::Given } else { Among::Some }, matches))
    });
    let (among, part) = part.unwrap_or_else(|| (Among::Some, examples.all()));
    let (of, with) = (
        f64::from(part.count()),
        f64::from(matching.and(&part).count()),
    );
    if of <= 0.0 {
        return None;
    }
    if is_complete {
        let share = Spread::exact(with / of);
        return Some(Told { share, among });
    }
    // What single attributes say is known better than what some examples do: these say how much more
    // often all come together than they would by chance.
    let (mut single, mut chance) = (1.0, of);
    let factors = by_attribute(wanted);
    for factor in &factors {
        let matching = f64::from(seen(factor)?.count());
        let (share, _) = share(context, &context.base.name, factor.iter().copied());
        let examples = f64::from(examples.all().count());
        single *= if share.high - share.low <= KNOWN {
            share.expected
        } else {
            blended(matching, examples, share.expected)
        };
        chance *= matching / examples;
    }
    let lift = lift(with, chance);
    let ends = examples.share(with, of, all);
    let ends = match given.is_empty() {
        true if factors.len() == 1 && independent.high - independent.low <= KNOWN => independent,
        // Those of all items hold whatever depends on what.
        true if ends.low <= independent.high && ends.high >= independent.low => Spread {
            low: ends.low.max(independent.low),
            high: ends.high.min(independent.high),
            ..ends
        },
        _ => ends,
    };
    let share = Spread {
        expected: (single * lift).clamp(ends.low, ends.high),
        ..ends
    };
    Some(Told { share, among })
}

/// How many times as often as by chance all come together: as often as it was seen, as far as that is
/// more than luck.
fn lift(with: f64, chance: f64) -> f64 {
    let deviations = (with - chance).powi(2) / with.max(chance).max(1.0);
    let weight = deviations / (deviations + DOUBTFUL);
    ((with + SHRINK) / (chance + SHRINK)).powf(weight)
}

/// Conditions on the same attributes are one: of a range both ends.
fn by_attribute<'p>(conjuncts: &[&'p Predicate]) -> Vec<Vec<&'p Predicate>> {
    let mut factors: Vec<(BTreeSet<&str>, Vec<&Predicate>)> = Vec::new();
    for conjunct in conjuncts {
        let names: BTreeSet<&str> = roots(conjunct).collect();
        match factors.iter_mut().find(|(known, _)| *known == names) {
            Some((_, factor)) => factor.push(conjunct),
            None => factors.push((names, vec![conjunct])),
        }
    }
    factors.into_iter().map(|(_, factor)| factor).collect()
}

/// What so many of so many say where `independent` is thought: the fewer they are, the less; and they
/// say as much of those that do not match.
fn blended(with: f64, of: f64, independent: f64) -> f64 {
    if with * 2.0 > of {
        return 1.0 - blended(of - with, of, 1.0 - independent);
    }
    let least = 0.5 / of;
    let seen = (with / of).max(least);
    if with <= 0.0 {
        return independent.min(seen);
    }
    let weight = with / (with + DOUBTFUL);
    let independent = independent.max(f64::MIN_POSITIVE).ln();
    (weight * seen.ln() + (1.0 - weight) * independent).exp()
}

impl Seen {
    pub(super) fn matches(&self, examples: &Examples, conjunct: &Predicate) -> Option<Matches> {
        let known = self.0.borrow().iter().find_map(|(other, matches)| {
            let is_it = other == conjunct;
            is_it.then(|| matches.clone())
        });
        known.unwrap_or_else(|| {
            let matches = examples.matches(conjunct);
            let new = (conjunct.clone(), matches.clone());
            self.0.borrow_mut().push(new);
            matches
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
const fn count(examples: usize) -> f64 {
    examples as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::expr::{self, parse_predicate};
    use crate::domain::plan::fixture::{catalog, path_of, plans, sampled, try_route};
    use crate::domain::plan::{Estimate, OrderStrategy, Plan};
    use crate::domain::query::Consistency;
    use crate::domain::schema::Catalog;
    use crate::domain::stats::Scanned;
    use rstest::rstest;

    /// Strikes at one airport: gulls did minor damage, every tenth, and to operator B only.
    fn known() -> Catalog {
        sampled(catalog(), "strikes", (1_000, Scanned::All), |id| {
            let gull = id % 10 == 0;
            [
                ("airport", "A".to_owned()),
                ("strike_id", format!("S{id:04}")),
                ("operator", ["B", "C"][id % 2].to_owned()),
                ("struck_on", format!("1998-{:02}-01", 1 + id % 12)),
                ("species", if gull { "Gull" } else { "Dove" }.to_owned()),
                ("phase", if gull { "Climb" } else { "Cruise" }.to_owned()),
                ("damage", if gull { "Minor" } else { "None" }.to_owned()),
                ("state", "Texas".to_owned()),
            ]
        })
    }

    fn plan_of(catalog: &Catalog, path: &str, text: &str) -> Plan {
        let route = try_route(catalog, text, Consistency::Eventual).unwrap();
        let mut plans = plans(route);
        plans.find(|plan| path_of(&plan.access) == path).unwrap()
    }

    fn estimate(text: &str) -> Estimate {
        let text = format!("SELECT * FROM strikes WHERE {text}");
        plan_of(&known(), "by_operator", &text).estimate
    }

    #[test]
    fn conditions_that_go_together_are_not_multiplied() {
        // A hundred of five hundred are fetched, where shares by themselves say ten.
        let fetched = estimate("operator = 'B' AND species = 'Gull' AND damage = 'Minor'");
        assert!((38.0..75.0).contains(&fetched.expected.0), "{fetched:?}");
        let excluded = estimate("operator = 'B' AND species = 'Dove' AND damage = 'Minor'");
        assert!(excluded.expected.0 < 20.0, "{excluded:?}");
    }

    #[test]
    fn what_one_attribute_says_is_not_blurred_by_examples() {
        let of = |select: &str| {
            let text = format!("SELECT {select} FROM strikes WHERE species = 'Gull'");
            let plan = plan_of(&known(), "by_operator", &text);
            plan.estimate.expected.0
        };
        // A hundred items are fetched, half a unit each.
        assert!((of("*") - of("COUNT(*)") - 50.0).abs() < 0.1);
    }

    #[rstest]
    #[case::both_ends_of_a_range(&["cost_total > 1", "cost_total < 9"], 1)]
    #[case::two_attributes(&["cost_total > 1", "damage = 'None'"], 2)]
    fn conditions_on_one_attribute_are_one(#[case] conditions: &[&str], #[case] factors: usize) {
        let parsed = |text: &&str| parse_predicate(text, &expr::Context::default()).unwrap();
        let conditions: Vec<Predicate> = conditions.iter().map(parsed).collect();
        let conditions: Vec<&Predicate> = conditions.iter().collect();
        assert_eq!(by_attribute(&conditions).len(), factors);
    }

    #[test]
    fn what_is_given_by_the_keys_is_taken_into_account() {
        let of =
            |operator: &str| estimate(&format!("operator = '{operator}' AND species = 'Gull'"));
        let (all, none) = (of("B").expected.0, of("C").expected.0);
        assert!(all > 45.0 && none < 20.0, "{all} and {none}");
    }

    #[rstest]
    // Of one partition all, of the other the hundred gulls that are of none.
    #[case::what_its_key_decides("operator = 'C' AND (operator = 'C' OR species = 'Gull')", 250.0)]
    #[case::what_it_rules_out("operator = 'C' AND (operator = 'B' OR species = 'Gull')", 0.0)]
    #[case::each_by_itself(
        "operator IN ('B', 'C') AND (operator = 'B' AND species = 'Gull' OR operator = 'C' AND damage = 'None')",
        300.0
    )]
    fn in_a_partition_its_key_is_known(#[case] filter: &str, #[case] fetched: f64) {
        let of = |select: &str| {
            let text = format!("SELECT {select} FROM strikes WHERE {filter} AND phase <> 'Taxi'");
            plan_of(&known(), "by_operator", &text).estimate.expected.0
        };
        let fetch = of("*");
        assert!((fetch - fetched).abs() < 40.0, "{fetch}");
    }

    #[test]
    fn that_rows_are_those_of_one_partition_is_nothing_to_a_merge() {
        let filter = "operator IN ('B', 'C') AND (operator = 'B' OR species = 'Gull')";
        let text = format!("SELECT * FROM strikes WHERE {filter} ORDER BY struck_on LIMIT 50");
        let merged = plan_of(&known(), "by_operator", &text);
        assert_eq!(merged.order, OrderStrategy::Merge);
        let high = merged.estimate.rcu.high.unwrap().0;
        // Fifty rows are fetched; were it luck whose turn it is, some more would be.
        assert!(high < 30.0, "{:?}", merged.estimate);
    }

    #[test]
    fn the_first_ones_of_an_order_may_be_unlike_the_others() {
        // One in ten answers; among the first by damage it may be a few times as rare.
        let first = estimate("phase = 'Climb' AND operator > 'A' ORDER BY damage LIMIT 5");
        assert!(first.rcu.high.unwrap().0 > 130.0, "{first:?}");
        assert!(first.expected.0 < 70.0, "{first:?}");
    }

    #[rstest]
    #[case::as_by_chance(10.0, 10.0, 1.0..1.01)]
    #[case::luck(10.0, 14.0, 0.9..0.98)]
    #[case::far_more(30.0, 3.0, 4.0..8.0)]
    #[case::never(0.0, 20.0, 0.05..0.15)]
    fn what_luck_explains_says_little(
        #[case] with: f64,
        #[case] chance: f64,
        #[case] expected: std::ops::Range<f64>,
    ) {
        let lift = lift(with, chance);
        assert!(expected.contains(&lift), "{lift}");
    }

    #[rstest]
    #[case::many_say_what_they_say(100.0, 0.01, 0.27..0.31)]
    #[case::few_say_half_of_it(4.0, 0.0001, 0.0008..0.0016)]
    #[case::none_says_that_they_are_rare(0.0, 0.2, 0.0..0.002)]
    #[case::none_is_no_news_of_what_is_rare(0.0, 0.0001, 0.0001..0.0002)]
    #[case::nearly_all_likewise(296.0, 0.9999, 0.9984..0.9992)]
    fn the_more_examples_match_the_more_they_say(
        #[case] with: f64,
        #[case] independent: f64,
        #[case] share: std::ops::Range<f64>,
    ) {
        let blended = blended(with, 300.0, independent);
        assert!(share.contains(&blended), "{blended}");
    }
}
