//! `DynamoDB` through the AWS SDK: the only place that names AWS types.

use super::{Identity, Names, Store};
use crate::domain::names::TableName;
use crate::domain::read::{ReadError, ReadPage, ReadRequest};
use crate::domain::schema::Table;
use async_trait::async_trait;

/// How to reach `DynamoDB`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connect {
    /// `--profile`.
    pub profile: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--endpoint-url`.
    pub endpoint: Option<String>,
}

/// `DynamoDB`, read-only.
#[derive(Debug)]
pub struct Dynamo {}

impl Dynamo {
    /// Resolves credentials and region as the AWS CLI does.
    ///
    /// # Errors
    /// No region, no credentials provider.
    pub async fn connect(_connect: Connect) -> Result<Self, ReadError> {
        todo!()
    }

    /// A loopback endpoint with placeholder credentials: no aws-config, no TLS roots.
    #[must_use]
    pub fn local(_endpoint: &str) -> Self {
        todo!()
    }
}

#[async_trait]
impl Store for Dynamo {
    async fn read(&self, _request: ReadRequest) -> Result<ReadPage, ReadError> {
        todo!()
    }
    async fn list_tables(&self, _start: Option<TableName>) -> Result<Names, ReadError> {
        todo!()
    }
    async fn describe_table(&self, _table: &TableName) -> Result<Table, ReadError> {
        todo!()
    }
    async fn time_to_live(&self, _table: &TableName) -> Result<Option<String>, ReadError> {
        todo!()
    }
    fn identity(&self) -> Identity {
        todo!()
    }
}
