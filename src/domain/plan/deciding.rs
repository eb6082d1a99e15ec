//! Which conditions still decide on an item when the keys of its path are followed.
//!
//! For estimates and for the size of pages, never for what is a row: that is verified on each item.

use super::access::AccessPath;
use super::conditions::understood;
use crate::domain::expr::Predicate;

/// Those of `conjuncts` that an item may fail whose keys follow the conditions on `followed`: neither
/// such a condition nor one that all items of a copy satisfy.
pub(super) fn deciding<'p>(
    path: &AccessPath<'_>,
    followed: &[String],
    conjuncts: &'p [Predicate],
) -> Vec<&'p Predicate> {
    let follows = |conjunct: &Predicate| {
        understood(conjunct).is_some_and(|(name, _)| followed.iter().any(|f| f == name))
    };
    let given: Vec<&Predicate> = path.copy.map_or_else(Vec::new, |(dataset, copy)| {
        let filters = [
            &dataset.dataset.filter,
            &copy.mapping.filter,
            &copy.mapping.only,
        ];
        filters.iter().flat_map(|all| all.conjuncts()).collect()
    });
    let conjuncts = conjuncts.iter();
    conjuncts
        .filter(|conjunct| !follows(conjunct) && !given.contains(conjunct))
        .collect()
}
