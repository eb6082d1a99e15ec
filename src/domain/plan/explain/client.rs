//! What only the client can check: conditions that neither the keys nor the filter sent along ensure.

use super::facts::key_of;
use crate::domain::expr::Predicate;
use crate::domain::plan::conditions::Conditions;
use crate::domain::plan::implies::implied;
use crate::domain::plan::{Plan, Reads};
use crate::domain::read::KeyCondition;
use std::borrow::Cow;

/// The conditions that the client checks on what it read. It verifies all of them on every item; told are
/// those that it may find false.
pub(super) fn client_filter(plan: &Plan) -> Option<Predicate> {
    let conditions: Cow<'_, [KeyCondition]> = match &plan.reads {
        Reads::Keys(keys) => keys.iter().map(key_of).collect(),
        Reads::Partitions { conditions, .. } => conditions.into(),
        Reads::Scan | Reads::Nothing => Cow::default(),
    };
    let server = plan.filter.as_deref().cloned().unwrap_or(Predicate::TRUE);
    let read: Vec<Conditions> = if conditions.is_empty() {
        vec![Conditions::new(&server)]
    } else {
        let keys = conditions.iter().map(KeyCondition::predicate);
        keys.map(|key| Conditions::new(&key.and(server.clone())))
            .collect()
    };
    let is_open = |conjunct: &&Predicate| !read.iter().all(|given| follows(conjunct, given));
    let mut open: Vec<&Predicate> = plan.residual.conjuncts().iter().filter(is_open).collect();
    if let Some(fetch) = &plan.fetch {
        let known = Conditions::new(&plan.residual);
        let fetched = fetch.residual.conjuncts().iter().filter(is_open);
        open.extend(fetched.filter(|conjunct| !follows(conjunct, &known)));
    }
    let all = open.into_iter().cloned().reduce(Predicate::and);
    all.filter(|all| !all.is_true())
}

fn follows(wanted: &Predicate, given: &Conditions) -> bool {
    let of = |attribute: &str| given.of(attribute).map(Cow::Borrowed);
    implied(wanted, given.conjuncts(), &of)
}
