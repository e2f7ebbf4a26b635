//! Programmes: the list and its CSV, one programme, its form.

mod archive;
mod edit;
mod export;
mod form;
mod list;
mod new;
mod show;

pub use archive::{archive, ask};
pub use edit::{edit, save};
pub use export::export;
pub use list::list;
pub use new::{create, new};
pub use show::show;
