//! One `Query` response page of about a megabyte, decoded by the SDK and by the block decoder.
//!
//! The SDK's parser is taken out of the operation's configuration, so that neither a connection
//! nor a signature is in the figures. Ours pays for slicing `Items` out of the response, too, as
//! it does in use. `IgnoredAny` is the floor: tokens are looked at, nothing is kept.
//!
//! `records` is what a drift check does with a page of the base: decode it, map every item to two
//! copies, and digest what each should hold.

#![expect(
    clippy::expect_used,
    reason = "a benchmark stops when its page is wrong"
)]

use aws_sdk_dynamodb::operation::query::Query;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use driftscope::domain::drift::Recorder;
use driftscope::domain::item::decode_items;
use driftscope::domain::mapping::{BoundDataset, bind, parse_dataset_file};
use driftscope::domain::schema::{KeyAttribute, KeyKind, KeySchema, Table};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::hint::black_box;

fn item(n: usize) -> serde_json::Value {
    serde_json::json!({
        "airport": {"S": format!("K{:03}", n % 400)},
        "strike_id": {"S": format!("{:07}", n * 17)},
        "struck_on": {"S": format!("1998-{:02}-{:02}", n % 12 + 1, n % 28 + 1)},
        "operator": {"S": "SOUTHWEST AIRLINES"},
        "aircraft": {"S": "B-737-300"},
        "species": {"S": "Mourning dove"},
        "damage": {"S": "None"},
        "phase": {"S": "Approach"},
        "state": {"S": "Texas"},
        "remarks": {"S": "flock crossed the runway\nat \"rotation\""},
        "height": {"N": (n % 9000).to_string()},
        "speed": {"N": (n % 250).to_string()},
        "cost_total": {"N": format!("{}.{:02}", n * 131, n % 100)},
        "revised_at": {"N": (900_000_000 + n).to_string()},
        "warned": {"BOOL": n.is_multiple_of(2)},
        "parts": {"SS": ["engine 1", "nose", "windshield"]},
    })
}

fn page() -> Vec<u8> {
    let items: Vec<_> = (0..1900).map(item).collect();
    let page =
        serde_json::json!({"Count": items.len(), "Items": items, "ScannedCount": items.len()});
    page.to_string().into_bytes()
}

#[derive(serde::Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "Items")]
    items: &'a RawValue,
}

const DATASET: &str = r#"version = 1
[dataset.strikes]
base = "strikes"
[dataset.strikes.copy.by_month]
table = "strikes_by_month"
set = { month = "month(struck_on)", slot = "struck_on || '#' || strike_id" }
[dataset.strikes.copy.by_state]
table = "strikes_by_state"
set = { slot = "struck_on || '#' || strike_id" }
"#;

fn table(name: &str, partition: &str, sort: &str) -> Table {
    let key = |name: &str| {
        let kind = KeyKind::S;
        let name = name.to_owned();
        [KeyAttribute { name, kind }].into()
    };
    let key = KeySchema {
        partition: key(partition),
        sort: key(sort),
    };
    Table::new(name, key)
}

/// The strikes with two copies, by month and by state.
fn dataset() -> BoundDataset {
    let file = parse_dataset_file("bench", DATASET).expect("a dataset file");
    let table = |name: &str| {
        Ok(match name {
            "strikes" => table(name, "airport", "strike_id"),
            "strikes_by_month" => table(name, "month", "slot"),
            _ => table(name, "state", "slot"),
        })
    };
    bind(&file.datasets[0], &file.path, DATASET, &table).expect("a dataset")
}

fn decode(c: &mut Criterion) {
    let page = page();
    let mut group = c.benchmark_group("decode");
    group.throughput(Throughput::Bytes(page.len() as u64));

    let config = ConfigBag::of_layers(Vec::new());
    let layer = Query::new().config().expect("a query has a configuration");
    let sdk = layer
        .load::<SharedResponseDeserializer>()
        .expect("a query has a deserializer");
    let response = HttpResponse::new(
        200.try_into().expect("a status"),
        SdkBody::from(page.clone()),
    );
    group.bench_function("sdk", |b| {
        b.iter(|| {
            let page = sdk.deserialize_nonstreaming_with_config(black_box(&response), &config);
            page.expect("the page is well formed")
        });
    });

    group.bench_function("block", |b| {
        b.iter(|| {
            let page: Envelope<'_> = serde_json::from_slice(black_box(&page)).expect("a page");
            decode_items(page.items.get().as_bytes()).expect("the items are well formed")
        });
    });

    let dataset = dataset();
    let mut recorder = Recorder::new(&dataset, &dataset.copies);
    let mut records = Vec::new();
    group.bench_function("records", |b| {
        b.iter(|| {
            let page: Envelope<'_> = serde_json::from_slice(black_box(&page)).expect("a page");
            let block =
                decode_items(page.items.get().as_bytes()).expect("the items are well formed");
            records.clear();
            for item in block.iter() {
                recorder.base_item(item, |_, record| record.put(&mut records));
            }
            records.len()
        });
    });

    group.bench_function("ignored", |b| {
        b.iter(|| serde_json::from_slice::<IgnoredAny>(black_box(&page)).expect("JSON"));
    });
    group.finish();
}

criterion_group!(benches, decode);
criterion_main!(benches);
