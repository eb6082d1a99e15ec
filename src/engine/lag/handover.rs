//! Handing on changes to somebody who wants them all. What there is no room for waits here; while
//! anything does, the stream is not read on: its records last for a day, memory does not.

use crate::domain::read::StreamRecord;
use crate::engine::pages::Stop;
use std::collections::VecDeque;
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// Changes on their way to whoever wants them.
#[derive(Debug)]
pub(super) struct Handover {
    to: Option<Sender<StreamRecord>>,
    waiting: VecDeque<StreamRecord>,
}

impl Handover {
    /// To somebody, or to nobody.
    pub(super) const fn new(to: Option<Sender<StreamRecord>>) -> Self {
        Self {
            to,
            waiting: VecDeque::new(),
        }
    }

    /// Whether anybody wants them.
    pub(super) const fn is_wanted(&self) -> bool {
        self.to.is_some()
    }

    /// Takes changes, in their order.
    pub(super) fn take(&mut self, records: Vec<StreamRecord>) {
        if self.is_wanted() {
            self.waiting.extend(records);
        }
    }

    /// Hands on what there is room for; whether all of it was.
    pub(super) fn pass(&mut self) -> Result<bool, Stop> {
        let Some(to) = &self.to else {
            return Ok(true);
        };
        while let Some(record) = self.waiting.pop_front() {
            match to.try_send(record) {
                Ok(()) => {}
                Err(TrySendError::Full(record)) => {
                    self.waiting.push_front(record);
                    return Ok(false);
                }
                Err(TrySendError::Closed(_)) => return Err(Stop::Cancelled),
            }
        }
        Ok(true)
    }

    /// When the oldest change that waits was made, in seconds since 1970.
    pub(super) fn oldest(&self) -> Option<i64> {
        self.waiting.front().map(|record| record.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::read::ChangeKind;
    use crate::domain::value::Item;
    use tokio::sync::mpsc;

    fn made(at: i64) -> StreamRecord {
        StreamRecord {
            sequence: at.to_string(),
            kind: ChangeKind::Insert,
            key: Item::new(),
            old: None,
            new: None,
            at,
        }
    }

    #[test]
    fn what_there_is_no_room_for_waits_and_keeps_its_order() {
        let (to, mut from) = mpsc::channel(2);
        let mut handover = Handover::new(Some(to));
        handover.take((1..=3).map(made).collect());
        assert_eq!(handover.pass(), Ok(false));
        assert_eq!(handover.oldest(), Some(3));
        handover.take(vec![made(4)]);
        let mut next = || from.try_recv().map(|record| record.at).ok();
        assert_eq!((next(), next(), next()), (Some(1), Some(2), None));
        assert_eq!(handover.pass(), Ok(true));
        assert_eq!(
            (next(), next(), handover.oldest()),
            (Some(3), Some(4), None)
        );
        drop(from);
        handover.take(vec![made(5)]);
        assert_eq!(handover.pass(), Err(Stop::Cancelled));
    }

    #[test]
    fn where_nobody_wants_them_nothing_is_kept() {
        let mut handover = Handover::new(None);
        handover.take(vec![made(1)]);
        assert_eq!((handover.pass(), handover.oldest()), (Ok(true), None));
    }
}
