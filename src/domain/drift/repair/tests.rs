use super::*;
use crate::domain::drift::AttributeDiff;
use crate::domain::mapping::fixture::{copy, item, one_copy};
use crate::domain::value::Value;
use rstest::rstest;
use std::process::Command;

fn dataset() -> BoundDataset {
    one_copy(
        "day slot",
        "set = { slot = \"pk || '#' || sk\" }\nignore = [\"copied_at\"]",
    )
}

fn finding(class: Class, mend: Option<Mend>) -> Finding {
    Finding {
        dataset: "d".into(),
        copy: "c".into(),
        class,
        base_key: Some(item(&json!({"pk": {"S": "p"}, "sk": {"S": "s"}}))),
        copy_key: None,
        attributes: vec![AttributeDiff {
            path: "a\nid".to_owned(),
            base: Some(Value::s("x")),
            copy: None,
        }],
        detail: None,
        seen_at: String::new(),
        confirmed_at: String::new(),
        mend,
    }
}

fn expected() -> Item {
    item(&json!({"day": {"S": "1"}, "slot": {"S": "p#s"}, "total": {"N": "12"}}))
}

fn found() -> Item {
    item(&json!({
        "day": {"S": "1"}, "slot": {"S": "p#s"}, "total": {"N": "7"}, "copied_at": {"S": "now"},
    }))
}

fn jsonl(class: Class, mend: Option<Mend>) -> Json {
    serde_json::from_str(&PlanForm::Jsonl.lines(&dataset(), &finding(class, mend))).unwrap()
}

#[test]
fn a_missing_item_is_put_where_still_none_is() {
    let put = Mend::Put {
        item: expected(),
        over: None,
    };
    assert_eq!(
        jsonl(Class::Missing, Some(put)),
        json!({
            "TableName": "c",
            "PutRequest": {"Item": {"day": {"S": "1"}, "slot": {"S": "p#s"}, "total": {"N": "12"}}},
            "ConditionExpression": "attribute_not_exists(#n0)",
            "ExpressionAttributeNames": {"#n0": "day"},
        })
    );
}

#[test]
fn a_different_item_is_put_over_the_one_seen_and_keeps_what_nobody_compares() {
    let dataset = dataset();
    let put = Mend::over(&dataset, copy(&dataset, "c"), &expected(), &found());
    let line = jsonl(Class::Different, Some(put));
    let item = &line["PutRequest"]["Item"];
    assert_eq!(item["total"], json!({"N": "12"}));
    assert_eq!(item["copied_at"], json!({"S": "now"}));
    assert_eq!(
        line["ConditionExpression"],
        "#n0 = :v0 AND #n1 = :v1 AND #n2 = :v2 AND #n3 = :v3"
    );
    assert_eq!(line["ExpressionAttributeNames"]["#n3"], "total");
    assert_eq!(line["ExpressionAttributeValues"][":v3"], json!({"N": "7"}));
}

#[test]
fn an_item_too_many_is_deleted_by_its_key_as_long_as_it_is_the_one_seen() {
    let line = jsonl(Class::Orphaned, Some(Mend::Delete { seen: found() }));
    assert_eq!(
        line["DeleteRequest"],
        json!({"Key": {"day": {"S": "1"}, "slot": {"S": "p#s"}}})
    );
    assert_eq!(
        line["ExpressionAttributeValues"].as_object().map(Map::len),
        Some(4)
    );
}

#[test]
fn a_condition_never_has_more_operators_than_an_expression_may() {
    let many: Item = (0..300)
        .map(|n| (format!("a{n:03}"), Value::Null))
        .collect();
    let line = jsonl(Class::Orphaned, Some(Mend::Delete { seen: many }));
    let condition = line["ConditionExpression"].as_str().unwrap();
    assert_eq!(condition.matches('=').count(), COMPARED);
}

#[rstest]
#[case(Class::Duplicate)]
#[case(Class::Unmappable)]
#[case(Class::Expired)]
#[case(Class::Missing)]
fn what_no_write_mends_is_told_with_its_reason(#[case] class: Class) {
    let line = jsonl(class, None);
    assert_eq!(line["skipped"], class.code());
    assert!(!line["why"].as_str().unwrap().is_empty());
    let text = PlanForm::Shell.lines(&dataset(), &finding(class, None));
    assert!(text.lines().all(|line| line.starts_with("# ")), "{text}");
}

/// What a shell passes on when it runs the plan with an `aws` that prints its arguments.
fn run(text: &str) -> Vec<String> {
    let script = format!("aws() {{ printf '%s\\0' \"$@\"; }}\n{text}");
    let output = Command::new("sh").arg("-c").arg(script).output().unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
    let words = output.stdout.split(|byte| *byte == 0);
    words
        .map(|word| String::from_utf8(word.to_vec()).unwrap())
        .collect()
}

#[rstest]
#[case::quote("it's")]
#[case::command("$(id) `id` ; id && id > id")]
#[case::line_end("a\nb\r\tc")]
#[case::escape("\u{1b}[31m\u{7f}\u{9b}\0")]
#[case::bidi("\u{202e}abc\u{1f600}é")]
#[case::backslash("\\' \\\\ \"")]
fn a_command_says_to_a_shell_exactly_what_was_meant(#[case] text: &str) {
    let mut item = expected();
    item.insert(text.to_owned(), Value::s(text));
    let put = Mend::Put {
        item: item.clone(),
        over: Some(item.clone()),
    };
    let lines = PlanForm::Shell.lines(&dataset(), &finding(Class::Different, Some(put)));
    assert_eq!(lines.lines().count(), 2, "a comment and a command: {lines}");
    assert!(
        lines
            .trim_end()
            .chars()
            .all(|c| c == '\n' || (' '..='~').contains(&c)),
        "{lines}"
    );
    let words = run(&lines);
    assert_eq!(words[..4], ["dynamodb", "put-item", "--table-name", "c"]);
    assert_eq!(words[4], "--item");
    let passed: Json = serde_json::from_str(&words[5]).unwrap();
    assert_eq!(passed, item_to_dynamo_json(&item));
    assert_eq!(words.len(), 13, "{words:?}");
}

#[test]
fn a_delete_is_a_command_by_key() {
    let delete = Mend::Delete { seen: found() };
    let lines = PlanForm::Shell.lines(&dataset(), &finding(Class::Misplaced, Some(delete)));
    let words = run(&lines);
    assert_eq!(words[1], "delete-item");
    assert_eq!(
        words[4..6],
        ["--key", r#"{"day":{"S":"1"},"slot":{"S":"p#s"}}"#]
    );
}

#[test]
fn an_item_that_no_command_line_can_carry_is_left_to_json_lines() {
    let mut item = expected();
    item.insert("note".to_owned(), Value::s("x".repeat(ARGUMENT)));
    let put = Mend::Put { item, over: None };
    let lines = PlanForm::Shell.lines(&dataset(), &finding(Class::Missing, Some(put)));
    assert!(
        lines.contains("# nothing planned: no command line"),
        "{lines}"
    );
}
