use crate::domain::plan::fixture::{path_of, routed};
use crate::domain::plan::{OrderStrategy, Reads};
use crate::domain::query::Direction;

#[test]
fn a_closed_range_of_dates_is_read_month_by_month_newest_first() {
    let route = routed(
        "SELECT * FROM strikes WHERE struck_on BETWEEN '1998-08-10' AND '1998-10-02' \
         ORDER BY struck_on DESC LIMIT 50",
    );
    let plan = &route.plan;
    assert_eq!(path_of(&plan.access), "by_month");
    assert_eq!(plan.order, OrderStrategy::Concatenate);
    let Reads::Partitions {
        conditions,
        direction: Direction::Descending,
    } = &plan.reads
    else {
        panic!("{:?}", plan.reads);
    };
    let texts: Vec<String> = conditions.iter().map(ToString::to_string).collect();
    let range = "slot BETWEEN '1998-08-10' AND '1998-10-02$'";
    assert_eq!(
        texts,
        ["1998-10", "1998-09", "1998-08"].map(|month| format!("month = '{month}' AND {range}"))
    );
    assert!(plan.fetch.is_none());
}
