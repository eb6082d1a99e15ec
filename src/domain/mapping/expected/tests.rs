use super::*;
use crate::domain::mapping::fixture::{copy, item, one_copy, strike, strikes, with};
use rstest::rstest;
use serde_json::{Value as Json, json};

/// E(b) of the copy `name` of the strikes dataset.
fn expected(name: &str, base: &Item) -> Expectation {
    let dataset = strikes();
    dataset.expected(copy(&dataset, name), base)
}

fn items(expectation: Expectation) -> Vec<Item> {
    match expectation {
        Expectation::Items(items) => items,
        Expectation::Unmappable(why) => panic!("unmappable: {}", why.detail),
    }
}

fn detail(expectation: Expectation) -> String {
    match expectation {
        Expectation::Items(items) => panic!("mapped: {items:?}"),
        Expectation::Unmappable(why) => why.detail,
    }
}

/// E(b) of a dataset with one copy, for a base item with key (p, s) and these attributes.
fn of_one_copy(key: &str, section: &str, attributes: &Json) -> Expectation {
    let dataset = one_copy(key, section);
    let base = with(
        &item(&json!({"pk": {"S": "p"}, "sk": {"S": "s"}})),
        attributes,
    );
    dataset.expected(copy(&dataset, "c"), &base)
}

/// The values of one attribute over the expected items.
fn values(items: &[Item], name: &str) -> Vec<Value> {
    items
        .iter()
        .filter_map(|item| item.get(name).cloned())
        .collect()
}

fn texts(items: &[Item], name: &str) -> Vec<String> {
    items
        .iter()
        .map(|item| match &item[name] {
            Value::S(text) => text.clone(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_strike_is_in_its_month_with_everything_it_has() {
    let computed = json!({"month": {"S": "1998-08"}, "slot": {"S": "1998-08-13#S04711"}});
    assert_eq!(
        items(expected("by_month", &strike())),
        [with(&strike(), &computed)]
    );
}

#[rstest]
#[case::of_another_kind(json!({"kind": {"S": "note"}}))]
#[case::of_no_kind(json!({"kind": null}))]
fn rule_1_an_item_outside_the_dataset_is_in_no_copy(#[case] changes: Json) {
    let base = with(&strike(), &changes);
    for name in ["by_month", "damaged", "by_party"] {
        assert_eq!(items(expected(name, &base)), []);
    }
}

#[rstest]
#[case::damaged(json!({}), 1)]
#[case::not_damaged(json!({"damage": {"S": "None"}}), 0)]
fn rule_2_a_sparse_copy_holds_what_its_where_says(#[case] changes: Json, #[case] count: usize) {
    assert_eq!(
        items(expected("damaged", &with(&strike(), &changes))).len(),
        count
    );
}

#[test]
fn rule_2_an_absent_attribute_differs_from_every_value() {
    // `damage <> 'None'` is true, but then the key `damage` has no value.
    let base = with(&strike(), &json!({"damage": null}));
    assert_eq!(
        detail(expected("damaged", &base)),
        "key attribute `damage` has no value"
    );
}

#[rstest]
#[case::both(json!({}), &["UNITED AIRLINES", "SACRAMENTO INTL"])]
#[case::an_element_without_a_value_is_skipped(json!({"operator": null}), &["SACRAMENTO INTL"])]
#[case::equal_elements_count_once(
    json!({"operator": {"S": "SACRAMENTO INTL"}}),
    &["SACRAMENTO INTL"]
)]
fn rule_3_a_literal_list_gives_one_item_for_each_element(
    #[case] changes: Json,
    #[case] parties: &[&str],
) {
    let found = items(expected("by_party", &with(&strike(), &changes)));
    assert_eq!(texts(&found, "party"), parties);
}

#[rstest]
#[case::a_list("k", json!({"tags": {"L": [{"S": "b"}, {"S": "a"}]}}), json!([{"S": "b"}, {"S": "a"}]))]
#[case::a_list_with_equals("k", json!({"tags": {"L": [{"S": "b"}, {"S": "b"}]}}), json!([{"S": "b"}]))]
#[case::a_set_of_texts("k", json!({"tags": {"SS": ["x", "y"]}}), json!([{"S": "x"}, {"S": "y"}]))]
#[case::a_set_of_numbers("k:N", json!({"tags": {"NS": ["10", "9"]}}), json!([{"N": "9"}, {"N": "10"}]))]
#[case::a_set_of_binaries("k:B", json!({"tags": {"BS": ["YQ=="]}}), json!([{"B": "YQ=="}]))]
#[case::an_empty_list("k", json!({"tags": {"L": []}}), json!([]))]
#[case::nothing("k", json!({}), json!([]))]
fn rule_3_a_list_or_set_attribute_gives_its_elements(
    #[case] key: &str,
    #[case] attributes: Json,
    #[case] elements: Json,
) {
    let found = items(of_one_copy(key, "each = \"tags as k\"", &attributes));
    let wanted = item(&json!({"all": {"L": elements}}));
    assert_eq!(Value::L(values(&found, "k")), wanted["all"]);
}

#[rstest]
#[case::text(json!({"tags": {"S": "x"}}), "S")]
#[case::null(json!({"tags": {"NULL": true}}), "NULL")]
#[case::a_map(json!({"tags": {"M": {}}}), "M")]
fn rule_3_another_type_is_unmappable(#[case] attributes: Json, #[case] kind: &str) {
    assert_eq!(
        detail(of_one_copy("k", "each = \"tags as k\"", &attributes)),
        format!("`each` walks `tags`, which is of type {kind}, neither a list nor a set")
    );
}

#[test]
fn rule_4_set_sees_the_base_item_and_the_alias_but_no_other_result() {
    let found = items(of_one_copy(
        "k t",
        "each = \"tags as t\"\nset = { a = \"'new'\", k = \"a || t.x\", t = \"t.x\" }",
        &json!({"a": {"S": "old"}, "tags": {"L": [{"M": {"x": {"S": "1"}}}]}}),
    ));
    assert_eq!(texts(&found, "k"), ["old1"]);
    assert_eq!(texts(&found, "a"), ["new"]);
}

#[test]
fn rule_4_the_alias_hides_a_base_attribute_of_its_name() {
    let found = items(of_one_copy(
        "k",
        "each = \"[a, b] as b\"\nset = { k = \"b\" }",
        &json!({"a": {"S": "1"}, "b": {"S": "2"}}),
    ));
    assert_eq!(texts(&found, "k"), ["1", "2"]);
}

#[rstest]
#[case::all("", &["a", "b", "k", "pk", "sk"])]
#[case::a_list("keep = [\"b\"]", &["b", "k", "pk", "sk"])]
#[case::all_but("keep = { except = [\"b\", \"k\", \"pk\"] }", &["a", "k", "pk", "sk"])]
fn rule_5_the_base_key_and_the_keys_of_the_copy_always_belong(
    #[case] keep: &str,
    #[case] names: &[&str],
) {
    // `where` names `k`, so that it is known to be an attribute of the base.
    let section = format!("{keep}\nwhere = \"attribute_exists(k)\"");
    let attributes = json!({"a": {"S": "1"}, "b": {"S": "2"}, "k": {"S": "3"}});
    let found = items(of_one_copy("k", &section, &attributes));
    assert_eq!(found[0].keys().collect::<Vec<_>>(), names);
}

#[test]
fn rule_5_later_wins_and_set_without_a_value_leaves_nothing() {
    let found = items(of_one_copy(
        "k",
        "each = \"[k] as a\"\nset = { a = \"'set'\", b = \"upper(n)\" }",
        &json!({"k": {"S": "key"}, "a": {"S": "kept"}, "b": {"S": "kept"}, "n": {"N": "1"}}),
    ));
    assert_eq!(texts(&found, "a"), ["set"]);
    assert_eq!(values(&found, "b"), []);
}

#[test]
fn rule_5_the_base_key_goes_by_the_name_the_copy_has_for_it() {
    let section = "base_key = { sk = \"id\" }\nset = { k = \"sk\" }";
    let found = items(of_one_copy("k", section, &json!({"id": {"S": "other"}})));
    let wanted = json!({"pk": {"S": "p"}, "id": {"S": "s"}, "k": {"S": "s"}});
    assert_eq!(found, [item(&wanted)]);
}

#[rstest]
#[case::absent(json!({"struck_on": null}), "key attribute `month` has no value")]
#[case::null(json!({"struck_on": {"NULL": true}}), "key attribute `month` has no value")]
#[case::of_another_type(json!({"struck_on": {"N": "1998"}}), "key attribute `month` has no value")]
#[case::not_a_date(json!({"struck_on": {"S": "summer"}}), "key attribute `month` has no value")]
fn rule_6_without_a_value_for_a_key_it_is_unmappable(#[case] changes: Json, #[case] why: &str) {
    assert_eq!(
        detail(expected("by_month", &with(&strike(), &changes))),
        why
    );
}

#[rstest]
#[case::the_wrong_type("k", json!({"k": {"N": "5"}}), "is of type N, not S")]
#[case::null("k", json!({"k": {"NULL": true}}), "is of type NULL, not S")]
#[case::empty_text("k", json!({"k": {"S": ""}}), "is empty")]
#[case::empty_binary("k:B", json!({"k": {"B": ""}}), "is empty")]
#[case::too_long_for_a_partition_key("k", json!({"k": {"S": "x".repeat(2049)}}), "is longer than 2048 bytes")]
#[case::too_long_for_a_sort_key("pk k", json!({"k": {"S": "x".repeat(1025)}}), "is longer than 1024 bytes")]
fn rule_6_a_key_that_dynamodb_refuses_is_unmappable(
    #[case] key: &str,
    #[case] attributes: Json,
    #[case] why: &str,
) {
    assert_eq!(
        detail(of_one_copy(key, "", &attributes)),
        format!("key attribute `k` {why}")
    );
}

#[test]
fn rule_6_two_elements_with_one_key_are_unmappable() {
    let found = of_one_copy(
        "k",
        "each = \"tags as t\"\nset = { k = \"pk\" }",
        &json!({"tags": {"SS": ["x", "y"]}}),
    );
    assert_eq!(detail(found), "two elements of `each` give one key");
}

#[rstest]
#[case::all("", &["extra", "kept", "computed", "alias", "except", "k", "pk", "id"])]
#[case::all_but("keep = { except = [\"except\"] }", &["extra", "kept", "computed", "alias", "k", "pk", "id"])]
#[case::a_list("keep = [\"kept\", \"sk\"]", &["kept", "computed", "alias", "k", "pk", "id"])]
fn rule_7_what_is_compared_follows_from_keep(#[case] keep: &str, #[case] names: &[&str]) {
    let section = format!(
        "{keep}\neach = \"[a] as alias\"\nset = {{ k = \"a\", computed = \"a\" }}\n\
         ignore = [\"ignored\", \"k\"]\nbase_key = {{ sk = \"id\" }}"
    );
    let dataset = one_copy("k", &section);
    let mut found: Vec<&str> = vec!["aws:rep:updatetime", "ignored"];
    found.extend([
        "extra", "kept", "computed", "alias", "except", "k", "pk", "id",
    ]);
    let found: Item = found
        .iter()
        .map(|n| ((*n).to_owned(), Value::s("x")))
        .collect();
    let compared = dataset.compared(copy(&dataset, "c"), &found);
    let mut names = names.to_vec();
    names.sort_unstable();
    assert_eq!(compared.keys().collect::<Vec<_>>(), names);
}

#[rstest]
#[case::in_the_nineties("1998-08-13", 2)]
#[case::later("2001-08-13", 0)]
fn items_for_which_only_is_false_are_not_of_the_copy(#[case] day: &str, #[case] count: usize) {
    let base = with(&strike(), &json!({"struck_on": {"S": day}}));
    let found = items(expected("by_party", &base));
    assert_eq!(found.len(), count);
    let dataset = strikes();
    let stored = json!({"slot": {"S": format!("{day}#S04711")}, "party": {"S": "x"}});
    assert_eq!(
        dataset.belongs(copy(&dataset, "by_party"), &item(&stored)),
        count > 0
    );
}

#[rstest]
#[case::whole(json!({"pk": {"S": "1"}, "id": {"S": "2"}}), Some(json!({"pk": {"S": "1"}, "sk": {"S": "2"}})))]
#[case::under_the_name_of_the_base(json!({"pk": {"S": "1"}, "sk": {"S": "2"}}), None)]
#[case::of_another_type(json!({"pk": {"N": "1"}, "id": {"S": "2"}}), None)]
#[case::empty(json!({"pk": {"S": ""}, "id": {"S": "2"}}), None)]
fn a_copy_item_tells_its_base_item(#[case] stored: Json, #[case] base_key: Option<Json>) {
    let dataset = one_copy("k", "base_key = { sk = \"id\" }");
    let found = dataset.base_key_of(copy(&dataset, "c"), &item(&stored));
    assert_eq!(found, base_key.as_ref().map(item));
}

#[rstest]
#[case::in_the_zone_of_the_copier("month(at, 'UTC')", "2024-02")]
#[case::in_another_zone("month(at, 'America/New_York')", "2024-01")]
fn the_month_of_an_instant_depends_on_the_zone(#[case] expr: &str, #[case] month: &str) {
    let section = format!("set = {{ month = \"{expr}\" }}");
    let attributes = json!({"at": {"S": "2024-01-31T23:30:00-05:00"}});
    let found = items(of_one_copy("month", &section, &attributes));
    assert_eq!(texts(&found, "month"), [month]);
}

#[test]
fn a_sharded_key_is_reproducible() {
    // The CRC-32 of `123456789` is 0xCBF43926.
    let section = "set = { k = \"'p#' || crc32(a) % 16\" }";
    let found = items(of_one_copy("k", section, &json!({"a": {"S": "123456789"}})));
    assert_eq!(texts(&found, "k"), ["p#6"]);
}

#[test]
fn a_number_in_a_key_prints_without_exponent_or_padding_zeros() {
    let section = "set = { k = \"lpad(n, 6, '0') || '#' || n\" }";
    let found = items(of_one_copy("k", section, &json!({"n": {"N": "0042.00"}})));
    assert_eq!(texts(&found, "k"), ["000042#42"]);
}
