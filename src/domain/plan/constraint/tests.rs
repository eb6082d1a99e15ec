use super::*;
use crate::domain::expr::{Context, parse_predicate};
use crate::domain::plan::conditions::Conditions;
use proptest::prelude::*;
use rstest::rstest;

/// What `text` says of the attribute `a`.
fn of(text: &str) -> Constraint {
    let predicate = parse_predicate(text, &Context::default()).unwrap();
    Conditions::new(&predicate).of("a").unwrap().clone()
}

#[rstest]
#[case::two_equalities("a = 1 AND a = 2")]
#[case::crossed_bounds("a > 5 AND a < 5")]
#[case::between_reversed("a BETWEEN 'b' AND 'a'")]
#[case::two_types("a > 5 AND a < 'x'")]
#[case::a_type_without_order("a < true")]
#[case::a_list_outside_the_interval("a IN (1, 2) AND a > 2")]
#[case::two_prefixes("begins_with(a, 'x') AND begins_with(a, 'y')")]
#[case::a_prefix_below_the_bound("begins_with(a, 'x') AND a > 'y'")]
#[case::a_prefix_above_the_bound("begins_with(a, 'x') AND a < 'w'")]
fn contradicting_conditions_leave_nothing(#[case] text: &str) {
    assert!(of(text).is_nothing(), "{:?}", of(text));
}

#[rstest]
#[case::a_list("a IN (1, 2)", "a < 3")]
#[case::an_interval("a BETWEEN 2 AND 3", "a > 1")]
#[case::the_same_bound("a > 1", "a >= 1")]
#[case::a_longer_prefix("begins_with(a, '1998-08')", "begins_with(a, '1998')")]
#[case::bounds_with_one_prefix("a BETWEEN '1998-08' AND '1998-10'", "begins_with(a, '199')")]
#[case::a_prefix_within_bounds("begins_with(a, '1998')", "a BETWEEN '1998' AND '1999'")]
fn one_constraint_lies_within_another(#[case] inner: &str, #[case] outer: &str) {
    assert!(of(inner).within(&of(outer)));
    assert!(!of(outer).within(&of(inner)));
}

#[rstest]
#[case("a > 1", "a > 2")]
#[case("a >= 1", "a > 1")]
#[case("a > 1", "a > 'x'")]
#[case("begins_with(a, '1998')", "a < '1998-05'")]
#[case("a BETWEEN '1998' AND '1999'", "begins_with(a, '1998')")]
fn a_constraint_that_reaches_beyond_another_is_not_within_it(
    #[case] inner: &str,
    #[case] outer: &str,
) {
    assert!(!of(inner).within(&of(outer)));
}

#[test]
fn an_interval_of_one_value_is_that_value() {
    assert_eq!(of("a >= 5 AND a <= 5").single(), Some(&Value::N(5.into())));
}

fn text() -> impl Strategy<Value = String> {
    "[ab]{0,3}"
}

fn condition() -> impl Strategy<Value = String> {
    (0..7, text(), text()).prop_map(|(form, x, y)| match form {
        0 => format!("a = '{x}'"),
        1 => format!("a IN ('{x}', '{y}')"),
        2 => format!("a < '{x}'"),
        3 => format!("a <= '{x}'"),
        4 => format!("a > '{x}'"),
        5 => format!("a BETWEEN '{x}' AND '{y}'"),
        _ => format!("begins_with(a, '{x}')"),
    })
}

proptest! {
    #[test]
    fn combined_conditions_hold_for_exactly_the_values_that_satisfy_both(
        x in condition(), y in condition(), value in text()
    ) {
        let value = Value::s(value);
        let both = of(&x).and(&of(&y));
        prop_assert_eq!(both.holds(&value), of(&x).holds(&value) && of(&y).holds(&value));
        prop_assert!(!(both.is_nothing() && both.holds(&value)));
    }

    #[test]
    fn what_lies_within_another_satisfies_it(x in condition(), y in condition(), value in text()) {
        let value = Value::s(value);
        if of(&x).within(&of(&y)) && of(&x).holds(&value) {
            prop_assert!(of(&y).holds(&value));
        }
    }
}
