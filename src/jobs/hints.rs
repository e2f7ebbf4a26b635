//! Hints of a process without a runner: the command line beside a server on PostgreSQL.

use super::hints_store;
use super::shelf::{Shelf, control_id};
use crate::Result;
use crate::app::App;

/// Tells other processes' runners of the work this one enqueued. The runner does this by itself; a command calls it at its end.
///
/// # Errors
/// Where a store is out of reach; the work is found at the next start or sweep then.
pub async fn note_due(app: &App) -> Result<()> {
    for store in app.jobs.take() {
        if store == control_id() {
            continue;
        }
        if let Some(at) = Shelf::of(app, store)?.next_due().await? {
            app.control
                .write(move |c| hints_store::lower(c, store, at))
                .await?;
        }
    }
    Ok(())
}
