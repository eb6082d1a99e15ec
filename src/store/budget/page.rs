//! What a page can consume at most, and how to ask for a smaller one.

use crate::domain::cost::unit_factor;
use crate::domain::read::ReadRequest;

/// Units of an item of the most bytes (`DynamoDB` developer guide, quotas: 400 KB).
const ITEM: f64 = 400.0 / 4.0;
/// Units of a page of the most bytes: it ends with the item that crosses 1 MB.
const PAGE: f64 = (1024.0 + 400.0) / 4.0;
/// Units of a batch of the most bytes (API reference, `BatchGetItem`: 16 MB).
const BATCH: f64 = 16.0 * 1024.0 / 4.0;

/// The most units that a request can consume.
pub(super) fn worst_case(request: &ReadRequest) -> f64 {
    let at_most = |items: Option<u32>, most: f64| {
        items.map_or(most, |items| (f64::from(items) * ITEM).min(most))
    };
    let units = match request {
        ReadRequest::Get(_) => ITEM,
        ReadRequest::BatchGet(batch) => at_most(u32::try_from(batch.keys.len()).ok(), BATCH),
        ReadRequest::Query(query) => at_most(query.limit, PAGE),
        ReadRequest::Scan(scan) => at_most(scan.limit, PAGE),
    };
    units * unit_factor(request.consistency())
}

/// Lowers the `Limit` so that a page of items that consume `each` strong units in the mean consumes about
/// `units`; one item at least. `Limit` counts items evaluated and so lowers the cost (developer guide, `Query.Limit`).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 1..=u32::MAX before the cast"
)]
pub(super) fn shrink(request: &mut ReadRequest, units: f64, each: Option<f64>) {
    let Some(each) = each.filter(|each| *each > 0.0) else {
        return;
    };
    if worst_case(request) <= units {
        return;
    }
    // A hair more than the quotient: 3 items that consumed 1 unit are 3 items to 1 unit.
    let items = units / (each * unit_factor(request.consistency())) + 1e-9;
    let items = items.floor().clamp(1.0, f64::from(u32::MAX)) as u32;
    match request {
        ReadRequest::Get(_) | ReadRequest::BatchGet(_) => {}
        ReadRequest::Query(query) => query.limit = Some(lower(query.limit, items)),
        ReadRequest::Scan(scan) => scan.limit = Some(lower(scan.limit, items)),
    }
}

fn lower(limit: Option<u32>, items: u32) -> u32 {
    limit.map_or(items, |limit| limit.min(items))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::Consistency;
    use crate::domain::read::{BatchGet, Get};
    use crate::domain::value::{Item, Value};
    use crate::store::budget::tests::scan;
    use rstest::rstest;

    fn page(limit: Option<u32>, consistency: Consistency) -> ReadRequest {
        let mut request = scan("t", limit);
        if let ReadRequest::Scan(scan) = &mut request {
            scan.consistency = consistency;
        }
        request
    }

    fn key(n: i64) -> Item {
        Item::from([("id".to_owned(), Value::N(n.into()))])
    }

    fn batch(keys: i64) -> ReadRequest {
        ReadRequest::BatchGet(BatchGet {
            table: "t".into(),
            keys: (0..keys).map(key).collect(),
            consistency: Consistency::Strong,
            projection: None,
        })
    }

    fn get() -> ReadRequest {
        ReadRequest::Get(Get {
            table: "t".into(),
            key: key(1),
            consistency: Consistency::Eventual,
            projection: None,
        })
    }

    #[rstest]
    #[case::a_page_is_one_megabyte_and_the_item_that_crosses_it(
        page(None, Consistency::Strong),
        356.0
    )]
    #[case::half_of_it_when_eventual(page(None, Consistency::Eventual), 178.0)]
    #[case::a_limit_bounds_the_page(page(Some(1), Consistency::Strong), 100.0)]
    #[case::a_large_limit_does_not(page(Some(2_500), Consistency::Strong), 356.0)]
    #[case::one_item(get(), 50.0)]
    #[case::a_few_items(batch(3), 300.0)]
    #[case::a_full_batch_is_sixteen_megabytes(batch(100), 4_096.0)]
    fn the_worst_case_of_a_request_is_known_before_it_is_sent(
        #[case] request: ReadRequest,
        #[case] units: f64,
    ) {
        assert!((worst_case(&request) - units).abs() < f64::EPSILON);
    }

    #[rstest]
    #[case::to_the_items_the_units_pay_for(page(None, Consistency::Strong), Some(0.25), Some(40))]
    #[case::twice_as_many_when_eventual(page(None, Consistency::Eventual), Some(0.25), Some(80))]
    #[case::never_more_than_asked(page(Some(7), Consistency::Strong), Some(0.25), Some(7))]
    #[case::one_at_least(page(None, Consistency::Strong), Some(99.0), Some(1))]
    #[case::not_while_sizes_are_unknown(page(None, Consistency::Strong), None, None)]
    fn a_page_is_made_smaller(
        #[case] mut request: ReadRequest,
        #[case] each: Option<f64>,
        #[case] limit: Option<u32>,
    ) {
        shrink(&mut request, 10.0, each);
        let ReadRequest::Scan(scan) = request else {
            panic!("still a scan");
        };
        assert_eq!(scan.limit, limit);
    }
}
