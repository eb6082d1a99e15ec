//! The pitfalls of comparing copies, each a test by its name.
//!
//! Everything goes the whole way: the digests of both sides find the candidate, and a look at it says what is
//! wrong. What a check meets over time is tested where it is decided: changes under way and undone in
//! [`round`](super::round), the segments of a check that is resumed with its checkpoint.

use super::fixture::{NOW, World};
use super::{Class, Finding};
use crate::domain::mapping::Nulls;
use crate::domain::mapping::fixture::{item, one_copy, strike, with};
use crate::domain::value::Item;
use rstest::rstest;
use serde_json::{Value as Json, json};

/// The lines of a copy that keeps everything.
const PLAIN: &str = "set = { k = \"pk || sk\" }";

/// A base item and a copy item with these attributes beside their keys, in a copy with these lines.
fn world(section: &str, base: &Json, copy: &Json) -> World {
    let keys = item(&json!({"pk": {"S": "1"}, "sk": {"S": "2"}}));
    let in_copy = with(&keys, &json!({"k": {"S": "12"}}));
    World {
        dataset: one_copy("k", section),
        name: "c",
        base: vec![with(&keys, base)],
        copy: vec![with(&in_copy, copy)],
        older: Vec::new(),
    }
}

fn compared(base: &Json, copy: &Json) -> Vec<Finding> {
    world(PLAIN, base, copy).findings()
}

/// The only finding.
fn only(findings: Vec<Finding>) -> Finding {
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.into_iter().next().unwrap()
}

fn detail(finding: &Finding) -> &str {
    finding.detail.as_deref().unwrap_or_default()
}

#[rstest]
#[case("0042.1200", "42.12", true)]
#[case("1E125", &format!("1{}", "0".repeat(125)), true)]
#[case("-0", "0.00", true)]
#[case("9007199254740993", "9007199254740992", false)]
#[case(
    "12345678901234567890123456789012345678",
    "12345678901234567890123456789012345679",
    false
)]
fn numbers_are_compared_by_value_to_38_digits_and_never_as_floats(
    #[case] one: &str,
    #[case] other: &str,
    #[case] equal: bool,
) {
    let number = |text: &str| json!({"a": {"N": text}, "set": {"NS": [text]}});
    assert_eq!(compared(&number(one), &number(other)).is_empty(), equal);
}

#[test]
fn a_number_in_a_string_is_a_string() {
    let found = only(compared(
        &json!({"a": {"N": "7"}}),
        &json!({"a": {"S": "7"}}),
    ));
    assert_eq!(
        (found.class, &*found.attributes[0].path),
        (Class::Different, "a")
    );
    assert_eq!(
        compared(&json!({"a": {"S": "7"}}), &json!({"a": {"S": "7.0"}})).len(),
        1
    );
}

#[test]
fn an_id_that_a_copy_holds_as_text_needs_a_declared_cast() {
    let section = "set = { k = \"pk || sk\", n = \"cast(n as string)\" }";
    let (number, text) = (json!({"n": {"N": "0042.0"}}), json!({"n": {"S": "42"}}));
    assert_eq!(world(section, &number, &text).findings(), []);
    assert_eq!(compared(&number, &text).len(), 1);
}

#[rstest]
#[case::of_numbers_by_value(json!({"NS": ["10", "9"]}), json!({"NS": ["9.0", "1E1"]}))]
#[case::of_texts(json!({"SS": ["a", "B", "é"]}), json!({"SS": ["é", "B", "a"]}))]
#[case::of_bytes(json!({"BS": ["AA==", "AQI="]}), json!({"BS": ["AQI=", "AA=="]}))]
#[case::however_deep(
    json!({"L": [{"M": {"x": {"NS": ["1", "2"]}}}]}),
    json!({"L": [{"M": {"x": {"NS": ["2", "1"]}}}]})
)]
fn sets_have_no_order(#[case] one: Json, #[case] other: Json) {
    assert_eq!(compared(&json!({ "a": one }), &json!({ "a": other })), []);
}

#[test]
fn lists_have_an_order() {
    let list = |one: &str, other: &str| json!({"a": {"L": [{"S": one}, {"S": other}]}});
    let found = only(compared(&list("x", "y"), &list("y", "x")));
    let paths: Vec<&str> = found.attributes.iter().map(|diff| &*diff.path).collect();
    assert_eq!(paths, ["a[0]", "a[1]"]);
}

#[test]
fn the_order_of_a_map_is_no_part_of_it() {
    let one =
        json!({"a": {"M": {"x": {"S": "1"}, "y": {"M": {"p": {"S": "2"}, "q": {"S": "3"}}}}}});
    let other =
        json!({"a": {"M": {"y": {"M": {"q": {"S": "3"}, "p": {"S": "2"}}}, "x": {"S": "1"}}}});
    assert_eq!(compared(&one, &other), []);
}

#[rstest]
#[case::without_padding("AQ", "AQ==")]
#[case::with_bits_left_over("AR==", "AQ==")]
fn binary_is_compared_by_its_bytes_and_not_by_its_base64(#[case] one: &str, #[case] other: &str) {
    let bytes = |text: &str| json!({"a": {"B": text}});
    assert_eq!(compared(&bytes(one), &bytes(other)), []);
    assert_eq!(compared(&bytes(one), &bytes("Ag==")).len(), 1);
}

#[rstest]
#[case::a_string(json!({"S": ""}))]
#[case::binary(json!({"B": ""}))]
fn what_is_empty_is_there(#[case] empty: Json) {
    let empty = json!({ "a": empty });
    assert_eq!(compared(&empty, &empty), []);
    let found = only(compared(&empty, &json!({})));
    assert!(found.attributes[0].base.is_some() && found.attributes[0].copy.is_none());
}

#[rstest]
#[case::in_the_copy(json!({}), json!({"a": {"NULL": true}}), "a")]
#[case::in_the_base(
    json!({"a": {"M": {"b": {"NULL": true}}}}),
    json!({"a": {"M": {}}}),
    "a.b"
)]
fn null_is_not_missing_and_the_finding_says_so(
    #[case] base: Json,
    #[case] copy: Json,
    #[case] path: &str,
) {
    let found = only(compared(&base, &copy));
    let wanted = format!("null on one side and missing on the other: `{path}`");
    assert_eq!(detail(&found), wanted);
}

#[rstest]
#[case::of_the_copy(json!({}), json!({"a": {"NULL": true}}), true)]
#[case::of_the_base(json!({"a": {"NULL": true}}), json!({}), true)]
#[case::inside_a_map_of_a_list(
    json!({"a": {"L": [{"M": {"b": {"NULL": true}}}]}}),
    json!({"a": {"L": [{"M": {}}]}}),
    true
)]
#[case::computed(json!({"a": {"M": {"b": {"NULL": true}}}}), json!({"a": {"M": {}}, "n": {"NULL": true}}), true)]
#[case::but_not_an_element_of_a_list(json!({"a": {"L": [{"NULL": true}]}}), json!({"a": {"L": []}}), false)]
#[case::and_no_other_value(json!({"a": {"NULL": true}}), json!({"a": {"S": ""}}), false)]
fn null_is_missing_where_the_file_says_so(
    #[case] base: Json,
    #[case] copy: Json,
    #[case] equal: bool,
) {
    let mut world = world(PLAIN, &base, &copy);
    assert!(!world.findings().is_empty());
    world.dataset.dataset.check.nulls = Nulls::Missing;
    assert_eq!(world.findings().is_empty(), equal);
}

#[test]
fn texts_are_compared_by_their_bytes_and_the_finding_says_when_they_look_alike() {
    let text = |text: &str| json!({"a": {"S": text}, "b": {"S": text}});
    let found = only(compared(&text("Zu\u{308}rich"), &text("Z\u{fc}rich")));
    assert_eq!(
        detail(&found),
        "equal but for Unicode normalization (NFC): `a`, `b`"
    );
    assert_eq!(
        only(compared(&text("Zürich"), &text("Zurich"))).detail,
        None
    );
}

#[test]
fn the_attributes_of_replication_between_regions_are_ignored() {
    let replicated =
        json!({"aws:rep:updateregion": {"S": "eu-west-1"}, "aws:rep:updatetime": {"N": "1"}});
    assert_eq!(compared(&json!({}), &replicated), []);
    assert_eq!(compared(&replicated, &json!({})), []);
}

#[test]
fn what_the_copier_adds_is_ignored_once_it_is_declared() {
    let added = json!({"copied_at": {"S": "today"}});
    let section = format!("{PLAIN}\nignore = [\"copied_at\"]");
    assert_eq!(world(&section, &json!({}), &added).findings(), []);
    assert_eq!(compared(&json!({}), &added).len(), 1);
}

#[test]
fn of_a_projection_only_what_was_declared_is_compared() {
    let section = format!("{PLAIN}\nkeep = [\"a\"]");
    let base = json!({"a": {"S": "x"}, "b": {"S": "only in the base"}});
    let extra = json!({"a": {"S": "x"}, "c": {"S": "only in the copy"}});
    assert_eq!(world(&section, &base, &extra).findings(), []);
    let lacking = json!({"b": {"S": "only in the base"}});
    let found = only(world(&section, &base, &lacking).findings());
    let paths: Vec<&str> = found.attributes.iter().map(|diff| &*diff.path).collect();
    assert_eq!(paths, ["a"]);
}

/// The evening of the 31st of January in New York is the 1st of February in UTC.
#[rstest]
#[case::in_utc("month(at)", json!({"S": "2024-01-31T23:30:00-05:00"}), "2024-02")]
#[case::in_a_zone("month(at, 'America/New_York')", json!({"S": "2024-01-31T23:30:00-05:00"}), "2024-01")]
#[case::of_seconds("month(at, 'UTC', 's')", json!({"N": "1706761800"}), "2024-02")]
#[case::of_milliseconds("month(at, 'UTC', 'ms')", json!({"N": "1706761800000"}), "2024-02")]
fn a_derived_month_has_the_zone_and_the_unit_of_the_mapping(
    #[case] month: &str,
    #[case] at: Json,
    #[case] expected: &str,
) {
    let section = format!("set = {{ k = \"{month}\" }}");
    let in_month = |month: &str| json!({"at": at, "k": {"S": month}});
    let base = json!({"at": at});
    assert_eq!(world(&section, &base, &in_month(expected)).findings(), []);
    let found = world(&section, &base, &in_month("2023-12")).findings();
    let classes: Vec<Class> = found.iter().map(|finding| finding.class).collect();
    assert_eq!(classes, [Class::Missing, Class::Misplaced]);
}

/// crc32("12") is 1330857165.
#[test]
fn the_suffix_of_a_sharded_key_is_computed_again() {
    let section = "set = { k = \"'2024-05#' || crc32(pk || sk) % 10\" }";
    let base = json!({});
    assert_eq!(
        world(section, &base, &json!({"k": {"S": "2024-05#5"}})).findings(),
        []
    );
    let found = world(section, &base, &json!({"k": {"S": "2024-05#6"}})).findings();
    assert_eq!(found.len(), 2, "missing there and misplaced here");
}

#[test]
fn an_old_image_that_a_late_retry_brought_back_is_stale() {
    let (old, new) = (json!({"v": {"N": "9"}}), json!({"v": {"N": "10"}}));
    let mut world = world(PLAIN, &new, &old);
    assert_eq!(only(world.findings()).class, Class::Different);
    world.older = vec![with(&world.base[0], &json!({"v": {"N": "8"}}))];
    assert_eq!(only(world.findings()).class, Class::Different);
    world.older.push(with(&world.base[0], &old));
    let found = only(world.findings());
    assert_eq!(found.class, Class::Stale);
    assert_eq!(
        detail(&found),
        "it is as an older image in the stream has it"
    );
    world.older.clear();
    world.dataset.dataset.version_by = Some(crate::domain::expr::Path::top("v"));
    let found = only(world.findings());
    assert_eq!(
        (found.class, detail(&found)),
        (Class::Stale, "by `v` it is an older version")
    );
}

/// Which of the tables has a time to live, and whose items are there.
#[rstest]
#[case::the_base_item_is_to_go_and_its_copy_went("b", true, false, "missing")]
#[case::the_copy_went_by_a_time_to_live_of_its_own("c", true, false, "missing")]
#[case::the_base_item_went_and_its_copy_is_to_go("c", false, true, "orphaned")]
fn what_expired_on_either_side_is_no_drift(
    #[case] table: &str,
    #[case] in_base: bool,
    #[case] in_copy: bool,
    #[case] class: &str,
) {
    for (ends, class_now) in [(NOW - 60, "expired"), (NOW + 60, class)] {
        let ends = json!({"ends": {"N": ends.to_string()}});
        let mut world = world(PLAIN, &ends, &ends);
        let tables = [&mut world.dataset.base, &mut world.dataset.copies[0].table];
        let table = tables
            .into_iter()
            .find(|known| known.name == *table)
            .unwrap();
        table.ttl = Some("ends".to_owned());
        world.base.truncate(usize::from(in_base));
        world.copy.truncate(usize::from(in_copy));
        let found = only(world.findings());
        assert_eq!(found.class.code(), class_now);
        assert!(
            found.class.is_drift() || detail(&found).starts_with(class),
            "{found:?}"
        );
    }
}

#[test]
fn in_a_table_of_several_kinds_of_items_the_others_are_no_orphans() {
    let section = format!("{PLAIN}\nonly = \"kind = 'order'\"");
    let order = json!({"kind": {"S": "order"}});
    let mut shared = world(&section, &order, &order);
    shared.copy.push(item(
        &json!({"k": {"S": "customer-7"}, "kind": {"S": "customer"}}),
    ));
    assert_eq!(shared.findings(), []);
    shared.dataset = one_copy("k", PLAIN);
    assert_eq!(only(shared.findings()).class, Class::Orphaned);
}

#[rstest]
#[case::to_be_there(None, Class::Missing)]
#[case::to_be_written_again(Some(json!({"note": {"S": "short"}})), Class::Different)]
fn an_item_too_large_for_the_copy_says_why(#[case] copy: Option<Json>, #[case] class: Class) {
    let large = json!({"note": {"S": "x".repeat(409_590)}});
    let mut world = world(PLAIN, &large, copy.as_ref().unwrap_or(&large));
    world.copy.truncate(usize::from(copy.is_some()));
    let found = only(world.findings());
    assert_eq!(found.class, class);
    assert!(
        detail(&found).ends_with("bytes, and no item has more than 409600"),
        "{found:?}"
    );
}

/// A scan is no snapshot: an item that moves between partitions meanwhile is met twice, or never.
#[test]
fn an_item_that_moved_during_the_scan_is_a_candidate_and_no_finding() {
    let month = |month: &str| {
        let slot = format!("{month}-13#S04711");
        with(
            &strike(),
            &json!({"month": {"S": month}, "slot": {"S": slot}}),
        )
    };
    let now = World::of("by_month", &[strike()], &[month("1998-08")]);
    for met in [vec![], vec![month("1998-07"), month("1998-08")]] {
        let scanned = World::of("by_month", &[strike()], &met);
        let candidates = scanned.candidates();
        assert_eq!(candidates.len(), 1);
        assert_eq!(now.classify(&candidates[0], &now.look(&candidates[0])), []);
    }
    let twice = World::of(
        "by_month",
        &[strike()],
        &[month("1998-08"), month("1998-08")],
    );
    assert_eq!(twice.candidates(), []);
}

/// Two readers of a stream never reorder one item, but what they put can overwrite another item's.
#[test]
fn of_two_base_items_with_one_key_the_loser_is_a_duplicate() {
    let winner: Item = item(&json!({"pk": {"S": "1"}, "sk": {"S": "2"}, "a": {"S": "same"}}));
    let loser = with(&winner, &json!({"sk": {"S": "3"}}));
    let world = World {
        dataset: one_copy("k", "set = { k = \"a\" }"),
        name: "c",
        base: vec![winner.clone(), loser.clone()],
        copy: vec![with(&winner, &json!({"k": {"S": "same"}}))],
        older: Vec::new(),
    };
    let found = only(world.findings());
    assert_eq!(found.class, Class::Duplicate);
    assert_eq!(found.base_key, Some(world.dataset.base.key.of(&loser)));
}
