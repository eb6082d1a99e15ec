use super::super::{Context, Each, EachSource, parse_each, parse_predicate, parse_value};
use super::*;
use crate::domain::value::Kind;
use proptest::prelude::*;
use rstest::rstest;

#[rstest]
#[case("MONTH( struck_on )", "month(struck_on)")]
#[case("day(a,'UTC','iso')", "day(a, 'UTC')")]
#[case("\"plain\"", "plain")]
#[case("\"order\"", "\"order\"")]
#[case("\"a-b\".\"c\"\"d\"[07]", "\"a-b\".\"c\"\"d\"[7]")]
#[case("a[0].\"_b\"._c", "a[0].\"_b\"._c")]
#[case("5.00", "5")]
#[case("1e3", "1000")]
#[case("x'0AFF'", "X'0aff'")]
#[case("(a||b) || 'it''s'", "a || b || 'it''s'")]
#[case("a || (b % 3)", "a || (b % 3)")]
#[case("(a || b) % 3", "(a || b) % 3")]
#[case("CRC32(a)%8", "crc32(a) % 8")]
#[case("CAST(a AS String)", "cast(a as string)")]
fn a_value_expression_has_one_way_to_be_written(#[case] text: &str, #[case] canonical: &str) {
    let parsed = parse_value(text, &Context::default()).unwrap();
    assert_eq!(parsed.to_string(), canonical);
}

#[rstest]
#[case("a=1 and (b!=2 or c>3)", "a = 1 AND (b <> 2 OR c > 3)")]
#[case("(a=1 and b=2) or c=3", "a = 1 AND b = 2 OR c = 3")]
#[case("not a = 1", "NOT (a = 1)")]
#[case("a not in (1,2)", "a NOT IN (1, 2)")]
#[case("not a between 1 and 2", "a NOT BETWEEN 1 AND 2")]
#[case("1 < a", "a > 1")]
#[case("TRUE", "true")]
#[case("a = 1 OR false", "a = 1")]
fn a_predicate_has_one_way_to_be_written(#[case] text: &str, #[case] canonical: &str) {
    let parsed = parse_predicate(text, &Context::default()).unwrap();
    assert_eq!(parsed.to_string(), canonical);
}

#[test]
fn each_has_one_way_to_be_written() {
    let each = parse_each("[ operator,airport ] AS \"as\"", &Context::default()).unwrap();
    assert_eq!(each.to_string(), "[operator, airport] as \"as\"");
    let again = parse_each(&each.to_string(), &Context::default()).unwrap();
    assert_eq!(again, each);
    let walked = Each {
        source: EachSource::Path(Path::top("tags")),
        alias: "tag".to_owned(),
    };
    assert_eq!(walked.to_string(), "tags as tag");
}

#[test]
fn a_literal_without_syntax_prints_its_type() {
    assert_eq!(ValueExpr::Literal(Value::Null).to_string(), "<NULL>");
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_][a-z0-9_]{0,6}",
        "[ -~äß😀]{1,6}",
        proptest::sample::select(vec!["order", "Null", "size", "date", "cast", "x"])
            .prop_map(str::to_owned),
    ]
}

fn path() -> impl Strategy<Value = Path> {
    let step = prop_oneof![
        name().prop_map(Step::Field),
        (0_usize..100).prop_map(Step::Index)
    ];
    (name(), prop::collection::vec(step, 0..3)).prop_map(|(root, steps)| Path { root, steps })
}

fn constant() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[ -~é😀]{0,8}".prop_map(Value::S),
        any::<bool>().prop_map(Value::Bool),
        prop::collection::vec(any::<u8>(), 0..4).prop_map(Value::B),
        (any::<i64>(), -20_i32..20).prop_map(|(digits, exponent)| {
            Value::N(format!("{digits}e{exponent}").parse().unwrap())
        }),
    ]
}

fn value() -> impl Strategy<Value = ValueExpr> {
    let leaf = prop_oneof![
        path().prop_map(ValueExpr::Path),
        constant().prop_map(ValueExpr::Literal)
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let of = inner.clone().prop_map(Box::new);
        let members = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            (of.clone(), unit(), zone(), format()).prop_map(|(of, unit, zone, format)| {
                ValueExpr::Date {
                    unit,
                    of,
                    zone,
                    format,
                }
            }),
            (of.clone(), 1_u32..9, prop::option::of(0_u32..9))
                .prop_map(|(of, start, length)| ValueExpr::Substr { of, start, length }),
            of.clone().prop_map(|of| ValueExpr::Text {
                op: TextOp::Trim,
                of
            }),
            (of.clone(), 0_u32..99, "[0'a]{1,2}").prop_map(|(of, width, fill)| ValueExpr::Lpad {
                of,
                width,
                fill
            }),
            of.clone().prop_map(|of| ValueExpr::Cast {
                of,
                to: CastTo::Number
            }),
            (of.clone(), prop::option::of(1_u32..9))
                .prop_map(|(of, modulus)| ValueExpr::Crc32 { of, modulus }),
            members().prop_map(ValueExpr::Coalesce),
            // The parser flattens `||` and reads `crc32(x) % n` as one expression.
            members().prop_filter_map("nested `||`", |members| {
                let nested = members.iter().any(|m| matches!(m, ValueExpr::Concat(_)));
                (!nested).then_some(ValueExpr::Concat(members))
            }),
            (of, 1_u32..9).prop_filter_map("`crc32(x) % n`", |(of, modulus)| {
                let sum = matches!(*of, ValueExpr::Crc32 { modulus: None, .. });
                (!sum).then_some(ValueExpr::Modulo { of, modulus })
            }),
        ]
    })
}

fn unit() -> impl Strategy<Value = DateUnit> {
    proptest::sample::select(vec![DateUnit::Year, DateUnit::Hour])
}

fn zone() -> impl Strategy<Value = Option<chrono_tz::Tz>> {
    proptest::sample::select(vec![None, Some(chrono_tz::Asia::Tokyo)])
}

fn format() -> impl Strategy<Value = DateFormat> {
    proptest::sample::select(vec![
        DateFormat::Iso,
        DateFormat::Seconds,
        DateFormat::Millis,
    ])
}

fn operand() -> impl Strategy<Value = ValueExpr> {
    prop_oneof![4 => value(), 1 => path().prop_map(ValueExpr::Size)]
}

fn condition() -> impl Strategy<Value = Predicate> {
    let op = proptest::sample::select(vec![CompareOp::Eq, CompareOp::Ne, CompareOp::Ge]);
    prop_oneof![
        (operand(), op, operand()).prop_map(|(left, op, right)| {
            if matches!(left, ValueExpr::Literal(_)) && !matches!(right, ValueExpr::Literal(_)) {
                Predicate::Compare(right, op.mirrored(), left)
            } else {
                Predicate::Compare(left, op, right)
            }
        }),
        (operand(), operand(), operand()).prop_map(|(a, b, c)| Predicate::Between(a, b, c)),
        (operand(), prop::collection::vec(operand(), 1..4))
            .prop_map(|(of, list)| Predicate::In(of, list)),
        (value(), path())
            .prop_map(|(of, prefix)| Predicate::BeginsWith(of, ValueExpr::Path(prefix))),
        (value(), value()).prop_map(|(of, part)| Predicate::Contains(of, part)),
        path().prop_map(Predicate::Exists),
        path().prop_map(Predicate::NotExists),
        path().prop_map(|path| Predicate::TypeIs(path, Kind::Ns)),
    ]
}

fn any_predicate() -> impl Strategy<Value = Predicate> {
    condition().prop_recursive(3, 10, 3, |inner| {
        let members = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            inner.clone().prop_map(|p| Predicate::Not(Box::new(p))),
            members().prop_filter_map("nested AND", |members| {
                let nested = members.iter().any(|m| matches!(m, Predicate::And(_)));
                (!nested).then_some(Predicate::And(members))
            }),
            members().prop_filter_map("nested OR", |members| {
                let nested = members.iter().any(|m| matches!(m, Predicate::Or(_)));
                (!nested).then_some(Predicate::Or(members))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_printed_value_expression_parses_back(expr in value()) {
        let text = expr.to_string();
        prop_assert_eq!(parse_value(&text, &Context::default()), Ok(expr), "{}", text);
    }

    #[test]
    fn a_printed_predicate_parses_back(predicate in any_predicate()) {
        let text = predicate.to_string();
        prop_assert_eq!(parse_predicate(&text, &Context::default()), Ok(predicate), "{}", text);
    }
}
