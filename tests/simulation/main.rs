//! The promise of the drift check, simulated: no false alarm while writes go on, and nothing missed.
//!
//! Writers write 200 times a second for every ten thousand items, also back to what was there before; a
//! replicator brings each change to every copy after up to 10 s, one in a hundred after 25 s, some twice, some
//! together with the one before. Drift of every class is put in; the grace is 30 s. Time is simulated, and every
//! run is that of its seed.
//!
//! `DRIFTSCOPE_SIMULATIONS=1000 cargo test --release --test simulation -- --nocapture` makes that many runs
//! with 250 to 2,500 items each, on every core; without the variable there are 200 small ones.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and figures are for people"
)]

mod dice;
mod injected;
mod orders;
mod store;
mod world;

use dice::Dice;
use driftscope::domain::drift::{Class, LeftOpen};
use driftscope::domain::lag::{Flow, Flows};
use driftscope::engine::drift::{CheckOutcome, DriftEvent, DriftOptions, Means, check};
use injected::Injector;
use orders::TABLES;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Simulated;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use world::{Shape, Shared, World};

/// What runs came to.
#[derive(Debug, Default)]
struct Figures {
    runs: u64,
    writes: u64,
    seconds: u64,
    candidates: u64,
    in_flight: u64,
    hot: u64,
    pending: u64,
    found: BTreeMap<&'static str, u64>,
}

/// What tells that a base item was written between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Witness {
    Version,
    Stream,
    None,
}

/// One run, and what it came to.
struct Run {
    outcome: CheckOutcome,
    writes: u64,
    /// How long it took, in simulated time.
    took: Duration,
    /// Findings that are not true.
    refuted: Vec<String>,
    /// Drift that is neither among the findings nor left open.
    missed: Vec<String>,
}

async fn run(seed: u64, items: usize, witness: Witness, stopped: Option<usize>) -> Run {
    let mut dice = Dice::new(seed);
    let shape = Shape {
        items,
        versioned: witness == Witness::Version,
        stopped,
    };
    let mut world = World::new(shape, dice.split());
    world.advance(Duration::from_mins(1));
    let stale = match witness {
        Witness::None => Class::Different,
        Witness::Version | Witness::Stream => Class::Stale,
    };
    Injector::new(&mut world, dice.split(), stale).inject(1 + items / 300);
    let shared = Shared::new(world);
    let store = Simulated {
        shared: shared.clone(),
        page: 5 + items / (5 + dice.below(20)),
        dice: Mutex::new(dice.split()),
    };
    let (events, mut arriving) = mpsc::channel(16);
    let mut means = Means::new(Arc::new(store), events, CancellationToken::new());
    let flows = flows(&mut dice, stopped);
    means.flows = watch::channel(flows).1;
    if witness == Witness::Stream {
        means.images = Arc::new(shared.clone());
    }
    let dataset = orders::dataset(shape.versioned);
    let options = DriftOptions::of(&dataset);
    let mut refuted = Vec::new();
    let judge = async {
        while let Some(event) = arriving.recv().await {
            if let DriftEvent::Finding(finding) = event {
                let why = shared.world().injected.refute(&finding, shared.now());
                refuted.extend(why.map(|why| format!("{finding}: {why}")));
            }
        }
    };
    let (outcome, ()) = tokio::join!(Box::pin(check(means, &dataset, &options)), judge);
    let (outcome, world) = (outcome.unwrap(), shared.world());
    Run {
        writes: world.writes,
        took: shared.now(),
        refuted,
        missed: world.injected.missed(&outcome.unverified),
        outcome,
    }
}

/// The lag as somebody measured it, or nobody.
fn flows(dice: &mut Dice, stopped: Option<usize>) -> Flows {
    let lag = Duration::from_secs(9);
    let flow = if dice.percent(50) {
        Flow::Unknown
    } else {
        Flow::Flowing { lag }
    };
    let since = Duration::from_secs(1_000);
    let names = TABLES.iter().enumerate().skip(1);
    names
        .map(|(table, (name, _))| {
            let stopped = stopped == Some(table);
            (
                (*name).into(),
                if stopped {
                    Flow::Stopped { since }
                } else {
                    flow
                },
            )
        })
        .collect()
}

fn simulated(seed: u64, run: impl Future<Output = Run>) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let run = runtime.block_on(run);
    assert!(
        run.refuted.is_empty(),
        "seed {seed}: false alarms: {:#?}",
        run.refuted
    );
    assert!(
        run.missed.is_empty(),
        "seed {seed}: missed: {:#?}",
        run.missed
    );
    run
}

impl Figures {
    fn count(&mut self, run: &Run) {
        self.runs += 1;
        self.seconds += run.took.as_secs();
        self.writes += run.writes;
        for copy in &run.outcome.summary.copies {
            self.candidates += copy.candidates;
            self.in_flight += copy.in_flight;
            self.hot += copy.hot;
            self.pending += copy.pending;
            for (class, count) in &copy.findings {
                *self.found.entry(class.code()).or_default() += count;
            }
        }
    }

    fn print(&self) {
        println!("{self:#?}");
    }
}

/// The seeded runs, as many at a time as there are cores.
fn runs(count: u64, items: fn(&mut Dice) -> usize) -> Figures {
    let (next, figures) = (AtomicU64::new(0), Mutex::new(Figures::default()));
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= count {
                return;
            }
            let witnesses = [Witness::Version, Witness::Stream, Witness::None];
            let witness = witnesses[usize::try_from(seed % 3).unwrap()];
            let items = items(&mut Dice::new(seed ^ 0xd1ce));
            let run = simulated(seed, run(seed, items, witness, None));
            let mut figures = figures.lock().unwrap();
            figures.count(&run);
            if figures.runs.is_multiple_of(100) {
                figures.print();
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, NonZero::get) {
            scope.spawn(work);
        }
    });
    figures.into_inner().unwrap()
}

#[test]
fn there_is_no_false_alarm_while_writes_go_on_and_nothing_is_missed() {
    let figures = match std::env::var("DRIFTSCOPE_SIMULATIONS") {
        Ok(count) => runs(count.parse().unwrap(), |dice| 250 + dice.below(2_251)),
        Err(_unasked) => runs(200, |dice| 48 + dice.below(72)),
    };
    figures.print();
    for class in Class::ALL
        .into_iter()
        .filter(|class| *class != Class::Expired)
    {
        assert!(
            figures.found.contains_key(class.code()),
            "{} was never found",
            class.code()
        );
    }
    assert!(figures.in_flight > figures.runs, "nothing was in flight");
}

#[test]
fn while_the_pipeline_of_a_copy_stands_nothing_that_may_be_late_there_is_told_as_drift() {
    let mut pending = 0;
    for seed in 0..20 {
        let stopped = 1 + usize::try_from(seed).unwrap() % (TABLES.len() - 1);
        let run = simulated(seed, run(seed, 100, Witness::Version, Some(stopped)));
        let told = run.outcome.findings.iter();
        let wrong: Vec<_> = told
            .filter(|finding| finding.copy == *TABLES[stopped].0 && finding.class.may_be_late())
            .collect();
        assert!(wrong.is_empty(), "seed {seed}: {wrong:#?}");
        let open = run.outcome.unverified.iter();
        pending += open.filter(|open| open.why == LeftOpen::Pending).count();
    }
    assert!(pending > 20, "{pending} were pending");
}
