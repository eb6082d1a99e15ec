//! The tables of the sandbox, defined once: for creating them and for binding the dataset file to them.

use super::SandboxError;
use crate::domain::mapping::{BoundDataset, bind, parse_dataset_file};
use crate::domain::problem::{Problem, nearest};
use crate::domain::schema::{
    Index, IndexKind, KeyAttribute, KeyKind, KeySchema, Projection, Table,
};
use crate::domain::value::Item;
use dynoxide::actions::create_table::CreateTableRequest;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// The dataset file of the demo.
pub(super) const DATASET_FILE: &str = include_str!("../../data/driftscope.toml");

/// The base table.
pub(super) const BASE: &str = "strikes";

/// All tables, the base first, in the order they are loaded.
pub(super) fn all() -> [Table; 5] {
    let mut base = table(BASE, "airport", "strike_id");
    let included = ["damage", "species", "cost_total"].map(str::to_owned);
    base.indexes = vec![
        index(
            "by_date",
            IndexKind::Local,
            ("airport", "struck_on"),
            Projection::Keys,
        ),
        index(
            "by_operator",
            IndexKind::Global,
            ("operator", "struck_on"),
            Projection::Include(included.to_vec()),
        ),
    ];
    [
        base,
        table("strikes_by_month", "month", "slot"),
        table("strikes_by_state", "state", "slot"),
        table("strikes_damaged", "damage", "slot"),
        table("strikes_by_party", "party", "slot"),
    ]
}

/// The demo's dataset, bound to its tables.
pub(super) fn dataset() -> Result<BoundDataset, SandboxError> {
    const PATH: &str = "driftscope.toml";
    let file = parse_dataset_file(PATH, DATASET_FILE).map_err(|problems| {
        let first = problems.into_iter().next();
        SandboxError::Dataset(first.unwrap_or_else(|| Problem::new("it cannot be read")))
    })?;
    let dataset = file
        .datasets
        .first()
        .ok_or_else(|| SandboxError::Dataset(Problem::new("it has no dataset")))?;
    let tables = all();
    let bound = bind(dataset, PATH, DATASET_FILE, &|name| {
        let found = tables.iter().find(|table| table.name == *name);
        found.cloned().ok_or_else(|| {
            let names = tables.iter().map(|table| table.name.as_str());
            let problem = Problem::new(format!("no table `{name}`"));
            match nearest(name, names) {
                Some(near) => problem.hint(format!("`{near}`")),
                None => problem,
            }
        })
    })
    .map_err(SandboxError::Dataset)?;
    match bound.failed.first() {
        Some((_, problem)) => Err(SandboxError::Dataset(problem.clone())),
        None => Ok(bound),
    }
}

/// The key of `item` in `table`.
pub(super) fn key_of(table: &Table, item: &Item) -> Item {
    let attributes = table.key.attributes();
    attributes
        .filter_map(|attribute| item.get_key_value(&attribute.name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The request that creates `table`.
pub(super) fn create_request(table: &Table) -> Result<CreateTableRequest, SandboxError> {
    let keys = std::iter::once(&table.key).chain(table.indexes.iter().map(|index| &index.key));
    let attributes: BTreeSet<&str> = keys
        .flat_map(KeySchema::attributes)
        .map(|attribute| attribute.name.as_str())
        .collect();
    let mut request = json!({
        "TableName": table.name.as_str(),
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": key_json(&table.key),
        "AttributeDefinitions": attributes
            .into_iter()
            .map(|name| json!({"AttributeName": name, "AttributeType": "S"}))
            .collect::<Vec<_>>(),
    });
    for (kind, member) in [
        (IndexKind::Local, "LocalSecondaryIndexes"),
        (IndexKind::Global, "GlobalSecondaryIndexes"),
    ] {
        let indexes = table.indexes.iter().filter(|index| index.kind == kind);
        let indexes: Vec<Json> = indexes.map(index_json).collect();
        if !indexes.is_empty() {
            request[member] = indexes.into();
        }
    }
    serde_json::from_value(request).map_err(|error| SandboxError::Database(error.to_string()))
}

fn index_json(index: &Index) -> Json {
    let projection = match &index.projection {
        Projection::All => json!({"ProjectionType": "ALL"}),
        Projection::Keys => json!({"ProjectionType": "KEYS_ONLY"}),
        Projection::Include(names) => {
            json!({"ProjectionType": "INCLUDE", "NonKeyAttributes": names})
        }
    };
    json!({
        "IndexName": index.name.as_str(),
        "KeySchema": key_json(&index.key),
        "Projection": projection,
    })
}

fn key_json(key: &KeySchema) -> Json {
    let element = |kind: &'static str| move |attribute: &KeyAttribute| json!({"AttributeName": attribute.name, "KeyType": kind});
    let partition = key.partition.iter().map(element("HASH"));
    partition
        .chain(key.sort.iter().map(element("RANGE")))
        .collect()
}

fn table(name: &str, partition: &str, sort: &str) -> Table {
    Table::new(name, key(partition, sort))
}

fn index(name: &str, kind: IndexKind, keys: (&str, &str), projection: Projection) -> Index {
    Index {
        name: name.into(),
        kind,
        key: key(keys.0, keys.1),
        projection,
        items: 0,
        bytes: 0,
        active: true,
        provisioned_rcu: None,
    }
}

/// Every key attribute of the sandbox is a string.
fn key(partition: &str, sort: &str) -> KeySchema {
    let attribute = |name: &str| KeyAttribute {
        name: name.to_owned(),
        kind: KeyKind::S,
    };
    KeySchema {
        partition: [attribute(partition)].into(),
        sort: [attribute(sort)].into(),
    }
}
