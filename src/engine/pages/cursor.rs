//! One sequence of pages: a partition, a scan, or up to 100 keys.

use crate::domain::names::{IndexName, TableName};
use crate::domain::problem::Problem;
use crate::domain::query::Consistency;
use crate::domain::read::{BatchGet, Get, ReadError, ReadErrorKind, ReadPage, ReadRequest, Scan};
use crate::domain::value::Item;
use std::collections::HashSet;
use std::time::Duration;

/// Most keys of one `BatchGetItem` (developer guide, `API_BatchGetItem`).
const BATCH: usize = 100;
/// `BatchGetItem` calls in a row that may return nothing before it counts as throttled.
const STALLED: u32 = 8;
/// The first pause before asking again for unprocessed keys; it doubles.
const PAUSE: Duration = Duration::from_millis(50);

/// Where a sequence of pages stands.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Cursor {
    request: ReadRequest,
    ended: bool,
    retrying: bool,
    stalled: u32,
}

impl Cursor {
    /// Starts with `request`.
    pub(in crate::engine) const fn new(request: ReadRequest) -> Self {
        Self {
            request,
            ended: false,
            retrying: false,
            stalled: 0,
        }
    }

    /// Reads a table or index as it is, eventually consistent: one of so many segments of it (its number
    /// first), or all of it, from behind the item of the key `start`.
    pub(in crate::engine) fn scan(
        (table, index): (&TableName, Option<&IndexName>),
        segment: Option<(u32, u32)>,
        start: Option<Item>,
    ) -> Self {
        Self::new(ReadRequest::Scan(Scan {
            table: table.clone(),
            index: index.cloned(),
            filter: None,
            projection: None,
            limit: None,
            start,
            segment: segment.filter(|(_, total)| *total > 1),
            consistency: Consistency::Eventual,
        }))
    }

    /// The fewest calls that get all `keys` of a table, each key once.
    pub(in crate::engine) fn keys<'a>(
        table: &TableName,
        keys: impl IntoIterator<Item = &'a Item>,
        consistency: Consistency,
        projection: Option<&[String]>,
    ) -> Vec<Self> {
        let mut seen = HashSet::new();
        let distinct: Vec<&Item> = keys.into_iter().filter(|key| seen.insert(*key)).collect();
        let projection = projection.map(<[String]>::to_vec);
        distinct
            .chunks(BATCH)
            .map(|chunk| match chunk {
                [key] => ReadRequest::Get(Get {
                    table: table.clone(),
                    key: (*key).clone(),
                    consistency,
                    projection: projection.clone(),
                }),
                keys => ReadRequest::BatchGet(BatchGet {
                    table: table.clone(),
                    keys: keys.iter().copied().cloned().collect(),
                    consistency,
                    projection: projection.clone(),
                }),
            })
            .map(Self::new)
            .collect()
    }

    /// Whether every page was read.
    pub(in crate::engine) const fn ended(&self) -> bool {
        self.ended
    }

    /// The request for the next page, evaluating at most `items` where that can be asked.
    pub(in crate::engine) fn next_page(&self, items: Option<u32>) -> ReadRequest {
        let mut request = self.request.clone();
        match &mut request {
            ReadRequest::Query(query) => query.limit = items,
            ReadRequest::Scan(scan) => scan.limit = items,
            ReadRequest::Get(_) | ReadRequest::BatchGet(_) => {}
        }
        request
    }

    /// How long to wait before asking: keys left unprocessed are asked for with growing pauses
    /// (developer guide, `API_BatchGetItem`: "use an exponential backoff algorithm").
    pub(in crate::engine) fn pause(&self) -> Option<Duration> {
        self.retrying.then(|| PAUSE * 2_u32.pow(self.stalled))
    }

    /// Moves behind `page`.
    ///
    /// # Errors
    /// When keys stay unprocessed however often they are asked for.
    pub(in crate::engine) fn advance(&mut self, page: &ReadPage) -> Result<(), ReadError> {
        match &mut self.request {
            ReadRequest::Get(_) => self.ended = true,
            ReadRequest::Query(query) => {
                query.start.clone_from(&page.next);
                self.ended = page.next.is_none();
            }
            ReadRequest::Scan(scan) => {
                scan.start.clone_from(&page.next);
                self.ended = page.next.is_none();
            }
            ReadRequest::BatchGet(batch) => {
                let progress = page.unprocessed.len() < batch.keys.len();
                self.stalled = if progress { 0 } else { self.stalled + 1 };
                self.retrying = true;
                self.ended = page.unprocessed.is_empty();
                batch.keys.clone_from(&page.unprocessed);
                if self.stalled >= STALLED {
                    return Err(stayed_unprocessed(&batch.table, batch.keys.len()));
                }
            }
        }
        Ok(())
    }
}

fn stayed_unprocessed(table: &TableName, keys: usize) -> ReadError {
    ReadError {
        kind: ReadErrorKind::Throttled,
        problem: Problem::new(format!("{keys} keys of `{table}` stayed unprocessed"))
            .because("`DynamoDB` is throttling reads of this table")
            .hint("run again later, or with fewer rows"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::value::Value;

    fn key(n: usize) -> Item {
        Item::from([("id".to_owned(), Value::s(format!("{n:03}")))])
    }

    fn cursors(keys: &[Item]) -> Vec<Cursor> {
        Cursor::keys(&"t".into(), keys, Consistency::Eventual, None)
    }

    fn asked(cursor: &Cursor) -> usize {
        match cursor.next_page(None) {
            ReadRequest::BatchGet(batch) => batch.keys.len(),
            ReadRequest::Get(_) => 1,
            _ => 0,
        }
    }

    #[test]
    fn keys_are_asked_once_each_and_at_most_a_hundred_a_call() {
        let keys: Vec<Item> = (0..205).chain(0..205).map(key).collect();
        let sizes: Vec<usize> = cursors(&keys).iter().map(asked).collect();
        assert_eq!(sizes, [100, 100, 5]);
    }

    #[test]
    fn one_key_is_a_get() {
        let one = cursors(&[key(1), key(1)]);
        assert_eq!(one.len(), 1);
        assert!(matches!(one[0].next_page(None), ReadRequest::Get(_)));
    }

    #[test]
    fn unprocessed_keys_are_asked_for_again_after_a_pause() {
        let keys: Vec<Item> = (0..3).map(key).collect();
        let mut cursor = cursors(&keys).remove(0);
        assert_eq!(cursor.pause(), None);
        let page = ReadPage {
            unprocessed: vec![key(2)],
            ..ReadPage::default()
        };
        cursor.advance(&page).unwrap();
        assert!(!cursor.ended());
        assert_eq!(asked(&cursor), 1);
        assert_eq!(cursor.pause(), Some(PAUSE));
        cursor.advance(&ReadPage::default()).unwrap();
        assert!(cursor.ended());
    }

    #[test]
    fn keys_that_stay_unprocessed_end_as_throttled_with_growing_pauses_before() {
        let keys: Vec<Item> = (0..3).map(key).collect();
        let mut cursor = cursors(&keys).remove(0);
        let nothing = ReadPage {
            unprocessed: keys,
            ..ReadPage::default()
        };
        let mut pauses = Vec::new();
        let error = loop {
            match cursor.advance(&nothing) {
                Ok(()) => pauses.extend(cursor.pause()),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind, ReadErrorKind::Throttled);
        assert_eq!(pauses.len(), 7);
        assert!(pauses.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_scan_goes_on_where_the_page_ended_and_ends_without_a_next_key() {
        let mut cursor = Cursor::scan((&"t".into(), None), None, None);
        let page = ReadPage {
            next: Some(key(7)),
            ..ReadPage::default()
        };
        cursor.advance(&page).unwrap();
        let ReadRequest::Scan(next) = cursor.next_page(Some(10)) else {
            panic!("still a scan");
        };
        assert_eq!((next.start, next.limit), (Some(key(7)), Some(10)));
        cursor.advance(&ReadPage::default()).unwrap();
        assert!(cursor.ended());
    }
}
