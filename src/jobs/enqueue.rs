//! Leaving work for later, in the transaction that makes it necessary.

use serde::Serialize;

use super::store::{self, NewJob};
use crate::clock::Timestamp;
use crate::db::{Plane, Scoped};
use crate::id::JobId;
use crate::{Error, Result};

/// Enqueues a job of a kind for a time. Rolled back with the caller's transaction, looked at as soon as it commits.
///
/// Under a `unique_key` at most one job waits: asked for again, it keeps the earlier time, and `None` comes back where that
/// was the one already set. A job that is running does not count as waiting, since it may have missed what just changed.
///
/// # Errors
/// Where the payload is no JSON or the store fails.
pub fn enqueue<P: Plane>(
    c: &mut Scoped<'_, P>,
    kind: &str,
    payload: &impl Serialize,
    at: Timestamp,
    unique_key: Option<&str>,
) -> Result<Option<JobId>> {
    let payload = serde_json::to_string(payload).map_err(|e| Error::Internal(Box::new(e)))?;
    let id = store::insert(
        c,
        &NewJob {
            kind,
            payload: &payload,
            unique_key,
            run_at: at,
        },
    )?;
    c.wake_jobs();
    Ok(id)
}
