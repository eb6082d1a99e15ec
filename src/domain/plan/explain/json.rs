//! The `plan` and `scan` objects of the JSON contract.

use super::client::client_filter;
use super::facts::{key_of, stops_at_limit};
use crate::domain::cost::ScanCost;
use crate::domain::plan::{Access, Estimate, Plan, Reads, Reason, Rejected, Route};
use crate::domain::query::Consistency;
use crate::domain::read::KeyCondition;
use crate::domain::value::{Item, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

/// The `plan` object of the JSON contract, with `rejected`.
#[must_use]
pub fn plan_json(route: &Route) -> Json {
    // That another path was asked for is no reason of the contract: the notes name the cheaper one.
    let rejected = route.rejected.iter().filter(|r| r.reason != Reason::Pinned);
    let rejected = rejected.map(rejected_json);
    let mut object = object_of(&route.plan, route.limit);
    let rest = json!({
        "rejected": rejected.collect::<Vec<_>>(),
        "notes": route.notes,
    });
    merge(&mut object, rest);
    object
}

/// The plan itself, and of a union its members.
fn object_of(plan: &Plan, limit: Option<u64>) -> Json {
    let (partitions, key_condition) = match &plan.reads {
        Reads::Keys(keys) => (
            keys.iter().map(item_json).collect(),
            keys.first().map(|key| key_of(key).to_string()),
        ),
        Reads::Partitions { conditions, .. } => (
            conditions.iter().map(partition_json).collect(),
            conditions.first().map(ToString::to_string),
        ),
        Reads::Scan | Reads::Nothing => (Vec::new(), None),
    };
    let stops = |rows| json!({ "rows": rows, "stops": stops_at_limit(plan) });
    let mut object = access_json(&plan.access, plan.operation());
    let rest = json!({
        "partitions": partitions,
        "order": plan.order.code(),
        "ordered_by": plan.ordered_by,
        "key_condition": key_condition,
        "filter": plan.filter.as_ref().map(ToString::to_string),
        "client_filter": client_filter(plan).map(|filter| filter.to_string()),
        "limit": limit.map(stops),
        "fetch_base": plan.fetch.is_some(),
        "consistent": plan.consistency == Consistency::Strong,
        "estimate": estimate_json(&plan.estimate),
        "parts": plan.parts.iter().map(|part| object_of(part, limit)).collect::<Vec<_>>(),
        // Told of the plan as a whole.
        "rejected": [],
    });
    merge(&mut object, rest);
    object
}

/// A member of `rejected`.
fn rejected_json(rejected: &Rejected) -> Json {
    let mut object = access_json(&rejected.access, rejected.operation);
    let estimate = rejected.estimate.map(|estimate| {
        json!({
            "rcu": estimate.rcu,
            "expected": expected_json(&estimate),
            "basis": estimate.basis.code(),
        })
    });
    let rest = json!({
        "reason": rejected.reason.code(),
        "detail": rejected.detail,
        "estimate": estimate,
    });
    merge(&mut object, rest);
    object
}

/// The `scan` object of the JSON contract; with the table's name when given.
#[must_use]
pub fn scan_json(scan: &ScanCost, table: Option<&str>) -> Json {
    let mut object = json!({ "rcu": scan.rcu, "usd": scan.usd });
    if let Some(table) = table {
        merge(&mut object, json!({ "table": table }));
    }
    object
}

fn access_json(access: &Access, operation: &str) -> Json {
    json!({
        "operation": operation,
        "table": access.table,
        "index": access.index,
        "copy": access.copy,
    })
}

fn estimate_json(estimate: &Estimate) -> Json {
    let usd = estimate
        .usd
        .map(|(low, high)| json!({ "low": low, "high": high }));
    json!({
        "rcu": estimate.rcu,
        "expected": expected_json(estimate),
        "usd": usd,
        "requests": estimate.requests,
        "bytes": estimate.bytes,
        "basis": estimate.basis.code(),
    })
}

/// What routes are ranked by; nothing where sizes are unknown.
fn expected_json(estimate: &Estimate) -> Option<Json> {
    estimate.rcu.high?;
    Some(json!({ "rcu": estimate.shown(), "usd": estimate.expected_usd() }))
}

fn merge(object: &mut Json, more: Json) {
    if let (Json::Object(object), Json::Object(more)) = (object, more) {
        object.extend(more);
    }
}

fn partition_json(condition: &KeyCondition) -> Json {
    let members = condition.partition().iter();
    members
        .map(|(name, value)| (name.clone(), value_json(value)))
        .collect()
}

fn item_json(item: &Item) -> Json {
    item.iter()
        .map(|(name, value)| (name.clone(), value_json(value)))
        .collect()
}

/// A key value as plain JSON. Numbers that no JSON reader would keep whole are their text.
fn value_json(value: &Value) -> Json {
    match value {
        Value::S(text) => Json::from(text.as_str()),
        Value::N(number) => number
            .to_i64()
            .map_or_else(|| Json::from(number.to_string()), Json::from),
        Value::B(bytes) => Json::from(STANDARD.encode(bytes)),
        other => Json::from(other.kind().code()),
    }
}
