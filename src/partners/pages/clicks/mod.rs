//! Clicks, as the page of their link shows them: flagged by hand, or let count again.

mod flag;

pub use flag::{flag, unflag};
