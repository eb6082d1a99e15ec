//! Why partitions cannot be listed, and what would help.

use super::{Narrowing, Reason, Refusal, Source, range};
use crate::domain::cost::scan_range;
use crate::domain::expr::paths_of_value;
use crate::domain::plan::access::{AccessPath, Context};
use crate::domain::plan::constraint::Constraint;
use crate::domain::plan::derive::Facts;
use crate::domain::plan::estimate::if_listed;
use crate::domain::plan::explain::figure;
use crate::domain::schema::KeyAttribute;

/// Why the partitions cannot be listed, and what would help.
pub(super) fn unbound(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    facts: &Facts<'_>,
    key: &KeyAttribute,
    known: Option<&Constraint>,
) -> Refusal {
    let name = &key.name;
    let (from, computed) = match path.source(name) {
        Source::Base(base) => (vec![base], false),
        Source::Set(expr) => {
            let paths = paths_of_value(expr).into_iter();
            (paths.filter_map(|path| path.as_top()).collect(), true)
        }
        Source::Alias | Source::Unknown => (Vec::new(), false),
    };
    let narrowing = range::of(path, facts).map_or(Narrowing::None, |sort| sort.narrowing);
    let mut conditioned = from
        .iter()
        .filter(|from| context.conditions.of(from).is_some());
    let Some(attribute) = conditioned.next() else {
        let detail = format!("no condition binds `{name}`");
        return match (from.first(), context.dataset) {
            (Some(base), Some(_)) if !computed && narrowing != Narrowing::None => {
                let refusal = Refusal::new(Reason::UnboundedPartitions, detail);
                declared(context, path, refusal, base, narrowing)
            }
            _ => Refusal::new(Reason::NoPartitionKey, detail),
        };
    };
    let detail = format!("the conditions on `{attribute}` leave `{name}` without a list of values");
    let refusal = Refusal::new(Reason::UnboundedPartitions, detail);
    match (computed, known, context.dataset) {
        (true, Some(_), _) => refusal.or_ask(format!("`{attribute} BETWEEN … AND …`, both ends")),
        (false, _, Some(_)) => declared(context, path, refusal, attribute, narrowing),
        _ => refusal.or_ask(format!("`{attribute} = …`")),
    }
}

/// The same refusal with the advice to declare all values of an attribute, and what that would save.
fn declared(
    context: &Context<'_>,
    path: &AccessPath<'_>,
    refusal: Refusal,
    attribute: &str,
    narrowing: Narrowing,
) -> Refusal {
    let advice =
        format!("`domain = {{ {attribute} = [ … ] }}` in the dataset file, all its values");
    let listed = if_listed(context, path, narrowing);
    let scan = scan_range(context.base).map(|range| range.low);
    match listed.zip(scan).filter(|(listed, scan)| listed.0 < scan.0) {
        Some((listed, scan)) => {
            let (low, high) = (figure(listed), figure(scan));
            let saving = format!("{advice}: about {low} RCU instead of {high} for a scan");
            refusal.or_declare(saving, Some(listed))
        }
        None => refusal.or_declare(advice, None),
    }
}
