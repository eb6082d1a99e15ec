use super::*;
use crate::domain::expr::{Context, parse_predicate};
use rstest::rstest;
use std::fmt::Write as _;

fn predicate(text: &str) -> Predicate {
    parse_predicate(text, &Context::default()).unwrap()
}

fn month(range: Option<KeyRange>) -> KeyCondition {
    KeyCondition {
        equal: vec![("month".to_owned(), Value::s("1998-08"))],
        partition_len: 1,
        range: range.map(|range| ("slot".to_owned(), range)),
    }
}

#[test]
fn key_filter_and_projection_share_their_placeholders() {
    let key = month(Some(KeyRange::Ge(Value::s("1998-08-10"))));
    let filter = predicate("state = '1998-08' AND slot <> 'x'");
    let projection = ["slot", "month", "cost", "slot"].map(str::to_owned);
    let compiled = compile(Some(&key), Some(&filter), Some(&projection));
    assert_eq!(
        compiled,
        Expressions {
            key_condition: Some("#n0 = :v0 AND #n1 >= :v1".to_owned()),
            filter: Some("#n2 = :v0 AND #n1 <> :v2".to_owned()),
            projection: Some("#n1, #n0, #n3".to_owned()),
            names: [
                ("#n0", "month"),
                ("#n1", "slot"),
                ("#n2", "state"),
                ("#n3", "cost")
            ]
            .map(|(n, name)| (n.to_owned(), name.to_owned()))
            .to_vec(),
            values: [(":v0", "1998-08"), (":v1", "1998-08-10"), (":v2", "x")]
                .map(|(v, value)| (v.to_owned(), Value::s(value)))
                .to_vec(),
        }
    );
}

#[rstest]
#[case("a.b[0].c = 1", "#n0.#n1[0].#n2 = :v0")]
#[case("a.a = 1 AND b = 1", "#n0.#n0 = :v0 AND #n1 = :v0")]
#[case("a = 1 AND (b = 2 OR c = 3)", "#n0 = :v0 AND (#n1 = :v1 OR #n2 = :v2)")]
#[case("a = 1 AND b = 2 OR c = 3", "(#n0 = :v0 AND #n1 = :v1) OR #n2 = :v2")]
#[case("NOT (a = 1 OR b = 2)", "NOT (#n0 = :v0 OR #n1 = :v1)")]
#[case("a NOT BETWEEN 1 AND 2", "NOT (#n0 BETWEEN :v0 AND :v1)")]
#[case("a IN (1, 2, b)", "#n0 IN (:v0, :v1, #n1)")]
#[case("size(a) > 5", "size(#n0) > :v0")]
#[case(
    "begins_with(a, 'p') AND contains(a, 'p')",
    "begins_with(#n0, :v0) AND contains(#n0, :v0)"
)]
#[case(
    "attribute_exists(a) AND attribute_not_exists(b)",
    "attribute_exists(#n0) AND attribute_not_exists(#n1)"
)]
#[case("attribute_type(a, 'SS')", "attribute_type(#n0, :v0)")]
fn a_filter_becomes_an_expression(#[case] text: &str, #[case] expression: &str) {
    let filter = predicate(text);
    assert!(is_expressible(&filter));
    assert_eq!(
        compile(None, Some(&filter), None).filter.as_deref(),
        Some(expression)
    );
}

#[test]
fn no_parentheses_are_redundant() {
    // Built by hand: a connective of one member inside another.
    let one = Predicate::And(vec![predicate("a = 1")]);
    let filter = Predicate::Or(vec![one, predicate("b = 2")]);
    assert_eq!(
        compile(None, Some(&filter), None).filter.as_deref(),
        Some("#n0 = :v0 OR #n1 = :v1")
    );
}

#[test]
fn a_filter_that_is_always_true_is_left_out() {
    assert_eq!(
        compile(None, Some(&Predicate::TRUE), None),
        Expressions::default()
    );
}

#[rstest]
#[case::a_function_of_ours("month(a) = '1998-08'")]
#[case::inside_a_connective("b = 1 AND NOT (c = 2 OR upper(a) = 'X')")]
#[case::literals_alone("1 = 1")]
#[case::truth_in_a_connective("a = 1 OR true")]
#[case::one_attribute_twice("a = a")]
#[case::in_itself("a IN (1, a)")]
#[case::contains_itself("contains(a, a)")]
#[case::an_order_of_booleans("a > true")]
#[case::bounds_out_of_order("a BETWEEN 2 AND 1")]
#[case::bounds_of_two_types("a BETWEEN 1 AND '2'")]
#[case::a_function_over_a_literal("contains('abc', a)")]
fn what_the_service_refuses_is_not_expressible(#[case] text: &str) {
    assert!(!is_expressible(&predicate(text)));
}

#[test]
fn in_takes_a_hundred_operands_and_no_more() {
    let list = |count: usize| {
        let mut text = "a IN (0".to_owned();
        for n in 1..count {
            write!(text, ", {n}").unwrap();
        }
        predicate(&(text + ")"))
    };
    assert!(is_expressible(&list(100)));
    assert!(!is_expressible(&list(101)));
}

#[test]
fn an_expression_has_at_most_300_operators_in_4_kb() {
    let chain = |terms: usize, name: &dyn Fn(usize) -> String| {
        Predicate::Or(
            (0..terms)
                .map(|n| predicate(&format!("{} = 1", name(n))))
                .collect(),
        )
    };
    let one_name = |_: usize| "a".to_owned();
    assert!(is_expressible(&chain(150, &one_name)));
    assert!(!is_expressible(&chain(151, &one_name)));
    let long = |n: usize| format!("a{n}.b.c.d.e.f.g.h.i.j");
    assert!(!is_expressible(&chain(100, &long)));
}

#[test]
fn a_path_goes_down_at_most_32_levels() {
    let deep = |levels: usize| predicate(&format!("a{} = 1", ".a".repeat(levels - 1)));
    assert!(is_expressible(&deep(32)));
    assert!(!is_expressible(&deep(33)));
}

#[rstest]
#[case(None, "month = '1998-08'")]
#[case(Some(KeyRange::Lt(Value::s("x"))), "month = '1998-08' AND slot < 'x'")]
#[case(Some(KeyRange::Le(Value::s("x"))), "month = '1998-08' AND slot <= 'x'")]
#[case(Some(KeyRange::Gt(Value::s("x"))), "month = '1998-08' AND slot > 'x'")]
#[case(
    Some(KeyRange::Between(Value::s("x"), Value::s("y"))),
    "month = '1998-08' AND slot BETWEEN 'x' AND 'y'"
)]
#[case(
    Some(KeyRange::BeginsWith(Value::s("x"))),
    "month = '1998-08' AND begins_with(slot, 'x')"
)]
fn a_key_condition_reads_as_text(#[case] range: Option<KeyRange>, #[case] text: &str) {
    let key = month(range);
    assert_eq!(key.to_string(), text);
    assert_eq!(predicate(text), key.predicate());
}
