//! Access paths: what a table or index holds of the items asked for.

use super::choose::Scope;
use super::conditions::Conditions;
use super::estimate::{Partitioned, Seen};
use super::{Access, Planner, order};
use crate::domain::cost::Prices;
use crate::domain::expr::{Each, Path, Predicate, ValueExpr};
use crate::domain::mapping::{BoundCopy, BoundDataset, Mapping};
use crate::domain::query::{Consistency, OrderBy, Request};
use crate::domain::schema::{Index, IndexKind, KeySchema, Projection, Table};
use crate::domain::stats::Statistics;
use crate::domain::value::Value;
use indexmap::IndexMap;
use std::rc::Rc;
use std::sync::Arc;

/// What is planned, and for whom.
#[derive(Debug)]
pub(super) struct Context<'a> {
    /// The request.
    pub(super) request: &'a Request,
    /// Its filter together with the dataset's `where`.
    pub(super) conditions: Conditions,
    /// The order asked, as far as rows differ in it.
    pub(super) order: Vec<&'a OrderBy>,
    /// Where this is a member of a union: the filter of the whole, which `conditions` are a part of.
    pub(super) whole: Option<Arc<Predicate>>,
    /// The dataset, when one is asked and not a table's own items.
    pub(super) dataset: Option<&'a BoundDataset>,
    /// The base table, or the table asked.
    pub(super) base: &'a Table,
    /// Eventual or strong.
    pub(super) consistency: Consistency,
    /// Prices.
    pub(super) prices: &'a Prices,
    /// The region, for prices.
    pub(super) region: Option<&'a str>,
    /// What is known of sizes and distributions.
    pub(super) statistics: &'a Statistics,
    /// Which example items satisfy which condition, as far as anybody asked.
    pub(super) seen: Rc<Seen>,
    /// Which of them lie together.
    pub(super) partitioned: Rc<Partitioned>,
}

impl<'a> Context<'a> {
    /// What is planned.
    pub(super) fn new(
        planner: Planner<'a>,
        request: &'a Request,
        scope: &Scope<'a>,
        consistency: Consistency,
    ) -> Self {
        let filter = match scope.dataset {
            Some(dataset) => request.filter.clone().and(dataset.dataset.filter.clone()),
            None => request.filter.clone(),
        };
        let mut conditions = Conditions::new(&filter);
        conditions.narrow_to_keys(scope.base);
        Self {
            request,
            order: order::asked(request, &conditions),
            conditions,
            whole: None,
            dataset: scope.dataset,
            base: scope.base,
            consistency,
            prices: planner.prices,
            region: planner.region,
            statistics: &planner.catalog.statistics,
            seen: Rc::default(),
            partitioned: Rc::default(),
        }
    }

    /// The base table itself.
    pub(super) const fn base_path(&self) -> AccessPath<'a> {
        AccessPath {
            table: self.base,
            index: None,
            copy: None,
        }
    }

    /// Declared domains.
    pub(super) fn domain(&self) -> Option<&'a IndexMap<String, Vec<Value>>> {
        self.dataset.map(|dataset| &dataset.dataset.domain)
    }

    /// Whether every item has the attribute, as the dataset file says.
    pub(super) fn always(&self, attribute: &str) -> bool {
        let always = self.dataset.map(|dataset| &dataset.dataset.always);
        always.is_some_and(|names| names.iter().any(|name| name == attribute))
    }
}

/// A table or index that a request may be read from.
#[derive(Debug, Clone, Copy)]
pub(super) struct AccessPath<'a> {
    /// The table.
    pub(super) table: &'a Table,
    /// The index, if one is read.
    pub(super) index: Option<&'a Index>,
    /// The copy that the table is, if it is one, and its dataset.
    pub(super) copy: Option<(&'a BoundDataset, &'a BoundCopy)>,
}

/// Where an attribute of a path's items comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// It is the base attribute of this name.
    Base(&'a str),
    /// The copier computes it.
    Set(&'a ValueExpr),
    /// It is the alias of `each`.
    Alias,
    /// Only the copy has it; nothing is known of it.
    Unknown,
}

impl<'a> AccessPath<'a> {
    /// The keys that are queried.
    pub(super) fn key(&self) -> &'a KeySchema {
        self.index.map_or(&self.table.key, |index| &index.key)
    }

    /// As plans name it.
    pub(super) fn access(&self) -> Access {
        Access {
            table: self.table.name.clone(),
            index: self.index.map(|index| index.name.clone()),
            copy: self.mapping().map(|mapping| mapping.name.clone()),
        }
    }

    /// Its name in sentences.
    pub(super) fn name(&self) -> &'a str {
        match (self.index, self.mapping()) {
            (Some(index), _) => index.name.as_str(),
            (None, Some(mapping)) => mapping.name.as_str(),
            (None, None) => self.table.name.as_str(),
        }
    }

    /// The mapping of the copy.
    pub(super) fn mapping(&self) -> Option<&'a Mapping> {
        self.copy.map(|(_, copy)| &copy.mapping)
    }

    /// Its fan-out.
    pub(super) fn each(&self) -> Option<&'a Each> {
        self.mapping().and_then(|mapping| mapping.each.as_ref())
    }

    /// Whether it follows the base later, and so can be read eventually only.
    pub(super) fn is_eventual(&self) -> bool {
        let global = self
            .index
            .is_some_and(|index| index.kind == IndexKind::Global);
        global || self.copy.is_some()
    }

    /// Where an attribute of its items comes from.
    pub(super) fn source<'b>(&self, attribute: &'b str) -> Source<'b>
    where
        'a: 'b,
    {
        let Some((dataset, copy)) = self.copy else {
            return Source::Base(attribute);
        };
        let mapping = &copy.mapping;
        let is_alias = mapping
            .each
            .as_ref()
            .is_some_and(|each| each.alias == attribute);
        let mut keys = dataset.base.key.attributes();
        // There are a few, and this is asked often: to compare is quicker than to hash.
        let mut set = mapping.set.iter();
        if let Some((_, expr)) = set.find(|(name, _)| *name == attribute) {
            Source::Set(expr)
        } else if is_alias {
            Source::Alias
        } else if let Some(key) = keys.find(|key| mapping.name_of_base_key(&key.name) == attribute)
        {
            Source::Base(&key.name)
        } else if mapping.ignore.iter().any(|name| name == attribute) {
            Source::Unknown
        } else {
            Source::Base(attribute)
        }
    }

    /// Whether items of the table carry the attribute here: what an index leaves out they do not.
    pub(super) fn projects(&self, attribute: &str) -> bool {
        self.index.is_none_or(|index| {
            index.key.contains(attribute)
                || self.table.key.contains(attribute)
                || match &index.projection {
                    Projection::All => true,
                    Projection::Keys => false,
                    Projection::Include(names) => names.iter().any(|name| name == attribute),
                }
        })
    }

    /// Whether its items show the base attribute under its own name and with its own value.
    pub(super) fn holds(&self, attribute: &str) -> bool {
        let kept = self
            .copy
            .is_none_or(|(dataset, copy)| dataset.name_in_copy(copy, attribute) == Some(attribute));
        kept && self.projects(attribute)
    }

    /// Whether its items show all of the base item.
    pub(super) fn is_whole(&self) -> bool {
        let index = self
            .index
            .is_none_or(|index| index.projection == Projection::All);
        let carries_all = |(dataset, copy): (&BoundDataset, &BoundCopy)| {
            dataset.whole.contains(&copy.mapping.name)
        };
        index && self.copy.is_none_or(carries_all)
    }

    /// What holds the attribute of the base key here.
    pub(super) fn name_of_base_key<'b>(&self, attribute: &'b str) -> Option<&'b str>
    where
        'a: 'b,
    {
        let name = self
            .mapping()
            .map_or(attribute, |mapping| mapping.name_of_base_key(attribute));
        self.projects(name).then_some(name)
    }

    /// Attributes that rows must not show.
    pub(super) fn hidden(&self) -> Vec<String> {
        self.copy.map_or_else(Vec::new, |(dataset, copy)| {
            dataset.copy_only_attributes(copy)
        })
    }
}

/// The top-level attributes that `predicate` reads.
pub(super) fn roots(predicate: &Predicate) -> impl Iterator<Item = &str> {
    crate::domain::expr::paths_of_predicate(predicate)
        .into_iter()
        .map(|path: &Path| path.root.as_str())
}
