//! Copies tables into the server under test. The only writes through an SDK client there are: product code has none.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types as aws;
use driftscope::domain::names::TableName;
use driftscope::domain::schema::{Index, IndexKind, KeyKind, KeySchema, Projection, Table};
use driftscope::domain::value::{Item, Value};
use std::collections::{BTreeMap, HashMap};

/// Creates the tables under a prefix and fills them.
#[expect(
    clippy::disallowed_methods,
    reason = "a fixture has to write what the product then reads"
)]
pub(crate) async fn copy(
    endpoint: &str,
    prefix: &str,
    tables: &[&Table],
    items: &BTreeMap<TableName, Vec<Item>>,
) {
    let client = client(endpoint);
    for table in tables {
        let name = format!("{prefix}{}", table.name);
        let _ = client.delete_table().table_name(&name).send().await;
        create(&client, &name, table).await;
        let chunks: Vec<Vec<Item>> = items[&table.name]
            .chunks(25)
            .map(<[Item]>::to_vec)
            .collect();
        let writers = chunks.chunks(chunks.len().div_ceil(8).max(1)).map(|share| {
            let (client, name, share) = (client.clone(), name.clone(), share.to_vec());
            tokio::spawn(async move {
                for chunk in share {
                    put(&client, &name, &chunk).await;
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
    }
}

fn client(endpoint: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a fixture has to write what the product then reads"
)]
async fn create(client: &Client, name: &str, table: &Table) {
    let mut attributes: BTreeMap<String, KeyKind> = BTreeMap::new();
    for key in std::iter::once(&table.key).chain(table.indexes.iter().map(|i| &i.key)) {
        attributes.extend(key.attributes().map(|a| (a.name.clone(), a.kind)));
    }
    let mut create = client
        .create_table()
        .table_name(name)
        .billing_mode(aws::BillingMode::PayPerRequest)
        .set_key_schema(Some(schema(&table.key)));
    for (name, kind) in attributes {
        let kind = match kind {
            KeyKind::S => aws::ScalarAttributeType::S,
            KeyKind::N => aws::ScalarAttributeType::N,
            KeyKind::B => aws::ScalarAttributeType::B,
        };
        create = create.attribute_definitions(
            aws::AttributeDefinition::builder()
                .attribute_name(name)
                .attribute_type(kind)
                .build()
                .unwrap(),
        );
    }
    for index in &table.indexes {
        create = match index.kind {
            IndexKind::Local => create.local_secondary_indexes(
                aws::LocalSecondaryIndex::builder()
                    .index_name(index.name.as_str())
                    .set_key_schema(Some(schema(&index.key)))
                    .projection(projection(index))
                    .build()
                    .unwrap(),
            ),
            IndexKind::Global => create.global_secondary_indexes(
                aws::GlobalSecondaryIndex::builder()
                    .index_name(index.name.as_str())
                    .set_key_schema(Some(schema(&index.key)))
                    .projection(projection(index))
                    .build()
                    .unwrap(),
            ),
        };
    }
    create.send().await.unwrap();
    for _ in 0..200 {
        let described = client
            .describe_table()
            .table_name(name)
            .send()
            .await
            .unwrap();
        if described.table.and_then(|t| t.table_status) == Some(aws::TableStatus::Active) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{name} did not become active");
}

fn schema(key: &KeySchema) -> Vec<aws::KeySchemaElement> {
    let element = |name: &str, kind| {
        aws::KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .unwrap()
    };
    let hash = key
        .partition
        .iter()
        .map(|a| element(&a.name, aws::KeyType::Hash));
    hash.chain(
        key.sort
            .iter()
            .map(|a| element(&a.name, aws::KeyType::Range)),
    )
    .collect()
}

fn projection(index: &Index) -> aws::Projection {
    let builder = aws::Projection::builder();
    match &index.projection {
        Projection::All => builder.projection_type(aws::ProjectionType::All),
        Projection::Keys => builder.projection_type(aws::ProjectionType::KeysOnly),
        Projection::Include(names) => builder
            .projection_type(aws::ProjectionType::Include)
            .set_non_key_attributes(Some(names.clone())),
    }
    .build()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a fixture has to write what the product then reads"
)]
async fn put(client: &Client, table: &str, items: &[Item]) {
    let mut requests: Vec<aws::WriteRequest> = items
        .iter()
        .map(|item| {
            let item: HashMap<String, aws::AttributeValue> = item
                .iter()
                .map(|(n, v)| (n.clone(), attribute(v)))
                .collect();
            aws::WriteRequest::builder()
                .put_request(
                    aws::PutRequest::builder()
                        .set_item(Some(item))
                        .build()
                        .unwrap(),
                )
                .build()
        })
        .collect();
    while !requests.is_empty() {
        let written = client
            .batch_write_item()
            .request_items(table, requests)
            .send()
            .await
            .unwrap();
        requests = written
            .unprocessed_items
            .and_then(|mut left| left.remove(table))
            .unwrap_or_default();
    }
}

fn attribute(value: &Value) -> aws::AttributeValue {
    match value {
        Value::S(text) => aws::AttributeValue::S(text.clone()),
        Value::N(number) => aws::AttributeValue::N(number.to_string()),
        Value::B(bytes) => aws::AttributeValue::B(Blob::new(bytes.clone())),
        Value::Bool(b) => aws::AttributeValue::Bool(*b),
        Value::Null => aws::AttributeValue::Null(true),
        Value::Ss(set) => aws::AttributeValue::Ss(set.iter().cloned().collect()),
        Value::Ns(set) => aws::AttributeValue::Ns(set.iter().map(ToString::to_string).collect()),
        Value::Bs(set) => aws::AttributeValue::Bs(set.iter().cloned().map(Blob::new).collect()),
        Value::L(list) => aws::AttributeValue::L(list.iter().map(attribute).collect()),
        Value::M(map) => {
            aws::AttributeValue::M(map.iter().map(|(n, v)| (n.clone(), attribute(v))).collect())
        }
    }
}
