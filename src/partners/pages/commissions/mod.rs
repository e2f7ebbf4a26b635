//! Commissions: the list with its bulk actions and CSV, one commission, approving and taking back.

mod approve;
mod approve_ready;
mod bulk;
mod export;
mod list;
mod reverse;
mod show;

pub use approve::approve;
pub use approve_ready::{approve_ready, ask as ask_ready};
pub use bulk::bulk;
pub use export::export;
pub use list::list;
pub use reverse::{ask, reverse};
pub use show::show;
