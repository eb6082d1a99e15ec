//! What a conjunction says of single attributes.
//!
//! Only conjuncts of the form `attribute op literal` are understood here; whatever else there is
//! (OR, NOT, functions, nested paths) stays a filter.

use super::constraint::Constraint;
use crate::domain::expr::{Predicate, ValueExpr, holds, paths_of_predicate};
use crate::domain::value::{Item, Value};
use std::collections::BTreeMap;
use std::ops::Bound;

/// A conjunction and what it says.
#[derive(Debug, Clone)]
pub(super) struct Conditions {
    conjuncts: Vec<Predicate>,
    by_attribute: BTreeMap<String, Constraint>,
}

impl Conditions {
    /// Reads a conjunction.
    pub(super) fn new(predicate: &Predicate) -> Self {
        let mut conjuncts = Vec::new();
        flatten(predicate, &mut conjuncts);
        let mut by_attribute: BTreeMap<String, Constraint> = BTreeMap::new();
        for (attribute, constraint) in conjuncts.iter().filter_map(understood) {
            let both = match by_attribute.get(attribute) {
                Some(known) => known.and(&constraint),
                None => constraint,
            };
            by_attribute.insert(attribute.to_owned(), both);
        }
        Self {
            conjuncts,
            by_attribute,
        }
    }

    /// The members of the conjunction.
    pub(super) fn conjuncts(&self) -> &[Predicate] {
        &self.conjuncts
    }

    /// What it says of a top-level attribute. That there is a constraint implies that the attribute exists.
    pub(super) fn of(&self, attribute: &str) -> Option<&Constraint> {
        self.by_attribute.get(attribute)
    }

    /// Whether an item may have this value of the attribute: no conjunct that reads nothing else is
    /// false for it. Here OR, NOT, and `<>` count, too.
    pub(super) fn admits(&self, attribute: &str, value: &Value) -> bool {
        let item = Item::from([(attribute.to_owned(), value.clone())]);
        let alone = |conjunct: &&Predicate| {
            let paths = paths_of_predicate(conjunct);
            !paths.is_empty() && paths.iter().all(|path| path.root == attribute)
        };
        self.conjuncts
            .iter()
            .filter(alone)
            .all(|conjunct| holds(conjunct, &item))
    }

    /// Narrows what is said of `attribute`, if anything is.
    pub(super) fn narrow(&mut self, attribute: &str, with: impl FnOnce(&Constraint) -> Constraint) {
        if let Some(known) = self.by_attribute.get_mut(attribute) {
            *known = with(known);
        }
    }

    /// An attribute of which nothing can be true.
    pub(super) fn contradiction(&self) -> Option<&str> {
        self.by_attribute
            .iter()
            .find(|(_, constraint)| constraint.is_nothing())
            .map(|(attribute, _)| attribute.as_str())
    }
}

/// Members of nested conjunctions, without recursion: a text may nest them deeply.
fn flatten(predicate: &Predicate, into: &mut Vec<Predicate>) {
    let mut to_do = vec![predicate];
    while let Some(next) = to_do.pop() {
        match next {
            Predicate::And(members) => to_do.extend(members.iter().rev()),
            other => into.push(other.clone()),
        }
    }
}

/// The attribute that a predicate speaks of, and what it says when it is true.
pub(super) fn understood(predicate: &Predicate) -> Option<(&str, Constraint)> {
    match predicate {
        Predicate::Compare(ValueExpr::Path(path), op, ValueExpr::Literal(value)) => {
            Some((path.as_top()?, Constraint::compared(*op, value)?))
        }
        Predicate::Compare(ValueExpr::Literal(value), op, ValueExpr::Path(path)) => {
            Some((path.as_top()?, Constraint::compared(op.mirrored(), value)?))
        }
        Predicate::Between(
            ValueExpr::Path(path),
            ValueExpr::Literal(low),
            ValueExpr::Literal(high),
        ) => {
            let (low, high) = (Bound::Included(low.clone()), Bound::Included(high.clone()));
            Some((path.as_top()?, Constraint::between(low, high)))
        }
        Predicate::In(ValueExpr::Path(path), list) => {
            let values: Option<Vec<Value>> = list.iter().map(literal).collect();
            Some((path.as_top()?, Constraint::one_of(values?)))
        }
        Predicate::BeginsWith(ValueExpr::Path(path), ValueExpr::Literal(prefix)) => {
            Some((path.as_top()?, Constraint::begins_with(prefix)))
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
            "(a = 1 OR a = 2) AND NOT a = 3 AND a <> 4 AND a.b = 5 AND size(a) > 6 AND a = b";
        let conditions = conditions(text);
        assert_eq!(conditions.of("a"), None);
        assert_eq!(conditions.conjuncts().len(), 6);
    }

    #[test]
    fn a_contradiction_names_its_attribute() {
        let conditions = conditions("a = 1 AND b > 5 AND b < 2");
        assert_eq!(conditions.contradiction(), Some("b"));
    }
}
