//! Random requests.

use proptest::prelude::*;

fn date() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (1997..2000, 1..=12, 1..=31).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}")),
        1 => (1997..2000, 1..=12).prop_map(|(y, m)| format!("{y:04}-{m:02}")),
        1 => Just("1998".to_owned()),
        1 => Just("x".to_owned()),
    ]
}

fn texts(attribute: &'static str, values: &'static [&'static str]) -> BoxedStrategy<String> {
    let value = || proptest::sample::select(values);
    (0..7, value(), value())
        .prop_map(move |(form, a, b)| match form {
            0 | 1 => format!("{attribute} = '{a}'"),
            2 => format!("{attribute} IN ('{a}', '{b}')"),
            3 => format!("{attribute} <> '{a}'"),
            4 => format!("({attribute} = '{a}' OR {attribute} > '{b}')"),
            5 => format!("{attribute} > '{a}'"),
            _ => format!("begins_with({attribute}, '{}')", &a[..1]),
        })
        .boxed()
}

fn condition() -> BoxedStrategy<String> {
    let dates = (0..6, date(), date()).prop_map(|(form, a, b)| {
        let (low, high) = (a.clone().min(b.clone()), a.clone().max(b));
        match form {
            0 => format!("struck_on = '{a}'"),
            1 => format!("struck_on >= '{low}' AND struck_on < '{high}'"),
            2 => format!("struck_on > '{a}'"),
            3 => format!("begins_with(struck_on, '{a}')"),
            _ => format!("struck_on BETWEEN '{low}' AND '{high}'"),
        }
    });
    let costs = (0..5, 0_i64..2_000, 0_i64..2_000).prop_map(|(form, a, b)| match form {
        0 => format!("cost = {a}"),
        1 => format!("cost > {a}"),
        2 => format!("cost <= {a}.5"),
        3 => "cost = '5'".to_owned(),
        _ => format!("cost BETWEEN {} AND {}", a.min(b), a.max(b)),
    });
    prop_oneof![
        4 => dates,
        2 => costs,
        2 => texts("airport", &["A", "B", "A B"]),
        2 => texts("operator", &["A", "UNITED", "A B"]),
        2 => texts("damage", &["None", "Minor", "B"]),
        2 => texts("state", &["Ohio", "Texas", "5"]),
        1 => texts("strike_id", &["a", "ab", "a#", "#"]),
        1 => Just("state = 5".to_owned()),
        1 => Just("damage <> 'None'".to_owned()),
        1 => Just("NOT (operator = 'A' OR state = 'Ohio')".to_owned()),
        1 => Just("attribute_not_exists(state)".to_owned()),
        1 => Just("contains(tags, 'x')".to_owned()),
        1 => Just("contains(tags, 'y')".to_owned()),
        1 => Just("id = 'a'".to_owned()),
        1 => Just("airport = ''".to_owned()),
    ]
    .boxed()
}

/// Conditions put together with OR, AND, and NOT.
fn choice() -> impl Strategy<Value = String> {
    let leaf = (0..6, condition()).prop_map(|(form, condition)| match form {
        0 => format!("NOT ({condition})"),
        _ => condition,
    });
    let both = proptest::collection::vec(leaf, 1..3).prop_map(|all| all.join(" AND "));
    (0..6, proptest::collection::vec(both, 2..4)).prop_map(|(form, members)| {
        let any = format!("(({}))", members.join(") OR ("));
        match form {
            0 => format!("NOT {any}"),
            _ => any,
        }
    })
}

/// The text of a request.
pub(super) fn text() -> impl Strategy<Value = String> {
    let select = proptest::sample::select(
        &[
            "*",
            "*",
            "*",
            "COUNT(*)",
            "damage, cost",
            "struck_on",
            "strike_id, state",
            "slot, airport",
        ][..],
    );
    let by = proptest::sample::select(
        &[
            "struck_on",
            "cost",
            "damage",
            "operator",
            "airport",
            "strike_id",
            "state",
            "id",
        ][..],
    );
    let way = proptest::sample::select(&["", " DESC"][..]);
    let order = proptest::collection::vec((by, way), 0..3);
    let conditions = proptest::collection::vec(prop_oneof![2 => condition(), 1 => choice()], 0..4);
    (select, conditions, order).prop_map(|(select, conditions, order)| {
        let filter = match conditions.join(" AND ") {
            none if none.is_empty() => String::new(),
            filter => format!(" WHERE {filter}"),
        };
        let order: Vec<String> = order
            .into_iter()
            .map(|(by, way)| format!("{by}{way}"))
            .collect();
        let order = if order.is_empty() {
            String::new()
        } else {
            format!(" ORDER BY {}", order.join(", "))
        };
        format!("SELECT {select} FROM strikes{filter}{order}")
    })
}
