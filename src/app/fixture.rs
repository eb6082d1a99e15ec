//! What tests of app and ui share: the tables of the demo, strikes, and scripts of events.

mod drift;
pub(crate) mod random;

pub(crate) use drift::{beside, finding, lags, outcome};

use super::ledger::{Entry, Share, Snapshot};
use super::routing::{Planned, Verdict};
use super::{
    CheckEvent, Effect, Effects, Env, Event, Key, KeyCode, RunEvent, Settings, Slot, Start, State,
    Ticket, update,
};
use crate::domain::cost::ScanCost;
use crate::domain::expr::Predicate;
use crate::domain::item::{Block, BlockBuilder};
use crate::domain::mapping::parse_dataset_file;
use crate::domain::names::{CopyName, DatasetName, IndexName, Range, Rcu, TableName};
use crate::domain::plan::pace::Filtered;
use crate::domain::plan::{
    Access, Basis, Estimate, OrderStrategy, Plan, Reads, Reason, Rejected, Route,
};
use crate::domain::problem::Problem;
use crate::domain::query::{Consistency, Direction, Target, parse_request};
use crate::domain::read::KeyCondition;
use crate::domain::schema::{
    Billing, Index, IndexKind, KeyAttribute, KeyKind, KeySchema, Projection, StreamInfo, Table,
    TableClass, TableState,
};
use crate::domain::value::{Item, Value};
use crate::engine::catalog::CatalogEvent;
use crate::engine::execute::{Answer, Consumption, ReadEvent};
use crate::store::Identity;

/// Tables of the demo, by name and keys, and one outside the dataset.
const TABLES: [(&str, &str, &str, u64); 6] = [
    ("strikes", "airport", "strike_id", 2_950_000),
    ("strikes_by_month", "month", "slot", 3_200_000),
    ("strikes_by_state", "state", "slot", 2_700_000),
    ("strikes_damaged", "damage", "slot", 400_000),
    ("strikes_by_party", "party", "slot", 6_100_000),
    ("audit_log", "actor", "at", 81_000_000),
];

/// Keys of one string attribute each.
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

fn index(name: &str, kind: IndexKind, partition: &str) -> Index {
    Index {
        name: IndexName::from(name),
        kind,
        key: key(partition, "struck_on"),
        projection: Projection::Keys,
        items: 10_000,
        bytes: 900_000,
        active: true,
        provisioned_rcu: None,
    }
}

/// A table of the demo.
pub(crate) fn table(name: &str) -> Table {
    let (name, partition, sort, bytes) = TABLES
        .into_iter()
        .find(|(of, ..)| *of == name)
        .expect("a table of the fixture");
    Table {
        name: TableName::from(name),
        id: None,
        arn: None,
        key: key(partition, sort),
        indexes: if name == "strikes" {
            vec![
                index("by_operator", IndexKind::Global, "operator"),
                index("by_date", IndexKind::Local, "airport"),
            ]
        } else {
            Vec::new()
        },
        items: 10_000,
        bytes,
        billing: Billing::OnDemand,
        class: TableClass::Standard,
        stream: (name == "strikes").then(|| StreamInfo {
            view: "NEW_AND_OLD_IMAGES".to_owned(),
            arn: Some("arn:aws:dynamodb:local:000000000000:table/strikes/stream/1".to_owned()),
        }),
        ttl: None,
        warm_rcu: None,
    }
}

/// A strike; its figures follow from `n`.
pub(crate) fn strike(n: usize) -> Item {
    let airports = [
        "CHICAGO O'HARE INTL",
        "DALLAS/FORT WORTH INTL",
        "SACRAMENTO INTL",
    ];
    let species = [
        "Herring gull",
        "Unknown bird",
        "Turkey vulture",
        "Canada goose",
    ];
    let text = |text: &str| Value::s(text);
    Item::from([
        ("airport".to_owned(), text(airports[n % 3])),
        ("strike_id".to_owned(), text(&format!("S{n:05}"))),
        (
            "struck_on".to_owned(),
            text(&format!("1998-{:02}-{:02}", n % 12 + 1, n % 28 + 1)),
        ),
        ("species".to_owned(), text(species[n % 4])),
        (
            "damage".to_owned(),
            text(if n.is_multiple_of(5) { "Minor" } else { "None" }),
        ),
        ("cost_total".to_owned(), Value::N("1250".parse().unwrap())),
        ("operator".to_owned(), text("UNITED AIRLINES")),
    ])
}

/// A block of strikes.
pub(crate) fn strikes(numbers: std::ops::Range<usize>) -> Block {
    block(numbers.map(strike))
}

/// A block of items.
pub(crate) fn block(items: impl IntoIterator<Item = Item>) -> Block {
    let mut builder = BlockBuilder::new();
    for item in items {
        builder.push(&item);
    }
    builder.finish()
}

fn access(table: &str, copy: Option<&str>, index: Option<&str>) -> Access {
    Access {
        table: TableName::from(table),
        index: index.map(IndexName::from),
        copy: copy.map(CopyName::from),
    }
}

fn estimate(low: f64, high: f64) -> Estimate {
    Estimate {
        rcu: Range::new(Rcu(low), Rcu(high)),
        expected: Rcu(f64::midpoint(low, high)),
        requests: Range::new(3, 3),
        bytes: Range::at_least(0),
        usd: None,
        basis: Basis::Described,
    }
}

fn partitions(values: &[&str]) -> Reads {
    let conditions = values.iter().map(|value| KeyCondition {
        equal: vec![("month".to_owned(), Value::s(*value))],
        partition_len: 1,
        range: None,
    });
    Reads::Partitions {
        conditions: conditions.collect(),
        direction: Direction::Descending,
    }
}

/// A path that could answer for more.
fn dearer(chosen: &Plan, access: Access, reads: Reads, estimate: Estimate) -> Rejected {
    let plan = Plan {
        access: access.clone(),
        reads,
        order: OrderStrategy::Sort,
        estimate,
        ..chosen.clone()
    };
    Rejected {
        access,
        operation: plan.operation(),
        reason: Reason::CostsMore,
        detail: "costs more".to_owned(),
        estimate: Some(estimate),
        plan: Some(Box::new(plan)),
    }
}

/// A route such as the planner gives for a range of dates: a copy by month, two ways to do worse, one that cannot.
pub(crate) fn routed(text: &str) -> Planned {
    let plan = Plan {
        access: access("strikes_by_month", Some("by_month"), None),
        key: key("month", "slot"),
        table_key: key("month", "slot"),
        reads: partitions(&["1998-10", "1998-09", "1998-08"]),
        order: OrderStrategy::Concatenate,
        ordered_by: 1,
        filter: None,
        residual: Predicate::TRUE.into(),
        projection: None,
        fetch: None,
        hidden: vec!["month".to_owned(), "slot".to_owned()],
        distinct: None,
        filtered: Filtered::No,
        consistency: Consistency::Eventual,
        estimate: estimate(3.5, 3.5),
        parts: Vec::new(),
    };
    let by_operator = access("strikes", None, Some("by_operator"));
    let one = partitions(&["UNITED AIRLINES"]);
    let base = access("strikes", None, None);
    let impossible = Rejected {
        access: access("strikes_by_state", Some("by_state"), None),
        operation: "query",
        reason: Reason::UnboundedPartitions,
        detail: "nothing says which states there are; declare `domain.state`".to_owned(),
        estimate: None,
        plan: None,
    };
    Planned {
        request: parse_request(text).expect("a request"),
        target: Target::Dataset(DatasetName::from("strikes")),
        route: Route {
            order: parse_request(text).expect("a request").order,
            limit: parse_request(text).expect("a request").limit,
            rejected: vec![
                dearer(&plan, by_operator, one, estimate(41.0, 44.0)),
                dearer(&plan, base, Reads::Scan, estimate(360.5, 364.0)),
                impossible,
            ],
            scan: ScanCost {
                rcu: Some(Range::new(Rcu(360.5), Rcu(364.0))),
                usd: None,
            },
            scan_table: TableName::from("strikes"),
            notes: Vec::new(),
            plan,
        },
    }
}

/// Figures of a run.
pub(crate) fn consumption(rcu: f64, items_read: u64, matched: u64) -> Consumption {
    Consumption {
        rcu: Rcu(rcu),
        requests: 3,
        items_read,
        matched,
        by: Vec::new(),
    }
}

/// A ledger of `n` reads and one that failed.
pub(crate) fn book(n: u64) -> Snapshot {
    let entry = |at: u64| Entry {
        at: 900_000 + at * 1_000,
        operation: "Query",
        table: Some(TableName::from("strikes_by_month")),
        index: None,
        rcu: Rcu(3.5),
        scanned: 812,
        returned: 100,
        millis: 12 + at,
        failed: false,
    };
    let failed = Entry {
        operation: "Scan",
        table: Some(TableName::from("strikes")),
        index: Some(IndexName::from("by_operator")),
        rcu: Rcu(0.0),
        scanned: 0,
        returned: 0,
        failed: true,
        ..entry(n)
    };
    let share = |table: &str, index: Option<&str>, rcu, requests| Share {
        table: TableName::from(table),
        index: index.map(IndexName::from),
        rcu: Rcu(rcu),
        requests,
    };
    Snapshot {
        entries: (0..n).map(entry).chain([failed]).collect(),
        shares: vec![
            share("strikes", Some("by_operator"), 2.0, 1),
            share("strikes_by_month", None, 1234.5, n),
        ],
    }
}

/// How a run ended that was whole.
pub(crate) fn answer(count: u64) -> Answer {
    Answer {
        count,
        complete: true,
        consumption: consumption(3.5, 812, count),
        error: None,
        observed: Vec::new(),
    }
}

/// The state at the start of the demo, with nothing described.
pub(crate) fn start() -> State {
    let text = include_str!("../../data/driftscope.toml");
    State::new(Start {
        files: vec![parse_dataset_file("driftscope.toml", text).expect("the demo's file")],
        problems: Vec::new(),
        settings: Settings::default(),
        themes: vec!["dark".to_owned(), "light".to_owned()],
        identity: Identity {
            profile: Some("demo".to_owned()),
            region: None,
            endpoint: None,
        },
    })
}

/// Events and keys in; state and effects out.
pub(crate) struct Script {
    pub(crate) state: State,
    /// Everything asked for since the last look.
    pub(crate) effects: Vec<Effect>,
    pub(crate) now: u64,
}

impl Script {
    /// From the start, nothing described.
    pub(crate) fn new() -> Self {
        Self {
            state: start(),
            effects: Vec::new(),
            now: 1_000_000,
        }
    }

    /// With every table described.
    pub(crate) fn described() -> Self {
        let mut script = Self::new();
        let names = TABLES.map(|(name, ..)| TableName::from(name));
        script.event(Event::Catalog(CatalogEvent::Listed(names.to_vec())));
        for name in names {
            let table = TableState::Ready(table(name.as_str()));
            script.event(Event::Catalog(CatalogEvent::Table(name, Box::new(table))));
        }
        script.event(Event::Catalog(CatalogEvent::Done));
        script
    }

    /// With a request that ran and gave `n` strikes.
    pub(crate) fn answered(n: usize) -> Self {
        let mut script = Self::described();
        script.keys("enter");
        script.run(RunEvent::Read(ReadEvent::Rows(strikes(0..n))));
        script.now += 41;
        script.run(RunEvent::Done(answer(n as u64)));
        script
    }

    /// Shows the route of [`routed`] for the present text and for the results, whatever the planner says.
    pub(crate) fn reroute(&mut self) -> &mut Self {
        let planned = routed(self.state.request.text());
        self.state.routing.verdict = Verdict::Good;
        if let Some(run) = &mut self.state.results.planned {
            *run = planned.clone();
        }
        self.state.routing.last = Some(planned);
        self
    }

    /// An event happens.
    pub(crate) fn event(&mut self, event: Event) -> Effects {
        let env = Env {
            now_millis: self.now,
        };
        let effects = update(&mut self.state, event, &env);
        self.effects.extend(effects.clone());
        effects
    }

    /// Keys are pressed: names apart by spaces.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for name in keys.split_whitespace() {
            let key = Key::parse(name).expect("a key");
            self.event(Event::Key(key));
        }
        self
    }

    /// A text is typed.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.event(Event::Key(Key::plain(KeyCode::Char(c))));
        }
        self
    }

    /// The request is replaced by a text and left in the editor.
    pub(crate) fn request(&mut self, text: &str) -> &mut Self {
        self.keys("e ctrl-e ctrl-u").text(text)
    }

    /// The ticket of the job that was last started in a slot.
    pub(crate) fn ticket(&self, wanted: Slot) -> Ticket {
        let mut tickets = self.effects.iter().filter_map(|effect| match effect {
            Effect::Run { ticket, .. }
            | Effect::Check { ticket, .. }
            | Effect::Recheck { ticket, .. }
            | Effect::Watch { ticket, .. }
            | Effect::Beside { ticket, .. }
            | Effect::Follow { ticket, .. }
            | Effect::Analyze { ticket, .. } => Some(*ticket),
            _ => None,
        });
        tickets
            .rfind(|ticket| ticket.slot == wanted)
            .expect("a job in this slot")
    }

    /// The running request tells something.
    pub(crate) fn run(&mut self, event: RunEvent) -> Effects {
        self.event(Event::Run(self.ticket(Slot::Run), event))
    }

    /// The running check tells something.
    pub(crate) fn check(&mut self, event: CheckEvent) -> Effects {
        self.event(Event::Check(self.ticket(Slot::Check), event))
    }

    /// A table could not be described.
    pub(crate) fn table_fails(&mut self, name: &str, problem: Problem) {
        let failed = Box::new(TableState::Failed(problem));
        self.event(Event::Catalog(CatalogEvent::Table(
            TableName::from(name),
            failed,
        )));
    }
}
