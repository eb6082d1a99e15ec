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
