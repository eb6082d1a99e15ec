//! The screens, each drawn into what header and footer leave.

pub(super) mod beside;
pub(super) mod drift;
pub(super) mod explore;
pub(super) mod item;
pub(super) mod ledger;
pub(super) mod pipeline;
