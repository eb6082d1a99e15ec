//! A loopback server that answers reads of three tables with items it makes up: the n-th order, and what its
//! copies hold of it. Keeps nothing.

use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

/// How many base items there are, for the process that serves them.
pub(crate) const ITEMS: &str = "DRIFTSCOPE_MEMORY_ITEMS";
/// Bytes of the longest key of these tables in a record: two texts with a type and a length each.
pub(crate) const KEY_BYTES: u64 = 2 + 10 + 2 + 10;
/// Bytes of an order, about.
const ORDER: u64 = 140;
/// Bytes after which a page ends.
const PAGE: u64 = 1024 * 1024;
/// One in so many lacks in a copy, and one in so many is different there.
const MISSING: u64 = 100_003;
const DIFFERENT: u64 = 70_001;

/// Findings that these tables give.
pub(crate) const fn drifted(items: u64) -> u64 {
    (items + MISSING - 1 - 7) / MISSING + (items + DIFFERENT - 1 - 11) / DIFFERENT
}

/// Says where it listens, and answers until its input ends: with the process that started it, however that ends.
pub(crate) fn serve(items: u64) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("the port");
    println!("http://{address}");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            std::thread::spawn(move || answer_all(&stream, items));
        }
    });
    let _end = std::io::stdin().read_to_end(&mut Vec::new());
}

/// Answers one request after another; `None` when the connection ends.
fn answer_all(stream: &TcpStream, items: u64) -> Option<()> {
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    loop {
        let (mut operation, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let Some((name, value)) = line.trim().split_once(": ") else {
                if line.trim().is_empty() {
                    break;
                }
                continue;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().ok()?,
                "x-amz-target" => value.rsplit('.').next()?.clone_into(&mut operation),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let request: Json = serde_json::from_slice(&body).ok()?;
        let answer = answer(&operation, &request, items)?;
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        writer.write_all(head.as_bytes()).ok()?;
        writer.write_all(&answer).ok()?;
    }
}

fn answer(operation: &str, request: &Json, items: u64) -> Option<Vec<u8>> {
    let table = request["TableName"].as_str().unwrap_or_default();
    let json = match operation {
        "ListTables" => json!({"TableNames": ["orders", "by_state", "by_day"]}),
        "DescribeTable" => description(table, items),
        "DescribeTimeToLive" => json!({"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}),
        "Scan" => return Some(scan(table, request, items)),
        "GetItem" => {
            let item = parsed(table, &request["Key"], items);
            item.map_or_else(|| json!({}), |item| json!({"Item": item}))
        }
        "BatchGetItem" => batch(&request["RequestItems"], items)?,
        _ => return None,
    };
    Some(json.to_string().into_bytes())
}

fn description(table: &str, items: u64) -> Json {
    let keys = keys(table);
    let schema: Vec<Json> = keys
        .iter()
        .zip(["HASH", "RANGE"])
        .map(|(name, role)| json!({"AttributeName": name, "KeyType": role}))
        .collect();
    let types: Vec<Json> = keys
        .iter()
        .map(|name| json!({"AttributeName": name, "AttributeType": "S"}))
        .collect();
    json!({"Table": {
        "TableName": table, "TableStatus": "ACTIVE", "TableId": table,
        "KeySchema": schema, "AttributeDefinitions": types,
        "ItemCount": items, "TableSizeBytes": items * ORDER,
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
    }})
}

fn keys(table: &str) -> &'static [&'static str] {
    match table {
        "by_state" => &["state", "id"],
        "by_day" => &["day", "id"],
        _ => &["id"],
    }
}

/// Writes what a table holds of the n-th order, if it holds anything.
fn put_item(table: &str, n: u64, out: &mut Vec<u8>) -> bool {
    if table == "by_day" && n % MISSING == 7 {
        return false;
    }
    let differs = table == "by_state" && n % DIFFERENT == 11;
    let written = write!(
        out,
        "{{\"id\":{{\"S\":\"o{n:08}\"}},\"state\":{{\"S\":\"state {:03}\"}},\"day\":{{\"S\":\"2024-{:02}-{:02}\"}},\
         \"operator\":{{\"S\":\"UNITED AIRLINES\"}},\"species\":{{\"S\":\"Mourning dove\"}},\
         \"total\":{{\"N\":\"{}.{}\"}},\"revised_at\":{{\"N\":\"{}\"}},\"warned\":{{\"BOOL\":{}}},\
         \"damage\":{{\"S\":\"None\"}}}}",
        n % 50,
        n % 12 + 1,
        n % 28 + 1,
        n % 9_000,
        n % 90 + 10,
        900_000_000 + n + u64::from(differs),
        n.is_multiple_of(2),
    );
    written.is_ok()
}

/// A page of a segment: orders from where it starts.
fn scan(table: &str, request: &Json, items: u64) -> Vec<u8> {
    let number = |name: &str, usual: u64| request[name].as_u64().unwrap_or(usual);
    let (segment, total) = (number("Segment", 0), number("TotalSegments", 1));
    let end = items * (segment + 1) / total;
    let start = number_of(&request["ExclusiveStartKey"]).map_or(items * segment / total, |n| n + 1);
    let limit = number("Limit", u64::MAX).min(PAGE / ORDER + 1);
    let to = start.saturating_add(limit).min(end);
    let (mut out, mut count) = (b"{\"Items\":[".to_vec(), 0_u64);
    for n in start..to {
        let before = out.len();
        if count > 0 {
            out.push(b',');
        }
        if put_item(table, n, &mut out) {
            count += 1;
        } else {
            out.truncate(before);
        }
    }
    let half_units = (count * ORDER).div_ceil(4096).max(1);
    let mut rest = json!({
        "Count": count, "ScannedCount": count,
        "ConsumedCapacity": {"TableName": table, "CapacityUnits": super::float(half_units) / 2.0},
    });
    if let Some(last) = to.checked_sub(1).filter(|_| to < end) {
        let item = whole(table, last);
        let key = keys(table)
            .iter()
            .map(|name| ((*name).to_owned(), item[*name].clone()));
        rest["LastEvaluatedKey"] = Json::Object(key.collect());
    }
    out.extend_from_slice(b"],");
    out.extend_from_slice(&rest.to_string().as_bytes()[1..]);
    out
}

/// The n-th order as any table has its keys.
fn whole(table: &str, n: u64) -> Json {
    let mut text = Vec::new();
    let table = if put_item(table, n, &mut text) {
        table
    } else {
        "orders"
    };
    text.clear();
    put_item(table, n, &mut text);
    serde_json::from_slice(&text).unwrap_or_default()
}

fn number_of(key: &Json) -> Option<u64> {
    key["id"]["S"].as_str()?.strip_prefix('o')?.parse().ok()
}

/// The item of a key.
fn parsed(table: &str, key: &Json, items: u64) -> Option<Json> {
    let n = number_of(key).filter(|n| *n < items)?;
    let mut text = Vec::new();
    let item =
        put_item(table, n, &mut text).then(|| serde_json::from_slice::<Json>(&text).ok())??;
    let mut parts = keys(table).iter();
    parts.all(|name| item[*name] == key[*name]).then_some(item)
}

fn batch(tables: &Json, items: u64) -> Option<Json> {
    let (mut found, mut consumed) = (serde_json::Map::new(), Vec::new());
    for (table, asked) in tables.as_object()? {
        let keys = asked["Keys"].as_array()?;
        let rows: Vec<Json> = keys
            .iter()
            .filter_map(|key| parsed(table, key, items))
            .collect();
        consumed.push(json!({"TableName": table, "CapacityUnits": keys.len()}));
        found.insert(table.clone(), Json::Array(rows));
    }
    Some(json!({"Responses": found, "UnprocessedKeys": {}, "ConsumedCapacity": consumed}))
}
