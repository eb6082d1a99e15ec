//! What a LIMIT lets us spare: how large pages and how many partitions ahead are worth reading.
//!
//! Units are charged for items evaluated, whether anybody uses them (so `Limit` lowers
//! the cost of a page), and every request costs at least half a unit: so neither whole pages nor tiny ones.
//!
//! Pure, and the one place that knows: runs read by it and estimates count by it, so that they never
//! disagree.

/// The least items a page evaluates when a filter may drop some of them.
const FILTERED: u64 = 100;
/// The least items a page evaluates when it is one of several to be merged.
const MERGED: u64 = 25;
/// Base items fetched by one call (developer guide, `API_BatchGetItem`).
pub const FETCH: usize = 100;
/// Page reads under way at once, unless told otherwise: the partitions of a year of months, or of
/// as many write shards as are common, in one wave.
pub const CONCURRENCY: usize = 16;

/// What is still missing, and how reading went so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Rows missing to the LIMIT.
    pub missing: u64,
    /// Items evaluated so far.
    pub read: u64,
    /// Rows that matched so far.
    pub matched: u64,
    /// Pages so far.
    pub pages: u64,
}

/// Whether items read are thought to drop out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filtered {
    /// Every item read is a row.
    No,
    /// Some may drop out.
    Maybe,
}

impl Pace {
    /// Items the next page should evaluate: what is missing where none drop out; else what the share of
    /// matches so far makes necessary, and four times as many as before while none matched.
    #[must_use]
    pub fn page_items(&self, filtered: Filtered) -> u32 {
        let items = match filtered {
            // What was thought is worth no more once an item did drop out.
            Filtered::No if self.matched >= self.read => self.missing,
            _ if self.read == 0 => self.missing.max(FILTERED),
            _ if self.matched == 0 => self.read.saturating_mul(4).max(FILTERED),
            _ => {
                let needed = self.missing.saturating_mul(self.read) / self.matched;
                needed.saturating_add(needed / 4).max(FILTERED)
            }
        };
        u32::try_from(items.max(1)).unwrap_or(u32::MAX)
    }

    /// As [`Self::page_items`], for each of `lanes` partitions that are merged: twice a fair share.
    #[must_use]
    pub fn lane_items(&self, filtered: Filtered, lanes: usize) -> u32 {
        let all = u64::from(self.page_items(filtered));
        let share = all.saturating_mul(2).div_ceil(lanes.max(1) as u64);
        u32::try_from(share.max(MERGED).min(all)).unwrap_or(u32::MAX)
    }

    /// Pages to read at once: as many as the rows a page gave so far make necessary, one at first,
    /// one where a single page may hold all that is missing, twice as many as before while none matched.
    #[must_use]
    pub fn pages_at_once(&self, most: usize) -> usize {
        let needed = match self.matched {
            0 => self.pages,
            _ if self.missing <= FILTERED => 1,
            matched => self.missing.saturating_mul(self.pages) / matched,
        };
        usize::try_from(needed).map_or(most, |needed| needed.clamp(1, most.max(1)))
    }
}

/// Items a Scan page should evaluate: 1.25 MB worth of them, so that the service's own limit of
/// 1 MB ends the page and `Limit` never bites; 2,500 when the mean size is unknown.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 100..=50,000 before the cast"
)]
#[must_use]
pub fn scan_page_items(mean_item: Option<f64>) -> u32 {
    const BYTES: f64 = 1.25 * 1024.0 * 1024.0;
    mean_item.map_or(2_500, |mean| (BYTES / mean).clamp(100.0, 50_000.0) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn pace(missing: u64, read: u64, matched: u64, pages: u64) -> Pace {
        Pace {
            missing,
            read,
            matched,
            pages,
        }
    }

    #[rstest]
    #[case::nothing_read_yet(pace(50, 0, 0, 0), Filtered::No, 50)]
    #[case::a_filter_never_makes_tiny_pages(pace(5, 0, 0, 0), Filtered::Maybe, 100)]
    #[case::keys_say_all_that_is_asked(pace(5, 40, 40, 2), Filtered::No, 5)]
    #[case::they_were_thought_to(pace(5, 40, 39, 2), Filtered::No, 100)]
    #[case::no_match_yet_reads_more(pace(5, 400, 0, 2), Filtered::Maybe, 1_600)]
    #[case::one_in_ten_matched(pace(50, 1_000, 100, 1), Filtered::Maybe, 625)]
    fn a_page_evaluates_what_the_limit_still_needs(
        #[case] pace: Pace,
        #[case] filtered: Filtered,
        #[case] items: u32,
    ) {
        assert_eq!(pace.page_items(filtered), items);
    }

    #[rstest]
    #[case::one_lane(100, 1, 100)]
    #[case::four_lanes(100, 4, 50)]
    #[case::many_lanes(100, 100, 25)]
    #[case::never_more_than_missing(10, 3, 10)]
    fn merged_partitions_share_what_is_missing(
        #[case] missing: u64,
        #[case] lanes: usize,
        #[case] items: u32,
    ) {
        assert_eq!(
            pace(missing, 0, 0, 0).lane_items(Filtered::No, lanes),
            items
        );
    }

    #[rstest]
    #[case::first_page_alone(pace(50, 0, 0, 0), 1)]
    #[case::nearly_full(pace(10, 40, 40, 1), 1)]
    #[case::one_more_page_may_hold_the_rest(pace(37, 13, 13, 1), 1)]
    #[case::far_from_full(pace(160, 40, 40, 1), 4)]
    #[case::very_far(pace(100_000, 40, 40, 1), 8)]
    #[case::no_match_in_four_pages(pace(50, 4_000, 0, 4), 4)]
    fn no_more_partitions_are_read_ahead_than_the_limit_needs(
        #[case] pace: Pace,
        #[case] pages: usize,
    ) {
        assert_eq!(pace.pages_at_once(8), pages);
    }

    #[rstest]
    #[case(None, 2_500)]
    #[case(Some(1_310.72), 1_000)]
    #[case(Some(400_000.0), 100)]
    #[case(Some(10.0), 50_000)]
    fn a_scan_page_asks_for_a_megabyte_and_a_quarter(
        #[case] mean: Option<f64>,
        #[case] items: u32,
    ) {
        assert_eq!(scan_page_items(mean), items);
    }
}
