//! Overspend, pace, and slowing down, over a store in memory and simulated time.

use super::*;
use crate::domain::mapping::fixture;
use crate::domain::names::IndexName;
use crate::domain::problem::Problem;
use crate::domain::query::Consistency;
use crate::domain::read::{Consumed, ReadErrorKind, Scan};
use crate::domain::schema::Billing;
use crate::store::throttle::Reason;
use rstest::rstest;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// The largest page of an eventual Scan.
const PAGE: f64 = 178.0;

/// Answers every read after a second with pages of items that consume `each` unit: a full page, or
/// as many as `Limit` says.
#[derive(Debug)]
struct Pages {
    each: f64,
    table: Table,
    under_way: AtomicU32,
    most: AtomicU32,
    consumed: Mutex<f64>,
    limits: Mutex<Vec<Option<u32>>>,
}

/// Counts a read while it is under way.
struct Flight<'a>(&'a AtomicU32);

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Pages {
    fn of(each: f64) -> Arc<Self> {
        Self::with(each, fixture::table("t", "id"))
    }

    fn with(each: f64, table: Table) -> Arc<Self> {
        Arc::new(Self {
            each,
            table,
            under_way: AtomicU32::default(),
            most: AtomicU32::default(),
            consumed: Mutex::default(),
            limits: Mutex::default(),
        })
    }

    fn consumed(&self) -> f64 {
        *self.consumed.lock().unwrap()
    }

    fn limits(&self) -> Vec<Option<u32>> {
        self.limits.lock().unwrap().clone()
    }

    fn under_limits(self: &Arc<Self>, limits: Limits) -> Arc<Budget> {
        Arc::new(Budget::new(Arc::clone(self) as Arc<dyn Store>, limits))
    }

    fn in_session(self: &Arc<Self>, limits: Limits) -> (Arc<Budget>, Throttles) {
        let throttles = Throttles::default();
        let inner = Arc::clone(self) as Arc<dyn Store>;
        let budget = Budget::of_session(inner, limits, &throttles);
        (Arc::new(budget), throttles)
    }
}

#[async_trait]
impl Store for Pages {
    async fn read(&self, request: ReadRequest) -> Result<ReadPage, ReadError> {
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        let _flight = Flight(&self.under_way);
        self.most.fetch_max(now, Ordering::SeqCst);
        let ReadRequest::Scan(Scan { limit, table, .. }) = request else {
            panic!("only scans are read here");
        };
        self.limits.lock().unwrap().push(limit);
        sleep(Duration::from_secs(1)).await;
        if table == *"broken" {
            return Err(ReadError {
                kind: ReadErrorKind::Connection,
                problem: Problem::new("broken"),
            });
        }
        let full = (PAGE / self.each).floor();
        let items = limit.map_or(full, |limit| f64::from(limit).min(full));
        let units = (items * self.each * 2.0).ceil() / 2.0;
        *self.consumed.lock().unwrap() += units;
        let consumed = Consumed {
            total: Rcu(units),
            table: Rcu(units),
            indexes: Vec::new(),
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive figure"
        )]
        let scanned = items as u64;
        Ok(ReadPage {
            scanned,
            consumed,
            ..ReadPage::default()
        })
    }
    async fn list_tables(&self, _start: Option<TableName>) -> Result<Names, ReadError> {
        Ok(Names::default())
    }
    async fn describe_table(&self, _table: &TableName) -> Result<Table, ReadError> {
        Ok(self.table.clone())
    }
    async fn time_to_live(&self, _table: &TableName) -> Result<Option<String>, ReadError> {
        Ok(None)
    }
    fn identity(&self) -> Identity {
        Identity::default()
    }
}

/// A page of an eventual Scan.
pub(super) fn scan(table: &str, limit: Option<u32>) -> ReadRequest {
    ReadRequest::Scan(Scan {
        table: table.into(),
        index: None,
        filter: None,
        projection: None,
        limit,
        start: None,
        segment: None,
        consistency: Consistency::Eventual,
    })
}

fn scan_index(index: &str) -> ReadRequest {
    let mut request = scan("t", None);
    if let ReadRequest::Scan(scan) = &mut request {
        scan.index = Some(IndexName::from(index));
    }
    request
}

fn most(rcu: f64) -> Limits {
    Limits {
        max_rcu: Some(Rcu(rcu)),
        ..Limits::default()
    }
}

fn pace(rcu: f64) -> Limits {
    Limits {
        rcu_per_second: Some(Rcu(rcu)),
        ..Limits::default()
    }
}

/// Reads page after page, `width` at once, each by a user of its own, until each is refused.
async fn read_all(budget: &Arc<Budget>, width: usize, limit: Option<u32>) -> Vec<ReadErrorKind> {
    let mut users = JoinSet::new();
    for _ in 0..width {
        let budget = Arc::clone(budget);
        users.spawn(async move {
            loop {
                if let Err(error) = budget.read(scan("t", limit)).await {
                    return error.kind;
                }
            }
        });
    }
    users.join_all().await
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn any_fan_out_overspends_at_most_a_page(
    #[values(1, 2, 16)] width: usize,
    #[values(0.5, 3.0, 50.0)] each: f64,
    #[values(1.0, 100.0, 1_000.0)] max: f64,
    #[values(None, Some(1), Some(30))] limit: Option<u32>,
) {
    let pages = Pages::of(each);
    let ends = read_all(&pages.under_limits(most(max)), width, limit).await;
    assert_eq!(ends, vec![ReadErrorKind::Budget; width]);
    let consumed = pages.consumed();
    assert!(consumed >= max, "{consumed} of {max}: it stopped early");
    assert!(consumed < max + PAGE, "{consumed} of {max}");
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_asked_for_by_the_size_of_items_read_so_far() {
    let pages = Pages::of(0.5);
    read_all(&pages.under_limits(most(200.0)), 1, None).await;
    assert_eq!(pages.limits(), [None, Some(44)]);
    assert!((pages.consumed() - 200.0).abs() < 1.0);
}

#[tokio::test(start_paused = true)]
async fn reads_that_fit_go_out_together_and_the_others_wait_for_them() {
    let pages = Pages::of(0.5);
    let budget = pages.under_limits(most(3.0 * PAGE));
    let _ends = timeout(Duration::from_millis(500), read_all(&budget, 8, None)).await;
    assert_eq!(pages.most.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_is_used_up_says_how_much_was_consumed() {
    let budget = Pages::of(1.0).under_limits(most(2.0));
    budget.read(scan("t", Some(2))).await.unwrap();
    let error = budget.read(scan("t", Some(2))).await.unwrap_err();
    assert_eq!(
        error.problem.to_string(),
        "stopped: the budget of 2 RCU is used up: 2 RCU were consumed (try: a larger `--max-rcu`, or a narrower request)"
    );
}

#[tokio::test(start_paused = true)]
async fn dropped_and_failed_reads_give_back_what_was_reserved_for_them() {
    let pages = Pages::of(0.5);
    let budget = pages.under_limits(most(PAGE));
    budget.read(scan("broken", None)).await.unwrap_err();
    for _ in 0..3 {
        let read = budget.read(scan("t", None));
        timeout(Duration::from_millis(1), read).await.unwrap_err();
    }
    let waiting = read_all(&budget, 4, None);
    timeout(Duration::from_millis(1), waiting)
        .await
        .unwrap_err();
    budget.read(scan("t", None)).await.unwrap();
    assert!((pages.consumed() - PAGE).abs() < f64::EPSILON);
}

#[rstest]
#[tokio::test(start_paused = true)]
async fn the_pace_holds_over_time_and_is_made_use_of(
    #[values(1, 8)] width: usize,
    #[values(20.0, 500.0)] rate: f64,
    #[values(None, Some(10))] limit: Option<u32>,
) {
    let pages = Pages::of(0.5);
    let budget = pages.under_limits(pace(rate));
    let seconds = 120.0;
    let time = Duration::from_secs_f64(seconds);
    let _on_and_on = timeout(time, read_all(&budget, width, limit)).await;
    let consumed = pages.consumed();
    let in_flight = rate.max(PAGE);
    assert!(consumed <= rate * seconds + in_flight, "{consumed}");
    // A page of ten items takes a second here, whatever the pace allows.
    let reachable = match limit {
        Some(items) => f64::from(items) * 0.5,
        None => PAGE.min(rate),
    };
    assert!(
        consumed >= 0.9 * seconds * rate.min(reachable) / 2.0,
        "{consumed}"
    );
}

#[tokio::test(start_paused = true)]
async fn pages_are_no_larger_than_a_second_once_the_size_of_items_is_known() {
    let mut table = fixture::table("t", "id");
    (table.items, table.bytes) = (1_000, 1_000 * 4_096);
    let pages = Pages::with(0.5, table);
    let budget = pages.under_limits(pace(20.0));
    budget.describe_table(&"t".into()).await.unwrap();
    budget.read(scan("t", None)).await.unwrap();
    assert_eq!(pages.limits(), [Some(40)]);
}

#[tokio::test(start_paused = true)]
async fn one_slow_table_does_not_hold_up_another() {
    let mut table = fixture::table("t", "id");
    table.billing = Billing::Provisioned { rcu: 5 };
    let (budget, _) = Pages::with(0.5, table).in_session(Limits::default());
    budget.describe_table(&"t".into()).await.unwrap();
    budget.read(scan("t", None)).await.unwrap();
    let waiting = Arc::clone(&budget);
    let waiting = tokio::spawn(async move { waiting.read(scan("t", None)).await });
    let start = Instant::now();
    budget.read(scan("other", None)).await.unwrap();
    assert_eq!(
        start.elapsed().as_secs(),
        1,
        "as long as the read itself takes"
    );
    assert!(!waiting.is_finished());
}

fn provisioned() -> Table {
    let mut table = fixture::with_index(fixture::table("t", "id"), "g", "day");
    table.billing = Billing::Provisioned { rcu: 100 };
    table.indexes[0].provisioned_rcu = Some(50);
    table
}

#[tokio::test(start_paused = true)]
async fn provisioned_tables_and_indexes_are_read_at_a_fifth_of_their_units() {
    let (budget, _) = Pages::with(0.5, provisioned()).in_session(Limits::default());
    budget.describe_table(&"t".into()).await.unwrap();
    budget.read(scan("t", None)).await.unwrap();
    let of_table = budget.pace();
    assert_eq!(
        (of_table.rate, of_table.share),
        (Some(Rcu(20.0)), Some(0.2))
    );
    budget.read(scan_index("g")).await.unwrap();
    let of_index = budget.pace();
    assert_eq!(
        (of_index.rate, of_index.share),
        (Some(Rcu(10.0)), Some(0.2))
    );
}

#[tokio::test(start_paused = true)]
async fn a_pace_that_was_asked_for_is_kept_on_provisioned_tables_too() {
    let (budget, _) = Pages::with(0.5, provisioned()).in_session(pace(80.0));
    budget.describe_table(&"t".into()).await.unwrap();
    budget.read(scan("t", None)).await.unwrap();
    let pace = budget.pace();
    assert_eq!((pace.rate, pace.share), (Some(Rcu(80.0)), Some(0.8)));
}

fn throttle(table: &str, reason: Reason) -> Throttle {
    Throttle {
        table: table.into(),
        index: None,
        reason,
    }
}

#[tokio::test(start_paused = true)]
async fn a_hot_key_slows_its_table_alone_and_is_told_once() {
    let (budget, throttles) = Pages::of(0.5).in_session(Limits::default());
    let mut told = budget.throttled();
    for _ in 0..4 {
        budget.read(scan("t", Some(40))).await.unwrap();
    }
    let throttle = throttle("t", Reason::KeyRange);
    throttles.report(&throttle);
    throttles.report(&throttle);
    let pace = budget.pace();
    assert_eq!(pace.throttle, Some(throttle));
    let rate = pace.rate.unwrap().0;
    assert!((8.0..=14.0).contains(&rate), "half of 20 a second: {rate}");
    assert!(told.has_changed().unwrap());
    let text = told.borrow_and_update().as_ref().unwrap().to_string();
    assert!(
        text.starts_with("throttled: table `t`, key range; reading at "),
        "{text}"
    );
    budget.read(scan("other", Some(40))).await.unwrap();
    assert_eq!(budget.pace(), Pace::default());
    assert!(!told.has_changed().unwrap());
}

#[tokio::test(start_paused = true)]
async fn an_account_limit_slows_everything_and_is_forgotten_once_recovered() {
    let (budget, throttles) = Pages::of(0.5).in_session(pace(100.0));
    throttles.report(&throttle("t", Reason::Account));
    budget.read(scan("other", Some(1))).await.unwrap();
    assert_eq!(budget.pace().rate, Some(Rcu(50.0)));
    sleep(Duration::from_secs(80)).await;
    let pace = budget.pace();
    assert_eq!((pace.rate, pace.throttle), (Some(Rcu(100.0)), None));
}

/// At most so many units, so many a second.
fn both(max_rcu: f64, rcu_per_second: f64) -> Limits {
    Limits {
        max_rcu: Some(Rcu(max_rcu)),
        rcu_per_second: Some(Rcu(rcu_per_second)),
    }
}

#[rstest]
#[case::the_file_counts_where_the_session_says_nothing(Limits::default(), both(10.0, 3.0))]
#[case::the_session_goes_before_it(both(7.0, 9.0), Limits::default())]
#[case::each_by_itself(pace(7.0), most(10.0))]
fn a_check_is_limited_by_its_dataset_file(#[case] session: Limits, #[case] expected: Limits) {
    let check = CheckOptions {
        max_rcu: Some(10.0),
        rcu_per_second: Some(3.0),
        ..CheckOptions::default()
    };
    assert_eq!(session.of_check(&check), expected);
}

#[test]
fn a_check_without_any_pace_reads_500_units_a_second() {
    let limits = Limits::default().of_check(&CheckOptions::default());
    assert_eq!(limits, pace(500.0));
    let limits = pace(2_000.0).of_check(&CheckOptions::default());
    assert_eq!(limits, Limits::default(), "the session has one");
}

#[rstest]
#[case::no_more_than_a_tenth_of_what_the_table_is_warm_for(Limits::default(), 1_000, 100.0)]
#[case::and_no_more_than_the_default(Limits::default(), 12_000, 500.0)]
#[case::unless_told_otherwise(pace(700.0), 1_000, 700.0)]
#[tokio::test(start_paused = true)]
async fn a_check_reads_at(#[case] session: Limits, #[case] warm: u64, #[case] rate: f64) {
    let mut dataset = fixture::strikes();
    dataset.dataset.check.rcu_per_second = None;
    dataset.base.warm_rcu = Some(warm);
    let pages = Pages::of(0.5);
    let below = pages.under_limits(session);
    let check = Budget::of_check(Arc::clone(&below) as Arc<dyn Store>, session, &dataset);
    check.read(scan("strikes", Some(1))).await.unwrap();
    let rates = [check.pace().rate, below.pace().rate].into_iter().flatten();
    assert_eq!(rates.map(|rate| rate.0).reduce(f64::min), Some(rate));
}

#[tokio::test(start_paused = true)]
async fn a_run_with_limits_of_its_own_stops_and_the_session_reads_on() {
    let pages = Pages::of(0.5);
    let session = pages.under_limits(most(1_000.0));
    let run = Arc::new(Budget::new(
        Arc::clone(&session) as Arc<dyn Store>,
        most(10.0),
    ));
    read_all(&run, 4, Some(4)).await;
    assert!((10.0..=12.0).contains(&pages.consumed()));
    session.read(scan("t", None)).await.unwrap();
}
