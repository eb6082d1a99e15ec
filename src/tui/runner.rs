//! Jobs behind the screen: connecting, loading the catalog, requests, checks.
//!
//! One job a slot: starting one cancels the slot's former one, which saves capacity. A panic in a
//! job arrives as an event, never as a broken screen.

mod dataset;
mod statistics;
mod write;

use super::{Connect, Connected};
use crate::app::ledger::Snapshot;
use crate::app::{Effect, Event, RunEvent, Session, Slot, State, Ticket};
use crate::domain::mapping::DatasetFile;
use crate::domain::names::{DatasetName, TableName};
use crate::domain::plan::Plan;
use crate::domain::problem::Problem;
use crate::domain::query::Request;
use crate::domain::schema::TableState;
use crate::engine::catalog::{self, CatalogEvent};
use crate::engine::execute::{Bounds, execute};
use crate::engine::statistics::Archive;
use crate::store::budget::{Budget, Limits, Pace};
use crate::store::ledger::Ledger;
use crate::store::{Store, Streams};
use dataset::Shared;
use statistics::Kept;
use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, Weak};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

/// What runs, and where its events go.
pub(super) struct Runner {
    events: Sender<Event>,
    line: Arc<Line>,
    running: BTreeMap<Slot, Running>,
    /// Who follows the stream of a dataset: one for all who want to know, for it has few reader slots.
    following: BTreeMap<DatasetName, Weak<Shared>>,
    told: (Session, Pace),
}

/// The way to the store, and the store once it was reached.
struct Line {
    connect: Connect,
    limits: Limits,
    events: Sender<Event>,
    statistics: Option<PathBuf>,
    link: OnceLock<Link>,
    busy: Mutex<()>,
}

/// The store that was reached.
struct Link {
    ledger: Arc<Ledger>,
    store: Arc<Budget>,
    streams: Arc<dyn Streams>,
    lose_change: Option<Box<dyn Fn() + Send + Sync>>,
    archive: Option<Archive>,
    _keep: Box<dyn Any + Send + Sync>,
}

/// A job that was started and how to hold or stop it.
struct Running {
    cancel: CancellationToken,
    open: watch::Sender<Gate>,
}

/// Whether a job's events are handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Open,
    Held,
}

impl Runner {
    /// Connects behind the screen, then loads the catalog.
    pub(super) fn start(
        connect: Connect,
        files: Vec<DatasetFile>,
        limits: Limits,
        statistics: Option<PathBuf>,
        events: Sender<Event>,
    ) -> Self {
        let line = Arc::new(Line {
            connect,
            limits,
            events: events.clone(),
            statistics,
            link: OnceLock::new(),
            busy: Mutex::new(()),
        });
        tokio::spawn(Arc::clone(&line).bring_up(files));
        Self {
            events,
            line,
            running: BTreeMap::new(),
            following: BTreeMap::new(),
            told: <(Session, Pace)>::default(),
        }
    }

    /// Does what the application asks for.
    pub(super) fn run(&mut self, effect: Effect, state: &State) {
        match effect {
            Effect::Run {
                ticket,
                request,
                plan,
            } => self.request(ticket, request, plan, state),
            Effect::Check { .. }
            | Effect::Watch { .. }
            | Effect::Recheck { .. }
            | Effect::Follow { .. }
            | Effect::Beside { .. } => self.about_dataset(effect, state),
            Effect::Analyze {
                ticket,
                subject,
                initiative,
            } => self.analyze(ticket, subject, initiative, state),
            Effect::SaveStatistics(tables) => self.save_statistics(&tables, state),
            Effect::Reload => self.reload(state.catalog.files.clone()),
            Effect::Describe(tables) => self.describe(tables),
            Effect::Cancel(slot) => {
                if let Some(job) = self.running.get(&slot) {
                    job.cancel.cancel();
                    job.open.send_replace(Gate::Open);
                }
            }
            Effect::Pause(slot) => self.hold(slot, Gate::Held),
            Effect::Resume(slot) => self.hold(slot, Gate::Open),
            Effect::Write {
                path,
                lines,
                existing,
            } => self.write(path, lines, existing),
            Effect::LoseChange => self.lose_change(),
            Effect::Ledger => self.look_into_ledger(),
            Effect::Copy(_) | Effect::SetTheme(_) | Effect::Suspend | Effect::Quit => {}
        }
    }

    /// What the session consumed and how fast it reads, as far as that changed since last asked.
    pub(super) fn news(&mut self) -> Vec<Event> {
        let Some(Link { ledger, store, .. }) = self.line.link.get() else {
            return Vec::new();
        };
        let session = Session {
            rcu: ledger.total(),
            requests: ledger.by().iter().map(|share| share.requests).sum(),
        };
        let now = (session, store.pace());
        let mut news = Vec::new();
        if now.0 != self.told.0 {
            news.push(Event::Session(session));
        }
        if now.1 != self.told.1 {
            news.push(Event::Pace(now.1.clone()));
        }
        self.told = now;
        news
    }

    fn lose_change(&self) {
        let link = self.line.link.get();
        if let Some(lose) = link.and_then(|link| link.lose_change.as_ref()) {
            lose();
        }
    }

    fn look_into_ledger(&self) {
        let Some(link) = self.line.link.get() else {
            return;
        };
        let book = Snapshot {
            entries: link.ledger.entries(),
            shares: link.ledger.by(),
        };
        let events = self.events.clone();
        tokio::spawn(async move { events.send(Event::Ledger(book)).await });
    }

    fn hold(&self, slot: Slot, gate: Gate) {
        if let Some(job) = self.running.get(&slot) {
            job.open.send_replace(gate);
        }
    }

    fn store(&self) -> Option<Arc<dyn Store>> {
        self.line.link.get().map(Link::port)
    }

    fn request(&mut self, ticket: Ticket, request: Box<Request>, plan: Box<Plan>, state: &State) {
        let bounds = Bounds::default().sized_for(&plan, &state.catalog);
        self.begin(ticket, move |store, cancel, gate, events| async move {
            let (sender, inbox) = mpsc::channel(8);
            let job = tokio::spawn(async move {
                execute(store, &request, &plan, bounds, sender, cancel).await
            });
            forward(inbox, gate, &events, |e| {
                Event::Run(ticket, RunEvent::Read(e))
            })
            .await;
            finish(job, &events, ticket, |answer| {
                Event::Run(ticket, RunEvent::Done(answer))
            })
            .await;
        });
    }

    fn begin<F>(
        &mut self,
        ticket: Ticket,
        job: impl FnOnce(Arc<dyn Store>, CancellationToken, watch::Receiver<Gate>, Sender<Event>) -> F,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let Some(store) = self.store() else {
            self.fail(
                ticket,
                Problem::new("not connected yet").hint("a moment's patience, or `?` for help"),
            );
            return;
        };
        let cancel = CancellationToken::new();
        let (open, gate) = watch::channel(Gate::Open);
        tokio::spawn(job(store, cancel.clone(), gate, self.events.clone()));
        if let Some(former) = self.running.insert(ticket.slot, Running { cancel, open }) {
            former.cancel.cancel();
            former.open.send_replace(Gate::Open);
        }
    }

    fn reload(&self, files: Vec<DatasetFile>) {
        match self.line.link.get() {
            Some(link) => {
                let archive = Kept::In(link.archive.clone());
                tokio::spawn(load(link.port(), files, archive, self.events.clone()))
            }
            None => tokio::spawn(Arc::clone(&self.line).bring_up(files)),
        };
    }

    fn describe(&self, tables: Vec<TableName>) {
        let Some(link) = self.line.link.get() else {
            return;
        };
        let (store, archive) = (link.port(), Kept::In(link.archive.clone()));
        let (sender, inbox) = mpsc::channel(64);
        tokio::spawn(async move {
            catalog::describe(store, tables, sender, CancellationToken::new()).await;
        });
        tokio::spawn(forward_catalog(inbox, archive, self.events.clone()));
    }

    fn fail(&self, ticket: Ticket, problem: Problem) {
        let events = self.events.clone();
        tokio::spawn(async move { events.send(Event::Failed(ticket, problem)).await });
    }
}

impl Link {
    fn port(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store) as Arc<dyn Store>
    }
}

impl Line {
    /// Connects, tells who and where, and loads the catalog; once more when growing tables are
    /// complete. Does nothing while it is at it already.
    async fn bring_up(self: Arc<Self>, files: Vec<DatasetFile>) {
        let Ok(_busy) = self.busy.try_lock() else {
            return;
        };
        let Connected {
            store: ledger,
            streams,
            lose_change,
            throttles,
            identity,
            settled,
            keep,
        } = match (self.connect)(self.events.clone()).await {
            Ok(connected) => connected,
            Err(problem) => {
                let _ = self.events.send(Event::Problem(problem)).await;
                return;
            }
        };
        let root = self.statistics.clone();
        let archive = root.map(|root| Archive::new(root, identity.clone()));
        let _ = self.events.send(Event::Identity(identity)).await;
        let streams = ledger.of_streams(streams);
        let counted = Arc::clone(&ledger) as Arc<dyn Store>;
        let store = Arc::new(Budget::of_session(counted, self.limits, &throttles));
        let port = Arc::clone(&store) as Arc<dyn Store>;
        let _ = self.link.set(Link {
            ledger,
            store,
            streams,
            lose_change,
            archive: archive.clone(),
            _keep: keep,
        });
        let kept = Kept::In(archive);
        if let Some(settled) = settled {
            // Of tables that are still growing nothing is known that lasts.
            load(
                Arc::clone(&port),
                files.clone(),
                Kept::NotYet,
                self.events.clone(),
            )
            .await;
            settled.await;
        }
        load(port, files, kept, self.events.clone()).await;
    }
}

async fn load(store: Arc<dyn Store>, files: Vec<DatasetFile>, kept: Kept, events: Sender<Event>) {
    let (sender, inbox) = mpsc::channel(64);
    tokio::join!(
        catalog::load(store, files, sender, CancellationToken::new()),
        forward_catalog(inbox, kept, events)
    );
}

/// Hands on what is described, each table followed by what is kept of it.
async fn forward_catalog(mut inbox: Receiver<CatalogEvent>, kept: Kept, events: Sender<Event>) {
    while let Some(event) = inbox.recv().await {
        let described = match &event {
            CatalogEvent::Table(_, state) => match &**state {
                TableState::Ready(table) => Some(table.clone()),
                TableState::Listed | TableState::Failed(_) => None,
            },
            _ => None,
        };
        if events.send(Event::Catalog(event)).await.is_err() {
            return;
        }
        if let Some(table) = described {
            kept.tell(table, &events).await;
        }
    }
}

/// Hands events on while the gate is open. The channel being bounded, a held job stops reading.
async fn forward<E>(
    mut inbox: Receiver<E>,
    mut gate: watch::Receiver<Gate>,
    events: &Sender<Event>,
    wrap: impl Fn(E) -> Event,
) {
    while let Some(event) = inbox.recv().await {
        if gate.wait_for(|g| *g == Gate::Open).await.is_err()
            || events.send(wrap(event)).await.is_err()
        {
            return;
        }
    }
}

/// Tells how a job ended; a panic becomes a problem.
async fn finish<T>(
    job: tokio::task::JoinHandle<T>,
    events: &Sender<Event>,
    ticket: Ticket,
    wrap: impl FnOnce(T) -> Event,
) {
    let event = match job.await {
        Ok(value) => wrap(value),
        Err(error) => Event::Failed(
            ticket,
            Problem::new(format!("the {} stopped unexpectedly", ticket.slot.noun()))
                .because(error.to_string())
                .hint("run it again; with `-v` the log file tells more"),
        ),
    };
    let _ = events.send(event).await;
}
