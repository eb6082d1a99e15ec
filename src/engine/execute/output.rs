//! The end of the road: LIMIT, hidden attributes, blocks of moderate size.

use super::rows::Row;
use crate::domain::item::{Block, BlockBuilder};

/// Rows of one block at most.
const BLOCK: usize = 1_000;

/// Collects final rows into blocks and counts down the LIMIT.
#[derive(Debug)]
pub(super) struct Output {
    counts_only: bool,
    missing: Option<u64>,
    builder: BlockBuilder,
    delivered: u64,
}

impl Output {
    /// For rows, at most `limit` of them.
    pub(super) fn rows(limit: Option<u64>) -> Self {
        Self {
            counts_only: false,
            missing: limit,
            builder: BlockBuilder::new(),
            delivered: 0,
        }
    }

    /// For `COUNT(*)`: at most `limit` rows are counted, none is given out.
    pub(super) fn count(limit: Option<u64>) -> Self {
        Self {
            counts_only: true,
            ..Self::rows(limit)
        }
    }

    /// Rows missing to the LIMIT, if there is one.
    pub(super) const fn missing(&self) -> Option<u64> {
        self.missing
    }

    /// Rows given out, or counted.
    pub(super) const fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Takes a row without the attributes `hidden`, unless the LIMIT is reached; a block when one
    /// is full.
    pub(super) fn push(&mut self, row: &Row, hidden: &[String]) -> Option<Block> {
        let item = row.item()?;
        if let Some(missing) = &mut self.missing {
            *missing = missing.checked_sub(1)?;
        }
        if self.counts_only {
            self.delivered += 1;
            return None;
        }
        self.builder
            .push_ref(item, |name| !hidden.iter().any(|h| h == name));
        (self.builder.len() >= BLOCK).then(|| self.take())
    }

    /// What is there at the end of a page, when it is worth a block: the first rows at once, later
    /// ones in blocks that grow with what was given out, so that many small pages do not become
    /// many small blocks.
    pub(super) fn ripe(&mut self) -> Option<Block> {
        let waiting = self.builder.len() as u64;
        (waiting > 0 && waiting >= self.delivered / 8).then(|| self.take())
    }

    /// What is left at the end.
    pub(super) fn rest(&mut self) -> Option<Block> {
        (!self.builder.is_empty()).then(|| self.take())
    }

    /// Takes note that `block` reached the listener.
    pub(super) fn received(&mut self, rows: usize) {
        self.delivered += rows as u64;
    }

    fn take(&mut self) -> Block {
        std::mem::take(&mut self.builder).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::matching;
    use super::*;
    use crate::domain::expr::Predicate;
    use crate::domain::value::{Item, Value};

    fn rows(count: usize) -> Vec<Row> {
        let mut page = BlockBuilder::new();
        let item = Item::from([("a".into(), Value::Null), ("b".into(), Value::Null)]);
        (0..count).for_each(|_| page.push(&item));
        matching(&page.finish(), &Predicate::TRUE)
    }

    /// The sizes of the blocks that pages of `page` rows become.
    fn blocks(pages: usize, page: usize) -> Vec<usize> {
        let mut output = Output::rows(None);
        let mut sizes = Vec::new();
        for _ in 0..pages {
            let full = rows(page)
                .iter()
                .filter_map(|row| output.push(row, &[]))
                .collect();
            for block in [full, output.ripe().into_iter().collect::<Vec<_>>()].concat() {
                output.received(block.len());
                sizes.push(block.len());
            }
        }
        sizes.extend(output.rest().map(|block| block.len()));
        sizes
    }

    #[test]
    fn the_first_rows_are_given_out_at_once_and_small_pages_gathered_later() {
        let sizes = blocks(300, 2);
        assert_eq!(sizes[0], 2);
        assert_eq!(sizes.iter().sum::<usize>(), 600);
        assert!(sizes.len() < 60, "{sizes:?}");
    }

    #[test]
    fn no_block_has_more_than_a_thousand_rows() {
        let sizes = blocks(2, 2_500);
        assert_eq!(sizes, [1_000, 1_000, 500, 1_000, 1_000, 500]);
    }

    #[test]
    fn nothing_beyond_the_limit_is_given_out() {
        let mut output = Output::rows(Some(3));
        assert!(rows(5).iter().all(|row| output.push(row, &[]).is_none()));
        assert_eq!(output.rest().map(|block| block.len()), Some(3));
        assert_eq!(output.missing(), Some(0));
    }

    #[test]
    fn hidden_attributes_do_not_show() {
        let hidden = ["a".to_owned()];
        let mut output = Output::rows(None);
        output.push(&rows(1)[0], &hidden);
        let block = output.rest().unwrap();
        assert_eq!(block.names().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn count_gives_no_rows() {
        let mut output = Output::count(Some(2));
        assert!(rows(5).iter().all(|row| output.push(row, &[]).is_none()));
        assert_eq!((output.delivered(), output.rest().is_none()), (2, true));
    }
}
