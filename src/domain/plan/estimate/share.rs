//! Of the items read, how many are rows.

use crate::domain::expr::{CompareOp, Predicate};
use crate::domain::names::TableName;
use crate::domain::plan::Basis;
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::conditions::understood;
use crate::domain::plan::shape::Shape;
use crate::domain::stats::Spread;

/// Shares of items, first of those read, then of those fetched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shares {
    /// Of the items read, those that the path itself does not drop.
    pub(super) read: Spread,
    /// Of the base items fetched, those that answer.
    pub(super) fetched: Spread,
    /// Where that comes from.
    pub(super) basis: Basis,
}

/// What the filters keep of items whose keys follow the conditions on `followed`.
pub(super) fn shares(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    shape: &Shape,
    followed: &[String],
) -> Shares {
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
    let decides = |conjunct: &&Predicate| !follows(conjunct) && !given.contains(conjunct);
    let residual = shape.residual.conjuncts();
    let here = residual.iter().filter(decides).cloned();
    let later = shape.fetch.iter().flat_map(|fetch| {
        let conjuncts = fetch.residual.conjuncts().iter();
        conjuncts.filter(|conjunct| decides(conjunct) && !residual.contains(conjunct))
    });
    let (read, of_read) = share(context, &path.table.name, here.collect());
    let (fetched, of_fetched) = share(context, &context.base.name, later.cloned().collect());
    Shares {
        read,
        fetched,
        basis: of_read.max(of_fetched),
    }
}

/// The share of a table's items that satisfy all of `conjuncts`.
fn share(context: &Context<'_>, table: &TableName, conjuncts: Vec<Predicate>) -> (Spread, Basis) {
    if conjuncts.is_empty() {
        return (Spread::exact(1.0), Basis::Exact);
    }
    let expected = conjuncts.iter().map(guess).product();
    let all = conjuncts.into_iter().fold(Predicate::TRUE, Predicate::and);
    match context.statistics.share(table, &all) {
        Some(share) => (share, Basis::Analyzed),
        None => {
            let share = Spread {
                low: 0.0,
                expected,
                high: 1.0,
            };
            (share, Basis::Described)
        }
    }
}

/// The share that a condition keeps, when nothing is known of values: the closer it says what they
/// are, the fewer.
fn guess(predicate: &Predicate) -> f64 {
    match predicate {
        Predicate::Compare(_, CompareOp::Eq, _) | Predicate::Contains(..) => super::POINT,
        Predicate::Between(..) | Predicate::BeginsWith(..) | Predicate::In(..) => super::CLOSED,
        Predicate::Compare(_, CompareOp::Ne, _) | Predicate::Exists(_) => 1.0 - super::POINT,
        Predicate::Compare(..) => super::HALF_OPEN,
        _ => 0.5,
    }
}
