//! A plan that reads and does nothing else: for tests and benches to add to.

use driftscope::domain::expr::Predicate;
use driftscope::domain::names::{Range, Rcu};
use driftscope::domain::plan::pace::Filtered;
use driftscope::domain::plan::{Access, Basis, Estimate, OrderStrategy, Plan, Reads};
use driftscope::domain::query::Consistency;
use driftscope::domain::schema::KeySchema;

/// A plan whose reads give one term of the order, or none.
pub(crate) fn bare(table: &str, key: KeySchema, reads: Reads, order: OrderStrategy) -> Plan {
    let is_read = !matches!(order, OrderStrategy::None | OrderStrategy::Sort);
    Plan {
        access: Access {
            table: table.into(),
            index: None,
            copy: None,
        },
        key: key.clone(),
        table_key: key,
        reads,
        order,
        ordered_by: usize::from(is_read),
        filter: None,
        residual: Predicate::TRUE.into(),
        projection: None,
        fetch: None,
        hidden: Vec::new(),
        distinct: None,
        filtered: Filtered::No,
        consistency: Consistency::Eventual,
        estimate: Estimate {
            rcu: Range::at_least(Rcu(0.0)),
            expected: Rcu(0.0),
            requests: Range::at_least(0),
            bytes: Range::at_least(0),
            usd: None,
            basis: Basis::Unknown,
        },
        parts: Vec::new(),
    }
}
