use super::*;
use crate::domain::problem::Problem;
use crate::domain::query::Consistency;
use crate::domain::read::{ReadErrorKind, Scan, Shard, ShardPosition, StreamPage};

/// Answers every scan of an index with its units and those of the table, and fails without one.
#[derive(Debug)]
struct Tariff;

fn denied() -> ReadError {
    ReadError {
        kind: ReadErrorKind::Denied,
        problem: Problem::new("not allowed"),
    }
}

#[async_trait]
impl Store for Tariff {
    async fn read(&self, request: ReadRequest) -> Result<ReadPage, ReadError> {
        let table = request.table().as_str();
        if table == "closed" {
            return Err(denied());
        }
        let index = request.index().cloned();
        let of_table = Rcu(if index.is_none() || table == "local" {
            0.5
        } else {
            0.0
        });
        let of_index = Rcu(if index.is_some() { 2.0 } else { 0.0 });
        Ok(ReadPage {
            scanned: 3,
            consumed: Consumed {
                total: of_table + of_index,
                table: of_table,
                indexes: index.into_iter().map(|index| (index, of_index)).collect(),
            },
            ..ReadPage::default()
        })
    }
    async fn list_tables(&self, _start: Option<TableName>) -> Result<Names, ReadError> {
        Ok(Names::default())
    }
    async fn describe_table(&self, _table: &TableName) -> Result<Table, ReadError> {
        Err(denied())
    }
    async fn time_to_live(&self, _table: &TableName) -> Result<Option<String>, ReadError> {
        Ok(None)
    }
    fn identity(&self) -> Identity {
        Identity::default()
    }
}

fn scan(table: &str, index: Option<&str>) -> ReadRequest {
    ReadRequest::Scan(Scan {
        table: table.into(),
        index: index.map(IndexName::from),
        filter: None,
        projection: None,
        limit: None,
        start: None,
        segment: None,
        consistency: Consistency::Eventual,
    })
}

fn share(table: &str, index: Option<&str>, rcu: f64, requests: u64) -> Share {
    Share {
        table: table.into(),
        index: index.map(IndexName::from),
        rcu: Rcu(rcu),
        requests,
    }
}

#[tokio::test]
async fn units_are_summed_by_table_and_index() {
    let ledger = Ledger::new(Arc::new(Tariff));
    for (table, index) in [
        ("global", None),
        ("global", Some("g")),
        ("global", Some("g")),
        ("local", Some("l")),
    ] {
        ledger.read(scan(table, index)).await.unwrap();
    }
    assert_eq!(ledger.total(), Rcu(7.0));
    assert_eq!(
        ledger.by(),
        [
            share("global", None, 0.5, 1),
            share("global", Some("g"), 4.0, 2),
            // Items fetched for a local index are paid by the table, which was not asked itself.
            share("local", None, 0.5, 0),
            share("local", Some("l"), 2.0, 1),
        ]
    );
}

#[tokio::test]
async fn every_request_is_entered_the_failed_ones_too() {
    let ledger = Ledger::new(Arc::new(Tariff));
    ledger.list_tables(None).await.unwrap();
    ledger.describe_table(&"orders".into()).await.unwrap_err();
    ledger.time_to_live(&"orders".into()).await.unwrap();
    ledger.read(scan("orders", Some("g"))).await.unwrap();
    ledger.read(scan("closed", None)).await.unwrap_err();
    let entries = ledger.entries();
    let told: Vec<_> = entries
        .iter()
        .map(|e| (e.operation, e.rcu, e.scanned, e.failed))
        .collect();
    assert_eq!(
        told,
        [
            ("ListTables", Rcu(0.0), 0, false),
            ("DescribeTable", Rcu(0.0), 0, true),
            ("DescribeTimeToLive", Rcu(0.0), 0, false),
            ("Scan", Rcu(2.0), 3, false),
            ("Scan", Rcu(0.0), 0, true),
        ]
    );
    assert_eq!(entries[0].table, None);
    assert_eq!(entries[3].index, Some("g".into()));
}

#[tokio::test]
async fn sums_stay_exact_when_old_entries_are_gone() {
    let ledger = Ledger::new(Arc::new(Tariff));
    ledger.read(scan("first", None)).await.unwrap();
    for _ in 0..KEPT {
        ledger.read(scan("orders", None)).await.unwrap();
    }
    let entries = ledger.entries();
    assert_eq!(entries.len(), KEPT);
    assert_eq!(entries[0].table, Some("orders".into()));
    assert_eq!(ledger.total(), Rcu(5_000.5));
    assert_eq!(ledger.by()[0], share("first", None, 0.5, 1));
}

const ARN: &str = "arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026";

/// Has no shard, and denies its records.
#[derive(Debug)]
struct Denying;

#[async_trait]
impl Streams for Denying {
    async fn shards(&self, _arn: &str) -> Result<Vec<Shard>, ReadError> {
        Ok(Vec::new())
    }

    async fn iterator(
        &self,
        arn: &str,
        _shard: &str,
        _from: &ShardPosition,
    ) -> Result<String, ReadError> {
        Ok(format!("{arn}|1|AAAA"))
    }

    async fn records(&self, _iterator: &str) -> Result<StreamPage, ReadError> {
        Err(denied())
    }
}

#[tokio::test]
async fn every_call_is_entered_with_its_table_and_consumes_nothing() {
    let ledger = Arc::new(Ledger::new(Arc::new(Tariff)));
    let streams = ledger.of_streams(Arc::new(Denying));
    streams.shards(ARN).await.unwrap();
    let from = ShardPosition::Newest;
    let iterator = streams.iterator(ARN, "s", &from).await.unwrap();
    streams.records(&iterator).await.unwrap_err();
    let entries = ledger.entries();
    let orders = Some(TableName::from("orders"));
    assert!(entries.iter().all(|entry| entry.table == orders));
    let entered: Vec<_> = entries.iter().map(|e| (e.operation, e.failed)).collect();
    assert_eq!(
        entered,
        [
            ("DescribeStream", false),
            ("GetShardIterator", false),
            ("GetRecords", true)
        ]
    );
    assert_eq!(ledger.total(), Rcu::default());
}
