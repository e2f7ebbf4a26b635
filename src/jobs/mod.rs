//! Work for later: a durable queue in each store, beside the data the work follows.
//!
//! [`enqueue()`] joins the caller's transaction. Work is done at least once: a claim counts the attempt, takes a lease and raises
//! the fence, and every completion carries the fence, so that a worker that was thought dead cannot complete what another has
//! taken over. A job whose effect and completion must be one uses [`JobContext::finish_with`](crate::slice::JobContext::finish_with).
//! Failed work comes back with exponential back-off and full jitter; after [`MAX_ATTEMPTS`] it is dead, visible, and can be retried.

mod act;
pub mod change;
mod checks;
mod claim;
mod enqueue;
mod finish;
mod hints;
mod hints_store;
mod kinds;
pub mod list;
mod model;
mod queue;
mod recurring;
mod resting;
mod run_due;
mod runner;
mod shelf;
mod store;
mod tidy;
mod work;

pub use act::{cancel, retry, run_now};
pub use checks::checks_of_instance;
pub use enqueue::enqueue;
pub use hints::note_due;
pub use model::{Filter, MAX_ATTEMPTS, State};
pub use recurring::ensure as ensure_recurring;
pub use run_due::{Outcome, Ran, run_due};
pub use runner::{Running, run, start};
pub use store::{Counts, Job, counts, job, last_run, page};

/// What this slice offers the whole.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "jobs",
    permissions: PERMISSIONS,
    jobs: &[tidy::TENANT, tidy::CONTROL],
    tables: &["jobs"],
    supports_projects: false,
    checks: Some(checks::look),
    waiting: None,
    usage: None,
    reset_demo: None,
};

crate::permissions! {
    ReadJobs = "jobs:read", "See the work that waits";
    ManageJobs = "jobs:write", "Run, retry and cancel work that waits";
}
