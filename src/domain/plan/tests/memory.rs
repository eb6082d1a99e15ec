//! Tables in memory that answer as `DynamoDB` does, filled by the mapping itself.

use crate::domain::expr::holds;
use crate::domain::mapping::fixture::{table, with_index};
use crate::domain::mapping::{BoundDataset, Expectation};
use crate::domain::plan::{BaseFetch, OrderStrategy, Plan, Reads};
use crate::domain::query::{OrderBy, Request, compare_sort_values};
use crate::domain::read::KeyCondition;
use crate::domain::schema::{IndexKind, KeySchema, Projection, Table};
use crate::domain::value::{Item, Kind, Value};
use proptest::prelude::*;

/// Copies of every kind the mapping can describe.
pub(super) const DATASET: &str = r#"version = 1
[dataset.strikes]
base   = "strikes"
where  = "kind = 'strike'"
always = ["struck_on", "operator", "damage", "cost"]
domain = { damage = ["None", "Minor", "B"], airport = ["A", "B", "A B", "C"] }
[dataset.strikes.copy.by_month]
table = "strikes_by_month"
set = { month = "month(struck_on)", slot = "struck_on || '#' || strike_id" }
[dataset.strikes.copy.by_shard]
table = "strikes_by_shard"
set = { shard = "year(struck_on) || '#' || crc32(strike_id) % 2", slot = "struck_on || '#' || strike_id" }
[dataset.strikes.copy.by_state]
table = "strikes_by_state"
where = "attribute_exists(state)"
set = { slot = "struck_on || '#' || strike_id" }
keep = { except = ["kind", "cost"] }
[dataset.strikes.copy.damaged]
table = "strikes_damaged"
where = "damage <> 'None'"
set = { slot = "lpad(cost, 6, '0') || '#' || strike_id" }
keep = ["airport", "strike_id", "damage", "cost", "struck_on"]
[dataset.strikes.copy.by_party]
table = "strikes_by_party"
each = "[operator, airport] as party"
set = { slot = "struck_on || '#' || strike_id" }
[dataset.strikes.copy.by_tag]
table = "strikes_by_tag"
each = "tags as tag"
set = { slot = "struck_on || '#' || strike_id" }
keep = ["airport", "strike_id", "struck_on", "cost", "tags"]
[dataset.strikes.copy.renamed]
table = "strikes_renamed"
set = { all = "'all'", rank = "lpad(cost, 6, '0') || '#' || strike_id", damage = "upper(damage)" }
base_key = { strike_id = "id" }
only = "all = 'all'"
"#;

pub(super) fn tables() -> Vec<Table> {
    let base = with_index(
        table("strikes", "airport strike_id"),
        "by_operator",
        "operator struck_on",
    );
    let mut base = with_index(base, "by_date", "airport struck_on");
    base.indexes[1].kind = IndexKind::Local;
    base.indexes[1].projection = Projection::Keys;
    base.indexes[0].projection = Projection::Include(vec!["damage".to_owned(), "kind".to_owned()]);
    let by_state = with_index(
        table("strikes_by_state", "state slot"),
        "by_cost",
        "damage slot",
    );
    let all = [
        base,
        table("strikes_by_month", "month slot"),
        table("strikes_by_shard", "shard slot"),
        by_state,
        table("strikes_damaged", "damage slot"),
        table("strikes_by_party", "party slot"),
        table("strikes_by_tag", "tag slot"),
        table("strikes_renamed", "all rank"),
    ];
    let sized = |table: Table| Table {
        items: 1_000,
        bytes: 300_000,
        ..table
    };
    all.into_iter().map(sized).collect()
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = Value> {
    proptest::sample::select(texts).prop_map(Value::s)
}

/// A base item; some are of another kind, some lack a state.
pub(super) fn strike() -> impl Strategy<Value = Item> {
    (
        one_of(&["A", "B", "A B", "C"]),
        "[ab#]{1,3}".prop_map(Value::S),
        one_of(&["strike", "strike", "strike", "note"]),
        (1997..2000, 1..=12, 1..=28)
            .prop_map(|(y, m, d)| Value::S(format!("{y:04}-{m:02}-{d:02}"))),
        one_of(&["A", "UNITED", "A B"]),
        one_of(&["None", "Minor", "B"]),
        (0_i64..2_000).prop_map(|n| Value::N(n.into())),
        proptest::option::of(one_of(&["Ohio", "Texas", "5"])),
        proptest::option::of(proptest::collection::vec(one_of(&["x", "y", "z"]), 0..4)),
    )
        .prop_map(
            |(airport, id, kind, date, operator, damage, cost, state, tags)| {
                let mut item = Item::from([
                    ("airport".to_owned(), airport),
                    ("strike_id".to_owned(), id),
                    ("kind".to_owned(), kind),
                    ("struck_on".to_owned(), date),
                    ("operator".to_owned(), operator),
                    ("damage".to_owned(), damage),
                    ("cost".to_owned(), cost),
                ]);
                item.extend(tags.map(|tags| ("tags".to_owned(), Value::L(tags))));
                item.extend(state.map(|state| ("state".to_owned(), state)));
                item
            },
        )
}

/// A dataset and what its tables hold.
#[derive(Debug)]
pub(super) struct Memory<'a> {
    dataset: &'a BoundDataset,
    base: Vec<Item>,
    copies: Vec<(String, Vec<Item>)>,
}

impl<'a> Memory<'a> {
    /// Fills every copy with what the mapping gives.
    pub(super) fn new(dataset: &'a BoundDataset, items: Vec<Item>) -> Self {
        let mut base: Vec<Item> = Vec::new();
        for item in items {
            let key = dataset.base.key.of(&item);
            base.retain(|other| dataset.base.key.of(other) != key);
            base.push(item);
        }
        let copies = dataset.copies.iter().map(|copy| {
            let items = base
                .iter()
                .flat_map(|item| match dataset.expected(copy, item) {
                    Expectation::Items(items) => items,
                    Expectation::Unmappable(why) => panic!("{item:?}: {why:?}"),
                });
            (copy.table.name.to_string(), items.collect())
        });
        let copies = copies.collect();
        Self {
            dataset,
            base,
            copies,
        }
    }

    pub(super) fn base(&self) -> &[Item] {
        &self.base
    }

    pub(super) const fn dataset(&self) -> &BoundDataset {
        self.dataset
    }

    /// Runs a plan as the engine does, without its LIMIT: of a union each member on its own.
    pub(super) fn run(&self, request: &Request, plan: &Plan) -> Vec<Item> {
        if plan.parts.is_empty() {
            return self.run_one(request, plan, &mut Vec::new());
        }
        assert!(plan.parts.len() > 1 || plan.ordered_by == 0);
        let mut seen = Vec::new();
        let mut rows = Vec::new();
        for part in &plan.parts {
            assert!(part.distinct.is_some() && part.parts.is_empty());
            rows.extend(self.run_one(request, part, &mut seen));
        }
        if plan.order == OrderStrategy::Sort {
            rows.sort_by(|a, b| super::compare(&request.order, a, b));
        }
        rows
    }

    /// Runs a plan that is no union; base items that were `seen` before give no row.
    fn run_one(&self, request: &Request, plan: &Plan, seen: &mut Seen) -> Vec<Item> {
        let lanes: Vec<Vec<Item>> = self
            .lanes(plan)
            .into_iter()
            .map(|items| verified(plan, items))
            .collect();
        let sort = |rows: &mut Vec<Item>| rows.sort_by(|a, b| super::compare(&request.order, a, b));
        let mut rows = in_order(request, plan, lanes);
        if let Some(names) = &plan.distinct {
            keep_first(names, &mut rows, seen);
        }
        // As the engine decides whether rows can be sorted before they are fetched.
        let shown = |by: &OrderBy| {
            let asked = plan.projection.as_ref();
            asked.is_some_and(|names| names.contains(&by.path.root))
        };
        let sorts = plan.order == OrderStrategy::Sort;
        let early = plan.fetch.is_none() || request.order.iter().all(shown);
        if sorts && early {
            sort(&mut rows);
        }
        let Some(fetch) = &plan.fetch else {
            for row in &mut rows {
                row.retain(|name, _| !plan.hidden.contains(name));
            }
            return rows;
        };
        let mut rows = self.fetched(fetch, &rows);
        if sorts && !early {
            sort(&mut rows);
        }
        rows
    }

    fn fetched(&self, fetch: &BaseFetch, rows: &[Item]) -> Vec<Item> {
        let fetched = rows.iter().filter_map(|row| {
            let same = |base: &&Item| {
                let mut keys = fetch.key_names.iter();
                keys.all(|(own, here)| base.get(own) == row.get(here))
            };
            let base = self.base.iter().find(same)?;
            holds(&fetch.residual, base).then(|| projected(base, fetch.projection.as_ref()))
        });
        fetched.collect()
    }

    /// Items read, by partition, as projected.
    fn lanes(&self, plan: &Plan) -> Vec<Vec<Item>> {
        let names = plan.projection.as_ref();
        let shown = |items: &Vec<Item>| items.iter().map(|item| projected(item, names)).collect();
        self.whole_lanes(plan).iter().map(shown).collect()
    }

    /// Items read, by partition.
    pub(super) fn whole_lanes(&self, plan: &Plan) -> Vec<Vec<Item>> {
        let items = self.items(plan);
        match &plan.reads {
            Reads::Nothing => Vec::new(),
            Reads::Scan => vec![items],
            Reads::Keys(keys) => {
                let own = |item: &Item| keys.contains(&plan.table_key.of(item));
                vec![items.into_iter().filter(own).collect()]
            }
            Reads::Partitions {
                conditions,
                direction,
            } => conditions
                .iter()
                .map(|condition| {
                    validate(condition, &plan.key);
                    let names = plan
                        .filter
                        .iter()
                        .flat_map(|filter| crate::domain::plan::access::roots(filter));
                    for name in names {
                        assert!(
                            !plan.key.contains(name),
                            "`{name}` in the filter of a Query"
                        );
                    }
                    let key = condition.predicate();
                    let mut found: Vec<Item> = items
                        .iter()
                        .filter(|item| holds(&key, *item))
                        .cloned()
                        .collect();
                    found.sort_by(|a, b| {
                        let mut keys = plan.key.sort.iter().map(|key| {
                            let (a, b) = (a.get(&key.name), b.get(&key.name));
                            compare_sort_values(a, b, *direction)
                        });
                        keys.find(|ordering| ordering.is_ne())
                            .unwrap_or(std::cmp::Ordering::Equal)
                    });
                    found
                })
                .collect(),
        }
    }

    /// What the table or index of a plan holds.
    fn items(&self, plan: &Plan) -> Vec<Item> {
        let access = &plan.access;
        let copies = self.dataset.copies.iter().map(|copy| &copy.table);
        let table = std::iter::once(&self.dataset.base)
            .chain(copies)
            .find(|table| table.name == access.table)
            .unwrap();
        let items = match self
            .copies
            .iter()
            .find(|(name, _)| access.table == *name.as_str())
        {
            Some((_, items)) => items,
            None => &self.base,
        };
        let Some(index) = access
            .index
            .as_ref()
            .and_then(|name| table.index(name.as_str()))
        else {
            return items.clone();
        };
        let indexed = |item: &&Item| {
            let mut keys = index.key.attributes();
            keys.all(|key| item.get(&key.name).map(Value::kind) == Some(Kind::from(key.kind)))
        };
        let show = |item: &Item| {
            let keys = index.key.attributes().chain(table.key.attributes());
            let mut names: Vec<String> = keys.map(|key| key.name.clone()).collect();
            match &index.projection {
                Projection::All => return item.clone(),
                Projection::Keys => {}
                Projection::Include(more) => names.extend(more.iter().cloned()),
            }
            projected(item, Some(&names))
        };
        items.iter().filter(indexed).map(show).collect()
    }
}

/// The rows of all lanes in the order that the plan says they have, with groups of rows that are equal
/// in the first terms sorted by the rest.
fn in_order(request: &Request, plan: &Plan, mut lanes: Vec<Vec<Item>>) -> Vec<Item> {
    let given = &request.order[..plan.ordered_by];
    let shows = |lanes: &[Vec<Item>]| {
        let projected = |by: &OrderBy| {
            let names = plan.projection.as_ref();
            names.is_none_or(|names| names.contains(&by.path.root))
        };
        lanes.is_empty() || request.order.iter().all(projected)
    };
    match plan.order {
        OrderStrategy::None | OrderStrategy::Sort => return lanes.concat(),
        OrderStrategy::Concatenate => lanes = vec![lanes.concat()],
        OrderStrategy::Native => assert!(lanes.len() < 2, "several lanes: {lanes:?}"),
        OrderStrategy::Merge => assert!(shows(&lanes), "a merge compares rows"),
    }
    assert!(plan.ordered_by > 0);
    let compares = plan.order == OrderStrategy::Merge || plan.ordered_by < request.order.len();
    if !compares && !shows(&lanes) {
        // Rows do not show what they are ordered by: the base item does, once it is fetched.
        return lanes.concat();
    }
    let is_ordered = |a: &Item, b: &Item| super::compare(given, a, b).is_le();
    for lane in &lanes {
        assert!(lane.is_sorted_by(is_ordered), "not in order: {lane:?}");
    }
    assert!(shows(&lanes), "sorting in groups compares rows");
    let mut rows = lanes.concat();
    rows.sort_by(|a, b| super::compare(&request.order, a, b));
    rows
}

/// What passes the service's filter and what is verified.
pub(super) fn verified(plan: &Plan, mut items: Vec<Item>) -> Vec<Item> {
    items.retain(|item| {
        let filter = plan.filter.as_ref();
        filter.is_none_or(|filter| holds(filter, item)) && holds(&plan.residual, item)
    });
    items
}

/// The base keys of rows that were given.
pub(super) type Seen = Vec<Vec<Option<Value>>>;

/// The first of the rows that agree in `names`.
pub(super) fn keep_first(names: &[String], rows: &mut Vec<Item>, seen: &mut Seen) {
    rows.retain(|row| {
        let key: Vec<_> = names.iter().map(|name| row.get(name).cloned()).collect();
        assert!(key.iter().all(Option::is_some), "{names:?} in {row:?}");
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
}

fn projected(item: &Item, names: Option<&Vec<String>>) -> Item {
    let kept = |name: &String| names.is_none_or(|names| names.contains(name));
    item.iter()
        .filter(|(name, _)| kept(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// What the service refuses (`API_Query`).
fn validate(condition: &KeyCondition, key: &KeySchema) {
    use crate::domain::read::KeyRange;
    assert_eq!(condition.partition_len, key.partition.len());
    let values = condition.equal.iter().map(|(_, value)| value);
    let bounds: Vec<&Value> = match condition.range.as_ref().map(|(_, range)| range) {
        None => Vec::new(),
        Some(KeyRange::Between(low, high)) => {
            assert!(low <= high, "{condition}");
            vec![low, high]
        }
        Some(
            KeyRange::Lt(v)
            | KeyRange::Le(v)
            | KeyRange::Gt(v)
            | KeyRange::Ge(v)
            | KeyRange::BeginsWith(v),
        ) => vec![v],
    };
    for value in values.chain(bounds) {
        assert_ne!(*value, Value::s(""), "{condition}");
    }
    let attributes: Vec<&str> = key.attributes().map(|key| key.name.as_str()).collect();
    let named = condition.equal.iter().map(|(name, _)| name.as_str());
    let ranged = condition.range.iter().map(|(name, _)| name.as_str());
    let used: Vec<&str> = named.chain(ranged).collect();
    assert_eq!(used, attributes[..used.len()], "{condition}");
}
