use super::super::{Select, parse_request};
use super::*;
use crate::domain::expr::Predicate;
use crate::domain::mapping::{BoundCopy, CheckOptions, Dataset, Keep, Mapping};
use crate::domain::names::CopyName;
use crate::domain::schema::{Index, IndexKind, KeyAttribute, KeyKind, KeySchema, Projection};
use indexmap::IndexMap;
use rstest::rstest;
use std::collections::BTreeSet;

fn table(name: &str, indexes: &[&str]) -> Table {
    let key = KeySchema {
        partition: [KeyAttribute {
            name: "id".to_owned(),
            kind: KeyKind::S,
        }]
        .into(),
        sort: [].into(),
    };
    let indexes = indexes.iter().map(|name| Index {
        name: IndexName::from(*name),
        kind: IndexKind::Global,
        key: key.clone(),
        projection: Projection::All,
        items: 0,
        bytes: 0,
        active: true,
        provisioned_rcu: None,
    });
    Table {
        indexes: indexes.collect(),
        ..Table::new(name, key.clone())
    }
}

fn copy(name: &str, table: Table) -> BoundCopy {
    BoundCopy {
        mapping: Mapping {
            name: CopyName::from(name),
            table: table.name.clone(),
            filter: Predicate::TRUE,
            each: None,
            set: IndexMap::new(),
            keep: Keep::All,
            ignore: Vec::new(),
            only: Predicate::TRUE,
            base_key: IndexMap::new(),
        },
        table,
    }
}

/// A dataset `strikes` over tables `strikes` and `strikes_by_month`, a dataset that failed, and
/// tables of no dataset, one of them only listed.
fn catalog() -> Catalog {
    let dataset = BoundDataset {
        dataset: Dataset {
            name: DatasetName::from("strikes"),
            base: TableName::from("strikes"),
            version_by: None,
            filter: Predicate::TRUE,
            always: Vec::new(),
            domain: IndexMap::new(),
            copies: IndexMap::new(),
            check: CheckOptions::default(),
        },
        base: table("strikes", &["by_operator", "by_date"]),
        copies: vec![copy("by_month", table("strikes_by_month", &["by_date"]))],
        whole: BTreeSet::new(),
        failed: vec![(CopyName::from("by_state"), Problem::new("no table for it"))],
    };
    let ready = |t: Table| (t.name.clone(), TableState::Ready(t));
    Catalog {
        tables: IndexMap::from([
            ready(table("strikes", &["by_operator", "by_date"])),
            ready(table("strikes_by_month", &["by_date"])),
            ready(table("orders", &["by_customer"])),
            ready(table("my.table", &[])),
            (TableName::from("listed"), TableState::Listed),
        ]),
        files: Vec::new(),
        statistics: crate::domain::stats::Statistics::default(),
        datasets: IndexMap::from([
            (DatasetName::from("strikes"), Ok(dataset)),
            (
                DatasetName::from("broken"),
                Err(Problem::new("its base is missing")),
            ),
        ]),
    }
}

fn resolved(from: &str) -> Result<Target, Problem> {
    let request = parse_request(&format!("SELECT * FROM {from}")).unwrap();
    assert_eq!(request.select, Select::All);
    resolve(&request, &catalog())
}

fn pinned(table: &str, index: Option<&str>) -> Target {
    Target::Pinned {
        dataset: DatasetName::from("strikes"),
        table: TableName::from(table),
        index: index.map(IndexName::from),
    }
}

#[rstest]
#[case::a_dataset_before_a_table("strikes", Target::Dataset(DatasetName::from("strikes")))]
#[case::the_base_alone("strikes.strikes", pinned("strikes", None))]
#[case::a_copy("strikes.by_month", pinned("strikes_by_month", None))]
#[case::a_copy_by_its_table("strikes.strikes_by_month", pinned("strikes_by_month", None))]
#[case::an_index_of_the_base("strikes.by_operator", pinned("strikes", Some("by_operator")))]
#[case::a_table("orders", Target::Table { table: "orders".into(), index: None })]
#[case::a_table_of_a_dataset("strikes_by_month", Target::Table { table: "strikes_by_month".into(), index: None })]
#[case::an_index("orders.by_customer", Target::Table { table: "orders".into(), index: Some("by_customer".into()) })]
#[case::a_table_that_is_only_listed("listed", Target::Table { table: "listed".into(), index: None })]
#[case::and_its_index_unseen("listed.x", Target::Table { table: "listed".into(), index: Some("x".into()) })]
#[case::a_quoted_name("\"my.table\"", Target::Table { table: "my.table".into(), index: None })]
fn a_name_resolves(#[case] from: &str, #[case] target: Target) {
    assert_eq!(resolved(from), Ok(target));
}

#[rstest]
#[case("strike", "there is no dataset or table `strike`", Some("`strikes`"))]
#[case("orderz", "there is no dataset or table `orderz`", Some("`orders`"))]
#[case(
    "zzz",
    "there is no dataset or table `zzz`",
    Some("`driftscope tables` lists what there is")
)]
#[case(
    "my.table",
    "there is no dataset or table `my`",
    Some("`FROM \"my.table\"`")
)]
#[case(
    "strikes.by_mont",
    "dataset `strikes` has no part `by_mont`",
    Some("`by_month`")
)]
#[case(
    "orders.by_custmer",
    "table `orders` has no part `by_custmer`",
    Some("`by_customer`")
)]
#[case(
    "orders.zzz",
    "table `orders` has no part `zzz`",
    Some("`by_customer`")
)]
#[case("strikes.by_state", "no table for it", None)]
#[case("broken", "its base is missing", None)]
#[case("broken.x", "its base is missing", None)]
fn an_unknown_name_is_refused_with_the_nearest(
    #[case] from: &str,
    #[case] what: &str,
    #[case] hint: Option<&str>,
) {
    let problem = resolved(from).unwrap_err();
    assert_eq!(problem.what, what);
    assert_eq!(problem.hint.as_deref(), hint);
}

#[test]
fn a_name_with_two_meanings_names_both() {
    let problem = resolved("strikes.by_date").unwrap_err();
    assert_eq!(problem.what, "`strikes.by_date` has more than one meaning");
    assert_eq!(
        problem.why.unwrap(),
        "index `by_date` of table `strikes`, or index `by_date` of table `strikes_by_month`"
    );
}
