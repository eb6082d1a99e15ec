//! Conjunctions of some of the members of a conjunction.
//!
//! Most paths show the same attributes, so they verify, filter, and fetch by the same few predicates: each
//! is put together once for all of them, with what the service can evaluate.

use super::access::roots;
use crate::domain::expr::Predicate;
use crate::domain::read::is_expressible;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The members of a conjunction, and conjunctions of some of them.
#[derive(Debug, Clone)]
pub(super) struct Selections {
    members: Vec<Member>,
    all: Arc<Predicate>,
    made: RefCell<BTreeMap<Vec<usize>, Arc<Predicate>>>,
    filters: RefCell<BTreeMap<Vec<usize>, Option<Arc<Predicate>>>>,
}

#[derive(Debug, Clone)]
struct Member {
    predicate: Predicate,
    roots: Vec<String>,
    is_expressible: bool,
}

impl Selections {
    /// Of these members.
    pub(super) fn of(conjuncts: &[Predicate]) -> Self {
        let member = |predicate: &Predicate| Member {
            roots: roots(predicate).map(str::to_owned).collect(),
            is_expressible: is_expressible(predicate),
            predicate: predicate.clone(),
        };
        Self {
            members: conjuncts.iter().map(member).collect(),
            all: Arc::new(conjunction(conjuncts.iter())),
            made: RefCell::default(),
            filters: RefCell::default(),
        }
    }

    /// All of the members.
    pub(super) const fn all(&self) -> &Arc<Predicate> {
        &self.all
    }

    /// The attributes that the one at a position reads.
    pub(super) fn roots(&self, at: usize) -> impl Iterator<Item = &str> {
        let member = self.members.get(at).into_iter();
        member.flat_map(|member| member.roots.iter().map(String::as_str))
    }

    /// The positions of those that read nothing but attributes of which `reads` is true.
    pub(super) fn that_read(&self, reads: impl Fn(&str) -> bool) -> Vec<usize> {
        let members = self.members.iter().enumerate();
        let fitting = members.filter(|(_, member)| member.roots.iter().all(|root| reads(root)));
        fitting.map(|(at, _)| at).collect()
    }

    /// The members at these positions as one.
    pub(super) fn at(&self, positions: &[usize]) -> Arc<Predicate> {
        if positions.len() == self.members.len() {
            return Arc::clone(&self.all);
        }
        let known = self.made.borrow().get(positions).map(Arc::clone);
        known.unwrap_or_else(|| {
            let members = positions.iter().filter_map(|at| self.members.get(*at));
            let made = Arc::new(conjunction(members.map(|member| &member.predicate)));
            let mut known = self.made.borrow_mut();
            known.insert(positions.to_vec(), Arc::clone(&made));
            made
        })
    }

    /// Of the members at these positions as many as the service evaluates in one expression.
    pub(super) fn filter(&self, mut positions: Vec<usize>) -> Option<Arc<Predicate>> {
        let expressible = |at: &usize| self.members.get(*at).is_some_and(|m| m.is_expressible);
        positions.retain(expressible);
        if let Some(known) = self.filters.borrow().get(&positions) {
            return known.clone();
        }
        let asked = positions.clone();
        let filter = loop {
            if positions.is_empty() {
                break None;
            }
            let all = self.at(&positions);
            if is_expressible(&all) {
                break Some(all);
            }
            positions.pop();
        };
        let mut known = self.filters.borrow_mut();
        known.insert(asked, filter.clone());
        filter
    }
}

/// All of them as one, flat.
pub(super) fn conjunction<'a>(members: impl Iterator<Item = &'a Predicate>) -> Predicate {
    members.cloned().fold(Predicate::TRUE, Predicate::and)
}
