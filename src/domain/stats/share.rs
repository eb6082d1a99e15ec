//! The share of a table's items that satisfy a predicate.
//!
//! Semantics are two-valued: what is absent is not equal, and `NOT` of what is false is true. Attributes
//! are taken to be independent for what is expected; the ends hold whatever depends on what (Fréchet).

use super::sketch::{Cut, Last};
use super::spread::{Sampling, Spread, float};
use super::table::TableStatistics;
use crate::domain::expr::{CompareOp, Path, Predicate, ValueExpr, order};
use crate::domain::value::{Kind, Value};

/// What nothing is known of: an equality is rarer than a range, and that than anything else.
const UNKNOWN_EQUAL: f64 = 0.1;
const UNKNOWN_RANGE: f64 = 1.0 / 3.0;

/// A predicate over one attribute and constants.
enum Simple<'a> {
    /// One of these values.
    OneOf(&'a str, Vec<&'a Value>),
    /// Within an interval of values of one type.
    Within(&'a str, Interval<'a>),
    /// Beginning with this.
    Begins(&'a str, &'a Value),
}

/// From a value to a value; with each whether the end stands after it.
#[derive(Clone, Copy)]
struct Interval<'a> {
    kind: Kind,
    from: Option<(&'a Value, bool)>,
    to: Option<(&'a Value, bool)>,
}

impl<'a> Interval<'a> {
    /// Both at once; `None` when their types differ.
    fn and(self, other: Self) -> Option<Self> {
        if self.kind != other.kind {
            return None;
        }
        let later = |a: (&'a Value, bool), b: (&'a Value, bool)| {
            let ordering = order(a.0, b.0).unwrap_or(std::cmp::Ordering::Equal);
            ordering.then(a.1.cmp(&b.1)).is_ge()
        };
        let pick = |a: Option<_>, b: Option<_>, latest: bool| match (a, b) {
            (Some(a), Some(b)) => Some(if later(a, b) == latest { a } else { b }),
            (a, b) => a.or(b),
        };
        Some(Self {
            kind: self.kind,
            from: pick(self.from, other.from, true),
            to: pick(self.to, other.to, false),
        })
    }

    fn cuts(&self) -> (Cut<'a>, Cut<'a>) {
        let cut = |(value, after)| {
            let last = Last::Value(value);
            if after {
                Cut::after(last)
            } else {
                Cut::before(last)
            }
        };
        (
            self.from.map_or(Cut::FIRST, cut),
            self.to.map_or(Cut::END, cut),
        )
    }
}

impl TableStatistics {
    /// The share of items that satisfy `predicate`; `None` when the table was never sampled.
    pub(super) fn share(&self, predicate: &Predicate) -> Option<Spread> {
        let sample = self.sample?;
        let shares = Shares {
            table: self,
            // Of a table of unknown size next to nothing was sampled.
            fraction: sample.fraction().unwrap_or(0.0),
        };
        Some(shares.of(predicate).clamp(0.0, 1.0))
    }
}

struct Shares<'a> {
    table: &'a TableStatistics,
    fraction: f64,
}

impl Shares<'_> {
    fn of(&self, predicate: &Predicate) -> Spread {
        if let Some(simple) = simple(predicate) {
            return self.of_simple(&simple);
        }
        match predicate {
            Predicate::And(members) => self.of_all(members),
            Predicate::Or(members) => self.of_any(members),
            Predicate::Not(inner) => self.of(inner).complement(),
            Predicate::Compare(left, CompareOp::Ne, right) => {
                // Two-valued: true wherever the equality is not.
                let equal =
                    constant(left, right).map(|(path, value)| Simple::OneOf(path, vec![value]));
                equal.map_or_else(
                    || unknown(UNKNOWN_EQUAL).complement(),
                    |equal| self.of_simple(&equal).complement(),
                )
            }
            Predicate::Exists(path) => self.exists(path),
            Predicate::NotExists(path) => self.exists(path).complement(),
            Predicate::TypeIs(path, kind) => match path.as_top() {
                Some(name) => {
                    self.of_attribute(name, |attribute, fraction| attribute.is_of(*kind, fraction))
                }
                None => self.within(path, unknown(0.5)),
            },
            Predicate::Contains(ValueExpr::Path(path), _) => {
                self.within(path, unknown(UNKNOWN_EQUAL))
            }
            Predicate::Compare(_, CompareOp::Eq, _) | Predicate::Contains(..) => {
                unknown(UNKNOWN_EQUAL)
            }
            Predicate::In(_, list) => unknown((UNKNOWN_EQUAL * float(list.len() as u64)).min(0.5)),
            Predicate::Compare(..) | Predicate::Between(..) | Predicate::BeginsWith(..) => {
                unknown(UNKNOWN_RANGE)
            }
        }
    }

    fn of_simple(&self, simple: &Simple<'_>) -> Spread {
        match simple {
            Simple::OneOf(name, values) => self.of_attribute(name, |attribute, fraction| {
                attribute.is_one_of(values, fraction)
            }),
            Simple::Within(name, interval) => {
                let (from, to) = interval.cuts();
                self.of_attribute(name, |attribute, fraction| {
                    attribute.between(interval.kind, (&from, &to), fraction)
                })
            }
            Simple::Begins(name, prefix) => {
                let last = Last::Prefix(prefix);
                let (from, to) = (Cut::before(last), Cut::after(last));
                self.of_attribute(name, |attribute, fraction| {
                    attribute.between(prefix.kind(), (&from, &to), fraction)
                })
            }
        }
    }

    fn of_attribute(
        &self,
        name: &str,
        share: impl FnOnce(&super::AttributeStatistics, f64) -> Spread,
    ) -> Spread {
        match (self.table.attribute(name), self.table.sample) {
            (Some(attribute), _) => share(attribute, self.fraction),
            (None, Some(sample)) if !sample.more_attributes && sample.own > 0 => Sampling {
                fraction: self.fraction,
                clump: 1.0,
            }
            .share(Spread::ZERO, float(sample.own)),
            _ => Spread::ANY_SHARE,
        }
    }

    fn exists(&self, path: &Path) -> Spread {
        let root = self.of_attribute(&path.root, super::AttributeStatistics::exists);
        match path.as_top() {
            Some(_) => root,
            None => Spread { low: 0.0, ..root },
        }
    }

    /// A share that only items with the attribute can be of.
    fn within(&self, path: &Path, share: Spread) -> Spread {
        let root = self.of_attribute(&path.root, super::AttributeStatistics::exists);
        Spread {
            low: 0.0,
            expected: share.expected * root.expected,
            high: root.high,
        }
    }

    fn of_all(&self, members: &[Predicate]) -> Spread {
        let mut intervals: Vec<(&str, Interval<'_>)> = Vec::new();
        let mut shares: Vec<Spread> = Vec::new();
        for member in members {
            let Some(Simple::Within(name, interval)) = simple(member) else {
                shares.push(self.of(member));
                continue;
            };
            // Several bounds of one attribute are one interval.
            match intervals.iter_mut().find(|(other, _)| *other == name) {
                None => intervals.push((name, interval)),
                Some((_, known)) => match known.and(interval) {
                    Some(both) => *known = both,
                    None => return Spread::ZERO,
                },
            }
        }
        let intervals = intervals.into_iter();
        shares.extend(intervals.map(|(name, i)| self.of_simple(&Simple::Within(name, i))));
        conjunction(&shares)
    }

    fn of_any(&self, members: &[Predicate]) -> Spread {
        let mut values: Vec<(&str, Vec<&Value>)> = Vec::new();
        let mut shares: Vec<Spread> = Vec::new();
        for member in members {
            let Some(Simple::OneOf(name, more)) = simple(member) else {
                shares.push(self.of(member));
                continue;
            };
            // Several values of one attribute exclude each other.
            match values.iter_mut().find(|(other, _)| *other == name) {
                None => values.push((name, more)),
                Some((_, known)) => {
                    known.extend(more);
                    known.sort_unstable();
                    known.dedup();
                }
            }
        }
        let values = values.into_iter();
        shares.extend(values.map(|(name, v)| self.of_simple(&Simple::OneOf(name, v))));
        // One of them: not none of them.
        let none: Vec<Spread> = shares.into_iter().map(Spread::complement).collect();
        conjunction(&none).complement()
    }
}

/// All at once: the product, were they independent; the ends hold in any case.
fn conjunction(shares: &[Spread]) -> Spread {
    let lacking: f64 = shares.iter().map(|share| 1.0 - share.low).sum();
    let expected: f64 = shares.iter().map(|share| share.expected).product();
    Spread {
        // Never above what is expected: adding up shares rounds.
        low: (1.0 - lacking).clamp(0.0, expected.max(0.0)),
        expected,
        high: shares.iter().map(|share| share.high).fold(1.0, f64::min),
    }
}

const fn unknown(expected: f64) -> Spread {
    Spread {
        low: 0.0,
        expected,
        high: 1.0,
    }
}

/// The attribute and the constant that are compared, whichever side either is on.
fn constant<'a>(left: &'a ValueExpr, right: &'a ValueExpr) -> Option<(&'a str, &'a Value)> {
    match (left, right) {
        (ValueExpr::Path(path), ValueExpr::Literal(value))
        | (ValueExpr::Literal(value), ValueExpr::Path(path)) => Some((path.as_top()?, value)),
        _ => None,
    }
}

fn simple(predicate: &Predicate) -> Option<Simple<'_>> {
    match predicate {
        Predicate::Compare(left, op, right) => {
            let (name, value) = constant(left, right)?;
            let flipped = matches!(left, ValueExpr::Literal(_));
            let op = if flipped { op.mirrored() } else { *op };
            let interval = |from, to| {
                let kind = value.kind();
                Some(Simple::Within(name, Interval { kind, from, to }))
            };
            match op {
                CompareOp::Eq => Some(Simple::OneOf(name, vec![value])),
                CompareOp::Ne => None,
                CompareOp::Lt => interval(None, Some((value, false))),
                CompareOp::Le => interval(None, Some((value, true))),
                CompareOp::Gt => interval(Some((value, true)), None),
                CompareOp::Ge => interval(Some((value, false)), None),
            }
        }
        Predicate::Between(ValueExpr::Path(path), low, high) => {
            let (ValueExpr::Literal(low), ValueExpr::Literal(high)) = (low, high) else {
                return None;
            };
            let interval = Interval {
                kind: low.kind(),
                from: Some((low, false)),
                to: Some((high, true)),
            };
            // Ends of two types are no interval.
            let alike = low.kind() == high.kind();
            alike.then_some(Simple::Within(path.as_top()?, interval))
        }
        Predicate::In(ValueExpr::Path(path), list) => {
            let values = list.iter().map(|member| match member {
                ValueExpr::Literal(value) => Some(value),
                _ => None,
            });
            let mut values: Vec<&Value> = values.collect::<Option<_>>()?;
            values.sort_unstable();
            values.dedup();
            Some(Simple::OneOf(path.as_top()?, values))
        }
        Predicate::BeginsWith(ValueExpr::Path(path), ValueExpr::Literal(prefix)) => {
            Some(Simple::Begins(path.as_top()?, prefix))
        }
        _ => None,
    }
}
