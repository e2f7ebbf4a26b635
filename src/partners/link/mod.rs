//! Links: the addresses partners give away.

mod archive;
mod create;
mod input;
mod list;
mod update;

pub use archive::archive;
pub use create::{check, create};
pub use input::{LinkChange, NewLink};
pub use list::{LinkView, find, page};
pub use update::update;

pub use super::store::links::LinkFilter;

/// Handlers of `/api/v1/links`.
pub mod api {
    pub use super::archive::delete;
    pub use super::create::post;
    pub use super::list::{FILTERS, get, get_one};
    pub use super::update::patch;
}
