use super::*;
use crate::domain::mapping::fixture::STRIKES;
use rstest::rstest;

fn strikes() -> Dataset {
    parse_dataset_file("driftscope.toml", STRIKES)
        .unwrap()
        .datasets
        .remove(0)
}

/// The messages of a file, as people see them.
fn problems(text: &str) -> Vec<String> {
    let problems = parse_dataset_file("d.toml", text).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

/// The messages of a file with one dataset, whose section has these lines from line 4.
fn problems_of_dataset(lines: &str) -> Vec<String> {
    problems(&format!(
        "version = 1\n[dataset.d]\nbase = \"b\"\n{lines}\n"
    ))
}

#[test]
fn the_strikes_file_says_what_it_means() {
    let dataset = strikes();
    assert_eq!(dataset.base, "strikes");
    assert_eq!(dataset.version_by, Some(Path::top("revised_at")));
    assert_eq!(dataset.filter.to_string(), "kind = 'strike'");
    assert_eq!(dataset.always, ["struck_on", "operator"]);
    assert_eq!(
        dataset.domain["state"],
        [Value::s("Texas"), Value::s("Ohio")]
    );
    let check = &dataset.check;
    assert_eq!(check.grace, None);
    assert_eq!(
        (check.rcu_per_second, check.max_rcu),
        (Some(500.0), Some(1e6))
    );
}

#[rstest]
#[case::unless_told("", Nulls::Values)]
#[case::when_told("null = \"value\"", Nulls::Values)]
#[case::for_nothing("null = \"missing\"", Nulls::Missing)]
fn null_is_held_for_a_value(#[case] line: &str, #[case] expected: Nulls) {
    let text = format!("version = 1\n[dataset.d]\nbase = \"b\"\n[dataset.d.check]\n{line}\n");
    let file = parse_dataset_file("d.toml", &text).unwrap();
    assert_eq!(file.datasets[0].check.nulls, expected);
}

#[test]
fn copies_come_in_file_order_with_their_defaults() {
    let copies = strikes().copies;
    let names: Vec<&str> = copies.keys().map(CopyName::as_str).collect();
    assert_eq!(names, ["by_month", "damaged", "by_party"]);
    let by_month = &copies["by_month"];
    assert_eq!(
        (&by_month.keep, &by_month.only),
        (&Keep::All, &Predicate::TRUE)
    );
    let set: Vec<&str> = by_month.set.keys().map(String::as_str).collect();
    assert_eq!(set, ["month", "slot"]);
    assert!(matches!(&copies["damaged"].keep, Keep::List(names) if names.len() == 5));
    assert_eq!(copies["by_party"].each.as_ref().unwrap().alias, "party");
    assert_eq!(copies["by_party"].ignore, ["copied_at"]);
}

#[test]
fn keep_may_except_and_base_key_may_rename() {
    let text = "version = 1\n[dataset.d]\nbase = \"b\"\n[dataset.d.copy.c]\ntable = \"c\"\n\
                keep = { except = [\"x\"] }\nbase_key = { id = \"base_id\" }\n";
    let file = parse_dataset_file("d.toml", text).unwrap();
    let copy = &file.datasets[0].copies["c"];
    assert_eq!(copy.keep, Keep::Except(vec!["x".into()]));
    assert_eq!(copy.base_key["id"], "base_id");
}

#[test]
fn a_domain_has_strings_numbers_with_all_digits_and_booleans() {
    let text = "version = 1\n[dataset.d]\nbase = \"b\"\n\
                domain.a = [\"x\", 0x10, +7, -1_000, 1.50, true]\n";
    let file = parse_dataset_file("d.toml", text).unwrap();
    let number = |text: &str| Value::N(text.parse().unwrap());
    let all = ["16", "7", "-1000", "1.5"].map(number);
    let mut wanted = vec![Value::s("x")];
    wanted.extend(all);
    wanted.push(Value::Bool(true));
    assert_eq!(file.datasets[0].domain["a"], wanted);
}

#[rstest]
#[case::a_dataset_key(
    "bse_key = 1",
    "d.toml:4:1: unknown key `bse_key` in `[dataset.d]` (try: `base`)"
)]
#[case::a_copy_key(
    "[dataset.d.copy.c]\ntable = \"c\"\nwheer = \"a = 1\"",
    "d.toml:6:1: unknown key `wheer` in `[dataset.d.copy.c]` (try: `where`)"
)]
#[case::a_key_like_no_other(
    "[dataset.d.check]\nxyz = 1",
    "d.toml:5:1: unknown key `xyz` in `[dataset.d.check]` (try: one of `grace`, `rcu_per_second`, `max_rcu`, `null`)"
)]
#[case::a_missing_table(
    "[dataset.d.copy.c]\nset = {}",
    "d.toml:4:1: `table` is missing in `[dataset.d.copy.c]` (try: `table = \"NAME\"`)"
)]
#[case::another_type(
    "where = 5",
    "d.toml:4:9: `where` is of type integer (try: a string in quotes)"
)]
#[case::a_list_that_is_none(
    "always = \"a\"",
    "d.toml:4:10: `always` is of type string (try: a list `[..]`)"
)]
#[case::a_copy_that_is_no_section(
    "copy = { c = 5 }",
    "d.toml:4:14: `dataset.d.copy.c` is of type integer (try: a section or an inline table `{ name = … }`)"
)]
#[case::an_unknown_keep(
    "[dataset.d.copy.c]\ntable = \"c\"\nkeep = \"some\"",
    "d.toml:6:8: `keep` is not understood (try: `\"all\"`, a list of attributes, or `{ except = [..] }`)"
)]
#[case::no_duration(
    "[dataset.d.check]\ngrace = \"soon\"",
    "d.toml:5:9: `soon` is not a duration (try: `\"auto\"`, `\"30s\"`, `\"500ms\"`, or `\"2m\"`)"
)]
#[case::null_as_something_else(
    "[dataset.d.check]\nnull = false",
    "d.toml:5:8: `null` is not understood (try: `\"value\"`, or `\"missing\"` to hold null for no attribute at all)"
)]
#[case::no_pace(
    "[dataset.d.check]\nmax_rcu = 0",
    "d.toml:5:11: `max_rcu` is not a number above zero"
)]
#[case::an_empty_domain(
    "domain = { state = [] }",
    "d.toml:4:20: the domain of `state` has no value (try: every value it can have, or no domain at all)"
)]
#[case::a_date_in_a_domain(
    "domain = { day = [1998-08-13] }",
    "d.toml:4:19: a domain has no values of type datetime (try: strings, numbers, `true`, `false`)"
)]
#[case::an_expression_for_a_name(
    "version_by = \"a || b\"",
    "d.toml:4:14: `version_by` is not the name of an attribute"
)]
fn an_error_names_its_place_and_the_nearest_valid_name(#[case] lines: &str, #[case] message: &str) {
    assert_eq!(problems_of_dataset(lines), [message]);
}

#[rstest]
#[case::in_double_quotes("where = \"a = mnth(b)\"", 13)]
#[case::in_single_quotes("where = 'a = mnth(b)'", 13)]
#[case::in_three_quotes("where = '''a = mnth(b)'''", 15)]
fn an_error_in_an_expression_points_into_the_string(#[case] line: &str, #[case] column: usize) {
    let problem = {
        let text = format!("version = 1\n[dataset.d]\nbase = \"b\"\n{line}\n");
        parse_dataset_file("d.toml", &text).unwrap_err().remove(0)
    };
    let place = problem.place.clone().unwrap();
    assert_eq!((place.line, place.column), (4, column + 1));
    assert!(
        problem.hint.unwrap().contains("month"),
        "names the nearest function"
    );
}

#[test]
fn an_expression_that_begins_on_a_line_of_its_own_is_found_there() {
    let text = "version = 1\n[dataset.d]\nbase = \"b\"\nwhere = \"\"\"\na = mnth(b)\"\"\"\n";
    let place = parse_dataset_file("d.toml", text).unwrap_err()[0]
        .place
        .clone();
    let place = place.unwrap();
    assert_eq!((place.line, place.column), (5, 5));
}

#[test]
fn columns_count_characters() {
    let text = "version = 1\n[dataset.\"dé\"]\nbase = 'b'\ndomain = { 'é' = [], 'ü' = 5 }\n";
    let columns: Vec<usize> = parse_dataset_file("d.toml", text)
        .unwrap_err()
        .into_iter()
        .map(|problem| problem.place.unwrap().column)
        .collect();
    assert_eq!(columns, [18, 28]);
}

#[test]
fn every_error_of_a_file_is_told() {
    let told = problems_of_dataset(
        "wher = 1\nalways = [1]\n[dataset.d.copy.c]\nset = { a = \"((\" }\n[dataset.e]\n",
    );
    let lines: Vec<&str> = told.iter().map(|p| p.split(": ").next().unwrap()).collect();
    assert_eq!(told.len(), 5, "{told:#?}");
    assert_eq!(lines[..3], ["d.toml:4:1", "d.toml:5:11", "d.toml:6:1"]);
    assert!(lines[3].starts_with("d.toml:7:"), "{lines:?}");
    assert_eq!(lines[4], "d.toml:8:1");
}

#[rstest]
#[case::no_version(
    "[dataset.d]\nbase = \"b\"\n",
    "d.toml:1:1: `version` is missing (try: `version = 1`)"
)]
#[case::a_later_version(
    "version = 2\n[dataset.d]\nbase = \"b\"\n",
    "d.toml:1:11: this version of the file format is not known: this driftscope reads version 1 (try: `version = 1`)"
)]
#[case::no_dataset(
    "version = 1\n",
    "d.toml:1:1: the file names no dataset (try: a section `[dataset.NAME]` with `base = \"TABLE\"`)"
)]
#[case::an_unknown_section(
    "version = 1\n[datset.d]\n[dataset.d]\nbase = \"b\"\n",
    "d.toml:2:2: unknown key `datset` in the file (try: `dataset`)"
)]
fn a_file_has_a_version_and_datasets(#[case] text: &str, #[case] message: &str) {
    assert_eq!(problems(text), [message]);
}

#[test]
fn errors_of_toml_itself_have_their_place() {
    let told = problems("version = 1\n[dataset.d]\nbase = b\nbase = \"c\"\n");
    assert!(told[0].starts_with("d.toml:3:8: "), "{told:?}");
}

#[rstest]
#[case("500ms", Some(500))]
#[case("30s", Some(30_000))]
#[case("2m", Some(120_000))]
#[case("1h", Some(3_600_000))]
#[case("30", None)]
#[case("s", None)]
#[case("-1s", None)]
#[case("1.5s", None)]
#[case("99999999999999999999s", None)]
fn a_duration_is_a_whole_number_and_a_unit(#[case] text: &str, #[case] millis: Option<u64>) {
    assert_eq!(parse_duration(text), millis.map(Duration::from_millis));
}
