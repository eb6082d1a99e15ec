use super::*;
use crate::domain::drift::fixture;
use crate::domain::mapping::fixture::{copy, item, strike, strikes, with};
use rstest::rstest;
use serde_json::{Value as Json, json};

/// What comparing the copy `name` with these items on either side finds.
fn candidates(name: &str, base: &[Item], found: &[Item]) -> Vec<Candidate> {
    let dataset = strikes();
    fixture::candidates(&dataset, copy(&dataset, name), base, found)
}

fn in_month(base: &Item) -> Item {
    let computed = json!({"month": {"S": "1998-08"}, "slot": {"S": "1998-08-13#S04711"}});
    with(base, &computed)
}

fn base_key(strike_id: &str) -> Item {
    item(&json!({"airport": {"S": "SACRAMENTO INTL"}, "strike_id": {"S": strike_id}}))
}

fn key(month: &str) -> Item {
    item(&json!({"month": {"S": month}, "slot": {"S": format!("{month}-13#S04711")}}))
}

#[test]
fn sides_that_agree_have_no_candidates_and_equal_tallies() {
    let dataset = strikes();
    let copy = copy(&dataset, "by_month");
    let foreign = with(&strike(), &json!({"kind": {"S": "note"}}));
    let (expected, actual) =
        fixture::sides(&dataset, copy, &[strike(), foreign], &[in_month(&strike())]);
    let tally = |bytes: &[u8]| {
        let mut tally = Tally::default();
        for record in &records(bytes) {
            tally.add(record);
        }
        tally
    };
    assert_eq!(tally(&expected).count, 1);
    assert_eq!(tally(&expected), tally(&actual));
    assert_eq!(differences(&dataset, copy, &expected, &actual), []);
}

#[rstest]
#[case::a_number_written_otherwise(json!({"cost_total": {"N": "12.00"}}), true)]
#[case::another_number(json!({"cost_total": {"N": "7"}}), false)]
#[case::text_for_a_number(json!({"cost_total": {"S": "12"}}), false)]
#[case::null_for_missing(json!({"note": {"NULL": true}}), false)]
#[case::an_attribute_of_replication(json!({"aws:rep:deleting": {"BOOL": false}}), true)]
#[case::an_attribute_more(json!({"note": {"S": ""}}), false)]
#[case::an_attribute_less(json!({"species": null}), false)]
fn an_image_that_differs_is_a_candidate(#[case] changes: Json, #[case] agrees: bool) {
    let found = candidates(
        "by_month",
        &[strike()],
        &[with(&in_month(&strike()), &changes)],
    );
    let wanted = Candidate {
        base_key: Some(base_key("S04711")),
        copy_keys: vec![key("1998-08")],
        seen: 1,
    };
    assert_eq!(found, if agrees { vec![] } else { vec![wanted] });
}

#[test]
fn missing_and_misplaced_of_one_base_item_are_one_candidate() {
    let moved = json!({"month": {"S": "1998-07"}, "slot": {"S": "1998-07-13#S04711"}});
    let found = candidates("by_month", &[strike()], &[with(&strike(), &moved)]);
    assert_eq!(
        found,
        [Candidate {
            base_key: Some(base_key("S04711")),
            copy_keys: vec![key("1998-07")],
            seen: 2,
        }]
    );
}

#[test]
fn the_loser_of_two_base_items_with_one_key_is_a_candidate() {
    // In `damaged` the airport is not in the key, so two airports can meet there.
    let loser = with(&strike(), &json!({"airport": {"S": "ZURICH"}}));
    let stored = with(&strike(), &json!({"slot": {"S": "0000000012#S04711"}}));
    let found = candidates("damaged", &[strike(), loser.clone()], &[stored]);
    assert_eq!(found.len(), 1);
    let dataset = strikes();
    assert_eq!(found[0].base_key, Some(dataset.base.key.of(&loser)));
}

#[test]
fn an_unmappable_base_item_is_one_candidate_with_its_copy_items() {
    let base = with(&strike(), &json!({"struck_on": null}));
    let alone = candidates("by_month", std::slice::from_ref(&base), &[]);
    assert_eq!(
        alone,
        [Candidate {
            base_key: Some(base_key("S04711")),
            copy_keys: vec![],
            seen: 0,
        }]
    );
    let with_item = candidates("by_month", &[base], &[in_month(&strike())]);
    assert_eq!(with_item.len(), 1);
    assert_eq!(with_item[0].copy_keys, [key("1998-08")]);
}

#[test]
fn a_copy_item_without_a_base_key_is_a_candidate_of_its_own() {
    let stray = with(&in_month(&strike()), &json!({"strike_id": null}));
    let found = candidates("by_month", &[], std::slice::from_ref(&stray));
    assert_eq!(
        found,
        [Candidate {
            base_key: None,
            copy_keys: vec![key("1998-08")],
            seen: 1,
        }]
    );
    // Under an expected key it is looked at as that item.
    let expected = candidates("by_month", &[strike()], &[stray]);
    assert_eq!(expected.len(), 1);
    assert_eq!(expected[0].base_key, Some(base_key("S04711")));
}

#[test]
fn of_more_candidates_than_are_verified_the_rest_is_counted() {
    let dataset = strikes();
    let copy = copy(&dataset, "by_month");
    let id = |n: usize| json!({"strike_id": {"S": format!("S{n:05}")}});
    let base: Vec<Item> = (0..10).map(|n| with(&strike(), &id(n))).collect();
    let (expected, actual) = fixture::sides(&dataset, copy, &base, &[]);
    let mut gathered = Gathered::new(&dataset, copy, 3);
    gathered.take(&expected, &actual);
    let (candidates, rest) = gathered.finish();
    assert_eq!((candidates.len(), rest), (3, 7));
}

#[test]
fn a_stray_is_known_by_the_item_that_should_be_there_in_whichever_bucket_that_is() {
    let dataset = strikes();
    let copy = copy(&dataset, "by_month");
    let stray = with(&in_month(&strike()), &json!({"strike_id": null}));
    let (expected, actual) = fixture::sides(&dataset, copy, &[strike()], &[stray]);
    let mut gathered = Gathered::new(&dataset, copy, 3);
    // Its record has a bucket of its own, and may come first.
    gathered.take(&[], &actual);
    gathered.take(&expected, &[]);
    assert!(gathered.has_strays());
    gathered.take_known(&[], &actual);
    gathered.take_known(&expected, &[]);
    let (candidates, rest) = gathered.finish();
    assert_eq!((candidates.len(), rest), (1, 0));
}

#[test]
fn items_that_do_not_belong_to_the_copy_are_no_candidates() {
    let foreign = json!({"party": {"S": "x"}, "slot": {"S": "v2#x"}});
    assert_eq!(candidates("by_party", &[], &[item(&foreign)]), []);
}

#[test]
fn an_item_that_a_scan_meets_twice_is_no_difference() {
    let stored = in_month(&strike());
    assert_eq!(
        candidates("by_month", &[strike()], &[stored.clone(), stored]),
        []
    );
}

#[test]
fn of_many_items_exactly_those_that_differ_are_candidates() {
    let id = |n: usize| json!({"strike_id": {"S": format!("S{n:05}")}});
    let base: Vec<Item> = (0..500).map(|n| with(&strike(), &id(n))).collect();
    let mut found: Vec<Item> = base
        .iter()
        .enumerate()
        .map(|(n, base)| {
            let slot =
                json!({"month": {"S": "1998-08"}, "slot": {"S": format!("1998-08-13#S{n:05}")}});
            with(base, &slot)
        })
        .collect();
    found.reverse();
    found.remove(400);
    found[0] = with(&found[0], &json!({"species": {"S": "Swan"}}));
    let mut keys: Vec<_> = candidates("by_month", &base, &found)
        .into_iter()
        .filter_map(|candidate| candidate.base_key)
        .collect();
    keys.sort();
    assert_eq!(keys, [base_key("S00099"), base_key("S00499")]);
}
