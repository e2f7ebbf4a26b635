//! Clicks: looked at, flagged, counted by day.

mod flag;
mod list;
mod roll_up;

pub use flag::flag;
pub use list::{find, page};
pub use roll_up::{JOB as ROLL_UP, recount};
pub(super) use roll_up::{catch_up, forget_place, move_on};

pub use super::store::clicks::ClickFilter;

/// Handlers of `/api/v1/clicks`.
pub mod api {
    pub use super::flag::{post_flag, post_unflag};
    pub use super::list::{FILTERS, get, get_one};
}
