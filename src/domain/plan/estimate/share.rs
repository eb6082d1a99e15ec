//! Of the items read, how many are rows.

use super::clump::Clumps;
use super::float as count;
use super::lanes::{self, Lanes, is_never};
use super::partitioned::filters;
use super::seen::{Among, told};
use crate::domain::expr::{CompareOp, Predicate};
use crate::domain::names::TableName;
use crate::domain::plan::Basis;
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::deciding::deciding;
use crate::domain::plan::shape::Shape;
use crate::domain::stats::Spread;

/// How much better or worse the odds may be in a part than in all.
const ODDS: f64 = 4.0;

/// Shares of items, first of those read, then of those fetched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shares {
    /// Of the items read, those that the path itself does not drop.
    pub(super) read: Spread,
    /// Of the base items fetched, those that answer.
    pub(super) fetched: Spread,
    /// How they lie in partitions.
    pub(super) clumps: Clumps,
    /// Whose they are.
    pub(super) of: Of,
    /// Where that comes from.
    pub(super) basis: Basis,
}

impl Shares {
    /// Every item read is a row, or nobody asks.
    const ALL: Self = Self {
        read: Spread::exact(1.0),
        fetched: Spread::exact(1.0),
        clumps: Clumps::NONE,
        of: Of::All,
        basis: Basis::Exact,
    };

    /// Of the items read, those that answer.
    pub(super) fn answers(&self) -> Spread {
        let (read, fetched) = (self.read, self.fetched);
        Spread {
            low: read.low * fetched.low,
            expected: read.expected * fetched.expected,
            high: read.high * fetched.high,
        }
    }
}

/// Whose shares they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Of all that a path holds.
    All,
    /// Of a part of it: what is true of all need not be true of a part.
    Part,
}

/// What is read of a path, as far as it matters to shares.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    /// How much of it.
    pub(super) of: Of,
    /// The attributes whose conditions its keys follow.
    pub(super) followed: &'a [&'a str],
    /// Whether a LIMIT may end the reading: then it matters where rows lie.
    pub(super) stops: bool,
    /// The partitions that are read, unless all of a path is.
    pub(super) lanes: Option<Lanes<'a>>,
}

/// What the filters keep of the items that are read.
pub(super) fn shares(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    shape: &Shape,
    asked: Asked<'_>,
) -> Shares {
    if context.request.limit.is_none() && shape.fetch.is_none() {
        return Shares::ALL;
    }
    let conditions = Conditions::of(context, path, shape, asked.followed);
    let left = asked
        .lanes
        .and_then(|lanes| lanes::left(path, &conditions, lanes));
    let Conditions { given, here, later } = conditions;
    let (read, fetched, basis) = match left {
        None => of_conditions(context, path, asked.of, (&given, &here, &later)),
        Some(left) => mean(left.iter().map(|left| {
            let given: Vec<&Predicate> = given.iter().copied().chain(&left.given).collect();
            let here: Vec<&Predicate> = left.here.iter().collect();
            let later: Vec<&Predicate> = left.later.iter().collect();
            let shares = of_conditions(context, path, asked.of, (&given, &here, &later));
            (shares, left.items)
        })),
    };
    let shares = Shares {
        read,
        fetched,
        clumps: Clumps::NONE,
        of: asked.of,
        basis,
    };
    if !asked.stops {
        return shares;
    }
    let answers = shares.answers().expected;
    let conjuncts = [here, later].concat();
    Shares {
        clumps: Clumps::of(context, path, &conjuncts, answers),
        ..shares
    }
}

/// Shares of items read and of items fetched.
type Both = (Spread, Spread, Basis);

/// Of partitions that have shares of their own and hold so many items each: what all of them have.
fn mean(parts: impl Iterator<Item = (Both, f64)>) -> Both {
    let parts: Vec<(Both, f64)> = parts.collect();
    let all: f64 = parts.iter().map(|(_, items)| items).sum();
    let of = |end: fn(&Spread) -> f64| {
        let mut figures = (0.0, 0.0);
        for ((read, fetched, _), items) in &parts {
            // Where nothing is thought to be read, all count alike.
            let part = if all > 0.0 {
                items / all
            } else {
                1.0 / count(parts.len())
            };
            figures.0 += part * end(read);
            figures.1 += part * end(read) * end(fetched);
        }
        let (read, answers) = figures;
        (read, if read > 0.0 { answers / read } else { 1.0 })
    };
    let (low, expected, high) = (of(|s| s.low), of(|s| s.expected), of(|s| s.high));
    let spread = |of: fn((f64, f64)) -> f64| Spread {
        low: of(low),
        expected: of(expected),
        high: of(high),
    };
    let basis = parts.iter().map(|((_, _, basis), _)| *basis).max();
    let basis = basis.unwrap_or(Basis::Exact);
    (
        spread(|(read, _)| read),
        spread(|(_, fetched)| fetched),
        basis,
    )
}

/// Of items that satisfy what is given, those that satisfy what the path decides, and of these those that
/// satisfy what the base decides.
fn of_conditions(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    of: Of,
    (given, here, later): (&[&Predicate], &[&Predicate], &[&Predicate]),
) -> Both {
    let share_of = |table: &TableName, given: &[&Predicate], wanted: &[&Predicate]| {
        if wanted.iter().any(|wanted| is_never(wanted)) {
            return (Spread::exact(0.0), Basis::Exact);
        }
        let (independent, basis) = share(context, table, wanted.iter().copied());
        let (found, is_of_part) = match told(context, given, wanted, independent) {
            Some(told) if !wanted.is_empty() => (told.share, told.among == Among::Given),
            _ => (independent, false),
        };
        let found = match of {
            Of::Part if !is_of_part => elsewhere(found),
            _ => found,
        };
        (found, basis)
    };
    let (read, of_read) = share_of(&path.table.name, given, here);
    let known = [given, here].concat();
    let (fetched, of_fetched) = share_of(&context.base.name, &known, later);
    (read, fetched, of_read.max(of_fetched))
}

/// Conditions of a request, by where an item is held against them.
#[derive(Debug)]
pub(super) struct Conditions<'p> {
    /// What all items that are read satisfy.
    pub(super) given: Vec<&'p Predicate>,
    /// What the path itself decides.
    pub(super) here: Vec<&'p Predicate>,
    /// What only the base item decides.
    pub(super) later: Vec<&'p Predicate>,
}

impl<'p> Conditions<'p> {
    /// Of a path whose keys follow the conditions on `followed`.
    pub(super) fn of(
        context: &'p Context<'_>,
        path: &'p AccessPath<'_>,
        shape: &'p Shape,
        followed: &[&str],
    ) -> Self {
        let residual = shape.residual.conjuncts();
        // Of a member of a union its own conditions: the whole filter follows from them.
        let asked = context.conditions.conjuncts();
        let open = deciding(path, followed, asked);
        let by_keys = asked.iter().filter(|c| !open.contains(c));
        let held = filters(path).flat_map(Predicate::conjuncts);
        Self {
            given: by_keys.chain(held).collect(),
            here: deciding(path, followed, residual),
            later: match shape.fetch {
                Some(_) => open
                    .into_iter()
                    .filter(|conjunct| !residual.contains(conjunct))
                    .collect(),
                None => Vec::new(),
            },
        }
    }
}

/// A share in a part of what it is known of: the odds may be [`ODDS`] times as good or as bad.
pub(super) fn elsewhere(share: Spread) -> Spread {
    Spread {
        low: odds(share.low, 1.0 / ODDS),
        expected: share.expected,
        high: odds(share.high, ODDS),
    }
}

/// The share whose odds are so many times those of `share`.
fn odds(share: f64, by: f64) -> f64 {
    share * by / (share * by + 1.0 - share)
}

/// The share that `rows` items with it come from, or as many clumps of them: about as many as `share`
/// says, but for luck, three standard deviations of it.
pub(super) fn with_luck(share: Spread, rows: f64) -> Spread {
    let luck = |share: f64| 3.0 * (rows * (1.0 - share)).sqrt();
    let unlucky = |share: f64| share * rows / (rows + luck(share) + 1.0 - share);
    let lucky = |share: f64| share * rows / (rows - luck(share)).max(rows * share);
    if rows <= 0.0 || share.low >= 1.0 {
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

/// So many items of which a part of `share` are rows; where that is the share of another part, with luck
/// beside it, three standard deviations.
pub(super) fn few(items: Spread, share: Spread, of: Of) -> Spread {
    let rows = Spread {
        low: items.low * share.low,
        expected: items.expected * share.expected,
        high: items.high * share.high,
    };
    if of == Of::All || share.low >= 1.0 {
        return rows;
    }
    let luck = |items: f64, share: f64| 3.0 * (items * share * (1.0 - share)).sqrt();
    Spread {
        low: (rows.low - luck(items.low, share.low)).max(0.0),
        expected: rows.expected,
        high: (rows.high + luck(items.high, share.high) + share.high).min(items.high),
    }
}

/// The share of a table's items that satisfy all of `conjuncts`.
pub(super) fn share<'p>(
    context: &Context<'_>,
    table: &TableName,
    conjuncts: impl Iterator<Item = &'p Predicate>,
) -> (Spread, Basis) {
    let (all, expected) = conjuncts.fold((Predicate::TRUE, 1.0), |(all, expected), conjunct| {
        (all.and(conjunct.clone()), expected * guess(conjunct))
    });
    if all.is_true() {
        return (Spread::exact(1.0), Basis::Exact);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture::table;
    use crate::domain::plan::Plan;
    use crate::domain::plan::fixture::{catalog_of, path_of, plans, sampled, try_route};
    use crate::domain::query::Consistency;
    use crate::domain::stats::Scanned;
    use rstest::rstest;

    /// What is expected of reading the copy of ten thousand orders that holds those open or held, of which one in
    /// ten was sampled: half of one in ten each. It lacks what is asked for, so rows are fetched.
    fn of_pending(operation: &str, filter: &str) -> f64 {
        let file = "version = 1\n[dataset.orders]\nbase = \"orders\"\n\
                    [dataset.orders.copy.pending]\ntable = \"pending\"\n\
                    where = \"status IN ('open', 'held')\"\nkeep = [\"id\", \"at\", \"status\"]";
        let mut tables = [table("orders", "id"), table("pending", "at id")];
        tables[0].items = 10_000;
        tables[0].bytes = 300_000;
        let catalog = sampled(
            catalog_of(file, &tables),
            "orders",
            (1_000, Scanned::Part),
            |id| {
                let status = match id % 10 {
                    0 => ["open", "held"][id / 10 % 2],
                    _ => "sent",
                };
                [
                    ("id", format!("{id:04}")),
                    ("at", format!("{id:04}")),
                    ("status", status.to_owned()),
                ]
            },
        );
        let text = format!("SELECT * FROM orders WHERE {filter}");
        let route = try_route(&catalog, &text, Consistency::Eventual).unwrap();
        let mut plans = plans(route);
        let is_it =
            |plan: &Plan| path_of(&plan.access) == "pending" && plan.operation() == operation;
        plans.find(is_it).unwrap().estimate.expected.0
    }

    #[test]
    fn what_is_rare_in_the_base_may_be_common_in_a_copy() {
        // Half of a thousand entries are fetched, half a unit each.
        let expected = of_pending("scan", "status = 'held'");
        assert!((150.0..310.0).contains(&expected), "{expected}");
    }

    #[test]
    fn items_got_by_their_keys_have_these_keys() {
        let keys = "at IN ('0010', '0030') AND id IN ('0010', '0030')";
        let expected = of_pending("batch_get", &format!("status = 'held' AND {keys}"));
        // Four are read, and half of them fetched.
        assert!((2.7..3.1).contains(&expected), "{expected}");
    }

    #[rstest]
    #[case::of_all_as_many_as_counted(Of::All, (0.6, 0.6))]
    #[case::of_a_part_some_more(Of::Part, (0.0, 3.0))]
    fn a_few_items_may_be_luckier_than_their_share(#[case] of: Of, #[case] rows: (f64, f64)) {
        let found = few(Spread::exact(6.0), Spread::exact(0.1), of);
        assert!(
            (found.low - rows.0).abs() < 1e-9 && (found.high - rows.1).abs() < 0.2,
            "{found:?}"
        );
        assert!((found.expected - 0.6).abs() < 1e-9, "{found:?}");
        assert_eq!(
            few(Spread::exact(6.0), Spread::exact(1.0), of),
            Spread::exact(6.0)
        );
    }

    #[test]
    fn rows_in_clumps_take_more_luck_to_be_found() {
        let share = Spread::exact(0.4);
        let (one_by_one, in_clumps) = (with_luck(share, 50.0), with_luck(share, 0.5));
        assert!(in_clumps.low < one_by_one.low && in_clumps.high > one_by_one.high);
        assert!((in_clumps.high - 1.0).abs() < 1e-9);
    }
}
