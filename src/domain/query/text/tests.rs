use super::*;
use crate::domain::expr::{CompareOp, ValueExpr};
use crate::domain::value::Value;
use proptest::prelude::*;
use rstest::rstest;

#[test]
fn a_request_has_five_clauses() {
    let text = "select struck_on, place.\"zip-code\"[0] from strikes.by_month \
                where operator = 'UNITED' and cost > 5 order by struck_on desc, cost limit 50;";
    let request = parse_request(text).unwrap();
    let Select::Paths(paths) = &request.select else {
        panic!("paths");
    };
    assert_eq!(paths[1].to_string(), "place.\"zip-code\"[0]");
    assert_eq!(request.from, ["strikes", "by_month"]);
    assert_eq!(request.filter.conjuncts().len(), 2);
    assert_eq!(
        request.order,
        [
            OrderBy {
                path: Path::top("struck_on"),
                direction: Direction::Descending
            },
            OrderBy {
                path: Path::top("cost"),
                direction: Direction::Ascending
            },
        ]
    );
    assert_eq!(request.limit, Some(50));
    assert_eq!(
        request.to_string(),
        "SELECT struck_on, place.\"zip-code\"[0] FROM strikes.by_month \
         WHERE operator = 'UNITED' AND cost > 5 ORDER BY struck_on DESC, cost LIMIT 50"
    );
}

#[test]
fn only_select_and_from_are_needed() {
    let request = parse_request("SELECT * FROM strikes").unwrap();
    assert_eq!(request.select, Select::All);
    assert!(request.filter.is_true());
    assert_eq!(request.order, []);
    assert_eq!(request.limit, None);
    let counted = parse_request("select Count(*) from strikes").unwrap();
    assert_eq!(counted.select, Select::Count);
}

#[rstest]
#[case("SELECT * FROM \"my-table\"", &["my-table"])]
#[case("SELECT * FROM \"my.table\".\"by day\"", &["my.table", "by day"])]
#[case("SELECT * FROM date", &["date"])]
fn names_of_all_kinds_can_be_read_from(#[case] text: &str, #[case] from: &[&str]) {
    assert_eq!(parse_request(text).unwrap().from, from);
}

#[rstest]
#[case("SELECT offset, left, top, distinct FROM t WHERE group = 1 ORDER BY desc, asc DESC, a.desc")]
#[case("SELECT a.from, b.limit FROM t WHERE all = 1 AND join > 2")]
#[case("SELECT distinct FROM t")]
fn a_word_of_sql_is_an_attribute_where_one_belongs(#[case] text: &str) {
    let request = parse_request(text).unwrap();
    assert_eq!(parse_request(&request.to_string()), Ok(request));
}

#[rstest]
#[case(
    "SELECT DISTINCT a FROM t",
    8,
    "`DISTINCT` is not part of a request",
    "one request for each value, or `COUNT(*)`"
)]
#[case(
    "SELECT TOP 5 a FROM t",
    8,
    "`TOP` is not part of a request",
    "`LIMIT 50`"
)]
#[case(
    "SELECT a AS b FROM t",
    10,
    "an alias is not part of a request",
    "the attribute's own name"
)]
#[case(
    "SELECT a b FROM t",
    10,
    "`b` would be an alias, which a request has not",
    "a comma between attributes, or double quotes around one name"
)]
#[case(
    "SELECT * FROM t x WHERE a = 1",
    17,
    "`x` would be an alias, which a request has not",
    "a comma between attributes, or double quotes around one name"
)]
#[case(
    "SELECT *, a FROM t",
    8,
    "`*` and `COUNT(*)` are selected alone",
    "`SELECT a, b.c`, `SELECT *`, or `SELECT COUNT(*)`"
)]
#[case(
    "SELECT t.* FROM t",
    8,
    "`*` and `COUNT(*)` are selected alone",
    "`SELECT a, b.c`, `SELECT *`, or `SELECT COUNT(*)`"
)]
#[case(
    "SELECT upper(a) FROM t",
    8,
    "`SELECT` takes attributes only",
    "`SELECT a, b.c`, `SELECT *`, or `SELECT COUNT(*)`"
)]
#[case(
    "SELECT COUNT(a) FROM t",
    8,
    "`SELECT` takes attributes only",
    "`SELECT a, b.c`, `SELECT *`, or `SELECT COUNT(*)`"
)]
#[case(
    "SELECT a FROM t GROUP BY a",
    17,
    "`GROUP BY` is not part of a request",
    "one request for each group, with `COUNT(*)`"
)]
#[case(
    "SELECT a FROM t WHERE a = 1 GROUP BY a",
    29,
    "`GROUP BY` is not part of a request",
    "one request for each group, with `COUNT(*)`"
)]
#[case(
    "SELECT a FROM t WHERE a = 1 HAVING b",
    29,
    "`HAVING` is not part of a request",
    "`WHERE`"
)]
#[case(
    "SELECT a FROM t LIMIT 5 OFFSET 3",
    25,
    "`OFFSET` is not part of a request",
    "a range of the sort attribute: `WHERE a > 'last seen'`"
)]
#[case(
    "SELECT a FROM t ORDER BY a DESC NULLS FIRST",
    33,
    "`NULLS` is not part of a request",
    "nothing: missing values come last in either direction"
)]
#[case(
    "SELECT a FROM t JOIN u ON t.a = u.a",
    17,
    "a join is not part of a request",
    "one request for each table"
)]
#[case(
    "SELECT a FROM t LEFT JOIN u ON t.a = u.a",
    17,
    "a join is not part of a request",
    "one request for each table"
)]
#[case(
    "SELECT a FROM t, u",
    16,
    "a request reads from one dataset or table",
    "one request for each: there are no joins"
)]
#[case(
    "SELECT a FROM (SELECT * FROM t)",
    15,
    "there are no sub-queries",
    "the name of a dataset or table"
)]
#[case(
    "SELECT a FROM t WHERE a IN (SELECT b FROM u)",
    29,
    "`SELECT` is not part of this language",
    "two requests: sub-queries are not read"
)]
#[case(
    "SELECT a FROM t UNION SELECT b FROM u",
    17,
    "`UNION` is not part of a request",
    "one request for each, or `OR`"
)]
#[case(
    "SELECT a FROM t; SELECT b FROM u",
    16,
    "more than one statement",
    "one request at a time"
)]
#[case(
    "WITH x AS (SELECT * FROM t) SELECT * FROM x",
    1,
    "there are no common table expressions (`WITH`)",
    "`SELECT * FROM name WHERE …`"
)]
#[case(
    "SELECT a FROM t ORDER BY upper(a)",
    26,
    "`ORDER BY` takes attributes only",
    "`ORDER BY a DESC, b.c`; a sort by a computed value needs it stored"
)]
#[case(
    "SELECT a FROM t LIMIT 0",
    23,
    "`LIMIT` takes a positive whole number",
    "`LIMIT 50`"
)]
#[case(
    "SELECT a FROM t LIMIT 5, 5",
    23,
    "`LIMIT` takes a positive whole number",
    "`LIMIT 50`"
)]
#[case(
    "SELECT a FROM t LIMIT 5 WHERE b = 1",
    25,
    "`WHERE` stands behind `LIMIT`",
    "the order is `SELECT … FROM … WHERE … ORDER BY … LIMIT …`"
)]
#[case(
    "SELECT a",
    9,
    "the request does not say where to read from",
    "`FROM name`"
)]
#[case("", 1, "the text is empty", "`SELECT * FROM name`")]
#[case(
    "strikes",
    1,
    "a request begins with `SELECT`",
    "`SELECT * FROM name WHERE …`"
)]
#[case(
    "SELECT a FROM my-table",
    15,
    "`my-table` is not a name of one or two parts",
    "`FROM \"my-table\"`"
)]
#[case(
    "SELECT a FROM 'my table'",
    15,
    "`my table` is not a name of one or two parts",
    "`FROM \"my table\"`"
)]
#[case(
    "SELECT a FROM a.b.c",
    15,
    "`a.b.c` is not a name of one or two parts",
    "`FROM \"a.b.c\"`"
)]
#[case(
    "SELECT a FROM 2024_strikes",
    15,
    "`2024_strikes` is not a name of one or two parts",
    "`FROM \"2024_strikes\"`"
)]
fn what_a_request_has_not_is_refused_at_its_place(
    #[case] text: &str,
    #[case] column: usize,
    #[case] what: &str,
    #[case] hint: &str,
) {
    let problem = parse_request(text).unwrap_err();
    assert_eq!(problem.what, what);
    assert_eq!(problem.hint.as_deref(), Some(hint));
    assert_eq!(problem.place.unwrap().column, column);
}

#[rstest]
#[case("SELECT FROM t", "`SELECT` is followed by nothing")]
#[case("SELECT * FROM", "`FROM` is followed by nothing")]
#[case("SELECT * FROM t WHERE", "`WHERE` is followed by nothing")]
#[case("SELECT * FROM t WHERE a = 1 WHERE b = 2", "`WHERE` stands twice")]
#[case("SELECT a, FROM t", "a list has an empty place at a comma")]
#[case("SELECT a, a FROM t", "`a` is selected twice")]
#[case("SELECT * FROM t ORDER BY", "`ORDER BY` is followed by nothing")]
#[case(
    "SELECT * FROM t ORDER BY DESC DESC DESC",
    "`DESC` is not expected here"
)]
fn an_incomplete_request_says_what_is_missing(#[case] text: &str, #[case] what: &str) {
    assert_eq!(parse_request(text).unwrap_err().what, what);
}

#[rstest]
fn a_write_is_refused_because_driftscope_only_reads(
    #[values(
        "INSERT INTO t VALUES (1)",
        "update t set a = 1",
        "DELETE FROM t",
        "DROP TABLE t",
        "CREATE TABLE t (a int)"
    )]
    text: &str,
) {
    let problem = parse_request(text).unwrap_err();
    assert_eq!(problem.why.as_deref(), Some("driftscope only reads"));
    assert_eq!(problem.place.unwrap().column, 1);
}

#[test]
fn an_error_inside_a_condition_keeps_its_line_and_column() {
    let problem = parse_request("SELECT *\nFROM t\nWHERE a = 1 AND b LIKE 'x%'").unwrap_err();
    let place = problem.place.unwrap();
    assert_eq!((place.line, place.column, place.length), (3, 19, 4));
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,6}",
        "[ -~ß]{1,6}",
        proptest::sample::select(vec![
            "from", "limit", "distinct", "as", "count", "desc", "asc", "order", "by", "top", "all"
        ])
        .prop_map(str::to_owned),
    ]
}

fn requests() -> impl Strategy<Value = Request> {
    let select = prop_oneof![
        Just(Select::All),
        Just(Select::Count),
        prop::collection::hash_set(name(), 1..4)
            .prop_map(|names| Select::Paths(names.into_iter().map(Path::top).collect())),
    ];
    let filter = prop::option::of((name(), any::<i32>())).prop_map(|filter| match filter {
        None => Predicate::TRUE,
        Some((name, number)) => Predicate::Compare(
            ValueExpr::Path(Path::top(name)),
            CompareOp::Ge,
            ValueExpr::Literal(Value::N(i64::from(number).into())),
        ),
    });
    let by = (name(), any::<bool>()).prop_map(|(name, descending)| OrderBy {
        path: Path::top(name),
        direction: if descending {
            Direction::Descending
        } else {
            Direction::Ascending
        },
    });
    (
        select,
        prop::collection::vec(name(), 1..3),
        filter,
        prop::collection::vec(by, 0..3),
        prop::option::of(1_u64..),
    )
        .prop_map(|(select, from, filter, order, limit)| Request {
            select,
            from,
            filter,
            order,
            limit,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_printed_request_parses_back(request in requests()) {
        let text = request.to_string();
        prop_assert_eq!(parse_request(&text), Ok(request), "{}", text);
    }
}
