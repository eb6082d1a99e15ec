use super::*;
use crate::domain::plan::estimate::place::Places;
use rstest::rstest;

/// Items of a hundred bytes, every one a row.
const PLAIN: Rules<'_> = Rules {
    limit: 5,
    filtered: Filtered::No,
    sequence: Sequence::InOrder,
    most_items: None,
    consistency: Consistency::Eventual,
    item: Spread::exact(100.0),
    share: 1.0,
    fetched: None,
    first: &NOTHING,
};
const NOTHING: First = First {
    read: Vec::new(),
    fetched: Vec::new(),
    bytes: Vec::new(),
    places: Places {
        of_rows: Vec::new(),
        share: 0.0,
    },
    is_ordered: false,
};

/// Partitions of so many items of a hundred bytes each.
fn of(items: &[u32]) -> Vec<(f64, f64)> {
    let partition = |items: &u32| (f64::from(*items), f64::from(*items) * 100.0);
    items.iter().map(partition).collect()
}

/// Units and requests; fetched items take half a unit each.
fn took(rules: Rules<'_>, items: &[u32]) -> (f64, f64) {
    let (bill, fetched) = play(rules, &of(items));
    (bill.units.expected + fetched / 2.0, bill.requests.expected)
}

#[rstest]
#[case::five_items_of_many(PLAIN, (0.5, 1.0))]
#[case::strong(Rules { consistency: Consistency::Strong, ..PLAIN }, (1.0, 1.0))]
#[case::a_filter_makes_a_page_of_a_hundred(
    Rules { filtered: Filtered::Maybe, ..PLAIN },
    (1.5, 1.0)
)]
#[case::none_matches_and_pages_grow_fourfold(
    Rules { filtered: Filtered::Maybe, share: 0.0, ..PLAIN },
    // Pages of 100, 400, 2,000 and the rest of 2,500.
    (1.5 + 5.0 + 24.5 + 31.0, 4.0)
)]
#[case::a_tenth_matches(
    Rules { filtered: Filtered::Maybe, share: 0.1, limit: 50, ..PLAIN },
    // A page of 100 gives ten; a quarter more than 400 give the rest.
    (1.5 + 6.5, 2.0)
)]
#[case::nothing_is_asked(Rules { limit: 0, ..PLAIN }, (0.0, 0.0))]
#[case::a_fetch_of_what_is_missing(
    Rules { fetched: Some(1.0), ..PLAIN },
    (0.5 + 2.5, 2.0)
)]
#[case::fetched_items_that_do_not_answer_are_followed_by_more(
    Rules {
        filtered: Filtered::Maybe,
        fetched: Some(0.5),
        ..PLAIN
    },
    // Of five fetched two answer, of three more two, and of two more, one after the other, one.
    (1.5 + 5.0, 5.0)
)]
fn a_limit_lowers_what_a_partition_costs(#[case] rules: Rules<'_>, #[case] expected: (f64, f64)) {
    assert_eq!(took(rules, &[5_000]), expected);
}

#[rstest]
#[case::the_first_gives_all(&[5, 5_000], (0.5, 1.0))]
#[case::the_first_lacks_some(&[3, 5_000], (1.0, 2.0))]
#[case::an_empty_one_costs_the_minimum(&[0, 3, 5_000], (1.5, 3.0))]
fn partitions_in_order_stop_with_the_one_that_fills_the_limit(
    #[case] items: &[u32],
    #[case] expected: (f64, f64),
) {
    assert_eq!(took(PLAIN, items), expected);
}

#[test]
fn far_from_the_limit_later_partitions_are_read_ahead_and_may_be_charged_in_vain() {
    let rules = Rules {
        limit: 400,
        ..PLAIN
    };
    let (bill, _) = play(rules, &of(&[100; 20]));
    // One, then three at once; the rest is not asked for.
    assert_eq!((bill.units.expected, bill.units.high), (6.0, 6.0));
    let (uneven, _) = play(rules, &of(&[100, 300, 100, 100]));
    assert_eq!((uneven.units.expected, uneven.units.high), (5.5, 8.5));
}

#[rstest]
#[case::a_page_of_each_is_enough(Supply::Even, &[100, 100, 100], 5, (1.5, 3.0))]
#[case::pages_are_twice_a_fair_share(Supply::Even, &[1_000, 1_000, 1_000, 1_000], 60, (2.0, 4.0))]
#[case::one_gives_most_and_is_read_on(Supply::Even, &[1_000, 10, 10, 10], 60, (3.0, 6.0))]
#[case::at_best_no_page_is_added(Supply::Best, &[1_000, 10, 10, 10], 60, (2.0, 4.0))]
#[case::at_worst_one_gives_all(Supply::Worst, &[1_000, 1_000, 1_000, 1_000], 60, (3.0, 6.0))]
#[case::at_worst_it_is_the_largest(Supply::Worst, &[10, 10, 1_000, 10], 60, (3.0, 6.0))]
fn a_merge_reads_a_page_of_each_partition_first(
    #[case] supply: Supply,
    #[case] items: &[u32],
    #[case] limit: u64,
    #[case] expected: (f64, f64),
) {
    let rules = Rules {
        limit,
        sequence: Sequence::Merge(supply),
        ..PLAIN
    };
    assert_eq!(took(rules, items), expected);
}

#[test]
fn a_stretch_of_a_partition_may_hold_larger_items_than_all_of_it() {
    let item = Spread {
        low: 80.0,
        expected: 100.0,
        high: 120.0,
    };
    let rules = Rules {
        limit: 1_000,
        item,
        ..PLAIN
    };
    let (part, _) = play(rules, &of(&[5_000]));
    assert_eq!((part.units.low, part.units.high), (12.0, 13.0), "{part:?}");
    let (all, _) = play(rules, &of(&[900]));
    assert_eq!((all.units.low, all.units.high), (11.0, 11.0));
}

/// Of the first 300 items only the last is a row.
const LATE: [u32; 300] = {
    let mut rows = [0; 300];
    rows[299] = 1;
    rows
};

#[rstest]
// Pages of 100 and 400 items, of 1.5 and 5 units.
#[case::the_only_row_wanted_comes_late(1, &LATE, (1.5 + 5.0, 2.0))]
#[case::nothing_is_known_of_the_first(1, &[], (1.5, 1.0))]
#[case::later_ones_are_as_thought(2, &LATE, (1.5 + 5.0, 2.0))]
fn rows_among_the_first_items_are_where_they_are(
    #[case] limit: u64,
    #[case] first: &[u32],
    #[case] expected: (f64, f64),
) {
    let first = First {
        read: first.to_vec(),
        ..NOTHING
    };
    let rules = Rules {
        limit,
        first: &first,
        filtered: Filtered::Maybe,
        share: 0.5,
        ..PLAIN
    };
    assert_eq!(took(rules, &[5_000]), expected);
}

#[test]
fn pages_of_known_items_cost_what_these_weigh() {
    // Two hundred items of a kilobyte, in place of the hundred bytes of the mean one.
    let first = First {
        bytes: (1..=200).map(|items| f64::from(items) * 1_024.0).collect(),
        ..NOTHING
    };
    let rules = |limit| Rules {
        limit,
        first: &first,
        ..PLAIN
    };
    assert_eq!(took(rules(64), &[5_000]), (8.0, 1.0));
    assert_eq!(took(rules(400), &[5_000]), (5.0, 1.0), "not all are known");
}

#[rstest]
#[case::anywhere(&[], (1.5, 1.0))]
// Half of five thousand items come before the first row: pages of 100, 400, 2,000 and of 2,500.
#[case::in_the_second_half(&[0.6, 0.62, 0.7, 0.8], (1.5 + 5.0 + 24.5 + 31.0, 4.0))]
#[case::in_the_first_half(&[0.1, 0.2, 0.3, 0.4], (1.5, 1.0))]
fn rows_of_a_scan_in_order_are_where_examples_are(
    #[case] places: &[f64],
    #[case] expected: (f64, f64),
) {
    let first = First {
        places: Places {
            of_rows: places.to_vec(),
            share: 0.5,
        },
        is_ordered: true,
        ..NOTHING
    };
    let rules = Rules {
        first: &first,
        filtered: Filtered::Maybe,
        share: 0.5,
        ..PLAIN
    };
    assert_eq!(took(rules, &[5_000]), expected);
}

#[test]
fn a_very_long_scan_is_counted_in_few_steps() {
    let rules = Rules {
        sequence: Sequence::Sweep,
        most_items: Some(100),
        share: 0.0,
        filtered: Filtered::Maybe,
        ..PLAIN
    };
    let (bill, _) = play(rules, &of(&[100_000_000]));
    // Pages of ten thousand bytes, 1.5 units each, and the empty one at the end.
    assert!((bill.units.expected - 1_500_000.0).abs() <= 1.0, "{bill:?}");
}
