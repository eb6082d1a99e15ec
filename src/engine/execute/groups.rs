//! Rows that the reads give as equal, sorted by the rest of the order.
//!
//! Holds one group at a time, and of it about as many rows as the LIMIT lets through.

use super::rows::Row;
use super::sort::{KeyMaker, SortKey, Sorter};
use crate::domain::query::OrderBy;

/// The group at hand.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    leading: KeyMaker<'a>,
    rest: &'a [OrderBy],
    /// What the rows of the group are equal in; none before the first.
    lead: Option<SortKey>,
    sorter: Sorter<'a>,
    seen: u64,
}

impl<'a> Groups<'a> {
    /// Groups of rows that come ordered by `leading` and are to be sorted by `rest`.
    pub(super) fn new(leading: &'a [OrderBy], rest: &'a [OrderBy]) -> Self {
        Self {
            leading: KeyMaker::new(leading),
            rest,
            lead: None,
            sorter: Sorter::new(rest, None),
            seen: 0,
        }
    }

    /// Rows of the group at hand so far.
    pub(super) const fn seen(&self) -> u64 {
        self.seen
    }

    /// Takes rows in and gives back those whose group is complete, in final order, at most `most`.
    pub(super) fn add(&mut self, rows: Vec<Row>, most: Option<usize>) -> Vec<Row> {
        let mut ready = Vec::new();
        for row in rows {
            let lead = self.leading.key(&row);
            if self.lead.as_ref() != Some(&lead) {
                ready.extend(self.finish());
                let keep = most.map(|most| most.saturating_sub(ready.len()));
                if keep == Some(0) {
                    break;
                }
                self.sorter = Sorter::new(self.rest, keep);
                self.lead = Some(lead);
            }
            self.seen += 1;
            self.sorter.add(vec![row]);
        }
        ready
    }

    /// The group at hand, in order, as the last one.
    pub(super) fn finish(&mut self) -> Vec<Row> {
        self.lead = None;
        self.seen = 0;
        std::mem::replace(&mut self.sorter, Sorter::new(self.rest, None)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::matching;
    use super::*;
    use crate::domain::expr::{Path, Predicate};
    use crate::domain::item::BlockBuilder;
    use crate::domain::query::Direction;
    use crate::domain::value::{Item, Value};
    use proptest::prelude::*;

    fn by(name: &str, direction: Direction) -> OrderBy {
        OrderBy {
            path: Path::top(name),
            direction,
        }
    }

    fn rows(figures: &[(i64, i64)]) -> Vec<Row> {
        let mut page = BlockBuilder::new();
        for (day, cost) in figures {
            page.push(&Item::from([
                ("day".to_owned(), Value::N((*day).into())),
                ("cost".to_owned(), Value::N((*cost).into())),
            ]));
        }
        matching(&page.finish(), &Predicate::TRUE)
    }

    fn figures(rows: &[Row]) -> Vec<(i64, i64)> {
        let figure = |row: &Row, name| {
            let value = row.item().unwrap().get(name).unwrap();
            value.number().unwrap().to_i64().unwrap()
        };
        rows.iter()
            .map(|row| (figure(row, "day"), figure(row, "cost")))
            .collect()
    }

    #[test]
    fn a_group_goes_out_when_the_first_row_of_the_next_arrives() {
        let order = [
            by("day", Direction::Ascending),
            by("cost", Direction::Descending),
        ];
        let mut groups = Groups::new(&order[..1], &order[1..]);
        assert!(groups.add(rows(&[(1, 5), (1, 9)]), None).is_empty());
        assert_eq!(groups.seen(), 2);
        let ready = groups.add(rows(&[(1, 7), (2, 1)]), None);
        assert_eq!(figures(&ready), [(1, 9), (1, 7), (1, 5)]);
        assert_eq!(groups.seen(), 1);
        assert_eq!(figures(&groups.finish()), [(2, 1)]);
    }

    #[test]
    fn of_a_large_group_only_about_the_limit_is_held() {
        let order = [
            by("day", Direction::Ascending),
            by("cost", Direction::Ascending),
        ];
        let mut groups = Groups::new(&order[..1], &order[1..]);
        for page in 0..60 {
            let page: Vec<_> = (0..100)
                .map(|n| (1, (page * 100 + n) * 7_919 % 6_007))
                .collect();
            assert!(groups.add(rows(&page), Some(3)).is_empty());
            assert!(groups.sorter.len() < 2_000);
        }
        assert_eq!(groups.seen(), 6_000);
        assert_eq!(groups.finish().len(), 3);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn rows_come_out_as_a_sort_of_everything_gives_them(
            mut all in prop::collection::vec((0_i64..4, 0_i64..9), 0..60),
            page in 1_usize..20,
            most in prop::option::of(1_usize..70),
        ) {
            let order = [by("day", Direction::Ascending), by("cost", Direction::Ascending)];
            let mut groups = Groups::new(&order[..1], &order[1..]);
            // As the reads give them: days ascend, costs are as they come.
            all.sort_by_key(|(day, _)| *day);
            let mut out = Vec::new();
            for page in all.chunks(page) {
                let left = most.map(|most| most.saturating_sub(out.len()));
                if left == Some(0) {
                    break;
                }
                out.extend(figures(&groups.add(rows(page), left)));
            }
            out.extend(figures(&groups.finish()));
            out.truncate(most.unwrap_or(usize::MAX));
            all.sort_unstable();
            all.truncate(most.unwrap_or(usize::MAX));
            prop_assert_eq!(out, all);
        }
    }
}
