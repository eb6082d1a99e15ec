use super::*;
use rstest::rstest;

const EVENTUAL: Consistency = Consistency::Eventual;

fn volume(items: f64, bytes: f64) -> Volume {
    Volume {
        items: Spread::exact(items),
        bytes: Spread::exact(bytes),
    }
}

/// Reading `items` of `size` bytes each.
fn cost(items: f64, size: f64, limit: Option<u32>) -> PageCost {
    read_to_end(
        volume(items, items * size),
        Spread::exact(size),
        limit,
        EVENTUAL,
    )
}

fn ends(spread: Spread) -> (f64, f64, f64) {
    (spread.low, spread.expected, spread.high)
}

#[rstest]
#[case::nothing_found(0.0, 0.0, 0.5)]
#[case::four_rows_of_three_kilobytes_filtered_or_not(4.0, 768.0, 0.5)]
#[case::a_page_filled_to_the_byte(1_024.0, 1_024.0, 128.0)]
#[case::sums_are_rounded_not_items(8.0, 2_000.0, 2.0)]
fn one_page_is_charged_to_the_half_unit(#[case] items: f64, #[case] size: f64, #[case] units: f64) {
    let cost = cost(items, size, None);
    assert_eq!(ends(cost.units), (units, units, units));
    assert_eq!(ends(cost.pages), (1.0, 1.0, 1.0));
}

#[test]
fn strong_reads_are_charged_twice_as_much() {
    let read = volume(8.0, 16_000.0);
    let item = Spread::exact(2_000.0);
    let strong = read_to_end(read, item, None, Consistency::Strong);
    assert_eq!(ends(strong.units), (4.0, 4.0, 4.0));
}

#[test]
fn the_five_pages_that_were_measured_at_638_are_expected_to_take_just_that() {
    let cost = cost(5_000.0, 1_042.0, None);
    assert_eq!(ends(cost.units), (636.0, 638.0, 638.0));
    assert_eq!(ends(cost.pages), (5.0, 5.0, 5.0));
}

#[test]
fn pages_that_end_before_the_item_that_crosses_are_in_the_range_as_well() {
    // 1,006 items a page instead of 1,007: 4 pages of 256 units, and one of 249.
    let units = cost(5_000.0, 1_042.0, None).units;
    assert!(units.low <= 636.5 && units.high >= 636.5, "{units:?}");
}

#[test]
fn a_page_that_reaches_its_limit_tells_of_a_next_one() {
    let cost = cost(10.0, 100.0, Some(5));
    assert_eq!(ends(cost.units), (1.0, 1.0, 1.5));
    assert_eq!(ends(cost.pages), (2.0, 3.0, 3.0));
}

#[test]
fn a_figure_within_one_unit_is_exact_and_one_across_units_is_between() {
    let of = |low: f64, expected: f64, high: f64| {
        let bytes = Spread {
            low,
            expected,
            high,
        };
        ends(page_units(bytes, EVENTUAL))
    };
    assert_eq!(of(100.0, 2_000.0, 4_096.0), (0.5, 0.5, 0.5));
    assert_eq!(of(6_000.0, 8_192.0, 10_384.0), (1.0, 1.2, 1.5));
}
