//! A pace in units a second: what was consumed is a debt, paid before the next read goes out.
//!
//! Owns the arithmetic of time only: the limiter, halving when throttled, recovering, and the rate
//! measured where no pace was set. Starts without credit, so what was paid never exceeds pace × time.

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::time::Instant;

/// How far back the rate is measured.
const WINDOW: Duration = Duration::from_secs(10);
/// How often a slowed pace grows, and to how much of what it was.
const STEP: Duration = Duration::from_secs(10);
const GROWTH: f64 = 1.1;
/// Throttles within this time of a halving are echoes of the same rush: reads under way, retries.
const ECHO: Duration = Duration::from_secs(1);
/// The slowest pace that throttling leads to.
const LEAST: f64 = 1.0;
/// `DynamoDB` charges in steps of half a unit.
const CELLS: f64 = 2.0;
/// The fastest pace worth limiting: more than any table's quota.
const FASTEST: f64 = 1_000_000.0;

/// The pace of reads, if there is one.
#[derive(Debug, Default)]
pub(super) struct Meter {
    set: Option<f64>,
    slowed: Option<Slowed>,
    flow: Option<Flow>,
    recent: VecDeque<(Instant, f64)>,
}

/// Throttled: halved then, growing since.
#[derive(Debug, Clone, Copy)]
struct Slowed {
    from: f64,
    to: f64,
    since: Instant,
}

impl Meter {
    /// Reads at most `rate` units a second from now on.
    pub(super) fn set(&mut self, rate: Option<f64>) {
        self.set = rate.map(|rate| rate.min(FASTEST));
        self.adjust(Instant::now());
    }

    /// The pace right now.
    pub(super) fn rate(&mut self) -> Option<f64> {
        self.adjust(Instant::now());
        self.flow.as_ref().map(|flow| flow.rate)
    }

    /// Whether throttling made it slower than it should be.
    pub(super) const fn is_slowed(&self) -> bool {
        self.slowed.is_some()
    }

    /// Pays what is owed as far as time allows: how long until the next part can be paid.
    pub(super) fn pay(&mut self) -> Option<Duration> {
        self.adjust(Instant::now());
        self.flow.as_mut()?.pay()
    }

    /// So much was consumed.
    pub(super) fn charge(&mut self, units: f64) {
        let now = Instant::now();
        self.forget(now);
        self.recent.push_back((now, units));
        if let Some(flow) = &mut self.flow {
            flow.owed += cells(units);
        }
    }

    /// An attempt was throttled: halves the pace, or the rate measured when there is none. Whether it did.
    pub(super) fn halve(&mut self) -> bool {
        let now = Instant::now();
        if self.slowed.is_some_and(|slowed| now < slowed.since + ECHO) {
            return false;
        }
        let rate = self.rate().unwrap_or_else(|| self.measured(now));
        self.slowed = Some(Slowed {
            from: self.slowed.map_or(rate, |slowed| slowed.from),
            to: (rate / 2.0).max(LEAST.min(rate)),
            since: now,
        });
        self.adjust(now);
        true
    }

    /// What was consumed a second lately; at least [`LEAST`].
    fn measured(&mut self, now: Instant) -> f64 {
        self.forget(now);
        let units: f64 = self.recent.iter().map(|(_, units)| units).sum();
        let first = self.recent.front().map_or(now, |(first, _)| *first);
        let seconds = now.duration_since(first).max(Duration::from_secs(1));
        (units / seconds.as_secs_f64()).max(LEAST)
    }

    fn forget(&mut self, now: Instant) {
        let is_old = |(then, _): &(Instant, f64)| now.duration_since(*then) > WINDOW;
        while self.recent.front().is_some_and(is_old) {
            self.recent.pop_front();
        }
    }

    /// Lets a slowed pace grow by what time went by, and the limiter follow the pace.
    fn adjust(&mut self, now: Instant) {
        if let Some(slowed) = self.slowed
            && slowed.pace(now) >= slowed.from
        {
            self.slowed = None;
        }
        let slowed = self.slowed.map(|slowed| slowed.pace(now));
        let wanted = slowed.into_iter().chain(self.set).reduce(f64::min);
        let present = self.flow.as_ref().map(|flow| flow.rate);
        if wanted != present {
            let owed = self.flow.take().map_or(0, |flow| flow.owed);
            self.flow = wanted.map(|rate| Flow::new(rate, owed));
        }
    }
}

impl Slowed {
    fn pace(&self, now: Instant) -> f64 {
        let steps = now.duration_since(self.since).as_secs() / STEP.as_secs();
        let steps = i32::try_from(steps).unwrap_or(i32::MAX);
        self.to * GROWTH.powi(steps)
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Moment>>;

/// A limiter and what is owed to it.
#[derive(Debug)]
struct Flow {
    rate: f64,
    burst: NonZeroU32,
    owed: u64,
    limiter: Limiter,
}

impl Flow {
    fn new(rate: f64, owed: u64) -> Self {
        let a_second = u32::try_from(cells(rate)).unwrap_or(u32::MAX);
        let burst = NonZeroU32::new(a_second).unwrap_or(NonZeroU32::MIN);
        let period = Duration::from_secs_f64(1.0 / (rate * CELLS));
        let quota = Quota::with_period(period).unwrap_or(Quota::per_second(burst));
        let limiter = Limiter::direct_with_clock(quota.allow_burst(burst), TokioClock);
        // A limiter begins with a second's credit, a pace without.
        let _spent = limiter.check_n(burst);
        Self {
            rate,
            burst,
            owed,
            limiter,
        }
    }

    fn pay(&mut self) -> Option<Duration> {
        loop {
            let owed = u32::try_from(self.owed).unwrap_or(u32::MAX);
            let part = NonZeroU32::new(owed)?.min(self.burst);
            match self.limiter.check_n(part) {
                Ok(Ok(())) => self.owed -= u64::from(part.get()),
                Ok(Err(early)) => return Some(early.wait_time_from(TokioClock.now())),
                // A part is never larger than the burst.
                Err(_) => return Some(STEP),
            }
        }
    }
}

/// Units as half units, rounded up.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a positive figure, and the cast saturates"
)]
fn cells(units: f64) -> u64 {
    (units * CELLS).ceil() as u64
}

/// Tokio's clock, which tests can pause.
#[derive(Debug, Clone, Copy)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = Moment;
    fn now(&self) -> Moment {
        Moment(Instant::now())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(Instant);

impl std::ops::Add<Nanos> for Moment {
    type Output = Self;
    fn add(self, time: Nanos) -> Self {
        Self(self.0 + Duration::from(time))
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_duration_since(earlier.0).into()
    }
    fn saturating_sub(&self, time: Nanos) -> Self {
        let before = self.0.checked_sub(time.into());
        before.map_or(*self, Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    fn at(rate: f64) -> Meter {
        let mut meter = Meter::default();
        meter.set(Some(rate));
        meter
    }

    /// Rates to a thousandth.
    fn rate(meter: &mut Meter) -> Option<f64> {
        meter.rate().map(|rate| (rate * 1_000.0).round() / 1_000.0)
    }

    #[tokio::test(start_paused = true)]
    async fn a_debt_is_paid_at_the_pace() {
        let mut meter = at(10.0);
        assert_eq!(meter.pay(), None, "nothing is owed yet");
        meter.charge(25.0);
        let start = Instant::now();
        while let Some(wait) = meter.pay() {
            advance(wait).await;
        }
        let took = start.elapsed().as_secs_f64();
        assert!((2.4..2.6).contains(&took), "{took} s for 25 units");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_of_less_than_a_cell_a_second_is_kept_too() {
        let mut meter = at(0.1);
        meter.charge(0.5);
        let wait = meter.pay().unwrap();
        assert!((4.9..5.1).contains(&wait.as_secs_f64()), "{wait:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_is_halved_at_once_and_grows_back_by_a_tenth_every_ten_seconds() {
        let mut meter = at(100.0);
        assert!(meter.halve());
        assert_eq!(rate(&mut meter), Some(50.0));
        advance(STEP).await;
        assert_eq!(rate(&mut meter), Some(55.0));
        advance(STEP).await;
        assert_eq!(rate(&mut meter), Some(60.5));
        assert!(meter.is_slowed());
        advance(STEP * 6).await;
        assert_eq!(rate(&mut meter), Some(100.0));
        assert!(!meter.is_slowed());
    }

    #[tokio::test(start_paused = true)]
    async fn throttles_of_one_rush_halve_once_and_a_later_one_again() {
        let mut meter = at(100.0);
        assert!(meter.halve());
        assert!(!meter.halve());
        assert_eq!(rate(&mut meter), Some(50.0));
        advance(ECHO).await;
        assert!(meter.halve());
        assert_eq!(rate(&mut meter), Some(25.0));
        advance(STEP * 15).await;
        assert_eq!(rate(&mut meter), Some(100.0), "the pace that was set");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_pace_the_measured_rate_is_halved_and_lifted_when_it_is_reached_again() {
        let mut meter = Meter::default();
        for _ in 0..4 {
            advance(Duration::from_secs(1)).await;
            meter.charge(40.0);
        }
        advance(Duration::from_secs(1)).await;
        assert_eq!(rate(&mut meter), None);
        assert!(meter.halve());
        assert_eq!(rate(&mut meter), Some(20.0));
        advance(STEP * 8).await;
        assert_eq!(rate(&mut meter), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_pace_still_has_the_old_debt() {
        let mut meter = at(10.0);
        meter.charge(10.0);
        meter.halve();
        let start = Instant::now();
        while let Some(wait) = meter.pay() {
            advance(wait).await;
        }
        let took = start.elapsed().as_secs_f64();
        assert!((1.9..2.1).contains(&took), "{took} s for 10 units at 5");
    }
}
