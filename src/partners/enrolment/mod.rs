//! Enrolments: a partner takes part in a programme, perhaps on terms of its own.

mod create;
mod end;
mod input;
mod list;
mod update;

pub(super) use create::begin;
pub use create::create;
pub use end::end;
pub use input::{EnrolmentChange, NewEnrolment};
pub use list::{find, page};
pub use update::update;

pub use super::store::enrolments::EnrolmentFilter;

/// Handlers of `/api/v1/enrolments`.
pub mod api {
    pub use super::create::post;
    pub use super::end::delete;
    pub use super::list::{FILTERS, get, get_one};
    pub use super::update::patch;
}
