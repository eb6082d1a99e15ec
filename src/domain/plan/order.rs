//! How rows come into the order asked.
//!
//! A partition is in the order of its sort key. Whether that is the order asked is plain when the
//! attribute itself is the key; through a computed key it is trusted only where the text orders as
//! the attribute does.

use super::OrderStrategy;
use super::access::{AccessPath, Context, Source};
use super::conditions::{Conditions, understood};
use super::constraint::{Constraint, value_of};
use super::derive::behind_constants;
use super::partitions::{Binding, known};
use crate::domain::expr::{DateFormat, ValueExpr, is_monotone};
use crate::domain::query::{Direction, OrderBy, Request, Select};
use crate::domain::schema::{KeyKind, KeySchema};
use crate::domain::value::{Kind, Value};

/// How rows come into order, and how they are read for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sequence {
    /// What brings them into order.
    pub(super) strategy: OrderStrategy,
    /// Which way each partition is read.
    pub(super) direction: Direction,
    /// Which way the partitions are listed.
    pub(super) lanes: Direction,
    /// How many leading terms of the ORDER BY that gives.
    pub(super) given: usize,
}

impl Sequence {
    /// No order.
    pub(super) const NONE: Self = Self::of(OrderStrategy::None);

    const fn of(strategy: OrderStrategy) -> Self {
        Self {
            strategy,
            direction: Direction::Ascending,
            lanes: Direction::Ascending,
            given: 0,
        }
    }

    /// Whether rows that come as equal are sorted by the rest of `order`.
    pub(super) fn is_grouped(self, order: &[OrderBy]) -> bool {
        let is_read = !matches!(self.strategy, OrderStrategy::None | OrderStrategy::Sort);
        is_read && self.given < order.len()
    }
}

/// How the rows of a binding come into order.
///
/// Reading partitions one after the other is preferred: that may end early. What comes by the first
/// terms only is sorted in groups of equal ones, if rows show what that takes.
pub(super) fn of_partitions(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    binding: &Binding<'_>,
) -> Sequence {
    let asked = &context.order;
    let Some(first) = asked.first() else {
        return Sequence::NONE;
    };
    let (mut sequence, terms) = match binding.count() {
        0 | 1 => {
            let terms = sorted(context, path, binding, asked, first.direction);
            let direction = first.direction;
            let native = Sequence::of(OrderStrategy::Native);
            (
                Sequence {
                    direction,
                    ..native
                },
                terms,
            )
        }
        _ => of_several(context, path, binding, asked),
    };
    // A merge compares rows, and so does sorting in groups.
    let compares = sequence.strategy == OrderStrategy::Merge || terms < asked.len();
    let mut order = context.request.order.iter();
    if terms == 0 || (compares && !order.all(|by| path.holds(&by.path.root))) {
        return Sequence::of(OrderStrategy::Sort);
    }
    sequence.given = match asked.get(terms) {
        None => context.request.order.len(),
        Some(next) => position(context, next),
    };
    sequence
}

/// The order of several partitions, and how many terms it gives.
fn of_several(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    binding: &Binding<'_>,
    asked: &[&OrderBy],
) -> (Sequence, usize) {
    let Some(first) = asked.first() else {
        return (Sequence::NONE, 0);
    };
    let concatenated = |direction, terms| {
        let sequence = Sequence {
            direction,
            lanes: first.direction,
            ..Sequence::of(OrderStrategy::Concatenate)
        };
        (sequence, terms)
    };
    let along = sorted(context, path, binding, asked, first.direction);
    match following(context, path, binding, first) {
        // Within one partition of an attribute's own values, that attribute does not vary.
        Some(Following::Constant) => {
            let rest = asked.get(1..).unwrap_or_default();
            let direction = rest.first().map_or(first.direction, |by| by.direction);
            let within = sorted(context, path, binding, rest, direction);
            concatenated(direction, 1 + within)
        }
        Some(Following::Along) if along > 0 => concatenated(first.direction, along),
        _ => {
            let merge = Sequence {
                direction: first.direction,
                ..Sequence::of(OrderStrategy::Merge)
            };
            (merge, along)
        }
    }
}

/// How rows without an order of their own come into order.
pub(super) fn of_unordered(context: &Context<'_>) -> Sequence {
    if context.order.is_empty() {
        Sequence::NONE
    } else {
        Sequence::of(OrderStrategy::Sort)
    }
}

/// The order that `request` asks of rows that satisfy `conditions`, without what is the same for all of
/// them: what a condition of its own says, so that rows with another value are dropped before they are
/// put in order. A count has none.
pub(super) fn asked<'a>(request: &'a Request, conditions: &Conditions) -> Vec<&'a OrderBy> {
    if request.select == Select::Count {
        return Vec::new();
    }
    let is_fixed = |name: &str| {
        let said = conditions.conjuncts().iter().filter_map(understood);
        let mut of_name = said.filter(|(of, _)| *of == name);
        of_name.any(|(_, known)| known.single().is_some())
    };
    let varies = |by: &&OrderBy| !by.path.as_top().is_some_and(is_fixed);
    request.order.iter().filter(varies).collect()
}

/// Where a term stands in the ORDER BY.
fn position(context: &Context<'_>, term: &OrderBy) -> usize {
    let mut order = context.request.order.iter();
    let found = order.position(|by| std::ptr::eq(by, term));
    found.unwrap_or_default()
}

/// How many leading terms of `asked` each partition is in the order of, read in `direction`.
fn sorted(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    binding: &Binding<'_>,
    asked: &[&OrderBy],
    direction: Direction,
) -> usize {
    let fixed = |name: &str| {
        let known = known(path, &binding.facts, name);
        known.is_some_and(|known| known.single().is_some())
    };
    let sort = &path.key().sort;
    let mut keys = sort.iter().filter(|key| !fixed(&key.name));
    for (at, by) in asked.iter().enumerate() {
        let Some(key) = keys.next() else {
            // A table has one item a key: nothing is left to be ordered.
            let unique = path.index.is_none() && at > 0 && !sort.is_empty();
            return if unique { asked.len() } else { at };
        };
        let Some(attribute) = by.path.as_top().filter(|_| by.direction == direction) else {
            return at;
        };
        let exactness = match path.source(&key.name) {
            Source::Base(name) if name == attribute => Some(Exactness::Whole),
            Source::Set(expr) => orders_as(context, expr, attribute),
            Source::Base(_) | Source::Alias | Source::Unknown => None,
        };
        match exactness {
            Some(Exactness::Whole) => {}
            // What follows in the key orders equal values, not the next attribute asked.
            Some(Exactness::Leading) => return at + 1,
            None => return at,
        }
    }
    asked.len()
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

/// How partitions that are listed by their key follow the order asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Following {
    /// Each holds one value of the attribute.
    Constant,
    /// All values of the attribute in one are before those in the next.
    Along,
}

/// Whether what is listed by its key is in the order of `by`.
fn following(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    binding: &Binding<'_>,
    by: &OrderBy,
) -> Option<Following> {
    if binding.is_along_sort_key() {
        return Some(Following::Along);
    }
    let ([key], Some(attribute)) = (&*path.key().partition, by.path.as_top()) else {
        return None;
    };
    let follows = match path.source(&key.name) {
        Source::Base(name) => return (name == attribute).then_some(Following::Constant),
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
    };
    follows.then_some(Following::Along)
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
