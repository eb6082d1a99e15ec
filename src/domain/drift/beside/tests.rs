use super::*;
use crate::domain::mapping::fixture::{copy, item, strikes};
use rstest::rstest;
use serde_json::json;

fn base() -> Item {
    item(&json!({
        "kind": {"S": "strike"}, "airport": {"S": "SAC"}, "strike_id": {"S": "S1"},
        "struck_on": {"S": "1998-08-13"}, "operator": {"S": "UNITED"}, "damage": {"S": "Minor"},
        "cost_total": {"N": "12"}, "species": {"S": "Gull"},
    }))
}

fn sought(stray: Option<(&str, Item)>) -> Sought {
    Sought {
        base_key: Some(strikes().base.key.of(&base())),
        stray: stray.map(|(name, key)| (CopyName::from(name), key)),
    }
}

fn wanted(name: &str) -> (Item, Item) {
    let dataset = strikes();
    let wanted = Beside::wanted(&dataset, copy(&dataset, name), Some(&base()), &sought(None));
    let (key, expected) = wanted.unwrap().remove(0);
    (key, expected.unwrap())
}

fn sighting(name: &str, expected: Option<Item>, found: Option<Item>) -> Sighting {
    let dataset = strikes();
    let (key, _) = wanted(name);
    Sighting::new(&dataset, copy(&dataset, name), (key, expected), Ok(found))
}

fn with(mut item: Item, name: &str, value: Value) -> Item {
    item.insert(name.to_owned(), value);
    item
}

#[test]
fn one_base_item_has_as_many_items_in_a_copy_as_the_mapping_gives() {
    let dataset = strikes();
    let parties = Beside::wanted(
        &dataset,
        copy(&dataset, "by_party"),
        Some(&base()),
        &sought(None),
    );
    assert_eq!(parties.unwrap().len(), 2);
    let undamaged = with(base(), "damage", Value::s("None"));
    let none = Beside::wanted(
        &dataset,
        copy(&dataset, "damaged"),
        Some(&undamaged),
        &sought(None),
    );
    assert_eq!(none, Err("the mapping gives no item".to_owned()));
}

#[test]
fn an_item_under_another_key_is_looked_at_besides_and_no_key_twice() {
    let dataset = strikes();
    let months = copy(&dataset, "by_month");
    let (key, _) = wanted("by_month");
    let twice = sought(Some(("by_month", key.clone())));
    let here = base();
    let keys = |sought, base: Option<&Item>| {
        let wanted = Beside::wanted(&dataset, months, base, sought).unwrap();
        wanted.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
    };
    assert_eq!(keys(&twice, Some(&here)), std::slice::from_ref(&key));
    let other = with(key.clone(), "month", Value::s("1998-09"));
    let stray = sought(Some(("by_month", other.clone())));
    assert_eq!(keys(&stray, Some(&here)), [key, other.clone()]);
    assert_eq!(keys(&stray, None), [other]);
}

#[test]
fn an_attribute_agrees_differs_or_is_not_compared() {
    let (_, expected) = wanted("damaged");
    let found = with(expected.clone(), "cost_total", Value::N(7.into()));
    let found = with(found, "remarks", Value::s("the copy's own"));
    let seen = sighting("damaged", Some(expected), Some(found));
    let standing = |name| seen.attribute(name).1;
    assert_eq!(standing("damage"), Standing::Agrees);
    assert_eq!(standing("cost_total"), Standing::Differs);
    assert_eq!(standing("remarks"), Standing::Apart);
    assert_eq!(standing("species"), Standing::Apart);
    assert_eq!(seen.attribute("cost_total").0, Some(&Value::N(7.into())));
}

#[rstest]
#[case::as_it_should_be(true, Some("Gull"), Presence::Agrees)]
#[case::another_value(true, Some("Duck"), Presence::Differs(1))]
#[case::not_there(true, None, Presence::Missing)]
#[case::too_many(false, Some("Gull"), Presence::Unexpected)]
#[case::rightly_not_there(false, None, Presence::Absent)]
fn an_item_as_a_whole(
    #[case] should: bool,
    #[case] species: Option<&str>,
    #[case] presence: Presence,
) {
    let (_, expected) = wanted("by_month");
    let found = species.map(|species| with(expected.clone(), "species", Value::s(species)));
    let seen = sighting("by_month", should.then_some(expected), found);
    assert_eq!(seen.presence(), presence);
}

#[test]
fn attributes_of_all_items_are_listed_once_keys_first() {
    let (_, expected) = wanted("by_month");
    let beside = Beside {
        base: Some(base()),
        copies: vec![sighting("by_month", Some(expected), None)],
        notes: Vec::new(),
    };
    let names = beside.attributes(&["airport".to_owned(), "strike_id".to_owned()]);
    assert_eq!(names[..3], ["airport", "strike_id", "cost_total"]);
    assert_eq!(names.iter().filter(|name| *name == "month").count(), 1);
}
