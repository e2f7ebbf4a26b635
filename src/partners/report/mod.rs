//! Reports: the figures of a stretch of time, and how they went day by day. Currencies stay apart.

mod held;
mod owed;
mod overview;
mod timeseries;
mod window;

pub use held::{Held, held};
pub use overview::{Overview, StateSum, overview};
pub use owed::owed_in_all;
pub use timeseries::{Metric, Point, Timeseries, timeseries};
pub use window::Window;

/// Handlers of `/api/v1/reports`.
pub mod api {
    pub use super::overview::get as get_overview;
    pub use super::timeseries::{PARAMETERS as TIMESERIES_PARAMETERS, get as get_timeseries};
    pub use super::window::PARAMETERS;
}
