use super::*;
use crate::domain::plan::fixture::{DEMO, catalog_of, path_of, routed, tables, try_route};
use crate::domain::query::Consistency;
use serde_json::{Value as Json, json};

const ACCEPTED: &str = "SELECT * FROM strikes \
    WHERE struck_on BETWEEN '1998-08-10' AND '1998-10-02' ORDER BY struck_on DESC LIMIT 50";

#[test]
fn a_range_of_dates_goes_month_by_month_and_the_rest_costs_more_or_cannot_answer() {
    insta::assert_snapshot!(explain_text(&routed(ACCEPTED)));
}

#[test]
fn what_a_path_lacks_is_fetched_from_the_base() {
    let text = "SELECT * FROM strikes WHERE state IN ('Ohio', 'Texas') AND cost_repair > 0 \
        ORDER BY struck_on LIMIT 5";
    insta::assert_snapshot!(explain_text(&routed(text)));
}

#[test]
fn a_pinned_path_says_what_it_may_lack() {
    let text = "SELECT COUNT(*) FROM strikes.damaged WHERE cost_total > 1000";
    insta::assert_snapshot!(explain_text(&routed(text)));
}

#[test]
fn a_scan_says_what_would_spare_it() {
    let text = "SELECT airport FROM strikes WHERE struck_on >= '1998-08-10'";
    insta::assert_snapshot!(explain_text(&routed(text)));
}

#[test]
fn named_keys_are_queried_as_one_range_where_that_costs_less() {
    let text = "SELECT * FROM strikes WHERE airport = 'A' AND strike_id IN ('1', '2', '3')";
    insta::assert_snapshot!(explain_text(&routed(text)));
}

#[test]
fn keys_are_fetched_in_a_batch_and_the_rest_is_checked_in_the_client() {
    let text = "SELECT * FROM strikes \
        WHERE airport IN ('A', 'B') AND strike_id IN ('1', '2') AND damage = 'None'";
    insta::assert_snapshot!(explain_text(&routed(text)));
}

#[test]
fn the_shards_of_a_partition_are_read_all() {
    let file = DEMO.replace(
        "month(struck_on)\"",
        "month(struck_on) || '#' || crc32(strike_id) % 4\"",
    );
    let text = "SELECT * FROM strikes WHERE struck_on BETWEEN '1998-08-10' AND '1998-09-20' \
        ORDER BY struck_on DESC LIMIT 50";
    let catalog = catalog_of(&file, &tables());
    let route = try_route(&catalog, text, Consistency::Eventual).unwrap();
    insta::assert_snapshot!(explain_text(&route));
}

#[test]
fn an_element_of_a_list_is_a_partition() {
    let file = DEMO.replace("[operator, airport] as party", "tags as party");
    let text = "SELECT * FROM strikes WHERE contains(tags, 'x') AND cost_total > 5";
    let catalog = catalog_of(&file, &tables());
    let route = try_route(&catalog, text, Consistency::Eventual).unwrap();
    insta::assert_snapshot!(explain_text(&route));
}

#[test]
fn what_contradicts_itself_costs_nothing_and_says_why() {
    let text = "SELECT * FROM strikes WHERE damage = 'B' AND damage = 'C'";
    insta::assert_snapshot!(explain_text(&routed(text)));
}

#[test]
fn a_consistent_read_goes_to_the_base_and_says_what_it_excludes() {
    let text = "SELECT * FROM strikes WHERE operator = 'UNITED'";
    let route = try_route(&catalog_of(DEMO, &tables()), text, Consistency::Strong).unwrap();
    insta::assert_snapshot!(explain_text(&route));
}

#[test]
fn a_disjunction_is_a_union_whose_parts_are_told_one_by_one() {
    let text = "SELECT * FROM strikes \
        WHERE operator = 'UNITED' OR airport = 'A' AND damage = 'B' ORDER BY struck_on DESC LIMIT 20";
    let route = routed(text);
    insta::assert_snapshot!(explain_text(&route));
    let plan = plan_json(&route);
    let parts = plan["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 2);
    assert!(parts.iter().any(|part| part["table"] == plan["table"]));
    assert!(
        parts
            .iter()
            .all(|part| part["estimate"]["rcu"]["low"] != json!(0.0))
    );
}

#[test]
fn what_keys_order_in_part_is_sorted_in_groups() {
    let text = "SELECT * FROM strikes WHERE struck_on BETWEEN '1998-08-10' AND '1998-10-02' \
        ORDER BY struck_on DESC, cost_total LIMIT 50";
    insta::assert_snapshot!(explain_text(&routed(text)));
}

#[test]
fn partitions_and_what_is_in_them_may_go_two_ways() {
    let text = "SELECT * FROM strikes WHERE state IN ('Ohio', 'Texas') \
        ORDER BY state DESC, struck_on LIMIT 5";
    let text = explain_text(&routed(text));
    let partitions = "partitions     state = 'Texas', 'Ohio'\n";
    assert!(text.contains(partitions), "{text}");
    let order = "order          one partition after the other, by state DESC, struck_on\n";
    assert!(text.contains(order), "{text}");
}

#[test]
fn a_scan_of_an_index_that_holds_all_is_cheaper_than_of_the_base() {
    insta::assert_snapshot!(explain_text(&routed("SELECT COUNT(*) FROM strikes")));
}

#[test]
fn unknown_sizes_are_not_guessed() {
    let mut tables = tables();
    for table in &mut tables {
        (table.items, table.bytes) = (0, 0);
    }
    let catalog = catalog_of(DEMO, &tables);
    let text = "SELECT * FROM strikes WHERE state IN ('Ohio', 'Texas') AND airport = 'A'";
    let route = try_route(&catalog, text, Consistency::Eventual).unwrap();
    insta::assert_snapshot!(explain_text(&route));
}

#[test]
fn the_json_has_the_fields_of_the_contract() {
    let mut route = routed(ACCEPTED);
    route
        .rejected
        .retain(|r| path_of(&r.access) == "strikes" && r.plan.is_some());
    let expected = json!({
        "operation": "query", "table": "strikes_by_month", "index": null, "copy": "by_month",
        "partitions": [{"month": "1998-10"}, {"month": "1998-09"}, {"month": "1998-08"}],
        "order": "concatenate", "ordered_by": 1,
        "key_condition": "month = '1998-10' AND slot BETWEEN '1998-08-10' AND '1998-10-02$'",
        "filter": "struck_on BETWEEN '1998-08-10' AND '1998-10-02'", "client_filter": null,
        "limit": {"rows": 50, "stops": true}, "fetch_base": false, "consistent": false,
        "estimate": {
            "rcu": {"low": 1.5, "high": 3.0}, "usd": {"low": 1.875e-7, "high": 3.75e-7},
            "expected": {"rcu": 2.5, "usd": route.plan.estimate.expected_usd()},
            "requests": {"low": 1, "high": 3}, "bytes": route.plan.estimate.bytes, "basis": "described",
        },
        "parts": [],
        "rejected": [{
            "operation": "scan", "table": "strikes", "index": null, "copy": null,
            "reason": "costs_more", "detail": "≈ 362 (361–364) RCU instead of ≈ 2.5 (1.5–3) RCU",
            "estimate": {
                "rcu": {"low": 360.5, "high": 363.5}, "basis": "described",
                "expected": {"rcu": 361.5, "usd": 0.000_045_187_5},
            },
        }],
        "notes": [],
    });
    assert_eq!(plan_json(&route), expected);
    let scan =
        json!({"table": "strikes", "rcu": {"low": 360.5, "high": 364.0}, "usd": 0.000_045_281_25});
    assert_eq!(scan_json(&route.scan, Some("strikes")), scan);
}

#[test]
fn keys_are_partitions_too_and_a_refused_path_has_no_estimate() {
    let route = routed("SELECT * FROM strikes WHERE airport = 'A' AND strike_id = 'S1'");
    let plan = plan_json(&route);
    assert_eq!(plan["operation"], "get");
    assert_eq!(
        plan["partitions"],
        json!([{"airport": "A", "strike_id": "S1"}])
    );
    let refused = |r: &&Json| r["reason"] == "where_not_implied";
    let refused = plan["rejected"].as_array().unwrap().iter().find(refused);
    assert_eq!(refused.unwrap()["estimate"], json!(null));
}

#[test]
fn the_members_of_a_union_are_plans_themselves() {
    let mut route = routed("SELECT * FROM strikes WHERE airport = 'A' AND strike_id = 'S1'");
    let query = routed(ACCEPTED).plan;
    route.plan.parts = vec![route.plan.clone(), query];
    let plan = plan_json(&route);
    assert_eq!(plan["operation"], "get");
    assert_eq!(plan["parts"][0]["operation"], "get");
    assert_eq!(plan["parts"][1]["table"], "strikes_by_month");
    assert_eq!(plan["parts"][1]["parts"], json!([]));
    assert_eq!(plan["parts"][1]["rejected"], json!([]));
    let text = explain_text(&route);
    let heads: Vec<&str> = text.lines().filter(|l| l.starts_with("├ ")).collect();
    assert!(text.starts_with("union of 2 parts, each row once  "));
    assert!(heads[0].starts_with("├ get strikes  "), "{text}");
    assert!(heads[1].starts_with("├ query strikes_by_month (copy by_month)  "));
}

#[test]
fn the_json_of_what_is_unknown_is_null() {
    let mut tables = tables();
    tables[0].bytes = 0;
    let catalog = catalog_of(DEMO, &tables);
    let text = "SELECT * FROM strikes";
    let route = try_route(&catalog, text, Consistency::Eventual).unwrap();
    let plan = plan_json(&route);
    assert_eq!(plan["estimate"]["rcu"]["high"], json!(null));
    assert_eq!(plan["estimate"]["basis"], "unknown");
    assert_eq!(plan["partitions"], json!([]));
    let scan = scan_json(&route.scan, None);
    assert_eq!(scan, json!({ "rcu": null, "usd": null }));
}
