//! Fetching whole base items for rows of a path that lacks attributes.

use super::rows::{Row, matching};
use super::run::Run;
use crate::domain::expr::{Lookup, Path};
use crate::domain::item::ItemRef;
use crate::domain::plan::BaseFetch;
use crate::domain::value::Item;
use crate::engine::pages::{Cursor, Stop, Sweep};
use std::collections::HashMap;

/// Replaces each row by its base item, in order. Rows whose base item vanished meanwhile, or does
/// not satisfy the filter, drop out.
pub(super) async fn fetch_base(
    run: &mut Run<'_>,
    fetch: &BaseFetch,
    rows: &[Row],
) -> Result<Vec<Row>, Stop> {
    let keys: Vec<Item> = rows
        .iter()
        .filter_map(Row::item)
        .filter_map(|item| base_key(fetch, item))
        .collect();
    let projection = with_keys(fetch);
    let consistency = run.plan().consistency;
    let cursors = Cursor::keys(&fetch.table, &keys, consistency, projection.as_deref());
    let mut sweep = Sweep::new(cursors);
    let mut found: HashMap<Item, Row> = HashMap::with_capacity(keys.len());
    while let Some(page) = run.next_fetched(&mut sweep).await? {
        run.progress().await?;
        for row in matching(&page.items, &fetch.residual) {
            if let Some(key) = row.item().map(|item| own_key(fetch, item)) {
                found.insert(key, row);
            }
        }
    }
    Ok(keys
        .iter()
        .filter_map(|key| found.get(key).cloned())
        .collect())
}

/// The key of the base item that an item of the path stems from.
fn base_key(fetch: &BaseFetch, item: ItemRef<'_>) -> Option<Item> {
    fetch
        .key_names
        .iter()
        .map(|(base, path)| {
            let value = item.lookup(&Path::top(path.as_str()))?;
            Some((base.clone(), value))
        })
        .collect()
}

/// The key of a base item.
fn own_key(fetch: &BaseFetch, item: ItemRef<'_>) -> Item {
    fetch
        .key
        .attributes()
        .filter_map(|attribute| {
            let value = item.get(&attribute.name)?.to_value();
            Some((attribute.name.clone(), value))
        })
        .collect()
}

/// What to ask of the base: its keys belong to it, to tell which item is whose.
fn with_keys(fetch: &BaseFetch) -> Option<Vec<String>> {
    let mut names = fetch.projection.clone()?;
    for attribute in fetch.key.attributes() {
        if !names.contains(&attribute.name) {
            names.push(attribute.name.clone());
        }
    }
    Some(names)
}
