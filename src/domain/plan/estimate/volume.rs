//! How much a path holds, and how much of it one partition is.

use super::float;
use crate::domain::expr::ValueExpr;
use crate::domain::plan::access::{AccessPath, Context, Source};

/// Items and bytes of a path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Described {
    /// Items.
    pub(super) items: f64,
    /// Bytes.
    pub(super) bytes: f64,
}

impl Described {
    /// What `DescribeTable` tells of the path; 0 bytes mean unknown. An index of unknown size is
    /// taken to be as large as its table.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub(super) fn of(path: &AccessPath<'_>) -> Option<Self> {
        let table = (path.table.items, path.table.bytes);
        let index = path.index.map(|index| (index.items, index.bytes));
        let known = |(items, bytes): &(u64, u64)| *items > 0 && *bytes > 0;
        let (items, bytes) = index.filter(known).or(Some(table).filter(known))?;
        Some(Self {
            items: items as f64,
            bytes: bytes as f64,
        })
    }

    /// Bytes of the mean item.
    pub(super) fn mean(&self) -> f64 {
        self.bytes / self.items
    }
}

/// The share of one partition in the path. How many there are is known only where it is declared;
/// otherwise there are taken to be as many partitions as items in each: of all guesses the one that
/// is wrong by the least factor at worst.
pub(super) fn share_of_partition(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    described: &Described,
) -> f64 {
    let declared = path.key().partition.iter().try_fold(1.0, |count, key| {
        let of_key = match path.source(&key.name) {
            Source::Base(name) => values_of(context, name),
            Source::Set(expr) => values_of_expr(context, expr),
            Source::Alias | Source::Unknown => None,
        };
        of_key.map(|of_key| count * of_key)
    });
    1.0 / declared.unwrap_or_else(|| described.items.sqrt()).max(1.0)
}

fn values_of(context: &Context<'_>, attribute: &str) -> Option<f64> {
    let values = context.domain()?.get(attribute)?;
    Some(float(values.len()))
}

fn values_of_expr(context: &Context<'_>, expr: &ValueExpr) -> Option<f64> {
    match expr {
        ValueExpr::Literal(_) => Some(1.0),
        ValueExpr::Path(path) => values_of(context, path.as_top()?),
        ValueExpr::Crc32 {
            modulus: Some(modulus),
            ..
        }
        | ValueExpr::Modulo { modulus, .. } => Some(f64::from(*modulus)),
        ValueExpr::Concat(members) => members.iter().try_fold(1.0, |count, member| {
            Some(count * values_of_expr(context, member)?)
        }),
        _ => None,
    }
}
