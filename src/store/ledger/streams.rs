//! Calls that read streams, entered like those that describe tables: they consume no read units
//! (pricing page, "`DynamoDB` Streams": billed by the call, and free for triggers of Lambda).

use super::{Entry, Ledger};
use crate::domain::read::{ReadError, Shard, ShardPosition, StreamPage, stream_table};
use crate::store::Streams;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Instant;

/// Streams whose calls are entered.
#[derive(Debug)]
pub(super) struct Entered {
    ledger: Arc<Ledger>,
    inner: Arc<dyn Streams>,
}

impl Entered {
    /// Enters the calls of `inner`.
    pub(super) const fn new(ledger: Arc<Ledger>, inner: Arc<dyn Streams>) -> Self {
        Self { ledger, inner }
    }
}

#[async_trait]
impl Streams for Entered {
    async fn shards(&self, arn: &str) -> Result<Vec<Shard>, ReadError> {
        let call = self.inner.shards(arn);
        self.ledger
            .entered("DescribeStream", stream_table(arn), call)
            .await
    }

    async fn iterator(
        &self,
        arn: &str,
        shard: &str,
        from: &ShardPosition,
    ) -> Result<String, ReadError> {
        let call = self.inner.iterator(arn, shard, from);
        self.ledger
            .entered("GetShardIterator", stream_table(arn), call)
            .await
    }

    async fn records(&self, iterator: &str) -> Result<StreamPage, ReadError> {
        let start = Instant::now();
        let answer = self.inner.records(iterator).await;
        let mut entry = Entry::new("GetRecords", stream_table(iterator), start);
        match &answer {
            Ok(page) => {
                entry.scanned = page.records.len() as u64;
                entry.returned = entry.scanned;
            }
            Err(_) => entry.failed = true,
        }
        self.ledger.book().enter(entry);
        answer
    }
}
