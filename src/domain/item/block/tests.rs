use super::*;
use crate::domain::item::strategy::{any_item, any_items};
use crate::domain::size::item_size;
use crate::domain::value::Value;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn block(items: &[Item]) -> Block {
    let mut builder = BlockBuilder::new();
    for item in items {
        builder.push(item);
    }
    builder.finish()
}

fn strike(n: usize) -> Item {
    let text = |name: &str, value: String| (name.to_owned(), Value::S(value));
    let number = |name: &str, value: usize| {
        let value = i64::try_from(value).unwrap();
        (name.to_owned(), Value::N(value.into()))
    };
    Item::from([
        text("airport", format!("K{:03}", n % 400)),
        text("strike_id", format!("{:07}", n * 17)),
        text(
            "struck_on",
            format!("1998-{:02}-{:02}", n % 12 + 1, n % 28 + 1),
        ),
        text("operator", "SOUTHWEST AIRLINES".into()),
        text("aircraft", "B-737-300".into()),
        text("species", "Mourning dove".into()),
        text("damage", "None".into()),
        text("phase", "Approach".into()),
        text("state", "Texas".into()),
        text("kind", "strike".into()),
        number("height", n % 9000),
        number("speed", n % 250),
        number("cost_total", n * 131),
        number("revised_at", 900_000_000 + n),
        ("warned".to_owned(), Value::Bool(n.is_multiple_of(2))),
    ])
}

#[test]
fn a_block_of_like_items_takes_at_most_half_as_much_again_as_the_items() {
    let items: Vec<_> = (0..3000).map(strike).collect();
    let bytes: usize = items.iter().map(item_size).sum();
    let memory = block(&items).memory();
    assert!(memory * 2 <= bytes * 3, "{memory} for {bytes}");
    assert!(memory > bytes / 4, "{memory} for {bytes}");
}

#[test]
fn a_clone_shares_the_buffer() {
    let original = block(&[strike(1)]);
    assert!(Arc::ptr_eq(&original.0, &original.clone().0));
}

#[test]
fn names_come_in_order_of_first_appearance_and_only_from_the_top_level() {
    let inner = Value::M(BTreeMap::from([("inner".into(), Value::Null)]));
    let first = Item::from([("m".into(), inner), ("z".into(), Value::Null)]);
    let second = Item::from([("a".into(), Value::Null), ("inner".into(), Value::Null)]);
    let block = block(&[first, second]);
    let names: Vec<_> = block.names().collect();
    assert_eq!(names, ["m", "z", "a", "inner"]);
}

#[test]
fn an_abandoned_item_leaves_no_bytes_and_no_names() {
    let mut builder = BlockBuilder::new();
    builder.push(&Item::from([("a".into(), Value::s("x"))]));
    builder.begin();
    builder.attribute("half");
    builder.abandon();
    builder.push(&Item::from([("b".into(), Value::s("y"))]));
    builder.begin();
    builder.attribute("half");
    let block = builder.finish();
    assert_eq!(block.len(), 2);
    assert_eq!(block.names().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(block.get(1).unwrap().to_item().len(), 1);
    assert!(block.get(2).is_none());
}

#[test]
fn the_empty_block_has_no_items_and_an_empty_item_has_no_attributes() {
    assert!(Block::default().is_empty());
    assert!(BlockBuilder::new().finish().get(0).is_none());
    let block = block(&[Item::new()]);
    assert_eq!(block.get(0).unwrap().iter().count(), 0);
}

#[test]
fn debug_output_of_a_block_shows_no_value() {
    let block = block(&[Item::from([("secret".into(), Value::s("hunter2"))])]);
    assert_eq!(format!("{block:?}"), "Block(1 items)");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn items_come_back_as_they_went_in(items in any_items()) {
        let block = block(&items);
        let read: Vec<_> = block.iter().map(|item| item.to_item()).collect();
        prop_assert_eq!(read, items);
    }

    #[test]
    fn the_size_in_place_is_the_size_of_the_owned_item(item in any_item()) {
        let block = block(std::slice::from_ref(&item));
        prop_assert_eq!(block.get(0).map(|read| read.size()), Some(item_size(&item)));
    }

    #[test]
    fn an_attribute_is_found_by_its_name(item in any_item()) {
        let block = block(std::slice::from_ref(&item));
        let read = block.get(0).unwrap();
        for (name, value) in &item {
            prop_assert_eq!(read.get(name).map(|v| v.to_value()), Some(value.clone()));
            prop_assert_eq!(read.get(name).map(|v| v.kind()), Some(value.kind()));
        }
        prop_assert!(read.get("no such name").is_none());
    }

    #[test]
    fn copies_between_blocks_keep_just_the_attributes_asked_for(
        other in any_item(),
        items in any_items(),
    ) {
        let source = block(&items);
        let mut builder = BlockBuilder::new();
        builder.push(&other);
        for item in source.iter() {
            builder.push_ref(item, |name| name != "a");
        }
        let copied = builder.finish();
        for (copy, mut item) in copied.iter().skip(1).zip(items) {
            item.remove("a");
            prop_assert_eq!(copy.to_item(), item);
        }
    }
}
