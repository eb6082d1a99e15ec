//! `DescribeTable` as a domain table.
//!
//! What this version does not know (vector indexes, new statuses) is left out, never an error.

use crate::domain::names::TableName;
use crate::domain::schema::{
    Billing, Index, IndexKind, KeyAttribute, KeyKind, KeySchema, Projection, StreamInfo, Table,
    TableClass,
};
use aws_sdk_dynamodb::types::{
    self as sdk, AttributeDefinition, BillingMode, IndexStatus, KeySchemaElement, KeyType,
    ProjectionType, ProvisionedThroughputDescription, ScalarAttributeType, TableDescription,
};
use std::sync::Arc;

/// The table, unless its keys are of no known type.
pub(super) fn table(name: &TableName, told: &TableDescription) -> Option<Table> {
    let types = told.attribute_definitions();
    let local = told.local_secondary_indexes().iter();
    let global = told.global_secondary_indexes().iter();
    Some(Table {
        name: told
            .table_name()
            .map_or_else(|| name.clone(), TableName::from),
        id: told.table_id().map(str::to_owned),
        arn: told.table_arn().map(str::to_owned),
        key: key(told.key_schema(), types)?,
        indexes: local
            .filter_map(|index| local_index(index, types))
            .chain(global.filter_map(|index| global_index(index, types)))
            .collect(),
        items: count(told.item_count()),
        bytes: count(told.table_size_bytes()),
        billing: billing(told),
        warm_rcu: warm(told),
        class: class(told),
        stream: stream(told),
        ttl: None,
    })
}

fn count(told: Option<i64>) -> u64 {
    told.and_then(|n| u64::try_from(n).ok()).unwrap_or_default()
}

/// `KeySchema` repeats HASH and RANGE entries for keys of several attributes; their order counts.
fn key(elements: &[KeySchemaElement], types: &[AttributeDefinition]) -> Option<KeySchema> {
    let of = |role: &KeyType| -> Option<Arc<[KeyAttribute]>> {
        elements
            .iter()
            .filter(|element| element.key_type() == role)
            .map(|element| key_attribute(element.attribute_name(), types))
            .collect()
    };
    let schema = KeySchema {
        partition: of(&KeyType::Hash)?,
        sort: of(&KeyType::Range)?,
    };
    (!schema.partition.is_empty()).then_some(schema)
}

fn key_attribute(name: &str, types: &[AttributeDefinition]) -> Option<KeyAttribute> {
    let told = types.iter().find(|t| t.attribute_name() == name)?;
    let kind = match told.attribute_type() {
        ScalarAttributeType::S => KeyKind::S,
        ScalarAttributeType::N => KeyKind::N,
        ScalarAttributeType::B => KeyKind::B,
        _ => return None,
    };
    Some(KeyAttribute {
        name: name.to_owned(),
        kind,
    })
}

fn local_index(
    told: &sdk::LocalSecondaryIndexDescription,
    types: &[AttributeDefinition],
) -> Option<Index> {
    Some(Index {
        name: told.index_name()?.into(),
        kind: IndexKind::Local,
        key: key(told.key_schema(), types)?,
        projection: projection(told.projection()?)?,
        items: count(told.item_count()),
        bytes: count(told.index_size_bytes()),
        active: true,
        provisioned_rcu: None,
    })
}

fn global_index(
    told: &sdk::GlobalSecondaryIndexDescription,
    types: &[AttributeDefinition],
) -> Option<Index> {
    Some(Index {
        name: told.index_name()?.into(),
        kind: IndexKind::Global,
        key: key(told.key_schema(), types)?,
        projection: projection(told.projection()?)?,
        items: count(told.item_count()),
        bytes: count(told.index_size_bytes()),
        active: is_readable(told.index_status()),
        provisioned_rcu: told.provisioned_throughput().and_then(provisioned),
    })
}

/// An index is read while its throughput changes (UPDATING), not while it is built or dropped;
/// servers that tell no status know no other than ACTIVE.
fn is_readable(status: Option<&IndexStatus>) -> bool {
    status.is_none_or(|status| matches!(status, IndexStatus::Active | IndexStatus::Updating))
}

fn projection(told: &sdk::Projection) -> Option<Projection> {
    Some(match told.projection_type()? {
        ProjectionType::All => Projection::All,
        ProjectionType::KeysOnly => Projection::Keys,
        ProjectionType::Include => Projection::Include(told.non_key_attributes().to_vec()),
        _ => return None,
    })
}

/// Zero on on-demand tables (API reference, `ProvisionedThroughputDescription`).
fn provisioned(told: &ProvisionedThroughputDescription) -> Option<u64> {
    Some(count(told.read_capacity_units())).filter(|units| *units > 0)
}

/// A table that never was on demand has no `BillingModeSummary`.
fn billing(told: &TableDescription) -> Billing {
    let mode = told.billing_mode_summary().and_then(|b| b.billing_mode());
    let units = told.provisioned_throughput().and_then(provisioned);
    match (mode, units) {
        (Some(BillingMode::PayPerRequest), _) | (_, None) => Billing::OnDemand,
        (_, Some(rcu)) => Billing::Provisioned { rcu },
    }
}

fn warm(told: &TableDescription) -> Option<u64> {
    let units = told.warm_throughput()?.read_units_per_second();
    Some(count(units)).filter(|units| *units > 0)
}

/// A table without a summary is of the standard class.
fn class(told: &TableDescription) -> TableClass {
    match told.table_class_summary().and_then(|c| c.table_class()) {
        Some(sdk::TableClass::StandardInfrequentAccess) => TableClass::InfrequentAccess,
        _ => TableClass::Standard,
    }
}

fn stream(told: &TableDescription) -> Option<StreamInfo> {
    let stream = told.stream_specification().filter(|s| s.stream_enabled())?;
    Some(StreamInfo {
        view: stream.stream_view_type()?.as_str().to_owned(),
        arn: told.latest_stream_arn().map(str::to_owned),
    })
}

/// A description that names no key, or one of an unknown type.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the description has no key of a known type")]
pub(super) struct UnknownKeys;
