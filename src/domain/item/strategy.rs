//! Arbitrary items for property tests.

use crate::domain::value::{Item, Number, Value};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;

fn any_number() -> impl Strategy<Value = Number> {
    ("-?[0-9]{1,38}", -100_i32..60).prop_filter_map("out of range", |(digits, exponent)| {
        format!("{digits}E{exponent}").parse().ok()
    })
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[a-e]", 1 => any::<String>()]
}

/// Any value, nested a few levels.
pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<String>().prop_map(Value::S),
        "[a-z]{100,300}".prop_map(Value::S),
        any_number().prop_map(Value::N),
        any::<i64>().prop_map(|whole| Value::N(whole.into())),
        any::<Vec<u8>>().prop_map(Value::B),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
        btree_set(any::<String>(), 1..4).prop_map(Value::Ss),
        btree_set(any_number(), 1..4).prop_map(Value::Ns),
        btree_set(any::<Vec<u8>>(), 1..4).prop_map(Value::Bs),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::L),
            btree_map(any_name(), inner, 0..4).prop_map(Value::M),
        ]
    })
}

/// Any item.
pub(crate) fn any_item() -> impl Strategy<Value = Item> {
    btree_map(any_name(), any_value(), 0..6)
}

/// A few items with names in common.
pub(crate) fn any_items() -> impl Strategy<Value = Vec<Item>> {
    vec(any_item(), 0..5)
}
