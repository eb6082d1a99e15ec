//! Scripts of events: what happens goes in, state and effects come out.

mod analyze;
mod beside;
mod drift;
mod explore;
mod history;
mod keys;
mod ledger;
mod pipeline;
mod run;

use super::fixture::Script;
use super::*;
use crate::domain::drift::Beside;
use crate::domain::plan::Plan;
use crate::domain::query::Request;
use crate::domain::read::ReadError;

impl Script {
    /// The effects since the last look.
    fn taken(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The last request that was run.
    fn last_run(&self) -> Option<(&Request, &Plan)> {
        self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Run { request, plan, .. } => Some((&**request, &**plan)),
            _ => None,
        })
    }

    /// The look at an item in every copy ends.
    fn beside(&mut self, looked: Result<Beside, ReadError>) {
        let ticket = self.ticket(Slot::Beside);
        self.event(Event::Beside(ticket, Box::new(looked)));
    }

    fn notice(&self) -> &str {
        self.state.notice.as_ref().map_or("", |n| n.text.as_str())
    }

    fn selected(&self) -> &str {
        self.state.tree.selected().map_or("", |node| node.label())
    }
}
