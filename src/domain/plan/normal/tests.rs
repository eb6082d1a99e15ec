use super::*;
use crate::domain::expr::{Context, holds, parse_predicate};
use crate::domain::value::{Item, Number};
use proptest::prelude::*;
use rstest::rstest;

fn parsed(text: &str) -> Predicate {
    parse_predicate(text, &Context::default()).unwrap()
}

fn ways(text: &str) -> (Vec<Vec<String>>, Bounded) {
    let splits = splits(&Conditions::new(&parsed(text)));
    let text = |one: &Conjunction| all(one.iter().cloned()).to_string();
    let ways = splits.ways.iter().map(|way| way.iter().map(text).collect());
    (ways.collect(), splits.bounded)
}

#[rstest]
#[case::of_a_disjunction("NOT (a = 1 OR b < 2)", "a <> 1 AND NOT b < 2")]
#[case::of_a_conjunction("NOT (a <> 1 AND b = 2)", "a = 1 OR b <> 2")]
#[case::of_itself("NOT (NOT a < 1)", "a < 1")]
#[case::of_existence("NOT attribute_exists(a)", "attribute_not_exists(a)")]
#[case::an_absent_attribute_is_not_less_nor_not("NOT a < 1", "NOT a < 1")]
fn a_negation_moves_inwards(#[case] text: &str, #[case] moved: &str) {
    assert_eq!(inwards(&parsed(text)), parsed(moved));
}

#[test]
fn each_disjunction_is_taken_apart_and_then_all_together() {
    let (ways, bounded) = ways("(a = 1 OR b = 2) AND (c = 3 OR d = 4)");
    assert_eq!(
        ways,
        [
            vec!["(c = 3 OR d = 4) AND a = 1", "(c = 3 OR d = 4) AND b = 2"],
            vec!["(a = 1 OR b = 2) AND c = 3", "(a = 1 OR b = 2) AND d = 4"],
            vec![
                "a = 1 AND c = 3",
                "a = 1 AND d = 4",
                "b = 2 AND c = 3",
                "b = 2 AND d = 4"
            ],
        ]
    );
    assert_eq!(bounded, Bounded::No);
}

#[test]
fn values_of_one_attribute_are_one_member_and_alone_none() {
    let (ways, _) = ways("a = 1 OR b > 2 OR a IN (3, 4)");
    assert_eq!(ways, [["b > 2", "a IN (1, 3, 4)"]]);
    assert!(self::ways("a = 1 OR a = 2").0.is_empty());
}

#[test]
fn what_nests_is_taken_apart_up_to_the_bound() {
    let (ways, bounded) = ways("a = 1 OR (b = 2 AND (c > 3 OR d > 4))");
    assert_eq!(ways, [["b = 2 AND c > 3", "b = 2 AND d > 4", "a = 1"]]);
    assert_eq!(bounded, Bounded::No);
    let pairs = |names: &str| {
        let pair = |name: char| format!("({name} > 1 OR {name}{name} > 2)");
        names.chars().map(pair).collect::<Vec<_>>().join(" AND ")
    };
    let (ways, bounded) = self::ways(&pairs("abcde"));
    assert_eq!(bounded, Bounded::Yes);
    assert!(ways.iter().all(|way| way.len() <= MOST_MEMBERS), "{ways:?}");
    let many: Vec<String> = (0..17).map(|n| format!("a{n} > 1")).collect();
    assert_eq!(self::ways(&many.join(" OR ")), (Vec::new(), Bounded::Yes));
}

fn predicate() -> impl Strategy<Value = Predicate> {
    let leaf = prop_oneof![
        Just("a = 1"),
        Just("a <> 2"),
        Just("b < 2"),
        Just("b IN (1, 3)"),
        Just("attribute_exists(c)"),
        Just("c BETWEEN 1 AND 2"),
    ];
    leaf.prop_map(parsed).prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Predicate::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Predicate::Or),
            inner.prop_map(|inner| Predicate::Not(Box::new(inner))),
        ]
    })
}

fn item() -> impl Strategy<Value = Item> {
    let value = prop::option::of(0_i64..4);
    (value.clone(), value.clone(), value).prop_map(|(a, b, c)| {
        let number = |n| crate::domain::value::Value::N(Number::from(n));
        [("a", a), ("b", b), ("c", c)]
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), number(value?))))
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_moved_and_taken_apart_holds_for_the_same_items(
        predicate in predicate(),
        items in prop::collection::vec(item(), 6),
    ) {
        let conditions = Conditions::new(&predicate);
        let splits = splits(&conditions);
        for item in &items {
            let wanted = holds(&predicate, item);
            prop_assert_eq!(holds(&inwards(&predicate), item), wanted);
            for way in &splits.ways {
                let either = way.iter().any(|one| one.iter().all(|p| holds(p, item)));
                prop_assert_eq!(either, wanted, "{:?}", way);
            }
            for (name, value) in item {
                let said = conditions.of(name);
                prop_assert!(!wanted || said.is_none_or(|said| said.holds(value)), "{said:?}");
            }
            for name in ["a", "b", "c"] {
                let said = conditions.of(name).is_some();
                prop_assert!(!wanted || !said || item.contains_key(name));
            }
        }
    }
}
