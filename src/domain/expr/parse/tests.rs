use super::super::{CompareOp, DateFormat, DateUnit, Path, Step};
use super::*;
use crate::domain::value::Value;
use rstest::rstest;
use std::fmt::Write as _;

fn value_of(text: &str) -> Result<ValueExpr, Problem> {
    parse_value(text, &Context::default())
}

fn predicate_of(text: &str) -> Result<Predicate, Problem> {
    parse_predicate(text, &Context::default())
}

fn attribute(name: &str) -> ValueExpr {
    ValueExpr::Path(Path::top(name))
}

fn number(text: &str) -> ValueExpr {
    ValueExpr::Literal(Value::N(text.parse().unwrap()))
}

#[test]
fn a_literal_fixes_its_type() {
    assert_eq!(value_of("5").unwrap(), number("5"));
    assert_eq!(value_of("-0.50").unwrap(), number("-0.5"));
    assert_eq!(value_of(".5e1").unwrap(), number("5"));
    assert_eq!(value_of("'5'").unwrap(), ValueExpr::Literal(Value::s("5")));
    assert_eq!(
        value_of("TRUE").unwrap(),
        ValueExpr::Literal(Value::Bool(true))
    );
    assert_eq!(
        value_of("X'00fF'").unwrap(),
        ValueExpr::Literal(Value::B(vec![0, 255]))
    );
    assert_eq!(
        value_of("'it''s'").unwrap(),
        ValueExpr::Literal(Value::s("it's"))
    );
}

#[test]
fn a_number_keeps_all_38_digits() {
    let digits = "12345678901234567890123456789012345678";
    assert_eq!(value_of(digits).unwrap(), number(digits));
    let problem = value_of(&format!("{digits}9")).unwrap_err();
    assert!(problem.why.unwrap().contains("38 significant digits"));
}

#[test]
fn a_path_goes_into_maps_and_lists() {
    let path = Path {
        root: "a".to_owned(),
        steps: vec![
            Step::Field("b".to_owned()),
            Step::Index(0),
            Step::Field("odd name".to_owned()),
        ],
    };
    assert_eq!(
        value_of("a.b[0].\"odd name\"").unwrap(),
        ValueExpr::Path(path)
    );
}

#[rstest]
fn a_word_that_sql_knows_is_a_plain_name(
    #[values(
        "date",
        "user",
        "month",
        "year",
        "interval",
        "timestamp",
        "position",
        "left",
        "values",
        "status",
        "current_date",
        "trim",
        "substring",
        "exists",
        "array",
        "group",
        "offset"
    )]
    name: &str,
) {
    assert_eq!(value_of(name).unwrap(), attribute(name));
    assert_eq!(
        predicate_of(&format!("{name} = 5")).unwrap(),
        Predicate::Compare(attribute(name), CompareOp::Eq, number("5"))
    );
}

#[test]
fn a_date_function_takes_a_zone_and_a_format_in_either_number() {
    let date = |zone: Option<&str>, format| ValueExpr::Date {
        unit: DateUnit::Day,
        of: Box::new(attribute("a")),
        zone: zone.map(|z| z.parse().unwrap()),
        format,
    };
    assert_eq!(value_of("day(a)").unwrap(), date(None, DateFormat::Iso));
    assert_eq!(
        value_of("DAY(a, 'ms')").unwrap(),
        date(None, DateFormat::Millis)
    );
    assert_eq!(
        value_of("day(a, 'Europe/Berlin')").unwrap(),
        date(Some("Europe/Berlin"), DateFormat::Iso)
    );
    assert_eq!(
        value_of("day(a, 'Europe/Berlin', 's')").unwrap(),
        date(Some("Europe/Berlin"), DateFormat::Seconds)
    );
}

#[test]
fn the_remainder_binds_more_tightly_than_concatenation() {
    assert_eq!(
        value_of("a || '#' || crc32(b) % 8").unwrap(),
        ValueExpr::Concat(vec![
            attribute("a"),
            ValueExpr::Literal(Value::s("#")),
            ValueExpr::Crc32 {
                of: Box::new(attribute("b")),
                modulus: Some(8)
            },
        ])
    );
}

#[test]
fn a_literal_on_the_left_moves_to_the_right() {
    assert_eq!(
        predicate_of("5 <= a").unwrap(),
        predicate_of("a >= 5").unwrap()
    );
    assert_eq!(
        predicate_of("'1998' = year(d)").unwrap(),
        predicate_of("year(d) = '1998'").unwrap()
    );
}

#[test]
fn not_in_and_not_between_are_negations() {
    assert_eq!(
        predicate_of("a NOT IN (1, 2)").unwrap(),
        predicate_of("NOT (a IN (1, 2))").unwrap()
    );
    assert_eq!(
        predicate_of("a NOT BETWEEN 1 AND 2 AND b != 3").unwrap(),
        predicate_of("(NOT a BETWEEN 1 AND 2) AND b <> 3").unwrap()
    );
}

#[test]
fn chains_are_flattened_through_parentheses() {
    let Predicate::And(members) = predicate_of("a = 1 AND (b = 2 AND (c = 3 AND true))").unwrap()
    else {
        panic!("a conjunction");
    };
    assert_eq!(members.len(), 3);
}

#[test]
fn a_thousand_terms_are_read_and_more_are_refused_by_their_bound() {
    let chain = |terms: usize| {
        let mut text = "a = 0".to_owned();
        for term in 1..terms {
            write!(text, " OR a = {term}").unwrap();
        }
        text
    };
    let Predicate::Or(members) = predicate_of(&chain(1_000)).unwrap() else {
        panic!("a disjunction");
    };
    assert_eq!(members.len(), 1_000);
    let problem = predicate_of(&chain(3_000)).unwrap_err();
    assert_eq!(problem.what, "the expression has more than 2000 operators");
    assert_eq!(
        problem.hint.unwrap(),
        "`x IN (…)` instead of a chain of `OR`"
    );
}

#[rstest]
#[case::connectives("a", " AND a")]
#[case::remainders("a", " % 2")]
#[case::comparisons("a", " = a")]
#[case::lists("a", " IN (1)")]
#[case::elements("a", "[0]")]
fn no_chain_within_the_bound_exhausts_the_stack(#[case] first: &str, #[case] more: &str) {
    let text = format!("{first}{}", more.repeat(1_900));
    assert!(predicate_of(&text).is_err());
    // Here the parser gives up behind the whole chain.
    assert!(value_of(&format!("{text} =")).is_err());
}

const OPENINGS: [&str; 7] = [
    "(",
    "upper(",
    "cast(",
    "a IN (",
    "[",
    "a[",
    "b AND (NOT a || (",
];

#[rstest]
fn brackets_nest_sixteen_levels_and_no_deeper(#[values(0, 1, 2, 3, 4, 5, 6)] opening: usize) {
    let opening = OPENINGS[opening];
    let deep = opening.repeat(17 / opening.matches(['(', '[']).count() + 1);
    let problem = predicate_of(&deep).unwrap_err();
    assert_eq!(problem.what, "brackets nest deeper than 16 levels");
}

#[rstest]
fn the_deepest_nesting_fits_the_stack_of_a_thread(#[values(0, 1, 2, 3, 4, 5, 6)] opening: usize) {
    let opening = OPENINGS[opening];
    let deep = opening.repeat(16 / opening.matches(['(', '[']).count());
    let negated = format!("{deep}{}a", "NOT ".repeat(200));
    let parse = move || (value_of(&deep).is_err(), predicate_of(&negated).is_err());
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    assert_eq!(thread.spawn(parse).unwrap().join().unwrap(), (true, true));
}

#[test]
fn negations_nest_as_deep_as_the_parser_goes() {
    let problem = predicate_of(&format!("{}a = 1", "NOT ".repeat(4_000))).unwrap_err();
    assert_eq!(problem.what, "the expression is nested too deeply");
}

#[test]
fn text_above_64_kb_is_refused_with_its_bound() {
    let text = format!("a = '{}'", "x".repeat(65 * 1024));
    let problem = predicate_of(&text).unwrap_err();
    assert!(problem.what.contains("at most 65536 (64 KB)"));
}

#[rstest]
#[case("a IS NULL", 3, "IS", "`attribute_not_exists(x)`")]
#[case("a IS NOT NULL", 3, "IS", "`attribute_exists(x)`")]
#[case(
    "a LIKE 'p%'",
    3,
    "LIKE",
    "`begins_with(x, 'p')` or `contains(x, 'p')`"
)]
#[case(
    "b = 1 AND a NOT LIKE 'p%'",
    17,
    "LIKE",
    "`begins_with(x, 'p')` or `contains(x, 'p')`"
)]
#[case(
    "a = NULL",
    5,
    "NULL",
    "`attribute_not_exists(x)`, or `attribute_type(x, 'NULL')`"
)]
#[case(
    "CASE WHEN a = 1 THEN 2 END",
    1,
    "CASE",
    "`coalesce(a, b)` takes the first that has a value"
)]
#[case(
    "a + 1 = 2",
    3,
    "+",
    "`%` is the only arithmetic: let the copier store the result as an attribute"
)]
#[case(
    "a - 1 = 2",
    3,
    "-",
    "`%` is the only arithmetic: let the copier store the result as an attribute"
)]
#[case(
    "my-name = 2",
    3,
    "-",
    "double quotes around a name that has `-`; there is no subtraction"
)]
#[case(
    "a IN (SELECT b FROM c)",
    7,
    "SELECT",
    "two requests: sub-queries are not read"
)]
#[case(
    "EXISTS (SELECT b FROM c)",
    1,
    "EXISTS",
    "`attribute_exists(x)`; sub-queries are not read"
)]
#[case(
    "a::string = 'x'",
    2,
    "::",
    "`cast(x as string)` or `cast(x as number)`"
)]
#[case("a == 1", 3, "==", "`=`")]
#[case("a = :v", 5, ":", "the value itself: `'text'` or `5`")]
#[case("a = 0xff", 5, "0xff", "`X'ff'` for binary, or a decimal number")]
#[case("a = 1; b = 2", 6, ";", "one text at a time, without `;`")]
fn sql_that_is_not_part_of_the_language_is_refused_by_name(
    #[case] text: &str,
    #[case] column: usize,
    #[case] name: &str,
    #[case] hint: &str,
) {
    let problem = predicate_of(text).unwrap_err();
    assert_eq!(
        problem.what,
        format!("`{name}` is not part of this language")
    );
    assert_eq!(problem.hint.as_deref(), Some(hint));
    assert_eq!(problem.place.unwrap().column, column);
}

#[rstest]
#[case("a", "`a` alone is not a condition", "`a = true`")]
#[case("NOT a.b", "`a.b` alone is not a condition", "`a.b = true`")]
#[case(
    "upper(a)",
    "`upper(…)` alone is not a condition",
    "a comparison: `upper(x) = …`"
)]
#[case(
    "size(a)",
    "`size(…)` alone is not a condition",
    "a comparison: `size(x) = …`"
)]
#[case(
    "5",
    "a value alone is not a condition",
    "a comparison: `= <> < <= > >=`, `BETWEEN`, `IN`"
)]
#[case(
    "mnth(a) = 'x'",
    "there is no function `mnth`",
    "`month(x [, 'zone'] [, 's'|'ms'|'iso'])`"
)]
#[case(
    "begin_with(a, 'x')",
    "there is no function `begin_with`",
    "`begins_with(x, 'prefix')`"
)]
#[case("length(a) > 1", "there is no function `length`", "`size(x) > 5`")]
#[case(
    "lpad(a, 1) = 'x'",
    "`lpad` got 2 arguments",
    "`lpad(x, width, 'fill')`"
)]
#[case(
    "begins_with(a)",
    "`begins_with` got 1 argument",
    "`begins_with(x, 'prefix')`"
)]
#[case(
    "contains(a, 'x') = true",
    "`contains` is a condition, not a value",
    "it stands alone, or with `AND`, `OR`, `NOT`"
)]
#[case(
    "cast(a as int) = 1",
    "`int` is not a type that `cast` knows",
    "`cast(x as string)` or `cast(x as number)`"
)]
#[case(
    "day(a, 'Europe/Berln') = 'x'",
    "`Europe/Berln` is neither a time zone nor a format",
    "`'Europe/Berlin'`"
)]
#[case(
    "attribute_type(a, 'X')",
    "`X` is not a type of DynamoDB",
    "S, N, B, BOOL, NULL, SS, NS, BS, L, M"
)]
#[case(
    "a % 2 % 3 = 1",
    "`a % b % c` leaves open what comes first",
    "parentheses: `(a % b) % c`"
)]
#[case(
    "a = 1 order",
    "`order` is not expected here",
    "`\"order\"` where an attribute of that name is meant"
)]
#[case(
    "order = 1",
    "expected an expression, found `order`",
    "`\"order\"` where an attribute of that name is meant"
)]
fn a_misuse_is_named_with_the_way_out(#[case] text: &str, #[case] what: &str, #[case] hint: &str) {
    let problem = predicate_of(text).unwrap_err();
    assert_eq!(problem.what, what);
    assert_eq!(problem.hint.as_deref(), Some(hint));
}

#[rstest]
#[case("size(a)", "`size` stands only in conditions")]
#[case("a = 1", "a condition stands where a value belongs")]
#[case("a || (b = 1)", "a condition stands where a value belongs")]
#[case("[a, b]", "a list `[…]` stands where a single value belongs")]
#[case(
    "substr(a, 0)",
    "the first character is a whole number from 1 to 4294967295"
)]
#[case("lpad(a, 9, '')", "what fills up is empty")]
#[case(
    "crc32(a) % 0",
    "the number after `%` is a whole number from 1 to 4294967295"
)]
#[case("a[b]", "this is not a path")]
#[case("a.\"\"", "an attribute name is empty")]
#[case("X'0'", "binary is written in pairs of hexadecimal digits")]
#[case("", "the text is empty")]
#[case("a ||", "expected an expression, found the end of it")]
#[case("'a", "unterminated string literal")]
fn what_gives_no_value_says_why(#[case] text: &str, #[case] what: &str) {
    assert_eq!(value_of(text).unwrap_err().what, what);
}

#[test]
fn a_place_counts_from_where_the_text_stands_in_its_file() {
    let context = Context {
        file: Some("driftscope.toml".to_owned()),
        line: 12,
        column: 30,
    };
    let place = |text: &str| {
        let place = parse_predicate(text, &context).unwrap_err().place.unwrap();
        (place.line, place.column, place.length)
    };
    assert_eq!(place("a = 1 AND bgins_with(b, 'x')"), (12, 40, 10));
    assert_eq!(place("a = 1\n  AND nope(b)"), (13, 7, 4));
    assert_eq!(place("a = 1 AND"), (12, 39, 1));
    let problem = parse_predicate("a = 1 AND )", &context).unwrap_err();
    assert_eq!(
        problem.to_string(),
        "driftscope.toml:12:40: expected an expression, found `)`"
    );
}

#[test]
fn each_walks_a_literal_list_or_an_attribute() {
    let each = |text| parse_each(text, &Context::default());
    let party = each("[operator, upper(airport)] as party").unwrap();
    assert_eq!(party.alias, "party");
    let EachSource::List(elements) = party.source else {
        panic!("a literal list");
    };
    assert_eq!(elements.len(), 2);
    let tag = each("a.tags AS \"my tag\"").unwrap();
    assert_eq!(tag.alias, "my tag");
    assert!(matches!(tag.source, EachSource::Path(path) if path.to_string() == "a.tags"));
    let cast = each("[cast(a as string)] as x").unwrap();
    assert_eq!(cast.alias, "x");
}

#[rstest]
#[case("tags", "`each` gives its elements no name")]
#[case("tags as", "`as` is followed by exactly one name")]
#[case("tags as a b", "`as` is followed by exactly one name")]
#[case("tags as select", "`as` is followed by exactly one name")]
#[case("as tag", "`each` walks nothing")]
#[case("upper(a) as b", "an attribute belongs here")]
#[case("[a, b = 1] as c", "a condition stands where a value belongs")]
fn a_faulty_each_says_what_is_missing(#[case] text: &str, #[case] what: &str) {
    let problem = parse_each(text, &Context::default()).unwrap_err();
    assert_eq!(problem.what, what);
}
