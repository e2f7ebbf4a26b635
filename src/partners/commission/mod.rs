//! Commissions: they wait, are approved by themselves or by hand, and may be taken back.

mod adjust;
mod approve;
mod bulk;
mod list;
mod mature;
mod reverse;

pub use adjust::{NewAdjustment, adjust, adjustments};
pub use approve::approve;
pub use bulk::{Bulk, BulkAction, BulkAnswer, act as act_on_many};
pub use list::{find, matching, page, totals};
pub use mature::JOB as MATURE;
pub use reverse::{NewReversal, reverse};

pub use super::store::adjustments::AdjustmentFilter;
pub use super::store::commissions::CommissionFilter;

/// Handlers of `/api/v1/commissions` and `/adjustments`.
pub mod api {
    pub use super::adjust::{
        FILTERS as ADJUSTMENT_FILTERS, get as get_adjustments, get_one as get_adjustment,
        post as post_adjustment,
    };
    pub use super::approve::post as post_approve;
    pub use super::bulk::post as post_bulk;
    pub use super::list::{FILTERS, get, get_one};
    pub use super::reverse::post as post_reverse;
}

pub(in crate::partners) use reverse::take_back;
