//! The state of a pipeline from what was followed through it.
//!
//! Owns the rules; times are data, in milliseconds since 1970 by the clock of the service. Order holds
//! within a shard only, so each shard has a course of its own: one that is stuck stops its own changes
//! while others flow.

use super::{Flow, TICK};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How many of the last arrivals the lag is taken from.
const RECENT: usize = 16;

/// What is still all right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// A change may take so long.
    pub behind: Duration,
    /// When nothing arrived for so long although something should have, nothing will.
    pub stopped: Duration,
    /// The least time to have watched before a pipeline is called stopped.
    pub watched: Duration,
    /// When nothing changed for so long, nothing does.
    pub idle: Duration,
}

impl Default for Tolerance {
    /// A quarter of an hour, however long changes usually take.
    fn default() -> Self {
        Self {
            behind: Duration::from_mins(15),
            stopped: Duration::from_mins(15),
            watched: Duration::from_secs(3),
            idle: Duration::from_mins(5),
        }
    }
}

impl Tolerance {
    /// Where every change is said to arrive within `grace`: later is behind. Not less than the
    /// coarseness of what is measured.
    #[must_use]
    pub fn of_grace(grace: Duration) -> Self {
        let usual = Self::default();
        Self {
            behind: grace.clamp(Duration::from_secs(4), usual.behind),
            stopped: (grace * 5).clamp(Duration::from_secs(10), usual.stopped),
            ..usual
        }
    }
}

/// What is known of one pipeline: from the stream of the base to one copy.
#[derive(Debug, Clone, Default)]
pub struct Gauge {
    courses: BTreeMap<String, Course>,
    recent: VecDeque<Duration>,
    /// Changes followed.
    pub sampled: u64,
    /// Of these, arrived.
    pub arrived: u64,
}

/// What is known of one shard.
#[derive(Debug, Clone, Default)]
struct Course {
    /// When its newest record was made.
    newest: Option<i64>,
    /// When the newest of the changes that arrived was made, and when an arrival was seen last.
    arrived: Option<(i64, i64)>,
    /// How late that one was at least.
    late: Duration,
    /// Changes looked for and not there yet: when they were made, and when they were first and last missed.
    missed: BTreeMap<i64, (i64, i64)>,
}

impl Gauge {
    /// A shard was read, to a record made then.
    pub fn read(&mut self, shard: &str, newest: Option<i64>) {
        let course = self.courses.entry(shard.to_owned()).or_default();
        course.newest = course.newest.max(newest);
    }

    /// A change made then was looked for, and is not there.
    pub fn missed(&mut self, shard: &str, made: i64, now: i64) {
        let course = self.courses.entry(shard.to_owned()).or_default();
        course.missed.entry(made).or_insert((now, now)).1 = now;
    }

    /// A change made then is there.
    pub fn arrived(&mut self, shard: &str, made: i64, now: i64) {
        self.arrived += 1;
        let course = self.courses.entry(shard.to_owned()).or_default();
        let missed = course.missed.remove(&made);
        // What was there when it was first looked for took no longer, maybe much less: of old ones
        // that tells nothing. The second in which it was made is not counted.
        let at_most = between(made, now);
        if missed.is_some() || at_most <= Tolerance::default().watched {
            self.recent.push_back(at_most.saturating_sub(TICK));
            while self.recent.len() > RECENT {
                self.recent.pop_front();
            }
        }
        if course.arrived.is_none_or(|(newest, _)| made >= newest) {
            course.late = missed.map_or(Duration::ZERO, |(_, last)| at_least(made, last));
        }
        let newest = course.arrived.map_or(made, |(newest, _)| newest.max(made));
        course.arrived = Some((newest, now));
    }

    /// A change made then is not followed any more.
    pub fn gave_up(&mut self, shard: &str, made: i64) {
        if let Some(course) = self.courses.get_mut(shard) {
            course.missed.remove(&made);
        }
    }

    /// Whether a later change of the shard arrived: this one is lost, or copied out of order.
    #[must_use]
    pub fn is_overtaken(&self, shard: &str, made: i64) -> bool {
        self.courses.get(shard).is_some_and(|c| c.overtook(made))
    }

    /// The state: that of the shard it is worst for.
    #[must_use]
    pub fn flow(&self, tolerance: &Tolerance, now: i64) -> Flow {
        if self.courses.values().all(|course| course.newest.is_none()) {
            // Where no record is left, nothing tells whether the last ones arrived.
            return Flow::Unknown;
        }
        let states = self.courses.values();
        let worst = states
            .map(|course| course.flow(tolerance, now))
            .max_by_key(|flow| (rank(*flow), flow.lag()))
            .unwrap_or_default();
        let idle = |course: &Course| {
            let newest = course.newest.map(|newest| between(newest, now));
            newest.is_none_or(|age| age >= tolerance.idle)
        };
        match (worst, self.recent.iter().max()) {
            // Nothing is missing of what was looked for.
            (Flow::Idle, Some(lag)) if !self.courses.values().all(idle) => {
                Flow::Flowing { lag: *lag }
            }
            (Flow::Flowing { lag }, Some(measured)) => Flow::Flowing {
                lag: lag.max(*measured),
            },
            // How long changes take is not known before one has arrived.
            (Flow::Flowing { .. }, None) => Flow::Unknown,
            (worst, _) => worst,
        }
    }
}

impl Course {
    fn overtook(&self, made: i64) -> bool {
        self.arrived.is_some_and(|(newest, _)| made < newest)
    }

    fn flow(&self, tolerance: &Tolerance, now: i64) -> Flow {
        let mut waiting = self
            .missed
            .iter()
            .filter(|(made, _)| !self.overtook(**made));
        let Some((&made, &(first, last))) = waiting.next() else {
            return if self.late > tolerance.behind {
                Flow::Behind { by: self.late }
            } else {
                Flow::Idle
            };
        };
        let age = at_least(made, last);
        let silent = self.arrived.map_or(first, |(_, seen)| seen.max(first));
        // With nothing new on its way even a pipeline far behind would have shown something by now.
        let starved = self
            .newest
            .is_none_or(|newest| between(newest, now) >= tolerance.stopped);
        if between(silent, now) >= tolerance.stopped
            || (starved && age >= tolerance.stopped && between(silent, now) >= tolerance.watched)
        {
            return Flow::Stopped {
                since: between(self.arrived.map_or(made, |(_, seen)| seen.max(made)), now),
            };
        }
        if age > tolerance.behind {
            return Flow::Behind { by: age };
        }
        Flow::Flowing { lag: age }
    }
}

/// The graver, the higher.
const fn rank(flow: Flow) -> u8 {
    match flow {
        Flow::Unknown => 0,
        Flow::Idle => 1,
        Flow::Flowing { .. } => 2,
        Flow::Behind { .. } => 3,
        Flow::Stopped { .. } => 4,
    }
}

/// The time from one to the other; none when clocks disagree on which was first.
fn between(from: i64, to: i64) -> Duration {
    Duration::from_millis(u64::try_from(to - from).unwrap_or_default())
}

/// What was missing then was late by this, however late in its second it was made.
fn at_least(made: i64, missed: i64) -> Duration {
    between(made, missed).saturating_sub(TICK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// What is seen of one shard, in seconds.
    #[derive(Debug, Clone, Copy)]
    enum Seen {
        Read(i64),
        Quiet,
        Missed(i64, i64),
        Arrived(i64, i64),
    }
    use Seen::{Arrived, Missed, Quiet, Read};

    fn gauge(seen: &[Seen]) -> Gauge {
        let mut gauge = Gauge::default();
        for event in seen {
            match *event {
                Read(newest) => gauge.read("s", Some(newest * 1000)),
                Quiet => gauge.read("s", None),
                Missed(made, now) => gauge.missed("s", made * 1000, now * 1000),
                Arrived(made, now) => gauge.arrived("s", made * 1000, now * 1000),
            }
        }
        gauge
    }

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const fn flowing(lag: u64) -> Flow {
        Flow::Flowing { lag: seconds(lag) }
    }

    const fn behind(by: u64) -> Flow {
        Flow::Behind { by: seconds(by) }
    }

    const fn stopped(since: u64) -> Flow {
        Flow::Stopped {
            since: seconds(since),
        }
    }

    #[rstest]
    #[case::nothing_is_known(&[], 100, Flow::Unknown)]
    #[case::no_record_is_left(&[Quiet], 100, Flow::Unknown)]
    #[case::nothing_changed_lately(&[Read(100)], 500, Flow::Idle)]
    #[case::a_change_has_just_been_missed(&[Read(100), Missed(100, 101)], 101, Flow::Unknown)]
    #[case::a_change_was_there_at_once(&[Read(100), Arrived(100, 101)], 102, flowing(0))]
    #[case::an_old_change_that_is_there_tells_no_lag(&[Read(100), Arrived(100, 190)], 190, Flow::Idle)]
    #[case::a_change_arrived_while_it_was_looked_for(
        &[Read(100), Missed(100, 101), Arrived(100, 103)], 104, flowing(2))]
    #[case::the_longest_of_the_last_counts(
        &[Read(110), Missed(100, 101), Arrived(100, 103), Arrived(110, 111)], 112, flowing(2))]
    #[case::what_waits_is_at_least_so_late(
        &[Read(110), Arrived(100, 101), Missed(110, 113)], 114, flowing(2))]
    #[case::it_waits_longer_than_it_may(
        &[Read(110), Arrived(100, 101), Missed(110, 113), Missed(110, 117)], 117, behind(6))]
    #[case::the_newest_to_arrive_was_too_late(
        &[Read(100), Missed(100, 108), Arrived(100, 109)], 110, behind(7))]
    #[case::a_later_one_arrived_so_the_earlier_one_is_lost(
        &[Read(110), Missed(100, 101), Missed(100, 130), Arrived(110, 111)], 130, flowing(0))]
    #[case::nothing_arrived_for_long(
        &[Read(119), Missed(100, 101), Missed(100, 120)], 120, stopped(20))]
    #[case::nothing_arrived_since_the_last_one(
        &[Read(119), Arrived(99, 105), Missed(100, 105), Missed(100, 120)], 120, stopped(15))]
    #[case::an_old_change_is_not_there_and_nothing_new_is_on_its_way(
        &[Read(100), Missed(100, 500), Missed(100, 504)], 504, stopped(404))]
    #[case::an_old_change_is_not_there_while_new_ones_come(
        &[Read(503), Missed(100, 500), Missed(100, 504)], 504, behind(403))]
    #[case::once_quiet_a_pipeline_is_idle(
        &[Read(100), Missed(100, 101), Arrived(100, 103)], 900, Flow::Idle)]
    #[case::a_clock_behind_gives_no_negative_lag(&[Read(100), Arrived(100, 90)], 91, flowing(0))]
    fn what_is_seen_tells_the_state(#[case] seen: &[Seen], #[case] now: i64, #[case] flow: Flow) {
        let tolerance = Tolerance::of_grace(seconds(2));
        assert_eq!(gauge(seen).flow(&tolerance, now * 1000), flow);
    }

    #[test]
    fn one_shard_that_is_stuck_stops_the_pipeline_though_others_flow() {
        let mut gauge = gauge(&[Read(119), Missed(100, 101), Missed(100, 120)]);
        gauge.read("other", Some(119_000));
        gauge.arrived("other", 119_000, 120_000);
        let tolerance = Tolerance::of_grace(seconds(2));
        assert_eq!(gauge.flow(&tolerance, 120_000), stopped(20));
    }

    #[test]
    fn what_was_given_up_is_not_waited_for() {
        let mut gauge = gauge(&[Read(119), Missed(100, 101), Missed(100, 120)]);
        gauge.gave_up("s", 100_000);
        assert_eq!(gauge.flow(&Tolerance::default(), 120_000), Flow::Idle);
    }

    #[test]
    fn without_a_grace_a_quarter_of_an_hour_is_allowed() {
        let tolerance = Tolerance::default();
        let late = gauge(&[Read(800), Missed(0, 600), Missed(0, 899)]);
        assert_eq!(late.flow(&tolerance, 899_000), Flow::Unknown);
        let later = gauge(&[Read(1000), Missed(0, 600), Missed(0, 1000)]);
        assert_eq!(later.flow(&tolerance, 1_000_000), behind(999));
    }
}
