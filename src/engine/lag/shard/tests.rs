use super::*;
use crate::domain::problem::Problem;
use crate::domain::read::{ChangeKind, Shard, StreamRecord};
use crate::domain::value::Item;
use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::Mutex;

/// A shard that answers as it is told to, and notes where it was begun at.
#[derive(Debug, Default)]
struct Scripted {
    answers: Mutex<VecDeque<Result<StreamPage, ReadErrorKind>>>,
    begun: Mutex<Vec<ShardPosition>>,
}

impl Scripted {
    fn new(answers: impl IntoIterator<Item = Result<StreamPage, ReadErrorKind>>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            begun: Mutex::default(),
        }
    }

    fn begun(&self) -> Vec<ShardPosition> {
        self.begun.lock().unwrap().clone()
    }
}

#[async_trait]
impl Streams for Scripted {
    async fn shards(&self, _arn: &str) -> Result<Vec<Shard>, ReadError> {
        Ok(Vec::new())
    }

    async fn iterator(
        &self,
        _arn: &str,
        _shard: &str,
        from: &ShardPosition,
    ) -> Result<String, ReadError> {
        self.begun.lock().unwrap().push(from.clone());
        Ok("fresh".to_owned())
    }

    async fn records(&self, _iterator: &str) -> Result<StreamPage, ReadError> {
        let answer = self.answers.lock().unwrap().pop_front();
        answer
            .unwrap_or_else(|| Ok(page(&[])))
            .map_err(|kind| ReadError {
                kind,
                problem: Problem::new("as the script has it"),
            })
    }
}

fn page(sequences: &[&str]) -> StreamPage {
    let record = |sequence: &&str| StreamRecord {
        sequence: (*sequence).to_owned(),
        kind: ChangeKind::Insert,
        key: Item::new(),
        old: None,
        new: None,
        at: 0,
    };
    StreamPage {
        records: sequences.iter().map(record).collect(),
        next: Some("next".to_owned()),
        served_at: None,
    }
}

fn after(sequence: &str) -> ShardPosition {
    ShardPosition::After(sequence.to_owned())
}

const EXPIRED: ReadErrorKind = ReadErrorKind::Lapsed(Lapse::Iterator);
const TRIMMED: ReadErrorKind = ReadErrorKind::Lapsed(Lapse::Trimmed);

/// How many records a read gave, and whether some before them are gone.
async fn read(reading: &mut Reading, shard: &Scripted) -> (usize, Gap) {
    match reading.next(shard, "arn").await.unwrap() {
        Read::Page(page, gap) => (page.records.len(), gap),
        Read::End(page) => panic!("it ended with {page:?}"),
    }
}

#[tokio::test]
async fn an_iterator_that_expired_is_renewed_behind_the_last_record() {
    let shard = Scripted::new([Ok(page(&["1", "2"])), Err(EXPIRED), Ok(page(&["3"]))]);
    let mut reading = Reading::from_now("s".to_owned());
    assert_eq!(read(&mut reading, &shard).await, (2, Gap::None));
    assert_eq!(read(&mut reading, &shard).await, (1, Gap::None));
    assert_eq!(shard.begun(), [ShardPosition::Newest, after("2")]);
}

#[tokio::test]
async fn an_iterator_that_expired_before_any_record_may_have_missed_some() {
    let shard = Scripted::new([Ok(page(&[])), Err(EXPIRED), Ok(page(&["9"]))]);
    let mut reading = Reading::from_now("s".to_owned());
    assert_eq!(read(&mut reading, &shard).await, (0, Gap::None));
    assert_eq!(read(&mut reading, &shard).await, (1, Gap::Before));
}

#[tokio::test]
async fn records_that_were_trimmed_are_a_gap_and_reading_goes_on_with_the_oldest_kept() {
    let shard = Scripted::new([
        Ok(page(&["1"])),
        Err(TRIMMED),
        Ok(page(&["7"])),
        Ok(page(&["8"])),
    ]);
    let mut reading = Reading::from_start("s".to_owned());
    assert_eq!(read(&mut reading, &shard).await, (1, Gap::None));
    assert_eq!(read(&mut reading, &shard).await, (1, Gap::Before));
    assert_eq!(read(&mut reading, &shard).await, (1, Gap::None));
    assert_eq!(
        shard.begun(),
        [ShardPosition::Oldest, ShardPosition::Oldest]
    );
}

#[tokio::test]
async fn a_shard_that_is_there_no_more_has_ended() {
    let shard = Scripted::new([Err(ReadErrorKind::NotFound)]);
    let mut reading = Reading::from_start("s".to_owned());
    let read = reading.next(&shard, "arn").await.unwrap();
    assert!(matches!(read, Read::End(page) if page.records.is_empty()));
}

#[tokio::test]
async fn after_a_failure_reading_goes_on_with_the_same_iterator() {
    let shard = Scripted::new([Err(ReadErrorKind::Throttled), Ok(page(&["1"]))]);
    let mut reading = Reading::from_start("s".to_owned());
    let failed = reading.next(&shard, "arn").await.unwrap_err();
    assert_eq!(failed.kind, ReadErrorKind::Throttled);
    assert_eq!(read(&mut reading, &shard).await, (1, Gap::None));
    assert_eq!(shard.begun(), [ShardPosition::Oldest]);
}

#[tokio::test]
async fn where_nothing_new_comes_what_was_there_before_is_read_once() {
    let quiet = || Ok(page(&[]));
    let shard = Scripted::new([quiet(), quiet(), Ok(page(&["1"])), quiet(), quiet()]);
    let mut reading = Reading::from_now("s".to_owned());
    let mut found = Vec::new();
    for _ in 0..5 {
        assert!(reading.catches_up());
        found.push(read(&mut reading, &shard).await.0);
    }
    assert_eq!(found, [0, 0, 1, 0, 0]);
    assert!(!reading.catches_up());
    assert_eq!(
        shard.begun(),
        [ShardPosition::Newest, ShardPosition::Oldest]
    );
}
