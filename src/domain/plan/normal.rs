//! `NOT` moved inwards, and `OR` taken apart into conjunctions: what can be routed by keys.
//!
//! Logic is two-valued, as `DynamoDB`'s is: where an attribute is absent a comparison is false and its
//! negation true. So `NOT (a <> x)` is `a = x`, but `NOT (a < x)` is not `a >= x` and stays as it is.

use super::conditions::{Conditions, attribute_understood, understood};
use crate::domain::expr::{CompareOp, Path, Predicate, ValueExpr};
use crate::domain::value::Value;

/// The most conjunctions that a request is taken apart into.
pub(super) const MOST_MEMBERS: usize = 16;
/// The most disjunctions of one request that are tried each by itself.
const MOST_DISJUNCTIONS: usize = 4;

/// A conjunction.
type Conjunction = Vec<Predicate>;

/// The same with every `NOT` as far inside as it goes, and chains flat.
pub(super) fn inwards(predicate: &Predicate) -> Predicate {
    match predicate {
        Predicate::And(members) => all(members.iter().map(inwards)),
        Predicate::Or(members) => any(members.iter().map(inwards)),
        Predicate::Not(inner) => negated(inner),
        other => other.clone(),
    }
}

fn negated(predicate: &Predicate) -> Predicate {
    match predicate {
        Predicate::And(members) => any(members.iter().map(negated)),
        Predicate::Or(members) => all(members.iter().map(negated)),
        Predicate::Not(inner) => inwards(inner),
        Predicate::Compare(left, CompareOp::Eq, right) => {
            Predicate::Compare(left.clone(), CompareOp::Ne, right.clone())
        }
        Predicate::Compare(left, CompareOp::Ne, right) => {
            Predicate::Compare(left.clone(), CompareOp::Eq, right.clone())
        }
        Predicate::Exists(path) => Predicate::NotExists(path.clone()),
        Predicate::NotExists(path) => Predicate::Exists(path.clone()),
        other => Predicate::Not(Box::new(other.clone())),
    }
}

fn all(members: impl Iterator<Item = Predicate>) -> Predicate {
    members.fold(Predicate::TRUE, Predicate::and)
}

/// Any of them, flattened. None at all is false, which `NOT` of what is always true says.
fn any(members: impl Iterator<Item = Predicate>) -> Predicate {
    let mut flat = Vec::new();
    for member in members {
        match member {
            Predicate::Or(more) => flat.extend(more),
            one if one.is_true() => return Predicate::TRUE,
            one => flat.push(one),
        }
    }
    match flat.len() {
        1 => flat.remove(0),
        _ => Predicate::Or(flat),
    }
}

/// The ways to read a conjunction as a union of others.
#[derive(Debug, Default)]
pub(super) struct Splits {
    /// Each way: conjunctions of which an item that answers satisfies at least one.
    pub(super) ways: Vec<Vec<Conjunction>>,
    /// Whether there would be more, of more conjunctions than [`MOST_MEMBERS`].
    pub(super) bounded: Bounded,
}

/// Whether something was left out because it is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Bounded {
    /// No.
    #[default]
    No,
    /// Yes.
    Yes,
}

/// Takes each disjunction of the request apart, and then all of them together. Together they bind the
/// most keys, but may read what they share several times.
pub(super) fn splits(conditions: &Conditions) -> Splits {
    let conjuncts = conditions.conjuncts();
    let mut splits = Splits::default();
    let mut apart: Vec<(usize, Vec<Conjunction>)> = Vec::new();
    for (at, conjunct) in conjuncts.iter().enumerate() {
        let Predicate::Or(members) = conjunct else {
            continue;
        };
        // A list of values of one attribute is bound as a list.
        if attribute_understood(conjunct).is_some() {
            continue;
        }
        match disjoined(members, &mut splits.bounded) {
            Some(members) if apart.len() < MOST_DISJUNCTIONS => apart.push((at, members)),
            _ => splits.bounded = Bounded::Yes,
        }
    }
    let rest = |without: &[usize]| -> Conjunction {
        let others = conjuncts.iter().enumerate();
        let others = others.filter(|(at, _)| !without.contains(at));
        others.map(|(_, conjunct)| conjunct.clone()).collect()
    };
    for (at, members) in &apart {
        let common = rest(&[*at]);
        splits.ways.extend(product(&[common], members));
    }
    if apart.len() > 1 {
        let places: Vec<usize> = apart.iter().map(|(at, _)| *at).collect();
        let together = apart
            .iter()
            .try_fold(vec![rest(&places)], |all, (_, members)| {
                product(&all, members)
            });
        match together {
            Some(together) => splits.ways.push(together),
            None => splits.bounded = Bounded::Yes,
        }
    }
    splits
}

/// The conjunctions of a disjunction, with those inside taken apart as far as the bound allows; lists
/// of values of one attribute count as one. `None` when there are too many.
fn disjoined(members: &[Predicate], bounded: &mut Bounded) -> Option<Vec<Conjunction>> {
    let mut lists: Vec<(&str, Vec<Value>)> = Vec::new();
    let mut all: Vec<Conjunction> = Vec::new();
    for member in members {
        let listed = understood(member)
            .and_then(|(attribute, said)| Some((attribute, said.values()?.to_vec())));
        match listed {
            Some((attribute, values)) => {
                match lists.iter_mut().find(|(name, _)| *name == attribute) {
                    Some((_, known)) => known.extend(values),
                    None => lists.push((attribute, values)),
                }
            }
            None => all.extend(conjoined(member, bounded)),
        }
        if all.len() > MOST_MEMBERS {
            return None;
        }
    }
    all.extend(lists.into_iter().map(|(name, values)| {
        let mut literals: Vec<ValueExpr> = values.into_iter().map(ValueExpr::Literal).collect();
        let path = ValueExpr::Path(Path::top(name));
        vec![match (literals.len(), literals.pop()) {
            (1, Some(only)) => Predicate::Compare(path, CompareOp::Eq, only),
            (_, last) => Predicate::In(path, literals.into_iter().chain(last).collect()),
        }]
    }));
    (all.len() <= MOST_MEMBERS).then_some(all)
}

/// A member of a disjunction as conjunctions: what would be too many stays whole.
fn conjoined(member: &Predicate, bounded: &mut Bounded) -> Vec<Conjunction> {
    let mut all = vec![Vec::new()];
    for conjunct in member.conjuncts() {
        let apart = match conjunct {
            Predicate::Or(members) if attribute_understood(conjunct).is_none() => {
                let apart = disjoined(members, bounded).and_then(|apart| product(&all, &apart));
                if apart.is_none() {
                    *bounded = Bounded::Yes;
                }
                apart
            }
            _ => None,
        };
        match apart {
            Some(apart) => all = apart,
            None => all.iter_mut().for_each(|one| one.push(conjunct.clone())),
        }
    }
    all
}

/// Each with each; `None` when there are too many.
fn product(left: &[Conjunction], right: &[Conjunction]) -> Option<Vec<Conjunction>> {
    let fits = left.len().saturating_mul(right.len()) <= MOST_MEMBERS;
    let both = |a: &Conjunction, b: &Conjunction| a.iter().chain(b).cloned().collect();
    let both = &both;
    let pairs = left
        .iter()
        .flat_map(|a| right.iter().map(move |b| both(a, b)));
    fits.then(|| pairs.collect())
}

#[cfg(test)]
mod tests;
