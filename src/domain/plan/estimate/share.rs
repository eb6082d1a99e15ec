//! Of the items read, how many are rows.

use crate::domain::expr::{CompareOp, Predicate};
use crate::domain::names::TableName;
use crate::domain::plan::Basis;
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::deciding::deciding;
use crate::domain::plan::shape::Shape;
use crate::domain::stats::Spread;

/// How much better or worse the odds may be in a part than in all.
pub(super) const ODDS: f64 = 4.0;

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

/// Whose shares they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Of all that a path holds.
    All,
    /// Of a part of it: what is true of all need not be true of a part.
    Part,
}

/// What the filters keep of items whose keys follow the conditions on `followed`.
pub(super) fn shares(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    shape: &Shape,
    (of, followed): (Of, &[String]),
) -> Shares {
    let residual = shape.residual.conjuncts();
    let here = deciding(path, followed, residual);
    // Of a member of a union its own conditions: the whole filter follows from them.
    let later = shape
        .fetch
        .iter()
        .flat_map(|_| deciding(path, followed, context.conditions.conjuncts()));
    let later = later.filter(|conjunct| !residual.contains(conjunct));
    let (read, of_read) = share(
        context,
        &path.table.name,
        here.into_iter().cloned().collect(),
    );
    let (fetched, of_fetched) = share(context, &context.base.name, later.cloned().collect());
    let of_part = |share: Spread| match of {
        Of::All => share,
        Of::Part => elsewhere(share),
    };
    Shares {
        read: of_part(read),
        fetched: of_part(fetched),
        basis: of_read.max(of_fetched),
    }
}

/// A share in a part of what it is known of: the odds may be [`ODDS`] times as good or as bad.
fn elsewhere(share: Spread) -> Spread {
    Spread {
        low: odds(share.low, 1.0 / ODDS),
        expected: share.expected,
        high: odds(share.high, ODDS),
    }
}

/// The share whose odds are so many times those of `share`.
pub(super) fn odds(share: f64, by: f64) -> f64 {
    share * by / (share * by + 1.0 - share)
}

/// The share that `rows` items with it come from: about as many as `share` says, but for luck, three
/// standard deviations of it.
pub(super) fn with_luck(share: Spread, rows: f64) -> Spread {
    let luck = |share: f64| 3.0 * (rows * (1.0 - share)).sqrt();
    let unlucky = |share: f64| share * rows / (rows + luck(share) + 1.0 - share);
    let lucky = |share: f64| share * rows / (rows - luck(share)).max(rows * share);
    if rows < 1.0 || share.low >= 1.0 {
        return share;
    }
    Spread {
        low: unlucky(share.low),
        expected: share.expected,
        high: if share.high > 0.0 {
            lucky(share.high)
        } else {
            0.0
        },
    }
}

/// The share of a table's items that satisfy all of `conjuncts`.
pub(super) fn share(
    context: &Context<'_>,
    table: &TableName,
    conjuncts: Vec<Predicate>,
) -> (Spread, Basis) {
    if conjuncts.is_empty() {
        return (Spread::exact(1.0), Basis::Exact);
    }
    let expected = conjuncts.iter().map(guess).product();
    let all = conjuncts.into_iter().fold(Predicate::TRUE, Predicate::and);
    let guessed = Spread {
        low: 0.0,
        expected,
        high: 1.0,
    };
    let known = context.statistics.share(table, &all);
    known.map_or((guessed, Basis::Described), |share| {
        (share, Basis::Analyzed)
    })
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
