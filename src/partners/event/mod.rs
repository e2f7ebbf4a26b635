//! What the company reports: which customer a click was, sign-ups and sales, refunds. Attribution and commissions follow at once.

mod allowance;
mod batch;
mod fingerprint;
mod identify;
mod input;
mod judge;
mod list;
mod record;
mod refund;
mod view;

pub use allowance::Left;
pub use batch::{BatchAnswer, BatchItem, NewBatch};
pub use identify::{Identified, NewIdentity, identify};
pub use input::{NewEvent, is_type};
pub use list::{find, page};
pub use record::record;
pub use refund::{NewRefund, refund};
pub use view::EventView;

pub use super::store::events::EventFilter;
pub(in crate::partners) use identify::claim;

/// Handlers of `/api/v1/events`, `/identify` and `/refunds`.
pub mod api {
    pub use super::batch::post as post_batch;
    pub use super::identify::post as post_identity;
    pub use super::list::{FILTERS, get, get_one};
    pub use super::record::post;
    pub use super::refund::post as post_refund;
}
