//! Budget and pace: a decorator of any store that lets reads go out only when they can be paid.
//!
//! The worst case of a read is reserved before it is sent and settled by what it consumed, so that
//! however many read at once, the overspend is a page at most. The pace is a debt in units a
//! second. Retries are not its business; it hears of throttles and slows down.
//!
//! Composed as layers: one over the ledger for the command or session, another over that for a run
//! with limits of its own.

mod lane;
mod meter;
mod page;
mod places;

use super::throttle::{Reach, Throttle, Throttles};
use super::{Identity, Names, Store};
use crate::domain::cost::unit_factor;
use crate::domain::mapping::{BoundDataset, CheckOptions};
use crate::domain::names::{Rcu, TableName};
use crate::domain::read::{ReadError, ReadPage, ReadRequest};
use crate::domain::schema::Table;
use async_trait::async_trait;
use lane::Lane;
use places::{Place, PlaceName, Places};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The share of provisioned units that reads take unless told otherwise: the rest is for those the
/// tables are there for.
const SHARE: f64 = 0.2;

/// Units a second that a check reads unless told otherwise: moderate beside what any table is good for.
const CHECK: Rcu = Rcu(500.0);

/// The share of what a table is warm for that a check takes unless told otherwise.
const WARM_SHARE: f64 = 0.1;

/// How much, and how fast.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// Hard stop after this many units.
    pub max_rcu: Option<Rcu>,
    /// At most this many units a second.
    pub rcu_per_second: Option<Rcu>,
}

impl Limits {
    /// These, and where they say nothing the others.
    #[must_use]
    pub fn or(self, others: Self) -> Self {
        Self {
            max_rcu: self.max_rcu.or(others.max_rcu),
            rcu_per_second: self.rcu_per_second.or(others.rcu_per_second),
        }
    }

    /// What a check adds to the limits of its session: those of its dataset file, where the session has
    /// none, and 500 RCU a second where neither has a pace.
    #[must_use]
    pub fn of_check(self, check: &CheckOptions) -> Self {
        let pace = check.rcu_per_second.map_or(CHECK, Rcu);
        Self {
            max_rcu: check.max_rcu.map(Rcu).filter(|_| self.max_rcu.is_none()),
            rcu_per_second: Some(pace).filter(|_| self.rcu_per_second.is_none()),
        }
    }
}

/// How fast is read right now.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pace {
    /// Units a second, when anything limits them.
    pub rate: Option<Rcu>,
    /// Which share that is of the provisioned units of what was read last, when it has any.
    pub share: Option<f64>,
    /// The throttle that made it slow, until it has recovered.
    pub throttle: Option<Throttle>,
}

/// A throttle and the pace that followed from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Throttled {
    /// What was throttled.
    pub throttle: Throttle,
    /// Units a second from then on.
    pub rate: Rcu,
}

impl fmt::Display for Throttled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "throttled: {}; reading at {:.1} RCU/s",
            self.throttle, self.rate.0
        )
    }
}

/// A store with limits.
#[derive(Debug)]
pub struct Budget {
    inner: Arc<dyn Store>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// The line of all reads.
    all: Arc<Lane>,
    places: Mutex<Places>,
    last: Mutex<Option<PlaceName>>,
    /// The share of provisioned units to read at.
    share: Option<f64>,
    throttled: watch::Sender<Option<Throttled>>,
}

impl Budget {
    /// Limits reads of `inner`.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, limits: Limits) -> Self {
        Self::sharing(inner, limits, None)
    }

    /// Limits all reads of a command or session: without a pace, provisioned tables and indexes are
    /// read at a fifth of their units; throttles make it slower.
    #[must_use]
    pub fn of_session(inner: Arc<dyn Store>, limits: Limits, throttles: &Throttles) -> Self {
        let share = limits.rcu_per_second.is_none().then_some(SHARE);
        let budget = Self::sharing(inner, limits, share);
        let shared = Arc::downgrade(&budget.shared);
        throttles.listen(move |throttle| {
            if let Some(shared) = shared.upgrade() {
                shared.slow_down(throttle);
            }
        });
        budget
    }

    /// Limits the reads of a check within those of its `session`. Without a pace from anybody a table is read
    /// at a tenth of what it is warm for (developer guide, warm throughput: what it takes at once).
    #[must_use]
    pub fn of_check(inner: Arc<dyn Store>, session: Limits, dataset: &BoundDataset) -> Self {
        let check = &dataset.dataset.check;
        let budget = Self::new(inner, session.of_check(check));
        let usual = session.rcu_per_second.is_none() && check.rcu_per_second.is_none();
        let copies = dataset.copies.iter().map(|copy| &copy.table);
        let mut places = budget.shared.places();
        for table in copies.chain([&dataset.base]) {
            places.describe(table, None);
            if usual {
                places.warm(table, WARM_SHARE);
            }
        }
        drop(places);
        budget
    }

    fn sharing(inner: Arc<dyn Store>, limits: Limits, share: Option<f64>) -> Self {
        let all = Lane::with(limits.max_rcu, limits.rcu_per_second);
        let shared = Arc::new(Shared {
            all: Arc::new(all),
            places: Mutex::default(),
            last: Mutex::default(),
            share,
            throttled: watch::Sender::default(),
        });
        Self { inner, shared }
    }

    /// How fast is read right now, as far as what was read last goes.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.shared.pace()
    }

    /// Tells of each throttle that made reads slower.
    #[must_use]
    pub fn throttled(&self) -> watch::Receiver<Option<Throttled>> {
        self.shared.throttled.subscribe()
    }
}

impl Shared {
    fn places(&self) -> MutexGuard<'_, Places> {
        // Nothing that holds the lock can panic half-way.
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> MutexGuard<'_, Option<PlaceName>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pace(&self) -> Pace {
        let last = self.last().clone();
        let place = last.and_then(|last| self.places().get(&last).cloned());
        let place = place.as_ref();
        let own = place.map(|place| &place.lane);
        let rates = [Some(&self.all), own].into_iter().flatten();
        let rate = rates.filter_map(|lane| lane.rate()).reduce(f64::min);
        let provisioned = place.and_then(|place| place.provisioned);
        let slowed = self.all.is_slowed() || own.is_some_and(|lane| lane.is_slowed());
        let throttled = self.throttled.borrow();
        let throttle = throttled.as_ref().filter(|_| slowed);
        Pace {
            rate: rate.map(Rcu),
            share: rate.zip(provisioned).map(|(rate, units)| rate / units),
            throttle: throttle.map(|throttled| throttled.throttle.clone()),
        }
    }

    fn slow_down(&self, throttle: &Throttle) {
        let lane = match throttle.reason.reach() {
            Reach::All => Arc::clone(&self.all),
            Reach::Place => {
                let name = (throttle.table.clone(), throttle.index.clone());
                Arc::clone(&self.places().at(&name).lane)
            }
        };
        if lane.halve() {
            self.throttled.send_replace(Some(Throttled {
                throttle: throttle.clone(),
                rate: Rcu(lane.rate().unwrap_or_default()),
            }));
        }
    }
}

#[async_trait]
impl Store for Budget {
    async fn read(&self, mut request: ReadRequest) -> Result<ReadPage, ReadError> {
        let shared = &self.shared;
        let name = (request.table().clone(), request.index().cloned());
        let Place { lane, .. } = shared.places().at(&name).clone();
        let each = shared.places().at(&name).each();
        shared.last().replace(name.clone());
        let own = lane.admit(&mut request, each).await?;
        let all = shared.all.admit(&mut request, each).await?;
        let factor = unit_factor(request.consistency());
        let page = self.inner.read(request).await?;
        own.settle(page.consumed.total);
        all.settle(page.consumed.total);
        shared.places().at(&name).learn(&page, factor);
        Ok(page)
    }

    async fn list_tables(&self, start: Option<TableName>) -> Result<Names, ReadError> {
        self.inner.list_tables(start).await
    }

    async fn describe_table(&self, table: &TableName) -> Result<Table, ReadError> {
        let table = self.inner.describe_table(table).await?;
        self.shared.places().describe(&table, self.shared.share);
        Ok(table)
    }

    async fn time_to_live(&self, table: &TableName) -> Result<Option<String>, ReadError> {
        self.inner.time_to_live(table).await
    }

    fn identity(&self) -> Identity {
        self.inner.identity()
    }
}

#[cfg(test)]
mod tests;
