//! Where rows lie in the order of a Scan: among the items that it gives first, for it begins at the same place
//! each time, and behind them where it follows the keys.

use super::place::Places;
use super::share::Conditions;
use crate::domain::expr::{Predicate, holds};
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::read::KeyCondition;
use crate::domain::schema::IndexKind;
use crate::domain::stats::{self, Examples, PathName, Row};
use crate::domain::value::Value;

/// What is known of the first items, in the order they are read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct First {
    /// After each item read, how many were rows.
    pub(super) read: Vec<u32>,
    /// After each row fetched, how many answered.
    pub(super) fetched: Vec<u32>,
    /// The bytes of all items up to each.
    pub(super) bytes: Vec<f64>,
    /// Where later ones lie among all items.
    pub(super) places: Places,
    /// Whether that was looked for: then nothing is left to luck.
    pub(super) is_ordered: bool,
}

/// Of a Scan of `path`, as far as its conditions can be told of what is known of it.
pub(super) fn first(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    conditions: &Conditions<'_>,
) -> First {
    let mut first = first_of(context, path, conditions, &|_| true);
    first.is_ordered = !first.read.is_empty() && context.statistics.scans_follow_keys();
    if first.is_ordered {
        let conjuncts = [conditions.here.as_slice(), &conditions.later].concat();
        first.places = Places::of(context, path, &conjuncts);
    }
    first
}

/// Of a Query that reads a whole partition forwards: where a Scan begins with it, it begins with the same items.
pub(super) fn first_of_partition(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    conditions: &Conditions<'_>,
    partition: &KeyCondition,
) -> First {
    if partition.range.is_some() || partition.equal.len() > partition.partition_len {
        return First::default();
    }
    first_of(context, path, conditions, &|item| {
        let mut keys = partition.partition().iter();
        keys.all(|(name, value)| item.get(name) == Some(value))
    })
}

/// Of the items that come first and are to be read.
fn first_of(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    conditions: &Conditions<'_>,
    is_read: &dyn Fn(Row<'_>) -> bool,
) -> First {
    // A local index has the partitions of its table.
    let own = path.index.filter(|index| index.kind == IndexKind::Global);
    let name = PathName {
        table: path.table.name.clone(),
        index: own.map(|index| index.name.clone()),
    };
    let tells = |known: &stats::First, conjuncts: &[&Predicate]| {
        let mut conjuncts = conjuncts.iter();
        conjuncts.all(|conjunct| known.items().tells(conjunct))
    };
    let known = context.statistics.first(&name);
    let Some(known) = known.filter(|known| tells(known, &conditions.here)) else {
        return First::default();
    };
    // Only items of the base show what is fetched from it.
    let shows_base = path.copy.is_none() && own.is_none();
    let shows_answers = shows_base && tells(known, &conditions.later);
    let belongs = path.mapping().map(|mapping| &mapping.only);
    let all =
        |conjuncts: &[&Predicate], item: Row<'_>| conjuncts.iter().all(|one| holds(one, &item));
    let mut first = First::default();
    let (mut rows, mut answers) = (0, 0);
    for item in in_order(path, known.items())
        .into_iter()
        .take_while(|item| is_read(*item))
    {
        let is_row = all(&conditions.here, item) && belongs.is_none_or(|only| holds(only, &item));
        if is_row {
            rows += 1;
        }
        if is_row && shows_answers {
            answers += u32::from(all(&conditions.later, item));
            first.fetched.push(answers);
        }
        first.read.push(rows);
    }
    let is_local = path.index.is_some() && own.is_none();
    let sizes = known
        .sizes()
        .iter()
        .take(if is_local { 0 } else { first.read.len() });
    let mut bytes = 0.0;
    first.bytes.extend(sizes.map(|size| {
        bytes += f64::from(*size);
        bytes
    }));
    first
}

/// The items as the path gives them: a local index in the order of its own sort key, and of its
/// partitions only those that are known whole.
fn in_order<'s>(path: &AccessPath<'_>, known: &'s Examples) -> Vec<Row<'s>> {
    let items: Vec<Row<'s>> = known.items().collect();
    let local = path.index.filter(|index| index.kind == IndexKind::Local);
    let Some(index) = local else {
        return items;
    };
    let partition = |item: Row<'s>| {
        let keys = path.table.key.partition.iter();
        keys.map(|key| item.get(&key.name)).collect::<Vec<_>>()
    };
    let sort = |item: Row<'s>| -> Option<Vec<&Value>> {
        let keys = index.key.sort.iter().chain(&*path.table.key.sort);
        keys.map(|key| item.get(&key.name)).collect()
    };
    let mut partitions: Vec<&[Row<'s>]> = items
        .chunk_by(|a, b| partition(*a) == partition(*b))
        .collect();
    partitions.pop();
    let sorted = partitions.into_iter().flat_map(|partition| {
        let mut entries: Vec<_> = partition
            .iter()
            .filter_map(|item| Some((sort(*item)?, *item)))
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.into_iter().map(|(_, item)| item)
    });
    sorted.collect()
}

#[cfg(test)]
mod tests {
    use crate::domain::plan::fixture::{catalog, path_of, plans, try_route};
    use crate::domain::query::Consistency;
    use crate::domain::stats::{Beginning, PathName, Sampler, Scanned};
    use crate::domain::value::{Item, Value};
    use rstest::rstest;

    /// Two thousand strikes at ten airports, each with 200 dates that go down as ids go up; a Scan begins
    /// with those at airport A0.
    fn expected(path: &str, text: &str) -> f64 {
        let mut catalog = catalog();
        let dataset = catalog.dataset("strikes").cloned().unwrap();
        let mut sampler = Sampler::new(&dataset.base, Some(&dataset));
        let mut beginning = Beginning::new(&dataset.base.key);
        for id in 0..2_000 {
            let attributes = [
                ("airport", format!("A{}", id / 200)),
                ("strike_id", format!("S{:04}", id % 200)),
                ("struck_on", format!("19{:02}", 99 - id % 200 / 2)),
                ("operator", "B".to_owned()),
            ];
            let attributes = attributes.map(|(name, value)| (name.to_owned(), Value::S(value)));
            let item = Item::from(attributes);
            beginning.add(&item);
            sampler.add(&item);
        }
        catalog.statistics = sampler.finish(Scanned::All, 1);
        let base = PathName {
            table: dataset.base.name.clone(),
            index: None,
        };
        catalog.statistics.begin(&base, beginning);
        let text = format!("SELECT airport, strike_id FROM strikes WHERE {text} LIMIT 1");
        let route = try_route(&catalog, &text, Consistency::Eventual).unwrap();
        let mut plans = plans(route);
        let plan = plans.find(|plan| path_of(&plan.access) == path).unwrap();
        plan.estimate.expected.0
    }

    #[rstest]
    // A page of a hundred items of some fifty bytes, and one of four hundred where none is a row.
    #[case::the_first_item("strikes", "strike_id < 'S0100'", 0.9)]
    #[case::none_in_the_first_page("strikes", "strike_id > 'S0100'", 4.0)]
    // The other way round in the order of dates.
    #[case::by_date_the_last_ones_come_first("by_date", "struck_on < '1950'", 1.1)]
    #[case::by_date_the_first_ones_come_last("by_date", "struck_on > '1950'", 2.5)]
    // So does a Query of the partition it begins with, and of no other.
    #[case::a_query_of_it("strikes", "airport = 'A0' AND struck_on < '1950'", 2.0)]
    #[case::a_query_of_another("strikes", "airport = 'A5' AND struck_on < '1950'", 1.1)]
    // Airports come in their order, so those behind the first seven do last: all two thousand are read.
    #[case::the_last_partitions("strikes", "airport > 'A6'", 12.5)]
    fn a_scan_begins_with_what_it_began_with(
        #[case] path: &str,
        #[case] filter: &str,
        #[case] units: f64,
    ) {
        let expected = expected(path, filter);
        assert!((expected - units).abs() < 0.7, "{expected}");
    }
}
