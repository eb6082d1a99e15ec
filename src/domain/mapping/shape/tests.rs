use crate::domain::mapping::fixture::{copy, one_copy, strikes};
use rstest::rstest;

#[rstest]
#[case("by_month", &["month", "slot"])]
#[case("by_party", &["party", "slot", "copied_at"])]
fn what_only_the_copy_has_is_computed_or_ignored(#[case] name: &str, #[case] names: &[&str]) {
    let dataset = strikes();
    assert_eq!(dataset.copy_only_attributes(copy(&dataset, name)), names);
}

#[test]
fn another_name_of_a_base_key_attribute_is_only_the_copys() {
    let dataset = one_copy("k", "base_key = { sk = \"id\" }\nset = { pk = \"pk\" }");
    assert_eq!(dataset.copy_only_attributes(copy(&dataset, "c")), ["id"]);
}

#[rstest]
#[case::kept("a", Some("a"))]
#[case::excepted("b", None)]
#[case::a_key_of_the_copy("k", Some("k"))]
#[case::computed("n", None)]
#[case::the_alias("t", None)]
#[case::ignored("i", None)]
#[case::in_the_base_key("pk", Some("pk"))]
#[case::renamed("sk", Some("id"))]
#[case::under_a_name_that_is_taken("id", None)]
fn the_copy_carries_what_it_keeps_and_does_not_compute(
    #[case] attribute: &str,
    #[case] name: Option<&str>,
) {
    let dataset = one_copy(
        "k",
        "keep = { except = [\"b\", \"k\"] }\neach = \"tags as t\"\nset = { n = \"'x'\" }\n\
         ignore = [\"i\"]\nbase_key = { sk = \"id\" }",
    );
    let copy = copy(&dataset, "c");
    assert_eq!(dataset.name_in_copy(copy, attribute), name);
}
