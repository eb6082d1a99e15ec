//! `--partition "month = '1998-08'"`: which partition, and how its base items are found.

use super::super::args::{DriftArgs, Global};
use super::super::exit::Failure;
use super::super::output::{note, units};
use super::super::session::Session;
use crate::domain::expr::{CompareOp, Context, Path, Predicate, ValueExpr, parse_predicate};
use crate::domain::mapping::{BoundCopy, BoundDataset};
use crate::domain::names::{Range, Rcu};
use crate::domain::plan::{Plan, Reads, choose as choose_plan};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Request, Select, Target};
use crate::domain::schema::Catalog;
use crate::domain::value::{Item, Value};
use crate::engine::drift::PartitionScope;
use crate::engine::execute::Bounds;

/// A partition that was understood, and what checking it should consume.
pub(super) struct Chosen {
    pub(super) scope: PartitionScope,
    pub(super) estimate: Option<Range<Rcu>>,
}

/// Finds the cheapest way to the base items of the partition, and says which it is.
pub(super) async fn choose(
    session: &Session,
    global: &Global,
    dataset: &BoundDataset,
    args: &DriftArgs,
    text: &str,
) -> Result<Chosen, Failure> {
    let copy = only_copy(dataset, args).map_err(Failure::usage)?;
    let partition = partition(copy, text).map_err(Failure::usage)?;
    let tables = session.tables_of(dataset.dataset.name.as_str());
    let mut catalog = session
        .catalog(global, session.files.clone(), tables)
        .await?;
    let own = own(session, &catalog, copy, &partition).map_err(Failure::usage)?;
    // The copy under check is no witness of itself.
    if let Some(Ok(dataset)) = catalog.datasets.get_mut(dataset.dataset.name.as_str()) {
        dataset
            .copies
            .retain(|other| other.mapping.name != copy.mapping.name);
    }
    let keys = dataset.base.key.attributes();
    let request = Request {
        select: Select::Paths(keys.map(|key| Path::top(key.name.as_str())).collect()),
        from: vec![dataset.dataset.name.to_string()],
        filter: dataset.giving(copy, &partition),
        order: Vec::new(),
        limit: None,
    };
    let target = Target::Dataset(dataset.dataset.name.clone());
    let planner = session.planner(&catalog);
    let plan = choose_plan(planner, &request, &target, Consistency::Eventual)
        .map_err(Failure::usage)?
        .plan;
    note(global.quiet, &way(&plan));
    let estimate = sum(&own, &plan, copy);
    let bounds = Bounds::default().sized_for(&plan, &catalog);
    let scope = PartitionScope {
        partition,
        request,
        plan,
        bounds,
    };
    Ok(Chosen { scope, estimate })
}

fn only_copy<'a>(dataset: &'a BoundDataset, args: &DriftArgs) -> Result<&'a BoundCopy, Problem> {
    let needs = || {
        Problem::new("`--partition` needs exactly one `--copy`")
            .because("it names a partition of that copy")
    };
    match args.copies.as_slice() {
        [one] => dataset.copy(one).ok_or_else(needs),
        _ => Err(needs().hint("`--copy NAME`")),
    }
}

/// The key attributes of the partition: each of them once, by equality.
fn partition(copy: &BoundCopy, text: &str) -> Result<Item, Problem> {
    let predicate = parse_predicate(text, &Context::default())?;
    let keys = &copy.table.key.partition;
    let shape = || {
        let names = keys.iter().map(|key| format!("{} = …", key.name));
        let wanted = names.collect::<Vec<_>>().join(" AND ");
        Problem::new(format!(
            "`{text}` names no partition of `{}`",
            copy.mapping.name
        ))
        .hint(format!("`--partition \"{wanted}\"`"))
    };
    let mut partition = Item::new();
    for conjunct in predicate.conjuncts() {
        let (name, value) = equality(conjunct).ok_or_else(shape)?;
        if partition.insert(name.to_owned(), value.clone()).is_some() {
            return Err(shape().because(format!("`{name}` is named twice")));
        }
    }
    for key in keys.iter() {
        let value = partition.get(&key.name).ok_or_else(shape)?;
        if value.kind() != key.kind.into() {
            let kind = crate::domain::value::Kind::from(key.kind).code();
            return Err(shape().because(format!("`{}` is of type {kind}", key.name)));
        }
    }
    if partition.len() == keys.len() {
        Ok(partition)
    } else {
        Err(shape())
    }
}

fn equality(predicate: &Predicate) -> Option<(&str, &Value)> {
    match predicate {
        Predicate::Compare(ValueExpr::Path(path), CompareOp::Eq, ValueExpr::Literal(value))
        | Predicate::Compare(ValueExpr::Literal(value), CompareOp::Eq, ValueExpr::Path(path)) => {
            Some((path.as_top()?, value))
        }
        _ => None,
    }
}

/// How the partition itself is read.
fn own(
    session: &Session,
    catalog: &Catalog,
    copy: &BoundCopy,
    partition: &Item,
) -> Result<Plan, Problem> {
    let equals = |(name, value): (&String, &Value)| {
        let path = ValueExpr::Path(Path::top(name.as_str()));
        Predicate::Compare(path, CompareOp::Eq, ValueExpr::Literal(value.clone()))
    };
    let request = Request {
        select: Select::All,
        from: vec![copy.table.name.to_string()],
        filter: partition
            .iter()
            .map(equals)
            .fold(Predicate::TRUE, Predicate::and),
        order: Vec::new(),
        limit: None,
    };
    let target = Target::Table {
        table: copy.table.name.clone(),
        index: None,
    };
    let planner = session.planner(catalog);
    choose_plan(planner, &request, &target, Consistency::Eventual).map(|choice| choice.plan)
}

/// How the base items are found, and what that costs.
fn way(plan: &Plan) -> String {
    let access = &plan.access;
    let through = match (&access.copy, &access.index, &plan.reads) {
        (Some(copy), ..) => format!(
            "through the copy `{copy}` as a witness: what that one lacks as well is not seen"
        ),
        (None, Some(index), _) => format!("through the index `{index}` of `{}`", access.table),
        (None, None, Reads::Scan) => format!("by a scan of `{}`", access.table),
        (None, None, _) => format!("by the keys of `{}`", access.table),
    };
    format!(
        "base items of the partition are found {through} ({})",
        units(plan.estimate.rcu)
    )
}

/// The partition, its base items by key, and the way to those that it may lack.
fn sum(own: &Plan, way: &Plan, copy: &BoundCopy) -> Option<Range<Rcu>> {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let items = |bytes: u64| Some(bytes as f64 / copy.table.mean_item()?);
    let lookups = |bytes| Some(Rcu(items(bytes)? * 0.5));
    let (own, way) = (&own.estimate, &way.estimate);
    Some(Range {
        low: own.rcu.low + way.rcu.low + lookups(own.bytes.low)?,
        high: match (own.rcu.high, way.rcu.high, own.bytes.high) {
            (Some(own), Some(way), Some(bytes)) => Some(own + way + lookups(bytes)?),
            _ => None,
        },
    })
}
