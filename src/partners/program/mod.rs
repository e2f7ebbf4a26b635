//! Programmes: made, changed, archived.

mod archive;
mod create;
mod input;
mod list;
pub(in crate::partners) mod rules;
mod update;

pub use archive::archive;
pub use create::create;
pub use input::{NewProgram, ProgramChange};
pub use list::{find, page};
pub use update::update;

pub use super::store::programs::ProgramFilter;

/// Handlers of `/api/v1/programs`.
pub mod api {
    pub use super::archive::delete;
    pub use super::create::post;
    pub use super::list::{FILTERS, get, get_one};
    pub use super::update::patch;
}
