//! Jobs: what runs outside the state machine, and which of its events still count.
//!
//! Every job has a slot (its purpose) and a ticket (slot, generation). Starting a job in a slot
//! cancels the slot's former one, which saves capacity; an event with an old ticket is dropped,
//! which keeps the screen right.

/// The purpose of a job: one job at most runs for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// Running a request.
    Run,
    /// A drift check.
    Check,
    /// Sampling tables.
    Analyze,
    /// Looking at one item in every copy.
    Beside,
    /// Following a pipeline.
    Lag,
}

impl Slot {
    /// Every slot.
    pub const ALL: [Self; 5] = [
        Self::Run,
        Self::Check,
        Self::Analyze,
        Self::Beside,
        Self::Lag,
    ];

    /// What runs in it, as a noun for sentences.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Run => "request",
            Self::Check => "drift check",
            Self::Analyze => "analysis",
            Self::Beside => "look at the copies",
            Self::Lag => "measuring of lag",
        }
    }
}

/// One start of a job in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The slot.
    pub slot: Slot,
    /// The how-manieth job of that slot this is.
    pub generation: u64,
}

/// Which jobs run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slots {
    started: u64,
    running: [Option<Ticket>; Slot::ALL.len()],
}

impl Slots {
    /// Takes the slot for a new job; events of its former job no longer count.
    pub fn start(&mut self, slot: Slot) -> Ticket {
        self.started += 1;
        let ticket = Ticket {
            slot,
            generation: self.started,
        };
        self.running[slot as usize] = Some(ticket);
        ticket
    }

    /// Whether an event with this ticket still counts.
    #[must_use]
    pub fn is_current(&self, ticket: Ticket) -> bool {
        self.running[ticket.slot as usize] == Some(ticket)
    }

    /// The job of this slot ended.
    pub fn finish(&mut self, slot: Slot) {
        self.running[slot as usize] = None;
    }

    /// Whether a job runs in this slot.
    #[must_use]
    pub fn is_running(&self, slot: Slot) -> bool {
        self.running[slot as usize].is_some()
    }

    /// The slots in which a job runs.
    pub fn running(&self) -> impl Iterator<Item = Slot> + '_ {
        Slot::ALL.into_iter().filter(|s| self.is_running(*s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_job_makes_the_tickets_of_its_slot_stale_and_no_others() {
        let mut slots = Slots::default();
        let first = slots.start(Slot::Run);
        let check = slots.start(Slot::Check);
        let second = slots.start(Slot::Run);
        assert!(!slots.is_current(first));
        assert!(slots.is_current(second));
        assert!(slots.is_current(check));
        slots.finish(Slot::Run);
        assert!(!slots.is_current(second));
    }
}
