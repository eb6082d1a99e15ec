//! `tables`: what there is, what it plays in which dataset, and what a Scan of it would cost.

use super::args::{Format, Global};
use super::exit::{Exit, Failure};
use super::output::{Output, bytes, no_such_format, report, units, written};
use super::session::Session;
use crate::domain::cost::{ScanCost, scan_cost};
use crate::domain::names::{CopyName, DatasetName, TableName};
use crate::domain::plan::scan_json;
use crate::domain::schema::{
    Billing, Catalog, Index, IndexKind, KeySchema, Projection, Table, TableClass, TableState,
};
use indexmap::IndexSet;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub(super) async fn run(session: &Session, global: &Global) -> Result<Exit, Failure> {
    let catalog = session.catalog(global, session.files.clone(), None).await?;
    let cost = |table: &Table| {
        scan_cost(
            table,
            session
                .prices
                .read(session.region.as_deref(), table.billing, table.class),
        )
    };
    let rows: Vec<Row<'_>> = in_order(&catalog)
        .into_iter()
        .filter_map(|name| row(&catalog, catalog.tables.get(name)?, &cost))
        .collect();
    let text = match global.format {
        Format::Table => rows.iter().map(text).collect(),
        Format::Json => format!(
            "{}\n",
            json!({"tables": rows.iter().map(to_json).collect::<Vec<_>>()})
        ),
        Format::Jsonl => rows
            .iter()
            .fold(String::new(), |text, r| format!("{text}{}\n", to_json(r))),
        Format::Csv => {
            return Err(no_such_format("tables", "table, json, jsonl"));
        }
    };
    let mut out = Output::open(global)?;
    written(out.writer().write_all(text.as_bytes()))?;
    out.finish()?;
    Ok(trouble(&catalog, global))
}

/// Each dataset's base and its copies as the file has them, then all other tables by name.
fn in_order(catalog: &Catalog) -> IndexSet<&TableName> {
    let datasets = catalog.files.iter().flat_map(|file| &file.datasets);
    let parts =
        datasets.flat_map(|d| std::iter::once(&d.base).chain(d.copies.values().map(|c| &c.table)));
    let others: BTreeSet<&TableName> = catalog.tables.keys().collect();
    parts.chain(others).collect()
}

/// Reports what could not be described or bound; the rest was printed.
fn trouble(catalog: &Catalog, global: &Global) -> Exit {
    let denied: Vec<_> = catalog
        .tables
        .values()
        .filter_map(|s| {
            if let TableState::Failed(p) = s {
                Some(p.clone())
            } else {
                None
            }
        })
        .collect();
    let unbound: Vec<_> = catalog
        .datasets
        .values()
        .flat_map(|d| match d {
            Ok(bound) => bound.failed.iter().map(|(_, p)| p.clone()).collect(),
            Err(problem) => vec![problem.clone()],
        })
        .filter(|p| !denied.contains(p))
        .collect();
    report(&denied, global.quiet);
    report(&unbound, global.quiet);
    match (denied.is_empty(), unbound.is_empty()) {
        (false, _) => Exit::Access,
        (true, false) => Exit::Usage,
        (true, true) => Exit::Clean,
    }
}

/// A table and its part in a dataset.
struct Row<'a> {
    table: &'a Table,
    part: Part,
    scan: ScanCost,
}

enum Part {
    Base(DatasetName),
    Copy(DatasetName, CopyName),
    Other,
}

fn row<'a>(
    catalog: &Catalog,
    state: &'a TableState,
    cost: &dyn Fn(&Table) -> ScanCost,
) -> Option<Row<'a>> {
    let TableState::Ready(table) = state else {
        return None;
    };
    Some(Row {
        table,
        part: part(catalog, &table.name),
        scan: cost(table),
    })
}

fn part(catalog: &Catalog, name: &TableName) -> Part {
    for dataset in catalog.files.iter().flat_map(|f| &f.datasets) {
        if dataset.base == *name {
            return Part::Base(dataset.name.clone());
        }
        if let Some(copy) = dataset.copies.values().find(|c| c.table == *name) {
            return Part::Copy(dataset.name.clone(), copy.name.clone());
        }
    }
    Part::Other
}

fn to_json(row: &Row<'_>) -> Value {
    let table = row.table;
    let (role, dataset, copy) = match &row.part {
        Part::Base(dataset) => ("base", Some(dataset), None),
        Part::Copy(dataset, copy) => ("copy", Some(dataset), Some(copy)),
        Part::Other => ("other", None, None),
    };
    json!({
        "name": table.name, "role": role, "dataset": dataset, "copy": copy,
        "items": table.items, "bytes": table.bytes, "keys": keys_json(&table.key),
        "billing": billing(table.billing), "class": class(table.class),
        "stream": {"enabled": table.stream.is_some(), "view": table.stream.as_ref().map(|s| &s.view)},
        "indexes": table.indexes.iter().map(index_json).collect::<Vec<_>>(),
        "scan": scan_json(&row.scan, None),
    })
}

fn index_json(index: &Index) -> Value {
    json!({
        "name": index.name, "kind": kind(index.kind), "keys": keys_json(&index.key),
        "projection": match &index.projection {
            Projection::All => json!("all"),
            Projection::Keys => json!("keys"),
            Projection::Include(names) => json!(names),
        },
        "items": index.items, "bytes": index.bytes,
    })
}

fn keys_json(key: &KeySchema) -> Value {
    let names = |attributes: &[crate::domain::schema::KeyAttribute]| {
        attributes
            .iter()
            .map(|a| a.name.clone())
            .collect::<Vec<_>>()
    };
    json!({"partition": names(&key.partition), "sort": names(&key.sort)})
}

const fn billing(billing: Billing) -> &'static str {
    match billing {
        Billing::OnDemand => "on-demand",
        Billing::Provisioned { .. } => "provisioned",
    }
}

const fn class(class: TableClass) -> &'static str {
    match class {
        TableClass::Standard => "standard",
        TableClass::InfrequentAccess => "infrequent-access",
    }
}

const fn kind(kind: IndexKind) -> &'static str {
    match kind {
        IndexKind::Local => "local",
        IndexKind::Global => "global",
    }
}

fn text(row: &Row<'_>) -> String {
    let table = row.table;
    let part = match &row.part {
        Part::Base(dataset) => format!("base of {dataset}"),
        Part::Copy(dataset, copy) => format!("copy {dataset}.{copy}"),
        Part::Other => String::new(),
    };
    let scan = row.scan.rcu.map_or_else(
        || "scan ? RCU".to_owned(),
        |r| {
            format!(
                "scan {}{}",
                units(r),
                row.scan
                    .usd
                    .map_or_else(String::new, |usd| format!(" ≈ ${usd:.7}"))
            )
        },
    );
    let mut text = format!(
        "{}  {part}\n    key {}  {} items, {}  {}",
        table.name,
        key_text(&table.key),
        table.items,
        bytes(table.bytes),
        billing(table.billing)
    );
    if let Some(stream) = &table.stream {
        let _ = write!(text, "  stream {}", stream.view);
    }
    let _ = writeln!(text, "\n    {scan}");
    for index in &table.indexes {
        let projection = match &index.projection {
            Projection::All => "all".to_owned(),
            Projection::Keys => "keys only".to_owned(),
            Projection::Include(names) => format!("includes {}", names.join(", ")),
        };
        let state = if index.active { "" } else { "  NOT ACTIVE" };
        let _ = writeln!(
            text,
            "    {} {}  {}  {projection}{state}",
            if index.kind == IndexKind::Local {
                "LSI"
            } else {
                "GSI"
            },
            index.name,
            key_text(&index.key)
        );
    }
    text
}

fn key_text(key: &KeySchema) -> String {
    let names: Vec<&str> = key.attributes().map(|a| a.name.as_str()).collect();
    format!("({})", names.join(", "))
}
