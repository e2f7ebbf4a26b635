//! Payouts: drawn up from what partners are owed, approved, taken as a file to the bank, confirmed.

mod approve;
mod cancel;
mod confirm;
mod draft;
mod export;
mod list;
mod step;

pub use approve::approve;
pub use cancel::cancel;
pub use confirm::confirm;
pub use draft::{NewBatch, draft};
pub use export::{ExportFile, export};
pub use list::{BatchView, find, find_batch, owed, page, page_batches};

pub use super::store::payouts::{Owed, PayoutFilter};

/// Handlers of `/api/v1/payouts` and `/payout-batches`.
pub mod api {
    pub use super::approve::post as post_approve;
    pub use super::cancel::post as post_cancel;
    pub use super::confirm::post as post_confirm;
    pub use super::draft::post;
    pub use super::export::post as post_export;
    pub use super::list::{BATCH_FILTERS, FILTERS, get, get_batch, get_batches, get_one};
}
