//! The operations that may be asked of AWS, and nothing else.
//!
//! Owns the one list that feeds the guard of both SDK clients and the text of the IAM policy, so that
//! what is allowed here, what is sent, and what an administrator grants never differ.

use serde::Serialize;

/// An operation that reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Read {
    /// The service as the SDK names it.
    service: &'static str,
    /// The operation as the service names it.
    operation: &'static str,
    /// The resources it is asked of.
    on: Resource,
}

/// What an IAM statement can restrict an operation to (service authorization reference, "Amazon `DynamoDB`").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Resource {
    /// No resource-level permission exists.
    Account,
    /// Tables.
    Table,
    /// Tables and their indexes.
    TableAndIndex,
    /// Streams of tables.
    Stream,
}

impl Resource {
    const ALL: [Self; 4] = [
        Self::Account,
        Self::Table,
        Self::TableAndIndex,
        Self::Stream,
    ];

    const fn sid(self) -> &'static str {
        match self {
            Self::Account => "DriftscopeList",
            Self::Table => "DriftscopeTables",
            Self::TableAndIndex => "DriftscopeTablesAndIndexes",
            Self::Stream => "DriftscopeStreams",
        }
    }

    const fn arns(self) -> &'static [&'static str] {
        match self {
            Self::Account => &["*"],
            Self::Table => &["arn:aws:dynamodb:*:*:table/*"],
            Self::TableAndIndex => &[
                "arn:aws:dynamodb:*:*:table/*",
                "arn:aws:dynamodb:*:*:table/*/index/*",
            ],
            Self::Stream => &["arn:aws:dynamodb:*:*:table/*/stream/*"],
        }
    }
}

const fn dynamodb(operation: &'static str, on: Resource) -> Read {
    Read {
        service: "DynamoDB",
        operation,
        on,
    }
}

const fn streams(operation: &'static str) -> Read {
    Read {
        service: "DynamoDB Streams",
        operation,
        on: Resource::Stream,
    }
}

/// Everything that is ever asked.
const READS: [Read; 10] = [
    dynamodb("ListTables", Resource::Account),
    dynamodb("DescribeTable", Resource::Table),
    dynamodb("DescribeTimeToLive", Resource::Table),
    dynamodb("GetItem", Resource::Table),
    dynamodb("BatchGetItem", Resource::Table),
    dynamodb("Query", Resource::TableAndIndex),
    dynamodb("Scan", Resource::TableAndIndex),
    streams("DescribeStream"),
    streams("GetShardIterator"),
    streams("GetRecords"),
];

/// Whether the operation is on the list.
#[must_use]
pub fn allows(service: &str, operation: &str) -> bool {
    READS
        .iter()
        .any(|read| read.service == service && read.operation == operation)
}

/// The least an identity needs, as an IAM policy document.
#[must_use]
pub fn iam_policy() -> String {
    let statements: Vec<Statement> = Resource::ALL.into_iter().map(Statement::new).collect();
    let policy = Policy {
        version: "2012-10-17",
        statement: statements,
    };
    serde_json::to_string_pretty(&policy).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: &'static str,
    effect: &'static str,
    action: Vec<String>,
    resource: &'static [&'static str],
}

impl Statement {
    fn new(on: Resource) -> Self {
        let reads = READS.iter().filter(|read| read.on == on);
        Self {
            sid: on.sid(),
            effect: "Allow",
            // Both services of `DynamoDB` share one IAM prefix.
            action: reads
                .map(|read| format!("dynamodb:{}", read.operation))
                .collect(),
            resource: on.arns(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_allowed_only_of_its_own_service() {
        assert!(allows("DynamoDB", "Scan"));
        assert!(!allows("DynamoDB", "PutItem"));
        assert!(!allows("S3", "Scan"));
        assert!(allows("DynamoDB Streams", "GetRecords"));
        assert!(!allows("DynamoDB Streams", "Scan"));
        assert!(!allows("DynamoDB", "scan"));
    }

    #[test]
    fn the_policy_grants_every_operation_of_the_list_once_and_no_other() {
        let policy: serde_json::Value = serde_json::from_str(&iam_policy()).unwrap();
        let mut granted: Vec<&str> = policy["Statement"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|statement| statement["Action"].as_array().unwrap())
            .filter_map(|action| action.as_str()?.strip_prefix("dynamodb:"))
            .collect();
        granted.sort_unstable();
        let mut listed: Vec<&str> = READS.iter().map(|read| read.operation).collect();
        listed.sort_unstable();
        assert_eq!(granted, listed);
    }

    #[test]
    fn no_method_of_an_allowed_operation_is_disallowed_and_the_writes_are() {
        let lints = include_str!("../../clippy.toml");
        let call = |name: &str| format!("aws_sdk_dynamodb::Client::{name}\"");
        for allowed in ["scan", "query", "get_item", "batch_get_item", "list_tables"] {
            assert!(!lints.contains(&call(allowed)), "{allowed}");
        }
        for write in ["put_item", "delete_table", "execute_statement"] {
            assert!(lints.contains(&call(write)), "{write}");
        }
    }
}
