//! A store that reads the simulated tables, and takes its time.

use crate::dice::Dice;
use crate::orders::{TABLES, key_of};
use crate::world::{Rows, Shared, place};
use async_trait::async_trait;
use driftscope::domain::item::BlockBuilder;
use driftscope::domain::names::{Rcu, TableName};
use driftscope::domain::problem::Problem;
use driftscope::domain::read::{Consumed, ReadError, ReadErrorKind, ReadPage, ReadRequest, Scan};
use driftscope::domain::schema::Table;
use driftscope::domain::value::Item;
use driftscope::store::{Identity, Names, Store};
use std::ops::Bound;
use std::sync::Mutex;

#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) shared: Shared,
    pub(crate) dice: Mutex<Dice>,
    /// Items of a page of a Scan.
    pub(crate) page: usize,
}

#[async_trait]
impl Store for Simulated {
    async fn read(&self, request: ReadRequest) -> Result<ReadPage, ReadError> {
        let scan = matches!(request, ReadRequest::Scan(_));
        let (low, high) = if scan { (100, 1_500) } else { (2, 60) };
        let (before, after) = {
            let mut dice = self.dice.lock().unwrap();
            (dice.millis(low, high), dice.millis(low, high))
        };
        tokio::time::sleep(before).await;
        let page = self.answer(request);
        tokio::time::sleep(after).await;
        Ok(page)
    }

    async fn list_tables(&self, _start: Option<TableName>) -> Result<Names, ReadError> {
        Err(not_simulated())
    }

    async fn describe_table(&self, _table: &TableName) -> Result<Table, ReadError> {
        Err(not_simulated())
    }

    async fn time_to_live(&self, _table: &TableName) -> Result<Option<String>, ReadError> {
        Ok(None)
    }

    fn identity(&self) -> Identity {
        Identity::default()
    }
}

impl Simulated {
    fn answer(&self, request: ReadRequest) -> ReadPage {
        let table = TABLES
            .iter()
            .position(|(name, _)| *request.table() == *name);
        let table = table.unwrap();
        let world = self.shared.world();
        let rows = &world.tables[table];
        match request {
            ReadRequest::Scan(scan) => self.scan(table, rows, &scan),
            ReadRequest::Get(get) => page(rows.get(&place(table, &get.key))),
            ReadRequest::BatchGet(batch) => {
                let keys = batch.keys.iter();
                page(keys.filter_map(|key| rows.get(&place(table, key))))
            }
            ReadRequest::Query(_) => panic!("a check makes no queries"),
        }
    }

    fn scan(&self, table: usize, rows: &Rows, scan: &Scan) -> ReadPage {
        assert_eq!(
            scan.segment, None,
            "tables of unknown size are not worth segments"
        );
        let from = scan.start.as_ref().map(|key| place(table, key));
        let from = from.map_or(Bound::Unbounded, Bound::Excluded);
        let mut left = rows.range((from, Bound::Unbounded)).map(|(_, item)| item);
        let items: Vec<&Item> = left.by_ref().take(self.page).collect();
        let next = left
            .next()
            .and(items.last())
            .map(|item| key_of(table, item));
        ReadPage {
            next,
            ..page(items)
        }
    }
}

fn page<'a>(items: impl IntoIterator<Item = &'a Item>) -> ReadPage {
    let (mut block, mut count) = (BlockBuilder::new(), 0);
    for item in items {
        block.push(item);
        count += 1;
    }
    ReadPage {
        items: block.finish(),
        scanned: count,
        consumed: Consumed {
            total: Rcu(0.5),
            table: Rcu(0.5),
            indexes: Vec::new(),
        },
        ..ReadPage::default()
    }
}

fn not_simulated() -> ReadError {
    ReadError {
        kind: ReadErrorKind::Invalid,
        problem: Problem::new("not simulated"),
    }
}
