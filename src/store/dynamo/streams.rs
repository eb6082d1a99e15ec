//! Streams of tables: shards, iterators, records.
//!
//! Records are few, and each is looked at one by one: the SDK decodes them, nothing is tapped.

use super::Dynamo;
use super::values::item_from_stream;
use crate::domain::problem::Problem;
use crate::domain::read::{
    ChangeKind, ReadError, ReadErrorKind, Shard, ShardPosition, StreamPage, StreamRecord,
    stream_table,
};
use crate::domain::value::Item;
use crate::store::Streams;
use async_trait::async_trait;
use aws_sdk_dynamodbstreams::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_dynamodbstreams::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodbstreams::primitives::{DateTime, DateTimeFormat};
use aws_sdk_dynamodbstreams::types::{
    AttributeValue, OperationType, Record, Shard as ToldShard, ShardIteratorType, StreamStatus,
};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A record without what every record has.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("a record lacks its sequence number, its kind, its key, or its time")]
struct PartOfRecord;

/// No iterator where one was promised.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("there is no iterator in the answer")]
struct NoIterator;

#[async_trait]
impl Streams for Dynamo {
    async fn shards(&self, arn: &str) -> Result<Vec<Shard>, ReadError> {
        let mut told = Vec::new();
        let mut start = None;
        loop {
            let page = self
                .streams
                .describe_stream()
                .stream_arn(arn)
                .set_exclusive_start_shard_id(start)
                .send()
                .await
                .map_err(|error| {
                    self.failed("DescribeStream", stream_table(arn).as_ref(), &error)
                })?;
            let Some(description) = page.stream_description else {
                return Ok(shards(&told, None));
            };
            if description.stream_status == Some(StreamStatus::Disabled) {
                return Err(disabled(arn));
            }
            told.extend(description.shards.into_iter().flatten());
            start = description.last_evaluated_shard_id;
            if start.is_none() {
                return Ok(shards(&told, description.stream_status.as_ref()));
            }
        }
    }

    async fn iterator(
        &self,
        arn: &str,
        shard: &str,
        from: &ShardPosition,
    ) -> Result<String, ReadError> {
        const OPERATION: &str = "GetShardIterator";
        let (kind, after) = match from {
            ShardPosition::Oldest => (ShardIteratorType::TrimHorizon, None),
            ShardPosition::Newest => (ShardIteratorType::Latest, None),
            ShardPosition::After(sequence) => {
                (ShardIteratorType::AfterSequenceNumber, Some(sequence))
            }
        };
        let told = self
            .streams
            .get_shard_iterator()
            .stream_arn(arn)
            .shard_id(shard)
            .shard_iterator_type(kind)
            .set_sequence_number(after.cloned())
            .send()
            .await
            .map_err(|error| self.failed(OPERATION, stream_table(arn).as_ref(), &error))?;
        told.shard_iterator
            .ok_or_else(|| self.not_understood(OPERATION, stream_table(arn).as_ref(), &NoIterator))
    }

    async fn records(&self, iterator: &str) -> Result<StreamPage, ReadError> {
        const OPERATION: &str = "GetRecords";
        let table = stream_table(iterator);
        let clock = Clock::default();
        let told = self
            .streams
            .get_records()
            .shard_iterator(iterator)
            .customize()
            .interceptor(clock.clone())
            .send()
            .await
            .map_err(|error| self.failed(OPERATION, table.as_ref(), &error))?;
        let records = told.records.into_iter().flatten().map(|record| {
            stream_record(record)
                .map_err(|why| self.not_understood(OPERATION, table.as_ref(), &*why))
        });
        Ok(StreamPage {
            records: records.collect::<Result<_, _>>()?,
            next: told.next_shard_iterator,
            served_at: clock.told(),
        })
    }
}

fn stream_record(record: Record) -> Result<StreamRecord, BoxError> {
    let kind = match record.event_name {
        Some(OperationType::Insert) => Some(ChangeKind::Insert),
        Some(OperationType::Modify) => Some(ChangeKind::Modify),
        Some(OperationType::Remove) => Some(ChangeKind::Remove),
        _ => None,
    };
    let told = record.dynamodb.ok_or(PartOfRecord)?;
    let image = |told: Option<HashMap<String, AttributeValue>>| -> Result<Option<Item>, BoxError> {
        Ok(told.map(item_from_stream).transpose()?)
    };
    Ok(StreamRecord {
        sequence: told.sequence_number.ok_or(PartOfRecord)?,
        kind: kind.ok_or(PartOfRecord)?,
        key: image(told.keys)?.ok_or(PartOfRecord)?,
        old: image(told.old_image)?,
        new: image(told.new_image)?,
        at: told
            .approximate_creation_date_time
            .ok_or(PartOfRecord)?
            .secs(),
    })
}

/// Its records can be read for a day, and none is added (API reference, `StreamDescription`).
fn disabled(arn: &str) -> ReadError {
    let table = stream_table(arn).map_or_else(|| arn.to_owned(), |table| table.to_string());
    ReadError {
        kind: ReadErrorKind::NotFound,
        problem: Problem::new(format!("the stream of table `{table}` is disabled"))
            .because("nothing tells any more when its items change")
            .hint("enable a stream with new and old images on it"),
    }
}

/// A closed shard has an ending sequence number (API reference, `SequenceNumberRange`). Emulators give
/// open shards one too; while the stream is enabled, what really closed has a shard that follows it.
fn shards(told: &[ToldShard], status: Option<&StreamStatus>) -> Vec<Shard> {
    let parents: BTreeSet<&str> = told.iter().filter_map(ToldShard::parent_shard_id).collect();
    let enabled = status.is_none_or(|status| *status == StreamStatus::Enabled);
    told.iter()
        .filter_map(|shard| {
            let id = shard.shard_id()?;
            let range = shard.sequence_number_range();
            let ended = range.is_some_and(|range| range.ending_sequence_number().is_some());
            Some(Shard {
                id: id.to_owned(),
                parent: shard.parent_shard_id().map(str::to_owned),
                closed: ended && (!enabled || parents.contains(id)),
            })
        })
        .collect()
}

/// Takes the service's time from the header `Date` of an answer; 0 while there is none.
#[derive(Debug, Clone, Default)]
struct Clock(Arc<AtomicI64>);

impl Clock {
    fn told(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|seconds| *seconds > 0)
    }
}

#[dyn_dispatch_hint]
impl Intercept for Clock {
    fn name(&self) -> &'static str {
        "Clock"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        let time = date.and_then(|date| DateTime::from_str(date, DateTimeFormat::HttpDate).ok());
        if let Some(time) = time {
            self.0.store(time.secs(), Ordering::Relaxed);
        }
        Ok(())
    }
}
