//! Jobs about a whole dataset: checks, looking again at what they found, one item in every copy.

use super::{Runner, finish, forward};
use crate::app::pipeline::may_follow;
use crate::app::{CheckEvent, Effect, Event, LagEvent, State, Ticket};
use crate::domain::drift::{Noted, Sought};
use crate::domain::mapping::BoundDataset;
use crate::domain::names::{CopyName, DatasetName};
use crate::domain::problem::Problem;
use crate::domain::read::StreamRecord;
use crate::engine::beside;
use crate::engine::drift::{DriftOptions, Feed, Means, check, recheck, watch};
use crate::engine::lag::{FollowOptions, Follower};
use crate::store::budget::Budget;
use std::sync::{Arc, Weak};
use tokio::sync::mpsc::error::SendError;
use tokio::sync::mpsc::{self, Sender};
use tokio_util::sync::{CancellationToken, DropGuard};

/// What a check is about.
enum Checked {
    /// Everything in these copies; in all when empty.
    Copies(Vec<CopyName>),
    /// What changes in these copies; in all when empty.
    Changes(Vec<CopyName>),
    /// Earlier findings.
    Findings(Vec<Noted>),
}

/// Somebody who follows, for as long as anybody holds this.
pub(super) struct Shared {
    follower: Follower,
    _end: DropGuard,
}

impl Runner {
    /// Starts what is wanted of a dataset.
    pub(super) fn about_dataset(&mut self, effect: Effect, state: &State) {
        match effect {
            Effect::Check {
                ticket,
                dataset,
                copies,
            } => self.of(ticket, &dataset, state, |runner, bound| {
                runner.check(ticket, bound, Checked::Copies(copies), state);
            }),
            Effect::Watch {
                ticket,
                dataset,
                copies,
            } => self.of(ticket, &dataset, state, |runner, bound| {
                runner.check(ticket, bound, Checked::Changes(copies), state);
            }),
            Effect::Recheck {
                ticket,
                dataset,
                noted,
            } => self.of(ticket, &dataset, state, |runner, bound| {
                runner.check(ticket, bound, Checked::Findings(noted), state);
            }),
            Effect::Follow { ticket, dataset } => {
                self.of(ticket, &dataset, state, |runner, bound| {
                    runner.follow(ticket, &bound);
                });
            }
            Effect::Beside {
                ticket,
                dataset,
                sought,
            } => self.of(ticket, &dataset, state, |runner, bound| {
                runner.beside(ticket, bound, *sought);
            }),
            _ => {}
        }
    }

    /// Starts a job about a dataset, once its tables are known.
    fn of(
        &mut self,
        ticket: Ticket,
        dataset: &DatasetName,
        state: &State,
        start: impl FnOnce(&mut Self, BoundDataset),
    ) {
        match state.catalog.dataset(dataset.as_str()) {
            Some(bound) => start(self, bound.clone()),
            None => self.fail(
                ticket,
                Problem::new(format!(
                    "the dataset `{dataset}` is not bound to its tables yet"
                )),
            ),
        }
    }

    /// Checks, or looks again at findings.
    fn check(&mut self, ticket: Ticket, dataset: BoundDataset, checked: Checked, state: &State) {
        let agreed = may_follow(state, &dataset.dataset.name);
        let (to, feed) = Feed::channel(None);
        let shared = match &checked {
            Checked::Changes(_) => self.follow_anew(&dataset, Some(to)),
            _ => agreed.then(|| self.shared(&dataset)).flatten(),
        };
        let session = self.line.limits;
        let all = session.or(session.of_check(&dataset.dataset.check));
        let options = DriftOptions {
            pace: all.rcu_per_second,
            budget: all.max_rcu,
            ..DriftOptions::of(&dataset)
        };
        self.begin(ticket, move |store, cancel, gate, events| async move {
            let store = Arc::new(Budget::of_check(store, session, &dataset));
            // The fewer events wait, the sooner a held check stops reading.
            let (sender, inbox) = mpsc::channel(1);
            let means = Means::new(store, sender, cancel);
            let means = match &shared {
                Some(shared) => means.beside(shared.follower.clone()),
                None => means,
            };
            let job = tokio::spawn(async move {
                match checked {
                    Checked::Copies(copies) => {
                        let options = DriftOptions { copies, ..options };
                        check(means, &dataset, &options).await
                    }
                    Checked::Changes(copies) => {
                        let options = DriftOptions { copies, ..options };
                        watch(means, &dataset, &options, feed).await
                    }
                    Checked::Findings(noted) => recheck(means, &dataset, &options, &noted).await,
                }
            });
            forward(inbox, gate, &events, |e| {
                Event::Check(ticket, CheckEvent::Drift(e))
            })
            .await;
            finish(job, &events, ticket, |outcome| {
                Event::Check(ticket, CheckEvent::Done(Box::new(outcome)))
            })
            .await;
        });
    }

    /// Who follows the stream of a dataset: somebody who does already, unless that broke.
    fn shared(&mut self, dataset: &BoundDataset) -> Option<Arc<Shared>> {
        let known = self
            .following
            .get(&dataset.dataset.name)
            .and_then(Weak::upgrade);
        if let Some(known) = known.filter(|known| known.follower.report.borrow().error.is_none()) {
            return Some(known);
        }
        self.follow_anew(dataset, None)
    }

    /// Somebody who follows from now on, for all who want to know, and hands on every change to whoever wants them.
    fn follow_anew(
        &mut self,
        dataset: &BoundDataset,
        changes: Option<Sender<StreamRecord>>,
    ) -> Option<Arc<Shared>> {
        let link = self.line.link.get()?;
        let cancel = CancellationToken::new();
        let streams = Arc::clone(&link.streams);
        let options = FollowOptions {
            changes,
            ..FollowOptions::of(dataset)
        };
        let shared = Arc::new(Shared {
            follower: Follower::start(
                link.port(),
                streams,
                dataset.clone(),
                options,
                cancel.clone(),
            ),
            _end: cancel.drop_guard(),
        });
        self.following
            .insert(dataset.dataset.name.clone(), Arc::downgrade(&shared));
        Some(shared)
    }

    /// Follows a pipeline until it is cancelled, or cannot be followed any more.
    fn follow(&mut self, ticket: Ticket, dataset: &BoundDataset) {
        let Some(shared) = self.shared(dataset) else {
            return self.fail(
                ticket,
                Problem::new("not connected yet").hint("`r`, in a moment"),
            );
        };
        self.begin(ticket, move |_store, cancel, _gate, events| async move {
            let mut report = shared.follower.report.clone();
            // What somebody else was told already is told here, too.
            if report.borrow().open > 0 {
                report.mark_changed();
            }
            loop {
                let changed = tokio::select! {
                    () = cancel.cancelled() => break,
                    changed = report.changed() => changed,
                };
                if changed.is_err() {
                    break;
                }
                let now = Box::new(report.borrow_and_update().clone());
                if tell(&events, ticket, LagEvent::Report(now)).await.is_err() {
                    return;
                }
            }
            let _ = tell(&events, ticket, LagEvent::Ended).await;
        });
    }

    /// Looks at an item in every copy.
    fn beside(&mut self, ticket: Ticket, dataset: BoundDataset, sought: Sought) {
        self.begin(ticket, move |store, cancel, _gate, events| async move {
            let job = tokio::spawn(async move { beside(store, &dataset, &sought, cancel).await });
            finish(job, &events, ticket, |looked| {
                Event::Beside(ticket, Box::new(looked))
            })
            .await;
        });
    }
}

async fn tell(
    events: &Sender<Event>,
    ticket: Ticket,
    event: LagEvent,
) -> Result<(), SendError<Event>> {
    events.send(Event::Lag(ticket, event)).await
}
