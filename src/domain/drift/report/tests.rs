use super::*;
use crate::domain::mapping::fixture::{copy, item, strikes};
use crate::domain::names::Range;
use rstest::rstest;

fn finding() -> Finding {
    Finding {
        dataset: "strikes".into(),
        copy: "by_month".into(),
        class: Class::Different,
        base_key: Some(item(&json!({
            "airport": {"S": "SACRAMENTO INTL"}, "strike_id": {"S": "S04711"},
        }))),
        copy_key: Some(item(&json!({"month": {"S": "1998-08"}}))),
        attributes: vec![AttributeDiff {
            path: "cost_total".into(),
            base: Some(Value::N(12.into())),
            copy: None,
        }],
        detail: None,
        seen_at: "2026-01-01T00:00:00Z".into(),
        confirmed_at: "2026-01-01T00:00:30Z".into(),
        mend: None,
    }
}

fn summary() -> CopySummary {
    let dataset = strikes();
    CopySummary::new(copy(&dataset, "by_month"))
}

fn candidate(keys: usize) -> Candidate {
    Candidate {
        base_key: None,
        copy_keys: Vec::new(),
        seen: keys as u64,
    }
}

fn of(class: Class) -> Finding {
    Finding { class, ..finding() }
}

#[test]
fn a_finding_is_the_line_of_the_contract() {
    assert_eq!(
        finding().to_json(),
        json!({
            "v": 1, "dataset": "strikes", "copy": "by_month", "class": "different",
            "base_key": {"airport": {"S": "SACRAMENTO INTL"}, "strike_id": {"S": "S04711"}},
            "copy_key": {"month": {"S": "1998-08"}},
            "attributes": [{"path": "cost_total", "base": {"N": "12"}, "copy": null}],
            "detail": null,
            "seen_at": "2026-01-01T00:00:00Z", "confirmed_at": "2026-01-01T00:00:30Z",
        })
    );
}

#[test]
fn a_finding_without_keys_has_nulls() {
    let unmappable = Finding {
        base_key: None,
        copy_key: None,
        attributes: vec![],
        detail: Some("why".into()),
        ..of(Class::Unmappable)
    };
    let json = unmappable.to_json();
    assert_eq!(
        (&json["base_key"], &json["copy_key"]),
        (&Json::Null, &Json::Null)
    );
    assert_eq!(
        (&json["attributes"], &json["detail"]),
        (&json!([]), &json!("why"))
    );
}

#[test]
fn a_finding_in_one_line_escapes_the_text_of_items() {
    assert_eq!(
        finding().to_string(),
        "different  by_month  month=\"1998-08\"  of airport=\"SACRAMENTO INTL\" strike_id=\"S04711\"  \
         cost_total: 12 in the base, absent in the copy"
    );
    let nasty = item(&json!({"k\u{1b}": {"S": "\u{1b}[31m\u{202e}O'HARE"}}));
    assert_eq!(key_text(&nasty), "k\\u{1b}=\"\\u{1b}[31m\\u{202e}O'HARE\"");
}

#[rstest]
#[case::a_list(json!({"L": [{"N": "1"}, {"BOOL": true}]}), "v=[1, true]")]
#[case::a_map(json!({"M": {"a": {"NULL": true}}}), "v={a=null}")]
#[case::a_set(json!({"SS": ["a", "b"]}), "v={\"a\", \"b\"}")]
#[case::numbers(json!({"NS": ["10", "9"]}), "v={9, 10}")]
#[case::binary(json!({"B": "AAEC"}), "v=<AAEC>")]
#[case::binaries(json!({"BS": ["AAEC"]}), "v={<AAEC>}")]
fn every_type_has_a_text(#[case] value: Json, #[case] text: &str) {
    assert_eq!(key_text(&item(&json!({ "v": value }))), text);
}

/// Copy keys of the candidate, classes found; then candidates, in flight.
#[rstest]
#[case::in_flight(1, &[], 1, 1)]
#[case::confirmed(1, &[Class::Missing], 1, 0)]
#[case::missing_and_misplaced(2, &[Class::Missing, Class::Misplaced], 2, 0)]
#[case::one_of_two_arrived(2, &[Class::Misplaced], 2, 1)]
#[case::more_found_than_seen(1, &[Class::Missing, Class::Misplaced], 2, 0)]
#[case::unmappable(1, &[Class::Unmappable], 0, 0)]
fn candidates_are_in_flight_or_found(
    #[case] keys: usize,
    #[case] found: &[Class],
    #[case] candidates: u64,
    #[case] in_flight: u64,
) {
    let mut summary = summary();
    let findings: Vec<Finding> = found.iter().copied().map(of).collect();
    summary.settle(&candidate(keys), &findings);
    summary.settle_hot(&candidate(1));
    assert_eq!(
        (summary.candidates, summary.in_flight),
        (candidates + 1, in_flight)
    );
    let verified: u64 = summary
        .findings
        .iter()
        .filter(|(class, _)| **class != Class::Unmappable)
        .map(|(_, count)| count)
        .sum();
    assert_eq!(
        summary.candidates,
        summary.in_flight + verified + summary.hot + summary.pending
    );
}

#[test]
fn the_summary_is_the_object_of_the_contract() {
    let mut copy = summary();
    copy.settle(&candidate(1), &[of(Class::Missing)]);
    let mut summary = Summary {
        dataset: "strikes".into(),
        mode: "full",
        complete: true,
        base_items: 10_000,
        copies: vec![copy],
        consumed: Rcu(1372.5),
        scan: ScanCost {
            rcu: Some(Range::new(Rcu(1370.0), Rcu(1390.0))),
            usd: None,
        },
        seconds: 4.1,
    };
    assert_eq!(
        summary.to_json(),
        json!({
            "dataset": "strikes", "mode": "full", "complete": true, "base_items": 10000,
            "copies": [{
                "copy": "by_month", "table": "strikes_by_month", "expected": 0, "actual": 0,
                "candidates": 1, "in_flight": 0, "pending": 0,
                "findings": {
                    "missing": 1, "orphaned": 0, "misplaced": 0, "different": 0, "stale": 0,
                    "duplicate": 0, "unmappable": 0, "expired": 0, "hot": 0,
                },
                "bound": null,
            }],
            "consumed": {"rcu": 1372.5}, "scan": {"rcu": {"low": 1370.0, "high": 1390.0}},
            "seconds": 4.1,
        })
    );
    assert!(summary.has_drift());
    summary.scan.rcu = None;
    assert_eq!(summary.to_json()["scan"], json!({"rcu": null}));
}

#[rstest]
#[case(&[], false)]
#[case(&[Class::Expired], false)]
#[case(&[Class::Expired, Class::Unmappable], true)]
fn expired_items_are_no_drift(#[case] classes: &[Class], #[case] drift: bool) {
    let mut summary = summary();
    let findings: Vec<Finding> = classes.iter().copied().map(of).collect();
    summary.settle(&candidate(1), &findings);
    assert_eq!(summary.has_drift(), drift);
}
