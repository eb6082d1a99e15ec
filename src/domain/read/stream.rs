//! Reading a stream: shards, and the records of a shard. No write can be expressed.

use crate::domain::names::TableName;
use crate::domain::value::Item;

/// The table of a stream: its ARN names it, and so does an iterator, which begins with the ARN (API reference,
/// `GetShardIterator`).
#[must_use]
pub fn stream_table(arn: &str) -> Option<TableName> {
    let name = arn.split_once(":table/")?.1.split('/').next()?;
    (!name.is_empty()).then(|| name.into())
}

/// A shard of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Its id.
    pub id: String,
    /// The shard it was split from: its records come before.
    pub parent: Option<String>,
    /// Whether no record is added any more.
    pub closed: bool,
}

/// Where in a shard to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShardPosition {
    /// With the oldest record kept.
    Oldest,
    /// Behind the newest record.
    Newest,
    /// Behind the record of this sequence number.
    After(String),
}

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was put where none was.
    Insert,
    /// It was replaced or updated.
    Modify,
    /// It was deleted.
    Remove,
}

/// A record of a stream. Images are there as far as the view of the stream has them.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// Its place in the shard.
    pub sequence: String,
    /// What happened.
    pub kind: ChangeKind,
    /// The key of the item.
    pub key: Item,
    /// The item before.
    pub old: Option<Item>,
    /// The item after.
    pub new: Option<Item>,
    /// When it was made, in seconds since 1970: the service tells it to the second.
    pub at: i64,
}

/// Records of a shard.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StreamPage {
    /// In their order.
    pub records: Vec<StreamRecord>,
    /// Where to go on; `None` at the end of a closed shard.
    pub next: Option<String>,
    /// The clock of the service when it answered, in seconds since 1970: records are dated by it.
    pub served_at: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const ARN: &str =
        "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000";

    #[rstest]
    #[case::of_a_stream(ARN.to_owned(), Some("orders"))]
    #[case::of_an_iterator(format!("{ARN}|1|AAAAAAAAAAE/"), Some("orders"))]
    #[case::without_a_name("arn:aws:dynamodb:eu-west-1:123456789012:table/".to_owned(), None)]
    #[case::of_something_else("arn:aws:s3:::orders".to_owned(), None)]
    fn the_table_is_named_by_the_arn(#[case] arn: String, #[case] name: Option<&str>) {
        assert_eq!(stream_table(&arn), name.map(Into::into));
    }
}
