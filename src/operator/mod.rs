//! Operators: who looks after an instance that serves many companies. They sign in apart from everybody, see every company's
//! record and figures, and open, freeze, archive and delete companies; what a company holds they do not see.
//!
//! Where one company is served there is none of this: its pages answer 404.

pub mod api;
pub mod companies;
pub mod door;
pub mod jobs;
mod keys;
pub mod mail;
mod model;
mod once;
pub mod place;
pub mod products;
pub mod report;
pub mod shell;
pub mod sign_in;
pub mod signups;
mod store;
pub mod trail;
mod usage;

/// What this slice offers the whole.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "operator",
    permissions: &[],
    jobs: &[],
    tables: &[],
    supports_projects: false,
    checks: None,
    waiting: None,
    usage: None,
    reset_demo: None,
};
