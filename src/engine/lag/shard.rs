//! Reading one shard: its iterator, renewed when it lapses, and how far back to begin.

use crate::domain::read::{Lapse, ReadError, ReadErrorKind, ShardPosition, StreamPage};
use crate::store::Streams;

/// Pages read of what was there before, where nothing new comes.
const HISTORY: u32 = 10;
/// Reads without a record after which nothing new seems to come.
const QUIET: u32 = 2;

/// Where the reading of a shard is.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) id: String,
    position: ShardPosition,
    iterator: Option<String>,
    /// Reads in a row that gave no record.
    quiet: u32,
    history: History,
}

/// Whether what was there before is read, too: only of a shard in which nothing happens, so that it is little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum History {
    /// Not yet.
    Unread,
    /// So many pages more.
    Reading(u32),
    /// Read, or not needed.
    Done,
}

/// What a read of a shard gave.
#[derive(Debug)]
pub(super) enum Read {
    /// Records; whether some before them are gone.
    Page(StreamPage, Gap),
    /// The end of a closed shard, or it is there no more.
    End(StreamPage),
}

/// Whether records were missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// None.
    None,
    /// Some, before these.
    Before,
}

impl Reading {
    /// Of a shard that was open when following began.
    pub(super) const fn from_now(id: String) -> Self {
        Self {
            id,
            position: ShardPosition::Newest,
            iterator: None,
            quiet: 0,
            history: History::Unread,
        }
    }

    /// Of a shard that came later: everything in it is new.
    pub(super) const fn from_start(id: String) -> Self {
        Self {
            id,
            position: ShardPosition::Oldest,
            iterator: None,
            quiet: 0,
            history: History::Done,
        }
    }

    /// Reads once; a lapsed iterator is renewed and read again at once.
    pub(super) async fn next(
        &mut self,
        streams: &dyn Streams,
        arn: &str,
    ) -> Result<Read, ReadError> {
        let mut gap = Gap::None;
        for _ in 0..3 {
            match self.read(streams, arn).await {
                Ok(page) => return Ok(self.advance(page, gap)),
                Err(error) => match error.kind {
                    // An iterator lasts 15 minutes (API reference, `GetShardIterator`).
                    ReadErrorKind::Lapsed(Lapse::Iterator) => {
                        self.iterator = None;
                        if self.position == ShardPosition::Newest {
                            gap = Gap::Before;
                        }
                    }
                    // Records are kept for 24 hours (API reference, `GetRecords`).
                    ReadErrorKind::Lapsed(Lapse::Trimmed) => {
                        self.iterator = None;
                        self.position = ShardPosition::Oldest;
                        gap = Gap::Before;
                    }
                    ReadErrorKind::NotFound => return Ok(Read::End(StreamPage::default())),
                    _ => return Err(error),
                },
            }
        }
        Ok(Read::Page(StreamPage::default(), gap))
    }

    async fn read(&mut self, streams: &dyn Streams, arn: &str) -> Result<StreamPage, ReadError> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => streams.iterator(arn, &self.id, &self.position).await?,
        };
        let read = streams.records(&iterator).await;
        if read.is_err() {
            // Whatever failed, the place is still the same.
            self.iterator = Some(iterator);
        }
        read
    }

    fn advance(&mut self, page: StreamPage, gap: Gap) -> Read {
        if let Some(last) = page.records.last() {
            self.position = ShardPosition::After(last.sequence.clone());
            self.quiet = 0;
        } else {
            self.quiet += 1;
        }
        self.iterator.clone_from(&page.next);
        if page.next.is_none() {
            return Read::End(page);
        }
        match self.history {
            History::Unread if !page.records.is_empty() => self.history = History::Done,
            History::Unread if self.quiet >= QUIET => {
                self.begin_at(ShardPosition::Oldest);
                self.history = History::Reading(HISTORY);
            }
            History::Reading(0) => {
                self.begin_at(ShardPosition::Newest);
                self.history = History::Done;
            }
            History::Reading(_) if self.quiet >= QUIET => self.history = History::Done,
            History::Reading(left) => self.history = History::Reading(left - 1),
            History::Unread | History::Done => {}
        }
        Read::Page(page, gap)
    }

    /// Whether it may still be read what was there before: that is not to take long.
    pub(super) fn catches_up(&self) -> bool {
        self.history != History::Done
    }

    fn begin_at(&mut self, position: ShardPosition) {
        self.position = position;
        self.iterator = None;
        self.quiet = 0;
    }
}

#[cfg(test)]
mod tests;
