//! How rows come into the order asked.
//!
//! A partition is in the order of its sort key. Whether that is the order asked is plain when the
//! attribute itself is the key; through a computed key it is trusted only where the text orders as
//! the attribute does.

use super::OrderStrategy;
use super::access::{AccessPath, Context, Source};
use super::constraint::{Constraint, value_of};
use super::derive::behind_constants;
use super::partitions::{Binding, known};
use crate::domain::expr::{DateFormat, ValueExpr, is_monotone};
use crate::domain::query::{Direction, OrderBy, Select};
use crate::domain::schema::{KeyKind, KeySchema};
use crate::domain::value::{Kind, Value};

/// How the rows of a binding come into order, and which way its sort key is read.
pub(super) fn of_partitions(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    binding: &Binding<'_>,
) -> (OrderStrategy, Direction) {
    let asked = asked(context);
    let Some(first) = asked.first() else {
        return (OrderStrategy::None, Direction::Ascending);
    };
    let direction = first.direction;
    let rest = if binding.partitions.len() > 1 && partitions_follow(context, path, first) {
        // Within one partition of an attribute's own values, the attribute does not vary.
        let constant = matches!(
            path.key()
                .partition
                .first()
                .map(|key| path.source(&key.name)),
            Some(Source::Base(_))
        );
        let within = if constant { &asked[1..] } else { &asked[..] };
        if is_sorted(context, path, binding, within, direction) {
            return (OrderStrategy::Concatenate, direction);
        }
        &asked[..]
    } else {
        &asked[..]
    };
    if !is_sorted(context, path, binding, rest, direction) {
        return (OrderStrategy::Sort, direction);
    }
    if binding.partitions.len() <= 1 {
        return (OrderStrategy::Native, direction);
    }
    // A merge compares rows, so they have to show what they are ordered by.
    let mut order = context.request.order.iter();
    let shown = order.all(|by| path.holds(&by.path.root));
    let strategy = if shown {
        OrderStrategy::Merge
    } else {
        OrderStrategy::Sort
    };
    (strategy, direction)
}

/// How rows without an order of their own come into order.
pub(super) fn of_unordered(context: &Context<'_>) -> OrderStrategy {
    if asked(context).is_empty() {
        OrderStrategy::None
    } else {
        OrderStrategy::Sort
    }
}

/// The order asked, without what is the same for all rows. A count has none.
fn asked<'a>(context: &'a Context<'_>) -> Vec<&'a OrderBy> {
    if context.request.select == Select::Count {
        return Vec::new();
    }
    let varies = |by: &&OrderBy| {
        let known = by
            .path
            .as_top()
            .and_then(|name| context.conditions.of(name));
        known.is_none_or(|known| known.single().is_none())
    };
    context.request.order.iter().filter(varies).collect()
}

/// Whether each partition is in the order `asked`, read in `direction`.
fn is_sorted(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    binding: &Binding<'_>,
    asked: &[&OrderBy],
    direction: Direction,
) -> bool {
    let fixed = |name: &str| {
        let known = known(path, &binding.facts, name);
        known.is_some_and(|known| known.single().is_some())
    };
    let sort = &path.key().sort;
    let mut keys = sort.iter().filter(|key| !fixed(&key.name));
    for (at, by) in asked.iter().enumerate() {
        let Some(key) = keys.next() else {
            // A table has one item a key: nothing is left to be ordered.
            return path.index.is_none() && at > 0 && !sort.is_empty();
        };
        let Some(attribute) = by.path.as_top() else {
            return false;
        };
        let exact = match path.source(&key.name) {
            Source::Base(name) => name == attribute,
            Source::Set(expr) => match orders_as(context, expr, attribute) {
                Some(Exactness::Whole) => true,
                // What follows in the key orders equal values, not the next attribute asked.
                Some(Exactness::Leading) if at + 1 == asked.len() => true,
                _ => return false,
            },
            Source::Alias | Source::Unknown => false,
        };
        if !exact || by.direction != direction {
            return false;
        }
    }
    true
}

/// How a computed text orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exactness {
    /// As the attribute, and equal where it is.
    Whole,
    /// As the attribute; equal ones by something else.
    Leading,
}

/// Whether texts of `expr` order as the attribute does: behind constants it has to come first, and
/// unless it is the last part, to be of fixed width.
fn orders_as(context: &Context<'_>, expr: &ValueExpr, attribute: &str) -> Option<Exactness> {
    let (leading, is_last) = behind_constants(expr);
    let is_alone = std::ptr::eq(leading, expr);
    let trusted = match leading {
        // Copied as it is, it has the type of the key.
        ValueExpr::Path(path) if is_alone => path.as_top() == Some(attribute),
        ValueExpr::Path(path) if is_last => {
            path.as_top() == Some(attribute) && is_text(context, attribute)
        }
        ValueExpr::Path(path) => {
            path.as_top() == Some(attribute) && is_date_of_one_shape(context, attribute)
        }
        // Padded with zeros: whole numbers, none wider than that. So the file says.
        ValueExpr::Lpad { of, fill, .. } => {
            let said = context.conditions.of(attribute);
            fill == "0"
                && is_attribute(of, attribute)
                && said.is_none_or(|said| said.is_of(Kind::N))
        }
        _ => false,
    };
    trusted.then_some(if is_last {
        Exactness::Whole
    } else {
        Exactness::Leading
    })
}

/// Whether partitions, listed by their key, are in the order of `by`.
fn partitions_follow(context: &Context<'_>, path: &AccessPath<'_>, by: &OrderBy) -> bool {
    let ([key], Some(attribute)) = (path.key().partition.as_slice(), by.path.as_top()) else {
        return false;
    };
    match path.source(&key.name) {
        Source::Base(name) => name == attribute,
        Source::Set(expr) => match behind_constants(expr) {
            (ValueExpr::Date { of, format, .. }, true) => {
                is_attribute(of, attribute)
                    && (*format != DateFormat::Iso || is_date_of_one_shape(context, attribute))
            }
            (leading @ ValueExpr::Substr { of, .. }, true) => {
                is_monotone(leading) && is_attribute(of, attribute)
            }
            _ => false,
        },
        Source::Alias | Source::Unknown => false,
    }
}

fn is_attribute(expr: &ValueExpr, attribute: &str) -> bool {
    matches!(expr, ValueExpr::Path(path) if path.as_top() == Some(attribute))
}

/// Whether the attribute is certainly text: numbers order otherwise than their texts.
fn is_text(context: &Context<'_>, attribute: &str) -> bool {
    let indexes = context.base.indexes.iter().map(|index| &index.key);
    let in_a_key = std::iter::once(&context.base.key)
        .chain(indexes)
        .flat_map(KeySchema::attributes)
        .any(|key| key.name == attribute && key.kind == KeyKind::S);
    let said = context.conditions.of(attribute);
    in_a_key || is_date(context, attribute) || said.is_some_and(|said| said.is_of(Kind::S))
}

/// Whether a mapping reads the attribute as ISO text of a date.
fn is_date(context: &Context<'_>, attribute: &str) -> bool {
    let copies = context
        .dataset
        .iter()
        .flat_map(|d| d.dataset.copies.values());
    copies.flat_map(|mapping| mapping.set.values()).any(|expr| {
        let (leading, _) = behind_constants(expr);
        matches!(
            leading,
            ValueExpr::Date { of, format: DateFormat::Iso, .. } if is_attribute(of, attribute)
        )
    })
}

/// Whether texts of the attribute order by time and none is the beginning of another: it is a date,
/// and what the request compares it with is of one shape, without offset.
fn is_date_of_one_shape(context: &Context<'_>, attribute: &str) -> bool {
    if !is_date(context, attribute) {
        return false;
    }
    let texts: Vec<&Value> = match context.conditions.of(attribute) {
        None => Vec::new(),
        Some(Constraint::Values(values)) => values.iter().collect(),
        Some(Constraint::Interval(interval)) => [&interval.low, &interval.high]
            .into_iter()
            .filter_map(value_of)
            .collect(),
    };
    let mut shapes = texts.iter().map(|value| match value {
        Value::S(text) => Some(shape(text)).filter(|_| !has_offset(text)),
        _ => None,
    });
    match shapes.next() {
        None => true,
        Some(None) => false,
        Some(first) => shapes.all(|other| other == first),
    }
}

/// A text with every digit made the same.
fn shape(text: &str) -> String {
    let digit = |c: char| if c.is_ascii_digit() { '0' } else { c };
    text.chars().map(digit).collect()
}

/// Whether a time of day is followed by an offset other than `Z`.
fn has_offset(text: &str) -> bool {
    text.get(10..).is_some_and(|time| time.contains(['+', '-']))
}
