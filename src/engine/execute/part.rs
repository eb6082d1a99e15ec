//! What is being read: the plan, or one member of a union, and how far it is.

use super::groups::Groups;
use super::rows::Row;
use super::sort::Sorter;
use super::union::{Later, Union};
use crate::domain::plan::{BaseFetch, OrderStrategy, Plan};
use crate::domain::query::{Request, Select};
use crate::domain::schema::KeyAttribute;

/// A plan without parts, being read.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) plan: &'a Plan,
    /// Where rows are told apart: the attributes of the path that hold the base key.
    pub(super) key: Option<Vec<&'a str>>,
    /// The fetch of base items before rows are ordered on this side: the path does not show what
    /// they are ordered by.
    pub(super) early: Option<&'a BaseFetch>,
    /// The fetch of base items for rows that are in final order.
    pub(super) late: Option<&'a BaseFetch>,
    /// Attributes that rows must not show. Base items show none of those of a copy.
    pub(super) hidden: &'a [String],
    /// Where everything is collected, when the reads give no order.
    pub(super) sorter: Option<Sorter<'a>>,
    /// Where rows are collected that the reads give as equal.
    pub(super) groups: Option<Groups<'a>>,
    /// Rows that this member of a union still has to give, when there is a LIMIT.
    pub(super) missing: Option<u64>,
    /// Pages of the path so far.
    pub(super) pages: u64,
    /// Items of the path evaluated so far.
    pub(super) read: u64,
    /// Rows that matched so far.
    pub(super) matched: u64,
}

impl<'a> Part<'a> {
    /// The only part of a plan.
    pub(super) fn alone(request: &'a Request, plan: &'a Plan) -> Self {
        let groups = is_grouped(request, plan).then(|| {
            let (leading, rest) = request.order.split_at(plan.ordered_by);
            Groups::new(leading, rest)
        });
        let sorts = plan.order == OrderStrategy::Sort || groups.is_some();
        let fetch = plan.fetch.as_ref();
        let (early, late) = match fetch {
            Some(_) if sorts && !shows_order(request, plan) => (fetch, None),
            _ => (None, fetch),
        };
        let sorter = (plan.order == OrderStrategy::Sort).then(|| {
            // With a fetch behind the sort any row may still drop out, so all are kept.
            let keep = request.limit.filter(|_| late.is_none());
            Sorter::new(&request.order, keep.and_then(|keep| keep.try_into().ok()))
        });
        Self {
            plan,
            key: plan.distinct.as_deref().map(|names| {
                let names = names.iter().map(String::as_str);
                names.collect()
            }),
            early,
            late,
            hidden: if fetch.is_some() { &[] } else { &plan.hidden },
            sorter,
            groups,
            missing: request.limit,
            pages: 0,
            read: 0,
            matched: 0,
        }
    }

    /// A member of a union: its rows are always told apart from those of the others. A path that
    /// is no copy shows the base key by its own name.
    pub(super) fn member(request: &'a Request, plan: &'a Plan) -> Self {
        let mut part = Self::alone(request, plan);
        part.key.get_or_insert_with(|| {
            let names = plan.table_key.attributes();
            names
                .map(|KeyAttribute { name, .. }| name.as_str())
                .collect()
        });
        part
    }

    /// Gives rows to the union it is a member of: no more than the LIMIT, and none once one was
    /// surplus while all later ones follow it in the order asked.
    pub(super) fn give(&mut self, union: &mut Union<'_>, rows: &[Row]) {
        let most = self.missing.and_then(|most| usize::try_from(most).ok());
        let rows = &rows[..rows.len().min(most.unwrap_or(usize::MAX))];
        let later = union.add(rows, self.hidden);
        let is_ordered = self.plan.order != OrderStrategy::None;
        if let Some(missing) = &mut self.missing {
            *missing = match later {
                Later::Surplus if is_ordered => 0,
                _ => *missing - rows.len() as u64,
            };
        }
    }
}

/// Whether the reads give the leading terms of the order only.
fn is_grouped(request: &Request, plan: &Plan) -> bool {
    let in_order = matches!(
        plan.order,
        OrderStrategy::Native | OrderStrategy::Concatenate | OrderStrategy::Merge
    );
    in_order && plan.ordered_by < request.order.len() && request.select != Select::Count
}

/// Whether the path surely shows everything rows are ordered by.
fn shows_order(request: &Request, plan: &Plan) -> bool {
    let mut roots = request.order.iter().map(|by| &by.path.root);
    let asked = plan.projection.as_ref();
    asked.is_some_and(|asked| roots.all(|root| asked.contains(root)))
}
