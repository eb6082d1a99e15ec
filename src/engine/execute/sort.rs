//! Sorting on this side: keys of rows, and a sorter that holds about LIMIT rows.

use super::rows::{Row, compact};
use crate::domain::expr::Lookup;
use crate::domain::query::{Direction, OrderBy, compare_sort_values};
use crate::domain::value::Value;
use std::cmp::Ordering;
use std::sync::Arc;

/// Rows held beyond twice the LIMIT before the surplus is dropped.
const SLACK: usize = 1_024;

/// What a row is ordered by.
#[derive(Debug, Clone)]
pub(super) struct SortKey {
    values: Vec<Option<Value>>,
    directions: Arc<[Direction]>,
}

impl PartialEq for SortKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for SortKey {}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let pairs = self.values.iter().zip(&other.values);
        pairs
            .zip(self.directions.iter())
            .map(|((a, b), way)| compare_sort_values(a.as_ref(), b.as_ref(), *way))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// Makes the keys of one ORDER BY.
#[derive(Debug, Clone)]
pub(super) struct KeyMaker<'a> {
    order: &'a [OrderBy],
    directions: Arc<[Direction]>,
}

impl<'a> KeyMaker<'a> {
    /// For `order`.
    pub(super) fn new(order: &'a [OrderBy]) -> Self {
        Self {
            order,
            directions: order.iter().map(|by| by.direction).collect(),
        }
    }

    /// The key of `row`.
    pub(super) fn key(&self, row: &Row) -> SortKey {
        let item = row.item();
        SortKey {
            values: self
                .order
                .iter()
                .map(|by| item.and_then(|item| item.lookup(&by.path)))
                .collect(),
            directions: Arc::clone(&self.directions),
        }
    }
}

/// Collects rows and gives them back in order; equal ones as they came.
#[derive(Debug)]
pub(super) struct Sorter<'a> {
    keys: KeyMaker<'a>,
    keep: Option<usize>,
    rows: Vec<(SortKey, Row)>,
    /// Once more than `keep` rows were seen: a row that does not sort before this one is surplus.
    edge: Option<SortKey>,
}

impl<'a> Sorter<'a> {
    /// A sorter by `order` that gives back the first `keep` rows only, when given.
    pub(super) fn new(order: &'a [OrderBy], keep: Option<usize>) -> Self {
        Self {
            keys: KeyMaker::new(order),
            keep,
            rows: Vec::new(),
            edge: None,
        }
    }

    /// Takes rows in, but for those known to be surplus; how many it took.
    pub(super) fn add(&mut self, rows: Vec<Row>) -> usize {
        let mut taken = 0;
        for row in rows {
            let key = self.keys.key(&row);
            if self.edge.as_ref().is_none_or(|edge| key < *edge) {
                self.rows.push((key, row));
                taken += 1;
            }
        }
        if let Some(keep) = self.keep
            && self.rows.len() >= keep.saturating_mul(2).saturating_add(SLACK)
        {
            self.drop_surplus(keep);
        }
        taken
    }

    /// Rows held.
    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// From here on knows of every surplus row that it is surplus.
    pub(super) fn settle(&mut self) {
        if let Some(keep) = self.keep
            && self.rows.len() >= keep
        {
            self.drop_surplus(keep);
        }
    }

    /// The rows in order.
    pub(super) fn finish(mut self) -> Vec<Row> {
        self.rows.sort_by(|a, b| a.0.cmp(&b.0));
        self.rows.truncate(self.keep.unwrap_or(usize::MAX));
        self.rows.into_iter().map(|(_, row)| row).collect()
    }

    /// Of at least `keep` rows keeps that many.
    fn drop_surplus(&mut self, keep: usize) {
        self.rows.sort_by(|a, b| a.0.cmp(&b.0));
        self.rows.truncate(keep);
        let (keys, rows): (Vec<_>, Vec<_>) = std::mem::take(&mut self.rows).into_iter().unzip();
        self.edge = keys.last().cloned();
        self.rows = keys.into_iter().zip(compact(&rows)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::matching;
    use super::*;
    use crate::domain::expr::{Path, Predicate};
    use crate::domain::item::BlockBuilder;
    use crate::domain::value::Item;
    use proptest::prelude::*;

    fn by(name: &str, direction: Direction) -> OrderBy {
        OrderBy {
            path: Path::top(name),
            direction,
        }
    }

    /// Rows of `a`, absent where it is `None`; `n` tells them apart.
    fn rows(from: usize, values: &[Option<i64>]) -> Vec<Row> {
        let mut page = BlockBuilder::new();
        for (n, value) in values.iter().enumerate() {
            let number = i64::try_from(from + n).unwrap();
            let mut item = Item::from([("n".to_owned(), Value::N(number.into()))]);
            item.extend(value.map(|value| ("a".to_owned(), Value::N(value.into()))));
            page.push(&item);
        }
        matching(&page.finish(), &Predicate::TRUE)
    }

    fn numbers(rows: &[Row]) -> Vec<usize> {
        let item = |row: &Row| row.item().unwrap().get("n").unwrap().number().unwrap();
        let numbers = rows.iter().map(|row| item(row).to_i64().unwrap());
        numbers.map(|n| usize::try_from(n).unwrap()).collect()
    }

    /// Positions as a stable sort of everything would give them: missing values last either way.
    fn expected(values: &[Option<i64>], direction: Direction, keep: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| match (values[*a], values[*b]) {
            (Some(a), Some(b)) if direction == Direction::Descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        order.truncate(keep);
        order
    }

    #[test]
    fn of_many_more_rows_than_the_limit_only_about_the_limit_is_held() {
        let values: Vec<Option<i64>> = (0..6_000).map(|n| Some(n * 7_919 % 6_007)).collect();
        let order = [by("a", Direction::Ascending)];
        let mut sorter = Sorter::new(&order, Some(5));
        for (page, chunk) in values.chunks(100).enumerate() {
            sorter.add(rows(page * 100, chunk));
            assert!(sorter.len() < 2 * 5 + SLACK + 100);
        }
        let first = numbers(&sorter.finish());
        assert_eq!(first, expected(&values, Direction::Ascending, 5));
    }

    #[test]
    fn once_settled_a_row_that_sorts_behind_the_limit_is_not_taken() {
        let order = [by("a", Direction::Ascending)];
        let mut sorter = Sorter::new(&order, Some(2));
        sorter.add(rows(0, &[Some(5)]));
        sorter.settle();
        assert_eq!(sorter.add(rows(1, &[Some(9), Some(7)])), 2, "two are asked");
        sorter.settle();
        assert_eq!(sorter.add(rows(3, &[Some(6), Some(7), Some(8)])), 1);
        assert_eq!(numbers(&sorter.finish()), [0, 3]);
    }

    #[test]
    fn later_members_of_the_order_decide_between_equal_earlier_ones() {
        let order = [
            by("a", Direction::Ascending),
            by("n", Direction::Descending),
        ];
        let mut sorter = Sorter::new(&order, None);
        sorter.add(rows(0, &[Some(1), Some(0), Some(1), Some(0)]));
        assert_eq!(numbers(&sorter.finish()), [3, 1, 2, 0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn rows_come_out_as_a_stable_sort_gives_them(
            values in prop::collection::vec(prop::option::of(-5_i64..5), 0..40),
            descending: bool,
            keep in 1_usize..50,
        ) {
            let direction = if descending { Direction::Descending } else { Direction::Ascending };
            let order = [by("a", direction)];
            let mut sorter = Sorter::new(&order, Some(keep));
            sorter.add(rows(0, &values));
            prop_assert_eq!(numbers(&sorter.finish()), expected(&values, direction, keep));
        }
    }
}
