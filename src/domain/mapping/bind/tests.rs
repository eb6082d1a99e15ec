use crate::domain::mapping::fixture::{
    STRIKES, copy, item, one_copy, strikes, strikes_table, try_one_copy,
};
use crate::domain::mapping::{Expectation, bind, parse_dataset_file};
use crate::domain::problem::Problem;
use rstest::rstest;
use serde_json::json;

const SLOT: &str = "slot = \"'x'\"";

#[test]
fn the_strikes_dataset_finds_its_tables() {
    let dataset = strikes();
    assert_eq!(dataset.failed, []);
    let tables: Vec<&str> = dataset
        .copies
        .iter()
        .map(|c| c.table.name.as_str())
        .collect();
    assert_eq!(
        tables,
        ["strikes_by_month", "strikes_damaged", "strikes_by_party"]
    );
}

#[test]
fn one_copy_that_fails_leaves_the_others_at_work() {
    let file = parse_dataset_file("driftscope.toml", STRIKES).unwrap();
    let tables = |name: &str| match name {
        "strikes_damaged" => Err(Problem::new("access denied")),
        other => strikes_table(other),
    };
    let dataset = bind(&file.datasets[0], &file.path, &file.text, &tables).unwrap();
    assert_eq!(dataset.copies.len(), 2);
    let (name, problem) = &dataset.failed[0];
    assert_eq!(name.as_str(), "damaged");
    assert_eq!(problem.to_string(), "driftscope.toml:15:10: access denied");
}

#[test]
fn a_base_that_fails_fails_the_dataset() {
    let file = parse_dataset_file("driftscope.toml", STRIKES).unwrap();
    let problem = bind(&file.datasets[0], &file.path, &file.text, &|_| {
        Err(Problem::new("no such table"))
    })
    .unwrap_err();
    assert_eq!(problem.to_string(), "driftscope.toml:4:15: no such table");
}

#[rstest]
#[case::a_date("month(d)", "S")]
#[case::a_concatenation("n || '#'", "S")]
#[case::a_cast_to_number("cast(a as number)", "N")]
#[case::a_cast_to_text("cast(n as string)", "S")]
#[case::a_shard("crc32(a) % 8", "N")]
#[case::a_padded_number("lpad(n, 10, '0')", "S")]
#[case::an_attribute_of_any_type("a", "N")]
#[case::an_attribute_of_the_base_key("pk", "S")]
#[case::an_attribute_of_an_index_key("n", "N")]
#[case::the_first_of_texts("coalesce(substr(a, 1, 2), 'x')", "S")]
#[case::the_first_of_anything("coalesce(a, 'x')", "N")]
fn a_key_of_the_right_or_of_an_unknown_type_binds(#[case] expr: &str, #[case] kind: &str) {
    let section = format!("set = {{ k = \"{expr}\", {SLOT} }}");
    assert!(try_one_copy(&format!("k:{kind} slot"), &section).is_ok());
}

#[rstest]
#[case::a_date("month(d)", "N", "S")]
#[case::a_number("5", "S", "N")]
#[case::a_shard("crc32(a) % 8", "S", "N")]
#[case::a_remainder("n % 8", "S", "N")]
#[case::a_text("upper(a)", "B", "S")]
#[case::an_attribute_of_the_base_key("pk", "N", "S")]
#[case::an_attribute_of_an_index_key("n", "S", "N")]
#[case::the_first_of_texts("coalesce(trim(a), 'x')", "N", "S")]
fn a_key_of_another_type_is_told_at_its_expression(
    #[case] expr: &str,
    #[case] wanted: &str,
    #[case] given: &str,
) {
    let section = format!("set = {{ {SLOT}, k = \"{expr}\" }}");
    let problem = try_one_copy(&format!("k:{wanted} slot"), &section).unwrap_err();
    let told = problem.to_string();
    let start = format!(
        "d.toml:6:{}: key attribute `k` of copy `c` would be of type {given}: `c` has it as type {wanted}",
        "set = { slot = \"'x'\", k = \"".len() + 1
    );
    assert!(told.starts_with(&start), "{told}");
}

#[test]
fn the_type_of_an_alias_is_that_of_its_elements() {
    let each = |elements: &str| format!("each = \"{elements} as k\"\nset = {{ {SLOT} }}");
    assert!(try_one_copy("k slot", &each("[pk, sk]")).is_ok());
    assert!(try_one_copy("k slot", &each("[pk, a]")).is_ok());
    assert!(try_one_copy("k:N slot", &each("tags")).is_ok());
    let problem = try_one_copy("k:N slot", &each("[pk, sk]")).unwrap_err();
    assert_eq!(problem.place.unwrap().line, 6);
}

#[test]
fn a_kept_attribute_of_an_index_key_has_its_type() {
    assert!(try_one_copy("n:N", "").is_ok());
    let problem = try_one_copy("n:S", "").unwrap_err();
    assert!(problem.what.contains("would be of type N"), "{problem}");
}

#[test]
fn a_slip_in_the_name_of_a_key_is_told_with_the_name_that_is_given() {
    let section = format!("set = {{ mnth = \"month(d)\", {SLOT} }}");
    let problem = try_one_copy("month slot", &section).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "d.toml:6:17: nothing gives the key attribute `month` of copy `c`: `c` has it in its key; \
         the mapping gives `mnth` (try: `month` in `set`; `set = { month = \"month\" }` when it is an \
         attribute of the base)"
    );
}

#[rstest]
#[case::any_attribute_may_be_kept("", true)]
#[case::with_a_like_name_in_use("set = { statex = \"pk\" }", false)]
#[case::with_a_like_name_but_named_elsewhere("set = { statex = \"upper(state)\" }", true)]
#[case::a_list_without_it("keep = [\"a\"]", false)]
#[case::a_list_with_it("keep = [\"state\"]", true)]
#[case::a_list_without_it_but_named_elsewhere("keep = [\"a\"]\nwhere = \"state <> 'x'\"", true)]
fn a_key_that_nothing_computes_must_be_an_attribute_of_the_base(
    #[case] section: &str,
    #[case] binds: bool,
) {
    assert_eq!(try_one_copy("state", section).is_ok(), binds);
}

#[rstest]
#[case::the_base_itself("b", "copy `c` names the base table itself")]
#[case::an_index("by_n", "`by_n` is an index of `b`, not a table")]
#[case::an_index_of_the_base("b.by_n", "`by_n` is an index of `b`, not a table")]
#[case::no_table("x", "no table `x`")]
fn the_table_of_a_copy_is_a_table_of_its_own(#[case] table: &str, #[case] what: &str) {
    // The later `table` replaces the one of the fixture.
    let text = format!(
        "version = 1\n[dataset.d]\nbase = \"b\"\n[dataset.d.copy.c]\ntable = \"{table}\"\n"
    );
    let file = parse_dataset_file("d.toml", &text).unwrap();
    let base = one_copy("pk sk", "base_key = { pk = \"p\", sk = \"s\" }").base;
    let tables = |name: &str| {
        if name == "b" {
            Ok(base.clone())
        } else {
            Err(Problem::new(format!("no table `{name}`")))
        }
    };
    let bound = bind(&file.datasets[0], &file.path, &file.text, &tables).unwrap();
    let problem = &bound.failed[0].1;
    assert_eq!(problem.what, what);
    assert_eq!(problem.place.as_ref().unwrap().line, 5);
}

#[test]
fn base_key_renames_attributes_of_the_base_key_only() {
    let problem = try_one_copy("x", "base_key = { pkk = \"p\" }").unwrap_err();
    assert_eq!(
        problem.to_string(),
        "d.toml:6:21: `pkk` is not a key attribute of `b` (try: `pk`)"
    );
}

#[rstest]
#[case::by_set("set = { pk = \"'x'\" }", "set")]
#[case::by_the_alias("each = \"[a] as pk\"", "each")]
#[case::by_one_name_for_two("base_key = { pk = \"id\", sk = \"id\" }", "base_key")]
fn what_holds_the_base_key_is_not_overwritten(#[case] section: &str, #[case] by: &str) {
    let problem = try_one_copy("pk sk", section).unwrap_err();
    assert!(
        problem.what.starts_with(&format!("`{by}` overwrites")),
        "{problem}"
    );
    assert!(problem.hint.unwrap().contains("base_key"));
}

#[test]
fn a_copy_keyed_by_the_same_names_renames_the_base_key() {
    let dataset = one_copy(
        "pk sk",
        "set = { pk = \"a\", sk = \"pk || sk\" }\nbase_key = { pk = \"p\", sk = \"s\" }",
    );
    let base = item(&json!({"pk": {"S": "1"}, "sk": {"S": "2"}, "a": {"S": "x"}}));
    let wanted = item(&json!({
        "pk": {"S": "x"}, "sk": {"S": "12"}, "p": {"S": "1"}, "s": {"S": "2"}, "a": {"S": "x"},
    }));
    let copy = copy(&dataset, "c");
    assert_eq!(
        dataset.expected(copy, &base),
        Expectation::Items(vec![wanted.clone()])
    );
    assert_eq!(
        dataset.base_key_of(copy, &wanted),
        Some(dataset.base.key.of(&base))
    );
}
