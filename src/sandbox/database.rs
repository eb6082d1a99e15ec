//! The embedded database behind the few verbs that the sandbox needs.
//!
//! The only place that writes items, and the only one that names the database's own types besides
//! [`convert`](super::convert). Its calls block behind one mutex, so it belongs on the sandbox's
//! own threads.

use super::SandboxError;
use super::convert::{from_database, to_database};
use super::tables::create_request;
use crate::domain::schema::Table;
use crate::domain::value::Item;
use dynoxide::actions::create_table::StreamSpecification;
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::get_records::{GetRecordsRequest, Record};
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::update_table::UpdateTableRequest;

/// The embedded database; clones share it.
#[derive(Clone)]
pub(super) struct Database(dynoxide::Database);

/// What a stream record tells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// Its place in the stream.
    pub(super) sequence: String,
    /// The item before; none when it is new.
    pub(super) old: Option<Item>,
    /// The item after; none when it was removed.
    pub(super) new: Option<Item>,
}

/// A place in a stream.
#[derive(Debug, Clone)]
pub(super) struct Cursor(String);

impl Database {
    /// An empty database in memory.
    pub(super) fn memory() -> Result<Self, SandboxError> {
        Ok(Self(dynoxide::Database::memory()?))
    }

    /// Serves it until `stopped`.
    pub(super) async fn serve(
        self,
        listener: tokio::net::TcpListener,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), String> {
        dynoxide::server::serve_with_shutdown(listener, self.0, stopped).await
    }

    /// Creates a table.
    pub(super) fn create(&self, table: &Table) -> Result<(), SandboxError> {
        self.0.create_table(create_request(table)?)?;
        Ok(())
    }

    /// Writes many items in one transaction, without stream records.
    pub(super) fn import(
        &self,
        table: &str,
        items: Vec<dynoxide::Item>,
    ) -> Result<(), SandboxError> {
        self.0
            .import_items(table, items, dynoxide::ImportOptions::default())?;
        Ok(())
    }

    /// The item under `key`.
    pub(super) fn get(&self, table: &str, key: &Item) -> Result<Option<Item>, SandboxError> {
        let response = self.0.get_item(GetItemRequest {
            table_name: table.into(),
            key: to_database(key),
            ..GetItemRequest::default()
        })?;
        response.item.map(from_database).transpose()
    }

    /// Writes an item over what its key holds.
    pub(super) fn put(&self, table: &str, item: &Item) -> Result<(), SandboxError> {
        self.0.put_item(PutItemRequest {
            table_name: table.into(),
            item: to_database(item),
            ..PutItemRequest::default()
        })?;
        Ok(())
    }

    /// Removes the item under `key`, if there is one.
    pub(super) fn delete(&self, table: &str, key: &Item) -> Result<(), SandboxError> {
        self.0.delete_item(DeleteItemRequest {
            table_name: table.into(),
            key: to_database(key),
            ..DeleteItemRequest::default()
        })?;
        Ok(())
    }

    /// Enables the stream of `table` and returns its start.
    pub(super) fn enable_stream(&self, table: &str) -> Result<Cursor, SandboxError> {
        self.0.update_table(UpdateTableRequest {
            table_name: table.into(),
            stream_specification: Some(StreamSpecification {
                stream_enabled: true,
                stream_view_type: Some("NEW_AND_OLD_IMAGES".into()),
            }),
            ..UpdateTableRequest::default()
        })?;
        self.stream_start(table)
    }

    /// At most `limit` changes from `cursor` on, and the place after them.
    pub(super) fn changes(
        &self,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<(Vec<Change>, Cursor), SandboxError> {
        let response = self.0.get_records(GetRecordsRequest {
            shard_iterator: cursor.0.clone(),
            limit: Some(limit),
        })?;
        let changes = response.records.into_iter().map(change);
        let next = response
            .next_shard_iterator
            .map_or_else(|| cursor.clone(), Cursor);
        Ok((changes.collect::<Result<_, _>>()?, next))
    }

    fn stream_start(&self, table: &str) -> Result<Cursor, SandboxError> {
        let missing = || SandboxError::Database(format!("`{table}` has no stream"));
        let streams = self.0.list_streams(ListStreamsRequest {
            table_name: Some(table.into()),
            ..ListStreamsRequest::default()
        })?;
        let stream_arn = streams
            .streams
            .into_iter()
            .next()
            .ok_or_else(missing)?
            .stream_arn;
        // The embedded database has one shard a stream.
        let described = self.0.describe_stream(DescribeStreamRequest {
            stream_arn: stream_arn.clone(),
            ..DescribeStreamRequest::default()
        })?;
        let shards = described.stream_description.shards;
        let shard_id = shards.into_iter().next().ok_or_else(missing)?.shard_id;
        let response = self.0.get_shard_iterator(GetShardIteratorRequest {
            stream_arn,
            shard_id,
            shard_iterator_type: "TRIM_HORIZON".into(),
            sequence_number: None,
        })?;
        response.shard_iterator.map(Cursor).ok_or_else(missing)
    }
}

fn change(record: Record) -> Result<Change, SandboxError> {
    let record = record.dynamodb;
    Ok(Change {
        sequence: record.sequence_number,
        old: record.old_image.map(from_database).transpose()?,
        new: record.new_image.map(from_database).transpose()?,
    })
}

#[cfg(test)]
impl Database {
    /// All items of `table`. A page has a limit: without one, the database reads the whole table for each.
    pub(super) fn all(&self, table: &str) -> Vec<Item> {
        let mut items = Vec::new();
        let mut after = None;
        loop {
            let page = self.0.scan(dynoxide::actions::scan::ScanRequest {
                table_name: table.into(),
                limit: Some(1_000),
                exclusive_start_key: after,
                ..Default::default()
            });
            let page = page.unwrap();
            let read = page.items.unwrap_or_default().into_iter();
            items.extend(read.map(|item| from_database(item).unwrap()));
            after = page.last_evaluated_key;
            if after.is_none() {
                return items;
            }
        }
    }

    /// Removes a table.
    pub(super) fn remove_table(&self, table: &str) {
        let request = serde_json::json!({ "TableName": table });
        let request = serde_json::from_value(request).unwrap();
        self.0.delete_table(request).unwrap();
    }
}
