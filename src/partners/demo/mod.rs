//! A believable business to look at: a tea shop's year with its partners, made up by `demo load` and taken away by `demo clear`.
//!
//! Programmes, partners and customers carry the label `is_demo`; all else is demo through the record it hangs on. Demo and real
//! records may stand side by side: what has to be unique begins with `demo-` here. The trail keeps one event for loading and one
//! for clearing, since it is never shortened; everything else is gone to the row.

mod books;
mod cast;
mod clear;
mod load;
pub mod page;
mod plan;
mod random;
mod reset;
mod season;
mod shoppers;
mod stage;
mod story;
mod traffic;

pub use clear::clear;
pub use load::{load, preview};
pub use plan::{Figures, Plan};
pub use reset::reset;
pub use traffic::{Visit, VisitDay};

use crate::Result;
use crate::db::TenantConn;
use crate::partners::store::demo;

/// What the trail calls loading it.
const EVENT_LOADED: &str = "demo.loaded";
/// What the trail calls taking it away.
const EVENT_CLEARED: &str = "demo.cleared";

/// Whether a company has demo data, or some of it.
///
/// # Errors
/// Where the store fails.
pub fn is_loaded(c: &mut TenantConn) -> Result<bool> {
    demo::is_loaded(c)
}

/// How much demo data a company has.
///
/// # Errors
/// Where the store fails.
pub fn figures(c: &mut TenantConn) -> Result<Figures> {
    demo::figures(c)
}
