//! The strikes dataset and small datasets of one copy, for tests.

use super::{BoundCopy, BoundDataset, bind, parse_dataset_file};
use crate::domain::item::item_from_dynamo_json;
use crate::domain::problem::Problem;
use crate::domain::schema::{
    Index, IndexKind, KeyAttribute, KeyKind, KeySchema, Projection, Table,
};
use crate::domain::value::Item;
use serde_json::{Value as Json, json};

pub(crate) const STRIKES: &str = r#"version = 1

[dataset.strikes]
base       = "strikes"
version_by = "revised_at"
where      = "kind = 'strike'"
always     = ["struck_on", "operator"]
domain     = { state = ["Texas", "Ohio"] }

[dataset.strikes.copy.by_month]
table = "strikes_by_month"
set   = { month = "month(struck_on)", slot = "struck_on || '#' || strike_id" }

[dataset.strikes.copy.damaged]
table = "strikes_damaged"
where = "damage <> 'None'"
set   = { slot = "lpad(cost_total, 10, '0') || '#' || strike_id" }
keep  = ["airport", "strike_id", "damage", "cost_total", "struck_on"]

[dataset.strikes.copy.by_party]
table = "strikes_by_party"
each  = "[operator, airport] as party"
set   = { slot = "struck_on || '#' || strike_id" }
ignore = ["copied_at"]
only  = "begins_with(slot, '19')"

[dataset.strikes.check]
grace          = "auto"
rcu_per_second = 500
max_rcu        = 1_000_000
"#;

/// A key of `name:TYPE` parts: the first is the partition key, another the sort key.
pub(crate) fn key(parts: &str) -> KeySchema {
    let mut attributes = parts.split_whitespace().map(|part| {
        let (name, kind) = part.split_once(':').unwrap_or((part, "S"));
        let kind = match kind {
            "N" => KeyKind::N,
            "B" => KeyKind::B,
            _ => KeyKind::S,
        };
        KeyAttribute {
            name: name.to_owned(),
            kind,
        }
    });
    KeySchema {
        partition: attributes.next().into_iter().collect(),
        sort: attributes.collect(),
    }
}

pub(crate) fn table(name: &str, parts: &str) -> Table {
    Table::new(name, key(parts))
}

/// The same with a global index.
pub(crate) fn with_index(mut table: Table, name: &str, parts: &str) -> Table {
    table.indexes.push(Index {
        name: name.into(),
        kind: IndexKind::Global,
        key: key(parts),
        projection: Projection::All,
        items: 0,
        bytes: 0,
        active: true,
        provisioned_rcu: None,
    });
    table
}

pub(crate) fn strikes_table(name: &str) -> Result<Table, Problem> {
    Ok(match name {
        "strikes" => with_index(
            table(name, "airport strike_id"),
            "by_operator",
            "operator struck_on",
        ),
        "strikes_by_month" => table(name, "month slot"),
        "strikes_damaged" => table(name, "damage slot"),
        "strikes_by_party" => table(name, "party slot"),
        _ => return Err(Problem::new(format!("no table `{name}`"))),
    })
}

pub(crate) fn strikes() -> BoundDataset {
    let file = parse_dataset_file("driftscope.toml", STRIKES).unwrap();
    bind(&file.datasets[0], &file.path, &file.text, &strikes_table).unwrap()
}

/// Base `b` (keys `pk`, `sk`; index on the number `n`) with one copy `c`, whose table has the given
/// key and whose section has the given lines.
pub(crate) fn try_one_copy(copy_key: &str, section: &str) -> Result<BoundDataset, Problem> {
    let text = format!(
        "version = 1\n[dataset.d]\nbase = \"b\"\n[dataset.d.copy.c]\ntable = \"c\"\n{section}\n"
    );
    let file = parse_dataset_file("d.toml", &text).map_err(|mut all| all.remove(0))?;
    let tables = |name: &str| match name {
        "b" => Ok(with_index(table("b", "pk sk"), "by_n", "n:N")),
        "c" => Ok(table("c", copy_key)),
        _ => Err(Problem::new(format!("no table `{name}`"))),
    };
    let mut bound = bind(&file.datasets[0], &file.path, &file.text, &tables)?;
    bound
        .failed
        .pop()
        .map_or(Ok(bound), |(_, problem)| Err(problem))
}

pub(crate) fn one_copy(copy_key: &str, section: &str) -> BoundDataset {
    try_one_copy(copy_key, section).unwrap()
}

pub(crate) fn copy<'a>(dataset: &'a BoundDataset, name: &str) -> &'a BoundCopy {
    dataset.copy(name).unwrap()
}

/// An item from typed JSON.
pub(crate) fn item(json: &Json) -> Item {
    item_from_dynamo_json(json).unwrap()
}

/// A strike with every attribute that the dataset names.
pub(crate) fn strike() -> Item {
    item(&json!({
        "airport": {"S": "SACRAMENTO INTL"}, "strike_id": {"S": "S04711"},
        "kind": {"S": "strike"}, "struck_on": {"S": "1998-08-13"},
        "operator": {"S": "UNITED AIRLINES"}, "damage": {"S": "Minor"},
        "cost_total": {"N": "12"}, "species": {"S": "Gull"},
    }))
}

/// `base` with the attributes of typed JSON on top; one that is JSON `null` is removed.
pub(crate) fn with(base: &Item, changes: &Json) -> Item {
    let mut result = base.clone();
    for (name, value) in changes.as_object().unwrap() {
        result.remove(name);
        if !value.is_null() {
            result.extend(item(&json!({ name: value })));
        }
    }
    result
}
