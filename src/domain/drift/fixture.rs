pub(super) fn item(json: &serde_json::Value) -> crate::domain::value::Item { crate::domain::item::item_from_dynamo_json(json).unwrap() }
