//! Whether a predicate follows from what is known. Sound, not complete: it may say no although it does.

use super::conditions::understood;
use super::constraint::Constraint;
use crate::domain::expr::{CompareOp, Predicate, ValueExpr};
use std::borrow::Cow;

/// Whether `wanted` holds for every item that satisfies all of `given`, of whose attributes `of` tells
/// what is known. Each conjunct has to follow by itself: by set or interval inclusion, or word by word.
pub(super) fn implied<'a>(
    wanted: &Predicate,
    given: &[Predicate],
    of: &dyn Fn(&str) -> Option<Cow<'a, Constraint>>,
) -> bool {
    if given.contains(wanted) {
        return true;
    }
    match wanted {
        Predicate::And(members) => members.iter().all(|member| implied(member, given, of)),
        Predicate::Or(members) => members.iter().any(|member| implied(member, given, of)),
        Predicate::Not(inner) => understood(inner).is_some_and(|(attribute, ruled_out)| {
            of(attribute).is_some_and(|known| known.excludes(&ruled_out))
        }),
        Predicate::Compare(ValueExpr::Path(path), CompareOp::Ne, ValueExpr::Literal(value))
        | Predicate::Compare(ValueExpr::Literal(value), CompareOp::Ne, ValueExpr::Path(path)) => {
            let ruled_out = Constraint::one_of(vec![value.clone()]);
            let known = path.as_top().and_then(of);
            known.is_some_and(|known| known.excludes(&ruled_out))
        }
        Predicate::Exists(path) => path.as_top().and_then(of).is_some(),
        Predicate::TypeIs(path, kind) => {
            let known = path.as_top().and_then(of);
            known.is_some_and(|known| known.is_of(*kind))
        }
        _ => understood(wanted).is_some_and(|(attribute, wanted)| {
            of(attribute).is_some_and(|known| known.within(&wanted))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::conditions::Conditions;
    use super::*;
    use crate::domain::expr::{Context, parse_predicate};
    use rstest::rstest;

    fn follows(wanted: &str, from: &str) -> bool {
        let predicate = |text| parse_predicate(text, &Context::default()).unwrap();
        let given = Conditions::new(&predicate(from));
        implied(&predicate(wanted), given.conjuncts(), &|attribute| {
            given.of(attribute).map(Cow::Borrowed)
        })
    }

    #[rstest]
    #[case::word_by_word("size(a) > 5", "b = 1 AND size(a) > 5")]
    #[case::another_value_is_not_that_value("damage <> 'None'", "damage = 'Minor'")]
    #[case::nor_is_a_value_of_another_type("damage <> 'None'", "damage > 5")]
    #[case::a_list_without_it("damage <> 'None'", "damage IN ('Minor', 'B')")]
    #[case::a_list_within_a_list("a IN (1, 2, 3)", "a IN (1, 3)")]
    #[case::an_interval_within_an_interval("a >= 5", "a BETWEEN 5 AND 9")]
    #[case::two_conditions_together("a BETWEEN 1 AND 9", "a > 2 AND a < 8")]
    #[case::a_prefix("begins_with(a, '19')", "a BETWEEN '1998' AND '1999-05'")]
    #[case::a_comparison_needs_the_attribute("attribute_exists(a)", "a < 5")]
    #[case::and_its_type("attribute_type(a, 'N')", "a < 5")]
    #[case::both_conjuncts("a > 1 AND b = 2", "a = 5 AND b = 2")]
    #[case::one_of_two("a = 1 OR b = 2", "b = 2")]
    #[case::not_a_list("NOT a IN (1, 2)", "a = 3")]
    fn it_follows(#[case] wanted: &str, #[case] from: &str) {
        assert!(follows(wanted, from));
    }

    #[rstest]
    #[case::nothing_said("damage <> 'None'", "a = 1")]
    #[case::the_value_itself("damage <> 'None'", "damage IN ('Minor', 'None')")]
    #[case::a_wider_interval("a >= 5", "a > 4")]
    #[case::a_negation_does_not_need_the_attribute("attribute_exists(a)", "a <> 5")]
    #[case::one_conjunct_is_missing("a > 1 AND b = 2", "a = 5")]
    #[case::a_disjunction("a = 1", "a = 1 OR b = 2")]
    fn it_does_not_follow(#[case] wanted: &str, #[case] from: &str) {
        assert!(!follows(wanted, from));
    }
}
