//! What a conjunction says of single attributes.
//!
//! Conjuncts of the form `attribute op literal` are understood, and what all members of a disjunction
//! agree in; whatever else there is (NOT, functions, nested paths) stays a filter.

use super::constraint::Constraint;
use super::memo::Memo;
use super::normal::inwards;
use super::selection::Selections;
use crate::domain::expr::{CompareOp, Predicate, ValueExpr, holds, paths_of_predicate};
use crate::domain::schema::Table;
use crate::domain::value::{Item, Value};
use std::collections::BTreeMap;
use std::ops::Bound;

/// A conjunction and what it says.
#[derive(Debug)]
pub(super) struct Conditions {
    conjuncts: Vec<Predicate>,
    by_attribute: BTreeMap<String, Constraint>,
    selections: Selections,
    derived: Derived,
}

/// What follows for expressions, with declared domains or without.
type Derived = Memo<(ValueExpr, bool), Option<Constraint>>;

impl Conditions {
    /// Reads a conjunction.
    pub(super) fn new(predicate: &Predicate) -> Self {
        Self::of_conjuncts(inwards(predicate).conjuncts().to_vec())
    }

    /// A conjunction of what [`inwards`] gives.
    pub(super) fn of_conjuncts(conjuncts: Vec<Predicate>) -> Self {
        let by_attribute = said_by_all(&conjuncts);
        let mut conditions = Self {
            selections: Selections::of(&conjuncts),
            conjuncts,
            by_attribute,
            derived: Memo::default(),
        };
        conditions.keep_admitted();
        conditions
    }

    /// Drops listed values that other conjuncts rule out.
    fn keep_admitted(&mut self) {
        let mut said = std::mem::take(&mut self.by_attribute);
        for (attribute, constraint) in &mut said {
            if let Constraint::Values(values) = constraint {
                self.retain_admitted(attribute, values);
            }
        }
        self.by_attribute = said;
    }

    /// Every item of the table has its key, of its type, and none is empty (`API_PutItem`).
    pub(super) fn narrow_to_keys(&mut self, table: &Table) {
        for key in table.key.attributes() {
            if let Some(said) = self.by_attribute.get_mut(&key.name) {
                *said = said.of_kind(key.kind.into()).not_empty();
            }
        }
    }

    /// The members of the conjunction.
    pub(super) fn conjuncts(&self) -> &[Predicate] {
        &self.conjuncts
    }

    /// Conjunctions of some of its members, made once for all paths.
    pub(super) const fn selections(&self) -> &Selections {
        &self.selections
    }

    /// What was found to follow from it for expressions.
    pub(super) const fn derived(&self) -> &Derived {
        &self.derived
    }

    /// What it says of a top-level attribute. That there is a constraint implies that the attribute exists.
    pub(super) fn of(&self, attribute: &str) -> Option<&Constraint> {
        self.by_attribute.get(attribute)
    }

    /// Keeps the values of the attribute that an item may have: no conjunct that reads nothing else is
    /// false for it. Here OR, NOT, and `<>` count, too; what is understood is in the constraint.
    pub(super) fn retain_admitted(&self, attribute: &str, values: &mut Vec<Value>) {
        let alone = |conjunct: &&Predicate| {
            let paths = paths_of_predicate(conjunct);
            attribute_understood(conjunct).is_none()
                && !paths.is_empty()
                && paths.iter().all(|path| path.root == attribute)
        };
        let conjuncts: Vec<&Predicate> = self.conjuncts.iter().filter(alone).collect();
        if conjuncts.is_empty() {
            return;
        }
        values.retain(|value| {
            let item = Item::from([(attribute.to_owned(), value.clone())]);
            conjuncts.iter().all(|conjunct| holds(conjunct, &item))
        });
    }

    /// An attribute of which nothing can be true.
    pub(super) fn contradiction(&self) -> Option<&str> {
        self.by_attribute
            .iter()
            .find(|(_, constraint)| constraint.is_nothing())
            .map(|(attribute, _)| attribute.as_str())
    }
}

/// What is said of each attribute when all of them are true.
fn said_by_all(conjuncts: &[Predicate]) -> BTreeMap<String, Constraint> {
    let mut said = BTreeMap::new();
    for conjunct in conjuncts {
        for (attribute, constraint) in said_by(conjunct) {
            let both = said
                .get(&attribute)
                .map(|known: &Constraint| known.and(&constraint));
            said.insert(attribute, both.unwrap_or(constraint));
        }
    }
    said
}

/// What is said of each attribute when it is true. Parentheses nest a few levels deep at most.
fn said_by(predicate: &Predicate) -> BTreeMap<String, Constraint> {
    if let Some((attribute, constraint)) = understood(predicate) {
        return BTreeMap::from([(attribute.to_owned(), constraint)]);
    }
    match predicate {
        Predicate::And(members) => said_by_all(members),
        Predicate::Or(members) => said_by_any(members),
        _ => BTreeMap::new(),
    }
}

/// What all members that can be true agree in.
fn said_by_any(members: &[Predicate]) -> BTreeMap<String, Constraint> {
    let is_possible = |said: &BTreeMap<String, Constraint>| {
        let mut said = said.values();
        !said.any(Constraint::is_nothing)
    };
    let (possible, impossible): (Vec<_>, Vec<_>) =
        members.iter().map(said_by).partition(is_possible);
    let either = |known: BTreeMap<String, Constraint>, other: BTreeMap<String, Constraint>| {
        let both = known.into_iter().filter_map(|(attribute, known)| {
            let either = known.or(other.get(&attribute)?)?;
            Some((attribute, either))
        });
        both.collect()
    };
    let first = impossible.into_iter().next();
    possible
        .into_iter()
        .reduce(either)
        .or(first)
        .unwrap_or_default()
}

/// The attribute that a predicate speaks of, and what it says when it is true: neither more nor less.
pub(super) fn understood(predicate: &Predicate) -> Option<(&str, Constraint)> {
    let (attribute, said) = said(predicate)?;
    Some((attribute, said.constraint()?))
}

/// The attribute alone.
pub(super) fn attribute_understood(predicate: &Predicate) -> Option<&str> {
    said(predicate).map(|(attribute, _)| attribute)
}

/// What is said of an attribute, as it stands in the predicate.
enum Said<'a> {
    Compared(CompareOp, &'a Value),
    Between(&'a Value, &'a Value),
    OneOf(&'a [ValueExpr]),
    BeginsWith(&'a Value),
    Any(Constraint),
}

impl Said<'_> {
    fn constraint(self) -> Option<Constraint> {
        Some(match self {
            Self::Compared(op, value) => return Constraint::compared(op, value),
            Self::Between(low, high) => {
                let (low, high) = (Bound::Included(low.clone()), Bound::Included(high.clone()));
                Constraint::between(low, high)
            }
            Self::OneOf(list) => {
                Constraint::one_of(list.iter().map(literal).collect::<Option<_>>()?)
            }
            Self::BeginsWith(prefix) => Constraint::begins_with(prefix),
            Self::Any(known) => known,
        })
    }
}

fn said(predicate: &Predicate) -> Option<(&str, Said<'_>)> {
    match predicate {
        Predicate::Compare(_, CompareOp::Ne, _) => None,
        Predicate::Compare(ValueExpr::Path(path), op, ValueExpr::Literal(value)) => {
            Some((path.as_top()?, Said::Compared(*op, value)))
        }
        Predicate::Compare(ValueExpr::Literal(value), op, ValueExpr::Path(path)) => {
            Some((path.as_top()?, Said::Compared(op.mirrored(), value)))
        }
        Predicate::Between(
            ValueExpr::Path(path),
            ValueExpr::Literal(low),
            ValueExpr::Literal(high),
        ) => Some((path.as_top()?, Said::Between(low, high))),
        Predicate::In(ValueExpr::Path(path), list) => {
            let is_literal = |member: &ValueExpr| matches!(member, ValueExpr::Literal(_));
            let known = list.iter().all(is_literal);
            known.then_some((path.as_top()?, Said::OneOf(list)))
        }
        Predicate::BeginsWith(ValueExpr::Path(path), ValueExpr::Literal(prefix)) => {
            Some((path.as_top()?, Said::BeginsWith(prefix)))
        }
        Predicate::Or(members) => {
            let (first, rest) = members.split_first()?;
            let (attribute, first) = understood(first)?;
            let listed = rest
                .iter()
                .try_fold(first.values()?.to_vec(), |mut all, member| {
                    let (other, said) = understood(member)?;
                    all.extend_from_slice(said.values().filter(|_| other == attribute)?);
                    Some(all)
                })?;
            Some((attribute, Said::Any(Constraint::one_of(listed))))
        }
        _ => None,
    }
}

fn literal(expr: &ValueExpr) -> Option<Value> {
    match expr {
        ValueExpr::Literal(value) => Some(value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::expr::{Context, parse_predicate};
    use rstest::rstest;

    fn conditions(text: &str) -> Conditions {
        Conditions::new(&parse_predicate(text, &Context::default()).unwrap())
    }

    #[test]
    fn a_literal_may_stand_on_either_side() {
        assert_eq!(conditions("5 < a").of("a"), conditions("a > 5").of("a"));
    }

    #[test]
    fn what_is_no_comparison_with_a_literal_says_nothing() {
        let text =
            "(a = 1 OR b = 2) AND NOT a = 3 AND a <> 4 AND a.b = 5 AND size(a) > 6 AND a = b";
        let conditions = conditions(text);
        assert_eq!(conditions.of("a"), None);
        assert_eq!(conditions.conjuncts().len(), 6);
    }

    #[rstest]
    #[case::equalities_are_a_list("a = 1 OR a IN (2, 1)", "a IN (1, 2)")]
    #[case::ranges_have_a_span("a BETWEEN 1 AND 2 OR a > 5", "a >= 1")]
    #[case::a_value_and_a_range("a = 9 OR a BETWEEN 1 AND 2", "a BETWEEN 1 AND 9")]
    #[case::what_all_members_agree_in("(a = 1 AND b = 2) OR (c = 3 AND a = 1)", "a = 1")]
    #[case::a_member_that_cannot_be("(a = 1 AND a = 2) OR a = 3", "a = 3")]
    #[case::not_unequal("NOT (a <> 1)", "a = 1")]
    #[case::not_either("NOT (a <> 1 OR b = 2)", "a = 1")]
    #[case::what_is_ruled_out("a IN (1, 2, 3) AND NOT a = 2", "a IN (1, 3)")]
    fn a_disjunction_says_what_its_members_share(#[case] text: &str, #[case] same: &str) {
        assert_eq!(conditions(text).of("a"), conditions(same).of("a"), "{text}");
    }

    #[rstest]
    #[case::one_member_is_silent("a = 1 OR b = 2")]
    #[case::two_types("a > 1 OR a > 'x'")]
    #[case::true_where_it_is_absent("NOT a < 1")]
    #[case::or_of_another_type("NOT (a < 1 OR a > 5)")]
    fn where_members_differ_nothing_is_said(#[case] text: &str) {
        assert_eq!(conditions(text).of("a"), None);
    }

    #[test]
    fn a_contradiction_names_its_attribute() {
        let conditions = conditions("a = 1 AND b > 5 AND b < 2");
        assert_eq!(conditions.contradiction(), Some("b"));
    }
}
