//! `DynamoDB` through the AWS SDK: the only place that names AWS types.
//!
//! Owns the clients of tables and streams, which nothing outside can reach; every call of them
//! passes the guard. Items of tables never go through the SDK's decoder: the tap takes them off the wire into blocks. Retries are the SDK's.

mod capacity;
mod connect;
mod error;
mod guard;
mod read;
mod span;
mod streams;
mod table;
mod tap;
#[cfg(test)]
mod tests;
mod throttle;
mod values;

pub use connect::Connect;

use super::throttle::Throttles;
use super::{Identity, Names, Store};
use crate::domain::names::TableName;
use crate::domain::read::{ReadError, ReadPage, ReadRequest};
use crate::domain::schema::Table;
use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::TimeToLiveStatus;

/// `DynamoDB`, read-only.
#[derive(Debug)]
pub struct Dynamo {
    client: Client,
    streams: aws_sdk_dynamodbstreams::Client,
    identity: Identity,
    throttles: Throttles,
}

impl Dynamo {
    /// Where it reports every attempt that was throttled.
    #[must_use]
    pub fn throttles(&self) -> Throttles {
        self.throttles.clone()
    }
}

#[async_trait]
impl Store for Dynamo {
    async fn read(&self, request: ReadRequest) -> Result<ReadPage, ReadError> {
        self.page(&request).await
    }

    async fn list_tables(&self, start: Option<TableName>) -> Result<Names, ReadError> {
        let told = self
            .client
            .list_tables()
            .set_exclusive_start_table_name(start.map(|name| name.to_string()))
            .send()
            .await
            .map_err(|error| self.failed("ListTables", None, &error))?;
        Ok(Names {
            next: told.last_evaluated_table_name.map(TableName::from),
            names: told
                .table_names
                .into_iter()
                .flatten()
                .map(TableName::from)
                .collect(),
        })
    }

    async fn describe_table(&self, table: &TableName) -> Result<Table, ReadError> {
        const OPERATION: &str = "DescribeTable";
        let told = self
            .client
            .describe_table()
            .table_name(table.as_str())
            .send()
            .await
            .map_err(|error| self.failed(OPERATION, Some(table), &error))?;
        told.table()
            .and_then(|told| table::table(table, told))
            .ok_or_else(|| self.not_understood(OPERATION, Some(table), &table::UnknownKeys))
    }

    async fn time_to_live(&self, table: &TableName) -> Result<Option<String>, ReadError> {
        let told = self
            .client
            .describe_time_to_live()
            .table_name(table.as_str())
            .send()
            .await
            .map_err(|error| self.failed("DescribeTimeToLive", Some(table), &error))?;
        Ok(told
            .time_to_live_description
            .filter(|ttl| ttl.time_to_live_status() == Some(&TimeToLiveStatus::Enabled))
            .and_then(|ttl| ttl.attribute_name))
    }

    fn identity(&self) -> Identity {
        self.identity.clone()
    }
}
