//! Time to live: what expired is on its way out, on whichever side, and no drift.

use crate::domain::schema::Table;
use crate::domain::value::{Item, Number, Value};

/// Items that expired longer ago are not deleted: the time is taken for a mistake (developer guide, Time to
/// Live, "no more than five years in the past").
const LONGEST: i64 = 5 * 365 * 24 * 60 * 60;

/// Which of these items has expired at `now`, in a sentence.
pub(super) fn why<'a>(
    items: impl IntoIterator<Item = (&'a Table, Option<&'a Item>)>,
    now: i64,
) -> Option<String> {
    items.into_iter().find_map(|(table, item)| {
        let attribute = table.ttl.as_ref()?;
        has_expired(item?.get(attribute)?, now).then(|| {
            format!(
                "by `{attribute}` its time to live in `{}` has passed",
                table.name
            )
        })
    })
}

/// Whether the time to live has passed: a number of seconds since 1970; with another type an item never
/// expires. It is deleted within a few days, and until then read as before (developer guide, Time to Live).
fn has_expired(at: &Value, now: i64) -> bool {
    let Value::N(at) = at else {
        return false;
    };
    *at < Number::from(now) && *at >= Number::from(now.saturating_sub(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const NOW: i64 = 1_700_000_000;

    #[rstest]
    #[case::a_second_ago(Value::N((NOW - 1).into()), true)]
    #[case::a_fraction_of_a_second_ago(Value::N("1699999999.5".parse().unwrap()), true)]
    #[case::now(Value::N(NOW.into()), false)]
    #[case::tomorrow(Value::N((NOW + 86_400).into()), false)]
    #[case::in_milliseconds(Value::N(((NOW - 1) * 1_000).into()), false)]
    #[case::a_year_ago(Value::N((NOW - 31_536_000).into()), true)]
    #[case::six_years_ago(Value::N((NOW - 6 * 31_536_000).into()), false)]
    #[case::never(Value::N(0_i64.into()), false)]
    #[case::as_text(Value::s("1600000000"), false)]
    fn an_item_has_expired_when_its_number_of_seconds_has_passed(
        #[case] at: Value,
        #[case] expired: bool,
    ) {
        assert_eq!(has_expired(&at, NOW), expired);
    }
}
