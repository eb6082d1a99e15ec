//! Several sequences of pages read side by side, whichever page comes first.

use super::{Cursor, Pool, Reader, Stop};
use crate::domain::read::ReadPage;
use std::collections::VecDeque;

/// The sequences and the reads under way. Dropping it drops the reads.
#[derive(Debug)]
pub(in crate::engine) struct Sweep {
    cursors: Vec<Cursor>,
    /// Those of which a page can be asked for: begun ones first.
    waiting: VecDeque<usize>,
    pool: Pool,
}

impl Sweep {
    /// Begins with `cursors` in their order.
    pub(in crate::engine) fn new(cursors: Vec<Cursor>) -> Self {
        Self {
            waiting: (0..cursors.len()).collect(),
            cursors,
            pool: Pool::default(),
        }
    }

    /// The next page to arrive, with at most `width` reads under way, each to evaluate at most
    /// `items`; `None` when every page was read.
    ///
    /// # Errors
    /// When cancelled, out of budget, or a read failed.
    pub(in crate::engine) async fn next<E>(
        &mut self,
        reader: &mut Reader<E>,
        width: usize,
        items: Option<u32>,
    ) -> Result<Option<ReadPage>, Stop> {
        let page = self.next_of(reader, width, items).await?;
        Ok(page.map(|(_, page)| page))
    }

    /// As [`Self::next`], with the number of the sequence the page is of.
    pub(in crate::engine) async fn next_of<E>(
        &mut self,
        reader: &mut Reader<E>,
        width: usize,
        items: Option<u32>,
    ) -> Result<Option<(usize, ReadPage)>, Stop> {
        while let Some(&id) = self.waiting.front() {
            if !reader.start(&mut self.pool, width, id, &self.cursors[id], items) {
                break;
            }
            self.waiting.pop_front();
        }
        let Some((id, page)) = reader.next(&mut self.pool).await? else {
            return Ok(None);
        };
        self.cursors[id].advance(&page)?;
        if !self.cursors[id].ended() {
            self.waiting.push_front(id);
        }
        Ok(Some((id, page)))
    }
}
