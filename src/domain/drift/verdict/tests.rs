use super::*;
use crate::domain::drift::fixture::World;
use crate::domain::mapping::fixture::{item, one_copy, strike, strikes, with};
use rstest::rstest;
use serde_json::{Value as Json, json};

fn classes(findings: &[Finding]) -> Vec<Class> {
    findings.iter().map(|finding| finding.class).collect()
}

fn in_month(base: &Item) -> Item {
    let computed = json!({"month": {"S": "1998-08"}, "slot": {"S": "1998-08-13#S04711"}});
    with(base, &computed)
}

fn key(month: &str) -> Item {
    item(&json!({"month": {"S": month}, "slot": {"S": format!("{month}-13#S04711")}}))
}

/// One finding, whose class, keys, and detail are as given.
fn check(found: &[Finding], class: Class, copy_key: Option<&Item>, detail: Option<&str>) {
    assert_eq!(classes(found), [class]);
    assert_eq!(found[0].copy_key.as_ref(), copy_key);
    assert_eq!(found[0].detail.as_deref(), detail);
    assert_eq!(
        (&*found[0].seen_at, &*found[0].confirmed_at),
        ("then", "now")
    );
}

#[test]
fn an_absent_copy_item_is_missing() {
    let found = World::of("by_month", &[strike()], &[]).findings();
    check(&found, Class::Missing, Some(&key("1998-08")), None);
    assert_eq!(found[0].base_key, Some(strikes().base.key.of(&strike())));
}

#[test]
fn a_copy_item_too_large_to_be_written_is_missing_with_the_reason() {
    let large = with(&strike(), &json!({"note": {"S": "x".repeat(409_500)}}));
    let found = World::of("by_month", &[large], &[]).findings();
    let detail = found[0].detail.as_deref().unwrap();
    assert!(detail.ends_with("no item has more than 409600"), "{detail}");
}

#[test]
fn a_copy_item_whose_base_item_does_not_exist_is_orphaned() {
    let found = World::of("by_month", &[], &[in_month(&strike())]).findings();
    check(&found, Class::Orphaned, Some(&key("1998-08")), None);
    assert_eq!(found[0].base_key, Some(strikes().base.key.of(&strike())));
}

#[test]
fn a_copy_item_without_the_base_key_is_orphaned_with_a_detail() {
    let stray = with(&in_month(&strike()), &json!({"strike_id": null}));
    let found = World::of("by_month", &[], &[stray]).findings();
    let detail = "it lacks the base key: `airport`, `strike_id`";
    check(&found, Class::Orphaned, Some(&key("1998-08")), Some(detail));
    assert_eq!(found[0].base_key, None);
}

#[test]
fn under_its_right_key_a_copy_item_without_the_base_key_is_different() {
    let stray = with(&in_month(&strike()), &json!({"strike_id": null}));
    let found = World::of("by_month", &[strike()], &[stray]).findings();
    check(&found, Class::Different, Some(&key("1998-08")), None);
    assert_eq!(found[0].attributes[0].path, "strike_id");
}

#[test]
fn a_copy_item_under_an_old_key_is_misplaced() {
    let old = with(&strike(), &item_json(&key("1998-07")));
    let found = World::of("by_month", &[strike()], &[in_month(&strike()), old]).findings();
    check(&found, Class::Misplaced, Some(&key("1998-07")), None);
}

#[test]
fn missing_and_misplaced_of_one_base_item_are_both_found() {
    let old = with(&strike(), &item_json(&key("1998-07")));
    let found = World::of("by_month", &[strike()], &[old]).findings();
    assert_eq!(classes(&found), [Class::Missing, Class::Misplaced]);
    assert_eq!(found[0].copy_key, Some(key("1998-08")));
    assert_eq!(found[1].copy_key, Some(key("1998-07")));
}

#[rstest]
#[case::of_the_copy("damaged", json!({"damage": {"S": "None"}}), "the base item is not of the copy: its `where` is false")]
#[case::of_the_dataset("damaged", json!({"kind": {"S": "note"}}), "the base item is not of the dataset: its `where` is false")]
fn a_copy_item_whose_base_item_is_no_longer_of_it_is_misplaced(
    #[case] name: &'static str,
    #[case] changes: Json,
    #[case] detail: &str,
) {
    let stored = with(&strike(), &json!({"slot": {"S": "0000000012#S04711"}}));
    let found = World::of(name, &[with(&strike(), &changes)], &[stored]).findings();
    assert_eq!(classes(&found), [Class::Misplaced]);
    assert_eq!(found[0].detail.as_deref(), Some(detail));
}

#[test]
fn another_value_under_the_right_key_is_different_with_both_values() {
    let stored = with(
        &in_month(&strike()),
        &json!({"cost_total": {"N": "7"}, "species": null}),
    );
    let found = World::of("by_month", &[strike()], &[stored]).findings();
    check(&found, Class::Different, Some(&key("1998-08")), None);
    let paths: Vec<&str> = found[0]
        .attributes
        .iter()
        .map(|diff| diff.path.as_str())
        .collect();
    assert_eq!(paths, ["cost_total", "species"]);
    assert_eq!(found[0].attributes[1].copy, None);
}

#[test]
fn the_loser_of_two_base_items_with_one_key_is_a_duplicate() {
    let loser = with(&strike(), &json!({"airport": {"S": "ZURICH"}}));
    let kept = ["airport", "strike_id", "damage", "cost_total", "struck_on"];
    let mut stored = with(&strike(), &json!({"slot": {"S": "0000000012#S04711"}}));
    stored.retain(|name, _| name == "slot" || kept.contains(&name.as_str()));
    let found = World::of("damaged", &[strike(), loser.clone()], &[stored.clone()]).findings();
    let detail = "base item airport=\"SACRAMENTO INTL\" strike_id=\"S04711\" maps to the same key, \
                  and its item is there";
    let key = strikes().copy("damaged").unwrap().table.key.of(&stored);
    check(&found, Class::Duplicate, Some(&key), Some(detail));
    assert_eq!(found[0].base_key, Some(strikes().base.key.of(&loser)));
}

#[test]
fn a_key_taken_by_an_item_of_a_base_item_that_is_gone_is_missing_and_orphaned() {
    let other = with(&in_month(&strike()), &json!({"airport": {"S": "ZURICH"}}));
    let mut found = World::of("by_month", &[strike()], &[other]).findings();
    found.sort_by_key(|finding| finding.class);
    assert_eq!(classes(&found), [Class::Missing, Class::Orphaned]);
    let detail = found[0].detail.as_deref().unwrap();
    assert!(
        detail.starts_with("its key is taken by an item of base item"),
        "{detail}"
    );
}

#[test]
fn an_unmappable_base_item_is_reported_once_and_its_copy_items_are_not_judged() {
    let base = with(&strike(), &json!({"struck_on": null}));
    let found = World::of("by_month", &[base], &[in_month(&strike())]).findings();
    check(
        &found,
        Class::Unmappable,
        None,
        Some("key attribute `month` has no value"),
    );
}

#[test]
fn a_missing_element_of_a_fan_out_is_found_and_the_other_is_clean() {
    let slot = json!({"slot": {"S": "1998-08-13#S04711"}, "party": {"S": "UNITED AIRLINES"}});
    let stored = with(
        &with(&strike(), &slot),
        &json!({"copied_at": {"S": "today"}}),
    );
    let found = World::of("by_party", &[strike()], &[stored]).findings();
    let wanted = item(&json!({
        "slot": {"S": "1998-08-13#S04711"}, "party": {"S": "SACRAMENTO INTL"},
    }));
    check(&found, Class::Missing, Some(&wanted), None);
}

#[test]
fn a_renamed_base_key_leads_back_to_the_base_item() {
    let dataset = one_copy(
        "k",
        "base_key = { pk = \"p\", sk = \"s\" }\nset = { k = \"pk || sk\" }",
    );
    let base = item(&json!({"pk": {"S": "1"}, "sk": {"S": "2"}, "a": {"N": "1"}}));
    let stored = item(&json!({
        "k": {"S": "12"}, "p": {"S": "1"}, "s": {"S": "2"}, "a": {"N": "2"},
    }));
    let world = World {
        dataset,
        name: "c",
        base: vec![base],
        copy: vec![stored],
        older: Vec::new(),
    };
    assert_eq!(classes(&world.findings()), [Class::Different]);
}

/// What the second look shows, compared with the first: a missing item.
#[rstest]
#[case::it_arrived(&[strike()], &[in_month(&strike())], "agrees")]
#[case::nothing_moved(&[strike()], &[], "the same")]
#[case::the_base_moved(&[with(&strike(), &json!({"species": {"S": "Swan"}}))], &[], "moved")]
#[case::the_copy_moved(
    &[strike()],
    &[with(&in_month(&strike()), &json!({"species": {"S": "Swan"}}))],
    "moved"
)]
#[case::the_base_item_was_deleted(&[], &[], "agrees")]
#[case::the_base_number_was_rewritten(
    &[with(&strike(), &json!({"cost_total": {"N": "12.0"}}))],
    &[],
    "the same"
)]
fn a_look_has_the_digest_of_another_when_nothing_moved_between_them(
    #[case] base: &[Item],
    #[case] copy: &[Item],
    #[case] outcome: &str,
) {
    let before = World::of("by_month", &[strike()], &[]);
    let candidate = before.candidates().remove(0);
    let after = World::of("by_month", base, copy);
    let (first, second) = (before.look(&candidate), after.look(&candidate));
    let found = if after.classify(&candidate, &second).is_empty() {
        "agrees"
    } else if first.digest() == second.digest() {
        "the same"
    } else {
        "moved"
    };
    assert_eq!(found, outcome);
}

#[test]
fn a_write_that_a_stream_told_of_is_a_move_even_when_it_was_undone() {
    let mut world = World::of("by_month", &[strike()], &[]);
    let candidate = world.candidates().remove(0);
    let before = world.look(&candidate).digest();
    world
        .older
        .push(with(&strike(), &json!({"species": {"S": "Swan"}})));
    let between = world.look(&candidate).digest();
    world.older.push(strike());
    let after = world.look(&candidate).digest();
    assert!(before != between && between != after && before != after);
}

#[test]
fn a_look_reads_the_key_it_should_have_now_and_the_one_it_was_seen_at() {
    let old = with(&in_month(&strike()), &json!({"species": {"S": "Swan"}}));
    let before = World::of("by_month", &[strike()], &[old]);
    let candidate = before.candidates().remove(0);
    let moved = with(&strike(), &json!({"struck_on": {"S": "1998-09-13"}}));
    let after = World::of("by_month", &[moved], &[]);
    let keys: Vec<Item> = after
        .look(&candidate)
        .copy
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(keys, [key("1998-08"), key("1998-09")]);
}

/// Typed JSON of an item.
fn item_json(item: &Item) -> Json {
    crate::domain::item::item_to_dynamo_json(item)
}
