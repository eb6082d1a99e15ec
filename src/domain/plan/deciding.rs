//! Which conditions still decide on an item when the keys of its path are followed.
//!
//! For estimates and for the size of pages, never for what is a row: that is verified on each item.

use super::access::AccessPath;
use super::conditions::attribute_understood;
use crate::domain::expr::{EachSource, Predicate, ValueExpr};

/// Those of `conjuncts` that an item may fail whose keys follow the conditions on `followed`: neither
/// such a condition nor one that all items of a copy satisfy.
pub(super) fn deciding<'p>(
    path: &AccessPath<'_>,
    followed: &[&str],
    conjuncts: &'p [Predicate],
) -> Vec<&'p Predicate> {
    let follows = |conjunct: &Predicate| {
        let attribute = match conjunct {
            // A partition of the alias holds the items whose list contains its value.
            Predicate::Contains(ValueExpr::Path(list), ValueExpr::Literal(_)) => path
                .each()
                .filter(|each| matches!(&each.source, EachSource::Path(walked) if walked == list))
                .and_then(|_| list.as_top()),
            _ => attribute_understood(conjunct),
        };
        attribute.is_some_and(|name| followed.contains(&name))
    };
    let given: Vec<&Predicate> = path.copy.map_or_else(Vec::new, |(dataset, copy)| {
        let filters = [
            &dataset.dataset.filter,
            &copy.mapping.filter,
            &copy.mapping.only,
        ];
        filters.iter().flat_map(|all| all.conjuncts()).collect()
    });
    let conjuncts = conjuncts.iter();
    conjuncts
        .filter(|conjunct| !follows(conjunct) && !given.contains(conjunct))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::domain::mapping::fixture::table;
    use crate::domain::plan::fixture::{catalog_of, path_of, plans, routed, try_route};
    use crate::domain::plan::pace::Filtered;
    use crate::domain::plan::{Plan, Reads, Route};
    use crate::domain::query::Consistency;
    use rstest::rstest;

    fn plan_of(route: Route, name: &str) -> Plan {
        let mut plans = plans(route);
        plans.find(|plan| path_of(&plan.access) == name).unwrap()
    }

    #[rstest]
    #[case::the_element_that_names_the_partition("contains(skus, 'A')", Filtered::No)]
    #[case::one_of_several("contains(skus, 'A') AND contains(skus, 'B')", Filtered::Maybe)]
    #[case::another_condition("contains(skus, 'A') AND total > 5", Filtered::Maybe)]
    fn a_partition_of_an_element_holds_what_contains_it(
        #[case] filter: &str,
        #[case] filtered: Filtered,
    ) {
        let file = "version = 1\n[dataset.orders]\nbase = \"orders\"\n\
                    [dataset.orders.copy.by_sku]\ntable = \"orders_by_sku\"\neach = \"skus as sku\"\n\
                    set = { slot = \"order_id\" }";
        let tables = [
            table("orders", "order_id"),
            table("orders_by_sku", "sku slot"),
        ];
        let text = format!("SELECT * FROM orders WHERE {filter} LIMIT 5");
        let route = try_route(&catalog_of(file, &tables), &text, Consistency::Eventual).unwrap();
        assert_eq!(plan_of(route, "by_sku").filtered, filtered);
    }

    #[test]
    fn between_listed_values_of_a_sort_key_lie_others() {
        let text = "SELECT * FROM strikes WHERE airport = 'A' AND \
                    struck_on IN ('1998-01-01', '1998-06-01') LIMIT 5";
        let route = routed(text);
        let plans = plans(route);
        let told = plans.filter(|plan| path_of(&plan.access) == "by_date");
        let told = told.filter_map(|plan| match &plan.reads {
            Reads::Partitions { conditions, .. } => Some((conditions.len(), plan.filtered)),
            _ => None,
        });
        let mut told: Vec<(usize, Filtered)> = told.collect();
        told.sort_by_key(|(lanes, _)| *lanes);
        assert_eq!(told, [(1, Filtered::Maybe), (2, Filtered::No)]);
    }

    #[rstest]
    #[case::bound("operator = 'A'", Filtered::No)]
    #[case::the_other_element("operator = 'A' AND airport > 'B'", Filtered::Maybe)]
    fn a_partition_of_one_of_two_attributes_says_nothing_of_the_other(
        #[case] filter: &str,
        #[case] filtered: Filtered,
    ) {
        let text = format!("SELECT * FROM strikes WHERE {filter} LIMIT 5");
        assert_eq!(plan_of(routed(&text), "by_party").filtered, filtered);
    }
}
