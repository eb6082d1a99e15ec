//! Statistics behind the screen: looked for when tables are described, sampled, kept.

use super::{Runner, finish, forward};
use crate::app::{Analysis, Event, Initiative, State, StatisticsEvent, Subject, Ticket};
use crate::domain::names::{Rcu, TableName};
use crate::domain::schema::Table;
use crate::engine::analyze::{AnalyzeOptions, PER_TABLE, analyze};
use crate::engine::statistics::Archive;
use crate::store::budget::Limits;
use tokio::sync::mpsc::{self, Sender};

/// Units a second that a sample takes unasked.
const QUIETLY: Rcu = Rcu(10.0);

/// Where statistics of tables described are looked for.
#[derive(Debug, Clone)]
pub(super) enum Kept {
    /// Nowhere: the tables still grow.
    NotYet,
    /// Here, if anywhere.
    In(Option<Archive>),
}

impl Kept {
    /// Tells what is kept of a table.
    pub(super) async fn tell(&self, table: Table, events: &Sender<Event>) {
        let archive = match self {
            Self::NotYet => return,
            Self::In(archive) => archive.clone(),
        };
        let name = table.name.clone();
        // A job that panicked found nothing.
        let found = tokio::task::spawn_blocking(move || archive.map(|a| a.load(&table)));
        let (found, note) = match found.await.ok().flatten() {
            Some(Ok(found)) => (found, None),
            Some(Err(note)) => (None, Some(note)),
            None => (None, None),
        };
        if let Some(note) = note {
            tell(events, StatisticsEvent::Note(note)).await;
        }
        tell(events, StatisticsEvent::Loaded(name, found.map(Box::new))).await;
    }
}

/// Whether anybody still listens does not matter: then the program ends.
async fn tell(events: &Sender<Event>, event: StatisticsEvent) {
    let _ = events.send(Event::Statistics(event)).await;
}

impl Runner {
    /// Samples in the background; unasked only slowly, and nothing from a budget of the user's.
    pub(super) fn analyze(
        &mut self,
        ticket: Ticket,
        subject: Subject,
        initiative: Initiative,
        state: &State,
    ) {
        let catalog = state.catalog.clone();
        let now = state.now / 1000;
        let limits = match (initiative, self.line.limits.max_rcu) {
            (Initiative::User, max_rcu) => Limits {
                max_rcu,
                rcu_per_second: None,
            },
            (Initiative::Program, None) => Limits {
                max_rcu: Some(PER_TABLE),
                rcu_per_second: Some(QUIETLY),
            },
            (Initiative::Program, Some(_)) => {
                let nothing = Box::new(Analysis::default());
                let events = self.events.clone();
                let done = StatisticsEvent::Done(ticket, nothing);
                tokio::spawn(async move { tell(&events, done).await });
                return;
            }
        };
        let options = AnalyzeOptions { limits, now };
        self.begin(ticket, move |store, cancel, gate, events| async move {
            let (sender, inbox) = mpsc::channel(8);
            let job = tokio::spawn(async move {
                analyze(store, &catalog, &[subject], options, sender, cancel).await
            });
            forward(inbox, gate, &events, |progress| {
                Event::Statistics(StatisticsEvent::Progress(ticket, progress))
            })
            .await;
            finish(job, &events, ticket, |analysis| {
                Event::Statistics(StatisticsEvent::Done(ticket, Box::new(analysis)))
            })
            .await;
        });
    }

    /// Keeps what the catalog knows of `tables`.
    pub(super) fn save_statistics(&self, tables: &[TableName], state: &State) {
        let archive = self.line.link.get().and_then(|link| link.archive.clone());
        let Some(archive) = archive else { return };
        let kept = archive.prepare(&state.catalog, tables);
        let events = self.events.clone();
        tokio::spawn(async move {
            let saved = tokio::task::spawn_blocking(move || kept.save()).await;
            if let Ok(Err(note)) = saved {
                tell(&events, StatisticsEvent::Note(note)).await;
            }
        });
    }
}
