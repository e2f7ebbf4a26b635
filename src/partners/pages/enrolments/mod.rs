//! A partner's place in a programme: enrolled, given own terms, ended.

mod edit;
mod end;
mod enrol;
mod form;

pub use edit::{edit, save};
pub use end::{ask, end};
pub use enrol::{create, enrol};
