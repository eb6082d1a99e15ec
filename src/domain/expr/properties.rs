//! What the planner may conclude from an expression.

use super::{EachSource, Path, Predicate, ValueExpr};

/// Whether `expr` never decreases while its one input path grows (in the order of the input's type).
///
/// Date functions count as monotone. Over epoch numbers, and over ISO texts of one shape (all
/// dates, or all times with one offset), cut in UTC, they are exactly so. Texts of mixed offsets,
/// and zones that set their clocks back, disturb the order by less than a day: a range over a
/// date function has to be widened by one day on either side. A prefix (`substr` from 1) is
/// monotone because UTF-8 bytes order as characters do. `lpad` is not: padded texts and numbers
/// order by their width only as long as none is wider, negative, or fractional.
#[must_use]
pub fn is_monotone(expr: &ValueExpr) -> bool {
    match expr {
        ValueExpr::Path(_) | ValueExpr::Literal(_) => true,
        ValueExpr::Date { of, .. } | ValueExpr::Substr { of, start: 1, .. } => is_monotone(of),
        ValueExpr::Substr { .. }
        | ValueExpr::Text { .. }
        | ValueExpr::Lpad { .. }
        | ValueExpr::Concat(_)
        | ValueExpr::Coalesce(_)
        | ValueExpr::Cast { .. }
        | ValueExpr::Crc32 { .. }
        | ValueExpr::Modulo { .. }
        | ValueExpr::Size(_) => false,
    }
}

/// Whether different inputs of one type always give different results.
///
/// A concatenation is injective when all but one member are literals: with two attributes,
/// `a#` with `b` and `a` with `#b` give the same text.
#[must_use]
pub fn is_injective(expr: &ValueExpr) -> bool {
    match expr {
        ValueExpr::Path(_) => true,
        ValueExpr::Cast {
            of,
            to: super::CastTo::String,
        } => is_injective(of),
        ValueExpr::Concat(members) => {
            let mut variable = members
                .iter()
                .filter(|member| !matches!(member, ValueExpr::Literal(_)));
            variable.next().is_some_and(is_injective) && variable.next().is_none()
        }
        _ => false,
    }
}

/// Every path a value expression reads.
#[must_use]
pub fn paths_of_value(expr: &ValueExpr) -> Vec<&Path> {
    let mut paths = Vec::new();
    collect(expr, &mut paths);
    paths
}

fn collect<'e>(expr: &'e ValueExpr, paths: &mut Vec<&'e Path>) {
    match expr {
        ValueExpr::Path(path) | ValueExpr::Size(path) => paths.push(path),
        ValueExpr::Literal(_) => {}
        ValueExpr::Date { of, .. }
        | ValueExpr::Substr { of, .. }
        | ValueExpr::Text { of, .. }
        | ValueExpr::Lpad { of, .. }
        | ValueExpr::Cast { of, .. }
        | ValueExpr::Crc32 { of, .. }
        | ValueExpr::Modulo { of, .. } => collect(of, paths),
        ValueExpr::Concat(members) | ValueExpr::Coalesce(members) => {
            for member in members {
                collect(member, paths);
            }
        }
    }
}

/// Every path a predicate reads.
#[must_use]
pub fn paths_of_predicate(predicate: &Predicate) -> Vec<&Path> {
    let mut paths = Vec::new();
    let mut to_do = vec![predicate];
    while let Some(next) = to_do.pop() {
        match next {
            Predicate::And(members) | Predicate::Or(members) => to_do.extend(members.iter().rev()),
            Predicate::Not(inner) => to_do.push(inner),
            Predicate::Compare(a, _, b)
            | Predicate::BeginsWith(a, b)
            | Predicate::Contains(a, b) => {
                collect(a, &mut paths);
                collect(b, &mut paths);
            }
            Predicate::Between(of, low, high) => {
                for operand in [of, low, high] {
                    collect(operand, &mut paths);
                }
            }
            Predicate::In(of, list) => {
                collect(of, &mut paths);
                for operand in list {
                    collect(operand, &mut paths);
                }
            }
            Predicate::Exists(path) | Predicate::NotExists(path) | Predicate::TypeIs(path, _) => {
                paths.push(path);
            }
        }
    }
    paths
}

/// Every path that the source of an `each` reads.
#[must_use]
pub fn paths_of_each(source: &EachSource) -> Vec<&Path> {
    match source {
        EachSource::Path(path) => vec![path],
        EachSource::List(elements) => elements.iter().flat_map(paths_of_value).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Context, parse_predicate, parse_value};
    use super::*;
    use rstest::rstest;

    fn parsed(text: &str) -> ValueExpr {
        parse_value(text, &Context::default()).unwrap()
    }

    #[rstest]
    #[case::an_attribute("a", true, true)]
    #[case::a_month("month(a)", true, false)]
    #[case::an_epoch_day("day(a, 's')", true, false)]
    #[case::a_prefix("substr(a, 1, 3)", true, false)]
    #[case::a_prefix_of_a_prefix("year(substr(a, 1, 10))", true, false)]
    #[case::a_middle("substr(a, 2, 3)", false, false)]
    #[case::upper_case("upper(a)", false, false)]
    #[case::padding("lpad(a, 10, '0')", false, false)]
    #[case::a_hash("crc32(a) % 8", false, false)]
    #[case::one_attribute_with_literals("'P#' || a || '#'", false, true)]
    #[case::two_attributes("a || '#' || b", false, false)]
    #[case::a_number_as_text("cast(a as string)", false, true)]
    #[case::a_text_as_number("cast(a as number)", false, false)]
    #[case::the_first_of_two("coalesce(a, b)", false, false)]
    fn an_expression_is_monotone_or_injective(
        #[case] text: &str,
        #[case] monotone: bool,
        #[case] injective: bool,
    ) {
        assert_eq!(is_monotone(&parsed(text)), monotone);
        assert_eq!(is_injective(&parsed(text)), injective);
    }

    #[test]
    fn every_path_is_found_in_order() {
        let text = "a = 1 AND (size(b.c) > d[0] OR NOT attribute_exists(e)) AND f IN (g, upper(h))";
        let predicate = parse_predicate(text, &Context::default()).unwrap();
        let paths: Vec<String> = paths_of_predicate(&predicate)
            .into_iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(paths, ["a", "b.c", "d[0]", "e", "f", "g", "h"]);
    }
}
