//! Statistics: found, sampled by key or unasked, learned.

use crate::app::fixture::{Script, answer};
use crate::app::{
    Analysis, Effect, Event, Initiative, RunEvent, Slot, StatisticsEvent, Subject, Ticket,
};
use crate::domain::names::{DatasetName, Range, TableName};
use crate::domain::schema::{Billing, TableState};
use crate::domain::stats::{Observation, PathName, Sampler, Scanned, Seen, TableStatistics};
use crate::engine::catalog::CatalogEvent;

const TABLES: [&str; 5] = [
    "strikes",
    "strikes_by_month",
    "strikes_by_state",
    "strikes_damaged",
    "strikes_by_party",
];

fn tell(script: &mut Script, event: StatisticsEvent) {
    script.event(Event::Statistics(event));
}

/// What is kept was looked for: of the base so much was found.
fn sought(script: &mut Script, base: Option<&TableStatistics>) {
    for (n, table) in TABLES.into_iter().enumerate() {
        let found = base.filter(|_| n == 0).cloned().map(Box::new);
        tell(script, StatisticsEvent::Loaded(table.into(), found));
    }
}

/// A sample of the base taken at `at`.
fn sampled(script: &Script, at: u64) -> Analysis {
    let base = script.state.catalog.table("strikes").unwrap();
    Analysis {
        statistics: Sampler::new(base, None).finish(Scanned::All, at),
        ..Analysis::default()
    }
}

fn started(script: &Script) -> Vec<(&Subject, Initiative)> {
    let effects = script.effects.iter().filter_map(|effect| match effect {
        Effect::Analyze {
            subject,
            initiative,
            ..
        } => Some((subject, *initiative)),
        _ => None,
    });
    effects.collect()
}

fn strikes() -> Subject {
    Subject::Dataset(DatasetName::from("strikes"))
}

fn ticket(script: &Script) -> Ticket {
    script.ticket(Slot::Analyze)
}

#[test]
fn a_dataset_is_sampled_once_unasked_when_nothing_is_kept_of_it() {
    let mut script = Script::described();
    assert_eq!(started(&script), [], "before it was looked for");
    sought(&mut script, None);
    assert_eq!(started(&script), [(&strikes(), Initiative::Program)]);
    let done = StatisticsEvent::Done(ticket(&script), Box::default());
    tell(&mut script, done);
    sought(&mut script, None);
    assert_eq!(started(&script).len(), 1);
}

#[test]
fn what_was_sampled_today_is_not_sampled_unasked_and_what_was_before_is() {
    for (seconds, times) in [(3_600, 0), (25 * 3_600, 1)] {
        let mut script = Script::described();
        script.now = 1_000 * 100 * 3_600;
        let kept = sampled(&script, 100 * 3_600 - seconds).statistics;
        sought(&mut script, kept.table("strikes"));
        assert_eq!(started(&script).len(), times, "{seconds} s old");
    }
}

#[test]
fn a_provisioned_table_is_not_sampled_unasked() {
    let mut script = Script::described();
    let mut base = script.state.catalog.table("strikes").unwrap().clone();
    base.billing = Billing::Provisioned { rcu: 100 };
    let state = Box::new(TableState::Ready(base));
    script.event(Event::Catalog(CatalogEvent::Table("strikes".into(), state)));
    sought(&mut script, None);
    assert_eq!(started(&script), []);
    script.keys("a");
    assert_eq!(started(&script), [(&strikes(), Initiative::User)]);
}

#[test]
fn a_sample_that_nobody_asked_for_holds_up_nothing() {
    let mut script = Script::described();
    sought(&mut script, None);
    assert!(!script.state.is_moving());
    script.effects.clear();
    script.keys("q");
    assert_eq!(script.effects, [Effect::Quit]);
}

#[test]
fn a_sample_by_key_takes_over_and_can_be_cancelled() {
    let mut script = Script::described();
    sought(&mut script, None);
    script.keys("a");
    let asked = started(&script);
    assert_eq!(asked.last(), Some(&(&strikes(), Initiative::User)));
    script.keys("esc");
    assert_eq!(script.effects.last(), Some(&Effect::Cancel(Slot::Analyze)));
}

#[test]
fn what_a_sample_tells_is_planned_with_and_kept() {
    let mut script = Script::described();
    script.keys("a");
    let (ticket, analysis) = (ticket(&script), sampled(&script, 7));
    tell(
        &mut script,
        StatisticsEvent::Done(ticket, Box::new(analysis)),
    );
    assert!(script.state.catalog.statistics.table("strikes").is_some());
    let kept = Effect::SaveStatistics(vec!["strikes".into()]);
    assert!(script.effects.contains(&kept), "{:?}", script.effects);
    assert!(!script.state.runs(Slot::Analyze));
}

#[test]
fn what_a_request_read_is_learned_and_kept() {
    let mut script = Script::described();
    script.keys("enter");
    let table = TableName::from("strikes_by_month");
    let observed = Observation {
        path: PathName {
            table: table.clone(),
            index: None,
        },
        seen: Seen::All {
            items: 3,
            bytes: Range::new(100, 200),
        },
    };
    let mut done = answer(3);
    done.observed = vec![observed];
    script.run(RunEvent::Done(done));
    assert!(
        script
            .state
            .catalog
            .statistics
            .table(table.as_str())
            .is_some()
    );
    assert!(
        script
            .effects
            .contains(&Effect::SaveStatistics(vec![table]))
    );
}
