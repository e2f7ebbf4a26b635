//! Programmes: the list, one programme, its form.

mod archive;
mod edit;
mod form;
mod list;
mod new;
mod show;

pub use archive::{archive, ask};
pub use edit::{edit, save};
pub use list::list;
pub use new::{create, new};
pub use show::show;
