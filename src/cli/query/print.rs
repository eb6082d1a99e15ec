//! Rows as a table, JSON, JSON lines, or CSV.
//!
//! JSON and JSON lines stream; a table and the CSV of `*` need all rows to know their columns.

use super::super::args::{Format, ItemFormat};
use crate::app::results::cell;
use crate::domain::expr::Path;
use crate::domain::item::{Block, DynamoJson, ItemRef, PlainJson, ValueRef};
use crate::domain::query::{Request, Select};
use crate::domain::schema::Catalog;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Which columns rows have.
#[derive(Debug, Clone)]
pub(super) enum Columns {
    /// Everything; these first, then by first appearance.
    All {
        /// Keys first.
        first: Vec<String>,
    },
    /// These paths, named by their text.
    Paths(Vec<Path>),
    /// No rows.
    Count,
}

impl Columns {
    pub(super) fn of(request: &Request, catalog: &Catalog) -> Self {
        match &request.select {
            Select::Paths(paths) => Self::Paths(paths.clone()),
            Select::Count => Self::Count,
            Select::All => {
                let name = request.from.first().map_or("", String::as_str);
                let table = catalog
                    .dataset(name)
                    .map(|d| &d.base)
                    .or_else(|| catalog.table(name));
                let keys = table
                    .map(|t| t.key.attributes().map(|a| a.name.clone()).collect())
                    .unwrap_or_default();
                Self::All { first: keys }
            }
        }
    }
}

/// Prints rows as they come, or when the last has come.
#[derive(Debug)]
pub(super) struct RowPrinter {
    format: Format,
    items: ItemFormat,
    columns: Columns,
    held: Vec<Block>,
    written: u64,
}

impl RowPrinter {
    pub(super) const fn new(format: Format, items: ItemFormat, columns: Columns) -> Self {
        Self {
            format,
            items,
            columns,
            held: Vec::new(),
            written: 0,
        }
    }

    pub(super) fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Json => out.write_all(b"{\"rows\":["),
            _ => Ok(()),
        }
    }

    pub(super) fn rows(&mut self, block: &Block, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Table | Format::Csv => self.held.push(block.clone()),
            Format::Json | Format::Jsonl => {
                for item in block.iter() {
                    let line = self.row_json(item)?;
                    match (self.format, self.written) {
                        (Format::Json, 0) => write!(out, "\n{line}")?,
                        (Format::Json, _) => write!(out, ",\n{line}")?,
                        _ => writeln!(out, "{line}")?,
                    }
                    self.written += 1;
                }
                // Whoever reads the lines shall not wait for the next page.
                out.flush()?;
            }
        }
        Ok(())
    }

    pub(super) fn end(
        &self,
        out: &mut dyn Write,
        tail: impl FnOnce() -> Vec<(&'static str, Value)>,
    ) -> io::Result<()> {
        match self.format {
            Format::Json => {
                write!(out, "]")?;
                for (name, value) in tail() {
                    write!(out, ",\n\"{name}\":{value}")?;
                }
                writeln!(out, "}}")
            }
            Format::Jsonl => Ok(()),
            Format::Table => self.table(out),
            Format::Csv => self.csv(out),
        }
    }

    fn row_json(&self, item: ItemRef<'_>) -> io::Result<String> {
        let text = match (&self.columns, self.items) {
            (Columns::Paths(paths), form) => serde_json::to_string(&PathRow { item, paths, form }),
            (_, ItemFormat::Plain) => serde_json::to_string(&PlainJson(item)),
            (_, ItemFormat::Dynamodb) => serde_json::to_string(&DynamoJson(item)),
        };
        text.map_err(io::Error::other)
    }

    /// The columns of everything held, with the text of each cell.
    fn cells(&self, text: impl Fn(ValueRef<'_>) -> String) -> (Vec<String>, Vec<Vec<String>>) {
        let items = || self.held.iter().flat_map(Block::iter);
        match &self.columns {
            Columns::Count => (Vec::new(), Vec::new()),
            Columns::Paths(paths) => {
                let rows = items()
                    .map(|i| {
                        paths
                            .iter()
                            .map(|p| i.at(p).map(&text).unwrap_or_default())
                            .collect()
                    })
                    .collect();
                (paths.iter().map(ToString::to_string).collect(), rows)
            }
            Columns::All { first } => {
                let mut names: indexmap::IndexSet<String> = first.iter().cloned().collect();
                names.extend(self.held.iter().flat_map(Block::names).map(str::to_owned));
                let rows = items()
                    .map(|i| {
                        names
                            .iter()
                            .map(|n| i.get(n).map(&text).unwrap_or_default())
                            .collect()
                    })
                    .collect();
                (names.into_iter().collect(), rows)
            }
        }
    }

    fn table(&self, out: &mut dyn Write) -> io::Result<()> {
        let (names, rows) = self.cells(|v| cell(Some(v), 60).text);
        if names.is_empty() {
            return Ok(());
        }
        let widths: Vec<usize> = names
            .iter()
            .enumerate()
            .map(|(i, n)| {
                rows.iter()
                    .map(|r| r[i].width())
                    .chain([n.width()])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        line(out, &names, &widths)?;
        line(
            out,
            &widths.iter().map(|w| "─".repeat(*w)).collect::<Vec<_>>(),
            &widths,
        )?;
        rows.iter().try_for_each(|row| line(out, row, &widths))
    }

    fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let (names, rows) = self.cells(csv_cell);
        if names.is_empty() {
            return Ok(());
        }
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(&names).map_err(io::Error::other)?;
        for row in rows {
            writer.write_record(&row).map_err(io::Error::other)?;
        }
        writer.flush()
    }
}

fn csv_cell(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::S(text) => text.to_owned(),
        other => serde_json::to_string(&PlainJson(other))
            .unwrap_or_default()
            .trim_matches('"')
            .to_owned(),
    }
}

fn line(out: &mut dyn Write, cells: &[String], widths: &[usize]) -> io::Result<()> {
    let mut text = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        text.push_str(cell);
        text.extend(std::iter::repeat_n(
            ' ',
            width.saturating_sub(cell.width()) + 2,
        ));
    }
    writeln!(out, "{}", text.trim_end())
}

/// A row of chosen paths, named by their text; absent ones are left out.
struct PathRow<'a> {
    item: ItemRef<'a>,
    paths: &'a [Path],
    form: ItemFormat,
}

impl Serialize for PathRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for path in self.paths {
            match (self.item.at(path), self.form) {
                (Some(value), ItemFormat::Plain) => {
                    map.serialize_entry(&path.to_string(), &PlainJson(value))?;
                }
                (Some(value), ItemFormat::Dynamodb) => {
                    map.serialize_entry(&path.to_string(), &DynamoJson(value))?;
                }
                (None, _) => {}
            }
        }
        map.end()
    }
}
