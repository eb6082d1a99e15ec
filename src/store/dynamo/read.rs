//! The four read verbs as calls of the SDK.
//!
//! Every call asks for consumed units by index and is tapped: items arrive as a block, the SDK
//! decodes counts, keys, and units only.

use super::Dynamo;
use super::capacity::consumed;
use super::tap::{self, Sink};
use super::throttle::Report;
use super::values::{SdkItem, item_from_sdk, item_to_sdk, to_sdk};
use crate::domain::expr::Predicate;
use crate::domain::names::TableName;
use crate::domain::query::{Consistency, Direction};
use crate::domain::read::{
    BatchGet, Expressions, Get, KeyCondition, Query, ReadError, ReadPage, ReadRequest, Scan,
    compile,
};
use crate::domain::value::Item;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};
use std::collections::HashMap;

impl Dynamo {
    /// Reads a page.
    pub(super) async fn page(&self, request: &ReadRequest) -> Result<ReadPage, ReadError> {
        let report = Report::of(request, &self.throttles);
        match request {
            ReadRequest::Get(get) => self.get(get, report).await,
            ReadRequest::BatchGet(batch) => self.batch_get(batch, report).await,
            ReadRequest::Query(query) => self.query(query, report).await,
            ReadRequest::Scan(scan) => self.scan(scan, report).await,
        }
    }

    async fn get(&self, get: &Get, report: Report) -> Result<ReadPage, ReadError> {
        let asked = Asked::new(None, None, get.projection.as_deref());
        let sink = Sink::default();
        let told = self
            .client
            .get_item()
            .table_name(get.table.as_str())
            .set_key(Some(item_to_sdk(&get.key)))
            .consistent_read(get.consistency == Consistency::Strong)
            .set_projection_expression(asked.projection)
            .set_expression_attribute_names(asked.names)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .customize()
            .interceptor(tap::Fill(sink.clone()))
            .interceptor(report)
            .send()
            .await
            .map_err(|error| self.failed("GetItem", Some(&get.table), &error))?;
        let items = sink.take();
        Ok(ReadPage {
            scanned: items.len() as u64,
            items,
            consumed: consumed(told.consumed_capacity()),
            ..ReadPage::default()
        })
    }

    async fn batch_get(&self, batch: &BatchGet, report: Report) -> Result<ReadPage, ReadError> {
        const OPERATION: &str = "BatchGetItem";
        let asked = Asked::new(None, None, batch.projection.as_deref());
        let keys = KeysAndAttributes::builder()
            .set_keys(Some(batch.keys.iter().map(item_to_sdk).collect()))
            .consistent_read(batch.consistency == Consistency::Strong)
            .set_projection_expression(asked.projection)
            .set_expression_attribute_names(asked.names)
            .build()
            .map_err(|error| self.not_understood(OPERATION, Some(&batch.table), &error))?;
        let sink = Sink::default();
        let told = self
            .client
            .batch_get_item()
            .request_items(batch.table.as_str(), keys)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .customize()
            .interceptor(tap::Fill(sink.clone()))
            .interceptor(report)
            .send()
            .await
            .map_err(|error| self.failed(OPERATION, Some(&batch.table), &error))?;
        let items = sink.take();
        let left = told.unprocessed_keys.into_iter().flatten();
        let unprocessed = left
            .flat_map(|(_, left)| left.keys)
            .map(|key| self.key(OPERATION, &batch.table, key))
            .collect::<Result<_, _>>()?;
        Ok(ReadPage {
            scanned: items.len() as u64,
            items,
            consumed: consumed(told.consumed_capacity.as_deref().unwrap_or_default()),
            unprocessed,
            ..ReadPage::default()
        })
    }

    async fn query(&self, query: &Query, report: Report) -> Result<ReadPage, ReadError> {
        const OPERATION: &str = "Query";
        let projection = query.projection.as_deref();
        let asked = Asked::new(Some(&query.key), query.filter.as_ref(), projection);
        let sink = Sink::default();
        let told = self
            .client
            .query()
            .table_name(query.table.as_str())
            .set_index_name(query.index.as_ref().map(ToString::to_string))
            .set_key_condition_expression(asked.key_condition)
            .set_filter_expression(asked.filter)
            .set_projection_expression(asked.projection)
            .set_expression_attribute_names(asked.names)
            .set_expression_attribute_values(asked.values)
            .scan_index_forward(query.direction == Direction::Ascending)
            .set_limit(query.limit.map(limit))
            .set_exclusive_start_key(query.start.as_ref().map(item_to_sdk))
            .consistent_read(query.consistency == Consistency::Strong)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .customize()
            .interceptor(tap::Fill(sink.clone()))
            .interceptor(report)
            .send()
            .await
            .map_err(|error| self.failed(OPERATION, Some(&query.table), &error))?;
        Ok(ReadPage {
            items: sink.take(),
            scanned: count(told.scanned_count()),
            consumed: consumed(told.consumed_capacity()),
            next: self.next(OPERATION, &query.table, told.last_evaluated_key)?,
            unprocessed: Vec::new(),
        })
    }

    async fn scan(&self, scan: &Scan, report: Report) -> Result<ReadPage, ReadError> {
        const OPERATION: &str = "Scan";
        let projection = scan.projection.as_deref();
        let asked = Asked::new(None, scan.filter.as_ref(), projection);
        let sink = Sink::default();
        let told = self
            .client
            .scan()
            .table_name(scan.table.as_str())
            .set_index_name(scan.index.as_ref().map(ToString::to_string))
            .set_filter_expression(asked.filter)
            .set_projection_expression(asked.projection)
            .set_expression_attribute_names(asked.names)
            .set_expression_attribute_values(asked.values)
            .set_limit(scan.limit.map(limit))
            .set_exclusive_start_key(scan.start.as_ref().map(item_to_sdk))
            .set_segment(scan.segment.map(|(segment, _)| limit(segment)))
            .set_total_segments(scan.segment.map(|(_, total)| limit(total)))
            .consistent_read(scan.consistency == Consistency::Strong)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
            .customize()
            .interceptor(tap::Fill(sink.clone()))
            .interceptor(report)
            .send()
            .await
            .map_err(|error| self.failed(OPERATION, Some(&scan.table), &error))?;
        Ok(ReadPage {
            items: sink.take(),
            scanned: count(told.scanned_count()),
            consumed: consumed(told.consumed_capacity()),
            next: self.next(OPERATION, &scan.table, told.last_evaluated_key)?,
            unprocessed: Vec::new(),
        })
    }

    /// Where to go on. An empty key is none: some servers end so.
    fn next(
        &self,
        operation: &'static str,
        table: &TableName,
        key: Option<SdkItem>,
    ) -> Result<Option<Item>, ReadError> {
        key.filter(|key| !key.is_empty())
            .map(|key| self.key(operation, table, key))
            .transpose()
    }

    fn key(
        &self,
        operation: &'static str,
        table: &TableName,
        key: SdkItem,
    ) -> Result<Item, ReadError> {
        item_from_sdk(key).map_err(|error| self.not_understood(operation, Some(table), &error))
    }
}

/// Expressions as the SDK takes them: absent rather than empty, which the service refuses.
struct Asked {
    key_condition: Option<String>,
    filter: Option<String>,
    projection: Option<String>,
    names: Option<HashMap<String, String>>,
    values: Option<HashMap<String, AttributeValue>>,
}

impl Asked {
    fn new(
        key: Option<&KeyCondition>,
        filter: Option<&Predicate>,
        projection: Option<&[String]>,
    ) -> Self {
        let Expressions {
            key_condition,
            filter,
            projection,
            names,
            values,
        } = compile(key, filter, projection);
        let values = values
            .iter()
            .map(|(key, value)| (key.clone(), to_sdk(value)));
        Self {
            key_condition,
            filter,
            projection,
            names: Some(HashMap::from_iter(names)).filter(|names| !names.is_empty()),
            values: Some(values.collect()).filter(|values: &HashMap<_, _>| !values.is_empty()),
        }
    }
}

fn limit(items: u32) -> i32 {
    i32::try_from(items).unwrap_or(i32::MAX)
}

fn count(told: i32) -> u64 {
    u64::try_from(told).unwrap_or_default()
}
