//! Above which estimate a request is asked about.

use crate::domain::names::{IndexName, Rcu};
use crate::domain::schema::{Billing, Table};

/// How many seconds of a provisioned table's units a request may take unasked.
const SECONDS: u64 = 10;

/// The setting; on a provisioned table or index at most ten seconds of its units.
#[must_use]
pub fn ask_limit(setting: Rcu, table: &Table, index: Option<&IndexName>) -> Rcu {
    let Billing::Provisioned { rcu } = table.billing else {
        return setting;
    };
    let of_index = index.and_then(|index| table.index(index.as_str())?.provisioned_rcu);
    let units = of_index.unwrap_or(rcu).saturating_mul(SECONDS);
    Rcu(setting
        .0
        .min(f64::from(u32::try_from(units).unwrap_or(u32::MAX))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::mapping::fixture;

    #[test]
    fn a_provisioned_table_is_asked_about_after_ten_seconds_of_its_units() {
        let mut table = fixture::table("t", "k");
        table.billing = Billing::OnDemand;
        assert_eq!(ask_limit(Rcu(10_000.0), &table, None), Rcu(10_000.0));
        table.billing = Billing::Provisioned { rcu: 20 };
        assert_eq!(ask_limit(Rcu(10_000.0), &table, None), Rcu(200.0));
        assert_eq!(ask_limit(Rcu(50.0), &table, None), Rcu(50.0));
    }
}
