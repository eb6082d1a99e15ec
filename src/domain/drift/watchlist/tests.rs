use super::super::Class;
use super::*;
use crate::domain::mapping::fixture::{copy, strike, strikes, with};
use crate::domain::value::Value;
use rstest::rstest;
use serde_json::{Value as Json, json};

const PAUSE: Duration = Duration::from_secs(10);

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn key(text: &str) -> Item {
    Item::from([("id".to_owned(), Value::s(text))])
}

fn subject(text: &str) -> Subject {
    Subject {
        copy: 0,
        base_key: key(text),
    }
}

fn finding(copy_key: &str) -> Finding {
    Finding {
        dataset: "d".into(),
        copy: "c".into(),
        class: Class::Missing,
        base_key: Some(key("a")),
        copy_key: Some(key(copy_key)),
        attributes: Vec::new(),
        detail: None,
        seen_at: String::new(),
        confirmed_at: String::new(),
        mend: None,
    }
}

fn list() -> Watchlist<u32> {
    Watchlist::of_at_most(3)
}

fn changed(list: &mut Watchlist<u32>, id: &str, copy_key: &str, due: u64) {
    list.changed(subject(id), [key(copy_key)].into(), at(due));
}

/// What is due, by id, with the copy keys.
fn due(list: &mut Watchlist<u32>, now: u64) -> Vec<(Item, Vec<Item>, u32)> {
    let due = list.take_due(at(now), 10).into_iter();
    due.map(|due| (due.subject.base_key, due.copy_keys, due.progress))
        .collect()
}

#[test]
fn an_item_that_changed_is_due_once_its_grace_is_over_and_then_forgotten() {
    let mut list = list();
    changed(&mut list, "a", "x", 5);
    assert_eq!((due(&mut list, 4), list.next_due()), (vec![], Some(at(5))));
    assert_eq!(due(&mut list, 5), [(key("a"), vec![key("x")], 0)]);
    assert_eq!(
        list.settle(&subject("a"), vec![], at(5), PAUSE),
        News::default()
    );
    assert_eq!((list.under_way(), list.next_due()), (0, None));
}

#[test]
fn changes_of_one_item_are_one_look_and_one_more_for_those_that_came_later() {
    let mut list = list();
    for (copy_key, until) in [("x", 5), ("y", 6), ("z", 7)] {
        changed(&mut list, "a", copy_key, until);
    }
    assert_eq!(list.under_way(), 1);
    assert_eq!(due(&mut list, 5), [(key("a"), vec![key("x")], 0)]);
    list.settle(&subject("a"), vec![], at(5), PAUSE);
    assert_eq!(list.next_due(), Some(at(7)));
    assert_eq!(due(&mut list, 7), [(key("a"), vec![key("y"), key("z")], 0)]);
}

#[test]
fn an_item_that_differs_is_looked_at_again_with_what_is_known_of_it() {
    let mut list = list();
    changed(&mut list, "a", "x", 5);
    due(&mut list, 5);
    list.look_again(subject("a"), at(8), 1);
    assert_eq!(due(&mut list, 7), []);
    assert_eq!(due(&mut list, 8), [(key("a"), vec![key("x")], 1)]);
}

#[test]
fn drift_is_told_once_and_said_to_be_mended_once() {
    let mut list = list();
    changed(&mut list, "a", "x", 5);
    due(&mut list, 5);
    let news = list.settle(&subject("a"), vec![finding("x")], at(5), PAUSE);
    assert_eq!((news.found, news.mended), (vec![finding("x")], vec![]));
    assert_eq!((list.under_way(), list.next_due()), (0, Some(at(15))));
    due(&mut list, 15);
    let later = Finding {
        confirmed_at: "later".to_owned(),
        ..finding("x")
    };
    let news = list.settle(&subject("a"), vec![later], at(15), PAUSE);
    assert_eq!(news, News::default());
    assert_eq!(list.next_due(), Some(at(35)), "with a longer pause");
    due(&mut list, 35);
    let news = list.settle(&subject("a"), vec![], at(35), PAUSE);
    assert_eq!(news.mended.len(), 1);
    assert_eq!((list.under_way(), list.next_due()), (0, None));
}

#[test]
fn drift_that_moves_to_another_key_is_mended_there_and_found_here() {
    let mut list = list();
    changed(&mut list, "a", "x", 5);
    due(&mut list, 5);
    list.settle(&subject("a"), vec![finding("x")], at(5), PAUSE);
    changed(&mut list, "a", "y", 9);
    assert_eq!(
        list.next_due(),
        Some(at(9)),
        "a change is looked at in time"
    );
    due(&mut list, 9);
    let news = list.settle(&subject("a"), vec![finding("y")], at(9), PAUSE);
    assert_eq!(
        (news.found, news.mended),
        (vec![finding("y")], vec![finding("x")])
    );
}

#[test]
fn what_cannot_be_settled_is_let_go_unless_it_changed_since() {
    let mut list = list();
    for id in ["a", "b"] {
        changed(&mut list, id, "x", 5);
    }
    changed(&mut list, "b", "x", 6);
    due(&mut list, 5);
    for id in ["a", "b"] {
        list.give_up(&subject(id), at(5), PAUSE);
    }
    assert_eq!((list.under_way(), list.next_due()), (1, Some(at(6))));
}

#[test]
fn there_is_room_for_so_many_and_no_more() {
    let mut list = list();
    for id in ["a", "b", "c"] {
        assert!(list.has_room());
        changed(&mut list, id, "x", 5);
    }
    assert!(!list.has_room());
    due(&mut list, 5);
    list.settle(&subject("a"), vec![], at(5), PAUSE);
    assert!(list.has_room());
}

#[test]
fn at_the_end_it_is_known_what_was_not_looked_at() {
    let mut list = list();
    changed(&mut list, "differs", "x", 1);
    due(&mut list, 1);
    list.look_again(subject("differs"), at(9), 1);
    changed(&mut list, "overdue", "y", 2);
    changed(&mut list, "early", "z", 9);
    let left = list.leave(at(3));
    assert_eq!(left.open, [(subject("differs"), vec![key("x")])]);
    assert_eq!((left.early, left.overdue), (1, 1));
}

#[rstest]
#[case::in_the_copy("by_month", ChangeKind::Modify, Some(json!({})), Some(json!({"cost_total": {"N": "13"}})), Some(1))]
#[case::under_another_key("by_month", ChangeKind::Modify, Some(json!({})), Some(json!({"struck_on": {"S": "1998-09-01"}})), Some(2))]
#[case::gone("by_month", ChangeKind::Remove, Some(json!({})), None, Some(1))]
#[case::never_in_the_copy("damaged", ChangeKind::Insert, None, Some(json!({"damage": {"S": "None"}})), None)]
#[case::of_another_entity("by_month", ChangeKind::Insert, None, Some(json!({"kind": {"S": "bird"}})), None)]
#[case::unmappable("by_month", ChangeKind::Insert, None, Some(json!({"struck_on": null})), Some(0))]
#[case::without_images("by_month", ChangeKind::Modify, None, None, Some(0))]
#[case::gone_without_images("by_month", ChangeKind::Remove, None, None, None)]
fn a_change_concerns_the_keys_that_its_images_give(
    #[case] name: &str,
    #[case] kind: ChangeKind,
    #[case] old: Option<Json>,
    #[case] new: Option<Json>,
    #[case] keys: Option<usize>,
) {
    let dataset = strikes();
    let image = |change: Option<Json>| change.map(|change| with(&strike(), &change));
    let record = StreamRecord {
        sequence: "1".to_owned(),
        kind,
        key: dataset.base.key.of(&strike()),
        old: image(old),
        new: image(new),
        at: 0,
    };
    let concerned = concerned(&dataset, copy(&dataset, name), &record);
    assert_eq!(concerned.map(|keys| keys.len()), keys);
}
