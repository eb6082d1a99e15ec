//! The planner against the truth: of random requests over two datasets every candidate is run, and
//! what it consumed is held against what was chosen and what was estimated.
//!
//! `cargo bench --bench oracle` runs [`REQUESTS`] a dataset; a number behind `--` runs so many, a name
//! only that dataset. Asked is what holds of all of them together where everything was sampled: ends with an
//! error when a figure of these is not so. What the usual budget tells is printed beside it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints, and fails where it stands"
)]

#[path = "../tests/contract/brute.rs"]
mod brute;
#[path = "../tests/contract/dice.rs"]
mod dice;
#[path = "../tests/contract/fixture.rs"]
#[expect(dead_code, reason = "shared with tests, which use more of it")]
mod fixture;
#[path = "oracle/judge.rs"]
mod judge;
#[path = "../tests/contract/requests.rs"]
mod requests;
#[path = "../tests/contract/run.rs"]
mod run;
#[path = "../tests/contract/shop.rs"]
mod shop;
#[path = "../tests/contract/writer.rs"]
mod writer;

use brute::{Truth, departure, truth};
use driftscope::domain::names::Rcu;
use driftscope::domain::plan::{Estimate, Plan};
use driftscope::domain::query::{Request, parse_request};
use driftscope::domain::schema::Catalog;
use driftscope::engine::analyze::{AnalyzeOptions, analyze, subjects};
use driftscope::store::budget::Limits;
use fixture::{Fixture, block_on, clean, shop as orders};
use judge::{Candidate, Case, Judgement, Shown};
use requests::{ORDERS, STRIKES, Vocabulary, texts};
use run::{name, plans, run};
use std::process::ExitCode;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Requests over each dataset.
const REQUESTS: usize = 320;

/// Sets the tables of a dataset up.
type Build = fn() -> &'static Fixture;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let count = arguments.iter().find_map(|argument| argument.parse().ok());
    let asked = |words: &Vocabulary| {
        let mut names = arguments
            .iter()
            .filter(|a| ["strikes", "orders"].contains(&a.as_str()));
        names.clone().next().is_none() || names.any(|name| name == words.dataset)
    };
    let fixtures: [(&Vocabulary, Build); 2] = [(&STRIKES, clean), (&ORDERS, orders)];
    let mut suite = Judgement::new("all of them, everything sampled".to_owned());
    for (words, fixture) in fixtures.into_iter().filter(|(words, _)| asked(words)) {
        let oracle = Oracle::new(words, fixture());
        let [sampled, usual] = oracle.run(count.unwrap_or(REQUESTS));
        sampled.print(Shown::Cases);
        usual.print(Shown::Cases);
        suite.absorb(sampled);
    }
    if suite.print(Shown::Figures) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A dataset, and what different budgets tell of it.
struct Oracle {
    words: &'static Vocabulary,
    fixture: &'static Fixture,
    known: [(String, Catalog); 2],
}

impl Oracle {
    fn new(words: &'static Vocabulary, fixture: &'static Fixture) -> Self {
        let budgets = [
            ("everything sampled", Some(Rcu(1e6))),
            ("sampled within the usual budget", None),
        ];
        let known = budgets.map(|(how, budget)| {
            let (catalog, spent) = block_on(analyzed(fixture, budget));
            (format!("{}, {how} ({spent} RCU)", words.dataset), catalog)
        });
        Self {
            words,
            fixture,
            known,
        }
    }

    fn run(&self, count: usize) -> [Judgement; 2] {
        let items = self.fixture.items_of(self.words.dataset);
        let judgement = |(title, _): &(String, Catalog)| Judgement::new(title.clone());
        let mut judgements = self.known.each_ref().map(judgement);
        for text in texts(count, self.words, items) {
            let request = parse_request(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
            let mut runs = Runs {
                fixture: self.fixture,
                truth: truth(&request, items),
                request,
                same: None,
                done: Vec::new(),
            };
            for ((_, catalog), judgement) in self.known.iter().zip(&mut judgements) {
                judgement.add(runs.case(&text, catalog));
            }
        }
        judgements
    }
}

async fn analyzed(fixture: &Fixture, budget: Option<Rcu>) -> (Catalog, f64) {
    let (events, mut inbox) = tokio::sync::mpsc::channel(64);
    let listening = tokio::spawn(async move { while inbox.recv().await.is_some() {} });
    let mut catalog = fixture.catalog.clone();
    let analysis = analyze(
        Arc::clone(&fixture.store),
        &catalog,
        &subjects(&catalog),
        AnalyzeOptions {
            limits: Limits {
                max_rcu: budget,
                ..Limits::default()
            },
            now: 1_800_000_000,
        },
        events,
        CancellationToken::new(),
    )
    .await;
    listening.await.unwrap();
    if let Some(error) = analysis.errors().next() {
        panic!("{error}");
    }
    catalog.statistics = analysis.statistics;
    (catalog, analysis.consumption.rcu.0)
}

/// The runs of one request. What was run once is not run again for another budget's estimate.
struct Runs {
    fixture: &'static Fixture,
    request: Request,
    truth: Truth,
    same: Option<Estimate>,
    done: Vec<(Plan, f64, Option<String>)>,
}

impl Runs {
    fn case(&mut self, text: &str, catalog: &Catalog) -> Case {
        let plans = plans(catalog, &self.request);
        let is_limited = self.request.limit.is_some();
        Case {
            text: text.to_owned(),
            may_end_early: is_limited && plans[0].parts.iter().chain([&plans[0]]).any(filters),
            candidates: plans
                .iter()
                .map(|plan| {
                    let (consumed, wrong) = self.consumed(catalog, plan);
                    Candidate {
                        name: name(plan),
                        estimate: plan.estimate,
                        consumed,
                        wrong,
                    }
                })
                .collect(),
        }
    }

    fn consumed(&mut self, catalog: &Catalog, plan: &Plan) -> (f64, Option<String>) {
        let same = *self.same.get_or_insert(plan.estimate);
        let bare = bare(plan, same);
        if let Some((_, consumed, wrong)) = self.done.iter().find(|(done, ..)| *done == bare) {
            return (*consumed, wrong.clone());
        }
        let (rows, answer) = block_on(run(self.fixture, catalog, &self.request, plan));
        let wrong = match &answer.error {
            Some(error) => Some(error.to_string()),
            None => departure(&self.request, &self.truth, &rows, answer.count),
        };
        let consumed = answer.consumption.rcu.0;
        self.done.push((bare, consumed, wrong.clone()));
        (consumed, wrong)
    }
}

/// Whether items that are read may be dropped.
fn filters(plan: &Plan) -> bool {
    plan.filter.is_some()
        || plan
            .fetch
            .as_ref()
            .is_some_and(|fetch| !fetch.residual.is_true())
}

/// The plan, whatever is thought of it: with the same estimate as every other.
fn bare(plan: &Plan, same: Estimate) -> Plan {
    Plan {
        estimate: same,
        parts: plan.parts.iter().map(|part| bare(part, same)).collect(),
        ..plan.clone()
    }
}
